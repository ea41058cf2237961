"""What the readings of text need: what stands of an item's transcript, as people corrected it, as plain lines."""

import uuid
from dataclasses import dataclass

from app.analysis.models import Utterance
from app.analysis.transcripts import reads
from workers.engines.reading import Line


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
    )
