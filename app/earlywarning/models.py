"""What was heard from officers, for how long they spoke, and what people made of it."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.analysis.models import Decision
from app.core.db import Base, Identified, choice
from app.evidence.models import Evidence


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
