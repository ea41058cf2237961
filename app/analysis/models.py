"""Steps and their results. Everything here is a machine's proposal until a person decides."""

import enum
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.analysis.transcripts.words import as_written
from app.core.clock import now
from app.core.db import Base, Identified, choice
from app.core.states import Moves


class StepState(enum.StrEnum):
    """WAITING for other steps, QUEUED for a worker, RUNNING under a lease, or over."""

    WAITING = "waiting"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SUPERSEDED = "superseded"


STEP_MOVES = Moves(
    "step",
    {
        StepState.WAITING: {StepState.QUEUED, StepState.FAILED, StepState.SUPERSEDED},
        StepState.QUEUED: {StepState.RUNNING, StepState.SUPERSEDED},
        StepState.RUNNING: {StepState.DONE, StepState.FAILED, StepState.QUEUED, StepState.SUPERSEDED},
        StepState.FAILED: {StepState.QUEUED, StepState.WAITING, StepState.SUPERSEDED},
        StepState.DONE: {StepState.SUPERSEDED},
    },
)


class Failure(enum.StrEnum):
    """When a failed step may be tried again: by itself soon, when something changes, or by nobody."""

    SOON = "soon"
    LATER = "later"
    NEVER = "never"


class Step(Identified, Base):
    """One reading of one item by one engine. A re-run is a new row (`generation`), so nothing said is ever lost."""

    __tablename__ = "step"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), index=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    generation: orm.Mapped[int] = orm.mapped_column(default=1)
    state: orm.Mapped[StepState] = orm.mapped_column(choice(StepState))
    queue: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    after: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    input_hash: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    asked: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict, server_default="{}")  # by a person: language
    engine: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    progress: orm.Mapped[float] = orm.mapped_column(default=0.0)
    attempts: orm.Mapped[int] = orm.mapped_column(default=0)
    claimed_by: orm.Mapped[str] = orm.mapped_column(sa.String(120), default="")
    lease_until: orm.Mapped[datetime | None]
    queued_at: orm.Mapped[datetime | None]
    started_at: orm.Mapped[datetime | None]
    finished_at: orm.Mapped[datetime | None]
    failure: orm.Mapped[Failure | None] = orm.mapped_column(choice(Failure))
    error: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")

    __table_args__ = (
        sa.UniqueConstraint("evidence_id", "name", "generation"),
        sa.Index("ix_step_open", "state", "lease_until", postgresql_where=sa.text("state IN ('queued', 'running')")),
    )

    @property
    def title(self) -> str:
        """In words."""
        return self.name.replace("_", " ").capitalize()

    @property
    def seconds_left(self) -> float | None:
        """How long it will still take at the pace so far; None while that cannot be told."""
        if self.state is not StepState.RUNNING or self.started_at is None or self.progress < 0.02:
            return None
        return (now() - self.started_at).total_seconds() * (1 - self.progress) / self.progress


class HeardChunk(Identified, Base):
    """What was heard of one chunk of a recording: kept while the rest is heard, gone when the transcript is there.

    `key` says from which sound, by which engine, in which language, with which hints: only the same may go on from it.
    """

    __tablename__ = "heard_chunk"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"))
    key: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    number: orm.Mapped[int]
    language: orm.Mapped[str] = orm.mapped_column(sa.String(12), default="")
    end_s: orm.Mapped[float] = orm.mapped_column(sa.Double)
    utterances: orm.Mapped[list[Any]]
    heard_at: orm.Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("evidence_id", "key", "number"),)


class SeenChunk(Identified, Base):
    """What was seen in one chunk of a recording: kept while the rest is seen, gone when the tags are there.

    `key` says from which file, by which engines with which parameters: only the same may go on from it.
    """

    __tablename__ = "seen_chunk"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"))
    key: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    number: orm.Mapped[int]
    end_s: orm.Mapped[float] = orm.mapped_column(sa.Double)
    seen: orm.Mapped[dict[str, Any]]
    seen_at: orm.Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("evidence_id", "key", "number"),)


class Transcript(Identified, Base):
    """What one engine heard in one recording. Never overwritten: a newer one has a newer step."""

    __tablename__ = "transcript"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), index=True)
    step_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("step.id"), unique=True)
    engine: orm.Mapped[dict[str, Any]]
    speaker_engine: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    language: orm.Mapped[str] = orm.mapped_column(sa.String(12), default="")
    duration_s: orm.Mapped[float]
    created_at: orm.Mapped[datetime]
    read_number: orm.Mapped[int] = orm.mapped_column(default=1, server_default="1")  # the version its readings used

    utterances: orm.Mapped[list["Utterance"]] = orm.relationship(
        order_by="(Utterance.position, Utterance.start_s)",
        primaryjoin="and_(Transcript.id == Utterance.transcript_id, Utterance.gone.is_(False))",
        viewonly=True,
        lazy="selectin",
    )


class Utterance(Identified, Base):
    """A stretch of one speaker's speech, as it stands now. Times in seconds from the start; confidences 0 to 1.

    `words` is a list of [text, start, end, confidence]; None for the confidence of a word that a person wrote or checked.
    `role` is officer, other or unknown. What stood before a person's change is in `transcripts.models.Revision`; the
    database refuses new words where the old ones are not kept there. `born` is the version that brought it (1: the
    machine), `edition` counts its saves, `gone` what a person took out, `redactions` [[first word, word behind the last,
    reason]] is left out of exports that ask for it.
    `voice` is how it was said (level_db, loudness_db, pitch_hz, pitch_over_st, effort_db, rate, overlap, shouting; None what
    could not be told). `channel` (0 left, 1 right) is where it was heard, in recordings with a voice in each; else None.
    """

    __tablename__ = "utterance"

    transcript_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("transcript.id"), index=True)
    position: orm.Mapped[int]
    start_s: orm.Mapped[float]
    end_s: orm.Mapped[float]
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    words: orm.Mapped[list[Any]]
    confidence: orm.Mapped[float]
    speaker: orm.Mapped[str] = orm.mapped_column(sa.String(80), default="")
    role: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="unknown")
    speaker_confidence: orm.Mapped[float] = orm.mapped_column(default=0.0)
    voice: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict, server_default="{}")
    channel: orm.Mapped[int | None]
    born: orm.Mapped[int] = orm.mapped_column(default=1, server_default="1")
    edition: orm.Mapped[int] = orm.mapped_column(default=1, server_default="1")
    gone: orm.Mapped[bool] = orm.mapped_column(default=False, server_default=sa.false())
    redactions: orm.Mapped[list[Any]] = orm.mapped_column(default=list, server_default="[]")

    __table_args__ = (
        sa.Index("ix_utterance_said", sa.text("to_tsvector('english'::regconfig, text)"), postgresql_using="gin"),
    )

    @property
    def written(self) -> Sequence[list[Any]]:
        """Its words as a reader sees them: with the marks and capitals of the text."""
        return as_written(self.text, self.words)


class Decision(enum.StrEnum):
    """What a person made of a machine's proposal."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class FindingAct(Identified):
    """A decision on one finding: what stood before, and the finding's edition after. `batch` binds those taken at once."""

    batch: orm.Mapped[uuid.UUID] = orm.mapped_column(index=True)
    before: orm.Mapped[dict[str, Any]]
    edition: orm.Mapped[int]
    by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    at: orm.Mapped[datetime]
    undone_at: orm.Mapped[datetime | None]


class Tag(Identified, Base):
    """Something seen for a span of seconds. `box` is x, y, width, height as fractions of the picture at `best_s`.

    `step_id` is None where a person added it. What a person decided stands beside what the machine said, which no
    decision changes. `carried_to` names the newer reading's row that took the decision over.
    """

    __tablename__ = "tag"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), index=True)
    step_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("step.id"), index=True)
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    label: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    start_s: orm.Mapped[float]
    end_s: orm.Mapped[float]
    best_s: orm.Mapped[float]
    count: orm.Mapped[int] = orm.mapped_column(default=1)
    confidence: orm.Mapped[float]
    box: orm.Mapped[list[Any] | None]
    method: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    detail: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    edition: orm.Mapped[int] = orm.mapped_column(default=1, server_default="1")
    carried_to: orm.Mapped[uuid.UUID | None]
    decision: orm.Mapped[Decision] = orm.mapped_column(
        choice(Decision), default=Decision.PROPOSED, server_default=Decision.PROPOSED.value
    )
    decided_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    decided_at: orm.Mapped[datetime | None]

    __table_args__ = (
        sa.Index("ix_tag_decided", "decision", "kind", postgresql_where=sa.text("decision <> 'proposed'")),
    )


class Mention(Identified, Base):
    """A name, plate, date … read in a transcript or a picture: a proposal until a person confirms it.

    `step_id` is None where a person marked what machines missed. `detail` holds the parts of the value, `said` what the
    machine had put before a person corrected it. `carried_to` names the newer reading's row that took the decision over.
    """

    __tablename__ = "mention"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), index=True)
    step_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("step.id"), index=True)
    utterance_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("utterance.id"))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    text: orm.Mapped[str] = orm.mapped_column(sa.String(400))
    value: orm.Mapped[str] = orm.mapped_column(sa.String(400))
    start_char: orm.Mapped[int]
    end_char: orm.Mapped[int]
    start_s: orm.Mapped[float]
    end_s: orm.Mapped[float]
    confidence: orm.Mapped[float]
    method: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    engine: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    detail: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    said: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    edition: orm.Mapped[int] = orm.mapped_column(default=1)
    carried_to: orm.Mapped[uuid.UUID | None]
    decision: orm.Mapped[Decision] = orm.mapped_column(choice(Decision), default=Decision.PROPOSED)
    decided_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    decided_at: orm.Mapped[datetime | None]
