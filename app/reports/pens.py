"""Where officers sign: the author what they wrote, the supervisor what they approve, each with a second look."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts import signing
from app.accounts.signin import agency, circumstances, limits
from app.accounts.signing import Pen
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import Conflict
from app.core.pages import page
from app.core.permissions import Permission, require
from app.reports import queries, review
from app.reports.authorship import APPROVAL, CERTIFICATION
from app.reports.canonical import digest
from app.reports.forms import ApproveForm, SubmitForm
from app.reports.models import Report
from app.reports.papers import terms
from app.reports.views import bp


@bp.route("/reports/<uuid:report_id>/submit", methods=["GET", "POST"])
@require(Permission.REPORT_WRITE)
def submit(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Read once more as it will be printed, certify, sign."""
    report, form = queries.visible_report(actor, report_id), SubmitForm()
    obstacles = review.obstacles(report)
    shown, status = form.shown.data or "not shown", 200
    if request.method == "POST":
        status = 422
        pen = take_pen(form, actor) if not obstacles and form.validate() else None
        try:
            if pen is not None:
                with transaction():
                    review.submit(
                        report, certified=bool(form.certified.data), terms=terms(), pen=pen, shown=shown, actor=actor
                    )
                flash("Signed and submitted. Your supervisor has it now.", "done")
                return _shown(report)
        except Conflict as error:
            report, status = queries.visible_report(actor, report_id), _beside(form, error)
            obstacles = review.obstacles(report)
    form.shown.data = digest(review.content_of(report, terms()))
    return page(
        "reports/submit.html", status=status, report=report, form=form, obstacles=obstacles, certification=CERTIFICATION
    )


@bp.route("/reports/<uuid:report_id>/approve", methods=["GET", "POST"])
@require(Permission.REPORT_REVIEW)
def approve(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Approved and signed: records can file it. Without a password the page that asks for it."""
    report, form = queries.visible_report(actor, report_id), ApproveForm()
    review.refuse_to_judge(report, actor)
    shown, status = form.shown.data or "not shown", 200
    if "password" in request.form:
        status = 422
        pen = take_pen(form, actor) if form.validate() else None
        try:
            if pen is not None:
                with transaction():
                    review.approve(report, notes=form.notes.data or "", pen=pen, shown=shown, actor=actor)
                flash("Approved and signed.", "done")
                return _shown(report)
        except Conflict as error:
            report, status = queries.visible_report(actor, report_id), _beside(form, error)
    version = queries.version(report, report.versions[-1].number) if report.versions else None
    form.shown.data = version.sha256 if version else ""
    return page("reports/approve.html", status=status, report=report, form=form, version=version, statement=APPROVAL)


def take_pen(form: SubmitForm | ApproveForm, actor: Actor) -> Pen | None:
    """The pen that the password in the form gives; None when it is wrong, which then stands beside the field."""
    try:
        with transaction():
            pen = signing.take_pen(
                accounts.officer(actor.id),
                form.password.data,
                agency=agency(),
                actor=actor,
                limits=limits(),
                **circumstances(),
            )
    except Conflict as error:
        _beside(form, error)
        return None
    if pen is None:
        form.password.errors = ["This is not your password."]
    return pen


def _beside(form: SubmitForm | ApproveForm, error: Conflict) -> int:
    """Puts a refusal beside the password, which is to be given again; raises it again where it belongs to no field."""
    if not error.field:
        raise error
    form.password.errors = [f"{error.message} {error.remedy}"]
    return int(error.status)


def _shown(report: Report) -> ResponseReturnValue:
    if request.form.get("back", "") == "incident":
        return redirect(f"/incidents/{report.incident_id}#report", 303)
    return redirect(url_for(".show", report_id=report.id), 303)
