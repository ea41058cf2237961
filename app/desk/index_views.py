"""The master index in pages: searched for a reason, an entry with its provenance, merged and parted by people."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.core import ledger
from app.core.actor import Actor
from app.core.db import session, transaction
from app.core.errors import Conflict, DomainError, NotFound
from app.core.ledger import Event
from app.core.pages import page
from app.core.permissions import Permission, require
from app.desk.index_forms import FactForm, SearchForm, SplitForm
from app.desk.words import in_words
from app.evidence.models import Evidence
from app.evidence.reasons import reason
from app.incidents.models import Incident
from app.incidents.queries import visible
from app.people import queries, service
from app.people.matching import likeness
from app.people.models import Appearance, FactKind, IndexEntry

bp = Blueprint("index", __name__)


@bp.get("/people")
@require(Permission.PEOPLE_READ)
def show_index(actor: Actor) -> ResponseReturnValue:
    """The form of the search."""
    return page("people/index.html", form=SearchForm(formdata=None), found=None)


@bp.post("/people")
@require(Permission.PEOPLE_READ)
def search(actor: Actor) -> ResponseReturnValue:
    """Entries like what was typed. The reason and case number are an event; what was typed is in none (T5, C15)."""
    form = SearchForm()
    if not form.validate():
        return page("people/index.html", status=422, form=form, found=None)
    try:
        why = reason(form.reason.data, form.case.data)
    except DomainError as error:
        _beside(form, error)
        return page("people/index.html", status=422, form=form, found=None)
    found = queries.search(form.text.data)
    with transaction():
        ledger.record(
            "people:index:search",
            actor=actor,
            subject_kind="index",
            subject_id="people",
            reason=why.code.value,
            case=why.case,
            found=len(found),
        )
    return page("people/index.html", form=form, found=found)


@bp.get("/people/<uuid:entry_id>")
@require(Permission.PEOPLE_READ)
def show(entry_id: UUID, actor: Actor) -> ResponseReturnValue:
    """All that is known of an entry, with who confirmed it and from which second."""
    return _show(queries.entry(entry_id), actor)


@bp.post("/people/<uuid:entry_id>/facts")
@require(Permission.PEOPLE_WRITE)
def add_fact(entry_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Adds what a person knows from elsewhere."""
    entry = queries.entry(entry_id)
    form = FactForm().of(entry.kind)
    if form.validate():
        try:
            with transaction():
                service.add_fact(entry, kind=FactKind(form.kind.data), value=form.value.data, actor=actor)
            return _to(entry)
        except DomainError as error:
            _beside(form, error)
    return _show(entry, actor, form, 422)


@bp.post("/people/facts/<uuid:fact_id>/withdraw")
@require(Permission.PEOPLE_WRITE)
def withdraw(fact_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes a fact out."""
    fact = queries.fact(fact_id)
    with transaction():
        service.withdraw(fact, actor=actor)
    return _to(queries.head(queries.entry(fact.entry_id)))


@bp.post("/people/facts/<uuid:fact_id>/show")
@require(Permission.PEOPLE_REVEAL)
def reveal(fact_id: UUID, actor: Actor) -> ResponseReturnValue:
    """An SSN or license whole; an event before it is shown."""
    fact = queries.fact(fact_id)
    with transaction():
        service.note_shown(fact, actor=actor)
    return page("people/reveal.html", fact=fact, entry=queries.entry(fact.entry_id))


@bp.route("/people/<uuid:entry_id>/merge", methods=["GET", "POST"])
@require(Permission.PEOPLE_MERGE)
def merge(entry_id: UUID, actor: Actor) -> ResponseReturnValue:
    """First who might be the same, then both side by side, then the merge."""
    entry = queries.entry(entry_id)
    other = _other(request.values.get("with", ""))
    if request.method == "POST":
        if other is None:
            raise NotFound("There is no such entry in the index.", remedy="Choose one first.")
        with transaction():
            service.merge(entry, merged=other, actor=actor)
        flash("They are one entry now. The merge can be taken back on this page.", "done")
        return _to(entry)
    mine = queries.facts_of(queries.family([entry.id])[entry.id])
    with transaction():
        service.note_view(entry, actor=actor)
        if other is not None:
            service.note_view(other, actor=actor)
    if other is None:
        found = queries.candidates(entry.kind, _by_kind(mine), without=[entry.id])
        return page("people/merge.html", entry=entry, other=None, found=found)
    theirs = queries.facts_of(queries.family([other.id])[other.id])
    alike = likeness(_by_kind(mine), _by_kind(theirs))
    return page(
        "people/merge.html",
        entry=entry,
        other=other,
        shown=queries.shown(mine),
        other_shown=queries.shown(theirs),
        count=_incidents(entry),
        other_count=_incidents(other),
        likeness=alike,
        differ=[one.words for one in alike.reasons if one.weight < 0],
    )


@bp.post("/people/merges/<uuid:merge_id>/undo")
@require(Permission.PEOPLE_MERGE)
def unmerge(merge_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes a merge back."""
    done = queries.merge(merge_id)
    with transaction():
        service.unmerge(done, actor=actor)
    flash("They are two entries again.", "done")
    return _to(queries.entry(done.kept_id))


@bp.route("/people/<uuid:entry_id>/split", methods=["GET", "POST"])
@require(Permission.PEOPLE_MERGE)
def split(entry_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Two were taken for one."""
    entry = queries.entry(entry_id)
    form = SplitForm()
    facts, appearances = queries.facts_of([entry.id]), queries.appearances_of([entry.id])
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                fresh = service.split(
                    entry,
                    label=form.label.data,
                    facts=[one for one in facts if str(one.id) in form.facts.data],
                    appearances=[one for one in appearances if str(one.id) in form.appearances.data],
                    actor=actor,
                )
            flash("They are two entries now.", "done")
            return _to(fresh)
        except Conflict:
            raise
        except DomainError as error:
            _beside(form, error)
    if request.method == "GET":
        with transaction():
            service.note_view(entry, actor=actor)
    return page(
        "people/split.html",
        status=422 if request.method == "POST" else 200,
        entry=entry,
        form=form,
        facts=facts,
        appearances=appearances,
        chosen=[*(form.facts.data or ()), *(form.appearances.data or ())],
        seen_incidents=_seen(actor, appearances),
        masked=queries.masked,
    )


def _show(entry: IndexEntry, actor: Actor, form: FlaskForm | None = None, status: int = 200) -> ResponseReturnValue:
    family = queries.family([entry.id])[entry.id]
    facts, appearances = queries.facts_of(family), queries.appearances_of(family)
    with transaction():
        service.note_view(entry, actor=actor)
    return page(
        "people/show.html",
        status=status,
        entry=entry,
        head=queries.head(entry),
        shown=queries.shown(facts),
        appearances=appearances,
        incidents_count=len({one.incident_id for one in appearances if one.unlinked_at is None}),
        seen_incidents=_seen(actor, appearances),
        recordings=_recordings(actor, [one.evidence_id for one in facts if one.evidence_id]),
        merges=queries.merges_of(family),
        trail=_trail(family),
        in_words=in_words,
        form=form or FactForm(formdata=None).of(entry.kind),
        may_write=actor.may(Permission.PEOPLE_WRITE),
        may_merge=actor.may(Permission.PEOPLE_MERGE) and entry.merged_into is None,
        may_reveal=actor.may(Permission.PEOPLE_REVEAL),
    )


def _seen(actor: Actor, appearances: list[Appearance]) -> dict[UUID, Incident]:
    ids = {one.incident_id for one in appearances}
    return {one.id: one for one in session().scalars(visible(actor).where(Incident.id.in_(ids)))}


def _recordings(actor: Actor, ids: list[UUID]) -> dict[UUID, Evidence]:
    mine = visible(actor).with_only_columns(Incident.id)
    query = sa.select(Evidence).where(Evidence.id.in_(ids), Evidence.incident_id.in_(mine))
    return {one.id: one for one in session().scalars(query)}


def _trail(family: list[UUID], limit: int = 50) -> list[Event]:
    ids = [str(one) for one in family]
    query = sa.select(Event).where(Event.subject_kind == "entry", Event.subject_id.in_(ids))
    return list(session().scalars(query.order_by(Event.seq.desc()).limit(limit)))


def _incidents(entry: IndexEntry) -> int:
    family = queries.family([entry.id])[entry.id]
    return len({one.incident_id for one in queries.appearances_of(family) if one.unlinked_at is None})


def _by_kind(facts: list[Any]) -> dict[FactKind, list[str]]:
    found: dict[FactKind, list[str]] = {}
    for one in facts:
        found.setdefault(one.kind, []).append(one.value)
    return found


def _other(text: str) -> IndexEntry | None:
    try:
        return queries.entry(UUID(text)) if text else None
    except ValueError:
        raise NotFound("There is no such entry in the index.") from None


def _to(entry: IndexEntry) -> ResponseReturnValue:
    return redirect(url_for("index.show", entry_id=entry.id), 303)


def _beside(form: FlaskForm, error: DomainError) -> None:
    field = form[error.field] if error.field in form else next(iter(form))
    field.errors = [*field.errors, " ".join(filter(None, (error.message, error.remedy)))]
