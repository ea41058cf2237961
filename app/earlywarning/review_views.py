"""The doors of review: one alert and its moves, answers to contests, the levels, and a supervisor's own page."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from app.accounts import queries as accounts
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.pages import page
from app.core.permissions import Permission, require
from app.earlywarning import alerts, contests, dashboard, levels, queries, service
from app.earlywarning.forms import AnswerForm, AssignForm, ContestAnswerForm, LevelsForm
from app.earlywarning.levels import Wanted
from app.earlywarning.models import Alert, AlertState, Outcome

bp = Blueprint("review", __name__, url_prefix="/early-warning")


@bp.get("/alerts/<uuid:alert_id>")
@require(Permission.WARNING_READ)
def alert(alert_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One alert: why, since when, by which levels, what happened to it, and what may be done next."""
    found = dashboard.alert(alert_id)
    with transaction():
        alerts.note_view(found, actor=actor)
    return _alert_page(dashboard.alert(alert_id), actor)


def _alert_page(
    found: Alert, actor: Actor, *, assigning: AssignForm | None = None, answering: AnswerForm | None = None
) -> ResponseReturnValue:
    chosen = assigning or AssignForm(formdata=None)
    chosen.assignee.choices = _assignable(found)
    return page(
        "earlywarning/alert.html",
        status=422 if assigning or answering else 200,
        alert=found,
        moves={one: alerts.MOVES.legal(found.state, one) for one in AlertState},
        mine=found.assignee_id == actor.officer_id,
        about_me=found.officer_id == actor.officer_id,
        assigning=chosen,
        answering=answering or AnswerForm(formdata=None),
        remind_days=levels.in_force().remind_days,
        overdue=dashboard.overdue,
    )


def _assignable(found: Alert) -> list[SelectChoice]:
    return [SelectChoice(str(one.id), one.label) for one in dashboard.reviewers(found.officer_id)]


@bp.post("/alerts/<uuid:alert_id>/assign")
@require(Permission.WARNING_DECIDE)
def assign(alert_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The alert is given to somebody."""
    found = dashboard.alert(alert_id)
    form = AssignForm()
    form.assignee.choices = _assignable(found)
    if not form.validate():
        return _alert_page(found, actor, assigning=form)
    with transaction():
        alerts.assign(found, to=accounts.officer(UUID(form.assignee.data)), actor=actor)
    flash("Assigned.", "done")
    return redirect(url_for(".alert", alert_id=alert_id), 303)


@bp.post("/alerts/<uuid:alert_id>/begin")
@require(Permission.WARNING_DECIDE)
def begin(alert_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The assignee starts."""
    found = dashboard.alert(alert_id)
    with transaction():
        alerts.begin(found, actor=actor)
    return redirect(url_for(".alert", alert_id=alert_id), 303)


@bp.post("/alerts/<uuid:alert_id>/answer")
@require(Permission.WARNING_DECIDE)
def answer(alert_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The assignee answers, with the reason."""
    found = dashboard.alert(alert_id)
    form = AnswerForm()
    if not form.validate():
        return _alert_page(found, actor, answering=form)
    try:
        with transaction():
            alerts.answer(found, outcome=Outcome(form.outcome.data), reason=form.reason.data or "", actor=actor)
    except DomainError as refused:
        if refused.field != "outcome":
            raise
        form.outcome.errors = [f"{refused} {refused.remedy}"]
        return _alert_page(dashboard.alert(alert_id), actor, answering=form)
    flash("Answer kept. Nothing follows from it by itself; the officer sees it now.", "done")
    return redirect(url_for(".alert", alert_id=alert_id), 303)


@bp.post("/contests/<uuid:contest_id>/answer")
@require(Permission.WARNING_DECIDE)
def answer_contest(contest_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Somebody other than the one who confirmed the moment answers the officer."""
    made = contests.one(contest_id)
    form = ContestAnswerForm()
    if not form.validate():
        return page("earlywarning/contest.html", status=422, contest=made, contest_form=form)
    with transaction():
        contests.answer(made, uphold=form.verdict.data == "upheld", reason=form.reason.data or "", actor=actor)
    flash("Answer kept. The officer sees it.", "done")
    return redirect(url_for("earlywarning.officer", officer_id=made.officer_id), 303)


@bp.route("/levels", methods=["GET", "POST"])
@require(Permission.WARNING_DECIDE)
def show_levels(actor: Actor) -> ResponseReturnValue:
    """The levels in force, what others would have given, and the form that proposes them."""
    present = levels.in_force()
    if request.method == "GET":
        with transaction():
            service.note_levels_view(actor=actor)
        return _levels_page(LevelsForm(formdata=None, data=present.told()), actor)
    form = LevelsForm()
    if not form.validate():
        return _levels_page(form, actor, 422)
    wanted = Wanted(
        percentile=form.percentile.data or 0.0,
        probability=form.probability.data or 0.0,
        false_discovery_rate=form.false_discovery_rate.data or 0.0,
        minimum_hours=form.minimum_hours.data or 0.0,
        remind_days=form.remind_days.data or 0,
    )
    try:
        with transaction():
            levels.propose(wanted, reason=form.reason.data or "", actor=actor)
    except DomainError as refused:
        if refused.field not in form:
            raise
        form[refused.field].errors = [f"{refused} {refused.remedy}".strip()]
        return _levels_page(form, actor, 422)
    flash("Proposed. The preview is being computed; somebody else approves it.", "done")
    return redirect(url_for(".show_levels"), 303)


def _levels_page(form: LevelsForm, actor: Actor, status: int = 200) -> ResponseReturnValue:
    return page(
        "earlywarning/levels.html",
        status=status,
        present=levels.in_force(),
        versions=levels.versions(),
        form=form,
        me=actor.officer_id,
    )


@bp.post("/levels/<uuid:levels_id>/<any(approve, reject):verdict>")
@require(Permission.WARNING_DECIDE)
def decide_levels(levels_id: UUID, verdict: str, actor: Actor) -> ResponseReturnValue:
    """A second person approves or rejects a proposal."""
    made = levels.proposal(levels_id)
    with transaction():
        levels.decide(made, approve=verdict == "approve", actor=actor)
        if verdict == "approve":
            service.ask_for_patterns()
    flash("Approved: the next computation uses them." if verdict == "approve" else "Rejected.", "done")
    return redirect(url_for(".show_levels"), 303)


@bp.get("/unit")
@require(Permission.WARNING_UNIT)
def unit(actor: Actor) -> ResponseReturnValue:
    """What internal affairs ask of a supervisor: coaching, training, wellness of officers of their unit (W5)."""
    with transaction():
        service.note_view(None, actor=actor)
    return page("earlywarning/unit.html", alerts=dashboard.for_supervisor(actor))


@bp.get("/unit/<uuid:officer_id>")
@require(Permission.WARNING_UNIT)
def subordinate(officer_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One officer of the unit: the answers and the confirmed moments; no rate, no unanswered alert."""
    officer, answers = dashboard.subordinate(actor, officer_id)
    with transaction():
        service.note_view(officer, actor=actor)
    return page(
        "earlywarning/subordinate.html",
        subject=officer,
        alerts=answers,
        moments=queries.moments_of(officer.id, confirmed_only=True),
    )
