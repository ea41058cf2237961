"""What was heard from officers, for how long they spoke, and what people made of it."""

import enum
import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.analysis.models import Decision
from app.core.db import Base, Identified, choice
from app.evidence.models import Evidence
from app.incidents.models import IncidentKind


class Polarity(enum.StrEnum):
    """Which way an event counts. Commands are neutral: giving them is the work."""

    AGGRESSIVE = "aggressive"
    COURTEOUS = "courteous"
    NEUTRAL = "neutral"


class Outcome(enum.StrEnum):
    """How internal affairs closed a question (W7: no automatic discipline, and none of these is discipline)."""

    NO_CONCERN = "no_concern"
    COACHING = "coaching"
    TRAINING = "training"
    WELLNESS = "wellness"
    REFERRED = "referred"


class Shift(enum.StrEnum):
    """When in the station's own day: day from 07:00, evening from 15:00, night from 23:00."""

    DAY = "day"
    EVENING = "evening"
    NIGHT = "night"


class ContestState(enum.StrEnum):
    """How an officer's objection stands. Upheld: the officer was right, and the moment no longer counts."""

    OPEN = "open"
    UPHELD = "upheld"
    REFUSED = "refused"


class LevelsState(enum.StrEnum):
    """A proposal of levels, and what a second person made of it."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


class AlertState(enum.StrEnum):
    """How far a question has come; the last five are its answers."""

    NEW = "new"
    ASSIGNED = "assigned"
    REVIEWING = "reviewing"
    NO_CONCERN = "no_concern"
    COACHING = "coaching"
    TRAINING = "training"
    WELLNESS = "wellness"
    REFERRED = "referred"

    @property
    def title(self) -> str:  # type: ignore[override]
        """In words."""
        return self.value.replace("_", " ").capitalize()


OPEN_STATES = (AlertState.NEW, AlertState.ASSIGNED, AlertState.REVIEWING)


class LanguageEvent(Identified, Base):
    """Something an officer said that a rule or model marked, with the seconds it came from and every doubt (W3)."""

    __tablename__ = "language_event"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), index=True)
    step_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("step.id"), index=True)
    utterance_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("utterance.id"))  # None once purged
    category: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    polarity: orm.Mapped[Polarity] = orm.mapped_column(choice(Polarity))
    phrase: orm.Mapped[str] = orm.mapped_column(sa.String(400))
    rule: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    directed: orm.Mapped[bool]
    start_s: orm.Mapped[float]
    end_s: orm.Mapped[float]
    confidence: orm.Mapped[float]
    word_confidence: orm.Mapped[float]
    speaker_confidence: orm.Mapped[float]
    found_by: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="rule", server_default="rule")
    probability: orm.Mapped[float | None]  # what the classifier said, where it was asked
    scope: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="", server_default="")  # radio, joking
    respect: orm.Mapped[float | None]  # of the whole utterance; no unit, orders utterances
    engine: orm.Mapped[dict[str, Any]]
    said_at: orm.Mapped[datetime] = orm.mapped_column(index=True)
    decision: orm.Mapped[Decision] = orm.mapped_column(choice(Decision), default=Decision.PROPOSED)
    decided_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    decided_at: orm.Mapped[datetime | None]
    decision_reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")

    evidence: orm.Mapped[Evidence] = orm.relationship()


class Exposure(Identified, Base):
    """How long an officer spoke in one recording: what every count is divided by (W2)."""

    __tablename__ = "exposure"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), unique=True)
    step_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("step.id"))
    speech_s: orm.Mapped[float]
    utterances: orm.Mapped[int]
    respect: orm.Mapped[float | None]  # mean of the officer's utterances
    said_at: orm.Mapped[datetime] = orm.mapped_column(index=True)
    unit_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("unit.id"), index=True)  # at the time
    shift: orm.Mapped[Shift] = orm.mapped_column(choice(Shift))
    kind: orm.Mapped[IncidentKind] = orm.mapped_column(choice(IncidentKind))


class MomentDecision(Identified, Base):
    """One decision on one moment. The moment holds the last; all of them stay here."""

    __tablename__ = "moment_decision"

    event_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("language_event.id"), index=True)
    decision: orm.Mapped[Decision] = orm.mapped_column(choice(Decision))
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text)
    decided_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    decided_at: orm.Mapped[datetime]

    decider: orm.Mapped[Officer] = orm.relationship()


class Contest(Identified, Base):
    """An officer's objection to a confirmed moment of their own, and another person's answer (W5)."""

    __tablename__ = "contest"

    event_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("language_event.id"), index=True)
    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    state: orm.Mapped[ContestState] = orm.mapped_column(choice(ContestState), default=ContestState.OPEN)
    statement: orm.Mapped[str] = orm.mapped_column(sa.Text)
    made_at: orm.Mapped[datetime]
    answer: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    answered_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    answered_at: orm.Mapped[datetime | None]

    event: orm.Mapped[LanguageEvent] = orm.relationship()
    officer: orm.Mapped[Officer] = orm.relationship(foreign_keys=[officer_id])
    answerer: orm.Mapped[Officer | None] = orm.relationship(foreign_keys=[answered_by])

    __table_args__ = (
        sa.Index("ix_contest_one_open", "event_id", unique=True, postgresql_where=sa.text("state = 'open'")),
    )


class Levels(Identified, Base):
    """When a pattern asks a question, by versions: the newest is in force. Proposed by one, approved by another.

    `preview` is what the worker found: the alerts these levels would have given in the last year, and the present ones.
    """

    __tablename__ = "warning_levels"

    number: orm.Mapped[int | None] = orm.mapped_column(unique=True)  # given on approval
    state: orm.Mapped[LevelsState] = orm.mapped_column(choice(LevelsState))
    percentile: orm.Mapped[float]
    probability: orm.Mapped[float]
    false_discovery_rate: orm.Mapped[float]
    minimum_hours: orm.Mapped[float]
    remind_days: orm.Mapped[int]
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text)
    preview: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    proposed_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    proposed_at: orm.Mapped[datetime]
    decided_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    decided_at: orm.Mapped[datetime | None]

    proposer: orm.Mapped[Officer] = orm.relationship(foreign_keys=[proposed_by])
    decider: orm.Mapped[Officer | None] = orm.relationship(foreign_keys=[decided_by])


class PatternRun(Identified, Base):
    """One computation over everybody: by which levels and engine, over which months, and how the peers are spread."""

    __tablename__ = "pattern_run"

    at: orm.Mapped[datetime] = orm.mapped_column(index=True)
    first_month: orm.Mapped[date]
    last_month: orm.Mapped[date]
    levels: orm.Mapped[dict[str, Any]]
    engine: orm.Mapped[dict[str, Any]]
    peers: orm.Mapped[dict[str, Any]]
    effects: orm.Mapped[dict[str, Any]]
    officers: orm.Mapped[int]
    alerts: orm.Mapped[int]


class PatternStanding(Base):
    """One officer in the newest run. `months`: [month, events, expected, hours, sum] each; `exposure`: hours by circumstance."""

    __tablename__ = "pattern_standing"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), primary_key=True)
    run_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("pattern_run.id"), index=True)
    events: orm.Mapped[int]
    expected: orm.Mapped[float]
    hours: orm.Mapped[float]
    utterances: orm.Mapped[int]
    recordings: orm.Mapped[int]
    ratio: orm.Mapped[float]
    low: orm.Mapped[float]
    high: orm.Mapped[float]
    probability: orm.Mapped[float]
    enough: orm.Mapped[bool]
    above: orm.Mapped[bool]
    signalled: orm.Mapped[date | None]  # the month in which the sum first passed its limit, and the one it rose from
    since: orm.Mapped[date | None]
    months: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    exposure: orm.Mapped[list[Any]] = orm.mapped_column(default=list)

    officer: orm.Mapped[Officer] = orm.relationship()


class Alert(Identified, Base):
    """A question about one officer's pattern. `levels`, `engine` and `figures` are those it was raised with and stay;
    `latest` is what the newest run says of it."""

    __tablename__ = "warning_alert"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    state: orm.Mapped[AlertState] = orm.mapped_column(choice(AlertState), default=AlertState.NEW)
    levels: orm.Mapped[dict[str, Any]]
    engine: orm.Mapped[dict[str, Any]]
    figures: orm.Mapped[dict[str, Any]]
    latest: orm.Mapped[dict[str, Any]]
    raised_at: orm.Mapped[datetime]
    latest_at: orm.Mapped[datetime]
    touched_at: orm.Mapped[datetime]  # when a person last moved it: what reminders count from
    assignee_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    decided_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    decided_at: orm.Mapped[datetime | None]
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")

    officer: orm.Mapped[Officer] = orm.relationship(foreign_keys=[officer_id])
    assignee: orm.Mapped[Officer | None] = orm.relationship(foreign_keys=[assignee_id])
    decider: orm.Mapped[Officer | None] = orm.relationship(foreign_keys=[decided_by])
    steps: orm.Mapped[list["AlertStep"]] = orm.relationship(order_by="AlertStep.at")

    __table_args__ = (
        sa.Index(
            "ix_warning_alert_one_open",
            "officer_id",
            unique=True,
            postgresql_where=sa.text("state IN ('new', 'assigned', 'reviewing')"),
        ),
    )

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.state in OPEN_STATES


class AlertStep(Identified, Base):
    """One thing that happened to an alert: raised, figures changed, assigned, decided."""

    __tablename__ = "warning_alert_step"

    alert_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("warning_alert.id"), index=True)
    at: orm.Mapped[datetime]
    act: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    state: orm.Mapped[AlertState] = orm.mapped_column(choice(AlertState))
    by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    assignee_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    figures: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)

    person: orm.Mapped[Officer | None] = orm.relationship(foreign_keys=[by])


class Disposition(Identified, Base):
    """A person's answer to the question a pattern asked, with the reason and what was on the page."""

    __tablename__ = "disposition"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    outcome: orm.Mapped[Outcome] = orm.mapped_column(choice(Outcome))
    reason: orm.Mapped[str] = orm.mapped_column(sa.Text)
    figures: orm.Mapped[dict[str, Any]]
    decided_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    decided_at: orm.Mapped[datetime]

    decider: orm.Mapped[Officer] = orm.relationship(foreign_keys=[decided_by])
