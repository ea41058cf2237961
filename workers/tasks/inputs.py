"""What the readings of text need: what stands of an item's transcript, as people corrected it, as plain lines."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.analysis.models import Utterance
from app.analysis.transcripts import reads
from workers.engines.reading import Heard as HeardWord
from workers.engines.reading import Line

_STRAY = 40  # characters a correction may have put between two words


@dataclass(frozen=True, slots=True)
class Heard:
    """A transcript's lines with the ids they came from, in step: `utterance_ids[i]` is line i."""

    lines: tuple[Line, ...]
    utterance_ids: tuple[uuid.UUID, ...]


def heard_in(evidence_id: uuid.UUID) -> Heard:
    """What stands of the item's transcript, machine's words and people's; empty when there is none."""
    transcript = reads.bare(evidence_id)
    rows = reads.lines(transcript, limit=None) if transcript else []
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
        shouting=row.voice.get("shouting"),
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
            sure = 1.0 if confidence is None else float(confidence)  # a person wrote or checked it
            made.append(HeardWord(place, at, float(start), float(end), sure))
    return tuple(made)
