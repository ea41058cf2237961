"""Transcribe: what was said in a recording, by whom, and how sure the engine is. Long ones go on where they stopped."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from app.analysis import chunks, results
from app.analysis.models import Step, StepState
from app.analysis.service import input_hash
from app.config import settings
from app.core.actor import Actor
from app.core.db import close_session, session, transaction
from app.evidence.models import Evidence
from workers.celery_app import celery
from workers.engines.hearing import Hearing, HearingError, Part, Transcriber, Utterance, Word, best_transcriber, hear
from workers.engines.hearing.chunks import CHUNK_S
from workers.engines.hearing.speaker_pack import SpeakerPack, speaker_pack
from workers.engines.packs import PackShelf
from workers.tasks.steps import Progress, Reading, engine_dict, original_at, run


@dataclass(frozen=True, slots=True)
class Asked:
    """What there is to hear: the recording, words to expect in it, the language a person set, and the item it is."""

    evidence_id: uuid.UUID
    storage_key: str
    sha256: str
    hints: tuple[str, ...]
    language: str


class KeptChunks:
    """The chunks of one recording in the database, under a key that only the same hearing has."""

    def __init__(self, asked: Asked, transcriber: Transcriber, chunk_s: float) -> None:
        self._id = asked.evidence_id
        engine = engine_dict(transcriber.info)
        self._key = input_hash(asked.sha256, engine, asked.language, asked.hints, chunk_s)

    def get(self, number: int) -> Part | None:
        """The part of this chunk, if it was heard before from the same sound by the same engine."""
        try:
            with transaction():
                row = chunks.kept_chunk(self._id, self._key, number)
                return None if row is None else Part(row.language, row.end_s, tuple(map(_utterance, row.utterances)))
        finally:
            close_session()

    def put(self, number: int, part: Part) -> None:
        """Keeps it for good."""
        try:
            with transaction():
                rows = [asdict(one) for one in part.utterances]
                chunks.keep_chunk(self._id, self._key, number, language=part.language, end_s=part.end, utterances=rows)
        finally:
            close_session()


@cache
def transcriber() -> Transcriber:
    """The best engine whose pack is installed, loaded once per worker process."""
    return best_transcriber(PackShelf(settings().packs), device=settings().device)


@cache
def pack() -> SpeakerPack | None:
    """The speaker model, loaded once per worker process, where its pack is installed."""
    return speaker_pack(PackShelf(settings().packs))


def _gather(item: Evidence) -> Asked:
    """The recording, and the names and places of its incident: whoever took part, officers, streets, the unit."""
    incident = item.incident
    step = sa.select(Step.asked).where(
        Step.evidence_id == item.id, Step.name == "transcribe", Step.state == StepState.RUNNING
    )
    asked = session().scalars(step).first() or {}
    hints = [
        *(one.name for one in incident.participants),
        *(one.officer.name for one in incident.assignments),
        item.officer.name,
        incident.place,
        incident.unit.name,
    ]
    expected = tuple(dict.fromkeys(hint for hint in hints if hint))
    return Asked(item.id, item.storage_key, item.sha256, expected, str(asked.get("language", "")))


def _compute(asked: Asked, progress: Progress) -> Hearing:
    engine = transcriber()
    with original_at(asked.storage_key) as path:
        return hear(
            path,
            transcriber=engine,
            progress=progress,
            hints=asked.hints,
            language=asked.language,
            kept=KeptChunks(asked, engine, CHUNK_S),
            chunk_s=CHUNK_S,
            pack=pack(),
        )


def _keep(step: Step, _evidence: Evidence, heard: Hearing, _actor: Actor) -> tuple[dict[str, Any], dict[str, Any]]:
    rows = []
    for utterance in heard.utterances:
        row = asdict(utterance)
        row["words"] = [(word.text, word.start, word.end, word.confidence) for word in utterance.words]
        rows.append(row)
    results.keep_transcript(
        step,
        engine=engine_dict(heard.engine),
        speaker_engine=engine_dict(heard.speaker_engine),
        language=heard.language,
        duration_s=heard.duration,
        utterances=rows,
    )
    chunks.forget_chunks(step.evidence_id)
    return engine_dict(heard.engine), {"utterances": len(rows), "language": heard.language}


def _utterance(row: Mapping[str, Any]) -> Utterance:
    return Utterance(**{**row, "words": tuple(Word(**word) for word in row["words"])})


READING = Reading("transcribe", _gather, _compute, _keep, hopeless=(HearingError,))


@celery.task(name="transcribe")
def transcribe(step_id: str) -> None:
    """Runs one transcribe step."""
    run(READING, step_id)
