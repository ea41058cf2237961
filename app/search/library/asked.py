"""What somebody asks of the library: words, facets, days, order and view, read from an address and written back to one."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urlencode

from app.core.errors import Invalid
from app.search.library.facets import DATE, FACETS

LONGEST = 300
MOST_VALUES = 50  # of all facets together
VIEWS = ("list", "grid", "map", "calendar")
SORTS = {"recorded": "Recorded", "title": "Title", "incident": "Incident", "size": "Size", "length": "Length"}
KEYS = (*FACETS, DATE)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
Chosen = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the library. `chosen` maps a facet's key to the values that will do; `sort` begins with - where the
    last comes first."""

    text: str = ""
    chosen: Chosen = field(default_factory=dict)
    sort: str = "-recorded"
    view: str = "list"

    @property
    def narrowed(self) -> bool:
        """Whether anything at all is asked for."""
        return bool(self.text or self.chosen)

    def query(self, **more: str) -> str:
        """As a query string, without what is so anyway; `more` is added, and takes the place of view or sort."""
        pairs: list[tuple[str, str]] = [("q", self.text)] if self.text else []
        pairs += [(key, value) for key in KEYS for value in self.chosen.get(key, ())]
        rest = {"sort": self.sort, "view": self.view} | more
        usual = {"sort": "-recorded", "view": "list"}
        return urlencode(
            [*pairs, *((name, value) for name, value in rest.items() if value and usual.get(name) != value)]
        )

    def without(self, key: str, value: str = "") -> "Asked":
        """The same without this value of a facet; without a value, without the words where `key` is q."""
        if key == "q":
            return replace(self, text="")
        left = tuple(one for one in self.chosen.get(key, ()) if value and one != value)
        chosen = {name: values for name, values in self.chosen.items() if name != key}
        return replace(self, chosen=chosen | ({key: left} if left else {}))

    def also(self, key: str, value: str) -> "Asked":
        """The same with this value too."""
        return replace(self, chosen={**self.chosen, key: tuple(dict.fromkeys((*self.chosen.get(key, ()), value)))})

    def only(self, key: str, value: str) -> "Asked":
        """The same with this value alone of its facet."""
        return replace(self, chosen={**self.chosen, key: (value,)})


def read(given: Mapping[str, Sequence[str]]) -> Asked:
    """The question of an address, as lists of values by name. Invalid for words that are too long, a day that is none,
    an order or a view that is none, and more than MOST_VALUES choices."""
    text = " ".join(_first(given, "q").split())
    if len(text) > LONGEST:
        raise Invalid(f"At most {LONGEST} characters; this has {len(text)}.", field="q", remedy="Shorten it.")
    chosen = {key: tuple(dict.fromkeys(one for one in given.get(key, ()) if one)) for key in KEYS}
    chosen = {key: values for key, values in chosen.items() if values}
    if sum(map(len, chosen.values())) > MOST_VALUES:
        raise Invalid(f"At most {MOST_VALUES} choices at once.", remedy="Take some out.")
    if any("\0" in one for one in (text, *(one for values in chosen.values() for one in values))):
        raise Invalid("There is a character in it that no text has.", field="q", remedy="Type it anew.")
    days(chosen.get(DATE, ()))
    sort, view = _first(given, "sort") or "-recorded", _first(given, "view") or "list"
    if sort.removeprefix("-") not in SORTS:
        raise Invalid(
            "There is no such order.", field="sort", remedy=f"Use {', '.join(SORTS)}, or one of them after a -."
        )
    if view not in VIEWS:
        raise Invalid("There is no such view.", field="view", remedy=f"Use {', '.join(VIEWS)}.")
    return Asked(text, chosen, sort, view)


def days(values: Iterable[str]) -> list[tuple[datetime, datetime]]:
    """When each year (2026), month (2026-11) or day (2026-11-24) begins and is over at the station, aware."""
    return [_span(value) for value in values]


def _span(value: str) -> tuple[datetime, datetime]:
    found = _DATE.fullmatch(value)
    year, month, day = (int(one or 1) for one in found.groups()) if found else (0, 0, 0)
    try:
        begins = datetime(year if 1900 <= year < 9999 else 0, month, day)  # noqa: DTZ001  (the station's own day)
    except ValueError as error:
        raise Invalid(
            f"“{value[:20]}” is no date.",
            field=DATE,
            remedy="Write a year, a month or a day: 2026, 2026-11, 2026-11-24.",
        ) from error
    if found and found[3]:
        over = datetime.fromordinal(begins.toordinal() + 1)
    elif found and found[2]:
        over = datetime(year + month // 12, month % 12 + 1, 1)  # noqa: DTZ001
    else:
        over = datetime(year + 1, 1, 1)  # noqa: DTZ001
    return begins.astimezone(UTC), over.astimezone(UTC)


def _first(given: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(given.get(name, ())), "")
