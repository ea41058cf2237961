"""What the readings of text need: the newest transcript of an item as plain lines."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.analysis.models import Step, StepState, Transcript, Utterance
from app.core.db import session
from workers.engines.reading import Heard as HeardWord
from workers.engines.reading import Line

_STRAY = 40  # characters a correction may have put between two words


@dataclass(frozen=True, slots=True)
class Heard:
    """A transcript's lines with the ids they came from, in step: `utterance_ids[i]` is line i."""

    lines: tuple[Line, ...]
    utterance_ids: tuple[uuid.UUID, ...]


def heard_in(evidence_id: uuid.UUID) -> Heard:
    """The newest finished transcript of an item; empty when there is none."""
    newest = (
        sa.select(Transcript.id)
        .join(Step, Step.id == Transcript.step_id)
        .where(Transcript.evidence_id == evidence_id, Step.state == StepState.DONE)
        .order_by(Transcript.created_at.desc())
        .limit(1)
    )
    rows = (
        session()
        .scalars(
            sa.select(Utterance).where(Utterance.transcript_id == newest.scalar_subquery()).order_by(Utterance.position)
        )
        .all()
    )
    return Heard(tuple(line_of(row, index) for index, row in enumerate(rows)), tuple(row.id for row in rows))


def line_of(row: Utterance, index: int) -> Line:
    """One utterance as the engines take it."""
    return Line(
        index=index,
        start=row.start_s,
        end=row.end_s,
        text=row.text,
        role=row.role,
        speaker=row.speaker,
        confidence=row.confidence,
        speaker_confidence=row.speaker_confidence,
        heard=words_in(row.text, row.words),
    )


def words_in(text: str, words: Sequence[Sequence[Any]]) -> tuple[HeardWord, ...]:
    """The recognizer's words found again in the text, in order; a word that a correction took out is passed over."""
    made, at, folded = [], 0, text.casefold()
    if len(folded) != len(text):
        return ()
    for said, start, end, confidence, *_ in words:
        place = folded.find(str(said).casefold(), at) if said else -1
        if 0 <= place <= at + _STRAY:
            at = place + len(str(said))
            made.append(HeardWord(place, at, float(start), float(end), float(confidence)))
    return tuple(made)
