"""The page of an item, and its bytes: played, downloaded, or looked at, each of them an event."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.config import Settings
from app.core.actor import Actor
from app.core.db import session, transaction
from app.core.errors import Absent, Conflict, Invalid, wants_json
from app.core.keys import signer
from app.core.ledger import checkpoints
from app.core.pages import page
from app.core.permissions import Permission, require
from app.core.storage import ObjectStore, store
from app.evidence import exports, fixity, found, queries, reasons, service, serving, stills, words
from app.evidence.landing import Gone
from app.evidence.models import Evidence, EvidenceState, MediaKind, Rendition, Upload
from app.evidence.ranges import Span, Unsatisfiable
from app.evidence.reasons import Reason
from app.evidence.retention import queries as retention
from app.evidence.retention.explaining import explain
from app.evidence.retention.standing import standing

bp = Blueprint("evidence", __name__)
LATEST = 10
_FIRST_SIGHT = "item:view"
_ENDLESS_S = 1_000_000.0


@bp.get("/evidence/<uuid:evidence_id>")
@require(Permission.EVIDENCE_READ)
def show(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What the item is, its hashes, its working copies, and everything that was done with it."""
    item = queries.visible_evidence(actor, evidence_id)
    upload = session().get_one(Upload, item.upload_id)
    with transaction():
        service.note_access(item, "item:view", actor=actor, door="page")
    return page(
        "evidence/show.html",
        item=item,
        upload=upload,
        clock=words.clock(upload.clock_offset_s),
        position=words.position(upload.position),
        decided=exports.decided(item),
        compared=words.compared(item),
        trail=queries.latest_events(actor, item, LATEST),
        may_export=actor.may(Permission.EVIDENCE_EXPORT),
        kept=words.kept(item),
        second=words.second_hash(item),
        found=found.in_file(item),
        text=found.text_of(item, _objects()),
        stored=fixity.of_item(item),
        act_words=words.act_words,
        detail_words=words.detail_words,
        **_retention(item, actor),
    )


@bp.get("/evidence/<uuid:evidence_id>/receipt")
@require(Permission.EVIDENCE_READ)
def receipt(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The signed receipt of the item, as its sender's phone was given it."""
    item = queries.visible_evidence(actor, evidence_id)
    settings: Settings = current_app.config["SETTINGS"]
    note = exports.receipt(item, signer=signer(settings, used=checkpoints.any_signed))
    with transaction():
        service.note_access(item, "receipt:download", actor=actor, bytes_out=len(note.encode()))
    return serving.note(note, f"receipt-{item.id}.txt")


def _retention(item: Evidence, actor: Actor) -> dict[str, Any]:
    """How long the item is kept and why, and what the actor may do about it."""
    buried = retention.tombstone(item.id)
    return {
        "tombstone": buried,
        "objects": retention.objects_of(item.id) if buried else [],
        "explained": None if buried else explain(standing(item.id)),
        "holds": retention.holds_on(item.incident_id, item.id),
        "may_categorise": actor.may(Permission.EVIDENCE_CATEGORISE) and not buried,
        "may_hold": actor.may(Permission.HOLD_MANAGE) and not buried,
        "may_let_go": actor.may(Permission.RETENTION_MANAGE) and not buried,
    }


@bp.get("/evidence/<uuid:evidence_id>/media")
@require(Permission.EVIDENCE_READ)
def media(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What a player plays: the working copy when there is one, the original otherwise."""
    item = _sealed(actor, evidence_id)
    proxy = queries.rendition(item, "proxy")
    if proxy is not None:
        return _send(item, proxy, "item:play", actor)
    return _send_original(item, "item:play" if item.playable else _FIRST_SIGHT, actor)


@bp.get("/evidence/<uuid:evidence_id>/original")
@require(Permission.EVIDENCE_READ)
def original(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The sealed original, byte for byte, under the name it came with. Who was not assigned says why (E4)."""
    item = _sealed(actor, evidence_id)
    why = None
    if not reasons.is_assigned(item, actor):
        if "reason" not in request.args and not wants_json():
            return redirect(url_for("custody.why", evidence_id=item.id), 303)
        why = reasons.reason(request.args.get("reason", ""), request.args.get("case", ""))
    return _send_original(item, "item:download", actor, download_as=item.original_name, reason=why)


@bp.get("/evidence/<uuid:evidence_id>/poster")
@require(Permission.EVIDENCE_READ)
def poster(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A still of it: of a video its poster, of a photograph its thumbnail."""
    item = _sealed(actor, evidence_id)
    still = queries.rendition(item, "poster") or queries.rendition(item, "thumbnail")
    if still is None:
        raise Absent("No still has been made of this item.")
    return _send(item, still, _FIRST_SIGHT, actor)


@bp.get("/evidence/<uuid:evidence_id>/peaks")
@require(Permission.EVIDENCE_READ)
def peaks(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """How loud it is over time, as JSON, for the player's waveform."""
    item = _sealed(actor, evidence_id)
    made = queries.rendition(item, "peaks")
    if made is None:
        raise Absent("No waveform has been drawn of this item.")
    _note(item, _FIRST_SIGHT, None, actor, what="peaks", size=made.size)
    with _objects().local_path(made.storage_key) as path:
        response = current_app.response_class(path.read_bytes(), mimetype="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/evidence/<uuid:evidence_id>/stream/<name>")
@require(Permission.EVIDENCE_READ)
def stream(evidence_id: UUID, name: str, actor: Actor) -> ResponseReturnValue:
    """The adaptive stream: its lists, and the one file of each rung, of which players ask for ranges."""
    return _part(evidence_id, f"stream/{name}", "item:play", actor)


@bp.get("/evidence/<uuid:evidence_id>/storyboard/<name>")
@require(Permission.EVIDENCE_READ)
def storyboard(evidence_id: UUID, name: str, actor: Actor) -> ResponseReturnValue:
    """Small pictures of a recording on a few sheets, and the list of which is of which seconds."""
    return _part(evidence_id, f"storyboard/{name}", _FIRST_SIGHT, actor)


@bp.get("/evidence/<uuid:evidence_id>/moment.jpg")
@require(Permission.EVIDENCE_READ)
def moment(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One small picture of it: what it shows at second `at`."""
    item = _sealed(actor, evidence_id)
    second = request.args.get("at", type=float)
    if second is None or not 0 <= second < _ENDLESS_S:
        raise Invalid("This is no second of a recording.", field="at", remedy="Give seconds from its start, as 12.5.")
    try:
        picture = stills.at(item, second, read=lambda made: serving.whole(_objects(), made.storage_key))
    except OSError as error:  # what Pillow raises for bytes that are no picture
        raise serving.damaged(f"the storyboard of {item.id}", error) from error
    _note(item, _FIRST_SIGHT, None, actor, what="storyboard", size=len(picture), one_of_many=True)
    return serving.picture(picture)


def _part(evidence_id: UUID, kind: str, act: str, actor: Actor) -> ResponseReturnValue:
    """One of the many pieces a player asks for: together they leave one event, not one each."""
    item = _sealed(actor, evidence_id)
    made = queries.rendition(item, kind)
    if made is None:
        raise Absent("No such part has been made of this item.")
    return _send(item, made, act, actor, one_of_many=True)


def _sealed(actor: Actor, evidence_id: UUID) -> Evidence:
    item = queries.visible_evidence(actor, evidence_id)
    if item.state is EvidenceState.PURGED:
        raise Gone("This recording was deleted when its time was over.", remedy="Its page says by which rule and when.")
    if item.state is not EvidenceState.SEALED:
        raise Conflict(f"This item is {item.state.value}: only sealed items can be opened.")
    return item


def _send_original(
    item: Evidence, act: str, actor: Actor, *, download_as: str = "", reason: Reason | None = None
) -> ResponseReturnValue:
    try:
        span = serving.asked_span(size=item.size, sha256=item.sha256)
    except Unsatisfiable:
        return serving.unsatisfiable(size=item.size, sha256=item.sha256)
    _note(item, act, span, actor, what="original", reason=reason, size=item.size)
    name = download_as or item.original_name
    as_file = download_as or (name if item.media_kind in (None, MediaKind.DOCUMENT, MediaKind.OTHER) else "")
    return serving.content(
        _objects(),
        item.storage_key,
        size=item.size,
        sha256=item.sha256,
        media_type=item.media_type,
        span=span,
        download_as=as_file,
    )


def _send(item: Evidence, made: Rendition, act: str, actor: Actor, *, one_of_many: bool = False) -> ResponseReturnValue:
    try:
        span = serving.asked_span(size=made.size, sha256=made.sha256)
    except Unsatisfiable:
        return serving.unsatisfiable(size=made.size, sha256=made.sha256)
    _note(item, act, span, actor, what=made.kind.partition("/")[0], size=made.size, one_of_many=one_of_many)
    return serving.content(
        _objects(), made.storage_key, size=made.size, sha256=made.sha256, media_type=made.media_type, span=span
    )


def _note(
    item: Evidence,
    act: str,
    span: Span | None,
    actor: Actor,
    *,
    what: str,
    size: int,
    reason: Reason | None = None,
    one_of_many: bool = False,
) -> None:
    """One event a play or download, not one a range: the request for the first byte leaves it.

    A request that begins elsewhere leaves one too, unless the same person in the same session did the same lately;
    so does a piece that is `one_of_many`, and a still or a waveform, unless any look at the item is on record.
    """
    if request.method == "HEAD":
        return  # no byte of it is shown
    still = act == _FIRST_SIGHT
    goes_on = still or one_of_many or (span is not None and span.start > 0)
    acts = service.LOOKING if still else (f"evidence:{act}",)
    if goes_on and queries.has_looked(actor, item, acts, within=service.ONE_LOOK):
        return
    with transaction():
        service.note_access(
            item,
            act,
            actor=actor,
            reason=reason,
            what=what,
            sha256=item.sha256,
            start=span.start if span else 0,
            bytes_out=span.length if span else size,
        )


def _objects() -> ObjectStore:
    settings: Settings = current_app.config["SETTINGS"]
    return store(settings)
