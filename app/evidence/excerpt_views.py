"""Clips and stills of a recording: asked for by who may export, cut by a worker, taken along; each of it an event."""

from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.config import Settings
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import Invalid
from app.core.pages import page
from app.core.permissions import Permission, require
from app.core.storage import store
from app.evidence import excerpts, queries, reasons, service, serving
from app.evidence.forms import ExcerptForm
from app.evidence.models import Evidence, ExcerptKind, ExcerptState

bp = Blueprint("excerpts", __name__)
_UNDER_WAY = (ExcerptState.ASKED, ExcerptState.MAKING)


@bp.route("/evidence/<uuid:evidence_id>/excerpts", methods=["GET", "POST"])
@require(Permission.EVIDENCE_EXPORT)
def index(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What was cut from the recording, and the form to have something cut. The player fills in its seconds."""
    item = queries.visible_evidence(actor, evidence_id)
    if request.method == "POST":
        form = ExcerptForm()
        if form.validate() and _asked(form, item, actor):
            return redirect(url_for(".index", evidence_id=item.id) + "#cut", 303)
        return page("evidence/excerpts.html", status=422, form=form, **_shown(item))
    with transaction():
        service.note_access(item, "item:view", actor=actor, what="excerpts")
    form = ExcerptForm(request.args if "start" in request.args else None)
    return page("evidence/excerpts.html", form=form, **_shown(item))


@bp.get("/evidence/<uuid:evidence_id>/excerpts/made")
@require(Permission.EVIDENCE_EXPORT)
def made(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The fragment that shows how far the cutting is; the page asks again while any is under way."""
    return page("evidence/_excerpts.html", **_shown(queries.visible_evidence(actor, evidence_id)))


@bp.get("/evidence/<uuid:evidence_id>/excerpts/<uuid:excerpt_id>")
@require(Permission.EVIDENCE_EXPORT)
def take(evidence_id: UUID, excerpt_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The clip or still as a file: it leaves the house, with the reason and the case it was cut for."""
    item = queries.visible_evidence(actor, evidence_id)
    excerpt, cut = excerpts.made(item, excerpt_id)
    with transaction():
        excerpts.note_download(excerpt, cut, item, actor=actor)
    settings: Settings = current_app.config["SETTINGS"]
    return serving.content(
        store(settings),
        cut.storage_key,
        size=cut.size,
        sha256=cut.sha256,
        media_type=cut.media_type,
        span=None,
        download_as=excerpts.name_of(excerpt, item, PurePosixPath(cut.storage_key).suffix),
    )


def _asked(form: ExcerptForm, item: Evidence, actor: Actor) -> bool:
    """Whether it was asked for; otherwise the field that was wrong says so."""
    kind = ExcerptKind(form.kind.data)
    try:
        start = excerpts.seconds(form.start.data, field="start")
        end = excerpts.seconds(form.end.data or "", field="end") if kind is ExcerptKind.CLIP else start
        given = reasons.reason(form.reason.data, form.case.data)
        with transaction():
            excerpts.ask(item, kind=kind, start_s=start, end_s=end, reason=given, actor=actor)
    except Invalid as error:
        form[error.field].errors = [*form[error.field].errors, f"{error.message} {error.remedy}".strip()]
        return False
    return True


def _shown(item: Evidence) -> dict[str, Any]:
    cut = excerpts.of_item(item)
    return {"item": item, "cut": cut, "under_way": any(one.state in _UNDER_WAY for one in cut)}
