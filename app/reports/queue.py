"""Lists of reports: what waits for whom, all that one may see, what a search finds; sorted and narrowed by figures."""

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.core import cursors
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Invalid
from app.core.permissions import Permission, Role
from app.incidents.models import Assignment, Incident
from app.reports.models import STATEMENTS, Authorship, Report, ReportState, Sentence
from app.reports.queries import visible
from app.reports.work import Figures

PAGE = 40
_HAVE_WORK = (Role.OFFICER, Role.SUPERVISOR, Role.RECORDS)  # others read what was signed; nothing of it waits for them


class Shelf(enum.StrEnum):
    """Which reports a list shows."""

    WAITING = "waiting"
    ALL = "all"


class Order(enum.StrEnum):
    """What a list is sorted by. DOUBT: the most doubtful sentences first, then the longest waiting."""

    DOUBT = "doubt"
    AGE = "age"
    CHANGED = "changed"
    NEW = "new"
    CHECKS = "checks"
    SHARE = "share"
    RETURNED = "returned"
    COMMENTS = "comments"
    AUTHOR = "author"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Row:
    """A report in a list, with what a supervisor looks for first."""

    report: Report
    share: float
    doubtful: int
    gaps: int
    returned: int
    new: int
    errors: int
    warnings: int
    comments: int
    age: timedelta


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """What the list is narrowed to, and its order; `descending` None is the order's own habit.

    `text` makes it a search: by number, title, place and author, and over signed reports only (A7).
    """

    shelf: Shelf = Shelf.WAITING
    state: ReportState | None = None
    ai: bool | None = None
    returned: bool | None = None
    findings: bool | None = None
    text: str = ""
    order: Order | None = None
    descending: bool | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some reports in order, and the cursor of those behind them; empty at the end."""

    rows: list[Row]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many reports wait for somebody besides the one they look at, and which comes next; None for no other."""

    waiting: int
    report_id: uuid.UUID | None


def page(actor: Actor, wanted: ReportFilter, cursor: str = "", size: int = PAGE) -> Page:
    """One page of the reports the actor may see; `cursor` comes from the page before. Invalid for one that none gave out."""
    query, keys = _asked(actor, wanted)
    if cursor:
        query = query.where(cursors.behind(keys, _read(cursor, actor, wanted)))
    # Sorted as ids alone: whole rows are read for one page, not for all that were sorted.
    query = query.order_by(*cursors.in_order(keys)).limit(size + 1)
    found = list(session().execute(query.with_only_columns(*(column for column, _ in keys))))
    following = cursors.write(_sign(actor, wanted), *found[size - 1]) if len(found) > size else ""
    return Page(_rows([one[-1] for one in found[:size]]), following)


def ahead(actor: Actor, report: Report) -> Ahead:
    """What waits for the actor besides this report: the next behind its place in the list, or the first of the list."""
    if actor.role not in _HAVE_WORK:
        return Ahead(0, None)
    wanted = ReportFilter()
    query, keys = _asked(actor, wanted)
    others = query.where(Report.id != report.id)
    waiting = session().scalar(others.with_only_columns(sa.func.count(Report.id))) or 0
    if not waiting:
        return Ahead(0, None)
    place = sa.select(*(column for column, _ in keys)).select_from(Report).where(Report.id == report.id)
    place = place.join(Incident, Incident.id == Report.incident_id)
    place = place.outerjoin(Figures, Figures.report_id == Report.id)
    here = session().execute(place).one()
    first = cursors.behind(keys, here).desc()  # those behind it before those in front of it
    ids = others.with_only_columns(Report.id).order_by(first, *cursors.in_order(keys)).limit(1)
    return Ahead(waiting, session().scalar(ids))


def waiting(actor: Actor) -> int:
    """How many reports wait for the actor; none for who only reads."""
    if actor.role not in _HAVE_WORK:
        return 0
    query, _ = _asked(actor, ReportFilter())
    return session().scalar(query.with_only_columns(sa.func.count(Report.id))) or 0


def _asked(actor: Actor, wanted: ReportFilter) -> tuple[sa.Select[Report], list[cursors.Key]]:
    """The query of a list and what it is sorted by, its own id last."""
    query = visible(actor).outerjoin(Figures, Figures.report_id == Report.id)
    return _narrowed(query, actor, wanted), _keys(*order_of(actor, wanted))


def _sign(actor: Actor, wanted: ReportFilter) -> str:
    """What a cursor was given out for: it is of no use in another order."""
    order, descending = order_of(actor, wanted)
    return f"{order}{'-' if descending else '+'}"


def _read(cursor: str, actor: Actor, wanted: ReportFilter) -> tuple[Any, ...]:
    order, _ = order_of(actor, wanted)
    sign, *values = cursors.read(cursor, str, *_KINDS[order], uuid.UUID)
    if sign != _sign(actor, wanted):
        raise Invalid("That page is of another order.", field="cursor", remedy="Start again from the first page.")
    return tuple(values)


def _rows(ids: list[uuid.UUID]) -> list[Row]:
    found = _whole(ids)
    counted = sa.select(Figures).where(Figures.report_id.in_([one.id for one in found]))
    fresh = session().scalars(counted, execution_options={"populate_existing": True})
    figures = {one.report_id: one for one in fresh}
    moment = now()
    return [_row(report, figures.get(report.id), moment) for report in found]


def _whole(ids: list[uuid.UUID]) -> list[Report]:
    """The reports with these ids, in this order, with incident and author."""
    query = sa.select(Report).where(Report.id.in_(ids))
    query = query.options(orm.joinedload(Report.incident), orm.joinedload(Report.author))
    read = {one.id: one for one in session().scalars(query).unique()}
    return [read[one] for one in ids if one in read]


def with_ai_text() -> sa.ColumnElement[bool]:
    """The exact condition that a report has text of a machine's, edited or not (A10): asked of the sentences themselves."""
    return sa.exists().where(
        Sentence.report_id == Report.id, Sentence.removed_at.is_(None), Sentence.authorship != Authorship.OFFICER
    )


def order_of(actor: Actor, wanted: ReportFilter) -> tuple[Order, bool]:
    """By what a list is sorted, and whether downwards."""
    usual = Order.CHANGED
    if wanted.shelf is Shelf.WAITING:
        usual = Order.DOUBT if actor.may(Permission.REPORT_REVIEW) else Order.AGE
    order = wanted.order or usual
    habit = order not in (Order.AUTHOR, Order.INCIDENT)
    return order, habit if wanted.descending is None else wanted.descending


def _row(report: Report, counted: Figures | None, moment: datetime) -> Row:
    """A clock that was set back makes nothing younger than now."""
    since = report.submitted_at if report.state is ReportState.SUBMITTED else report.changed_at
    age = max(moment - (since or report.changed_at), timedelta())
    if counted is None:
        return Row(report, 0.0, 0, 0, 0, 0, 0, 0, 0, age)
    return Row(
        report,
        counted.share,
        counted.doubtful,
        counted.gaps,
        counted.returns,
        counted.changed_since_return,
        counted.errors,
        counted.warnings,
        counted.open_comments,
        age,
    )


def _narrowed(query: sa.Select[Report], actor: Actor, wanted: ReportFilter) -> sa.Select[Report]:
    if wanted.text.strip():
        query = query.join(Officer, Officer.id == Report.author_id).where(Report.state.in_(STATEMENTS))
        for word in wanted.text.split()[:8]:
            anywhere = (Incident.number, Incident.title, Incident.place, Officer.name, Officer.badge)
            query = query.where(sa.or_(*(column.icontains(word, autoescape=True) for column in anywhere)))
    elif wanted.shelf is Shelf.WAITING:
        query = query.where(_waits_for(actor))
    if wanted.state:
        query = query.where(Report.state == wanted.state)
    if wanted.ai is not None:
        query = query.where(with_ai_text() if wanted.ai else ~with_ai_text())
    if wanted.returned is not None:
        query = query.where(sa.func.coalesce(Figures.returns, 0) > 0 if wanted.returned else _none(Figures.returns))
    if wanted.findings is not None:
        counted = sa.func.coalesce(Figures.errors, 0) + sa.func.coalesce(Figures.warnings, 0)
        query = query.where(counted > 0 if wanted.findings else counted == 0)
    return query


def _none(column: orm.InstrumentedAttribute[int]) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(column, 0) == 0


_KINDS: dict[Order, tuple[Any, ...]] = {  # of what a cursor holds, the id apart
    Order.DOUBT: (int, cursors.moment),
    Order.AGE: (cursors.moment,),
    Order.CHANGED: (cursors.moment,),
    Order.NEW: (int, cursors.moment),
    Order.CHECKS: (int, int, cursors.moment),
    Order.SHARE: (float, cursors.moment),
    Order.RETURNED: (int, cursors.moment),
    Order.COMMENTS: (int, cursors.moment),
    Order.AUTHOR: (str, cursors.moment),
    Order.INCIDENT: (str, cursors.moment),
}


def _keys(order: Order, descending: bool) -> list[cursors.Key]:
    """What is sorted by, and whether each falls; equal ones by how long they wait, then by id."""
    waiting = sa.func.coalesce(Report.submitted_at, Report.changed_at)
    by: dict[Order, tuple[Any, ...]] = {
        Order.DOUBT: (sa.func.coalesce(Figures.doubtful, 0),),
        Order.CHANGED: (Report.changed_at,),
        Order.NEW: (sa.func.coalesce(Figures.changed_since_return, 0),),
        Order.CHECKS: (sa.func.coalesce(Figures.errors, 0), sa.func.coalesce(Figures.warnings, 0)),
        Order.SHARE: (sa.func.coalesce(Figures.share, 0.0),),
        Order.RETURNED: (sa.func.coalesce(Figures.returns, 0),),
        Order.COMMENTS: (sa.func.coalesce(Figures.open_comments, 0),),
        Order.AUTHOR: (sa.select(Officer.name).where(Officer.id == Report.author_id).scalar_subquery(),),
        Order.INCIDENT: (Incident.number,),
    }
    if order is Order.AGE:  # who has waited longest came first
        return [(waiting, not descending), (Report.id.expression, False)]
    tie = [] if order is Order.CHANGED else [(waiting, False)]
    return [*((column, descending) for column in by[order]), *tie, (Report.id.expression, False)]


def _waits_for(actor: Actor) -> sa.ColumnElement[bool]:
    unfinished = sa.and_(Report.author_id == actor.id, Report.state.in_([ReportState.RETURNED, ReportState.DRAFT]))
    if actor.role is Role.SUPERVISOR:
        unsettled = Report.state.in_([ReportState.SUBMITTED, ReportState.RETURNED, ReportState.DRAFT])  # for the index
        return sa.and_(unsettled, sa.or_(reviewable(actor), unfinished))
    if actor.may(Permission.REPORT_FILE):
        return Report.state == ReportState.APPROVED
    return unfinished if actor.role is Role.OFFICER else Report.submitted_at.is_not(None)


def reviewable(actor: Actor) -> sa.ColumnElement[bool]:
    """What this supervisor may judge: of their unit, by somebody else, of an incident they had no part in."""
    took_part = sa.exists().where(Assignment.incident_id == Report.incident_id, Assignment.officer_id == actor.id)
    return sa.and_(
        Report.state == ReportState.SUBMITTED,
        Report.author_id != actor.id,
        Incident.unit_id == actor.unit_id,
        Incident.opened_by != actor.id,
        ~took_part,
    )
