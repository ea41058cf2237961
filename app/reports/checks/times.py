"""Checks of time: clock times out of order, and hours that the text tells of and no recording covers."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.core.db import session
from app.core.phrases import phrase
from app.evidence.models import Evidence, EvidenceState, MediaKind
from app.reports.checks.finding import Finding, once, register, warning
from app.reports.checks.standing import short
from app.reports.models import Report, Sentence

_CLOCK = re.compile(
    r"\b(?:(?P<h12>1[0-2]|0?[1-9])(?::(?P<m12>[0-5]\d))?(?::[0-5]\d)?\s?(?P<half>[ap])\.?m\b"
    r"|(?P<h24>[01]?\d|2[0-3]):(?P<m24>[0-5]\d)(?::[0-5]\d)?(?!\s?(?:of|into|in) (?:the|“))\b"
    r"|(?P<mil>(?:[01]\d|2[0-3])[0-5]\d)(?= ?(?:hours|hrs)\b))",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"\b(?:earlier|previous|prior|before that|yesterday|the day before|last (?:night|week)|had been|at first call)\b",
    re.I,
)
_QUOTED = re.compile(r"“[^”]*”|\bAt \d+:\d\d of “[^”]*”")
_PLACES = re.compile(r"\(\d{1,2}:\d{2}(?::\d{2})?(?:(?:, | to )\d{1,2}:\d{2}(?::\d{2})?)*\)")
BACKWARDS_MINUTES = 12 * 60  # further back than this is read as past midnight
SLACK = timedelta(minutes=2)
LEAST_GAP = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Covered:
    """When a recording runs, by its own clock."""

    item: Evidence
    start: datetime
    end: datetime


@register
def times_in_order(report: Report) -> list[Finding]:
    """Clock times do not go backwards from one sentence to the next, unless the sentence says that it looks back."""
    found, latest = [], None
    for one in report.sentences:
        for minute in times_told(one):
            if latest is not None and 0 < latest - minute < BACKWARDS_MINUTES and not _EARLIER.search(one.text):
                found.append(
                    warning(
                        "times-order",
                        phrase(
                            "%(minute)s comes after %(latest)s in the text: “%(text)s”",
                            minute=_clock(minute),
                            latest=_clock(latest),
                            text=short(one.text),
                        ),
                        one.id,
                    )
                )
            elif not _EARLIER.search(one.text):
                latest = minute
    return found


@register
def sources_in_order(report: Report) -> list[Finding]:
    """Sentences that follow each other in a section do not jump back by minutes in the same recording."""
    found: list[Finding] = []
    before: tuple[str, object, float] | None = None
    for one in report.sentences:
        if not one.sources or _EARLIER.search(one.text):
            continue
        first = one.sources[0]
        here = (one.section, first.evidence_id, first.start_s)
        if before and here[:2] == before[:2] and before[2] - here[2] > 120:
            found.append(
                warning(
                    "sources-order",
                    phrase(
                        "This rests on seconds long before those of the sentence above it: “%(text)s”",
                        text=short(one.text),
                    ),
                    one.id,
                )
            )
        before = here
    return found


@register
def footage_covers_the_text(report: Report) -> list[Finding]:
    """No recording covers a clock time that the text gives between the first and the last recording."""
    covered = _recordings(report)
    if not covered:
        return []
    first, last = covered[0].start, max(one.end for one in covered)
    found = []
    for one in report.sentences:
        for minute in times_told(one):
            moment = _moment(minute, first)
            if moment is None or not first <= moment <= last or _near_any(moment, covered):
                continue
            found.append(
                warning(
                    "footage-gap",
                    phrase(
                        "The text speaks of %(minute)s, and no recording covers that minute.", minute=_clock(minute)
                    ),
                    one.id,
                )
            )
    return found


@register
def text_spans_a_gap(report: Report) -> list[Finding]:
    """Where the text goes on from one recording to the next with minutes between them, nobody could see those minutes."""
    covered, used = _recordings(report), {source.evidence_id for one in report.sentences for source in one.sources}
    told = [one for one in covered if one.item.id in used]
    found, end = [], None
    for one in told:
        if end is not None and one.start - end.end > LEAST_GAP:
            minutes = round((one.start - end.end).total_seconds() / 60)
            if not any(other.start < one.start and other.end > end.end for other in covered if other not in (one, end)):
                found.append(
                    warning(
                        "footage-hole",
                        phrase(
                            "The text goes from “%(title)s” to “%(title2)s”; %(minutes)s minutes between them were not recorded.",
                            title=end.item.title,
                            title2=one.item.title,
                            minutes=minutes,
                        ),
                    )
                )
        end = one if end is None or one.end > end.end else end
    return found


def times_told(sentence: Sentence) -> list[int]:
    """The times of day a sentence gives. In one that rests on a recording, minutes in brackets, as the machine writes them
    behind what was said, are places in that recording."""
    return clock_minutes(_PLACES.sub(" ", sentence.text) if sentence.sources else sentence.text)


def clock_minutes(text: str) -> list[int]:
    """The times of day a text gives, as minutes since midnight, in their order. Places in recordings (“At 0:12 of …”)
    and what is inside quotation marks are no statement of the time."""
    found = []
    for match in _CLOCK.finditer(_QUOTED.sub(" ", text)):
        if match["h12"]:
            hour = int(match["h12"]) % 12 + (12 if match["half"].lower() == "p" else 0)
            found.append(hour * 60 + int(match["m12"] or 0))
        elif match["h24"]:
            found.append(int(match["h24"]) * 60 + int(match["m24"]))
        else:
            found.append(int(match["mil"][:2]) * 60 + int(match["mil"][2:]))
    return found


def _recordings(report: Report) -> list[Covered]:
    return once("_recordings", lambda: _recordings_now(report))


def _recordings_now(report: Report) -> list[Covered]:
    """The incident's sealed films and sound with a known start, by it."""
    query = sa.select(Evidence).where(
        Evidence.incident_id == report.incident_id,
        Evidence.state == EvidenceState.SEALED,
        Evidence.media_kind.in_((MediaKind.VIDEO, MediaKind.AUDIO)),
        Evidence.recorded_at.is_not(None),
        Evidence.duration_s.is_not(None),
    )
    found = [
        Covered(one, one.recorded_at, one.recorded_at + timedelta(seconds=one.duration_s))
        for one in session().scalars(query)
        if one.recorded_at is not None and one.duration_s is not None
    ]
    return sorted(found, key=lambda one: one.start)


def _moment(minute: int, first: datetime) -> datetime | None:
    """A time of day, in the station's zone, on the day of the first recording or, past midnight, the next."""
    start = first.astimezone()
    moment = start.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0)
    return moment + timedelta(days=1) if start - moment > timedelta(minutes=BACKWARDS_MINUTES) else moment


def _near_any(moment: datetime, covered: list[Covered]) -> bool:
    return any(one.start - SLACK <= moment <= one.end + SLACK for one in covered)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
