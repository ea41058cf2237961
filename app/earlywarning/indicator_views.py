"""The doors of counts an agency already has: send a file, say what its columns mean, read the preview, take the rows in."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import DomainError, Invalid
from app.core.pages import page
from app.core.permissions import Permission, require
from app.earlywarning import importing, indicators
from app.earlywarning.counts import MONTHS_OF_SERVICE, CountsFile, FileState
from app.earlywarning.forms import MappingForm
from app.evidence.custody import rows_as_csv

bp = Blueprint("indicators", __name__, url_prefix="/early-warning/counts")
SHOWN = 50  # rows of a preview


@bp.get("/")
@require(Permission.WARNING_READ)
def index(actor: Actor) -> ResponseReturnValue:
    """What is counted besides language, the files it came by, and the form for another."""
    with transaction():
        indicators.note_view(None, actor=actor)
    return _index()


def _index(error: DomainError | None = None) -> ResponseReturnValue:
    return page(
        "earlywarning/counts.html",
        status=int(error.status) if error else 200,
        error=error,
        files=indicators.files(),
        indicators=indicators.all_indicators(),
        totals=indicators.totals(),
    )


@bp.post("/")
@require(Permission.WARNING_DECIDE)
def upload(actor: Actor) -> ResponseReturnValue:
    """A file is kept as it came; nothing is counted yet."""
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid("No file was chosen.", field="file", remedy="Choose a CSV file first.")
        with transaction():
            content = sent.stream.read(importing.LARGEST + 1)
            made = indicators.upload(content, name=sent.filename, actor=actor)
    except DomainError as error:
        return _index(error)
    return redirect(url_for(".show", file_id=made.id), 303)


@bp.get("/<uuid:file_id>")
@require(Permission.WARNING_READ)
def show(file_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One file: what its columns mean, and what taking it in would do, row by row."""
    file = indicators.one_file(file_id)
    with transaction():
        indicators.note_view(file, actor=actor)
    return _file(file, None)


def _file(file: CountsFile, form: MappingForm | None, status: int = 200) -> ResponseReturnValue:
    table = importing.sheet(file.content)
    if form is None:
        known = file.indicator
        given: dict[str, Any] = {"indicator": known.name, "least": known.least} if known else {"least": 3.0}
        given["per"] = known.per if known and not known.by_service else file.mapping.get("exposure", "").lower()
        form = MappingForm(formdata=None, data={**file.mapping, **given})
        form.offer(table.columns)
    chosen = file.indicator_id is not None and not form.errors
    seen = indicators.preview(file) if chosen and file.state is FileState.UPLOADED else None
    return page(
        "earlywarning/counts_file.html",
        status=status,
        file=file,
        form=form,
        sheet=table,
        seen=seen,
        shown=SHOWN,
        known=indicators.all_indicators(),
        service=MONTHS_OF_SERVICE,
    )


@bp.post("/<uuid:file_id>/columns")
@require(Permission.WARNING_DECIDE)
def columns(file_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What the columns mean is kept; the preview follows."""
    file = indicators.one_file(file_id)
    form = MappingForm()
    form.offer(importing.sheet(file.content).columns)
    if not form.validate():
        return _file(file, form, 422)
    try:
        with transaction():
            indicators.map_columns(
                file,
                form.mapping(),
                indicator=form.indicator.data or "",
                per=form.per.data or "",
                least=form.least.data or 0.0,
                actor=actor,
            )
    except Invalid as refused:
        if refused.field not in form:
            raise
        form[refused.field].errors = [f"{refused} {refused.remedy}".strip()]
        return _file(indicators.one_file(file_id), form, 422)
    return redirect(url_for(".show", file_id=file_id, _anchor="preview"), 303)


@bp.post("/<uuid:file_id>/take")
@require(Permission.WARNING_DECIDE)
def take(file_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The rows of the preview are taken in."""
    file = indicators.one_file(file_id)
    with transaction():
        file = indicators.take(file, expected=request.form.get("expected", -1, type=int), actor=actor)
    flash(f"Taken in: {file.outcome['fresh']} new, {file.outcome['changed']} replaced. It is being compared.", "done")
    return redirect(url_for(".show", file_id=file_id), 303)


@bp.post("/<uuid:file_id>/give-up")
@require(Permission.WARNING_DECIDE)
def give_up(file_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The file will not be taken in."""
    with transaction():
        indicators.give_up(indicators.one_file(file_id), actor=actor)
    flash("Given up. The file stays as it came; nothing of it counts.", "done")
    return redirect(url_for(".index"), 303)


@bp.get("/<uuid:file_id>/refused.csv")
@require(Permission.WARNING_READ)
def refused(file_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The rows that cannot be taken in, with what is wrong: to be put right and sent again."""
    file = indicators.one_file(file_id)
    seen = indicators.preview(file)
    with transaction():
        indicators.note_view(file, actor=actor)
    answer = Response(rows_as_csv(importing.refused(seen.sheet, seen.bad)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="rows-to-put-right.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
