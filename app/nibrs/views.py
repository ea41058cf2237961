"""The coding page of an incident, and the register of files and answers."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.config import Settings
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import transaction
from app.core.errors import DomainError, Invalid
from app.core.pages import page
from app.core.permissions import Permission, require
from app.incidents import queries as incidents
from app.incidents.models import Incident
from app.nibrs import coding as codings
from app.nibrs import editing, queries, service, typed
from app.nibrs.edits import Finding
from app.nibrs.forms import Sheet, arrest_section
from app.nibrs.models import Coding, Format, NibrsFile
from app.nibrs.records import GroupAIncident, GroupBArrest
from app.nibrs.suggestions import Coding as Both
from app.nibrs.suggestions import suggestions, take
from app.nibrs.terms import Terms, terms
from app.reports import queries as reports

bp = Blueprint("nibrs", __name__)


def _terms() -> Terms:
    config: Settings = current_app.config["SETTINGS"]
    return terms(config)


@bp.get("/incidents/<uuid:incident_id>/nibrs")
@require(Permission.INCIDENT_READ)
def show(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """How the incident is coded, beside its report."""
    incident = incidents.whole_incident(actor, incident_id)
    kept = queries.coding_of(incident.id)
    with transaction():
        service.note_view(incident, actor=actor)
    return _sheet(incident, kept, _kept(incident, kept), actor)


@bp.post("/incidents/<uuid:incident_id>/nibrs")
@require(Permission.INCIDENT_WRITE)
def save(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Every button of the form: check, add, remove, take a proposal, save, or save and stand by a warning."""
    incident = incidents.whole_incident(actor, incident_id)
    kept = queries.coding_of(incident.id)
    both = Both(typed.incident(request.form), typed.arrest(request.form))
    verb, _, what = request.form.get("do", "check").partition(":")
    if verb not in ("save", "stand"):
        both = take(both, what) if verb == "take" else editing.edited(both, verb, what)
        both = Both(typed.numbered(both.group_a), typed.numbered_arrest(both.group_b))
        return _sheet(incident, kept, both, actor, unsaved=True)
    try:
        with transaction():
            saved = service.code(
                incident,
                group_a=both.group_a,
                group_b=both.group_b,
                not_reportable=request.form.get("not_reportable", ""),
                edition=request.form.get("edition", 0, type=int),
                actor=actor,
            )
            if verb == "stand":
                chosen = [one for one in _findings(saved.content, incident) if one.key == what]
                service.acknowledge(saved, findings=chosen, actor=actor)
    except DomainError as error:
        flash(" ".join(filter(None, (error.message, error.remedy))), "error")
        return _sheet(incident, queries.coding_of(incident.id), both, actor, unsaved=True, status=error.status)
    flash("Saved.", "done")
    return redirect(url_for(".show", incident_id=incident.id), 303)


def _kept(incident: Incident, kept: Coding | None) -> Both:
    """What was kept, or the start of a coding: the day and hour of the incident."""
    local = incident.occurred_at.astimezone()
    fresh = GroupAIncident(date=f"{local:%Y%m%d}", hour=f"{local:%H}", cleared="N")
    if kept is None:
        return Both(fresh, GroupBArrest())
    return Both(codings.group_a(kept.content) or fresh, codings.group_b(kept.content) or GroupBArrest())


def _findings(content: dict[str, Any], incident: Incident) -> list[Finding]:
    judged = codings.judge(content, number=incident.number, terms=_terms(), today=now().astimezone().date())
    return [found for one in judged for found in one.findings]


def _sheet(
    incident: Incident, kept: Coding | None, both: Both, actor: Actor, *, unsaved: bool = False, status: int = 200
) -> ResponseReturnValue:
    known, today = _terms(), now().astimezone().date()
    content = codings.plain(both.group_a, both.group_b)
    judged = {
        one.kind: one.findings for one in codings.judge(content, number=incident.number, terms=known, today=today)
    }
    main = Sheet(both.group_a, known.tables, judged.get("A", []))
    second = Sheet(both.group_a, known.tables, judged.get("B", []))
    top, sections, arrest = main.top(), main.sections(), arrest_section(second, both.group_b)
    every = [found for findings in judged.values() for found in findings]
    may_write = actor.may(Permission.INCIDENT_WRITE)
    return page(
        "nibrs/coding.html",
        status=status,
        incident=incident,
        kept=kept,
        top=top,
        sections=sections,
        arrest=arrest,
        rest=[*main.rest, *second.rest],
        errors=[one for one in every if one.is_error],
        warnings=[one for one in every if not one.is_error],
        stood_by={one["key"] for one in kept.acknowledged} if kept else set(),
        suggestions=suggestions(incident, both, known.tables, today) if may_write else [],
        report=reports.of_incident(actor, incident.id),
        may_write=may_write,
        unsaved=unsaved,
        reporting=known.since is not None,
        not_reportable=request.form.get("not_reportable", kept.not_reportable if kept else ""),
    )


@bp.get("/nibrs")
@require(Permission.NIBRS_SUBMIT)
def index(actor: Actor) -> ResponseReturnValue:
    """The register: what waits, the files made and read, and what the FBI said."""
    return _register(actor)


def _register(actor: Actor, status: int = 200) -> ResponseReturnValue:
    today = now().astimezone().date()
    last = date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)
    return page(
        "nibrs/index.html",
        status=status,
        files=queries.files(actor),
        waiting=len(queries.waiting()),
        month=f"{last:%Y-%m}",
        reporting=_terms().since is not None,
        ori=_terms().ori,
    )


@bp.post("/nibrs/files")
@require(Permission.NIBRS_SUBMIT)
def make(actor: Actor) -> ResponseReturnValue:
    """Makes the file of a month."""
    try:
        month = date.fromisoformat(f"{request.form.get('month', '')}-01")
        written = Format(request.form.get("format", ""))
    except ValueError:
        flash("Give a month and a format.", "error")
        return _register(actor, 422)
    try:
        with transaction():
            file, left_out = service.make_file(month, written=written, terms=_terms(), actor=actor)
    except DomainError as error:
        flash(" ".join(filter(None, (error.message, error.remedy))), "error")
        return _register(actor, error.status)
    if left_out:
        flash(f"Left out, for the FBI would refuse them: {', '.join(left_out)}.", "error")
    flash(f"{file.name} holds {len(file.entries)} reports.", "done")
    return redirect(url_for(".show_file", file_id=file.id), 303)


@bp.post("/nibrs/imports")
@require(Permission.NIBRS_SUBMIT)
def take_in(actor: Actor) -> ResponseReturnValue:
    """Takes in a file of another system."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid("Choose a file first.", field="file")
        with transaction():
            content = sent.stream.read(service.LARGEST + 1)
            file, findings = service.take_in(content, name=sent.filename, terms=_terms(), actor=actor)
    except DomainError as error:
        flash(" ".join(filter(None, (error.message, error.remedy))), "error")
        return _register(actor, error.status)
    flash(f"Read {len(file.entries)} reports; {sum(one.is_error for one in findings)} errors.", "done")
    return redirect(url_for(".show_file", file_id=file.id), 303)


@bp.get("/nibrs/files/<uuid:file_id>")
@require(Permission.NIBRS_SUBMIT)
def show_file(file_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One file: its reports, and what the FBI said of each."""
    file = queries.visible_file(actor, file_id)
    with transaction():
        service.note_file(file, "view", actor=actor)
    return _file(file)


def _file(file: NibrsFile, status: int = 200) -> ResponseReturnValue:
    return page("nibrs/file.html", status=status, file=file)


@bp.get("/nibrs/files/<uuid:file_id>/download")
@require(Permission.NIBRS_SUBMIT)
def download(file_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The file byte by byte; taking it away is an event."""
    file = queries.visible_file(actor, file_id)
    body = queries.body_of(file)
    with transaction():
        service.note_file(file, "download", actor=actor, bytes_out=len(body))
    kind = "application/zip" if file.name.endswith(".zip") else "application/octet-stream"
    answer = Response(body, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{editing.safe_name(file.name)}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/nibrs/files/<uuid:file_id>/responses")
@require(Permission.NIBRS_SUBMIT)
def attach(file_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Attaches the FBI's answer."""
    file = queries.visible_file(actor, file_id)
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid("Choose a file first.", field="file")
        with transaction():
            made = service.attach(file, sent.stream.read(service.LARGEST), actor=actor)
    except DomainError as error:
        flash(" ".join(filter(None, (error.message, error.remedy))), "error")
        return _file(queries.visible_file(actor, file_id), error.status)
    flash(f"Attached: {', '.join(one.status.lower() for one in made)}.", "done")
    return redirect(url_for(".show_file", file_id=file.id), 303)


def install_summary(app: Flask) -> None:
    """Lets the incident page say how far the coding is."""

    @app.template_global()
    def nibrs_summary(incident: Incident) -> dict[str, Any]:
        known = _terms()
        if known.since is None:
            return {}
        kept = queries.coding_of(incident.id)
        found = _findings(kept.content, incident) if kept else []
        stood_by = {one["key"] for one in kept.acknowledged} if kept else set()
        offenses = [one.get("code", "") for one in kept.content.get("a", {}).get("offenses", [])] if kept else []
        people = kept.content.get("b", {}).get("arrestees", []) if kept else []
        return {
            "kept": kept,
            "codes": [(one, known.tables["offense"].words(one)) for one in [*offenses, *_arrest_codes(people)] if one],
            "errors": sum(one.is_error for one in found),
            "warnings": sum(not one.is_error and one.key not in stood_by for one in found),
        }


def _arrest_codes(people: list[dict[str, Any]]) -> list[str]:
    return [str(one.get("offense", "")) for one in people]
