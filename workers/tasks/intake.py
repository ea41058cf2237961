"""Intake: what arrived is re-read, hashed, recognised, and sealed under its hash, or quarantined with the reason."""

import hashlib
import json
import logging
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.analysis.service import plan
from app.config import settings
from app.core.actor import machine
from app.core.db import close_session, session, transaction
from app.core.storage import StorageError, store
from app.evidence import service
from app.evidence.models import Evidence, EvidenceState, MediaKind
from app.evidence.retention import purging
from workers.celery_app import celery
from workers.engines.media import Unreadable, probe, sniff
from workers.pipeline import PIPELINE

log = logging.getLogger("blotter.intake")
ACTOR = machine("intake")
_BLOCK = 1024 * 1024
_TRIES = 3
_MEDIA_SUFFIXES = {
    ".mp4": "video",
    ".mov": "video",
    ".avi": "video",
    ".mkv": "video",
    ".webm": "video",
    ".3gp": "video",
    ".mp3": "audio",
    ".wav": "audio",
    ".m4a": "audio",
    ".aac": "audio",
    ".flac": "audio",
    ".ogg": "audio",
    ".jpg": "image",
    ".jpeg": "image",
    ".png": "image",
    ".webp": "image",
    ".heic": "image",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What intake found in the bytes that are stored."""

    sha256: str
    size: int
    kind: MediaKind | None
    media_type: str
    duration_s: float | None
    facts: dict[str, Any]
    fault: str = ""


@celery.task(name="intake")
def intake(evidence_id: str) -> None:
    """Takes one received item in. May run twice; the item is sealed or quarantined once."""
    try:
        with transaction():
            item = session().get_one(Evidence, uuid.UUID(evidence_id))
            path = settings().intake / str(item.upload_id)
            name, claimed = item.original_name, item.claimed_sha256
        if item.state is not EvidenceState.RECEIVED:
            return
        finding = examine(path, name=name, claimed_sha256=claimed)
        prefix = "quarantine" if finding.fault else f"originals/{finding.sha256[:2]}"
        key = f"{prefix}/{finding.sha256}"
        _keep(item.id, finding, key, path)
        path.unlink(missing_ok=True)
    finally:
        close_session()


def examine(path: Path, *, name: str, claimed_sha256: str) -> Finding:
    """Reads the file at `path` from the first byte to the last and says what it is, and what is wrong with it."""
    sha256, size = _hash(path)
    if size == 0:
        return Finding(sha256, size, None, "", None, {}, "The file is empty: no byte arrived.")
    if claimed_sha256 and claimed_sha256 != sha256:
        return Finding(sha256, size, None, "", None, {}, "What arrived is not what the phone sent: the hashes differ.")
    try:
        seen = sniff(path)
        kind = MediaKind(seen.kind)
        promised = _MEDIA_SUFFIXES.get(Path(name).suffix.lower())
        if promised and kind in (MediaKind.DOCUMENT, MediaKind.OTHER):
            fault = f"The name says {promised}, the content is {seen.media_type}."
            return Finding(sha256, size, kind, seen.media_type, None, {}, fault)
        if kind in (MediaKind.DOCUMENT, MediaKind.OTHER):
            return Finding(sha256, size, kind, seen.media_type, None, {})
        facts = probe(path)
        return Finding(sha256, size, kind, seen.media_type, facts.duration_s, _plain(asdict(facts)))
    except Unreadable as error:
        return Finding(sha256, size, None, "", None, {}, f"The file cannot be read: {error}")


def _keep(evidence_id: uuid.UUID, finding: Finding, key: str, path: Path) -> None:
    """Keeps the bytes and decides on the item. When a purge of the same content came in between, once more."""
    for _ in range(_TRIES):
        store(settings()).put_file(key, path, sha256=finding.sha256)
        if _decide(evidence_id, finding, key):
            return
    raise StorageError(f"{key} was destroyed each time it was kept")


def _decide(evidence_id: uuid.UUID, finding: Finding, key: str) -> bool:
    """Seals or quarantines; False when the bytes are no longer there, because a purge destroyed them meanwhile."""
    with transaction():
        purging.hold_key(key)
        if not _is_whole(key, finding.size):
            return False
        item = (
            session()
            .scalars(
                sa.select(Evidence).where(Evidence.id == evidence_id).with_for_update(of=Evidence),
                execution_options={"populate_existing": True},
            )
            .one()
        )
        if item.state is not EvidenceState.RECEIVED:
            return True
        if finding.fault:
            service.quarantine(
                item, reason=finding.fault, sha256=finding.sha256, size=finding.size, storage_key=key, actor=ACTOR
            )
            return True
        service.seal(
            item,
            sha256=finding.sha256,
            size=finding.size,
            media_kind=finding.kind,
            media_type=finding.media_type,
            duration_s=finding.duration_s,
            facts=finding.facts,
            storage_key=key,
            actor=ACTOR,
        )
        if item.duplicate_of is None and finding.kind is not None:
            plan(item, PIPELINE[finding.kind], actor=ACTOR)
        return True


def _is_whole(key: str, size: int) -> bool:
    """A purge destroys the key first: bytes left without it have another size."""
    objects = store(settings())
    return objects.exists(key) and objects.size(key) == size


def _hash(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON can hold them: NUL characters, which some containers carry, cannot be kept by PostgreSQL."""
    return dict(json.loads(json.dumps(facts, default=str).replace("\\u0000", "")))
