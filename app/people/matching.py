"""How likely an entry of the master index is who or what was mentioned, with the reasons: a proposal, never a merge.

The weights are set by hand: how much one agreement alone should make a person look. Agreements are combined as
1 − Π(1 − weight); a contradiction multiplies the whole. Names are compared by rapidfuzz's Jaro-Winkler.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import JaroWinkler, Levenshtein

from app.people.keys import normal
from app.people.models import FactKind
from app.people.names import forms, romanized, sound, tokens

ENGINE = {"name": "blotter-candidates", "model": "hand-set weights", "version": "1.0", "parameters": {}}
NEAR = 0.9
LEAST = 0.2  # below this nobody is proposed
_SAME = {
    FactKind.SSN: (0.95, "The same SSN"),
    FactKind.LICENCE: (0.93, "The same driver license"),
    FactKind.VIN: (0.97, "The same VIN"),
    FactKind.SERIAL: (0.95, "The same serial number"),
    FactKind.PLATE: (0.9, "The same plate"),
    FactKind.PHONE: (0.6, "The same phone number"),
    FactKind.EMAIL: (0.75, "The same e-mail address"),
    FactKind.ADDRESS: (0.6, "The same address"),
}
_SECRET = (FactKind.SSN, FactKind.LICENCE)
Facts = Mapping[FactKind, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Reason:
    """One agreement or contradiction in words, and its weight: above 0 for, below 0 against."""

    words: str
    weight: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """How sure, 0 to 1, and why."""

    score: float
    reasons: tuple[Reason, ...]


def likeness(wanted: Facts, known: Facts) -> Likeness:
    """What was mentioned against what the index holds."""
    reasons = [*_names(wanted, known), *_births(wanted, known), *_numbers(wanted, known)]
    doubt = 1.0
    for reason in reasons:
        doubt *= 1 - reason.weight if reason.weight > 0 else 1.0
    score = 1 - doubt
    for reason in reasons:
        score *= 1 + reason.weight if reason.weight < 0 else 1.0
    return Likeness(round(score, 3), tuple(sorted(reasons, key=lambda one: -one.weight)))


def compare_names(one: str, other: str) -> Reason | None:
    """The strongest agreement of two names in words; None when they do not agree."""
    a, b = tokens(one), tokens(other)
    if not a or not b:
        return None
    said = f"“{one}” and “{other}”"
    if a == b:
        return Reason(f"The same name, {other}", 0.6 if len(a) > 1 else 0.25)
    if len(a) == 1 or len(b) == 1:
        return Reason(f"Only one name of {other} was said", 0.2) if set(a) & set(b) else None
    if sorted(a) == sorted(b):
        return Reason(f"The same name in another order, {other}", 0.55)
    straight, turned = _pair(a, b), _pair(a, b[::-1])
    how, weight = max(straight, turned, key=lambda one: one[1])
    if not weight:
        return None
    return Reason(f"{how}{', in another order' if turned[1] > straight[1] else ''}: {said}", weight)


def _pair(a: list[str], b: list[str]) -> tuple[str, float]:
    """How first and last names agree, and how much that weighs; nothing unless both do."""
    given, family = (
        _part(a[0], b[0], given=True),
        max((_part(a[-1], last, given=False) for last in b[1:]), key=lambda one: one[1]),
    )
    if not given[1] or not family[1]:
        return "", 0.0
    words = dict.fromkeys(how for how in (given[0], family[0]) if how) or {"The same first and last name": None}
    weight = 0.6 * given[1] * family[1]
    return " and ".join(words).capitalize(), round(weight, 3)


def _part(a: str, b: str, *, given: bool) -> tuple[str, float]:
    if a == b:
        return "", 1.0
    if given and forms(a) & forms(b):
        return "a short or other form of the name", 0.92
    if romanized(a) == romanized(b):
        return "another spelling of the same letters", 0.9
    near = JaroWinkler.similarity(a, b)
    if sound(a) == sound(b) and near >= 0.7:
        return "sounds the same", 0.82
    if near >= NEAR:
        return "nearly the same letters", 0.78
    if given and len(a) == 1 and b.startswith(a):
        return "an initial", 0.6
    return "", 0.0


def _names(wanted: Facts, known: Facts) -> Iterable[Reason]:
    pairs = (
        compare_names(one, other) for one in wanted.get(FactKind.NAME, ()) for other in known.get(FactKind.NAME, ())
    )
    best = max((one for one in pairs if one), key=lambda one: one.weight, default=None)
    if best:
        yield best
    elif wanted.get(FactKind.NAME) and known.get(FactKind.NAME):
        yield Reason(f"Another name, {known[FactKind.NAME][0]}", -0.35)


def _births(wanted: Facts, known: Facts) -> Iterable[Reason]:
    ours = [_day(one) for one in wanted.get(FactKind.BIRTH, ())]
    theirs = [_day(one) for one in known.get(FactKind.BIRTH, ())]
    pairs = [(a, b) for a in ours for b in theirs if a and b]
    if not pairs:
        return
    if any(a == b for a, b in pairs):
        yield Reason("The same date of birth", 0.7)
    elif any(a.year == b.year and (a.month, a.day) == (b.day, b.month) for a, b in pairs):
        yield Reason("The date of birth with day and month exchanged", 0.4)
    elif any(Levenshtein.distance(a.isoformat(), b.isoformat()) == 1 for a, b in pairs):
        yield Reason("One digit of the date of birth differs", 0.2)
    else:
        yield Reason(f"Another date of birth, {pairs[0][1].isoformat()}", -0.6)


def _numbers(wanted: Facts, known: Facts) -> Iterable[Reason]:
    for kind, (weight, words) in _SAME.items():
        ours = {normal(kind, one) for one in wanted.get(kind, ())} - {""}
        theirs = {normal(kind, one) for one in known.get(kind, ())} - {""}
        if ours & theirs:
            yield Reason(words if kind in _SECRET else f"{words}, {min(ours & theirs)}", weight)
        elif ours and theirs and kind in (FactKind.SSN, FactKind.LICENCE, FactKind.VIN, FactKind.PLATE):
            yield Reason(f"Another {kind.title if kind.title.isupper() else kind.title.lower()}", -0.5)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
