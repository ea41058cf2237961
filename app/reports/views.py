"""The report's pages: list, reading and editing, review, print."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import ledger
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import Conflict, DomainError
from app.core.pages import asks_for_fragment, page
from app.core.permissions import Permission, require
from app.reports import authorship, queries, review, service, signatures
from app.reports.differences import sentence_differences
from app.reports.forms import FilterForm, NewSentenceForm, NotesForm, SentenceForm
from app.reports.models import Report, ReportState, Sentence

bp = Blueprint("reports", __name__)


@bp.get("/reports")
@require(Permission.REPORT_READ)
def index(actor: Actor) -> ResponseReturnValue:
    """What waits for this person, or every report they may see."""
    form = FilterForm(request.args)
    wanted = queries.ReportFilter(
        shelf=queries.Shelf(form.shelf.data) if form.shelf.data in list(queries.Shelf) else queries.Shelf.WAITING,
        state=ReportState(form.state.data) if form.state.data in list(ReportState) else None,
        ai={"yes": True, "no": False}.get(form.ai.data or ""),
    )
    return page("reports/index.html", rows=queries.rows(actor, wanted), form=form, wanted=wanted)


@bp.get("/reports/<uuid:report_id>")
@require(Permission.REPORT_READ)
def show(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One report by itself; its recordings are a click away on the incident's page."""
    report = queries.visible_report(actor, report_id)
    _viewed(report, actor, "page")
    return page("reports/show.html", report=report)


@bp.post("/reports/<uuid:report_id>/sentences")
@require(Permission.REPORT_WRITE)
def add(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The officer's own sentence."""
    report, form = queries.visible_report(actor, report_id), NewSentenceForm()
    with transaction():
        sentence = service.add_sentence(report, text=form.text.data or "", section=form.section.data or "", actor=actor)
    return _sentence(sentence, report) if asks_for_fragment() else _to(report, sentence)


@bp.post("/sentences/<uuid:sentence_id>")
@require(Permission.REPORT_WRITE)
def edit(sentence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A sentence in the author's words. When somebody was faster, the typed words stay in the box."""
    sentence, report = queries.visible_sentence(actor, sentence_id)
    form = SentenceForm()
    typed = form.text.data or ""
    try:
        with transaction():
            service.edit_sentence(sentence, report, text=typed, edition=form.edition.data or 0, actor=actor)
    except DomainError as error:
        if not error.field:
            raise
        return _kept_words(sentence_id, typed, error, actor)
    return _sentence(sentence, report) if asks_for_fragment() else _to(report, sentence)


@bp.post("/sentences/<uuid:sentence_id>/remove")
@require(Permission.REPORT_WRITE)
def remove(sentence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes a sentence out."""
    sentence, report = queries.visible_sentence(actor, sentence_id)
    with transaction():
        service.remove_sentence(sentence, report, actor=actor)
    return ("", 200) if asks_for_fragment() else _to(report)


@bp.post("/sentences/<uuid:sentence_id>/acknowledge")
@require(Permission.REPORT_WRITE)
def acknowledge(sentence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The author stands by a doubtful sentence after listening."""
    sentence, report = queries.visible_sentence(actor, sentence_id)
    with transaction():
        service.acknowledge(sentence, report, actor=actor)
    return _sentence(sentence, report) if asks_for_fragment() else _to(report, sentence)


@bp.post("/reports/<uuid:report_id>/return")
@require(Permission.REPORT_REVIEW)
def return_to_author(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Back to the author, with notes."""
    report, form = queries.visible_report(actor, report_id), NotesForm()
    try:
        with transaction():
            review.return_to_author(report, notes=form.notes.data or "", actor=actor)
    except DomainError as error:
        if error.field != "notes":
            raise
        flash(f"{error.message} {error.remedy}", "error")
        return page(
            "reports/show.html", status=422, report=queries.visible_report(actor, report_id), notes=form.notes.data
        )
    flash("Returned to its author.", "done")
    return _to(report)


@bp.post("/reports/<uuid:report_id>/file")
@require(Permission.REPORT_READ)
def file(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Filed: the record, for good."""
    report = queries.visible_report(actor, report_id)
    with transaction():
        review.file(report, actor=actor)
    flash("Filed. It is never changed again.", "done")
    return _to(report)


@bp.get("/reports/<uuid:report_id>/print")
@require(Permission.REPORT_READ)
def printed(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The paper page of the newest signed version, or of the draft, which says that it is no statement (A7)."""
    report = queries.visible_report(actor, report_id)
    version = report.versions[-1] if report.versions and report.state not in service.EDITABLE else None
    full = queries.version(report, version.number) if version else None
    _viewed(report, actor, "print")
    return page(
        "reports/print.html",
        report=report,
        version=full,
        content=full.content if full else review.content_of(report),
        signed=signatures.of_version(full) if full else (),
        disclosure_ca=authorship.DISCLOSURE_CA,
        disclosure_ut=authorship.DISCLOSURE_UT,
        states=current_app.config["SETTINGS"].disclosure_states,
    )


@bp.get("/reports/<uuid:report_id>/drafts/<int:number>")
@require(Permission.REPORT_READ)
def draft(report_id: UUID, number: int, actor: Actor) -> ResponseReturnValue:
    """What the machine wrote, unaltered."""
    report = queries.visible_report(actor, report_id)
    _viewed(report, actor, "draft")
    return page(
        "reports/draft.html",
        report=report,
        draft=queries.draft(report, number),
        may_use=report.author_id == actor.officer_id and report.state in service.EDITABLE,
    )


@bp.post("/reports/<uuid:report_id>/drafts/<int:number>/use")
@require(Permission.REPORT_WRITE)
def use_draft(report_id: UUID, number: int, actor: Actor) -> ResponseReturnValue:
    """The author starts again from a newer draft."""
    report = queries.visible_report(actor, report_id)
    with transaction():
        service.use_draft(report, queries.draft(report, number), actor=actor)
    flash("The report now stands as this draft. What stood before is kept.", "done")
    return _to(report)


@bp.get("/reports/<uuid:report_id>/versions")
@require(Permission.REPORT_READ)
def versions(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Every frozen version, and the difference between any two, the first draft included."""
    report = queries.visible_report(actor, report_id)
    old = request.args.get("old", type=int, default=0)
    new = request.args.get("new", type=int, default=report.versions[-1].number if report.versions else 0)
    _viewed(report, actor, "versions")
    return page(
        "reports/versions.html",
        report=report,
        old=old,
        new=new,
        differences=sentence_differences(_texts(report, old), _texts(report, new)),
    )


@dataclass(frozen=True, slots=True)
class Hands:
    """What a page may offer about a report, and what it must say."""

    may_edit: bool
    may_review: bool
    may_file: bool
    obstacles: list[str]
    share: float
    sections: list[tuple[str, list[Sentence]]]
    newer_draft: int
    last_return: Any


def hands(report: Report) -> Hands:
    """For templates: what the one who looks may do with `report`."""
    actor: Actor = g.actor
    sections: dict[str, list[Sentence]] = {}
    for sentence in report.sentences:
        sections.setdefault(sentence.section, []).append(sentence)
    may_edit = report.author_id == actor.officer_id and report.state in service.EDITABLE
    returned = [one for one in report.reviews if one.decision is ReportState.RETURNED]
    numbers = {draft.id: draft.number for draft in report.drafts}
    used = max((numbers.get(one.draft_id, 0) for one in report.sentences if one.draft_id), default=0)
    newest = report.drafts[-1].number if report.drafts else 0
    return Hands(
        may_edit=may_edit,
        may_review=report.state is ReportState.SUBMITTED and review.may_review(report, actor),
        may_file=report.state is ReportState.APPROVED
        and report.author_id != actor.officer_id
        and (actor.may(Permission.REPORT_FILE) or review.may_review(report, actor)),
        obstacles=review.obstacles(report) if may_edit else [],
        share=authorship.machine_share(report.sentences),
        sections=list(sections.items()),
        newer_draft=newest if may_edit and newest > used else 0,
        last_return=returned[-1] if returned and report.state is ReportState.RETURNED else None,
    )


def install_hands(app: Flask) -> None:
    """Gives templates of every room `report_hands`: the incident page shows the report too."""
    app.jinja_env.globals["report_hands"] = hands


def _sentence(sentence: Sentence, report: Report, *, error: str = "", status: int = 200) -> ResponseReturnValue:
    html = render_template("reports/_sentence.html", sentence_row=sentence, report=report, error=error)
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _kept_words(sentence_id: UUID, typed: str, error: DomainError, actor: Actor) -> ResponseReturnValue:
    """The sentence as it stands now, opened, with the refused words still in the box and today's edition."""
    sentence, report = queries.visible_sentence(actor, sentence_id)
    said = f"{error.message} {error.remedy}"
    if isinstance(error, Conflict):
        said += f" It now reads: “{sentence.text}”"
    if not asks_for_fragment():
        return page(
            "reports/conflict.html", status=error.status, report=report, sentence=sentence, typed=typed, said=said
        )
    html = render_template("reports/_sentence.html", sentence_row=sentence, report=report, error=said, typed=typed)
    return make_response(html, 422)


def _texts(report: Report, number: int) -> list[str]:
    """A version's sentences; number 0 is the first draft."""
    if number == 0:
        return [row["text"] for row in queries.draft(report, 1).content] if report.drafts else []
    return [row["text"] for row in queries.version(report, number).content["sentences"]]


def _viewed(report: Report, actor: Actor, what: str) -> None:
    with transaction():
        ledger.record(
            "reports:report:view",
            actor=actor,
            subject_kind="report",
            subject_id=report.id,
            incident_id=report.incident_id,
            what=what,
        )


def _to(report: Report, sentence: Sentence | None = None) -> ResponseReturnValue:
    back = request.form.get("back", "")
    anchor = f"s-{sentence.id}" if sentence is not None else None
    if back == "incident":
        return redirect(f"/incidents/{report.incident_id}#{anchor or 'report'}", 303)
    return redirect(url_for(".show", report_id=report.id, _anchor=anchor), 303)
