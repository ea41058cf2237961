"""The incident's page, the heart of the product, and the list that leads to it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import filters
from app.analysis import queries as analysis
from app.analysis.languages import LANGUAGES
from app.analysis.tags import queries as tags_queries
from app.core import ledger
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import NotFound
from app.core.pages import page
from app.core.permissions import Permission, require
from app.desk import queries
from app.desk.words import in_words
from app.evidence.models import Evidence, EvidenceState
from app.evidence.retention import queries as retention
from app.incidents import queries as incidents
from app.incidents.forms import AssignForm, FilterForm, OffenceForm, ParticipantForm
from app.incidents.models import Incident, IncidentState
from app.reports.models import Report

bp = Blueprint("desk", __name__)


@bp.get("/incidents")
@require(Permission.INCIDENT_READ)
def index(actor: Actor) -> ResponseReturnValue:
    """The incidents the actor may see, newest first, narrowed by the form above them."""
    if not request.args and (usual := filters.usual(actor, "incidents")):
        return redirect(usual, 303)
    form = FilterForm(request.args)
    if not form.validate():
        return page("desk/index.html", status=422, form=form, incidents=[], glances={}, next_url="", first_url="")
    found = incidents.page(actor, form.filters(), request.args.get("cursor", ""))
    narrowed: dict[str, Any] = {name: value for name, value in request.args.items() if name in form and value}
    return page(
        "desk/index.html",
        form=form,
        incidents=found.incidents,
        glances=queries.glances([incident.id for incident in found.incidents]),
        narrowed=narrowed,
        first_url=url_for(".index", **narrowed) if request.args.get("cursor") else "",
        next_url=url_for(".index", cursor=found.next_cursor, **narrowed) if found.next_cursor else "",
        may_open=actor.may(Permission.INCIDENT_WRITE),
        saved=filters.beside(actor, "incidents", request.args.items()),
    )


@bp.get("/incidents/<uuid:incident_id>")
@require(Permission.INCIDENT_READ)
def show(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Everything about one incident around the recording chosen by `?evidence=`. Opening a recording is an event."""
    incident = incidents.whole_incident(actor, incident_id)
    items = queries.items(incident.id)
    chosen = _chosen(items, request.args.get("evidence", ""))
    steps = analysis.steps_of([item.id for item in items])
    report = queries.report_of(actor, incident.id)
    context = {
        "incident": incident,
        "items": items,
        "chosen": chosen,
        "steps": steps,
        "said": _said(chosen),
        "report": report,
        "trail": queries.trail(actor, incident.id),
        "kept": retention.glance(incident.id),
        **_hands(incident, actor),
    }
    _opened(chosen, report, incident, actor)
    return page("desk/show.html", **context)


@dataclass(frozen=True, slots=True)
class Said:
    """What machines made of the chosen recording."""

    transcript: Any = None
    tags: Any = ()
    mentions: Any = ()
    thrown_out: Any = ()


def _said(item: Evidence | None) -> Said:
    if item is None or item.state is not EvidenceState.SEALED:
        return Said()
    tags, thrown_out = tags_queries.seen(item.id)
    return Said(analysis.transcript_of(item.id), tags, analysis.mentions_of(item.id), thrown_out)


def _chosen(items: list[Evidence], wanted: str) -> Evidence | None:
    """The item asked for, or the first that can be played, or the first at all."""
    if wanted:
        for item in items:
            if str(item.id) == wanted:
                return item
        raise NotFound("There is no such recording in this incident.")
    for item in items:
        if item.playable:
            return item
    return items[0] if items else None


def _hands(incident: Incident, actor: Actor) -> dict[str, Any]:
    """What the actor may do here, and the forms to do it with."""
    may_write = actor.may(Permission.INCIDENT_WRITE)
    is_open = incident.state is IncidentState.OPEN
    return {
        "may_write": may_write,
        "may_add": may_write and is_open,
        "may_send": actor.may(Permission.EVIDENCE_ADD) and is_open,
        "may_export": actor.may(Permission.EVIDENCE_EXPORT),
        "may_hold": actor.may(Permission.HOLD_MANAGE),
        "may_clock": actor.may(Permission.RELEASE_CLOCK),
        "may_retry": actor.may(Permission.ANALYSIS_RETRY),
        "languages": LANGUAGES,
        "participant_form": ParticipantForm(formdata=None),
        "offence_form": OffenceForm(formdata=None),
        "assign_form": AssignForm(formdata=None),
        "in_words": in_words,
    }


def _opened(item: Evidence | None, report: Report | None, incident: Incident, actor: Actor) -> None:
    """One event for what was laid open: the recording, and with it the report beside it; or the bare incident."""
    shown = item or report or incident
    kind = "evidence" if item else "report" if report else "incident"
    act = {"evidence": "evidence:item:view", "report": "reports:report:view"}.get(kind, "incidents:incident:view")
    details = {"what": "desk"} if report is None else {"what": "desk", "report_id": report.id}
    with transaction():
        ledger.record(act, actor=actor, subject_kind=kind, subject_id=shown.id, incident_id=incident.id, **details)
