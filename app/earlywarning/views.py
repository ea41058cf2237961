"""Internal affairs' pages, and each officer's own."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.analysis.models import Decision
from app.config import Settings
from app.core.actor import Actor
from app.core.db import transaction
from app.core.pages import page
from app.core.permissions import Permission, require
from app.earlywarning import audits, contests, dashboard, exports, indicators, levels, plots, queries, service
from app.earlywarning.forms import ContestAnswerForm, ContestForm, DispositionForm, MomentForm
from app.earlywarning.models import Outcome
from app.evidence.custody import rows_as_csv

bp = Blueprint("earlywarning", __name__, url_prefix="/early-warning")


def _minimum_minutes() -> float:
    config: Settings = current_app.config["SETTINGS"]
    return config.minimum_exposure_minutes


@bp.get("/")
@require(Permission.WARNING_READ)
def index(actor: Actor) -> ResponseReturnValue:
    """Who needs attention and why; then everybody side by side, with exposure and interval."""
    with transaction():
        service.note_view(None, actor=actor)
    run = dashboard.newest_run()
    if run is None:
        return _before_the_first_run()
    unit = request.args.get("unit", type=UUID)
    enough = request.args.get("show") != "little"
    shown = dashboard.compared if enough else dashboard.too_little
    chosen = shown(request.args.get("page", 1, type=int), unit_id=unit)
    heard = queries.standings([one.id for one in chosen.officers])
    return page(
        "earlywarning/index.html",
        run=run,
        alerts=dashboard.attention(),
        answered=dashboard.answered(),
        changed=dashboard.changed(run),
        contests=contests.waiting(),
        contest_form=ContestAnswerForm(formdata=None),
        remind_days=levels.in_force().remind_days,
        overdue=dashboard.overdue,
        chosen=chosen,
        heard={one.officer_id: one for one in heard},
        plot=plots.ratios(chosen.standings, low=run.peers["low"], high=run.peers["high"]) if enough else None,
        units=accounts.units(),
        unit=unit,
        enough=enough,
        by_counts=indicators.standing_out(),
        rules=queries.precision_by_rule(),
        estimates=audits.estimates(),
    )


def _before_the_first_run() -> ResponseReturnValue:
    standings = queries.standings()
    minimum = _minimum_minutes()
    return page(
        "earlywarning/first.html",
        standings=standings,
        plot=plots.peers(standings, minimum_minutes=minimum),
        minimum_minutes=minimum,
        rules=queries.precision_by_rule(),
        estimates=audits.estimates(),
    )


@bp.post("/recompute")
@require(Permission.WARNING_DECIDE)
def recompute(actor: Actor) -> ResponseReturnValue:
    """Has the patterns computed now instead of at night."""
    with transaction():
        service.ask_for_patterns(actor=actor)
    flash("It is being computed. Look again in a minute.", "done")
    return redirect(url_for(".index"), 303)


@bp.get("/standings.csv")
@require(Permission.WARNING_READ)
def standings_csv(actor: Actor) -> ResponseReturnValue:
    """Everybody's figures in badge order, with their uncertainty."""
    rows = [exports.EVERYBODY, *(exports.standing_row(one) for one in dashboard.everybody())]
    with transaction():
        service.note_export(None, rows=len(rows) - 1, actor=actor)
    return _csv("early-warning", rows)


@bp.get("/officers/<uuid:officer_id>/months.csv")
@require(Permission.WARNING_READ)
def months_csv(officer_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One officer's months: what the plot shows."""
    subject = queries.subject(officer_id)
    line = _timeline(officer_id)
    rows = [exports.MONTHS, *(exports.month_row(one) for one in (line.months if line else ()))]
    with transaction():
        service.note_export(subject, rows=len(rows) - 1, actor=actor)
    return _csv(f"early-warning-{subject.badge}", rows)


def _csv(name: str, rows: Sequence[Sequence[object]]) -> ResponseReturnValue:
    answer = Response(rows_as_csv(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _timeline(officer_id: UUID) -> plots.Timeline | None:
    run, standing = dashboard.newest_run(), dashboard.standing(officer_id)
    if run is None or standing is None or not standing.months:
        return None
    moments = dashboard.counted_moments(officer_id, date.fromisoformat(standing.months[0][0]))
    return plots.timeline(standing, moments, low=run.peers["low"], high=run.peers["high"])


@bp.get("/officers/<uuid:officer_id>")
@require(Permission.WARNING_READ)
def officer(officer_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One officer: exposure, moments to play, decisions, earlier answers. Looking is kept in the ledger."""
    subject = queries.subject(officer_id)
    with transaction():
        service.note_view(subject, actor=actor)
    return _officer_page(officer_id, MomentForm(), DispositionForm())


def _officer_page(
    officer_id: UUID, moment_form: MomentForm, disposition_form: DispositionForm, status: int = 200
) -> ResponseReturnValue:
    return page(
        "earlywarning/officer.html",
        status=status,
        subject=queries.subject(officer_id),
        standing=queries.standing(officer_id),
        pattern=dashboard.standing(officer_id),
        run=dashboard.newest_run(),
        line=_timeline(officer_id),
        categories=dashboard.categories_of(officer_id),
        by_counts=indicators.standings_of(officer_id),
        alerts=dashboard.alerts_of(officer_id),
        contests=contests.of_officer(officer_id),
        contest_form=ContestAnswerForm(formdata=None),
        unit_names={str(one.id): one.name for one in accounts.units()},
        moments=queries.moments_of(officer_id),
        dots=plots.over_time(queries.exposures_of(officer_id)),
        dispositions=queries.dispositions_of(officer_id),
        moment_form=moment_form,
        disposition_form=disposition_form,
        minimum_minutes=_minimum_minutes(),
    )


@bp.post("/moments/<uuid:event_id>")
@require(Permission.WARNING_DECIDE)
def decide(event_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A moment is confirmed or rejected, with the reason."""
    event = queries.moment(actor, event_id)
    form = MomentForm()
    if not form.validate():
        return _officer_page(event.officer_id, form, DispositionForm(formdata=None), 422)
    with transaction():
        service.decide_event(event, decision=Decision(form.decision.data), reason=form.reason.data or "", actor=actor)
    flash("Decision kept.", "done")
    return redirect(url_for(".officer", officer_id=event.officer_id), 303)


@bp.post("/officers/<uuid:officer_id>/disposition")
@require(Permission.WARNING_DECIDE)
def close(officer_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The question is answered, with the reason and the figures as they stood."""
    subject = queries.subject(officer_id)
    form = DispositionForm()
    if not form.validate():
        return _officer_page(officer_id, MomentForm(formdata=None), form, 422)
    standing = queries.standing(officer_id)
    figures = (
        {}
        if standing is None
        else {
            "speech_s": round(standing.speech_s, 1),
            "aggressive": standing.aggressive,
            "courteous": standing.courteous,
            "recordings": standing.recordings,
            "per_hour": standing.rate.per_hour,
        }
    )
    with transaction():
        service.close_question(
            subject, outcome=Outcome(form.outcome.data), reason=form.reason.data or "", figures=figures, actor=actor
        )
    flash("Answer kept. Nothing follows from it by itself.", "done")
    return redirect(url_for(".officer", officer_id=officer_id), 303)


@bp.get("/mine")
@require(Permission.WARNING_OWN)
def mine(actor: Actor) -> ResponseReturnValue:
    """An officer's own confirmed moments, own exposure and reviewed alerts: nobody is judged by what they cannot see (W5)."""
    with transaction():
        service.note_view(accounts.officer(actor.id), actor=actor)
    return _own_page(actor, ContestForm(formdata=None))


def _own_page(actor: Actor, form: ContestForm, status: int = 200) -> ResponseReturnValue:
    return page(
        "earlywarning/mine.html",
        status=status,
        standing=queries.standing(actor.id),
        moments=queries.moments_of(actor.id, confirmed_only=True),
        alerts=dashboard.reviewed_of(actor.id),
        contests=contests.of_officer(actor.id),
        form=form,
    )


@bp.post("/mine/moments/<uuid:event_id>/contest")
@require(Permission.WARNING_OWN)
def contest(event_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The officer contests a confirmed moment, with a statement."""
    event = queries.own_moment(actor, event_id)
    form = ContestForm()
    if not form.validate():
        return _own_page(actor, form, 422)
    with transaction():
        contests.contest(event, statement=form.statement.data or "", actor=actor)
    flash("Your statement is kept. Somebody other than the one who confirmed the moment will answer.", "done")
    return redirect(url_for(".mine"), 303)
