"""Finding events among a million: narrowed by any field of CJIS AU-3, sorted, a page at a time (AU-7, C17)."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from app.core.db import session
from app.core.ledger.events import Event

PAGE = 50
AT_ONCE = 2000
SORTS = {
    "newest": Event.seq,
    "oldest": Event.seq,
    "act": Event.act,
    "who": Event.actor_label,
    "address": Event.address,
    "outcome": Event.outcome,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for; empty members narrow nothing. `act` is its beginning, `who` a part of a name.

    `since` <= at < `until`. `before` and `after` are numbers of events: the page goes on from there.
    """

    act: str = ""
    who: str = ""
    subject: str = ""
    outcome: str = ""
    address: str = ""
    incident: uuid.UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    sort: str = "newest"
    before: int | None = None
    after: int | None = None


def page(wanted: Wanted, size: int = PAGE) -> list[Event]:
    """At most `size` events in the order asked for."""
    query = _narrowed(sa.select(Event), wanted)
    return [] if query is None else list(session().scalars(_ordered(query, wanted).limit(size)))


def everything(wanted: Wanted) -> Iterator[Event]:
    """Every event that fits, oldest first, read a few thousand at a time; memory stays flat."""
    wanted = replace(wanted, sort="oldest", before=None, after=None)
    while found := page(wanted, AT_ONCE):
        yield from found
        wanted = replace(wanted, after=found[-1].seq)
        session().expunge_all()


def statement(wanted: Wanted, size: int = PAGE) -> sa.Select[Event] | None:
    """The query behind a page; None when a name or an act given occurs nowhere."""
    query = _narrowed(sa.select(Event), wanted)
    return None if query is None else _ordered(query, wanted).limit(size)


def values(column: str) -> list[str]:
    """Every different value of an indexed text column, by hopping over the index: quick however many events there are."""
    spot = getattr(Event, column)
    first = sa.select(spot.label("value")).order_by(spot).limit(1).subquery()
    hops = sa.select(first.c.value).cte(recursive=True)
    later = sa.select(spot).where(spot > hops.c.value).order_by(spot).limit(1).scalar_subquery()
    hops = hops.union_all(sa.select(later).where(hops.c.value.is_not(None)))
    return list(session().scalars(sa.select(hops.c.value).where(hops.c.value.is_not(None))))


def _narrowed(query: sa.Select[Event], wanted: Wanted) -> sa.Select[Event] | None:
    chosen: list[tuple[sa.ColumnElement[str], list[str]]] = []
    if wanted.act:
        chosen.append((Event.act.expression, [one for one in values("act") if one.startswith(wanted.act)]))
    if wanted.who:
        part = wanted.who.casefold()
        chosen.append((Event.actor_label.expression, [one for one in values("actor_label") if part in one.casefold()]))
    if wanted.subject:
        query = query.where(Event.subject_kind.in_(values("subject_kind")), Event.subject_id == wanted.subject)
    for column, found in chosen:
        if not found:
            return None
        query = query.where(column == found[0] if len(found) == 1 else column.in_(found))
    if wanted.outcome:
        query = query.where(Event.outcome == wanted.outcome)
    if wanted.address:
        query = query.where(Event.address == wanted.address)
    if wanted.incident:
        query = query.where(Event.incident_id == wanted.incident)
    return _between(query, wanted)


def _between(query: sa.Select[Event], wanted: Wanted) -> sa.Select[Event] | None:
    """Times as numbers of events: no event is dated before the one before it."""
    if wanted.since:
        first = session().scalar(
            sa.select(Event.seq).where(Event.at >= wanted.since).order_by(Event.at, Event.seq).limit(1)
        )
        if first is None:
            return None
        query = query.where(Event.seq >= first)
    if wanted.until:
        latest = sa.select(Event.seq).where(Event.at < wanted.until)
        last = session().scalar(latest.order_by(Event.at.desc(), Event.seq.desc()).limit(1))
        if last is None:
            return None
        query = query.where(Event.seq <= last)
    return query


def _ordered(query: sa.Select[Event], wanted: Wanted) -> sa.Select[Event]:
    column = SORTS.get(wanted.sort, Event.seq)
    if wanted.before:
        query = query.where(Event.seq < wanted.before)
    if column is not Event.seq:
        if wanted.after:
            there = sa.select(column).where(Event.seq == wanted.after).scalar_subquery()
            query = query.where(sa.tuple_(column, Event.seq) > sa.tuple_(there, wanted.after))
        return query.order_by(column, Event.seq)
    if wanted.sort == "oldest":
        return (query.where(Event.seq > wanted.after) if wanted.after else query).order_by(Event.seq)
    return query.order_by(Event.seq.desc())
