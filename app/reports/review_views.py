"""Doors of review: return, file, comment, acknowledge what the checks found, supplement."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import DomainError, Forbidden
from app.core.languages import in_every_language, told
from app.core.pages import asks_for_fragment, page
from app.core.permissions import Permission, require
from app.core.phrases import N_
from app.reports import comments, obstacles, queries, review, supplements
from app.reports.forms import CommentForm, NotesForm
from app.reports.impartial import may_review
from app.reports.pages import back_to, bp, known_id, may_edit_now
from app.reports.views import recordings_of


@bp.post("/reports/<uuid:report_id>/return")
@require(Permission.REPORT_REVIEW)
@in_every_language
def return_to_author(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Back to the author, with reasons and words."""
    report, form = queries.visible_report(actor, report_id), NotesForm()
    try:
        with transaction():
            review.return_to_author(report, notes=form.notes.data or "", reasons=form.chosen(), actor=actor)
    except DomainError as error:
        return _said_again(report_id, form, error, actor)
    flash(N_("Returned to its author."), "done")
    return back_to(report)


@bp.post("/reports/<uuid:report_id>/file")
@require(Permission.REPORT_READ)
@in_every_language
def file(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Filed: the record, for good."""
    report = queries.visible_report(actor, report_id)
    with transaction():
        review.file(report, actor=actor)
    flash(N_("Filed. It is never changed again."), "done")
    return back_to(report)


@bp.get("/reports/<uuid:report_id>/findings")
@require(Permission.REPORT_READ)
@in_every_language
def findings(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What the checks find now, for the author and who reviews it; the editor asks for it again after each change."""
    report = queries.visible_report(actor, report_id)
    if not (may_edit_now(report, actor) or may_review(report, actor)):
        raise Forbidden(N_("The author, and who reviews it, see what the checks found."))
    template = "reports/_findings.html" if asks_for_fragment() else "reports/findings.html"
    back = request.args.get("back", "")
    return page(template, report=report, back=back if back in ("incident", "submit", "approve") else "")


@bp.post("/reports/<uuid:report_id>/findings/<key>")
@require(Permission.REPORT_READ)
@in_every_language
def acknowledge_finding(report_id: UUID, key: str, actor: Actor) -> ResponseReturnValue:
    """A warning read, and the text stood by."""
    report = queries.visible_report(actor, report_id)
    with transaction():
        obstacles.acknowledge_finding(report, key, actor=actor)
    if request.form.get("back") in ("submit", "approve"):
        return redirect(url_for(f"reports.{request.form['back']}", report_id=report.id, _anchor="findings"), 303)
    if request.form.get("back") == "incident":
        return redirect(f"/incidents/{report.incident_id}#findings", 303)
    return redirect(url_for("reports.show", report_id=report.id, _anchor="findings"), 303)


@bp.post("/reports/<uuid:report_id>/comments")
@require(Permission.REPORT_READ)
@in_every_language
def comment(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A remark on a sentence or the whole, or an answer to one."""
    report, form = queries.visible_report(actor, report_id), CommentForm()
    sentence_id, answers_id = known_id(form.sentence.data), known_id(form.answers.data)
    sentence = next((one for one in report.sentences if one.id == sentence_id), None)
    with transaction():
        said = comments.say(
            report,
            text=form.text.data or "",
            sentence=sentence,
            answers=comments.one(report, answers_id) if answers_id else None,
            actor=actor,
        )
    return back_to(report, said.sentence_id)


@bp.post("/reports/<uuid:report_id>/comments/<uuid:comment_id>/resolve")
@require(Permission.REPORT_READ)
@in_every_language
def resolve(report_id: UUID, comment_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Done with a remark."""
    report = queries.visible_report(actor, report_id)
    found = comments.one(report, comment_id)
    with transaction():
        comments.resolve(found, report, actor=actor)
    return back_to(report, found.sentence_id)


@bp.post("/reports/<uuid:report_id>/supplement")
@require(Permission.REPORT_WRITE)
@in_every_language
def supplement(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What is to be added to a filed report, as a report of its own."""
    report = queries.visible_report(actor, report_id)
    with transaction():
        begun = supplements.begin(report, actor=actor)
    return redirect(url_for("reports.show", report_id=begun.id), 303)


def _said_again(report_id: UUID, form: NotesForm, error: DomainError, actor: Actor) -> ResponseReturnValue:
    """The page again with the words still in the box, when it is about a field; otherwise the error as it is."""
    if error.field not in ("notes", "reasons"):
        raise error
    flash(told(error), "error")
    report = queries.visible_report(actor, report_id)
    return page(
        "reports/show.html",
        status=422,
        report=report,
        recordings=recordings_of(report),
        notes=form.notes.data,
        reasons=form.reasons.data or [],
    )
