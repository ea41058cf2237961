"""Doors of the agency's rules for reports, and of an officer's notices."""

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.config import Settings
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.pages import flash_undo, page
from app.core.permissions import Permission, require
from app.reports import agency, notices, queue, setbacks
from app.reports.forms import AddressForm, RulesForm
from app.reports.pages import bp, known_id


@bp.route("/agency/rules", methods=["GET", "POST"])
@require(Permission.AGENCY_RULES)
def rules(actor: Actor) -> ResponseReturnValue:
    """The agency's rules for reports and every change of them."""
    status = 200
    form = RulesForm()
    if request.method == "POST":
        try:
            with transaction():
                changed = agency.change(_wanted(form), reason=form.reason.data or "", actor=actor)
        except DomainError as error:
            if not error.field:
                raise
            _beside_field(form, error)
            status = int(error.status)
        else:
            flash("Changed." if changed else "Nothing was different.", "done")
            return redirect(url_for("reports.rules"), 303)
    else:
        _fill(form, agency.rules())
    return page("reports/rules.html", status=status, form=form, history=agency.history(), agency=agency)


@bp.get("/notices")
@require(Permission.SIGNED_IN)
def notice_list(actor: Actor) -> ResponseReturnValue:
    """What came back to this officer, what waits for them, and what happened to their recordings."""
    return _notices(actor, AddressForm(formdata=None, address=notices.address_of(actor.id)))


@bp.post("/notices/seen")
@require(Permission.SIGNED_IN)
def see_notices(actor: Actor) -> ResponseReturnValue:
    """Marks one as seen, those of a report, those about recordings, or all of them; it can be undone."""
    form, one, report = request.form, known_id(request.form.get("notice")), known_id(request.form.get("report"))
    recordings = form.get("recordings") == "yes"
    with transaction():
        seen = [] if recordings else notices.see(actor.id, [one] if one else (), report_id=report)
        kept = None if one or report else (setbacks.seen_until(actor.id),)
        if kept:
            setbacks.see(actor.id, now())
        act = notices.offer_unseen(seen, kept, actor=actor)
    flash_undo("Marked as seen.", act)
    return redirect(url_for("reports.notice_list"), 303)


@bp.post("/notices/choice")
@require(Permission.SIGNED_IN)
def choose_notices(actor: Actor) -> ResponseReturnValue:
    """Which kinds this officer is told of; those not ticked are muted."""
    with transaction():
        notices.mute(set(notices.KINDS) - set(request.form.getlist("wanted")), actor=actor)
    flash("Kept.", "done")
    return redirect(url_for("reports.notice_list"), 303)


@bp.post("/notices/address")
@require(Permission.SIGNED_IN)
def notice_address(actor: Actor) -> ResponseReturnValue:
    """Where notices go by mail; empty ends it."""
    form = AddressForm()
    try:
        with transaction():
            notices.set_address(form.address.data or "", actor=actor)
    except DomainError as error:
        _beside_field(form, error)
        return _notices(actor, form, status=422)
    flash("Kept." if (form.address.data or "").strip() else "No mail will be sent.", "done")
    return redirect(url_for("reports.notice_list"), 303)


def _notices(actor: Actor, form: AddressForm, status: int = 200) -> ResponseReturnValue:
    config: Settings = current_app.config["SETTINGS"]
    return page(
        "reports/notices.html",
        status=status,
        threads=notices.threads(actor.id),
        setbacks=setbacks.of(actor.id),
        waiting=queue.waiting(actor),
        kinds=notices.KINDS,
        muted=notices.muted(actor.id),
        form=form,
        mail=bool(config.smtp_host),
    )


def _wanted(form: RulesForm) -> agency.Rules:
    """What the form asks for; a number that is none is out of every range, and refused beside its field."""
    percent = form.least_confidence.data
    return agency.Rules(
        blocked_kinds=tuple(sorted(set(form.blocked_kinds.data or ()))),
        recollection_first=bool(form.recollection_first.data),
        planted_mistakes=-1 if form.planted_mistakes.data is None else form.planted_mistakes.data,
        least_confidence=0.0 if percent is None else percent / 100,
        narrative_person=form.narrative_person.data or "third",
    )


def _fill(form: RulesForm, standing: agency.Rules) -> None:
    form.blocked_kinds.data = list(standing.blocked_kinds)
    form.recollection_first.data = standing.recollection_first
    form.planted_mistakes.data = standing.planted_mistakes
    form.least_confidence.data = round(standing.least_confidence * 100)
    form.narrative_person.data = standing.narrative_person


def _beside_field(form: RulesForm | AddressForm, error: DomainError) -> None:
    form.form_errors = []
    field = form[error.field]
    field.errors = [f"{error.message} {error.remedy}".strip()]
