"""What is heard and seen of a recording so far: kept chunk by chunk, gone when the transcript or the tags are there."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from app.analysis.models import HeardChunk, SeenChunk, Step, StepState
from app.core.clock import now
from app.core.db import session


@dataclass(frozen=True, slots=True)
class SoFar:
    """What is heard so far: up to which second, and the latest lines (start, text)."""

    until_s: float
    lines: tuple[tuple[float, str], ...]


def kept_chunk(evidence_id: uuid.UUID, key: str, number: int) -> HeardChunk | None:
    """The chunk of this number, if it was heard before under the same key."""
    query = sa.select(HeardChunk).where(
        HeardChunk.evidence_id == evidence_id, HeardChunk.key == key, HeardChunk.number == number
    )
    return session().scalars(query).one_or_none()


def keep_chunk(
    evidence_id: uuid.UUID,
    key: str,
    number: int,
    *,
    language: str,
    end_s: float,
    utterances: Sequence[Mapping[str, Any]],
) -> None:
    """Keeps one chunk; two workers that heard the same one keep it once."""
    row = {
        "id": uuid.uuid4(),
        "evidence_id": evidence_id,
        "key": key,
        "number": number,
        "language": language,
        "end_s": end_s,
        "utterances": [dict(one) for one in utterances],
        "heard_at": now(),
    }
    session().execute(insert(HeardChunk).values(row).on_conflict_do_nothing())


def seen_chunk(evidence_id: uuid.UUID, key: str, number: int) -> SeenChunk | None:
    """The chunk of this number, if it was seen before under the same key."""
    query = sa.select(SeenChunk).where(
        SeenChunk.evidence_id == evidence_id, SeenChunk.key == key, SeenChunk.number == number
    )
    return session().scalars(query).one_or_none()


def keep_seen(evidence_id: uuid.UUID, key: str, number: int, *, end_s: float, seen: Mapping[str, Any]) -> None:
    """Keeps what was seen in one chunk; two workers that saw the same one keep it once."""
    row = {
        "id": uuid.uuid4(),
        "evidence_id": evidence_id,
        "key": key,
        "number": number,
        "end_s": end_s,
        "seen": dict(seen),
        "seen_at": now(),
    }
    session().execute(insert(SeenChunk).values(row).on_conflict_do_nothing())


def forget_chunks(evidence_id: uuid.UUID, *, kinds: Sequence[type[HeardChunk | SeenChunk]] = (HeardChunk,)) -> int:
    """Removes those of the kinds: the transcript or the tags are there, or the recording goes. Returns how many."""
    count = 0
    for kind in kinds:
        gone = sa.delete(kind).where(kind.evidence_id == evidence_id).returning(kind.id)
        count += len(session().scalars(gone).all())
    return count


def heard_so_far(evidence_id: uuid.UUID, *, latest: int = 40) -> SoFar | None:
    """What is heard of a recording that is being heard now; None when nothing is yet, or nobody listens any more."""
    listening = sa.select(Step.id).where(
        Step.evidence_id == evidence_id,
        Step.name == "transcribe",
        Step.state.in_((StepState.RUNNING, StepState.QUEUED)),
    )
    last = sa.select(HeardChunk.key).where(HeardChunk.evidence_id == evidence_id).order_by(HeardChunk.heard_at.desc())
    query = sa.select(HeardChunk).where(
        HeardChunk.evidence_id == evidence_id, HeardChunk.key == last.limit(1).scalar_subquery(), listening.exists()
    )
    found = session().scalars(query.order_by(HeardChunk.number)).all()
    if not found:
        return None
    lines = [(float(one["start"]), str(one["text"])) for chunk in found for one in chunk.utterances]
    return SoFar(found[-1].end_s, tuple(lines[-latest:]))
