"""The review of a recording's tags: the list by keyboard, many at once, additions; how often people agree, for administrators."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.analysis import queries
from app.analysis.mentions.views import beside
from app.analysis.models import Decision, Tag
from app.analysis.tags import deciding as tags_deciding
from app.analysis.tags import plot as tags_plot
from app.analysis.tags import queries as tags_queries
from app.analysis.tags.forms import AddTagForm
from app.analysis.tags.kinds import class_in_words, title_of
from app.core import ledger
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import DomainError, Invalid
from app.core.pages import asks_for_fragment, page
from app.core.permissions import Permission, require
from app.evidence import queries as evidence
from app.evidence import service as items
from app.evidence.models import Evidence

bp = Blueprint("tags", __name__)


@bp.get("/evidence/<uuid:evidence_id>/tags")
@require(Permission.EVIDENCE_READ)
def review(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Everything seen in one recording, undecided first; what was rejected with who and when."""
    item = evidence.visible_evidence(actor, evidence_id)
    wanted = {name: request.args.get(name, "") for name in ("kind", "state")}
    found = tags_queries.review(item.id, page=request.args.get("page", 1, type=int), **wanted)
    _looked(item, actor)
    narrowed: dict[str, Any] = {name: value for name, value in wanted.items() if value}
    return page(
        "analysis/tags/review.html",
        item=item,
        review=found,
        wanted=wanted,
        last=tags_deciding.last_act(item.id, actor),
        url_of=lambda number: url_for(".review", evidence_id=item.id, page=number, **narrowed),
        **hands(actor),
    )


@bp.post("/tags/<uuid:tag_id>/<any(confirmed, rejected, proposed):decision>")
@require(Permission.INCIDENT_WRITE)
def decide(tag_id: UUID, decision: str, actor: Actor) -> ResponseReturnValue:
    """A person confirms or rejects what a machine saw, or takes their decision back."""
    tag, item = queries.visible_tag(actor, tag_id)
    edition = request.form.get("edition", type=int)
    with transaction():
        tags_deciding.decide_tag(tag, evidence=item, decision=Decision(decision), actor=actor, edition=edition)
    if asks_for_fragment():
        return page("analysis/tags/_answer.html", row=tags_queries.row_of(tag), item=item, **hands(actor))
    return _to_review(item, tag)


@bp.post("/evidence/<uuid:evidence_id>/tags/decide")
@require(Permission.INCIDENT_WRITE)
def decide_chosen(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Many at once: those ticked, confirmed or rejected alike."""
    item = evidence.visible_evidence(actor, evidence_id)
    chosen = request.form.getlist("chosen")
    if not chosen:
        flash("Choose tags first: tick them, or press x.", "note")
        return _to_review(item)
    decision = _decision(request.form.get("decision", ""))
    ids = {one for one in map(_uuid, chosen) if one}
    tags = tags_queries.of_item(item.id, ids)
    editions = {one: request.form.get(f"edition-{one}", 0, type=int) for one in ids}
    with transaction():
        count = tags_deciding.decide_many(
            tags, evidence=item, decision=decision, editions={k: v for k, v in editions.items() if v}, actor=actor
        )
    flash(
        f"{decision.value.capitalize()} {count} {'tag' if count == 1 else 'tags'}. “Undo” takes them back together.",
        "done",
    )
    return _to_review(item)


@bp.route("/evidence/<uuid:evidence_id>/tags/add", methods=["GET", "POST"])
@require(Permission.INCIDENT_WRITE)
def add(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A person adds what machines missed, with its seconds and its place in the picture."""
    item = evidence.visible_evidence(actor, evidence_id)
    form = AddTagForm()
    if request.method == "GET":
        form.start.data = request.args.get("at", "")
        _looked(item, actor)
        return page("analysis/tags/add.html", item=item, form=form)
    if form.validate():
        try:
            with transaction():
                made = tags_deciding.add_tag(item, added=form.added(), actor=actor)
            flash("Added, and confirmed by you.", "done")
            return _to_review(item, made)
        except DomainError as error:
            beside(form, error)
    return page("analysis/tags/add.html", status=422, item=item, form=form)


@bp.post("/evidence/<uuid:evidence_id>/tags/undo")
@require(Permission.INCIDENT_WRITE)
def undo(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes back what the actor decided last."""
    item = evidence.visible_evidence(actor, evidence_id)
    with transaction():
        count = tags_deciding.undo(item, actor=actor)
    flash(f"{count} {'tag is' if count == 1 else 'tags are'} as before.", "done")
    return _to_review(item)


@bp.get("/analysis/precision")
@require(Permission.ANALYSIS_FIGURES)
def precision(actor: Actor) -> ResponseReturnValue:
    """How often people who looked agreed with what machines saw, by class. Counts only: nothing of any recording."""
    found = tags_queries.precision()
    with transaction():
        ledger.record("analysis:precision:view", actor=actor, subject_kind="agency", subject_id="precision")
    judged = [one for one in found if one.decided]
    return page(
        "analysis/tags/precision.html",
        rows=judged,
        missed=[one for one in found if one.added],
        plot=tags_plot.whiskers(judged[:40]),
        class_in_words=class_in_words,
    )


def hands(actor: Actor) -> dict[str, Any]:
    """What the actor may do here."""
    return {"may_decide": actor.may(Permission.INCIDENT_WRITE), "kind_in_words": title_of}


def _looked(item: Evidence, actor: Actor) -> None:
    with transaction():
        items.note_access(item, "item:view", actor=actor, what="tags")


def _to_review(item: Evidence, tag: Tag | None = None) -> ResponseReturnValue:
    wanted: dict[str, Any] = {name: request.form.get(name) or None for name in ("kind", "state", "page")}
    anchor = f"tag-{tag.id}" if tag else None
    return redirect(url_for(".review", evidence_id=item.id, **wanted, _anchor=anchor), 303)


def _decision(text: str) -> Decision:
    try:
        return Decision(text)
    except ValueError as error:
        raise Invalid("Say whether to confirm or to reject.", field="decision") from error


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
