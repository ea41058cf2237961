"""Lists of reports: what waits for whom, all that one may see, what a search finds; sorted and narrowed by figures."""

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.permissions import Permission, Role
from app.incidents.models import Assignment, Incident
from app.reports.models import STATEMENTS, Authorship, Report, ReportState, Sentence
from app.reports.queries import visible
from app.reports.work import Figures

PAGE = 40
MOST_PAGES = 500


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
    """What the list is narrowed to, and its order; `descending` None is the order's own habit. Pages count from 1.

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
    page: int = 1


def rows(actor: Actor, wanted: ReportFilter) -> list[Row]:
    """One page of the reports the actor may see, and one more than a page holds when there are further ones."""
    query = visible(actor).outerjoin(Figures, Figures.report_id == Report.id)
    query = _ordered(_narrowed(query, actor, wanted), actor, wanted)
    first = PAGE * (min(max(wanted.page, 1), MOST_PAGES) - 1)
    # Sorted as ids alone: whole rows are read for one page, not for all that were sorted.
    ids = list(session().scalars(query.with_only_columns(Report.id).limit(PAGE + 1).offset(first)))
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


def _ordered(query: sa.Select[Report], actor: Actor, wanted: ReportFilter) -> sa.Select[Report]:
    order, descending = order_of(actor, wanted)
    waiting = sa.func.coalesce(Report.submitted_at, Report.changed_at)
    by: dict[Order, tuple[Any, ...]] = {
        Order.DOUBT: (sa.func.coalesce(Figures.doubtful, 0),),
        Order.AGE: (-sa.func.extract("epoch", waiting),),
        Order.CHANGED: (Report.changed_at,),
        Order.NEW: (sa.func.coalesce(Figures.changed_since_return, 0),),
        Order.CHECKS: (sa.func.coalesce(Figures.errors, 0), sa.func.coalesce(Figures.warnings, 0)),
        Order.SHARE: (sa.func.coalesce(Figures.share, 0.0),),
        Order.RETURNED: (sa.func.coalesce(Figures.returns, 0),),
        Order.COMMENTS: (sa.func.coalesce(Figures.open_comments, 0),),
        Order.AUTHOR: (sa.select(Officer.name).where(Officer.id == Report.author_id).scalar_subquery(),),
        Order.INCIDENT: (Incident.number,),
    }
    keys = [column.desc() if descending else column.asc() for column in by[order]]
    tie = [] if order is Order.CHANGED else [waiting.asc()]
    return query.order_by(*keys, *tie, Report.id)


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
