"""Transcribe: what was said in a recording, by whom, and how sure the engine is."""

from dataclasses import asdict
from functools import cache
from typing import Any

from app.analysis import results
from app.analysis.models import Step
from app.config import settings
from app.core.actor import Actor
from app.evidence.models import Evidence
from workers.celery_app import celery
from workers.engines.hearing import Hearing, HearingError, Transcriber, best_transcriber, hear
from workers.engines.hearing.speaker_pack import SpeakerPack, speaker_pack
from workers.engines.packs import PackShelf
from workers.tasks.steps import Progress, Reading, engine_dict, original_at, run


@cache
def transcriber() -> Transcriber:
    """The best engine whose pack is installed, loaded once per worker process."""
    return best_transcriber(PackShelf(settings().packs), device=settings().device)


@cache
def pack() -> SpeakerPack | None:
    """The speaker model, loaded once per worker process, where its pack is installed."""
    return speaker_pack(PackShelf(settings().packs))


def _compute(storage_key: str, progress: Progress) -> Hearing:
    with original_at(storage_key) as path:
        return hear(path, transcriber=transcriber(), progress=progress, pack=pack())


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
    return engine_dict(heard.engine), {"utterances": len(rows)}


READING = Reading("transcribe", lambda item: item.storage_key, _compute, _keep, hopeless=(HearingError,))


@celery.task(name="transcribe")
def transcribe(step_id: str) -> None:
    """Runs one transcribe step."""
    run(READING, step_id)
