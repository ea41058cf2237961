"""How many items fit by each facet: of the newest MOST that fit, each facet counted as if nothing of it were chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.search.library.asked import Asked
from app.search.library.conditions import Conditions, conditions, plan_for_these_words
from app.search.library.facets import DATE, FACETS, Facet
from app.search.library.models import LibraryItem

MOST = 2_000  # of the newest that fit are counted
VALUES = 12  # of a facet are shown, the most frequent
_MONTHS = 20 * 12
_NARROW = ("incident_id", "officer_id", "unit_id", "kind", "state", "retention", "at", "place", "categories", "tags")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet: as in the address, in words, how many fit by it, whether it is chosen."""

    value: str
    words: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A facet with its values, most frequent first (dates: newest first); `more`: there are others."""

    key: str
    title: str
    values: list[Value]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How many fit, all there are unless `beyond`, and the facets counted among them."""

    total: int
    beyond: bool
    groups: list[Group]

    def words(self) -> dict[tuple[str, str], str]:
        """The words of each value, by facet and value."""
        return {(group.key, one.value): one.words for group in self.groups for one in group.values}


def counts(actor: Actor, asked: Asked) -> Counts:
    """The facets of a question for this actor. Only what the actor may see is counted or named."""
    plan_for_these_words()
    having = conditions(asked, actor)
    rows = list(session().execute(_statement(having)))
    total = next(row.n for row in rows if row.facet == "")
    groups = [_group(facet, [row for row in rows if row.facet == facet.key], asked) for facet in FACETS.values()]
    dates = _dates([row for row in rows if row.facet == DATE], asked)
    return Counts(min(total, MOST), total > MOST, [*groups[:6], dates, *groups[6:]])


def _statement(having: Conditions) -> sa.CompoundSelect[Any]:
    """One statement: what fits once, what fits but for a facet once for each chosen one, and the counts of them."""
    whole = _fitting(having, "")
    parts: list[Any] = [
        sa.select(sa.literal("").label("facet"), sa.literal("").label("held"), sa.func.count().label("n")).select_from(
            whole
        )
    ]
    for facet in FACETS.values():
        source: Any = _fitting(having, facet.key) if facet.key in having.by_facet else whole
        held = source.c[facet.column.key]
        if facet.many:
            each = sa.func.unnest(held).table_valued("value", name=f"each_{facet.key}").render_derived()
            source, held = source.join(each, sa.true()), each.c.value
        parts.append(
            _most(sa.select(sa.literal(facet.key), sa.cast(held, sa.Text), sa.func.count()).select_from(source), held)
        )
    source = _fitting(having, DATE) if DATE in having.by_facet else whole
    months = sa.cast(sa.literal(_months(), ARRAY(sa.DateTime(timezone=True))), ARRAY(sa.DateTime(timezone=True)))
    month = sa.select(sa.cast(sa.func.width_bucket(source.c.at, months), sa.Text).label("held")).subquery()
    parts.append(sa.select(sa.literal(DATE), month.c.held, sa.func.count()).group_by(month.c.held))
    return sa.union_all(*parts)


def _most(query: Any, held: Any) -> sa.Select[Any]:
    inner = query.group_by(held).order_by(sa.func.count().desc(), held).limit(VALUES + 1).subquery()
    return sa.select(inner)


def _fitting(having: Conditions, without: str) -> sa.CTE:
    """The newest that fit but for one facet, one more than are counted."""
    columns = [getattr(LibraryItem, name) for name in _NARROW]
    query, name = sa.select(*columns).where(*having.all(without=without)), f"fitting_{without}"
    if having.few_without(
        without
    ):  # gathered first and sorted after: to go through everybody's by time would take long
        few = query.cte(f"few_{without}").prefix_with("MATERIALIZED")
        return sa.select(few).order_by(few.c.at.desc()).limit(MOST + 1).cte(name).prefix_with("MATERIALIZED")
    newest = query.order_by(LibraryItem.at.desc(), LibraryItem.evidence_id)
    return newest.limit(MOST + 1).cte(name).prefix_with("MATERIALIZED")


def _group(facet: Facet, rows: list[Any], asked: Asked) -> Group:
    python: Any = facet.column.type.item_type.python_type if facet.many else facet.column.type.python_type
    counted = {python(row.held): row.n for row in rows}
    told = facet.told(list(counted))
    chosen = asked.chosen.get(facet.key, ())
    values = [Value(*told[held], n, told[held][0] in chosen) for held, n in counted.items() if held in told]
    values.sort(key=lambda one: (-one.count, one.words))
    there = {one.value for one in values}
    values += [Value(one, _unseen(facet, one), 0, chosen=True) for one in chosen if one not in there]
    shown = [one for n, one in enumerate(values) if n < VALUES or one.chosen]
    return Group(facet.key, facet.title, shown, more=len(counted) > VALUES)


def _unseen(facet: Facet, value: str) -> str:
    """A chosen value that nothing fits: in the words of its own list, or as it stands in the address. Nothing is looked
    up for it, so that nobody learns whether there is one."""
    if facet.key in ("kind", "state", "retention", "tag"):
        told: Mapping[Any, tuple[str, str]] = facet.told([value])
        return told[value][1]
    return value


def _dates(rows: list[Any], asked: Asked) -> Group:
    begins = _months()
    chosen = asked.chosen.get(DATE, ())
    counted = {begins[int(row.held) - 1].astimezone().strftime("%Y-%m") if int(row.held) else "": row.n for row in rows}
    counted.pop("", None)  # older than can be asked for by month
    values = [Value(key, _month(key), n, key in chosen) for key, n in sorted(counted.items(), reverse=True)]
    values += [Value(one, _month(one), 0, chosen=True) for one in chosen if one not in counted]
    return Group(
        DATE, "Date", [one for n, one in enumerate(values) if n < VALUES or one.chosen], more=len(counted) > VALUES
    )


def _months() -> list[datetime]:
    """When each of the last _MONTHS months and the next begins at the station."""
    this = now().astimezone()
    whole = [this.year * 12 + this.month - 1 + step for step in range(1 - _MONTHS, 2)]
    return [datetime(one // 12, one % 12 + 1, 1).astimezone(UTC) for one in whole]


def _month(key: str) -> str:
    """2026-11 as November 2026; a year or a day as it is."""
    parts = key.split("-")
    return datetime(int(parts[0]), int(parts[1]), 1).strftime("%B %Y") if len(parts) == 2 else key  # noqa: DTZ001
