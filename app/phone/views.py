"""The phone's pages, the quick new incident, and what makes the page installable."""

import json
from pathlib import Path
from uuid import UUID

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import lan
from app.config import Settings
from app.core import languages, statics
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import transaction
from app.core.errors import NotFound
from app.core.languages import TAGS, in_every_language, spoken
from app.core.pages import page
from app.core.permissions import Permission, require
from app.evidence.retention import queries as retention
from app.incidents.models import IncidentKind
from app.incidents.service import open_incident
from app.phone import queries
from app.phone.forms import QuickIncidentForm

bp = Blueprint("phone", __name__)


@bp.get("/phone")
@require(Permission.EVIDENCE_ADD)
@in_every_language
def show(actor: Actor) -> ResponseReturnValue:
    """Choose an incident, capture or choose files, send, watch them arrive."""
    return _page(actor, QuickIncidentForm(formdata=None), chosen=_asked_for())


@bp.post("/phone/incidents")
@require(Permission.INCIDENT_WRITE)
@in_every_language
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


@bp.get("/phone/reports")
@require(Permission.REPORT_WRITE)
@in_every_language
def my_reports(actor: Actor) -> ResponseReturnValue:
    """One's own reports that are not filed: returned ones first, then drafts to correct and sign."""
    return page("phone/reports.html", reports=queries.my_reports(actor), here="reports")


@bp.get("/phone/shell")
@require(Permission.PUBLIC)
@in_every_language
def shell() -> ResponseReturnValue:
    """The phone's page without anybody's data and without a session: what a phone shows while there is no network."""
    settings: Settings = current_app.config["SETTINGS"]
    _in_the_language_asked_for()
    return Response(
        render_template("phone/shell.html", max_bytes=settings.upload_max_bytes, actor=None, offline=True, here="send"),
        headers={"Cache-Control": "no-cache"},
    )


@bp.get("/phone/offline")
@require(Permission.PUBLIC)
@in_every_language
def offline() -> ResponseReturnValue:
    """What every other page is while nobody answers; kept on the phone like the shell."""
    _in_the_language_asked_for()
    return Response(render_template("phone/offline.html", actor=None), headers={"Cache-Control": "no-cache"})


@bp.get("/lan.crt")
@require(Permission.PUBLIC)
def lan_certificate() -> ResponseReturnValue:
    """The certificate to trust on a phone, where the station serves the local network (`make run LAN=1`)."""
    settings: Settings = current_app.config["SETTINGS"]
    if not lan.root_file(settings.home).is_file():
        raise NotFound("This station has no certificate of its own.")
    return Response(lan.root_file(settings.home).read_bytes(), mimetype="application/x-x509-ca-cert")


@bp.get("/manifest.webmanifest")
@require(Permission.PUBLIC)
@in_every_language
def manifest() -> ResponseReturnValue:
    """What a browser reads before it offers to install."""
    said = json.loads(Path(current_app.static_folder or "", "manifest.webmanifest").read_text())
    said |= {"lang": TAGS[spoken()], "description": gettext("Send recordings to the record.")}
    text = statics.released(current_app, json.dumps(said))
    return Response(text, mimetype="application/manifest+json", headers={"Cache-Control": "no-cache"})


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
        categories=[(one.code, one.name) for one in retention.in_use()],
        here="send",
    )


def _asked_for() -> UUID | None:
    """`?incident=` when it is an id; anything else chooses nothing."""
    try:
        return UUID(request.args.get("incident", ""))
    except ValueError:
        return None


def _in_the_language_asked_for() -> None:
    """`?language=` by the tag of <html lang>: a phone keeps these pages in each, whoever signs in later."""
    codes = {tag: code for code, tag in languages.TAGS.items()}
    if request.args.get("language", "") in codes:
        languages.meet(codes[request.args["language"]])


def _static(name: str, media_type: str) -> Response:
    """A file that must stand at an address of its own; what it names is of this release, so that it changes with it."""
    text = (Path(current_app.static_folder or "") / name).read_text()
    response = Response(statics.released(current_app, text), mimetype=media_type, headers={"Cache-Control": "no-cache"})
    response.add_etag()
    response.make_conditional(request)
    return response
