"""Renditions: the working copies people look at, so that the original is left alone."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.analysis.models import Step
from app.config import settings
from app.core.actor import Actor
from app.core.storage import scratch, store
from app.evidence import service
from app.evidence.models import Evidence, MediaKind
from workers.celery_app import celery
from workers.engines import media
from workers.tasks.steps import Progress, Reading, original_at, run


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is needed to make the working copies of one item."""

    evidence_id: str
    storage_key: str
    kind: MediaKind | None


@dataclass(frozen=True, slots=True)
class Made:
    """A rendition that is already in the store."""

    rendition: media.Rendition
    key: str
    sha256: str
    size: int


def _gather(item: Evidence) -> Inputs:
    return Inputs(str(item.id), item.storage_key, item.media_kind)


def _compute(inputs: Inputs, progress: Progress) -> list[Made]:
    with scratch.folder(settings().scratch, "renditions-") as folder, original_at(inputs.storage_key) as path:
        return [stored(inputs.evidence_id, made) for made in _make(inputs, path, folder, progress)]


def _make(inputs: Inputs, path: Path, folder: Path, progress: Progress) -> list[media.Rendition]:
    if inputs.kind is MediaKind.IMAGE:
        return [media.make_thumbnail(path, folder / "thumbnail.jpg")]
    return media.make_copies(path, folder, progress=progress)


def stored(evidence_id: str, made: media.Rendition) -> Made:
    """Keeps a working copy in the store, under its hash."""
    with made.path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    key = f"renditions/{evidence_id}/{sha256}{made.path.suffix}"
    size = made.path.stat().st_size
    store(settings()).put_file(key, made.path, sha256=sha256)
    return Made(made, key, sha256, size)


def _keep(step: Step, item: Evidence, made: list[Made], actor: Actor) -> tuple[dict[str, Any], dict[str, Any]]:
    for one in made:
        service.add_rendition(
            item,
            step_id=step.id,
            kind=one.rendition.kind,
            media_type=one.rendition.media_type,
            storage_key=one.key,
            size=one.size,
            sha256=one.sha256,
            tool=one.rendition.tool,
            version=one.rendition.version,
            parameters=dict(one.rendition.parameters),
            actor=actor,
        )
    first = made[0].rendition
    return {"name": first.tool, "model": "", "version": first.version, "parameters": {}}, {"renditions": len(made)}


READING = Reading("renditions", _gather, _compute, _keep, hopeless=(media.Unreadable,))


@celery.task(name="renditions")
def renditions(step_id: str) -> None:
    """Runs one renditions step."""
    run(READING, step_id)
