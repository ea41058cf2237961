"""The release clock of critical incidents: 45 days, alerts, thirty days more with a reason (California AB 748, R5)."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.evidence.retention.models import CriticalIncident, ReleaseDelay
from app.evidence.retention.records import reasoned
from app.incidents.models import Incident

PERIOD = timedelta(days=45)
DELAY = timedelta(days=30)
ALERTS = (15, 5, 0)  # days left: of the first period the days 30, 40 and 45
DAY = timedelta(days=1)
ENDINGS = ("released", "not_critical")


@dataclass(frozen=True, slots=True)
class Clock:
    """How a critical incident's clock stands: whole days since it was known, and days left, negative when late."""

    critical: CriticalIncident
    day: int
    left: int

    @property
    def tone(self) -> str:
        """A name of the design system: the nearer, the louder."""
        return "error" if self.left <= 0 else "doubt" if self.left <= max(ALERTS) else "note"


def flag(incident: Incident, *, known_at: datetime, actor: Actor) -> CriticalIncident:
    """Starts the clock on the day the agency knew of the incident. Invalid for a day to come, or before the incident;
    Conflict when it runs or ran already."""
    moment = now()
    if known_at > moment:
        raise Invalid("That day has not come yet.", field="known_at")
    if known_at < incident.occurred_at - DAY:
        raise Invalid("The agency cannot have known before it happened.", field="known_at")
    if session().get(CriticalIncident, incident.id) is not None:
        raise Conflict("This incident has a release clock already.")
    clock = CriticalIncident(
        incident_id=incident.id,
        known_at=known_at,
        due_at=known_at + PERIOD,
        alerts=[],
        flagged_by=actor.id,
        flagged_at=moment,
    )
    session().add(clock)
    session().flush()
    _note(clock, "flag", actor, due_at=ledger.written(clock.due_at))
    return clock


def delay(clock: CriticalIncident, *, reason: str, actor: Actor) -> ReleaseDelay:
    """Thirty days more, with the reason that the law wants recorded. Conflict when the clock has ended."""
    clock = _running(clock)
    made = ReleaseDelay(
        id=uuid.uuid4(),
        incident_id=clock.incident_id,
        due_before=clock.due_at,
        due_after=clock.due_at + DELAY,
        reason=reasoned(reason),
        made_by=actor.id,
        made_at=now(),
    )
    clock.delays.append(made)
    clock.due_at, clock.alerts = made.due_after, []
    session().flush()
    _note(clock, "delay", actor, delay_id=made.id, due_at=ledger.written(made.due_after))
    return made


def end(clock: CriticalIncident, *, ending: str, reason: str, actor: Actor) -> None:
    """The recordings were released, or the incident turned out not to be critical. Invalid, Conflict."""
    if ending not in ENDINGS:
        raise Invalid("Say how it ended.", field="ending")
    clock = _running(clock)
    clock.end_reason = reasoned(reason)
    clock.ended_at, clock.ended_by, clock.ended_as = now(), actor.id, ending
    session().flush()
    _note(clock, "end", actor, ending=ending)


def alert(*, actor: Actor) -> int:
    """Notes each alert day that has come, once each; how many. What a page shows is counted when it is shown."""
    told = 0
    query = sa.select(CriticalIncident).where(CriticalIncident.ended_at.is_(None)).with_for_update(skip_locked=True)
    for clock in session().scalars(query).all():
        standing = read(clock)
        for left in ALERTS:
            if standing.left <= left and left not in clock.alerts:
                clock.alerts = [*clock.alerts, left]
                session().flush()
                _note(clock, "alert", actor, day=standing.day, left=standing.left, of=left)
                told += 1
    return told


def read(clock: CriticalIncident) -> Clock:
    """How it stands now. The last day still counts as a day left until its moment has passed."""
    moment = now()
    left = clock.due_at - moment
    return Clock(clock, (moment - clock.known_at) // DAY, -(-left // DAY))


def running(*, within: timedelta | None = None) -> list[Clock]:
    """Clocks that run, the soonest first; with `within` only those due by then."""
    query = sa.select(CriticalIncident).where(CriticalIncident.ended_at.is_(None))
    if within is not None:
        query = query.where(CriticalIncident.due_at <= now() + within)
    query = query.options(orm.joinedload(CriticalIncident.incident)).order_by(CriticalIncident.due_at)
    return [read(one) for one in session().scalars(query)]


def _running(clock: CriticalIncident) -> CriticalIncident:
    clock = session().get_one(CriticalIncident, clock.incident_id, with_for_update=True, populate_existing=True)
    if clock.ended_at is not None:
        raise Conflict("This release clock has ended.")
    return clock


def _note(clock: CriticalIncident, act: str, actor: Actor, **details: Any) -> None:
    ledger.record(
        f"evidence:release:{act}",
        actor=actor,
        subject_kind="incident",
        subject_id=clock.incident_id,
        incident_id=clock.incident_id,
        **details,
    )
