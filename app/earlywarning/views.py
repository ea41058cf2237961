"""Internal affairs' pages, and each officer's own."""

from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.analysis.models import Decision
from app.config import Settings
from app.core.actor import Actor
from app.core.db import transaction
from app.core.pages import page
from app.core.permissions import Permission, require
from app.earlywarning import plots, queries, service
from app.earlywarning.forms import DispositionForm, MomentForm
from app.earlywarning.models import Outcome

bp = Blueprint("earlywarning", __name__, url_prefix="/early-warning")


def _minimum_minutes() -> float:
    config: Settings = current_app.config["SETTINGS"]
    return config.minimum_exposure_minutes


@bp.get("/")
@require(Permission.WARNING_READ)
def index(actor: Actor) -> ResponseReturnValue:
    """Everybody who was heard, side by side, with exposure and interval."""
    with transaction():
        service.note_view(None, actor=actor)
    standings = queries.standings()
    minimum = _minimum_minutes()
    return page(
        "earlywarning/index.html",
        standings=standings,
        plot=plots.peers(standings, minimum_minutes=minimum),
        minimum_minutes=minimum,
        rules=queries.precision_by_rule(),
    )


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
    """An officer's own confirmed moments and own exposure: nobody is judged by what they cannot see (W5)."""
    with transaction():
        service.note_view(accounts.officer(actor.id), actor=actor)
    return page(
        "earlywarning/mine.html",
        standing=queries.standing(actor.id),
        moments=queries.moments_of(actor.id, confirmed_only=True),
    )
