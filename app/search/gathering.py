"""Cutting a recording into moments and keeping them: made anew whenever a reading, decision or correction changed it."""

import uuid
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import takewhile
from typing import Any

import sqlalchemy as sa

from app.analysis.models import Decision, Mention, Tag, Utterance
from app.analysis.queries import tags_of
from app.analysis.tags.kinds import QUIET, kind_of
from app.analysis.transcripts import reads
from app.core.db import session
from app.evidence.models import Evidence, EvidenceState
from app.incidents.models import Incident
from app.search.models import Moment
from app.search.places import place_words
from app.search.times import station_minute

LENGTH_S = 12.0  # a moment ends at the first change behind so many seconds
SURE = 0.5  # below it what a machine saw is kept as doubted
_NAMES = uuid.UUID("5f0e3f0e-3b1c-5d0a-9c1e-6d6f6d656e74")
_GAP = " the the the the the the the the "  # words without weight: no phrase goes over them
_INSERT = sa.text(
    """INSERT INTO moment (id, evidence_id, incident_id, start_s, end_s, at, minute, found, place, utterance_ids, tag_ids)
    VALUES (:id, :evidence_id, :incident_id, :start_s, :end_s, :at, :minute,
      setweight(to_tsvector('english', :said), 'C') || setweight(to_tsvector('english', :sure), 'A')
      || setweight(to_tsvector('english', :seen), 'B') || setweight(to_tsvector('english', :doubted), 'D')
      || CAST(:plates AS tsvector),
      to_tsvector('simple', :place), CAST(:utterance_ids AS uuid[]), CAST(:tag_ids AS uuid[]))"""
)


@dataclass(slots=True)
class Stretch:
    """Some seconds of a recording with what falls into them."""

    start_s: float
    end_s: float
    lines: list[Utterance] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)


def gather(evidence_id: uuid.UUID) -> int:
    """Makes the moments of one item anew from what stands; returns how many. None are left of one that is not sealed.

    The same stretch has the same id each time. The item is locked, so that two who gather wait for each other.
    """
    item = session().scalars(sa.select(Evidence).where(Evidence.id == evidence_id).with_for_update()).one_or_none()
    forget(evidence_id)
    if item is None or item.state is not EvidenceState.SEALED:
        return 0
    incident = session().get_one(Incident, item.incident_id)
    transcript = reads.bare(item.id)
    lines = reads.lines(transcript, limit=None) if transcript else []
    tags = [tag for tag in tags_of(item.id) if tag.kind not in QUIET]
    rows = [_row(one, item, incident) for one in cut(lines, tags, _confirmed(item.id))]
    if rows:
        session().execute(_INSERT, rows)
    return len(rows)


def forget(evidence_id: uuid.UUID) -> int:
    """Removes an item's moments; returns how many there were."""
    gone = session().execute(sa.delete(Moment).where(Moment.evidence_id == evidence_id))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def cut(lines: Sequence[Utterance], tags: Sequence[Tag], mentions: Sequence[Mention] = ()) -> list[Stretch]:
    """A recording as stretches of LENGTH_S or more, cut where something begins or ends, never inside a line.

    A line belongs to the stretch it begins in, a tag to each that it touches; stretches without either are left out.
    """
    begins = [*(one.start_s for one in lines), *(one.start_s for one in tags)]
    ends = [*(one.end_s for one in lines), *(one.end_s for one in tags)]
    marks = [0.0]
    for change in sorted({*begins, *(one.end_s for one in tags)}):
        if change - marks[-1] >= LENGTH_S:
            marks.append(change)
    closing = [*marks[1:], max([*ends, marks[-1]])]
    whole = [Stretch(start, end) for start, end in zip(marks, closing, strict=True)]
    for line in lines:
        whole[_holding(marks, line.start_s)].lines.append(line)
    for mention in mentions:
        whole[_holding(marks, mention.start_s)].mentions.append(mention)
    for tag in tags:
        first = _holding(marks, tag.start_s)
        touched = takewhile(lambda one, tag=tag: one.start_s < tag.end_s, whole[first + 1 :])  # type: ignore[misc]
        for stretch in (whole[first], *touched):
            stretch.tags.append(tag)
    return [one for one in whole if one.lines or one.tags or one.mentions]


def _holding(marks: Sequence[float], second: float) -> int:
    """The number of the stretch that this second lies in."""
    return max(bisect_right(marks, second) - 1, 0)


def _confirmed(evidence_id: uuid.UUID) -> list[Mention]:
    """Plates and places that people confirmed in what was said."""
    query = sa.select(Mention).where(
        Mention.evidence_id == evidence_id,
        Mention.kind.in_(("plate", "place")),
        Mention.decision == Decision.CONFIRMED,
        Mention.carried_to.is_(None),
    )
    return list(session().scalars(query.order_by(Mention.start_s)))


def _row(of: Stretch, item: Evidence, incident: Incident) -> dict[str, Any]:
    began = item.recorded_at
    at = (began or item.received_at) + timedelta(seconds=of.start_s)
    sure = [tag for tag in of.tags if tag.decision is Decision.CONFIRMED]
    seen = [tag for tag in of.tags if tag.decision is not Decision.CONFIRMED and tag.confidence >= SURE]
    doubted = [tag for tag in of.tags if tag.decision is not Decision.CONFIRMED and tag.confidence < SURE]
    places = [incident.place, *(one.value for one in of.mentions if one.kind == "place")]
    return {
        "id": uuid.uuid5(_NAMES, f"{item.id} {of.start_s:.2f}"),
        "evidence_id": item.id,
        "incident_id": incident.id,
        "start_s": of.start_s,
        "end_s": of.end_s,
        "at": at,
        "minute": station_minute(at) if began else None,
        "said": _apart(line.text for line in of.lines),
        "sure": _GAP + _apart(map(_words, sure)),
        "seen": _GAP + _apart(map(_words, seen)),
        "doubted": _GAP + _apart(map(_words, doubted)),
        "plates": _plates(of),
        "place": " ".join(place_words(one) for one in places),
        "utterance_ids": [line.id for line in of.lines],
        "tag_ids": [tag.id for tag in of.tags],
    }


def _apart(texts: Iterable[str]) -> str:
    return _GAP.join(dict.fromkeys(texts))


def _words(tag: Tag) -> str:
    kind = kind_of(tag.kind)
    return f"{tag.label} {_GAP} {kind.title} {_GAP} {kind.words}"


def plate_sign(value: str) -> str:
    """A plate as one sign of the index; letters and digits only."""
    return "p/" + "".join(c for c in value.upper() if c.isascii() and c.isalnum())


def _plates(of: Stretch) -> str:
    weights = {
        plate_sign(tag.label): "A" if tag.decision is Decision.CONFIRMED else "B" if tag.confidence >= SURE else "D"
        for tag in of.tags
        if tag.kind == "plate"
    }
    weights |= {plate_sign(one.value): "A" for one in of.mentions if one.kind == "plate"}
    return " ".join(f"'{sign}':1{weight}" for sign, weight in weights.items() if len(sign) > 2)
