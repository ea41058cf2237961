"""Rates, peers and moments. Counts leave out what people rejected and what newer readings replaced."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer, Unit
from app.analysis.models import Decision, Step, StepState
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import NotFound
from app.earlywarning.intervals import Rate, rate
from app.earlywarning.models import Disposition, Exposure, LanguageEvent, Polarity
from app.evidence.models import Evidence

LOW_CONFIDENCE = 0.5  # below this a moment is shown, but counts only together with a surer one (W3)


@dataclass(frozen=True, slots=True)
class Standing:
    """One officer's counts, exposure in seconds of own speech, and rates per hour of it."""

    officer_id: uuid.UUID
    badge: str
    name: str
    unit: str
    speech_s: float
    recordings: int
    aggressive: int
    doubtful: int
    courteous: int
    latest: datetime | None

    @property
    def rate(self) -> Rate:
        """Aggressive moments per hour of the officer's own speech, with its interval."""
        return rate(self.aggressive, self.speech_s / 3600)

    def enough(self, minimum_minutes: float) -> bool:
        """Whether there is speech enough to say anything (W2)."""
        return self.speech_s >= minimum_minutes * 60


def current_reading() -> sa.ColumnElement[bool]:
    """The condition that a moment was said by a reading that is not superseded."""
    superseded = sa.select(Step.id).where(Step.id == LanguageEvent.step_id, Step.state == StepState.SUPERSEDED)
    return ~superseded.exists()


def counts_surely() -> sa.ColumnElement[bool]:
    """The condition that a moment counts by itself: confirmed, or sure and not rejected (W3, W4)."""
    sure = sa.and_(LanguageEvent.confidence >= LOW_CONFIDENCE, LanguageEvent.decision != Decision.REJECTED)
    return sa.or_(LanguageEvent.decision == Decision.CONFIRMED, sure)


def counted() -> sa.ColumnElement[bool]:
    """The condition that a moment counts: not rejected, said by a reading that is not superseded, and in a recording
    that is no second upload of the same."""
    return sa.and_(LanguageEvent.decision != Decision.REJECTED, current_reading(), once(LanguageEvent.evidence_id))


def once(evidence_id: sa.ColumnElement[uuid.UUID] | orm.InstrumentedAttribute[uuid.UUID]) -> sa.ColumnElement[bool]:
    """The condition that a recording is not a second upload of one that is here already."""
    second = sa.select(Evidence.id).where(Evidence.id == evidence_id, Evidence.duplicate_of.is_not(None))
    return ~second.exists()


def standings(officer_ids: Sequence[uuid.UUID] | None = None) -> list[Standing]:
    """Officers who were heard speaking (all, or of these), the most hours first; two grouped reads whatever the number."""
    among = sa.true() if officer_ids is None else Exposure.officer_id.in_(officer_ids)
    heard = (
        sa.select(
            Exposure.officer_id,
            sa.func.sum(Exposure.speech_s).label("speech_s"),
            sa.func.count().label("recordings"),
            sa.func.max(Exposure.said_at).label("latest"),
        )
        .where(among, once(Exposure.evidence_id))
        .group_by(Exposure.officer_id)
        .subquery()
    )
    sure = LanguageEvent.confidence >= LOW_CONFIDENCE
    confirmed = LanguageEvent.decision == Decision.CONFIRMED
    harsh = LanguageEvent.polarity == Polarity.AGGRESSIVE
    theirs = sa.true() if officer_ids is None else LanguageEvent.officer_id.in_(officer_ids)
    moments = (
        sa.select(
            LanguageEvent.officer_id,
            sa.func.count().filter(harsh, sa.or_(sure, confirmed)).label("aggressive"),
            sa.func.count().filter(harsh, ~sure, ~confirmed).label("doubtful"),
            sa.func.count().filter(LanguageEvent.polarity == Polarity.COURTEOUS).label("courteous"),
        )
        .where(counted(), theirs)
        .group_by(LanguageEvent.officer_id)
        .subquery()
    )
    query = (
        sa.select(
            Officer.id,
            Officer.badge,
            Officer.name,
            Unit.name.label("unit"),
            heard.c.speech_s,
            heard.c.recordings,
            heard.c.latest,
            *(sa.func.coalesce(moments.c[name], 0).label(name) for name in ("aggressive", "doubtful", "courteous")),
        )
        .join(Unit, Unit.id == Officer.unit_id)
        .join(heard, heard.c.officer_id == Officer.id)
        .outerjoin(moments, moments.c.officer_id == Officer.id)
        .order_by(heard.c.speech_s.desc(), Officer.badge)
    )
    return [
        Standing(
            row.id,
            row.badge,
            row.name,
            row.unit,
            row.speech_s,
            row.recordings,
            row.aggressive,
            row.doubtful,
            row.courteous,
            row.latest,
        )
        for row in session().execute(query)
    ]


def standing(officer_id: uuid.UUID) -> Standing | None:
    """One officer's counts; None when never heard."""
    return next(iter(standings([officer_id])), None)


def subject(officer_id: uuid.UUID) -> Officer:
    """The officer a page is about."""
    officer = session().get(Officer, officer_id)
    if officer is None:
        raise NotFound("There is no such officer.")
    return officer


def moments_of(officer_id: uuid.UUID, *, confirmed_only: bool = False, limit: int = 200) -> list[LanguageEvent]:
    """What was heard of one officer, newest first, each with the recording to play. Rejected ones are shown, marked."""
    query = (
        sa.select(LanguageEvent)
        .where(LanguageEvent.officer_id == officer_id, LanguageEvent.polarity != Polarity.NEUTRAL, current_reading())
        .options(orm.joinedload(LanguageEvent.evidence).joinedload(Evidence.incident))
        .order_by(LanguageEvent.said_at.desc(), LanguageEvent.start_s)
        .limit(limit)
    )
    if confirmed_only:
        query = query.where(LanguageEvent.decision == Decision.CONFIRMED)
    return list(session().scalars(query))


def moment(actor: Actor, event_id: uuid.UUID) -> LanguageEvent:
    """One moment, for internal affairs."""
    found = session().get(LanguageEvent, event_id)
    if found is None:
        raise NotFound("There is no such moment.")
    return found


def own_moment(actor: Actor, event_id: uuid.UUID) -> LanguageEvent:
    """One of the officer's own moments that a person confirmed at some time; NotFound for anything else."""
    found = session().get(LanguageEvent, event_id)
    if found is None or found.officer_id != actor.officer_id or found.decision is Decision.PROPOSED:
        raise NotFound("There is no such moment.")
    return found


def exposures_of(officer_id: uuid.UUID) -> list[tuple[datetime, float, int]]:
    """(when, seconds of speech, counted aggressive moments) of each recording, oldest first."""
    events = (
        sa.select(LanguageEvent.evidence_id, sa.func.count().label("harsh"))
        .where(
            LanguageEvent.officer_id == officer_id,
            LanguageEvent.polarity == Polarity.AGGRESSIVE,
            counted(),
            counts_surely(),
        )
        .group_by(LanguageEvent.evidence_id)
        .subquery()
    )
    query = (
        sa.select(Exposure.said_at, Exposure.speech_s, sa.func.coalesce(events.c.harsh, 0))
        .outerjoin(events, events.c.evidence_id == Exposure.evidence_id)
        .where(Exposure.officer_id == officer_id, once(Exposure.evidence_id))
        .order_by(Exposure.said_at)
    )
    return [(when, speech, harsh) for when, speech, harsh in session().execute(query)]


def dispositions_of(officer_id: uuid.UUID) -> list[Disposition]:
    """How earlier questions about an officer were answered, newest first."""
    query = (
        sa.select(Disposition)
        .where(Disposition.officer_id == officer_id)
        .options(orm.joinedload(Disposition.decider))
        .order_by(Disposition.decided_at.desc())
    )
    return list(session().scalars(query))


def precision_by_rule() -> list[tuple[str, int, int]]:
    """(rule, confirmed, rejected) from people's decisions: how often each rule was right (W4)."""
    query = (
        sa.select(
            LanguageEvent.rule,
            sa.func.count().filter(LanguageEvent.decision == Decision.CONFIRMED),
            sa.func.count().filter(LanguageEvent.decision == Decision.REJECTED),
        )
        .where(LanguageEvent.polarity == Polarity.AGGRESSIVE)
        .group_by(LanguageEvent.rule)
        .order_by(LanguageEvent.rule)
    )
    return [(name, right, wrong) for name, right, wrong in session().execute(query)]
