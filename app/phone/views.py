"""The phone's page, the quick new incident, and what makes the page installable."""

from pathlib import Path
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from app.config import Settings
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import transaction
from app.core.pages import page
from app.core.permissions import Permission, require
from app.incidents.models import IncidentKind
from app.incidents.service import open_incident
from app.phone import queries
from app.phone.forms import QuickIncidentForm

bp = Blueprint("phone", __name__)


@bp.get("/phone")
@require(Permission.EVIDENCE_ADD)
def show(actor: Actor) -> ResponseReturnValue:
    """Choose an incident, capture or choose files, send, watch them arrive."""
    return _page(actor, QuickIncidentForm(formdata=None), chosen=_asked_for())


@bp.post("/phone/incidents")
@require(Permission.INCIDENT_WRITE)
def open_quickly(actor: Actor) -> ResponseReturnValue:
    """Opens an incident that happens now, and offers it as the one to send to."""
    form = QuickIncidentForm()
    if not form.validate():
        return _page(actor, form, status=422)
    with transaction():
        incident = open_incident(
            kind=IncidentKind(form.kind.data), occurred_at=now(), place=form.place.data or "", actor=actor
        )
    return redirect(url_for(".show", incident=incident.id), 303)


@bp.get("/manifest.webmanifest")
@require(Permission.PUBLIC)
def manifest() -> ResponseReturnValue:
    """What a browser reads before it offers to install."""
    return _static("manifest.webmanifest", "application/manifest+json")


@bp.get("/sw.js")
@require(Permission.PUBLIC)
def service_worker() -> ResponseReturnValue:
    """The service worker, at the root because its reach is its folder. It keeps static files, never evidence."""
    return _static("sw.js", "text/javascript")


def _page(
    actor: Actor, form: QuickIncidentForm, *, chosen: UUID | None = None, status: int = 200
) -> ResponseReturnValue:
    settings: Settings = current_app.config["SETTINGS"]
    found = queries.offered(actor, chosen=chosen)
    theirs = {incident.id for incident in found}
    return page(
        "phone/show.html",
        status=status,
        form=form,
        incidents=[(incident.id, queries.label(incident)) for incident in found],
        chosen=chosen if chosen in theirs else (found[0].id if len(found) == 1 else ""),
        max_bytes=settings.upload_max_bytes,
        status_url=url_for("evidence_api.status", upload_id=UUID(int=0)).replace(str(UUID(int=0)), "{id}"),
    )


def _asked_for() -> UUID | None:
    """`?incident=` when it is an id; anything else chooses nothing."""
    try:
        return UUID(request.args.get("incident", ""))
    except ValueError:
        return None


def _static(name: str, media_type: str) -> Response:
    folder = Path(current_app.static_folder or "")
    response = send_from_directory(folder, name, mimetype=media_type)
    response.headers["Cache-Control"] = "no-cache"
    return response
