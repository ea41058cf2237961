"""The doors of tus 1.0 at /api/v1/uploads: how a recording's bytes come in, however often the network goes.

Core, creation, creation-with-upload, creation-defer-length, checksum, termination, expiration, concatenation (tus.io).
"""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any, BinaryIO
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed, RequestEntityTooLarge

from app.config import Settings
from app.core.actor import Actor
from app.core.db import close_session, transaction
from app.core.errors import Conflict, Forbidden, problem
from app.core.permissions import Permission, require
from app.evidence import landing, queries, receiving, tus
from app.evidence.body import Body
from app.evidence.models import Upload, UploadPart, UploadState
from app.evidence.schemas import Offer
from app.incidents.queries import visible_incident

bp = Blueprint("uploads", __name__, url_prefix="/api/v1")


@bp.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
@bp.route("/uploads/<uuid:upload_id>", methods=["OPTIONS"], provide_automatic_options=False)
@require(Permission.PUBLIC)
def options(upload_id: UUID | None = None) -> ResponseReturnValue:
    """What this server can do."""
    return _tus(
        204,
        Tus_Version=tus.VERSION,
        Tus_Extension=tus.EXTENSIONS,
        Tus_Max_Size=_settings().upload_max_bytes,
        Tus_Checksum_Algorithm=",".join(landing.ALGORITHMS),
    )


@bp.post("/uploads", provide_automatic_options=False)
@require(Permission.EVIDENCE_ADD)
def create(actor: Actor) -> ResponseReturnValue:
    """Opens an upload, or joins one from parts; with a body, its first bytes come along."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    concat = tus.concatenation(request.headers.get("Upload-Concat"))
    offer = tus.offer(request.headers.get("Upload-Metadata"), part=concat.kind is UploadPart.PART)
    if concat.kind is UploadPart.JOINED:
        return _join(concat.parts, offer, actor)
    length = tus.length(request.headers)
    if _has_body():
        tus.check_type(request.content_type)
    incident = visible_incident(actor, offer.incident_id) if offer.incident_id else None
    with transaction():
        upload = receiving.open_upload(
            incident, offer=offer, length=length, part=concat.kind is UploadPart.PART, settings=_settings(), actor=actor
        )
    if _has_body() and length != 0:
        upload = _take(upload.id, 0, actor)
    return _tus(201, upload, Location=url_for(".head", upload_id=upload.id))


@bp.route("/uploads/<uuid:upload_id>", methods=["HEAD"], provide_automatic_options=False)
@require(Permission.EVIDENCE_ADD)
def head(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Where to go on."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    upload = queries.own_upload(actor, upload_id)
    told = {"Upload_Metadata": tus.describe(upload)}
    if upload.length is None:
        return _tus(200, upload, Upload_Defer_Length=1, **told)
    return _tus(200, upload, Upload_Length=upload.length, **told)


@bp.patch("/uploads/<uuid:upload_id>", provide_automatic_options=False)
@require(Permission.EVIDENCE_ADD)
def patch(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes the next bytes."""
    return _patch(upload_id, actor)


@bp.delete("/uploads/<uuid:upload_id>", provide_automatic_options=False)
@require(Permission.EVIDENCE_ADD)
def delete(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Gives an unfinished upload up."""
    return _delete(upload_id, actor)


@bp.post("/uploads/<uuid:upload_id>", provide_automatic_options=False)
@require(Permission.EVIDENCE_ADD)
def overridden(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    """PATCH and DELETE for networks that let only POST through (tus: X-HTTP-Method-Override)."""
    meant = {"PATCH": _patch, "DELETE": _delete}.get(request.headers.get("X-HTTP-Method-Override", "").upper())
    if meant is None:
        raise MethodNotAllowed(["HEAD", "PATCH", "DELETE", "OPTIONS"])
    return meant(upload_id, actor)


@bp.after_request
def speak_tus(response: Response) -> Response:
    """Every answer about uploads names the protocol's version, refusals too."""
    if request.path.startswith(f"{bp.url_prefix}/uploads"):
        response.headers.setdefault("Tus-Resumable", tus.VERSION)
        response.headers.setdefault("Cache-Control", "no-store")
        if response.status_code == 412:
            response.headers["Tus-Version"] = tus.VERSION
    return response


@bp.errorhandler(landing.ChecksumMismatch)
def checksum_mismatch(error: landing.ChecksumMismatch) -> ResponseReturnValue:
    """tus asks for 460, which HTTP itself does not know."""
    response = current_app.make_response(problem(460, "Checksum Mismatch", detail=error.message, remedy=error.remedy))
    response.status = "460 Checksum Mismatch"
    return response


@bp.errorhandler(RequestEntityTooLarge)
def body_too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """A body over the limit, wherever that was noticed first, is told the limit and what to do."""
    error = _too_much()
    return problem(413, "Content Too Large", detail=error.message, remedy=error.remedy)


def _patch(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    tus.check_version(request.headers.get("Tus-Resumable"))
    offset = tus.number("Upload-Offset", request.headers.get("Upload-Offset"))
    tus.check_type(request.content_type)
    return _tus(204, _take(upload_id, offset, actor))


def _join(ids: tuple[UUID, ...], offer: Offer, actor: Actor) -> ResponseReturnValue:
    """One upload from parts that are whole; their landing files are held until it is kept, and removed after."""
    if "Upload-Length" in request.headers or offer.incident_id is None:
        raise tus.BadRequest("An upload joined from parts has their length, and an incident of its own.")
    incident = visible_incident(actor, offer.incident_id)
    with ExitStack() as held:
        for one in ids:
            queries.own_upload(actor, one)
            held.enter_context(landing.hold(_settings().intake / str(one)))
        parts = [queries.own_upload(actor, one) for one in ids]
        with transaction():
            upload, paths = receiving.join(incident, parts, offer=offer, settings=_settings(), actor=actor)
        for path in paths:
            path.unlink(missing_ok=True)
    return _tus(201, upload, Location=url_for(".head", upload_id=upload.id))


def _delete(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    tus.check_version(request.headers.get("Tus-Resumable"))
    upload = queries.own_upload(actor, upload_id)
    if upload.state is not UploadState.OPEN:
        raise Conflict("Every byte of this upload has arrived: it is evidence now and stays.")
    with landing.hold(_settings().intake / str(upload.id)), transaction():
        receiving.terminate(upload, intake_dir=_settings().intake, actor=actor)
    return _tus(204)


def _take(upload_id: UUID, offset: int, actor: Actor) -> Upload:
    """Streams the request's body to disk, then notes the new offset.

    The session is given back first: a phone may take minutes, and must not hold a database connection meanwhile.
    """
    checksum = tus.checksum(request.headers.get("Upload-Checksum"))
    _check_size()
    upload = queries.own_upload(actor, upload_id)
    if upload.part is UploadPart.JOINED:
        raise Forbidden("An upload that was joined from parts takes no bytes.")
    if upload.state is UploadState.RECEIVED:
        return _nothing_more(upload, offset)
    with landing.hold(_settings().intake / str(upload_id)) as file:
        upload = queries.own_upload(actor, upload_id)  # as it is now that nobody else can write
        if upload.offset != offset or upload.state is UploadState.RECEIVED:
            raise _wrong_offset(upload, offset)
        if "Upload-Length" in request.headers and request.method != "POST":
            upload = _declared(upload_id, actor)
        if upload.state is UploadState.OPEN and upload.offset != upload.length:
            upload, broke_off = _pour(upload, file, checksum, actor)
            if broke_off:
                raise tus.BadRequest("The connection broke off.", remedy=f"Go on from byte {upload.offset}.")
    return upload


def _declared(upload_id: UUID, actor: Actor) -> Upload:
    length = tus.number("Upload-Length", request.headers.get("Upload-Length"))
    with transaction():
        return receiving.declare_length(upload_id, length, settings=_settings(), actor=actor)


def _pour(upload: Upload, file: BinaryIO, checksum: landing.Checksum | None, actor: Actor) -> tuple[Upload, bool]:
    """The upload as it stands after this request's bytes, and whether the connection broke off under way."""
    limit = _settings().upload_max_bytes if upload.length is None else upload.length
    _check_fits(upload, limit)
    offset, body = upload.offset, Body()
    close_session()
    reached = landing.write(file, body, offset=offset, limit=limit, checksum=checksum)
    with transaction():
        upload = receiving.advance(upload.id, came_from=offset, offset=reached, expires_in=_patience(), actor=actor)
    return upload, body.broke_off


def _check_size() -> None:
    """One request may carry so much: less is lost when it breaks off, and no thread is held for hours."""
    if (request.content_length or 0) > _settings().upload_chunk_max_bytes:
        raise _too_much()


def _too_much() -> landing.TooLarge:
    most = _settings().upload_chunk_max_bytes
    return landing.TooLarge(
        f"One request may carry at most {most} bytes.", remedy="Send the file in several PATCH requests."
    )


def _check_fits(upload: Upload, limit: int) -> None:
    announced = request.content_length or 0
    if upload.offset + announced > limit:
        raise landing.TooLarge(
            f"The upload has {limit} bytes; these would make it {upload.offset + announced}.",
            remedy="Start a new upload with the right length.",
        )


def _nothing_more(upload: Upload, offset: int) -> Upload:
    """A last PATCH sent again because its answer was lost is fine when it carries nothing new."""
    if offset != upload.offset or _has_body():
        raise _wrong_offset(upload, offset)
    return upload


def _wrong_offset(upload: Upload, offset: int) -> Conflict:
    remedy = f"Go on from byte {upload.offset}."
    return Conflict(f"This upload stands at byte {upload.offset}, not {offset}.", field="Upload-Offset", remedy=remedy)


def _has_body() -> bool:
    return bool(request.content_length) or "chunked" in request.headers.get("Transfer-Encoding", "").lower()


def _tus(code: int, upload: Upload | None = None, **headers: Any) -> Response:
    response = Response(status=code)
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = str(value)
    if upload is not None:
        response.headers["Upload-Offset"] = str(upload.offset)
        if upload.part is not UploadPart.WHOLE:
            response.headers["Upload-Concat"] = tus.joined_from(upload, url_for)
        if upload.state is UploadState.OPEN:
            response.headers["Upload-Expires"] = tus.http_date(upload.expires_at)
    return response


def _patience() -> timedelta:
    return timedelta(hours=_settings().upload_expires_hours)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
