"""How a recording arrives: an upload opens, grows, is joined from parts, and becomes an item; or it is ended."""

import math
import time
import uuid
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.config import Settings
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict
from app.core.outbox import enqueue
from app.core.phrases import N_, phrase
from app.evidence.landing import Busy, Gone, TooLarge, TooMany, append, check_room, hold
from app.evidence.models import Evidence, EvidenceState, Upload, UploadPart, UploadState
from app.evidence.retention import categories
from app.evidence.schemas import Offer
from app.incidents.models import Incident, IncidentState

STRAY_AFTER_S = 24 * 3600
_HOUR = timedelta(hours=1)
_FINISH = N_("Finish one of them, or give one up.")


def open_upload(
    incident: Incident | None,
    *,
    offer: Offer,
    length: int | None,
    part: bool = False,
    given: dict[str, str] | None = None,
    settings: Settings,
    actor: Actor,
) -> Upload:
    """Begins an upload to an incident the actor may see. Nothing need have arrived yet.

    `length` is in bytes; None when the phone will say later. A `part` needs no incident: the upload it is joined
    into has one. `given` are the headers to be told back. An upload that began while its incident was open is taken
    to its end even when the incident closes meanwhile: no recording is lost to that.

    Raises Conflict when the incident is closed, Invalid for a category that is none, TooLarge when `length` is over
    the limit, TooMany over the limits of an officer, NoRoom when the disk cannot take it.
    """
    _check_incident(incident)
    categories.check_code(offer.category)
    _check_length(length, settings)
    _free_key(offer.phone_key, actor)
    _check_limits(length or 0, settings, actor)
    check_room(settings.intake, length or 0)
    upload = _new(incident, offer=offer, length=length, settings=settings, actor=actor)
    upload.part = UploadPart.PART if part else UploadPart.WHOLE
    upload.given = given or {}
    session().add(upload)
    session().flush()
    _record_upload(upload, "open", actor, length=length, claimed_sha256=offer.claimed_sha256, part=upload.part.value)
    if length == 0 and not part:
        with hold(settings.intake / str(upload.id)):  # intake finds an empty file, and says so
            receive(upload, actor=actor)
    return upload


def check_declared(upload: Upload, length: int, *, settings: Settings, actor: Actor) -> None:
    """Raises Conflict when another length was said before or more has arrived, TooLarge, TooMany, NoRoom."""
    if upload.length is not None and upload.length != length:
        raise Conflict(
            phrase("This upload was said to have %(length)s bytes.", length=upload.length), field="Upload-Length"
        )
    if length < upload.offset:
        raise Conflict(phrase("%(offset)s bytes have arrived already.", offset=upload.offset), field="Upload-Length")
    _check_length(length, settings)
    if upload.length is None:
        _check_bytes(length, settings, actor, beside=upload.id)
        check_room(settings.intake, length - upload.offset)


def declare_length(upload_id: uuid.UUID, length: int, *, actor: Actor) -> Upload:
    """The length that the phone did not know at first; `check_declared` took it. The last byte may be here already."""
    upload = _locked(upload_id)
    if upload.length is None:
        upload.length = length
        _record_upload(upload, "declare", actor, length=length)
        if upload.offset == length:
            _complete(upload, actor)
    return upload


def join(
    incident: Incident,
    parts: Sequence[Upload],
    *,
    offer: Offer,
    given: dict[str, str] | None = None,
    settings: Settings,
    actor: Actor,
) -> tuple[Upload, list[Path]]:
    """One upload out of finished parts, in their order; every byte is on disk when it returns.

    The caller holds the parts' landing files, and removes the paths that are returned once this is kept.
    Raises Conflict for a part that is no part, or not whole; TooLarge; NoRoom.
    """
    _check_incident(incident)
    categories.check_code(offer.category)
    for part in parts:
        if part.part is not UploadPart.PART or part.state is not UploadState.OPEN:
            raise Conflict(
                phrase("Upload %(id)s is not a part that waits to be joined.", id=part.id), field="Upload-Concat"
            )
        if part.length is None or part.offset != part.length:
            raise Conflict(
                phrase("Part %(id)s is not whole yet.", id=part.id),
                field="Upload-Concat",
                remedy=N_("Send its last bytes first."),
            )
    length = sum(part.length or 0 for part in parts)
    _check_length(length, settings)
    check_room(settings.intake, length)
    upload = _new(incident, offer=offer, length=length, settings=settings, actor=actor)
    upload.part, upload.parts, upload.offset = UploadPart.JOINED, [str(part.id) for part in parts], length
    upload.given = given or {}
    paths = [settings.intake / str(part.id) for part in parts]
    with hold(settings.intake / str(upload.id)) as file:
        append(file, paths)
        session().add(upload)
        session().flush()
        for part in parts:
            part.state = UploadState.JOINED
        _record_upload(upload, "join", actor, length=length, parts=upload.parts, claimed_sha256=offer.claimed_sha256)
        receive(upload, actor=actor)
    return upload, paths


def advance(upload_id: uuid.UUID, *, came_from: int, offset: int, expires_in: timedelta, actor: Actor) -> Upload:
    """Notes that bytes up to `offset` are safely on disk; the last byte makes the upload an item.

    Raises Gone when it was ended meanwhile, Conflict when it no longer stood at `came_from`.
    """
    upload = _locked(upload_id)
    if upload.state is UploadState.TERMINATED:
        raise Gone(N_("This upload was ended meanwhile."))
    if upload.state is UploadState.RECEIVED or upload.offset != came_from:
        raise Conflict(
            phrase(
                "This upload stands at byte %(offset)s, not %(came_from)s.", offset=upload.offset, came_from=came_from
            ),
            field="Upload-Offset",
        )
    upload.offset = offset
    upload.expires_at = now() + expires_in
    if offset == upload.length:
        _complete(upload, actor)
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
    if upload.category:
        categories.choose_at_upload(item, upload.category, actor=actor)
    enqueue("intake", queue="default", evidence_id=item.id)
    enqueue("shelve", evidence_id=item.id)
    ledger.record(
        "evidence:item:receive",
        actor=actor,
        subject_kind="evidence",
        subject_id=item.id,
        incident_id=item.incident_id,
        upload_id=upload.id,
        size=upload.length,
        bytes_in=upload.length,
        claimed_sha256=item.claimed_sha256,
    )
    return item


def terminate(upload_id: uuid.UUID, *, intake_dir: Path, actor: Actor) -> None:
    """Gives an unfinished upload up and removes its bytes. Conflict once it was received: then it is evidence."""
    upload = _locked(upload_id)
    if upload.state is not UploadState.OPEN:
        raise Conflict(N_("Every byte of this upload has arrived: it is evidence now and stays."))
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


def _complete(upload: Upload, actor: Actor) -> None:
    """Every byte is here: an item, or a part that waits to be joined."""
    if upload.part is UploadPart.PART:
        _record_upload(upload, "complete", actor, length=upload.length)
    else:
        receive(upload, actor=actor)


def _new(incident: Incident | None, *, offer: Offer, length: int | None, settings: Settings, actor: Actor) -> Upload:
    moment = now()
    return Upload(
        id=uuid.uuid4(),
        officer_id=actor.id,
        incident_id=incident.id if incident else None,
        state=UploadState.OPEN,
        length=length,
        offset=0,
        filename=offer.filename,
        title=offer.title,
        claimed_type=offer.claimed_type,
        claimed_sha256=offer.claimed_sha256,
        category=offer.category,
        recorded_at=offer.recorded_at,
        clock_offset_s=(offer.client_time - moment).total_seconds() if offer.client_time else None,
        position=offer.position,
        phone_key=offer.phone_key,
        created_at=moment,
        expires_at=moment + timedelta(hours=settings.upload_expires_hours),
        address=actor.address,
    )


def _free_key(key: str, actor: Actor) -> None:
    """What was given up or ran out of time no longer stands for the phone's file."""
    ran_out = sa.and_(Upload.state == UploadState.OPEN, Upload.expires_at <= now())
    over = sa.or_(Upload.state == UploadState.TERMINATED, ran_out)
    if key:
        mine = sa.update(Upload).where(Upload.officer_id == actor.officer_id, Upload.phone_key == key, over)
        session().execute(mine.values(phone_key=""))


def _check_incident(incident: Incident | None) -> None:
    if incident is not None and incident.state is IncidentState.CLOSED:
        remedy = N_("Reopen the incident, or choose another.")
        raise Conflict(
            phrase("Incident %(number)s is closed.", number=incident.number), field="incident", remedy=remedy
        )


def _check_length(length: int | None, settings: Settings) -> None:
    most = settings.upload_max_bytes
    if (length or 0) > most:
        remedy = N_("Record in shorter parts, or hand the file to an administrator.")
        raise TooLarge(
            phrase("The file has %(length)s bytes; at most %(most)s can be taken.", length=length, most=most),
            field="Upload-Length",
            remedy=remedy,
        )


def _check_limits(length: int, settings: Settings, actor: Actor) -> None:
    """How many uploads one officer may have open, of how many bytes, and how many they may begin in an hour."""
    moment, most = now(), settings.uploads_open_max
    count, first_end = session().execute(_unfinished(actor, sa.func.count(), sa.func.min(Upload.expires_at))).one()
    if count >= most:
        raise TooMany(
            phrase("You have %(most)s unfinished uploads, which is the most.", most=most),
            remedy=_FINISH,
            wait_s=_seconds(first_end - moment),
        )
    _check_bytes(length, settings, actor)
    mine = sa.select(Upload.created_at).where(Upload.officer_id == actor.officer_id)
    newest = mine.where(Upload.created_at > moment - _HOUR).order_by(Upload.created_at.desc())
    last = session().scalar(newest.offset(settings.uploads_per_hour - 1).limit(1))
    if last is not None:
        raise TooMany(
            phrase(
                "You began %(uploads_per_hour)s uploads within the hour, which is the most.",
                uploads_per_hour=settings.uploads_per_hour,
            ),
            remedy=N_("Wait, then go on."),
            wait_s=_seconds(last + _HOUR - moment),
        )


def _check_bytes(more: int, settings: Settings, actor: Actor, *, beside: uuid.UUID | None = None) -> None:
    """How many bytes one officer's unfinished uploads may have together; of `beside` only `more` counts."""
    promised = sa.func.sum(sa.func.coalesce(Upload.length, Upload.offset))
    query = _unfinished(actor, promised, sa.func.min(Upload.expires_at))
    held, first_end = session().execute(query.where(Upload.id != beside) if beside else query).one()
    if held and held + more > settings.uploads_open_max_bytes:
        raise TooMany(
            phrase(
                "Your unfinished uploads would have %(value)s bytes together; %(uploads_open_max_bytes)s is the most.",
                value=held + more,
                uploads_open_max_bytes=settings.uploads_open_max_bytes,
            ),
            field="Upload-Length",
            remedy=_FINISH,
            wait_s=_seconds(first_end - now()),
        )


def _unfinished(actor: Actor, *what: Any) -> sa.Select[Any]:
    mine = sa.select(*what).where(Upload.officer_id == actor.officer_id)
    return mine.where(Upload.state == UploadState.OPEN, Upload.expires_at > now())


def _seconds(span: timedelta) -> int:
    return max(1, math.ceil(span.total_seconds()))


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
    if upload is None or upload.state in (UploadState.TERMINATED, UploadState.JOINED):
        return False
    item = session().scalars(sa.select(Evidence).where(Evidence.upload_id == upload.id)).one_or_none()
    return item is None or item.state is EvidenceState.RECEIVED


def _record_upload(upload: Upload, verb: str, actor: Actor, **details: Any) -> None:
    ledger.record(
        f"evidence:upload:{verb}",
        actor=actor,
        subject_kind="upload",
        subject_id=upload.id,
        incident_id=upload.incident_id,
        **details,
    )
