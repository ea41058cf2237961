"""Tag video: what is on the picture, and from which second to which."""

from dataclasses import asdict
from typing import Any

from app.analysis import results
from app.analysis.models import Step
from app.config import settings
from app.core.actor import Actor
from app.evidence.models import Evidence, MediaKind
from workers.celery_app import celery
from workers.engines.media import Unreadable
from workers.engines.packs import PackShelf
from workers.engines.seeing import NothingToSee, Seeing, look, watch
from workers.tasks.steps import Progress, Reading, engine_dict, original_at, run

Inputs = tuple[str, MediaKind | None]


def _compute(inputs: Inputs, progress: Progress) -> Seeing:
    storage_key, kind = inputs
    shelf = PackShelf(settings().packs)
    with original_at(storage_key) as path:
        return look(path, shelf=shelf) if kind is MediaKind.IMAGE else watch(path, shelf=shelf, progress=progress)


def _keep(step: Step, _evidence: Evidence, seen: Seeing, _actor: Actor) -> tuple[dict[str, Any], dict[str, Any]]:
    results.keep_tags(step, [asdict(tag) for tag in seen.tags])
    engines = [engine_dict(info) for info in seen.engines]
    first = engines[0] if engines else {}
    return {**first, "engines": engines}, {"tags": len(seen.tags)}


READING = Reading(
    "tag_video", lambda item: (item.storage_key, item.media_kind), _compute, _keep, hopeless=(Unreadable, NothingToSee)
)


@celery.task(name="tag_video")
def tag_video(step_id: str) -> None:
    """Runs one tag_video step."""
    run(READING, step_id)
