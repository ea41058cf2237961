"""Cut excerpt: a clip or a still out of a sealed original, kept as a working copy with its own hash."""

import logging
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from app.config import settings
from app.core.actor import machine
from app.core.db import close_session, session, transaction
from app.core.errors import DomainError
from app.core.storage import scratch
from app.evidence import excerpts, service
from app.evidence.models import Evidence, Excerpt, ExcerptKind
from workers.celery_app import celery
from workers.engines import media
from workers.tasks.renditions import Made, stored
from workers.tasks.steps import original_at

log = logging.getLogger("blotter.excerpts")
CUTTER = machine("excerpt")
BEAT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be cut from what, and for whom it is cut."""

    id: uuid.UUID
    evidence_id: uuid.UUID
    storage_key: str
    kind: ExcerptKind
    has_video: bool
    start_s: float
    end_s: float
    operator: str


@celery.task(name="cut_excerpt")
def cut_excerpt(excerpt_id: str) -> None:
    """Cuts one. May run twice: whoever claims it cuts it."""
    try:
        with transaction():
            excerpt = excerpts.claim(uuid.UUID(excerpt_id))
            wanted = _wanted(excerpt) if excerpt is not None else None
        if wanted is not None:
            _cut(wanted)
    finally:
        close_session()


def _wanted(excerpt: Excerpt) -> Wanted:
    item = excerpt.evidence
    return Wanted(
        excerpt.id,
        item.id,
        item.storage_key,
        excerpt.kind,
        bool(item.facts.get("has_video", True)),
        excerpt.start_s,
        excerpt.end_s,
        excerpt.asker.label,
    )


def _cut(wanted: Wanted) -> None:
    try:
        with scratch.folder(settings().scratch, "excerpt-") as folder, original_at(wanted.storage_key) as path:
            made = stored(str(wanted.evidence_id), _made(wanted, path, folder))
        _keep(wanted, made)
    except media.Unreadable as error:
        _fail(wanted.id, f"It cannot be cut: {error}.")
    except DomainError as error:
        _fail(wanted.id, f"{error.message} {error.remedy}".strip())
    except Exception:
        log.exception("excerpt %s", wanted.id)
        _fail(wanted.id, "It could not be cut. Ask an administrator: the log says why.")


def _made(wanted: Wanted, path: Path, folder: Path) -> media.Rendition:
    if wanted.kind is ExcerptKind.STILL:
        return media.take_still(path, folder / "still.png", at_s=wanted.start_s)
    out = folder / ("clip.mp4" if wanted.has_video else "clip.m4a")
    return media.cut_clip(path, out, start_s=wanted.start_s, end_s=wanted.end_s, progress=Beat(wanted.id))


def _keep(wanted: Wanted, made: Made) -> None:
    one = made.rendition
    with transaction():
        kept = service.add_rendition(
            session().get_one(Evidence, wanted.evidence_id),
            step_id=None,
            kind=f"{one.kind}/{wanted.id.hex[:12]}",
            media_type=one.media_type,
            storage_key=made.key,
            size=made.size,
            sha256=made.sha256,
            tool=one.tool,
            version=one.version,
            parameters={**one.parameters, "operator": wanted.operator},
            actor=CUTTER,
        )
        excerpts.keep(session().get_one(Excerpt, wanted.id), kept)


class Beat:
    """Extends the claim from time to time, for as long as there is something to show for it."""

    def __init__(self, excerpt_id: uuid.UUID) -> None:
        self._excerpt_id, self._last = excerpt_id, time.monotonic()

    def __call__(self, _share: float) -> None:
        """Called as often as one likes."""
        if time.monotonic() - self._last >= BEAT_SECONDS:
            self._last = time.monotonic()
            with transaction():
                excerpts.extend(self._excerpt_id)


def _fail(excerpt_id: uuid.UUID, error: str) -> None:
    with transaction():
        excerpts.fail(session().get_one(Excerpt, excerpt_id), error=error, actor=CUTTER)
