"""The pages of records and administrators: the overview, categories and their rules, proposals, the deletion queue."""

from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.pages import page
from app.core.permissions import Permission, require
from app.evidence.retention import categories, critical, plot, queries, queue
from app.evidence.retention.forms import CategoryForm, ReasonForm, RuleForm
from app.evidence.retention.models import Proposal
from app.evidence.retention.presets import presets

bp = Blueprint("retention", __name__, url_prefix="/retention")


@bp.get("")
@require(Permission.RETENTION_READ)
def index(actor: Actor) -> ResponseReturnValue:
    """What is kept how long, what goes when, what is held, and what went."""
    rows = queries.categories()
    return page(
        "retention/index.html",
        counts=queries.counts(),
        categories=rows,
        presets=presets(),
        proposals=queries.waiting_proposals(),
        queued=queries.queued(),
        holds=queries.active_holds(),
        uncategorised=queries.uncategorised(),
        tombstones=queries.tombstones(),
        clocks=critical.running(),
        columns=plot.columns(queries.by_month()),
        may_open=actor.may(Permission.EVIDENCE_READ),
        may_manage=actor.may(Permission.RETENTION_MANAGE),
        most=queries.SHOWN,
    )


@bp.post("/presets/<code>")
@require(Permission.RETENTION_MANAGE)
def load(code: str, actor: Actor) -> ResponseReturnValue:
    """Adds a list's categories."""
    with transaction():
        added = categories.load_preset(code, actor=actor)
    flash(f"{len(added)} categories were added. Have counsel confirm each of them.", "done")
    return redirect(url_for(".index", _anchor="categories"), 303)


@bp.route("/categories/new", methods=["GET", "POST"])
@require(Permission.RETENTION_MANAGE)
def add(actor: Actor) -> ResponseReturnValue:
    """A category of the agency's own."""
    form = CategoryForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                categories.add(
                    form.code.data, form.name.data, kinds=form.kinds.data or [], wanted=form.wanted(), actor=actor
                )
            flash(f"“{form.name.data}” can be chosen now.", "done")
            return redirect(url_for(".index", _anchor="categories"), 303)
        except DomainError as error:
            beside_the_field(form, error)
    return page("retention/new.html", status=422 if request.method == "POST" else 200, form=form)


@bp.get("/categories/<uuid:category_id>")
@require(Permission.RETENTION_READ)
def show(category_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One category: its rule, the versions before, and the form that changes it."""
    form = RuleForm()
    form.show(queries.category(category_id))
    return _category(category_id, form)


@bp.post("/categories/<uuid:category_id>/rule")
@require(Permission.RETENTION_MANAGE)
def change(category_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Changes the rule, or proposes to when it would be shorter (R4)."""
    category, form = queries.category(category_id), RuleForm()
    if form.validate():
        try:
            with transaction():
                made = categories.change_rule(category, form.wanted(), actor=actor)
            flash(_said(made) if isinstance(made, Proposal) else "The rule is in force.", "done")
            return redirect(url_for(".show", category_id=category_id), 303)
        except DomainError as error:
            beside_the_field(form, error)
    return _category(category_id, form, status=422)


@bp.route("/categories/<uuid:category_id>/retire", methods=["GET", "POST"])
@require(Permission.RETENTION_MANAGE)
def retire(category_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Proposes to take a category out of use."""
    category, form = queries.category(category_id), ReasonForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                made = categories.retire(category, reason=form.reason.data, actor=actor)
            flash(_said(made), "done")
            return redirect(url_for(".index", _anchor="proposals"), 303)
        except DomainError as error:
            beside_the_field(form, error)
    count = categories.affected(category, None)
    status = 422 if request.method == "POST" else 200
    return page("retention/retire.html", status=status, category=category, form=form, count=count)


@bp.post("/proposals/<uuid:proposal_id>/approve")
@require(Permission.RETENTION_MANAGE)
def approve(proposal_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A second person approves what would delete earlier."""
    return _decide(proposal_id, True, actor)


@bp.post("/proposals/<uuid:proposal_id>/reject")
@require(Permission.RETENTION_MANAGE)
def reject(proposal_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Somebody rejects it, the proposer too."""
    return _decide(proposal_id, False, actor)


@bp.route("/queue/<uuid:evidence_id>/restore", methods=["GET", "POST"])
@require(Permission.RETENTION_MANAGE)
def restore(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes an item back from the deletion queue, with the reason."""
    item, form = queries.queued_item(evidence_id), ReasonForm()
    if request.method == "POST" and form.validate():
        with transaction():
            kept = queue.restore(item, reason=form.reason.data, actor=actor)
        flash(f"It is kept until {kept.until:%d %b %Y} at least.", "done")
        return redirect(url_for(".index", _anchor="queue"), 303)
    status = 422 if request.method == "POST" else 200
    return page("retention/restore.html", status=status, item=item, form=form)


def beside_the_field(form: FlaskForm, error: DomainError) -> None:
    """A refusal of the domain, shown where the person can put it right."""
    field = form[error.field] if error.field in form else next(iter(form))
    field.errors = [*field.errors, " ".join(filter(None, (error.message, error.remedy)))]


def _decide(proposal_id: UUID, approve: bool, actor: Actor) -> ResponseReturnValue:
    with transaction():
        categories.decide(queries.proposal(proposal_id), approve=approve, actor=actor)
    flash("The change is in force." if approve else "The proposal was rejected. Nothing changed.", "done")
    return redirect(url_for(".index", _anchor="categories"), 303)


def _category(category_id: UUID, form: FlaskForm, *, status: int = 200) -> ResponseReturnValue:
    category = queries.category(category_id)
    waiting = [one for one in queries.waiting_proposals() if one.category_id == category_id]
    return page("retention/category.html", status=status, category=category, form=form, waiting=waiting)


def _said(made: Proposal) -> str:
    return (
        f"This waits for a second person: it would make {made.affected_now} items deletable now,"
        f" {made.affected_month} more within 30 days."
    )
