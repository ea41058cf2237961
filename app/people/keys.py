"""The keys an entry is found by, so that an index answers and nobody is compared with everybody."""

import re
from collections.abc import Iterable

from app.people.models import EntryKind, FactKind
from app.people.names import forms, romanized, sound, tokens

MOST_KEYS = 24


def keys(kind: EntryKind, fact: FactKind, value: str) -> list[str]:
    """The keys of one fact, each with what it is of: `person:name:lopez maria`. At most MOST_KEYS, each at most 120 long.

    A full name has one for its letters in any order, and for each order of first and last name one by sound and initial
    and one by romanization, and one for each part; a single name only one by itself. A description has none.
    """
    made = [f"{kind.value}:{key}"[:120] for key in _of(fact, value)]
    return list(dict.fromkeys(made))[:MOST_KEYS]


def normal(fact: FactKind, value: str) -> str:
    """A value as it is compared: digits of a phone, letters and digits of a plate, words of an address."""
    if fact is FactKind.PHONE:
        return re.sub(r"\D", "", value)[-10:]
    if fact is FactKind.EMAIL:
        return value.strip().casefold()
    if fact is FactKind.NAME:
        return " ".join(tokens(value))
    if fact is FactKind.ADDRESS:
        return " ".join(_street(value))
    if fact is FactKind.DESCRIPTION:
        return " ".join(value.casefold().split())
    return re.sub(r"[^A-Z0-9]", "", value.upper())


def _of(fact: FactKind, value: str) -> Iterable[str]:
    if fact is FactKind.NAME:
        return _name(tokens(value))
    if fact is FactKind.DESCRIPTION:
        return ()
    plain = normal(fact, value)
    return (f"{fact.value}:{plain}",) if plain else ()


def _name(parts: list[str]) -> Iterable[str]:
    if not parts:
        return
    yield f"name:{' '.join(sorted(parts))}"
    if len(parts) == 1:
        return
    yield from (f"part:{part}" for part in parts)
    for given, family in ((parts[0], parts[-1]), (parts[-1], parts[0])):
        for form in sorted(forms(given)):
            yield f"sound:{sound(family)}:{form[0]}"
            yield f"roman:{romanized(family)}:{form[0]}"
    if len(parts) > 2:
        yield f"sound:{sound(parts[-2])}:{parts[0][0]}"  # the first of two surnames


_SHORT = {
    "street": "st",
    "avenue": "ave",
    "road": "rd",
    "drive": "dr",
    "lane": "ln",
    "boulevard": "blvd",
    "court": "ct",
    "highway": "hwy",
}


def _street(value: str) -> list[str]:
    words = re.findall(r"\w+", value.casefold())
    return [_SHORT.get(word, word) for word in words]
