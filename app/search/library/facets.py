"""The ways the library is narrowed: what each facet is called, from which column, and its values in words."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Officer, Unit
from app.analysis.tags.kinds import title_of
from app.core.db import session
from app.evidence.retention.models import Category
from app.incidents.models import Incident
from app.search.library.models import LibraryItem

RETENTION = {
    "held": "On hold",
    "deletion": "Waits for deletion",
    "rule": "By its category",
    "none": "No category yet",
    "gone": "Deleted",
}
STATES = {"received": "Being checked", "sealed": "Sealed", "quarantined": "Quarantined", "purged": "Deleted"}
KINDS = {
    "video": "Video",
    "audio": "Sound",
    "image": "Picture",
    "document": "Document",
    "other": "Other",
    "unknown": "Not known yet",
}
Known = Mapping[Any, tuple[str, str]]  # from what the column holds to (value in the address, words)


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow. `held` gives what the column holds for values of the address (what is no value finds nothing),
    `told` the values and words of what it holds. `many`: the column is an array."""

    key: str
    title: str
    column: sa.orm.InstrumentedAttribute[Any]
    held: Callable[[Sequence[str]], Sequence[Any]]
    told: Callable[[Collection[Any]], Known]
    many: bool = False


def _plain(
    words: Mapping[str, str],
) -> tuple[Callable[[Sequence[str]], Sequence[Any]], Callable[[Collection[Any]], Known]]:
    return (
        lambda values: [one for one in values if one in words],
        lambda held: {one: (one, words.get(one, one)) for one in held},
    )


def _row(
    model: Any, value: Any, words: Any
) -> tuple[Callable[[Sequence[str]], Sequence[Any]], Callable[[Collection[Any]], Known]]:
    def held(values: Sequence[str]) -> Sequence[uuid.UUID]:
        return session().scalars(sa.select(model.id).where(value.in_(values))).all()

    def told(ids: Collection[uuid.UUID]) -> Known:
        rows = session().execute(sa.select(model.id, value, words).where(model.id.in_(ids)))
        return {row[0]: (row[1], row[2]) for row in rows}

    return held, told


def _as_is(values: Sequence[str]) -> Sequence[str]:
    return list(values)


def _tags(held: Collection[str]) -> Known:
    return {one: (one, tag_words(one)) for one in held}


def tag_words(tag: str) -> str:
    """`vehicle/car` as “car (Vehicle)”; where both are one word, that word."""
    kind, _, label = tag.partition("/")
    title = title_of(kind)
    return title if label.casefold() == title.casefold() else f"{label} ({title})"


_LISTED = (
    Facet("kind", "Kind", LibraryItem.kind, *_plain(KINDS)),
    Facet("category", "Category", LibraryItem.categories, *_row(Category, Category.code, Category.name), many=True),
    Facet("incident", "Incident", LibraryItem.incident_id, *_row(Incident, Incident.number, Incident.number)),
    Facet(
        "officer", "Officer", LibraryItem.officer_id, *_row(Officer, Officer.badge, Officer.rank + " " + Officer.name)
    ),
    Facet("unit", "Unit", LibraryItem.unit_id, *_row(Unit, Unit.name, Unit.name)),
    Facet("tag", "Seen", LibraryItem.tags, _as_is, _tags, many=True),
    Facet("place", "Place", LibraryItem.place, _as_is, lambda held: {one: (one, one or "No place") for one in held}),
    Facet("state", "State", LibraryItem.state, *_plain(STATES)),
    Facet("retention", "Kept", LibraryItem.retention, *_plain(RETENTION)),
)
FACETS = {facet.key: facet for facet in _LISTED}
DATE = "date"  # counted by month; asked for by year, month or day


def condition(facet: Facet, values: Sequence[str]) -> sa.ColumnElement[bool]:
    """Any of these values will do."""
    held = list(facet.held(values))
    kind: Any = facet.column.type
    array = kind if facet.many else sa.dialects.postgresql.ARRAY(kind)
    given = sa.cast(sa.literal(held, array), array)
    if facet.many:
        return facet.column.bool_op("&&")(given)
    return facet.column == sa.any_(given)
