"""Pages that open an incident and change who and what is in it. The incident's own page is the desk's."""

from typing import TypeVar
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.accounts import queries as accounts
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session, transaction
from app.core.errors import DomainError, NotFound
from app.core.pages import page
from app.core.permissions import Permission, require
from app.incidents import queries, service
from app.incidents.forms import AssignForm, IncidentForm, OffenceForm, ParticipantForm, station_zone
from app.incidents.models import Incident, IncidentKind, Offence, Part, Participant

bp = Blueprint("incidents", __name__)
Row = TypeVar("Row", Participant, Offence)


@bp.get("/incidents/new")
@require(Permission.INCIDENT_WRITE)
def new(actor: Actor) -> ResponseReturnValue:
    """The form for a new incident."""
    form = IncidentForm()
    form.occurred_at.data = now().astimezone()
    return page("incidents/new.html", form=form, zone=station_zone())


@bp.post("/incidents/new")
@require(Permission.INCIDENT_WRITE)
def create(actor: Actor) -> ResponseReturnValue:
    """Opens an incident and shows it."""
    form = IncidentForm()
    if form.validate():
        try:
            with transaction():
                incident = service.open_incident(
                    kind=IncidentKind(form.kind.data),
                    occurred_at=form.moment(),
                    place=form.place.data or "",
                    title=form.title.data or "",
                    actor=actor,
                )
            flash(f"Incident {incident.number} is open.", "done")
            return _to(incident)
        except DomainError as error:
            _beside_the_field(form, error)
    return page("incidents/new.html", status=422, form=form, zone=station_zone())


@bp.route("/incidents/<uuid:incident_id>/participants", methods=["GET", "POST"])
@require(Permission.INCIDENT_WRITE)
def participants(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Names a person."""
    incident = queries.visible_incident(actor, incident_id)
    form = ParticipantForm()
    if request.method == "GET":
        return page("incidents/participant.html", incident=incident, form=form)
    if form.validate():
        try:
            with transaction():
                service.add_participant(
                    incident,
                    part=Part(form.part.data),
                    name=form.name.data,
                    date_of_birth=form.date_of_birth.data,
                    note=form.note.data or "",
                    mention_id=UUID(form.mention_id.data) if form.mention_id.data else None,
                    actor=actor,
                )
            return _to(incident, "people")
        except DomainError as error:
            _beside_the_field(form, error)
    return page("incidents/participant.html", status=422, incident=incident, form=form)


@bp.post("/incidents/<uuid:incident_id>/participants/<uuid:participant_id>/remove")
@require(Permission.INCIDENT_WRITE)
def remove_participant(incident_id: UUID, participant_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes out a person entered by mistake."""
    incident = queries.visible_incident(actor, incident_id)
    person = _of(incident, Participant, participant_id)
    with transaction():
        service.remove_participant(incident, participant=person, actor=actor)
    return _to(incident, "people")


@bp.route("/incidents/<uuid:incident_id>/offences", methods=["GET", "POST"])
@require(Permission.INCIDENT_WRITE)
def offences(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Notes what is alleged."""
    incident = queries.visible_incident(actor, incident_id)
    form = OffenceForm()
    if request.method == "GET":
        return page("incidents/offence.html", incident=incident, form=form)
    if form.validate():
        try:
            with transaction():
                service.add_offence(incident, description=form.description.data, code=form.code.data or "", actor=actor)
            return _to(incident, "people")
        except DomainError as error:
            _beside_the_field(form, error)
    return page("incidents/offence.html", status=422, incident=incident, form=form)


@bp.post("/incidents/<uuid:incident_id>/offences/<uuid:offence_id>/remove")
@require(Permission.INCIDENT_WRITE)
def remove_offence(incident_id: UUID, offence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes out an offence entered by mistake."""
    incident = queries.visible_incident(actor, incident_id)
    offence = _of(incident, Offence, offence_id)
    with transaction():
        service.remove_offence(incident, offence=offence, actor=actor)
    return _to(incident, "people")


@bp.route("/incidents/<uuid:incident_id>/assignments", methods=["GET", "POST"])
@require(Permission.INCIDENT_WRITE)
def assignments(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Puts an officer on the incident, by badge."""
    incident = queries.visible_incident(actor, incident_id)
    form = AssignForm()
    if request.method == "GET":
        return page("incidents/assign.html", incident=incident, form=form)
    if form.validate():
        officer = accounts.by_badge(form.badge.data.strip())
        try:
            if officer is None:
                raise NotFound("Nobody has this badge.", field="badge")
            with transaction():
                service.assign(incident, officer=officer, actor=actor)
            flash(f"{officer.title} works on this incident now.", "done")
            return _to(incident, "people")
        except DomainError as error:
            _beside_the_field(form, error)
    return page("incidents/assign.html", status=422, incident=incident, form=form)


@bp.post("/incidents/<uuid:incident_id>/assignments/<uuid:officer_id>/remove")
@require(Permission.INCIDENT_WRITE)
def unassign(incident_id: UUID, officer_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes an officer off the incident. Who takes themselves off may see it no more, and is sent to the list."""
    incident = queries.visible_incident(actor, incident_id)
    officer = accounts.officer(officer_id)
    with transaction():
        service.unassign(incident, officer=officer, actor=actor)
    if officer_id == actor.officer_id:
        return redirect(url_for("desk.index"), 303)
    return _to(incident, "people")


@bp.post("/incidents/<uuid:incident_id>/close")
@require(Permission.INCIDENT_WRITE)
def close(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Closes the incident."""
    incident = queries.visible_incident(actor, incident_id)
    with transaction():
        service.close(incident, actor=actor)
    return _to(incident)


@bp.post("/incidents/<uuid:incident_id>/reopen")
@require(Permission.INCIDENT_WRITE)
def reopen(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Opens the incident again."""
    incident = queries.visible_incident(actor, incident_id)
    with transaction():
        service.reopen(incident, actor=actor)
    return _to(incident)


def _of(incident: Incident, kind: type[Row], row_id: UUID) -> Row:
    row = session().get(kind, row_id)
    if row is None or row.incident_id != incident.id:
        raise NotFound("There is no such entry in this incident.")
    return row


def _to(incident: Incident, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("desk.show", incident_id=incident.id, _anchor=anchor), 303)


def _beside_the_field(form: FlaskForm, error: DomainError) -> None:
    field = form[error.field] if error.field in form else next(iter(form))
    field.errors = [*field.errors, " ".join(filter(None, (error.message, error.remedy)))]
