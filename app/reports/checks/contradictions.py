"""Checks of the text against what people confirmed: names, plates, dates of birth, the day, the offences."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from app.analysis.mentions.queries import confirmed
from app.core.phrases import phrase
from app.reports.checks.elements import whole_text
from app.reports.checks.finding import Finding, once, register, warning
from app.reports.models import Report

_PLATE = re.compile(r"\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9][A-Z0-9-]{3,8}[A-Z0-9]\b")
_NAME = re.compile(r"\b[A-Z][a-zà-öø-ÿ'’-]{3,}\b")
_BORN = re.compile(
    r"\b(?:born|date of birth|dob)\b[^.;]{0,25}?(?P<date>\d[\d/.-]{5,9}\d|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4})", re.I
)
_DATE = re.compile(r"\b(?:[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}|\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2})\b")
_SHAPES = ("%B %d, %Y", "%B %d %Y", "%b %d, %Y", "%b %d %Y", "%m/%d/%Y", "%Y-%m-%d", "%m-%d-%Y", "%m.%d.%Y")
_COMMON = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "was",
        "were",
        "that",
        "this",
        "from",
        "over",
        "under",
        "officer",
        "driver",
        "passenger",
    ]
)


@dataclass
class Confirmed:
    """What people stand by: findings they confirmed and people they entered."""

    plates: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    births: set[date] = field(default_factory=set)


@register
def plates_agree(report: Report) -> list[Finding]:
    """A plate in the text that almost equals a confirmed one is probably it, mistyped or misheard."""
    plates = _confirmed(report).plates
    found = []
    for one in report.sentences:
        for said in {plate_key(match) for match in _PLATE.findall(one.text)} - plates:
            near = next((plate for plate in sorted(plates) if distance(said, plate) <= 2), None)
            if near:
                found.append(
                    warning(
                        "plate-differs",
                        phrase("The text has the plate %(said)s; confirmed is %(near)s.", said=said, near=near),
                        one.id,
                    )
                )
    return found


@register
def names_agree(report: Report) -> list[Finding]:
    """A name in the text that almost equals a confirmed one is probably that person's, misspelt."""
    known = {part for name in _confirmed(report).names for part in name.split() if len(part) >= 4}
    folded = {part.casefold() for part in known}
    found = []
    for one in report.sentences:
        for said in dict.fromkeys(_NAME.findall(one.text)):
            if said.casefold() in folded or said.casefold() in _COMMON or len(said) < 5:
                continue
            near = next(
                (part for part in sorted(known) if 0 < distance(said.casefold(), part.casefold()) <= _slack(part)), None
            )
            if near:
                found.append(
                    warning(
                        "name-differs",
                        phrase("The text has “%(said)s”; the confirmed name is “%(near)s”.", said=said, near=near),
                        one.id,
                    )
                )
    return found


@register
def people_are_mentioned(report: Report) -> list[Finding]:
    """Everybody named in the incident is in its report, by last name at least."""
    if report.supplements_id or not report.sentences:
        return []
    text = whole_text(report).casefold()
    missing = [
        one for one in report.incident.participants if one.name.split() and one.name.split()[-1].casefold() not in text
    ]
    return [
        warning(
            "person-missing",
            phrase(
                "%(name)s (%(value)s) is named in the incident, and the text never mentions them.",
                name=one.name,
                value=phrase(one.part.value),
            ),
            field="participants",
        )
        for one in missing
    ]


@register
def births_agree(report: Report) -> list[Finding]:
    """A date of birth in the text is one that was confirmed."""
    births = _confirmed(report).births
    found = []
    for one in report.sentences if births else ():
        for match in _BORN.finditer(one.text):
            said = _read(match.group("date"))
            if said and said not in births:
                known = " or ".join(sorted(day.isoformat() for day in births))
                found.append(
                    warning(
                        "birth-differs",
                        phrase(
                            "The text has the date of birth %(isoformat)s; confirmed is %(known)s.",
                            isoformat=said.isoformat(),
                            known=known,
                        ),
                        one.id,
                    )
                )
    return found


@register
def day_agrees(report: Report) -> list[Finding]:
    """A full date in the text that lies within a year before or after the incident is the incident's own day (or the
    next, past midnight), unless the sentence is about a birth."""
    day = report.incident.occurred_at.astimezone().date()
    found = []
    for one in report.sentences:
        for match in _DATE.finditer(one.text):
            said = _read(match.group())
            if said is None or _BORN.search(one.text) or not 1 < abs((said - day).days) <= 366:
                continue
            found.append(
                warning(
                    "date-differs",
                    phrase(
                        "The text has the date %(isoformat)s; the incident is of %(isoformat2)s.",
                        isoformat=said.isoformat(),
                        isoformat2=day.isoformat(),
                    ),
                    one.id,
                )
            )
    return found


@register
def offences_are_told(report: Report) -> list[Finding]:
    """Each offence of the incident has at least one of its own words in the text."""
    if report.supplements_id or not report.sentences:
        return []
    text = whole_text(report).casefold()
    return [
        warning(
            "offence-untold",
            phrase(
                "The offense “%(description)s” is noted, and nothing in the text speaks of it.",
                description=one.description,
            ),
            field="offences",
        )
        for one in report.incident.offences
        if not any(stem in text for stem in _stems(one.description))
    ]


def distance(one: str, other: str) -> int:
    """How many letters must be changed, added, dropped or swapped with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
    return row[-1]


def plate_key(plate: str) -> str:
    """A plate without what only separates: upper case letters and digits."""
    return re.sub(r"[^A-Z0-9]", "", plate.upper())


def _slack(name: str) -> int:
    return 1 if len(name) < 7 else 2


def _confirmed(report: Report) -> Confirmed:
    return once("_confirmed", lambda: _confirmed_now(report))


def _confirmed_now(report: Report) -> Confirmed:
    found = Confirmed()
    for mention, _ in confirmed(report.incident_id):
        kind, value = mention.kind, mention.value
        if kind == "plate":
            found.plates.add(plate_key(value))
        elif kind == "person":
            found.names.add(value)
        elif kind == "date_of_birth" and (day := _read(value)):
            found.births.add(day)
    for person in report.incident.participants:
        found.names.add(person.name)
        if person.date_of_birth:
            found.births.add(person.date_of_birth)
    return found


def _read(text: str) -> date | None:
    clean = text.replace(".", " ").replace("  ", " ").strip() if text[0].isalpha() else text
    for shape in _SHAPES:
        try:
            return datetime.strptime(clean, shape).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    return None


def _stems(description: str) -> Iterable[str]:
    """The longer words of a description without their endings, so that “theft” is found in “thefts”."""
    words = re.findall(r"[a-z]{4,}", description.casefold())
    return [word[: max(4, len(word) - 3)] for word in words] or [description.casefold()]
