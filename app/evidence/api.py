"""Uploads by tus 1.0 at /api/v1/uploads, how an upload fares, and items as JSON."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ClientDisconnected, MethodNotAllowed, RequestEntityTooLarge

from app.config import Settings
from app.core.actor import Actor
from app.core.api import answer
from app.core.db import close_session, transaction
from app.core.errors import Conflict, NotFound, problem
from app.core.keys import signer
from app.core.ledger import checkpoints
from app.core.permissions import Permission, require
from app.evidence import exports, landing, queries, schemas, service, tus
from app.evidence.models import Upload, UploadState
from app.evidence.names import attachment
from app.incidents.queries import visible_incident

bp = Blueprint("evidence_api", __name__, url_prefix="/api/v1")
PIECE = 64 * 1024
SILENCE_S = 30.0  # a phone that says nothing for so long has lost its network


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
    """Opens an upload; with a body, its first bytes come along."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    length = tus.number("Upload-Length", request.headers.get("Upload-Length"))
    offer = tus.offer(request.headers.get("Upload-Metadata"))
    if _has_body():
        tus.check_type(request.content_type)
    incident = visible_incident(actor, offer.incident_id)
    with transaction():
        upload = service.open_upload(
            incident,
            offer=offer,
            length=length,
            max_bytes=_settings().upload_max_bytes,
            expires_in=_patience(),
            intake_dir=_settings().intake,
            actor=actor,
        )
    if _has_body() and length:
        upload = _take(upload.id, 0, actor)
    return _tus(201, upload, Location=url_for(".head", upload_id=upload.id))


@bp.route("/uploads/<uuid:upload_id>", methods=["HEAD"], provide_automatic_options=False)
@require(Permission.EVIDENCE_ADD)
def head(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Where to go on."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    upload = queries.own_upload(actor, upload_id)
    return _tus(200, upload, Upload_Length=upload.length, Upload_Metadata=tus.describe(upload))


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


@bp.get("/uploads/<uuid:upload_id>/status")
@require(Permission.EVIDENCE_ADD)
def status(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    """How the upload fares, to its last stage: sealed, quarantined or terminated."""
    upload = queries.own_upload(actor, upload_id, over_too=True)
    item = queries.arrived(upload)
    url = url_for("evidence.show", evidence_id=item.id) if item else ""
    return answer(schemas.upload_status(upload, item, url, url_for(".receipt", upload_id=upload.id)))


@bp.get("/uploads/<uuid:upload_id>/receipt")
@require(Permission.EVIDENCE_ADD)
def receipt(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A signed note of what arrived, to keep and to check offline (`blotter verify-receipt`)."""
    item = queries.arrived(queries.own_upload(actor, upload_id, over_too=True))
    if item is None:
        raise Conflict("The upload is not whole yet: its receipt comes when it is.")
    note = exports.receipt(item, signer=signer(_settings(), used=checkpoints.any_signed))
    return _note(note, f"receipt-{item.id}.txt")


@bp.get("/key")
@require(Permission.PUBLIC)
def public_key() -> ResponseReturnValue:
    """The agency's public key, by which receipts, checkpoints and exports are checked."""
    return _note(str(signer(_settings(), used=checkpoints.any_signed).key) + "\n")


@bp.get("/checkpoint")
@require(Permission.PUBLIC)
def checkpoint() -> ResponseReturnValue:
    """The latest signed checkpoint (C2SP tlog-checkpoint). It says how many events there are, and nothing of them."""
    point = checkpoints.latest()
    if point is None:
        raise NotFound("No checkpoint has been signed yet.")
    return _note(point.note)


@bp.get("/evidence/<uuid:evidence_id>")
@require(Permission.EVIDENCE_READ)
def item(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One item, with its receipt."""
    found = queries.visible_evidence(actor, evidence_id)
    with transaction():
        service.note_access(found, "item:view", actor=actor, door="api")
    return answer(schemas.evidence_card(found, url_for("evidence.show", evidence_id=found.id)))


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


def _delete(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    tus.check_version(request.headers.get("Tus-Resumable"))
    upload = queries.own_upload(actor, upload_id)
    if upload.state is not UploadState.OPEN:
        raise Conflict("Every byte of this upload has arrived: it is evidence now and stays.")
    with landing.hold(_settings().intake / str(upload.id)), transaction():
        service.terminate(upload, intake_dir=_settings().intake, actor=actor)
    return _tus(204)


def _take(upload_id: UUID, offset: int, actor: Actor) -> Upload:
    """Streams the request's body to disk, then notes the new offset.

    The session is given back first: a phone may take minutes, and must not hold a database connection meanwhile.
    """
    checksum = tus.checksum(request.headers.get("Upload-Checksum"))
    _check_size()
    upload = queries.own_upload(actor, upload_id)
    if upload.state is UploadState.RECEIVED:
        return _nothing_more(upload, offset)
    with landing.hold(_settings().intake / str(upload_id)) as file:
        close_session()
        upload = queries.own_upload(actor, upload_id)  # as it is now that nobody else can write
        if upload.offset != offset or upload.state is UploadState.RECEIVED:
            raise _wrong_offset(upload, offset)
        _check_fits(upload)
        close_session()
        body = Body()
        reached = landing.write(file, body, offset=offset, limit=upload.length, checksum=checksum)
        with transaction():
            upload = service.advance(upload_id, came_from=offset, offset=reached, expires_in=_patience(), actor=actor)
    if body.broke_off:
        raise tus.BadRequest("The connection broke off.", remedy=f"Go on from byte {upload.offset}.")
    return upload


class Body:
    """The request's body in pieces of at most PIECE bytes. It ends where the connection does, and says so."""

    def __init__(self) -> None:
        self.broke_off = False

    def __iter__(self) -> Iterator[bytes]:
        socket = request.environ.get("gunicorn.socket")
        if socket is not None:
            socket.settimeout(SILENCE_S)
        try:
            while piece := request.stream.read(PIECE):
                yield piece
        except (ClientDisconnected, OSError):
            self.broke_off = True
        finally:
            if socket is not None:
                socket.settimeout(None)


def _check_size() -> None:
    """One request may carry so much: less is lost when it breaks off, and no thread is held for hours."""
    if (request.content_length or 0) > _settings().upload_chunk_max_bytes:
        raise _too_much()


def _too_much() -> landing.TooLarge:
    most = _settings().upload_chunk_max_bytes
    return landing.TooLarge(
        f"One request may carry at most {most} bytes.", remedy="Send the file in several PATCH requests."
    )


def _check_fits(upload: Upload) -> None:
    announced = request.content_length or 0
    if upload.offset + announced > upload.length:
        raise landing.TooLarge(
            f"The upload has {upload.length} bytes; these would make it {upload.offset + announced}.",
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
        if upload.state is UploadState.OPEN:
            response.headers["Upload-Expires"] = tus.http_date(upload.expires_at)
    return response


def _note(text: str, name: str = "") -> Response:
    response = Response(text, mimetype="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    if name:
        response.headers["Content-Disposition"] = attachment(name)
    return response


def _patience() -> timedelta:
    return timedelta(hours=_settings().upload_expires_hours)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
