"""Tag video: what is on the picture, and from which second to which. Long ones go on where they stopped."""

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from app.analysis import chunks, results
from app.analysis.models import SeenChunk, Step
from app.analysis.service import input_hash
from app.config import settings
from app.core.actor import Actor
from app.core.db import close_session, transaction
from app.evidence.models import Evidence, MediaKind
from workers.celery_app import celery
from workers.engines.info import EngineInfo
from workers.engines.media import Unreadable
from workers.engines.packs import PackShelf
from workers.engines.seeing import NothingToSee, Part, Seeing, look, parts, seers, watch
from workers.engines.seeing.watching import CHUNK_S
from workers.tasks.steps import Progress, Reading, engine_dict, original_at, run


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is to see: the item, where its bytes lie, their hash, and of which kind they are."""

    evidence_id: uuid.UUID
    storage_key: str
    sha256: str
    kind: MediaKind | None


class KeptChunks:
    """What was seen of one recording in the database, under a key that only the same seeing has."""

    def __init__(self, shown: Shown, engines: tuple[EngineInfo, ...], chunk_s: float) -> None:
        self._id = shown.evidence_id
        said = {str(number): engine_dict(info) for number, info in enumerate(engines)}
        self._key = input_hash(shown.sha256, said, chunk_s)

    def get(self, number: int) -> Part | None:
        """The part of this number, if it was seen before in the same file by the same engines."""
        try:
            with transaction():
                row = chunks.seen_chunk(self._id, self._key, number)
                return None if row is None else parts.from_data(row.seen)
        finally:
            close_session()

    def put(self, number: int, part: Part) -> None:
        """Keeps it for good."""
        try:
            with transaction():
                chunks.keep_seen(self._id, self._key, number, end_s=part.end, seen=parts.as_data(part))
        finally:
            close_session()


def _gather(item: Evidence) -> Shown:
    return Shown(item.id, item.storage_key, item.sha256, item.media_kind)


def _compute(shown: Shown, progress: Progress) -> Seeing:
    shelf, decoder = PackShelf(settings().packs), settings().decoder
    with original_at(shown.storage_key) as path:
        if shown.kind is MediaKind.IMAGE:
            return look(path, shelf=shelf)
        kept = KeptChunks(shown, seers(shelf, decoder), CHUNK_S)
        return watch(path, shelf=shelf, progress=progress, kept=kept, chunk_s=CHUNK_S, decoder=decoder)


def _keep(step: Step, _evidence: Evidence, seen: Seeing, _actor: Actor) -> tuple[dict[str, Any], dict[str, Any]]:
    results.keep_tags(step, [asdict(tag) for tag in seen.tags])
    chunks.forget_chunks(step.evidence_id, kinds=(SeenChunk,))
    engines = [engine_dict(info) for info in seen.engines]
    first = engines[0] if engines else {}
    return {**first, "engines": engines}, {"tags": len(seen.tags)}


READING = Reading("tag_video", _gather, _compute, _keep, hopeless=(Unreadable, NothingToSee))


@celery.task(name="tag_video")
def tag_video(step_id: str) -> None:
    """Runs one tag_video step."""
    run(READING, step_id)
