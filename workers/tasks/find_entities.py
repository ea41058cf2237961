"""Find entities: names, plates, dates … in what was heard; proposals until a person confirms them."""

from dataclasses import asdict
from typing import Any

from app.analysis import results
from app.analysis.models import Step
from app.config import settings
from app.core.actor import Actor
from app.evidence.models import Evidence
from workers.celery_app import celery
from workers.engines.packs import PackShelf
from workers.engines.reading import Reading as Found
from workers.engines.reading import read
from workers.tasks.inputs import Heard, heard_in
from workers.tasks.steps import Progress, Reading, engine_dict, run


def _compute(heard: Heard, _progress: Progress) -> tuple[Heard, Found]:
    return heard, read(heard.lines, shelf=PackShelf(settings().packs))


def _keep(
    step: Step, _evidence: Evidence, result: tuple[Heard, Found], _actor: Actor
) -> tuple[dict[str, Any], dict[str, Any]]:
    heard, found = result
    engines = [engine_dict(info) for info in found.engines]
    first = engines[0] if engines else {}
    marked = {str(engine["parameters"].get("marks", "")): engine for engine in engines}
    rows = []  # each mention names the engine that found it: "rule:…" the rules, else the model of that mark
    for mention in found.mentions:
        line = heard.lines[mention.line]
        rows.append(
            {
                **asdict(mention),
                "utterance_id": heard.utterance_ids[mention.line],
                "start": line.start if mention.start is None else mention.start,
                "end": line.end if mention.end is None else mention.end,
                "engine": marked.get(mention.method, first),
            }
        )
    results.keep_mentions(step, rows)
    return {**first, "engines": engines}, {"mentions": len(rows)}


READING = Reading("find_entities", lambda item: heard_in(item.id), _compute, _keep)


@celery.task(name="find_entities")
def find_entities(step_id: str) -> None:
    """Runs one find_entities step."""
    run(READING, step_id)
