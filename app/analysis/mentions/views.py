"""The review of an incident's findings: the list by keyboard, the second look, corrections, additions, groups."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.analysis import queries
from app.analysis.findings import MANY
from app.analysis.mentions import deciding as decisions
from app.analysis.mentions import groups as mentions_groups
from app.analysis.mentions import queries as mentions_queries
from app.analysis.mentions.forms import KIND_CHOICES, AddForm, CorrectForm, kind_in_words
from app.analysis.mentions.linking import kind_of, missing
from app.analysis.mentions.queries import Row, Wanted
from app.analysis.models import Decision, Mention
from app.core import ledger
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import Conflict, DomainError, NotFound
from app.core.pages import asks_for_fragment, page
from app.core.permissions import Permission, require
from app.evidence.models import Evidence, EvidenceState
from app.incidents import queries as incidents
from app.incidents.models import Incident

bp = Blueprint("mentions", __name__)
SURE = 0.5  # on the second look, what a machine was less sure of is not ticked


@bp.get("/incidents/<uuid:incident_id>/mentions")
@require(Permission.EVIDENCE_READ)
def review(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Everything found in an incident, put together, undecided first."""
    incident = incidents.visible_incident(actor, incident_id)
    wanted = Wanted(
        kind=request.args.get("kind", ""),
        state=request.args.get("state", ""),
        recording=request.args.get("recording", ""),
        page=request.args.get("page", 1, type=int),
    )
    found = mentions_queries.review(incident.id, wanted)
    rows = [row for pile in found.piles for row in pile.rows]
    with transaction():
        _viewed(incident, actor)
    return page(
        "analysis/mentions/review.html",
        incident=incident,
        review=found,
        wanted=wanted,
        words=mentions_queries.utterances(rows),
        recordings=_recordings(incident),
        last=decisions.last_act(incident.id, actor),
        url_of=lambda number: url_for(".review", incident_id=incident.id, **_narrowed(wanted), page=number),
        **hands(actor),
    )


@bp.route("/mentions/<uuid:mention_id>/correct", methods=["GET", "POST"])
@require(Permission.INCIDENT_WRITE)
def correct(mention_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Confirms a finding with another value."""
    mention, item = queries.visible_mention(actor, mention_id)
    form = CorrectForm(data={"kind": mention.kind, "value": mention.value or mention.text, "edition": mention.edition})
    if request.method == "GET":
        with transaction():
            _viewed(item.incident, actor)
        return page("analysis/mentions/correct.html", mention=mention, item=item, form=form)
    if form.validate():
        try:
            with transaction():
                decisions.correct_mention(
                    mention, evidence=item, kind=form.kind.data, value=form.value.data, actor=actor, edition=_edition()
                )
            return answered(mention, item, actor)
        except Conflict:
            raise
        except DomainError as error:
            beside(form, error)
    return page("analysis/mentions/correct.html", status=422, mention=mention, item=item, form=form)


@bp.route("/incidents/<uuid:incident_id>/mentions/add", methods=["GET", "POST"])
@require(Permission.INCIDENT_WRITE)
def add(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A person marks words or seconds that machines missed."""
    incident = incidents.visible_incident(actor, incident_id)
    items = {str(item.id): item for item in _recordings(incident)}
    form = AddForm()
    form.evidence.choices = [(key, item.title or item.original_name) for key, item in items.items()]
    chosen = items.get(form.evidence.data or request.args.get("recording", "")) or next(iter(items.values()), None)
    if request.method == "GET" and chosen is not None:
        form.evidence.data = str(chosen.id)
        with transaction():
            _viewed(incident, actor)
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                made = decisions.add_mention(items[form.evidence.data], marked=form.marked(), actor=actor)
            flash("Added, and confirmed by you.", "done")
            return to_review(incident.id, made.id)
        except DomainError as error:
            beside(form, error)
    status = 422 if request.method == "POST" else 200
    heard = queries.transcript_of(chosen.id) if chosen else None
    return page(
        "analysis/mentions/add.html",
        status=status,
        incident=incident,
        form=form,
        chosen=chosen,
        heard=heard,
        items=items,
    )


@bp.post("/incidents/<uuid:incident_id>/mentions/confirm")
@require(Permission.INCIDENT_WRITE)
def confirm_chosen(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Many at once: first a second look at them, then, with `sure`, the confirmation of those still ticked."""
    incident = incidents.visible_incident(actor, incident_id)
    chosen = {one for one in map(_uuid, request.form.getlist("chosen")) if one}
    rows = [row for row in mentions_queries.visible_mentions(actor, chosen) if row[1].incident_id == incident.id]
    if not chosen:
        flash("Choose findings first: tick them, or press x.", "note")
        return to_review(incident.id)
    if request.form.get("sure") != "yes":
        open_rows = [row for row in rows if row[0].decision is Decision.PROPOSED][:MANY]
        with transaction():
            _viewed(incident, actor)
        said = {r[0]: r[1] for r in _said([row[0] for row in open_rows])}
        return page("analysis/mentions/second_look.html", incident=incident, rows=open_rows, sure=SURE, words=said)
    editions = {one: request.form.get(f"edition-{one}", 0, type=int) for one in chosen}
    with transaction():
        decisions.confirm_many(rows, editions=editions, actor=actor)
    flash(f"Confirmed {len(rows)} findings. “Undo” takes them back together.", "done")
    return to_review(incident.id)


@bp.post("/incidents/<uuid:incident_id>/mentions/undo")
@require(Permission.INCIDENT_WRITE)
def undo(incident_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes back what the actor decided last."""
    incident = incidents.visible_incident(actor, incident_id)
    last = decisions.last_act(incident.id, actor)
    with transaction():
        count = decisions.undo(incident, actor=actor)
    flash(f"{count} {'finding is' if count == 1 else 'findings are'} as before.", "done")
    return to_review(incident.id, last.mention_id if last else None)


@bp.post("/mention-groups/<uuid:group_id>/confirm")
@require(Permission.INCIDENT_WRITE)
def confirm_group(group_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Says that all findings of a group are of one thing."""
    group, incident = mentions_queries.visible_group(actor, group_id)
    with transaction():
        mentions_groups.confirm_group(group, actor=actor, edition=_edition())
    return to_review(incident.id, anchor=f"g-{group.id}")


@bp.post("/mentions/<uuid:mention_id>/out")
@require(Permission.INCIDENT_WRITE)
def take_out(mention_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes a finding out of its group."""
    mention, item = queries.visible_mention(actor, mention_id)
    with transaction():
        mentions_groups.take_out(mention, evidence=item, actor=actor)
    return to_review(item.incident_id, mention.id)


@bp.route("/mentions/<uuid:mention_id>/move", methods=["GET", "POST"])
@require(Permission.INCIDENT_WRITE)
def move(mention_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Puts a finding into another group, or together with another finding."""
    mention, item = queries.visible_mention(actor, mention_id)
    piles = mentions_queries.review(item.incident_id, Wanted()).piles if request.method == "GET" else []
    if request.method == "GET":
        kind = kind_of(mentions_queries.pile_of(mention, item.incident_id))
        others = [p for p in piles if kind_of(p) is kind and all(row.mention.id != mention.id for row in p.rows)]
        with transaction():
            _viewed(item.incident, actor)
        return page("analysis/mentions/move.html", mention=mention, item=item, piles=others)
    wanted = _uuid(request.form.get("to", ""))
    if wanted is None:
        raise NotFound("Choose where it belongs.", remedy="Go back and choose one.")
    other, _ = queries.visible_mention(actor, wanted)
    pile = mentions_queries.pile_of(other, item.incident_id)
    with transaction():
        mentions_groups.put_with(mention, other=other, group=pile.group, evidence=item, actor=actor)
    return to_review(item.incident_id, mention.id)


def answered(mention: Mention, item: Evidence, actor: Actor) -> ResponseReturnValue:
    """After a decision: the row as it is now for htmx, the list at that row for a browser without."""
    if not asks_for_fragment():
        return to_review(item.incident_id, mention.id)
    pile = mentions_queries.pile_of(mention, item.incident_id)
    row = next(row for row in pile.rows if row.mention.id == mention.id)
    return page(
        "analysis/mentions/_answer.html", row=row, pile=pile, words=mentions_queries.utterances([row]), **hands(actor)
    )


def to_review(incident_id: UUID, mention_id: UUID | None = None, *, anchor: str = "") -> ResponseReturnValue:
    """Back to the list, at a finding or group."""
    at = anchor or (f"m-{mention_id}" if mention_id else None)
    page_no = request.form.get("page", type=int)
    return redirect(url_for("mentions.review", incident_id=incident_id, page=page_no, _anchor=at), 303)


def hands(actor: Actor) -> dict[str, Any]:
    """What the actor may do here."""
    return {
        "may_decide": actor.may(Permission.INCIDENT_WRITE),
        "may_link": actor.may(Permission.PEOPLE_WRITE),
        "may_read_people": actor.may(Permission.PEOPLE_READ),
        "kind_in_words": kind_in_words,
        "kinds": KIND_CHOICES,
        "linkable": kind_of,
        "missing": missing,
    }


def beside(form: Any, error: DomainError) -> None:
    """The error beside its field."""
    field = form[error.field] if error.field in form else next(iter(form))
    field.errors = [*field.errors, " ".join(filter(None, (error.message, error.remedy)))]


def _recordings(incident: Incident) -> list[Evidence]:
    return [item for item in queries.items_of(incident.id) if item.state is EvidenceState.SEALED]


def _said(mentions: list[Mention]) -> list[tuple[UUID, str]]:
    rows = [Row(one, "", False, "") for one in mentions]
    heard = mentions_queries.utterances(rows)
    return [(one.id, heard.get(one.utterance_id, "")) for one in mentions if one.utterance_id]


def _viewed(incident: Incident, actor: Actor) -> None:
    ledger.record(
        "analysis:mentions:view", actor=actor, subject_kind="incident", subject_id=incident.id, incident_id=incident.id
    )


def _narrowed(wanted: Wanted) -> dict[str, Any]:
    named = {"kind": wanted.kind, "state": wanted.state, "recording": wanted.recording}
    return {name: value for name, value in named.items() if value}


def _edition() -> int | None:
    return request.form.get("edition", type=int)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
