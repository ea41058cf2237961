"""Score language: how the officer spoke, and for how long, so that a count always has its exposure."""

from dataclasses import asdict
from statistics import mean
from typing import Any

from app.analysis.models import Step
from app.core.actor import Actor
from app.earlywarning import service
from app.evidence.models import Evidence
from workers.celery_app import celery
from workers.engines.language import Language, listen_for
from workers.tasks.inputs import Heard, heard_in
from workers.tasks.steps import Progress, Reading, engine_dict, run


def _compute(heard: Heard, _progress: Progress) -> tuple[Heard, Language]:
    return heard, listen_for(heard.lines)


def _keep(
    step: Step, evidence: Evidence, result: tuple[Heard, Language], actor: Actor
) -> tuple[dict[str, Any], dict[str, Any]]:
    heard, language = result
    rows = []
    for event in language.events:
        line = heard.lines[event.line]
        rows.append(
            {
                **asdict(event),
                "utterance_id": heard.utterance_ids[event.line],
                "start": line.start,
                "end": line.end,
                "word_confidence": line.confidence,
                "speaker_confidence": line.speaker_confidence,
                "respect": language.respect.get(event.line),
            }
        )
    service.keep_language(
        step,
        evidence,
        engine=engine_dict(language.engine),
        events=rows,
        speech_s=language.officer_seconds,
        utterances=language.officer_lines,
        respect=mean(language.respect.values()) if language.respect else None,
        actor=actor,
    )
    return engine_dict(language.engine), {"events": len(rows)}


READING = Reading("score_language", lambda item: heard_in(item.id), _compute, _keep)


@celery.task(name="score_language")
def score_language(step_id: str) -> None:
    """Runs one score_language step."""
    run(READING, step_id)
