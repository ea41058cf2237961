"""How an upload fares, its receipt, items as JSON, and what others check by: the key and the checkpoint."""

from uuid import UUID

from flask import Blueprint, current_app, url_for
from flask.typing import ResponseReturnValue

from app.config import Settings
from app.core.actor import Actor
from app.core.api import answer, contract
from app.core.db import transaction
from app.core.errors import Absent, Conflict
from app.core.keys import signer
from app.core.languages import in_every_language
from app.core.ledger import checkpoints
from app.core.permissions import Permission, require
from app.evidence import exports, queries, schemas, service, serving

bp = Blueprint("evidence_api", __name__, url_prefix="/api/v1")


@bp.get("/uploads/<uuid:upload_id>/status")
@require(Permission.EVIDENCE_ADD)
@contract(schemas.UploadStatus, refusals=(410,))
@in_every_language
def status(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    """How the upload fares, to its last stage: sealed, quarantined or terminated."""
    upload = queries.own_upload(actor, upload_id, over_too=True)
    item = queries.arrived(upload)
    url = url_for("evidence.show", evidence_id=item.id) if item else ""
    return answer(schemas.upload_status(upload, item, url, url_for(".receipt", upload_id=upload.id)))


@bp.get("/uploads/<uuid:upload_id>/receipt")
@require(Permission.EVIDENCE_ADD)
@contract("text/plain", refusals=(409, 410))
@in_every_language
def receipt(upload_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A signed note of what arrived, to keep and to check offline (`blotter verify-receipt`)."""
    item = queries.arrived(queries.own_upload(actor, upload_id, over_too=True))
    if item is None:
        raise Conflict("The upload is not whole yet: its receipt comes when it is.")
    note = exports.receipt(item, signer=signer(_settings(), used=checkpoints.any_signed))
    return serving.note(note, f"receipt-{item.id}.txt")


@bp.get("/key")
@require(Permission.PUBLIC)
@contract("text/plain")
def public_key() -> ResponseReturnValue:
    """The agency's public key, by which receipts, checkpoints and exports are checked."""
    return serving.note(str(signer(_settings(), used=checkpoints.any_signed).key) + "\n")


@bp.get("/checkpoint")
@require(Permission.PUBLIC)
@contract("text/plain", refusals=(404,))
def checkpoint() -> ResponseReturnValue:
    """The latest signed checkpoint (C2SP tlog-checkpoint). It says how many events there are, and nothing of them."""
    point = checkpoints.latest()
    if point is None:
        raise Absent("No checkpoint has been signed yet.")
    return serving.note(point.note)


@bp.get("/evidence/<uuid:evidence_id>")
@require(Permission.EVIDENCE_READ)
@contract(schemas.EvidenceCard)
def item(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One item, with its receipt."""
    found = queries.visible_evidence(actor, evidence_id)
    with transaction():
        service.note_access(found, "item:view", actor=actor, door="api")
    return answer(schemas.evidence_card(found, url_for("evidence.show", evidence_id=found.id)))


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
