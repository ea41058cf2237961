"""The custody of one item, page by page and on paper; why an original is taken; exports of an incident's items."""

from datetime import datetime
from uuid import UUID

import flask
from flask import Blueprint, Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from app.config import Settings
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import transaction
from app.core.errors import DomainError, Invalid
from app.core.keys import Signer, signer
from app.core.ledger import checkpoints
from app.core.pages import page
from app.core.permissions import Permission, require
from app.core.storage import store
from app.core.verifier import sha256_hex
from app.evidence import custody, exports, queries, reasons, service, words
from app.evidence.forms import ExportForm, ReasonForm
from app.evidence.models import Evidence
from app.evidence.names import attachment
from app.incidents import queries as incidents

bp = Blueprint("custody", __name__)


@bp.get("/evidence/<uuid:evidence_id>/custody")
@require(Permission.EVIDENCE_READ)
def show(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Everything that was done with the item, in plain words, each event with the state of its proof."""
    item = queries.visible_evidence(actor, evidence_id)
    with transaction():
        service.note_access(item, "custody:view", actor=actor)
    number = max(request.args.get("page", 1, type=int), 1)
    act = request.args.get("act", "")
    found = custody.page(item, actor=actor, act=act, number=number)
    pages = max(-(-found.total // custody.PAGE), 1)
    return page(
        "evidence/custody.html",
        item=item,
        found=found,
        act=act,
        number=number,
        pages=pages,
        url_of=lambda wanted: url_for(".show", evidence_id=item.id, page=wanted, act=act or None),
        zone=now().astimezone().tzname() or "UTC",
        station=_station,
        act_words=words.act_words,
        words_of=words.words_of,
        detail_words=words.detail_words,
    )


@bp.get("/evidence/<uuid:evidence_id>/custody.csv")
@require(Permission.EVIDENCE_READ)
def as_csv(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The custody for a spreadsheet. Taking it away is part of it."""
    item = queries.visible_evidence(actor, evidence_id)
    content = custody.as_csv(custody.trail(item, actor=actor)).encode()
    return _taken(item, content, "csv", "text/csv; charset=utf-8", actor)


@bp.get("/evidence/<uuid:evidence_id>/custody.pdf")
@require(Permission.EVIDENCE_READ)
def as_pdf(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The custody on paper, with the checkpoint that covers it. Taking it away is part of it."""
    item = queries.visible_evidence(actor, evidence_id)
    with transaction():
        point = checkpoints.sign(_signer())
    content = custody.as_pdf(item, custody.trail(item, actor=actor), point)
    return _taken(item, content, "pdf", "application/pdf", actor)


@bp.get("/evidence/<uuid:evidence_id>/original/why")
@require(Permission.EVIDENCE_READ)
def why(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Asks somebody who was not assigned what the original is for, before they get it (E4)."""
    item = queries.visible_evidence(actor, evidence_id)
    form = ReasonForm(request.args, meta={"csrf": False})
    if request.args and form.validate():
        try:
            given = reasons.reason(form.reason.data, form.case.data)
        except Invalid as error:
            form[error.field].errors = [f"{error.message} {error.remedy}"]
        else:
            where = url_for("evidence.original", evidence_id=item.id, reason=given.code.value, case=given.case)
            return flask.redirect(where, 303)
    return page("evidence/why.html", status=422 if form.errors else 200, item=item, form=form)


@bp.route("/incidents/<uuid:incident_id>/export", methods=["GET", "POST"])
@require(Permission.EVIDENCE_EXPORT)
def export(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Chosen items with custody, proofs and the program that checks them, as one file that anyone can check (E5)."""
    incident = incidents.visible_incident(actor, incident_id)
    items = queries.sealed_of(actor, incident.id)
    form = ExportForm()
    form.items.choices = [SelectChoice(str(item.id), item.title) for item in items]
    if request.method == "GET":
        form.items.data = [str(item.id) for item in items]
    elif form.validate():
        try:
            return _exported(form, incident.number, actor)
        except DomainError as error:
            field = form[error.field] if error.field in form else form.items  # noqa: SIM401 (a form has no get)
            field.errors = [*field.errors, f"{error.message} {error.remedy}".strip()]
    status = 422 if form.errors else 200
    return page("evidence/export.html", status=status, incident=incident, items=items, form=form)


def _exported(form: ExportForm, number: str, actor: Actor) -> ResponseReturnValue:
    given = reasons.reason(form.reason.data, form.case.data)
    chosen = [UUID(one) for one in form.items.data]
    with transaction():
        packed = exports.pack(chosen, signer=_signer(), actor=actor, reason=given)
    answer = Response(exports.stream(packed, objects=store(_settings())), mimetype="application/zip")
    return _guarded(answer, f"export-{number}-{packed.point.size}.zip")


def _taken(item: Evidence, content: bytes, kind: str, media_type: str, actor: Actor) -> ResponseReturnValue:
    with transaction():
        service.note_access(
            item, "custody:download", actor=actor, format=kind, sha256=sha256_hex(content), bytes_out=len(content)
        )
    return _guarded(Response(content, mimetype=None, content_type=media_type), f"custody-{item.id}.{kind}")


def _guarded(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = attachment(name)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _station(moment: datetime) -> str:
    """A time as the station's own clock showed it."""
    return f"{moment.astimezone():%d %b %Y, %H:%M:%S}"


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _signer() -> Signer:
    return signer(_settings(), used=checkpoints.any_signed)
