"""Intake: what arrived is re-read, hashed, recognised, and sealed under its hash, or quarantined with the reason."""

import hashlib
import json
import logging
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.analysis.service import plan
from app.config import settings
from app.core.actor import machine
from app.core.db import close_session, session, transaction
from app.core.outbox import enqueue
from app.core.storage import store
from app.evidence import service
from app.evidence.models import Evidence, EvidenceState, MediaKind
from workers.celery_app import celery
from workers.engines.media import Unreadable, probe, sniff
from workers.pipeline import PIPELINE

log = logging.getLogger("blotter.intake")
ACTOR = machine("intake")
_BLOCK = 1024 * 1024
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
    second_hash: str = ""


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
        finding = examine(path, name=name, claimed_sha256=claimed, second=settings().second_hash)
        prefix = "quarantine" if finding.fault else f"originals/{finding.sha256[:2]}"
        key = f"{prefix}/{finding.sha256}"
        store(settings()).put_file(key, path, sha256=finding.sha256)
        _decide(item.id, finding, key)
        path.unlink(missing_ok=True)
    finally:
        close_session()


def examine(path: Path, *, name: str, claimed_sha256: str, second: str = "none") -> Finding:
    """Reads the file at `path` from the first byte to the last and says what it is, and what is wrong with it.

    `second` names a further hash to compute in the same read (E8).
    """
    sha256, size, second_hash = _hash(path, second)
    return replace(_recognised(path, sha256, size, name=name, claimed_sha256=claimed_sha256), second_hash=second_hash)


def _recognised(path: Path, sha256: str, size: int, *, name: str, claimed_sha256: str) -> Finding:
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


def _decide(evidence_id: uuid.UUID, finding: Finding, key: str) -> None:
    with transaction():
        item = (
            session()
            .scalars(
                sa.select(Evidence).where(Evidence.id == evidence_id).with_for_update(of=Evidence),
                execution_options={"populate_existing": True},
            )
            .one()
        )
        if item.state is not EvidenceState.RECEIVED:
            return
        if finding.fault:
            service.quarantine(
                item, reason=finding.fault, sha256=finding.sha256, size=finding.size, storage_key=key, actor=ACTOR
            )
            return
        service.seal(
            item,
            sha256=finding.sha256,
            size=finding.size,
            media_kind=finding.kind,
            media_type=finding.media_type,
            duration_s=finding.duration_s,
            facts=finding.facts,
            storage_key=key,
            second_hash=finding.second_hash,
            actor=ACTOR,
        )
        if settings().replica_dir:
            enqueue("replicate", queue="default")
        if item.duplicate_of is None and finding.kind is not None:
            plan(item, PIPELINE[finding.kind], actor=ACTOR)


def _hash(path: Path, second: str = "none") -> tuple[str, int, str]:
    """SHA-256, bytes, and the `second` hash with its name before it; one read."""
    digest, size = hashlib.sha256(), 0
    other = None if second == "none" else hashlib.new(second.replace("-", "_"))
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            if other:
                other.update(block)
            size += len(block)
    return digest.hexdigest(), size, f"{second}:{other.hexdigest()}" if other else ""


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON can hold them: NUL characters, which some containers carry, cannot be kept by PostgreSQL."""
    return dict(json.loads(json.dumps(facts, default=str).replace("\\u0000", "")))
