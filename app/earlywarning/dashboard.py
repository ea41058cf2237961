"""What internal affairs, a supervisor and an officer read of alerts, the newest run and everybody's standing in it."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.analysis.models import Decision
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import NotFound
from app.core.permissions import Role
from app.earlywarning.levels import in_force
from app.earlywarning.models import (
    OPEN_STATES,
    Alert,
    AlertState,
    AlertStep,
    Contest,
    ContestState,
    LanguageEvent,
    Levels,
    LevelsState,
    PatternRun,
    PatternStanding,
    Polarity,
)
from app.earlywarning.queries import counted, counts_surely

PAGE = 50
FOR_SUPERVISORS = (AlertState.COACHING, AlertState.TRAINING, AlertState.WELLNESS)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a person of internal affairs: alerts nobody has, their own, those nobody moved for too long,
    contests to answer and proposals to approve."""

    new: int
    mine: int
    overdue: int
    contests: int
    proposals: int

    @property
    def all(self) -> int:
        """The number beside the word in the navigation."""
        return self.new + self.mine + self.contests + self.proposals


@dataclass(frozen=True, slots=True)
class Page:
    """Some standings, or officers without one to speak of, in badge order, and how many there are in all."""

    standings: list[PatternStanding]
    officers: list[Officer]
    number: int
    pages: int
    total: int


def waiting(actor: Actor) -> Waiting:
    """Counted in one read for the alerts, and one each for contests and proposals."""
    late = now() - timedelta(days=in_force().remind_days)
    mine = sa.and_(Alert.assignee_id == actor.officer_id, Alert.state != AlertState.NEW)
    query = sa.select(
        sa.func.count().filter(Alert.state == AlertState.NEW),
        sa.func.count().filter(mine),
        sa.func.count().filter(Alert.touched_at < late),
    ).where(Alert.state.in_(OPEN_STATES))
    new, own, overdue = session().execute(query).one()
    contests = sa.select(sa.func.count()).where(Contest.state == ContestState.OPEN)
    proposals = sa.select(sa.func.count()).where(Levels.state == LevelsState.WAITING)
    return Waiting(new, own, overdue, session().scalar(contests) or 0, session().scalar(proposals) or 0)


def overdue(alert: Alert, remind_days: int) -> bool:
    """Whether nobody moved an open alert for longer than the agency's levels say."""
    return alert.open and alert.touched_at < now() - timedelta(days=remind_days)


def attention() -> list[Alert]:
    """The open alerts, those that wait longest first, with officer and assignee."""
    return _alerts(Alert.state.in_(OPEN_STATES), Alert.touched_at)


def answered(*, limit: int = 20) -> list[Alert]:
    """The latest answers."""
    return _alerts(Alert.state.not_in(OPEN_STATES), Alert.decided_at.desc(), limit)


def alerts_of(officer_id: uuid.UUID) -> list[Alert]:
    """Every alert about one officer, newest first."""
    return _alerts(Alert.officer_id == officer_id, Alert.raised_at.desc())


def reviewed_of(officer_id: uuid.UUID) -> list[Alert]:
    """The answered alerts about one officer: what they may see themselves."""
    return _alerts(sa.and_(Alert.officer_id == officer_id, Alert.state.not_in(OPEN_STATES)), Alert.decided_at.desc())


def alert(alert_id: uuid.UUID) -> Alert:
    """One alert with everything that happened to it; NotFound."""
    people = orm.joinedload(Alert.officer), orm.joinedload(Alert.assignee), orm.joinedload(Alert.decider)
    steps = orm.selectinload(Alert.steps).joinedload(AlertStep.person)
    query = sa.select(Alert).where(Alert.id == alert_id).options(*people, steps)
    found = session().scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound("There is no such alert.")
    return found


def reviewers(but: uuid.UUID) -> list[Officer]:
    """Who may be assigned an alert about `but`."""
    query = sa.select(Officer).where(
        Officer.role == Role.INTERNAL_AFFAIRS, Officer.closed_at.is_(None), Officer.id != but
    )
    return list(session().scalars(query.order_by(Officer.badge)))


def newest_run() -> PatternRun | None:
    """The newest computation; None before the first."""
    return session().scalars(sa.select(PatternRun).order_by(PatternRun.at.desc()).limit(1)).first()


def standing(officer_id: uuid.UUID) -> PatternStanding | None:
    """One officer in the newest run."""
    return session().get(PatternStanding, officer_id, populate_existing=True)


def compared(number: int = 1, *, unit_id: uuid.UUID | None = None) -> Page:
    """Officers with exposure enough in badge order, PAGE at a time."""
    unit = sa.true() if unit_id is None else Officer.unit_id == unit_id
    base = sa.select(PatternStanding).join(Officer, Officer.id == PatternStanding.officer_id)
    base = base.where(PatternStanding.enough, unit)
    total, number, pages = _counted(base, number)
    query = base.options(orm.contains_eager(PatternStanding.officer)).order_by(Officer.badge)
    found = list(session().scalars(query.limit(PAGE).offset((number - 1) * PAGE)))
    return Page(found, [one.officer for one in found], number, pages, total)


def too_little(number: int = 1, *, unit_id: uuid.UUID | None = None) -> Page:
    """Everybody else with an account: too little speech for a rate, or not heard before the newest run."""
    unit = sa.true() if unit_id is None else Officer.unit_id == unit_id
    enough = sa.select(PatternStanding.officer_id).where(PatternStanding.enough)
    base = sa.select(Officer).where(Officer.closed_at.is_(None), Officer.id.not_in(enough), unit)
    total, number, pages = _counted(base, number)
    found = session().scalars(base.order_by(Officer.badge).limit(PAGE).offset((number - 1) * PAGE))
    return Page([], list(found), number, pages, total)


def everybody() -> list[PatternStanding]:
    """Every standing in badge order, for the export."""
    query = sa.select(PatternStanding).join(Officer, Officer.id == PatternStanding.officer_id)
    return list(session().scalars(query.options(orm.contains_eager(PatternStanding.officer)).order_by(Officer.badge)))


def changed(run: PatternRun) -> list[PatternStanding]:
    """Whose own rate gave a signal of change within the months of the comparison, in badge order; at most PAGE."""
    query = (
        sa.select(PatternStanding)
        .join(Officer, Officer.id == PatternStanding.officer_id)
        .where(PatternStanding.signalled >= run.first_month)
        .options(orm.contains_eager(PatternStanding.officer))
    )
    return list(session().scalars(query.order_by(Officer.badge).limit(PAGE)))


def categories_of(officer_id: uuid.UUID) -> list[tuple[str, Polarity, int, int]]:
    """(category, polarity, counted, confirmed) of one officer, the courteous beside the aggressive (W8)."""
    confirmed = LanguageEvent.decision == Decision.CONFIRMED
    query = (
        sa.select(LanguageEvent.category, LanguageEvent.polarity, sa.func.count(), sa.func.count().filter(confirmed))
        .where(
            LanguageEvent.officer_id == officer_id,
            LanguageEvent.polarity != Polarity.NEUTRAL,
            counted(),
            counts_surely(),
        )
        .group_by(LanguageEvent.category, LanguageEvent.polarity)
        .order_by(LanguageEvent.polarity, LanguageEvent.category)
    )
    return [(category, polarity, number, sure) for category, polarity, number, sure in session().execute(query)]


def counted_moments(officer_id: uuid.UUID, since: date, *, limit: int = 400) -> list[LanguageEvent]:
    """The moments that count, either way, oldest first: the dots of the timeline."""
    query = sa.select(LanguageEvent).where(
        LanguageEvent.officer_id == officer_id,
        LanguageEvent.polarity != Polarity.NEUTRAL,
        LanguageEvent.said_at >= since,
        counted(),
        counts_surely(),
    )
    newest = session().scalars(query.order_by(LanguageEvent.said_at.desc(), LanguageEvent.start_s).limit(limit))
    return sorted(newest, key=lambda one: (one.said_at, one.start_s))


def for_supervisor(actor: Actor) -> list[Alert]:
    """Answers that ask something of a supervisor, about the officers of their unit and never about themselves (W5)."""
    mine = sa.and_(
        Alert.state.in_(FOR_SUPERVISORS),
        Alert.officer_id.in_(
            sa.select(Officer.id).where(Officer.unit_id == actor.unit_id, Officer.id != actor.officer_id)
        ),
    )
    return _alerts(mine, Alert.decided_at.desc())


def subordinate(actor: Actor, officer_id: uuid.UUID) -> tuple[Officer, list[Alert]]:
    """An officer of the supervisor's unit with the answers that concern the supervisor. NotFound for everybody else,
    and for officers about whom there is none."""
    found = [one for one in for_supervisor(actor) if one.officer_id == officer_id]
    if not found:
        raise NotFound("There is no such officer, or nothing about them is for you to see.")
    return found[0].officer, found


def _counted(base: sa.Select[Any], number: int) -> tuple[int, int, int]:
    total = session().scalar(base.with_only_columns(sa.func.count())) or 0
    pages = max(1, -(-total // PAGE))
    return total, min(max(number, 1), pages), pages


def _alerts(
    condition: sa.ColumnElement[bool],
    order: "sa.ColumnElement[object] | orm.InstrumentedAttribute[object] | object",
    limit: int | None = None,
) -> list[Alert]:
    people = orm.joinedload(Alert.officer), orm.joinedload(Alert.assignee), orm.joinedload(Alert.decider)
    query = sa.select(Alert).where(condition).options(*people).order_by(order).limit(limit)  # type: ignore[arg-type]
    return list(session().scalars(query))
