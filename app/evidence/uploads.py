"""The doors of tus 1.0 at /api/v1/uploads: how a recording's bytes come in, however often the network goes.

Core, creation, creation-with-upload, creation-defer-length, checksum, termination, expiration, concatenation (tus.io).
"""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any, BinaryIO
from uuid import UUID

from flask import Blueprint, Response, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from app.config import Settings
from app.core.actor import Actor
from app.core.api import Header, contract
from app.core.db import close_session, transaction
from app.core.errors import Conflict, DomainError, Forbidden, problem
from app.core.languages import in_every_language, speak
from app.core.permissions import Permission, require
from app.core.phrases import N_, phrase
from app.evidence import landing, queries, receiving, tus
from app.evidence.body import Body
from app.evidence.models import Upload, UploadPart, UploadState
from app.evidence.schemas import Offer
from app.incidents.queries import visible_incident

SPOKEN = Header("Tus-Resumable", "The protocol's version.", pattern="^1\\.0\\.0$", required=True)
NUMBER = "^[0-9]{1,18}$"
OFFSET = Header("Upload-Offset", "Where these bytes go.", pattern=NUMBER, required=True)
CHECKSUM = Header("Upload-Checksum", "sha1 or sha256, a space, and the digest in base64.")
OPENING = (
    SPOKEN,
    Header("Upload-Length", "Bytes of the whole file; or Upload-Defer-Length.", pattern=NUMBER),
    Header("Upload-Defer-Length", "1: the length is said later."),
    Header("Upload-Metadata", "Keys with values in base64; see the documentation of uploads."),
    Header("Upload-Concat", "partial, or final; and the addresses of the parts."),
    CHECKSUM,
)

bp = Blueprint("uploads", __name__, url_prefix="/api/v1")


@bp.route("/uploads", methods=["OPTIONS"], provide_automatic_options=False)
@bp.route("/uploads/<uuid:upload_id>", methods=["OPTIONS"], provide_automatic_options=False)
@require(Permission.PUBLIC)
@contract(None, status=204)
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
@contract(None, status=201, takes=tus.CONTENT_TYPE, headers=OPENING, refusals=(400, 404, 409, 412, 413, 415, 429, 460))
@in_every_language
def create(actor: Actor) -> ResponseReturnValue:
    """Opens an upload, or joins one from parts; with a body, its first bytes come along."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    concat = tus.concatenation(request.headers.get("Upload-Concat"))
    offer = tus.offer(request.headers.get("Upload-Metadata"), part=concat.kind is UploadPart.PART)
    if concat.kind is UploadPart.JOINED:
        return _join(concat.parts, offer, actor)
    length = tus.length(request.headers)
    _check_first_bytes(length)
    made = queries.opened_before(actor, offer.phone_key, offer.incident_id, length)
    if made is not None:  # the answer was lost: asked again, it is the same upload, wherever it stands
        return _tus(201, made, Location=url_for(".head", upload_id=made.id))
    incident = visible_incident(actor, offer.incident_id) if offer.incident_id else None
    with transaction():
        upload = receiving.open_upload(
            incident,
            offer=offer,
            length=length,
            part=concat.kind is UploadPart.PART,
            given=tus.given(request.headers),
            settings=_settings(),
            actor=actor,
        )
    if _has_body() and length != 0:
        upload = _take_first(upload.id, actor)
    return _tus(201, upload, Location=url_for(".head", upload_id=upload.id))


@bp.route("/uploads/<uuid:upload_id>", methods=["HEAD"], provide_automatic_options=False)
@require(Permission.EVIDENCE_ADD)
@contract(None, headers=(SPOKEN,), refusals=(410, 412))
@in_every_language
def head(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Where to go on."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    upload = queries.own_upload(actor, upload_id, joined_too=True)
    response = _tus(200, upload)
    response.headers.update(upload.given)
    if upload.length is None:
        response.headers["Upload-Defer-Length"] = "1"
    else:
        response.headers["Upload-Length"] = str(upload.length)
    return response


@bp.patch("/uploads/<uuid:upload_id>", provide_automatic_options=False)
@require(Permission.EVIDENCE_ADD)
@contract(
    None,
    status=204,
    takes=tus.CONTENT_TYPE,
    headers=(SPOKEN, OFFSET, CHECKSUM),
    refusals=(400, 409, 410, 412, 413, 415, 423, 429, 460),
)
@in_every_language
def patch(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes the next bytes."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    if _own(actor, upload_id).part is UploadPart.JOINED:
        raise Forbidden(N_("An upload that was joined from parts takes no bytes."))
    offset = tus.number("Upload-Offset", request.headers.get("Upload-Offset"))
    tus.check_type(request.content_type)
    return _tus(204, _take(upload_id, offset, actor))


@bp.delete("/uploads/<uuid:upload_id>", provide_automatic_options=False)
@require(Permission.EVIDENCE_ADD)
@contract(None, status=204, headers=(SPOKEN,), refusals=(409, 410, 412, 423))
@in_every_language
def delete(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Gives an unfinished upload up."""
    tus.check_version(request.headers.get("Tus-Resumable"))
    upload = queries.own_upload(actor, upload_id)
    if upload.state is not UploadState.OPEN:
        raise Conflict(N_("Every byte of this upload has arrived: it is evidence now and stays."))
    _terminate(upload_id, actor)
    return _tus(204)


@bp.after_app_request
def speak_tus(response: Response) -> Response:
    """Every answer about uploads names the protocol's version, refusals too, and also where no door was found."""
    if request.path.startswith(f"{bp.url_prefix}/uploads"):
        response.headers.setdefault("Tus-Resumable", tus.VERSION)
        response.headers.setdefault("Cache-Control", "no-store")
        if response.status_code == 412:
            response.headers["Tus-Version"] = tus.VERSION
        if request.method == "PATCH" and response.status_code >= 400 and "upload_expires" in g:
            response.headers["Upload-Expires"] = g.upload_expires
        if request.method == "HEAD":
            response.set_data(b"")  # said by X-HTTP-Method-Override, the server itself would wait to send it
    return response


@bp.errorhandler(landing.TooMany)
def too_many(error: landing.TooMany) -> ResponseReturnValue:
    """Says, besides, when there is room again."""
    title = error.status.phrase
    response = current_app.make_response(
        problem(error.status, title, detail=speak(error.message), field=error.field, remedy=speak(error.remedy))
    )
    response.headers["Retry-After"] = str(error.wait_s)
    return response


@bp.errorhandler(landing.ChecksumMismatch)
def checksum_mismatch(error: landing.ChecksumMismatch) -> ResponseReturnValue:
    """tus asks for 460, which HTTP itself does not know."""
    response = current_app.make_response(
        problem(460, "Checksum Mismatch", detail=speak(error.message), remedy=speak(error.remedy))
    )
    response.status = "460 Checksum Mismatch"
    return response


@bp.errorhandler(RequestEntityTooLarge)
def body_too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """A body over the limit, wherever that was noticed first, is told the limit and what to do."""
    error = _too_much()
    return problem(413, "Content Too Large", detail=speak(error.message), remedy=speak(error.remedy))


def _join(ids: tuple[UUID, ...], offer: Offer, actor: Actor) -> ResponseReturnValue:
    """One upload from parts that are whole; their landing files are held until it is kept, and removed after.

    Asked again because the answer was lost, it answers with the upload that was made.
    """
    _check_no_length_nor_bytes()
    incident = visible_incident(actor, offer.incident_id or UUID(int=0))
    made = queries.joined_before(actor, ids)
    if made is not None:
        if made.incident_id != incident.id:
            raise Conflict(N_("These parts were joined before, for another incident."), field="incident")
        return _tus(201, made, Location=url_for(".head", upload_id=made.id))
    with ExitStack() as held:
        for one in ids:
            queries.own_upload(actor, one)
            held.enter_context(landing.hold(_settings().intake / str(one)))
        parts = [queries.own_upload(actor, one) for one in ids]
        with transaction():
            upload, paths = receiving.join(
                incident, parts, offer=offer, given=tus.given(request.headers), settings=_settings(), actor=actor
            )
        for path in paths:
            path.unlink(missing_ok=True)
    return _tus(201, upload, Location=url_for(".head", upload_id=upload.id))


def _own(actor: Actor, upload_id: UUID) -> Upload:
    """The actor's own upload; answers that refuse bytes say how long it waits for better ones."""
    upload = queries.own_upload(actor, upload_id)
    if upload.state is UploadState.OPEN:
        g.upload_expires = tus.http_date(upload.expires_at)
    return upload


def _terminate(upload_id: UUID, actor: Actor) -> None:
    with landing.hold(_settings().intake / str(upload_id)), transaction():
        receiving.terminate(upload_id, intake_dir=_settings().intake, actor=actor)


def _take_first(upload_id: UUID, actor: Actor) -> Upload:
    """The bytes that came with the creation. Refused, they end the upload: nobody was told its address."""
    try:
        return _take(upload_id, 0, actor)
    except (DomainError, HTTPException):
        _terminate(upload_id, actor)
        raise


def _take(upload_id: UUID, offset: int, actor: Actor) -> Upload:
    """Streams the request's body to disk, then notes the new offset.

    The session is given back first: a phone may take minutes, and must not hold a database connection meanwhile.
    """
    checksum = tus.checksum(request.headers.get("Upload-Checksum"))
    _check_size()
    upload = _own(actor, upload_id)
    if upload.state is UploadState.RECEIVED:
        return _nothing_more(upload, offset)
    with landing.hold(_settings().intake / str(upload_id)) as file:
        upload = _own(actor, upload_id)  # as it is now that nobody else can write
        if upload.offset != offset or upload.state is UploadState.RECEIVED:
            raise _wrong_offset(upload, offset)
        length = _said_now(upload, actor)
        if length is None and upload.offset == upload.length and not _has_body():
            return upload
        upload, broke_off = _pour(upload, file, checksum, length, actor)
        if broke_off:
            raise tus.BadRequest("The connection broke off.", remedy=f"Go on from byte {upload.offset}.")
    return upload


def _said_now(upload: Upload, actor: Actor) -> int | None:
    """The length, when this request is the one that says it."""
    if request.method == "POST" or "Upload-Length" not in request.headers:
        return None
    length = tus.number("Upload-Length", request.headers.get("Upload-Length"))
    receiving.check_declared(upload, length, settings=_settings(), actor=actor)
    return length if upload.length is None else None


def _pour(
    upload: Upload, file: BinaryIO, checksum: landing.Checksum | None, said: int | None, actor: Actor
) -> tuple[Upload, bool]:
    """The upload as it stands after this request's bytes, and whether the connection broke off under way.

    A length that is `said` now counts from when the bytes are taken: what is refused changes nothing.
    """
    known = upload.length if said is None else said
    limit = _settings().upload_max_bytes if known is None else known
    _check_fits(upload.offset, limit)
    offset, body = upload.offset, Body()
    close_session()
    reached = landing.write(file, body, offset=offset, limit=limit, checksum=checksum)
    with transaction():
        upload = receiving.advance(upload.id, came_from=offset, offset=reached, expires_in=_patience(), actor=actor)
        if said is not None:
            upload = receiving.declare_length(upload.id, said, actor=actor)
    return upload, body.broke_off


def _check_size() -> None:
    """One request may carry so much: less is lost when it breaks off, and no thread is held for hours."""
    if (request.content_length or 0) > _settings().upload_chunk_max_bytes:
        raise _too_much()


def _too_much() -> landing.TooLarge:
    most = _settings().upload_chunk_max_bytes
    return landing.TooLarge(
        phrase("One request may carry at most %(most)s bytes.", most=most),
        remedy=N_("Send the file in several PATCH requests."),
    )


def _check_fits(offset: int, limit: int) -> None:
    announced = request.content_length or 0
    if offset + announced > limit:
        raise landing.TooLarge(
            phrase(
                "The upload has %(limit)s bytes; these would make it %(value)s.", limit=limit, value=offset + announced
            ),
            field="Upload-Length",
            remedy=N_("Start a new upload with the right length."),
        )


def _check_first_bytes(length: int | None) -> None:
    """What comes with a creation is looked at before anything is opened."""
    if not _has_body():
        return
    tus.check_type(request.content_type)
    tus.checksum(request.headers.get("Upload-Checksum"))
    _check_size()
    _check_fits(0, _settings().upload_max_bytes if length is None else length)


def _check_no_length_nor_bytes() -> None:
    for name in ("Upload-Length", "Upload-Defer-Length"):
        if name in request.headers:
            raise tus.BadRequest(
                "An upload joined from parts has their length.", field=name, remedy=f"Leave {name} out."
            )
    if _has_body():
        raise tus.BadRequest("An upload joined from parts takes no bytes.", field="Content-Length")


def _nothing_more(upload: Upload, offset: int) -> Upload:
    """A last PATCH sent again because its answer was lost is fine when it carries nothing new."""
    if offset != upload.offset or _has_body():
        raise _wrong_offset(upload, offset)
    return upload


def _wrong_offset(upload: Upload, offset: int) -> Conflict:
    remedy = phrase("Go on from byte %(offset)s.", offset=upload.offset)
    return Conflict(
        phrase("This upload stands at byte %(offset)s, not %(offset2)s.", offset=upload.offset, offset2=offset),
        field="Upload-Offset",
        remedy=remedy,
    )


def _has_body() -> bool:
    return bool(request.content_length) or "chunked" in request.headers.get("Transfer-Encoding", "").lower()


def _tus(code: int, upload: Upload | None = None, **headers: Any) -> Response:
    response = Response(status=code)
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = str(value)
    if upload is not None:
        response.headers["Upload-Offset"] = str(upload.offset)
        if "Upload-Concat" in upload.given:
            response.headers["Upload-Concat"] = upload.given["Upload-Concat"]
        if upload.state is UploadState.OPEN:
            response.headers["Upload-Expires"] = tus.http_date(upload.expires_at)
    return response


def _patience() -> timedelta:
    return timedelta(hours=_settings().upload_expires_hours)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
