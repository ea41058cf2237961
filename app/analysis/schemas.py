"""What machines said, as a program reads it: every answer names the engine, and a person's decision where there is one."""

import uuid
from datetime import datetime
from typing import Any

import pydantic

from app.analysis.models import Mention, Step, Tag, Transcript, Utterance
from app.analysis.transcripts.models import TranscriptVersion

Word = tuple[str, float, float, float | None]


class StepCard(pydantic.BaseModel):
    """How far one reading is. `progress` 0 to 1; `engine` what reads it, with version and parameters."""

    id: uuid.UUID
    name: str
    generation: int
    state: str
    progress: float
    attempts: int
    engine: dict[str, Any]
    failure: str | None
    error: str
    started_at: datetime | None
    finished_at: datetime | None


class StepList(pydantic.BaseModel):
    """The readings of one item; `under_way` while any is not over."""

    under_way: bool
    steps: list[StepCard]


class UtteranceText(pydantic.BaseModel):
    """A stretch of one speaker's speech; each word is [text, start s, end s, confidence or null where a person wrote it].
    `channel` is 0 (left) or 1 (right) where a recording carries a voice in each, else null."""

    id: uuid.UUID
    start_s: float
    end_s: float
    text: str
    words: list[Word]
    confidence: float
    speaker: str
    role: str
    speaker_confidence: float
    channel: int | None


class VersionCard(pydantic.BaseModel):
    """Which version stands, who made it, and which one the readings of it used (`read`)."""

    number: int
    kind: str
    by: str
    read: int


class TranscriptText(pydantic.BaseModel):
    """What stands of what was heard."""

    step_id: uuid.UUID
    engine: dict[str, Any]
    speaker_engine: dict[str, Any]
    language: str
    duration_s: float
    version: VersionCard
    utterances: list[UtteranceText]


class TagCard(pydantic.BaseModel):
    """Something seen from `start_s` to `end_s`; `box` is x, y, width, height as fractions of the picture at `best_s`.

    Without `step_id` a person added it.
    """

    id: uuid.UUID
    step_id: uuid.UUID | None
    kind: str
    label: str
    start_s: float
    end_s: float
    best_s: float
    count: int
    confidence: float
    box: list[float] | None
    method: str
    detail: dict[str, Any]
    decision: str
    decided_at: datetime | None


class TagList(pydantic.BaseModel):
    """What was seen, by time."""

    tags: list[TagCard]


class MentionCard(pydantic.BaseModel):
    """A name, plate, date ... read in what was said: a proposal until a person decides."""

    id: uuid.UUID
    step_id: uuid.UUID | None
    kind: str
    text: str
    value: str
    detail: dict[str, Any]
    start_s: float
    end_s: float
    confidence: float
    method: str
    engine: dict[str, Any]
    decision: str
    decided_at: datetime | None


class MentionList(pydantic.BaseModel):
    """What was found, each with what a person decided."""

    mentions: list[MentionCard]


class SpokenQuery(pydantic.BaseModel):
    """Words as PostgreSQL's websearch takes them, and the cursor in `next` of the page before; none for the first."""

    q: str = ""
    cursor: str = ""


class Piece(pydantic.BaseModel):
    """A piece of a line, and whether it is one of the words."""

    hit: bool
    text: str


class SpokenLine(pydantic.BaseModel):
    """A line that has the words."""

    evidence: uuid.UUID
    incident: uuid.UUID
    utterance: uuid.UUID
    start_s: float
    end_s: float
    speaker: str
    role: str
    confidence: float
    pieces: list[Piece]


class SpokenList(pydantic.BaseModel):
    """Lines with the words, best first, and `next`, the query that asks for more; empty when there are none."""

    found: list[SpokenLine]
    next: str = ""


def step_card(step: Step) -> StepCard:
    """The step as a program follows it."""
    return StepCard.model_validate(step, from_attributes=True)


def transcript_text(found: Transcript, latest: TranscriptVersion) -> TranscriptText:
    """The transcript as it stands, `latest` being the version that stands."""
    return TranscriptText(
        step_id=found.step_id,
        engine=found.engine,
        speaker_engine=found.speaker_engine,
        language=found.language,
        duration_s=found.duration_s,
        version=VersionCard(
            number=latest.number,
            kind=latest.kind.value,
            by=latest.maker.label if latest.maker else "machine",
            read=found.read_number,
        ),
        utterances=[utterance_text(one) for one in found.utterances],
    )


def utterance_text(utterance: Utterance) -> UtteranceText:
    """One line."""
    return UtteranceText.model_validate(utterance, from_attributes=True)


def tag_card(tag: Tag) -> TagCard:
    """One tag."""
    return TagCard.model_validate(tag, from_attributes=True)


def mention_card(mention: Mention) -> MentionCard:
    """One mention."""
    return MentionCard.model_validate(mention, from_attributes=True)
