"""Intake: what arrived is re-read, hashed, recognised, and sealed under its hash, or quarantined with the reason."""

import hashlib
import json
import logging
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.analysis.service import plan
from app.config import settings
from app.core.actor import machine
from app.core.db import close_session, is_away, session, transaction
from app.core.outbox import enqueue
from app.core.storage import Altered, StorageError, store
from app.evidence import service
from app.evidence.models import Evidence, EvidenceState, MediaKind
from app.evidence.retention import purging
from workers.celery_app import celery
from workers.engines.media import Unreadable, probe, sniff
from workers.pipeline import PIPELINE

log = logging.getLogger("blotter.intake")
_BLOCK = 1024 * 1024
AGAIN_S = 3  # a database that restarts is back in seconds
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
    second_hash: str = ""


@celery.task(name="intake", bind=True, max_retries=None)
def intake(self: Any, evidence_id: str) -> None:
    """Takes one received item in. May run twice; the item is sealed or quarantined once."""
    try:
        with transaction():
            item = session().get_one(Evidence, uuid.UUID(evidence_id))
            path = settings().intake / str(item.upload_id)
            name, claimed = item.original_name, item.claimed_sha256
        if item.state is EvidenceState.RECEIVED:
            _take_in(item.id, path, recognise(path, name=name), claimed_sha256=claimed)
        path.unlink(missing_ok=True)  # also when an earlier run died between its commit and this line
    except sa.exc.DBAPIError as error:
        if not is_away(error):
            raise
        raise self.retry(countdown=AGAIN_S, exc=error) from error
    finally:
        close_session()


def recognise(path: Path, *, name: str) -> Finding:
    """What the content at `path` is, and what is wrong with it; not hashed yet."""
    size = path.stat().st_size
    if size == 0:
        return Finding("", size, None, "", None, {}, "The file is empty: no byte arrived.")
    try:
        seen = sniff(path)
        kind = MediaKind(seen.kind)
        promised = _MEDIA_SUFFIXES.get(Path(name).suffix.lower())
        if promised and kind in (MediaKind.DOCUMENT, MediaKind.OTHER):
            fault = f"The name says {promised}, the content is {seen.media_type}."
            return Finding("", size, kind, seen.media_type, None, {}, fault)
        if kind in (MediaKind.DOCUMENT, MediaKind.OTHER):
            return Finding("", size, kind, seen.media_type, None, {})
        facts = probe(path)
        return Finding("", size, kind, seen.media_type, facts.duration_s, _plain(asdict(facts)))
    except Unreadable as error:
        return Finding("", size, None, "", None, {}, f"The file cannot be read: {error}")


def _take_in(evidence_id: uuid.UUID, path: Path, seen: Finding, *, claimed_sha256: str) -> None:
    """Keeps the bytes and decides on the item. When a purge of the same content came in between, once more."""
    for _ in range(_TRIES):
        finding, key = _keep(path, seen, claimed_sha256=claimed_sha256)
        if _decide(evidence_id, finding, key):
            return
    raise StorageError(f"{key} was destroyed each time it was kept")


def _keep(path: Path, seen: Finding, *, claimed_sha256: str) -> tuple[Finding, str]:
    """Reads the file at `path` from the first byte to the last, hashes it and keeps it; what it is, and under which key.

    Where the phone said the hash, one read does it all: the store hashes the very bytes that it encrypts and writes,
    and keeps nothing when the hash is another. Then, or where nothing was said, or where a second hash is wanted (E8),
    it is read once more.
    """
    second = settings().second_hash
    if claimed_sha256 and not seen.fault and second == "none":
        key = _key(claimed_sha256, "")
        with suppress(Altered):
            store(settings()).put_file(key, path, sha256=claimed_sha256)
            return replace(seen, sha256=claimed_sha256), key
    sha256, second_hash = _hash(path, second)
    fault = seen.fault
    if seen.size and claimed_sha256 and claimed_sha256 != sha256:
        fault = "What arrived is not what the phone sent: the hashes differ."
    key = _key(sha256, fault)
    store(settings()).put_file(key, path, sha256=sha256)
    return replace(seen, sha256=sha256, fault=fault, second_hash=second_hash), key


def _key(sha256: str, fault: str) -> str:
    return f"quarantine/{sha256}" if fault else f"originals/{sha256[:2]}/{sha256}"


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
                item,
                reason=finding.fault,
                sha256=finding.sha256,
                size=finding.size,
                storage_key=key,
                actor=machine("intake"),
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
            second_hash=finding.second_hash,
            actor=machine("intake"),
        )
        if settings().replica_dir:
            enqueue("replicate", queue="default")
        if item.duplicate_of is None and finding.kind is not None:
            plan(item, PIPELINE[finding.kind], actor=machine("intake"))
        return True


def _is_whole(key: str, size: int) -> bool:
    """A purge destroys the key first: bytes left without it have another size."""
    objects = store(settings())
    return objects.exists(key) and objects.size(key) == size


def _hash(path: Path, second: str) -> tuple[str, str]:
    """SHA-256, and the `second` hash with its name before it ("" for none); one read."""
    digest, other = hashlib.sha256(), None if second == "none" else hashlib.new(second.replace("-", "_"))
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            if other:
                other.update(block)
    return digest.hexdigest(), f"{second}:{other.hexdigest()}" if other else ""


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON can hold them: NUL characters, which some containers carry, cannot be kept by PostgreSQL."""
    return dict(json.loads(json.dumps(facts, default=str).replace("\\u0000", "")))
