"""What people do at one item or incident: categories, holds, letting go, the release clock."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict
from wtforms import SelectChoice

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import transaction
from app.core.errors import DomainError, NotFound
from app.core.pages import page
from app.core.permissions import Permission, require
from app.evidence import queries as evidence
from app.evidence.models import Evidence
from app.evidence.retention import categories, critical, holds, queries, queue
from app.evidence.retention.forms import ChoiceForm, CriticalForm, EndForm, HoldForm, ReasonForm
from app.evidence.retention.models import Category, CriticalIncident, HoldReason
from app.evidence.retention.views import beside_the_field
from app.incidents import queries as incidents
from app.incidents.forms import station_zone
from app.incidents.models import Incident

bp = Blueprint("holding", __name__)


@bp.route("/evidence/<uuid:evidence_id>/categories", methods=["GET", "POST"])
@require(Permission.EVIDENCE_CATEGORISE)
def categorise(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Which categories an item has; a kind of call suggests one."""
    item = evidence.visible_evidence(actor, evidence_id)
    usable = queries.in_use()
    form = ChoiceForm()
    form.categories.choices = [SelectChoice(one.code, f"{one.name}: {_kept(one)}") for one in usable]
    if request.method == "GET":
        mine = {one.category.code for one in queries.chosen(item.id)}
        suggested = [one for one in usable if item.incident.kind.value in one.kinds]
        form.categories.data = [one.code for one in usable if one.code in mine]
        return page("retention/categorise.html", item=item, form=form, usable=usable, suggested=suggested, mine=mine)
    if form.validate():
        try:
            with transaction():
                categories.choose(item, form.categories.data or [], actor=actor)
                queue.judge(item, actor=actor)
            return redirect(url_for("evidence.show", evidence_id=item.id, _anchor="kept"), 303)
        except DomainError as error:
            beside_the_field(form, error)
    return page("retention/categorise.html", status=422, item=item, form=form, usable=usable, suggested=[], mine={""})


@bp.route("/evidence/<uuid:evidence_id>/holds", methods=["GET", "POST"])
@require(Permission.HOLD_MANAGE)
def hold_item(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Places a hold on one item."""
    item = evidence.visible_evidence(actor, evidence_id)
    return _place(item.incident, item, actor)


@bp.route("/incidents/<uuid:incident_id>/holds", methods=["GET", "POST"])
@require(Permission.HOLD_MANAGE)
def hold_incident(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Places a hold on everything in an incident, what is still to come included."""
    return _place(incidents.visible_incident(actor, incident_id), None, actor)


@bp.route("/holds/<uuid:hold_id>/release", methods=["GET", "POST"])
@require(Permission.HOLD_MANAGE)
def release(hold_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Ends a hold that somebody else placed."""
    hold, form = queries.hold(actor, hold_id), ReasonForm()
    if request.method == "POST" and form.validate():
        with transaction():
            holds.release(hold, reason=form.reason.data, actor=actor)
        flash("The hold is released. Its rules decide again.", "done")
        return _back(hold.incident, hold.evidence)
    status = 422 if request.method == "POST" else 200
    return page("retention/release.html", status=status, hold=hold, form=form, own=hold.placed_by == actor.officer_id)


@bp.route("/evidence/<uuid:evidence_id>/let-go", methods=["GET", "POST"])
@require(Permission.RETENTION_MANAGE)
def let_go(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Says that an item may go although a filed report cites it."""
    item, form = evidence.visible_evidence(actor, evidence_id), ReasonForm()
    if request.method == "POST" and form.validate():
        with transaction():
            queue.let_go(item, reason=form.reason.data, actor=actor)
        flash("The report no longer keeps it. Its rules decide.", "done")
        return _back(item.incident, item)
    status = 422 if request.method == "POST" else 200
    return page("retention/let_go.html", status=status, item=item, form=form)


@bp.route("/incidents/<uuid:incident_id>/critical", methods=["GET", "POST"])
@require(Permission.RELEASE_CLOCK)
def release_clock(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The release clock of an incident, or the form that starts it (R5)."""
    incident = incidents.visible_incident(actor, incident_id)
    form = CriticalForm()
    if request.method == "POST":
        if form.validate():
            try:
                with transaction():
                    critical.flag(incident, known_at=form.moment(), actor=actor)
                return redirect(url_for(".release_clock", incident_id=incident.id), 303)
            except DomainError as error:
                beside_the_field(form, error)
        return _clock(incident, form=form, status=422)
    form.known_at.data = incident.occurred_at.astimezone()
    return _clock(incident, form=form)


@bp.post("/incidents/<uuid:incident_id>/critical/delay")
@require(Permission.RELEASE_CLOCK)
def delay(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Thirty days more, with the reason."""
    incident = incidents.visible_incident(actor, incident_id)
    clock, form = _running(incident), ReasonForm()
    if not form.validate():
        return _clock(incident, delay_form=form, status=422)
    with transaction():
        critical.delay(clock, reason=form.reason.data, actor=actor)
    return redirect(url_for(".release_clock", incident_id=incident.id), 303)


@bp.post("/incidents/<uuid:incident_id>/critical/end")
@require(Permission.RELEASE_CLOCK)
def end(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The recordings were released, or the incident was not critical."""
    incident = incidents.visible_incident(actor, incident_id)
    clock, form = _running(incident), EndForm(prefix="end-")
    if not form.validate():
        return _clock(incident, end_form=form, status=422)
    with transaction():
        critical.end(clock, ending=form.ending.data, reason=form.reason.data, actor=actor)
    return redirect(url_for(".release_clock", incident_id=incident.id), 303)


def _kept(category: Category) -> str:
    return "for ever" if category.rule.days is None else f"{category.rule.days:,} days"


def _place(incident: Incident, item: Evidence | None, actor: Actor) -> ResponseReturnValue:
    form = HoldForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                holds.place(
                    incident, item, reason=HoldReason(form.reason.data), reference=form.reference.data, actor=actor
                )
            flash("The hold is placed. Nothing it covers is deleted until it is released.", "done")
            return _back(incident, item)
        except DomainError as error:
            beside_the_field(form, error)
    status = 422 if request.method == "POST" else 200
    return page("retention/hold.html", status=status, incident=incident, item=item, form=form)


def _clock(
    incident: Incident,
    *,
    form: CriticalForm | None = None,
    delay_form: ReasonForm | None = None,
    end_form: EndForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return page(
        "retention/critical.html",
        status=status,
        incident=incident,
        clock=queries.clock_of(incident.id),
        form=form or CriticalForm(formdata=ImmutableMultiDict()),
        delay_form=delay_form or ReasonForm(formdata=ImmutableMultiDict()),
        end_form=end_form or EndForm(formdata=ImmutableMultiDict(), prefix="end-"),
        zone=station_zone(),
        today=now(),
    )


def _running(incident: Incident) -> CriticalIncident:
    clock = queries.clock_of(incident.id)
    if clock is None:
        raise NotFound("This incident has no release clock.")
    return clock.critical


def _back(incident: Incident, item: Evidence | None) -> ResponseReturnValue:
    if item is not None:
        return redirect(url_for("evidence.show", evidence_id=item.id, _anchor="kept"), 303)
    return redirect(url_for("desk.show", incident_id=incident.id, _anchor="kept"), 303)
