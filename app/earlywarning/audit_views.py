"""The doors of the audit queue: draws and what they say for internal affairs, recordings to hear for whoever listens."""

import re
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import DomainError, Invalid
from app.core.pages import page
from app.core.permissions import Permission, require
from app.earlywarning import audits, drawing
from app.earlywarning.audits import Said
from app.earlywarning.drawn import AuditItem, DrawKind
from app.earlywarning.forms import DrawForm, HeardForm

bp = Blueprint("audits", __name__, url_prefix="/early-warning")
_TIME = re.compile(r"^(?:(\d{1,2}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)$|^(\d{1,5}(?:\.\d+)?)$")


@bp.get("/audit")
@require(Permission.WARNING_READ)
def index(actor: Actor) -> ResponseReturnValue:
    """How right the rules are, by what people heard in recordings drawn by chance; the draws; the form for another."""
    with transaction():
        audits.note_view("all", actor=actor)
    return _index(DrawForm(formdata=None))


def _index(form: DrawForm, status: int = 200) -> ResponseReturnValue:
    return page("earlywarning/audit.html", status=status, form=form, draws=audits.draws(), estimates=audits.estimates())


@bp.post("/audit")
@require(Permission.WARNING_DECIDE)
def draw(actor: Actor) -> ResponseReturnValue:
    """Recordings are drawn."""
    form = DrawForm()
    if not form.validate():
        return _index(form, 422)
    try:
        with transaction():
            made = audits.draw(
                DrawKind(form.kind.data), wanted=form.wanted.data or 0, days=form.days.data or 0, actor=actor
            )
    except DomainError as refused:
        if refused.field not in form:
            raise
        form[refused.field].errors = [f"{refused} {refused.remedy}".strip()]
        return _index(form, int(refused.status))
    flash(f"Drawn: {len(made.items)} of {made.recordings} recordings.", "done")
    return redirect(url_for(".show", draw_id=made.id), 303)


@bp.get("/audit/draws/<uuid:draw_id>")
@require(Permission.WARNING_READ)
def show(draw_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One draw: from what, by which seed, whether it comes out the same again, and how far the listening is."""
    made = audits.one_draw(draw_id)
    with transaction():
        audits.note_view(draw_id, actor=actor)
    return page("earlywarning/draw.html", draw=made, same=audits.repeated(made))


@bp.get("/audit/draws/<uuid:draw_id>/population.txt")
@require(Permission.WARNING_READ)
def population(draw_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What was drawn from, as it was hashed: id, seconds of own speech and weight, one line a recording."""
    made = audits.one_draw(draw_id)
    with transaction():
        audits.note_view(draw_id, actor=actor)
    answer = Response(drawing.written(drawing.unpacked(made.population)), mimetype="text/plain")
    answer.headers["Content-Disposition"] = f'attachment; filename="population-{made.population_sha256[:12]}.txt"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/listen")
@require(Permission.WARNING_LISTEN)
def waiting(actor: Actor) -> ResponseReturnValue:
    """What this listener may listen to, without a word of what the machine found."""
    with transaction():
        audits.note_view("to hear", actor=actor)
    return page("earlywarning/listen.html", items=audits.to_hear(actor))


@bp.get("/listen/<uuid:item_id>")
@require(Permission.WARNING_LISTEN)
def item(item_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One recording to listen to; once heard, what was heard beside what the machine had counted."""
    found = audits.item_for(actor, item_id)
    with transaction():
        audits.note_view(item_id, actor=actor)
    return _item(found, HeardForm(formdata=None))


def _item(found: AuditItem, form: HeardForm, status: int = 200) -> ResponseReturnValue:
    return page("earlywarning/heard.html", status=status, item=found, form=form)


@bp.post("/listen/<uuid:item_id>")
@require(Permission.WARNING_LISTEN)
def hear(item_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What was heard is kept."""
    found = audits.item_for(actor, item_id)
    form = HeardForm()
    if not form.validate():
        return _item(found, form, 422)
    try:
        with transaction():
            audits.hear(
                found,
                said=_said(form),
                unhearable=form.verdict.data == "unhearable",
                note=form.note.data or "",
                actor=actor,
            )
    except Invalid as refused:
        form.form_errors = [f"{refused} {refused.remedy}".strip()]
        return _item(audits.item_for(actor, item_id), form, 422)
    flash("Kept. What the machine had found is shown below.", "done")
    return redirect(url_for(".item", item_id=item_id), 303)


def _said(form: HeardForm) -> list[Said]:
    """The filled-in lines. Invalid for a line with one half missing or a time that is none."""
    said = []
    for number, entry in enumerate(form.moments.entries, start=1):
        at, category = (entry.form.at.data or "").strip(), entry.form.category.data or ""
        if not at and not category:
            continue
        found = _TIME.match(at)
        if found is None or not category:
            raise Invalid(
                f"Line {number} needs a time and what it was.",
                field="moments",
                remedy="Minutes and seconds, such as 3:25, and a category.",
            )
        hours, minutes, seconds, alone = found.groups()
        at_s = float(alone) if alone else int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds)
        said.append(Said(at_s, category))
    return said
