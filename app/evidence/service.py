"""What happens to a recording: an upload opens, grows, becomes an item; the item is sealed or quarantined."""

import time
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict
from app.core.outbox import Job, enqueue
from app.evidence.landing import Busy, Gone, TooLarge, check_room, hold
from app.evidence.models import EVIDENCE_MOVES, Evidence, EvidenceState, MediaKind, Rendition, Upload, UploadState
from app.evidence.schemas import Offer
from app.incidents.models import Incident, IncidentState

STRAY_AFTER_S = 24 * 3600


def open_upload(
    incident: Incident,
    *,
    offer: Offer,
    length: int,
    max_bytes: int,
    expires_in: timedelta,
    intake_dir: Path,
    actor: Actor,
) -> Upload:
    """Begins an upload of `length` bytes to an incident the actor may see. Nothing need have arrived yet.

    Raises Conflict when the incident is closed, TooLarge when `length` is over `max_bytes`, NoRoom when the disk of
    `intake_dir` cannot take it. An upload that began while
    its incident was open is taken to its end even when the incident closes meanwhile: no recording is lost to that.
    """
    if incident.state is IncidentState.CLOSED:
        remedy = "Reopen the incident, or choose another."
        raise Conflict(f"Incident {incident.number} is closed.", field="incident", remedy=remedy)
    if length > max_bytes:
        remedy = "Record in shorter parts, or hand the file to an administrator."
        raise TooLarge(f"The file has {length} bytes; at most {max_bytes} can be taken.", remedy=remedy)
    check_room(intake_dir, length)
    moment = now()
    upload = Upload(
        id=uuid.uuid4(),
        officer_id=actor.id,
        incident_id=incident.id,
        state=UploadState.OPEN,
        length=length,
        offset=0,
        filename=offer.filename,
        title=offer.title,
        claimed_type=offer.claimed_type,
        claimed_sha256=offer.claimed_sha256,
        recorded_at=offer.recorded_at,
        clock_offset_s=(offer.client_time - moment).total_seconds() if offer.client_time else None,
        created_at=moment,
        expires_at=moment + expires_in,
        address=actor.address,
    )
    session().add(upload)
    session().flush()
    _record_upload(upload, "open", actor, length=length, claimed_sha256=offer.claimed_sha256)
    if not length:
        with hold(intake_dir / str(upload.id)):  # intake finds an empty file, and says so
            receive(upload, actor=actor)
    return upload


def advance(upload_id: uuid.UUID, *, came_from: int, offset: int, expires_in: timedelta, actor: Actor) -> Upload:
    """Notes that bytes up to `offset` are safely on disk; the last byte makes the upload an item.

    Raises Gone when it was ended meanwhile, Conflict when it no longer stood at `came_from`.
    """
    upload = _locked(upload_id)
    if upload.state is UploadState.TERMINATED:
        raise Gone("This upload was ended meanwhile.")
    if upload.state is UploadState.RECEIVED or upload.offset != came_from:
        raise Conflict(f"This upload stands at byte {upload.offset}, not {came_from}.", field="Upload-Offset")
    upload.offset = offset
    upload.expires_at = now() + expires_in
    if offset == upload.length:
        receive(upload, actor=actor)
    return upload


def receive(upload: Upload, *, actor: Actor) -> Evidence:
    """Every byte is here: the upload becomes an item, and intake is asked for in the same transaction."""
    upload.state = UploadState.RECEIVED
    item = Evidence(
        id=uuid.uuid4(),
        incident_id=upload.incident_id,
        officer_id=upload.officer_id,
        upload_id=upload.id,
        state=EvidenceState.RECEIVED,
        title=upload.title or upload.filename[:200],
        original_name=upload.filename,
        size=upload.length,
        claimed_sha256=upload.claimed_sha256,
        recorded_at=upload.recorded_at,
        received_at=now(),
        facts={},
    )
    session().add(item)
    session().flush()
    enqueue("intake", queue="default", evidence_id=item.id)
    _record(item, "item:receive", actor, upload_id=upload.id, size=upload.length, claimed_sha256=item.claimed_sha256)
    return item


def terminate(upload: Upload, *, intake_dir: Path, actor: Actor) -> None:
    """Gives an unfinished upload up and removes its bytes. Conflict once it was received: then it is evidence."""
    upload = _locked(upload.id)
    if upload.state is not UploadState.OPEN:
        raise Conflict("Every byte of this upload has arrived: it is evidence now and stays.")
    _end(upload, "terminate", intake_dir, actor)


def expire_uploads(intake_dir: Path, *, actor: Actor) -> int:
    """Ends uploads that nobody went on with in time, removes their bytes and those nothing needs; returns how many."""
    query = sa.select(Upload).where(Upload.state == UploadState.OPEN, Upload.expires_at <= now())
    ended = 0
    for upload in session().scalars(query.with_for_update(skip_locked=True)).all():
        try:
            with hold(intake_dir / str(upload.id)):
                _end(upload, "expire", intake_dir, actor)
                ended += 1
        except Busy:
            continue  # bytes arrive at this moment: it is not forsaken after all
    _remove_strays(intake_dir)
    return ended


def seal(
    evidence: Evidence,
    *,
    sha256: str,
    size: int,
    media_kind: MediaKind | None,
    media_type: str,
    duration_s: float | None,
    facts: dict[str, Any],
    storage_key: str,
    actor: Actor,
) -> Evidence:
    """The stored original is what was sent, and stays so. The same content in the same incident is noted as such."""
    evidence.state = EVIDENCE_MOVES.check(evidence.state, EvidenceState.SEALED)
    evidence.duplicate_of = _first_with(evidence, sha256)
    evidence.sha256, evidence.size, evidence.storage_key = sha256, size, storage_key
    evidence.media_kind, evidence.media_type, evidence.duration_s = media_kind, media_type, duration_s
    evidence.facts, evidence.sealed_at = facts, now()
    _record(
        evidence,
        "item:seal",
        actor,
        sha256=sha256,
        size=size,
        media_type=media_type,
        claimed="agrees" if evidence.claimed_sha256 else "none given",
        duplicate_of=evidence.duplicate_of,
    )
    return evidence


def quarantine(
    evidence: Evidence, *, reason: str, actor: Actor, sha256: str = "", size: int | None = None, storage_key: str = ""
) -> Evidence:
    """What arrived cannot be sealed; it is set aside, with the reason in words, and nothing is made from it."""
    evidence.state = EVIDENCE_MOVES.check(evidence.state, EvidenceState.QUARANTINED)
    evidence.reason, evidence.sha256, evidence.storage_key = reason[:400], sha256, storage_key
    evidence.size = evidence.size if size is None else size
    _record(
        evidence, "item:quarantine", actor, outcome="refused", sha256=sha256, claimed_sha256=evidence.claimed_sha256
    )
    return evidence


def add_rendition(
    evidence: Evidence,
    *,
    step_id: uuid.UUID | None,
    kind: str,
    media_type: str,
    storage_key: str,
    size: int,
    sha256: str,
    tool: str,
    version: str,
    parameters: dict[str, Any],
    actor: Actor,
) -> Rendition:
    """Notes a working copy made from a sealed original: parent hash, tool, version, parameters, maker (E3).

    The same bytes made again are the same rendition. Conflict when the original is not sealed.
    """
    if evidence.state is not EvidenceState.SEALED:
        raise Conflict("Working copies are made from sealed originals only.")
    again = sa.select(Rendition).where(
        Rendition.evidence_id == evidence.id, Rendition.kind == kind, Rendition.sha256 == sha256
    )
    known = session().scalars(again).first()
    if known is not None:
        return known
    made = Rendition(
        id=uuid.uuid4(),
        evidence_id=evidence.id,
        step_id=step_id,
        kind=kind,
        media_type=media_type,
        storage_key=storage_key,
        size=size,
        sha256=sha256,
        parent_sha256=evidence.sha256,
        tool=tool,
        version=version,
        parameters=parameters,
        created_at=now(),
    )
    session().add(made)
    session().flush()
    _record(
        evidence,
        "rendition:derive",
        actor,
        rendition_id=made.id,
        kind=kind,
        sha256=sha256,
        parent_sha256=evidence.sha256,
        tool=tool,
        version=version,
        step_id=step_id,
    )
    return made


def note_access(evidence: Evidence, act: str, *, actor: Actor, **details: Any) -> None:
    """Somebody viewed, played or downloaded the item: `act` is item:view, item:play or item:download (E4)."""
    _record(evidence, act, actor, assigned=evidence.officer_id == actor.officer_id, **details)


def come_back(*, older_than: timedelta) -> int:
    """Asks again for intakes that were asked for and never ended; returns how many. Intake may run twice."""
    limit = now() - older_than
    asked_lately = sa.select(Job.id).where(
        Job.task == "intake",
        Job.created_at > limit,
        Job.arguments["evidence_id"].astext == sa.cast(Evidence.id, sa.Text),
    )
    query = sa.select(Evidence.id).where(
        Evidence.state == EvidenceState.RECEIVED, Evidence.received_at < limit, ~asked_lately.exists()
    )
    forgotten = session().scalars(query.with_for_update(skip_locked=True)).all()
    for evidence_id in forgotten:
        enqueue("intake", queue="default", evidence_id=evidence_id)
    return len(forgotten)


def _locked(upload_id: uuid.UUID) -> Upload:
    query = sa.select(Upload).where(Upload.id == upload_id).with_for_update()
    return session().scalars(query, execution_options={"populate_existing": True}).one()


def _end(upload: Upload, verb: str, intake_dir: Path, actor: Actor) -> None:
    upload.state = UploadState.TERMINATED
    _record_upload(upload, verb, actor, offset=upload.offset, length=upload.length)
    session().flush()
    (intake_dir / str(upload.id)).unlink(missing_ok=True)


def _remove_strays(intake_dir: Path) -> None:
    """Removes landing files a day old that no open upload and no unsealed item needs."""
    if not intake_dir.is_dir():
        return
    for path in intake_dir.iterdir():
        if time.time() - path.stat().st_mtime > STRAY_AFTER_S and not _needed(path.name):
            path.unlink()


def _needed(name: str) -> bool:
    try:
        upload = session().get(Upload, uuid.UUID(name))
    except ValueError:
        return True  # not ours to judge
    if upload is None or upload.state is UploadState.TERMINATED:
        return False
    item = session().scalars(sa.select(Evidence).where(Evidence.upload_id == upload.id)).one_or_none()
    return item is None or item.state is EvidenceState.RECEIVED


def _first_with(evidence: Evidence, sha256: str) -> uuid.UUID | None:
    """The sealed item of the same incident with the same content. The incident's row is locked, so that of two that
    are sealed at once one is the first."""
    session().execute(sa.select(Incident.id).where(Incident.id == evidence.incident_id).with_for_update())
    query = sa.select(Evidence.id).where(
        Evidence.incident_id == evidence.incident_id,
        Evidence.sha256 == sha256,
        Evidence.id != evidence.id,
        Evidence.state == EvidenceState.SEALED,
        Evidence.duplicate_of.is_(None),
    )
    return session().scalars(query.order_by(Evidence.received_at).limit(1)).one_or_none()


def _record(item: Evidence, act: str, actor: Actor, *, outcome: str = "done", **details: Any) -> None:
    ledger.record(
        f"evidence:{act}",
        actor=actor,
        subject_kind="evidence",
        subject_id=item.id,
        incident_id=item.incident_id,
        outcome=outcome,
        **details,
    )


def _record_upload(upload: Upload, verb: str, actor: Actor, **details: Any) -> None:
    ledger.record(
        f"evidence:upload:{verb}",
        actor=actor,
        subject_kind="upload",
        subject_id=upload.id,
        incident_id=upload.incident_id,
        **details,
    )
