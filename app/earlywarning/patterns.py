"""What the patterns are computed from, and the keeping of what was found: a run, a standing for each officer, alerts."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Officer
from app.core import ledger
from app.core.actor import Actor
from app.core.db import session
from app.earlywarning import alerts, indicators
from app.earlywarning.found import Found, Further
from app.earlywarning.levels import Wanted
from app.earlywarning.models import Exposure, LanguageEvent, PatternRun, PatternStanding, Polarity
from app.earlywarning.queries import counts_surely, current_reading
from app.evidence.models import Evidence

MONTHS, WINDOW = 36, 12  # months of history for changes, and of those the last ones for the comparison
AT_ONCE = 500
_LOCK = 0x9A77E2


class Row(NamedTuple):
    """Counted events and exposure of one officer in one month under the same circumstances."""

    officer_id: uuid.UUID
    month: date
    unit_id: uuid.UUID
    shift: str
    kind: str
    events: int
    hours: float
    utterances: int
    recordings: int
    latest: datetime | None


def first_month(moment: datetime, back: int) -> date:
    """The first day of the month `back` months before that of `moment`, by UTC."""
    place = moment.year * 12 + moment.month - 1 - back
    return date(place // 12, place % 12 + 1, 1)


def counted_since(first: date) -> list[Row]:
    """Everybody's counts by month and circumstances from the month `first` on, in one query.

    Counted: confirmed, or sure and not rejected, by the reading in force. A recording that was uploaded twice counts once.
    """
    harsh = (
        sa.select(
            LanguageEvent.evidence_id,
            sa.func.count().label("events"),
            sa.func.max(LanguageEvent.said_at).label("latest"),
        )
        .where(
            LanguageEvent.polarity == Polarity.AGGRESSIVE,
            counts_surely(),
            current_reading(),
            LanguageEvent.said_at >= first,
        )
        .group_by(LanguageEvent.evidence_id)
        .subquery()
    )
    month = sa.cast(sa.func.date_trunc("month", Exposure.said_at, "UTC"), sa.Date)
    by = (Exposure.officer_id, month, Exposure.unit_id, Exposure.shift, Exposure.kind)
    query = (
        sa.select(
            *by,
            sa.cast(sa.func.coalesce(sa.func.sum(harsh.c.events), 0), sa.Integer),
            sa.func.sum(Exposure.speech_s) / 3600,
            sa.func.sum(Exposure.utterances),
            sa.func.count(),
            sa.func.max(harsh.c.latest),
        )
        .join(Evidence, Evidence.id == Exposure.evidence_id)
        .outerjoin(harsh, harsh.c.evidence_id == Exposure.evidence_id)
        .where(Evidence.duplicate_of.is_(None), Exposure.said_at >= first)
        .group_by(*by)
    )
    session().execute(sa.text("SET LOCAL TIME ZONE 'UTC'"))
    return [Row(*row) for row in session().execute(query)]


def keep(
    found: Sequence[Found],
    *,
    moment: datetime,
    levels: Wanted,
    engine: Mapping[str, Any],
    peers: Mapping[str, Any],
    effects: Mapping[str, Any],
    actor: Actor,
    further: Sequence[Further] = (),
) -> PatternRun | None:
    """Replaces everybody's standing, raises alerts for those above the level, and brings the open ones up to date.

    `moment` is when the counts were read: None, with nothing kept, when a later reading was kept already.
    """
    session().execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    newest = session().scalar(sa.select(sa.func.max(PatternRun.at)))
    if newest is not None and newest >= moment:
        return None
    run = PatternRun(
        id=uuid.uuid4(),
        at=moment,
        first_month=first_month(moment, WINDOW - 1),
        last_month=first_month(moment, 0),
        levels=levels.told(),
        engine=dict(engine),
        peers=dict(peers),
        effects=dict(effects),
        officers=len(found),
        alerts=0,
    )
    run.alerts = alerts.follow(run, found, further, actor=actor)
    session().add(run)
    session().flush()
    session().execute(sa.delete(PatternStanding))
    for start in range(0, len(found), AT_ONCE):
        rows = [_standing(run, one) for one in found[start : start + AT_ONCE]]
        session().execute(insert(PatternStanding), rows)
    indicators.keep_standings([one.row() for one in further])
    ledger.record(
        "earlywarning:pattern:computed",
        actor=actor,
        subject_kind="pattern_run",
        subject_id=run.id,
        officers=run.officers,
        alerts=run.alerts,
        levels=levels.number,
    )
    return run


def officer_ids() -> list[uuid.UUID]:
    """Everybody with an account, by badge: those without exposure have a standing too, with nothing to say of them."""
    return list(session().scalars(sa.select(Officer.id).where(Officer.closed_at.is_(None)).order_by(Officer.badge)))


def _standing(run: PatternRun, one: Found) -> dict[str, Any]:
    values = asdict(one)
    del values["latest"]
    return {**values, "run_id": run.id}
