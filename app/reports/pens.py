"""Where officers sign: the author what they wrote, the supervisor what they approve, each with a second look."""

from uuid import UUID

from flask import flash, request
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts import signing
from app.accounts.signin import agency, circumstances, limits
from app.accounts.signing import Pen
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import Conflict, DomainError
from app.core.languages import in_every_language, spoken, told
from app.core.pages import page
from app.core.permissions import Permission, require
from app.core.phrases import N_
from app.reports import obstacles, queries, review
from app.reports.authorship import APPROVAL, CERTIFICATION
from app.reports.canonical import digest
from app.reports.content import content_of
from app.reports.forms import ApproveForm, SubmitForm
from app.reports.impartial import check_impartial
from app.reports.models import Report, ReportState
from app.reports.pages import back_to, bp
from app.reports.papers import terms


@bp.route("/reports/<uuid:report_id>/submit", methods=["GET", "POST"])
@require(Permission.REPORT_WRITE)
@in_every_language
def submit(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Read once more as it will be printed, with what the checks find, certify, sign."""
    report, form = queries.visible_report(actor, report_id), SubmitForm()
    standing = obstacles.standing(report)
    shown, status = form.shown.data or "not shown", 200
    if request.method == "POST":
        status = 422
        pen = take_pen(form, actor) if not standing.in_the_way and form.validate() else None
        try:
            if pen is not None:
                with transaction():
                    review.submit(
                        report,
                        certified=bool(form.certified.data),
                        terms=terms(),
                        pen=pen,
                        shown=shown,
                        actor=actor,
                        language=spoken(),
                    )
                flash(N_("Signed and submitted. Your supervisor has it now."), "done")
                return back_to(report)
        except DomainError as error:
            report, status = queries.visible_report(actor, report_id), _beside(form, error)
            standing = obstacles.standing(report)
    content = content_of(report, terms())
    form.shown.data = digest(content)
    return page(
        "reports/submit.html",
        status=status,
        report=report,
        form=form,
        standing=standing,
        content=content,
        certification=CERTIFICATION,
    )


@bp.route("/reports/<uuid:report_id>/approve", methods=["GET", "POST"])
@require(Permission.REPORT_REVIEW)
def approve(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Approved and signed: records can file it. Without a password the page that asks for it, and says what the checks
    find by now: what was coded since may stand in the way."""
    report, form = queries.visible_report(actor, report_id), ApproveForm()
    check_impartial(report, actor)
    standing = obstacles.standing(report)
    shown, status = form.shown.data or "not shown", 422 if standing.in_the_way and request.method == "POST" else 200
    if "password" in request.form:
        status = 422
        pen = take_pen(form, actor) if not standing.in_the_way and form.validate() else None
        try:
            if pen is not None:
                with transaction():
                    review.approve(report, notes=form.notes.data or "", pen=pen, shown=shown, actor=actor)
                flash(N_("Approved and signed."), "done")
                return back_to(report)
        except DomainError as error:
            report, status = queries.visible_report(actor, report_id), _beside(form, error)
            standing = obstacles.standing(report)
    version = queries.version(report, report.versions[-1].number) if _waits(report) else None
    form.shown.data = version.sha256 if version else ""
    return page(
        "reports/approve.html",
        status=status,
        report=report,
        form=form,
        version=version,
        standing=standing,
        statement=APPROVAL,
    )


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
        form.password.errors = [N_("This is not your password.")]
    return pen


def _waits(report: Report) -> bool:
    """Whether the newest version is one that waits for a supervisor."""
    return report.state is ReportState.SUBMITTED and bool(report.versions)


def _beside(form: SubmitForm | ApproveForm, error: DomainError) -> int:
    """Puts a refusal beside the password, which is to be given again; raises it again where it belongs to no field."""
    if not error.field:
        raise error
    field = form.notes if error.field == "notes" and isinstance(form, ApproveForm) else form.password
    field.errors = [told(error)]
    return int(error.status)
