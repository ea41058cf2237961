"""Doors of the types of report: what drafts are written from, changed by the agency, tried before it is kept."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import Conflict, DomainError
from app.core.pages import asks_for_fragment, page
from app.core.permissions import Permission, require
from app.reports import previews, report_types
from app.reports.forms import KeepTypeForm, ReportTypeForm
from app.reports.pages import bp, known_id
from app.reports.report_types import Asked, ReportType, from_content

SPARE_ROWS = 2


@bp.get("/agency/report-types")
@require(Permission.AGENCY_RULES)
def report_types_index(actor: Actor) -> ResponseReturnValue:
    """Every type of report and the version that stands."""
    return page("reports/types.html", types=report_types.all_standing())


@bp.route("/agency/report-types/<code>", methods=["GET", "POST"])
@require(Permission.AGENCY_RULES)
def report_type(code: str, actor: Actor) -> ResponseReturnValue:
    """One type to change: tried on the sample first, or kept at once."""
    standing, status = report_types.standing(code), 200
    shown = _begun_from(standing, actor)
    form = ReportTypeForm()
    if request.method == "POST":
        shown, over = _wanted(form, standing), form.over.data or 0
        try:
            with transaction():
                if "preview" in request.form:
                    preview = previews.ask(shown, over=over, actor=actor)
                    return redirect(url_for("reports.type_preview", code=code, preview_id=preview.id), 303)
                kept = report_types.change(shown, over=over, reason=form.reason.data or "", actor=actor)
            flash(f"Kept as version {kept.number}. Drafts from now on are written by it.", "done")
            return redirect(url_for("reports.report_types_index"), 303)
        except DomainError as error:
            status = _beside(form, error)
    else:
        _fill(form, shown, over=standing.version)
    return page(
        "reports/type.html",
        status=status,
        form=form,
        shown=shown,
        standing=standing,
        rows=[*shown.asked, *[Asked("Contact", "")] * SPARE_ROWS],
        history=report_types.history(code),
        sections=report_types.SECTIONS,
        finders=report_types.FINDERS,
    )


@bp.route("/agency/report-types/<code>/previews/<uuid:preview_id>", methods=["GET", "POST"])
@require(Permission.AGENCY_RULES)
def type_preview(code: str, preview_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The sample incident as a changed type would have it written; from here it is kept or changed further."""
    preview, form, status = previews.of(preview_id, actor=actor), KeepTypeForm(), 200
    kind = from_content(preview.content, version=preview.over)
    if request.method == "POST":
        try:
            with transaction():
                kept = report_types.change(kind, over=preview.over, reason=form.reason.data or "", actor=actor)
            flash(f"Kept as version {kept.number}. Drafts from now on are written by it.", "done")
            return redirect(url_for("reports.report_types_index"), 303)
        except DomainError as error:
            form.form_errors = []
            form.reason.errors = [f"{error.message} {error.remedy}".strip()]
            status = int(error.status)
    template = "reports/_preview.html" if asks_for_fragment() else "reports/preview.html"
    return page(template, status=status, preview=preview, kind=kind, form=form)


def _begun_from(standing: ReportType, actor: Actor) -> ReportType:
    """What the form opens with: the type as it stands, an earlier version, or a preview to go on with."""
    preview_id = known_id(request.args.get("preview"))
    if preview_id is not None:
        preview = previews.of(preview_id, actor=actor)
        return from_content(preview.content, version=preview.over)
    number = request.args.get("version", type=int)
    return standing if number is None else report_types.version(standing.code, number)


def _wanted(form: ReportTypeForm, standing: ReportType) -> ReportType:
    """What the form asks for. A row without a sentence is none; a heading left empty is the section's own."""
    given = request.form
    fields = [given.getlist(f"asked_{name}") for name in ("section", "text", "found_by", "words", "when")]
    asked = tuple(
        Asked(section.strip(), " ".join(text.split()), found_by, _listed(words), when)
        for section, text, found_by, words, when in zip(*fields, strict=False)
        if text.strip()
    )
    shown = zip(given.getlist("heading_of"), given.getlist("heading"), strict=False)
    headings = {code: " ".join(text.split()) or code for code, text in shown}
    return ReportType(
        code=standing.code,
        title=standing.title,
        opening=" ".join((form.opening.data or "").split()),
        person=" ".join((form.person.data or "").split()),
        asked=asked,
        headings={} if _as_it_comes(headings) else headings,
        favours=tuple(one for one in form.favours.data or ()),
        most=form.most.data or 0,
        version=form.over.data or 0,
    )


def _as_it_comes(headings: dict[str, str]) -> bool:
    return list(headings) == list(report_types.SECTIONS) and all(code == text for code, text in headings.items())


def _listed(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(word.split()) for word in words.split(",") if word.strip()))


def _fill(form: ReportTypeForm, shown: ReportType, *, over: int) -> None:
    form.opening.data, form.person.data, form.most.data = shown.opening, shown.person, shown.most
    form.favours.data, form.over.data = list(shown.favours), over


def _beside(form: ReportTypeForm, error: DomainError) -> int:
    """Puts a refusal beside its field, or at the top of the form when it is of the whole."""
    said = f"{error.message} {error.remedy}".strip()
    field = error.field or ("reason" if isinstance(error, Conflict) else "")
    if not field:
        raise error
    form.form_errors = []
    form[field].errors = [said]
    return int(error.status)
