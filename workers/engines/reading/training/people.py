"""Names of many origins, from Faker's lists: most for training, a share that training never sees for measuring."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any
from zlib import crc32

_NAME = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿĀ-ž][A-Za-zÀ-ÖØ-öø-ÿĀ-ž'’-]+(?: [A-Za-zÀ-ÖØ-öø-ÿĀ-ž'’-]+)?")
HELD_OUT_OF_TEN = 1  # every name whose hash ends so is kept for measuring, whatever list it is in
_WEIGHTS = {"en_US": 25.0, "es_MX": 6.0, "en_GB": 2.0, "en_IN": 2.0, "vi_VN": 2.0, "zh_CN": 2.0, "zh_TW": 1.0, "ar_AA": 1.0, "en_NG": 2.0, "en": 2.0}  # fmt: skip


@dataclass(frozen=True)
class Origin:
    """First and last names of one Faker locale, and how often it is drawn."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    weight: float


def held_out(name: str) -> bool:
    """Whether a name belongs to the held-out tenth: by the hash of its lower-case form, so that no spelling crosses over."""
    return crc32(name.lower().encode()) % 10 < HELD_OUT_OF_TEN


class People:
    """Draws names of one side of the fence; about one in eight is mixed of two origins, as families are."""

    def __init__(self, *, held: bool) -> None:
        chosen = [(_side(o.first, held), _side(o.last, held), o.weight) for o in origins()]
        self._origins = [Origin(first, last, weight) for first, last, weight in chosen if first and last]
        self._weights = list(accumulate(origin.weight for origin in self._origins))

    def _origin(self, rng: Random) -> Origin:
        return rng.choices(self._origins, cum_weights=self._weights)[0]

    def first(self, rng: Random) -> str:
        """A first name."""
        return rng.choice(self._origin(rng).first)

    def last(self, rng: Random) -> str:
        """A family name, now and then of two parts."""
        last = self._origin(rng).last
        return f"{rng.choice(last)}-{rng.choice(last)}" if rng.random() < 0.02 else rng.choice(last)

    def full(self, rng: Random) -> str:
        """A first name and a family name, now and then with a middle name or an initial."""
        origin = self._origin(rng)
        other = origin if rng.random() < 0.88 else self._origin(rng)
        middle, how = "", rng.random()
        if how < 0.05:
            middle = f" {rng.choice('ABCDEFGHJKLMNPRST')}."
        elif how < 0.09:
            middle = f" {rng.choice(origin.first)}"
        return f"{rng.choice(origin.first)}{middle} {rng.choice(other.last)}"


def _side(names: Sequence[str], held: bool) -> tuple[str, ...]:
    return tuple(name for name in names if any(held_out(part) for part in re.split(r"[ -]", name)) is held)


@cache
def origins() -> tuple[Origin, ...]:
    """Every locale of Faker that has at least twenty first and twenty last names in Latin letters, in a fixed order."""
    from faker.providers import person  # only training and measuring need it

    made = []
    for module in sorted(found.name for found in pkgutil.iter_modules(person.__path__)):
        provider = importlib.import_module(f"faker.providers.person.{module}").Provider
        first, last = _listed(provider, "first"), _listed(provider, "last")
        if len(first) >= 20 and len(last) >= 5:
            made.append(Origin(first, last, _WEIGHTS.get(module, 0.6)))
    return tuple(made)


def _listed(provider: Any, which: str) -> tuple[str, ...]:
    """Names in the provider's `first_names…` or `last_names…` lists, written in Latin letters or romanised."""
    found: set[str] = set()
    for attribute in sorted(dir(provider)):
        if which in attribute and ("names" in attribute or "romanized" in attribute):
            found.update(name for name in _texts(getattr(provider, attribute)) if _NAME.fullmatch(name))
    return tuple(sorted(found))


def _texts(value: Any) -> Iterable[str]:
    return (item for item in value if isinstance(item, str)) if isinstance(value, (dict, list, tuple)) else ()
