"""Incidents as an actor may see them: one rule for all rooms, the list, and one by its id."""

import base64
import binascii
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Invalid, NotFound
from app.core.permissions import Role
from app.core.phrases import N_
from app.incidents.models import Assignment, Incident, IncidentKind, IncidentState

PAGE = 50
_SEES_ALL = (Role.INTERNAL_AFFAIRS, Role.RECORDS)


def visible(actor: Actor) -> sa.Select[Incident]:
    """The incidents `actor` may see, as a query to narrow further.

    Officers: opened by them or assigned to them. Supervisors: also their unit's. Internal affairs and records: all.
    Administrators and machines: none.
    """
    return sa.select(Incident).where(visibility(actor))


def visibility(actor: Actor) -> sa.ColumnElement[bool]:
    """The same rule as a condition on Incident, for queries of other rooms that join it."""
    if actor.role in _SEES_ALL:
        return sa.true()
    if actor.officer_id is None or actor.role not in (Role.OFFICER, Role.SUPERVISOR):
        return sa.false()
    assigned = sa.select(Assignment.incident_id).where(Assignment.officer_id == actor.officer_id)
    rules = [Incident.opened_by == actor.officer_id, Incident.id.in_(assigned)]
    if actor.role is Role.SUPERVISOR:
        rules.append(Incident.unit_id == actor.unit_id)
    return sa.or_(*rules)


@dataclass(frozen=True, slots=True)
class Reach:
    """The same rule by where to look: `everything`; else all of `unit_id` where there is one, and `others`, a query of ids of
    incidents elsewhere (without a unit: of all), each of its parts by an index of its own."""

    everything: bool = False
    unit_id: uuid.UUID | None = None
    others: sa.CompoundSelect[uuid.UUID] | sa.Select[uuid.UUID] | None = None


def reach(actor: Actor) -> Reach:
    """What `visibility` says of this actor, for who goes through a million rows: a condition with OR reads every incident."""
    if actor.role in _SEES_ALL:
        return Reach(everything=True)
    if actor.officer_id is None or actor.role not in (Role.OFFICER, Role.SUPERVISOR):
        return Reach()
    whole = actor.unit_id if actor.role is Role.SUPERVISOR else None
    opened = sa.select(Incident.id).where(Incident.opened_by == actor.officer_id)
    assigned = sa.select(Incident.id).join(Assignment, Assignment.incident_id == Incident.id)
    assigned = assigned.where(Assignment.officer_id == actor.officer_id)
    if whole is not None:
        opened, assigned = (one.where(Incident.unit_id != whole) for one in (opened, assigned))
    return Reach(unit_id=whole, others=sa.union(opened, assigned))


def visible_incident(actor: Actor, incident_id: uuid.UUID) -> Incident:
    """The incident with that id, its unit and opener loaded. NotFound when it is not there or not theirs to see."""
    query = visible(actor).where(Incident.id == incident_id)
    found = session().scalars(query.options(orm.joinedload(Incident.unit), orm.joinedload(Incident.opener))).first()
    if found is None:
        raise NotFound(N_("There is no such incident, or it is not one of yours."))
    return found


def whole_incident(actor: Actor, incident_id: uuid.UUID) -> Incident:
    """Like `visible_incident`, with people, offences and assignments too, in one query."""
    everything = (
        orm.joinedload(Incident.unit),
        orm.joinedload(Incident.opener),
        orm.joinedload(Incident.participants),
        orm.joinedload(Incident.offences),
        orm.joinedload(Incident.assignments),
    )
    query = visible(actor).where(Incident.id == incident_id).options(*everything)
    found = session().scalars(query.execution_options(populate_existing=True)).unique().first()
    if found is None:
        raise NotFound(N_("There is no such incident, or it is not one of yours."))
    return found


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty members narrow nothing. `since` <= occurred_at < `until`, aware."""

    state: IncidentState | None = None
    kind: IncidentKind | None = None
    badge: str = ""
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some incidents, newest first, and the cursor of the next page; empty at the end."""

    incidents: list[Incident]
    next_cursor: str


def page(actor: Actor, filters: Filters | None = None, cursor: str = "", size: int = PAGE) -> Page:
    """One page of the incidents `actor` may see, newest occurrence first; `cursor` comes from the page before."""
    query = _narrowed(visible(actor), filters or Filters())
    if cursor:
        moment, last = _read_cursor(cursor)
        later_id = sa.and_(Incident.occurred_at == moment, Incident.id > last)
        query = query.where(Incident.occurred_at <= moment, sa.or_(Incident.occurred_at < moment, later_id))
    query = query.order_by(Incident.occurred_at.desc(), Incident.id).limit(size + 1)
    query = query.options(orm.joinedload(Incident.unit), orm.joinedload(Incident.opener))
    found = list(session().scalars(query))
    more = len(found) > size
    return Page(found[:size], _cursor(found[size - 1]) if more else "")


def _narrowed(query: sa.Select[Incident], filters: Filters) -> sa.Select[Incident]:
    if filters.state:
        query = query.where(Incident.state == filters.state)
    if filters.kind:
        query = query.where(Incident.kind == filters.kind)
    if filters.badge:
        theirs = sa.select(Officer.id).where(Officer.badge == filters.badge).scalar_subquery()
        assigned = sa.select(Assignment.incident_id).where(Assignment.officer_id == theirs)
        query = query.where(sa.or_(Incident.opened_by == theirs, Incident.id.in_(assigned)))
    if filters.since:
        query = query.where(Incident.occurred_at >= filters.since)
    if filters.until:
        query = query.where(Incident.occurred_at < filters.until)
    for word in filters.text.split()[:8]:
        anywhere = (Incident.number, Incident.title, Incident.place)
        query = query.where(sa.or_(*(column.icontains(word, autoescape=True) for column in anywhere)))
    return query


def _cursor(incident: Incident) -> str:
    plain = f"{incident.occurred_at.isoformat()}|{incident.id}"
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, uuid.UUID]:
    try:
        plain = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, last = plain.split("|")
        return datetime.fromisoformat(moment).astimezone(), uuid.UUID(last)
    except (ValueError, binascii.Error) as error:
        raise Invalid(N_("That page of the list cannot be found. Start again from the first page.")) from error
