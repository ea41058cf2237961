"""Steps as they progress, reading one again, deciding on what was found, and carrying it over."""

from uuid import UUID

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.analysis import chunks, queries, service
from app.analysis.languages import LANGUAGES
from app.analysis.mentions import deciding as decisions
from app.analysis.mentions import views as mentions_views
from app.analysis.models import Decision
from app.analysis.tags import placing
from app.core.actor import Actor
from app.core.api import answer
from app.core.db import transaction
from app.core.pages import asks_for_fragment, page
from app.core.permissions import Permission, require
from app.evidence import queries as evidence_queries
from app.evidence import service as evidence
from app.evidence.models import Evidence, EvidenceState
from app.incidents.forms import ParticipantForm

bp = Blueprint("analysis", __name__)


@bp.get("/evidence/<uuid:evidence_id>/steps")
@require(Permission.EVIDENCE_READ)
def steps(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The fragment that shows how far the readings of one item are; the page asks again while any is under way."""
    return _steps(evidence_queries.visible_evidence(actor, evidence_id), actor)


@bp.get("/evidence/<uuid:evidence_id>/heard")
@require(Permission.EVIDENCE_READ)
def heard(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The fragment with what is heard so far of a recording that is being heard now."""
    item = evidence_queries.visible_evidence(actor, evidence_id)
    with transaction():
        evidence.note_access(item, "item:view", actor=actor, what="heard so far")
    return page("analysis/_heard.html", item=item, so_far=chunks.heard_so_far(item.id))


@bp.get("/evidence/<uuid:evidence_id>/boxes.json")
@require(Permission.EVIDENCE_READ)
def boxes(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Where on the picture the tags between two seconds were seen, for the player: a few at a time as it plays on."""
    item = evidence_queries.visible_evidence(actor, evidence_id)
    start, end = request.args.get("start", 0.0, type=float), request.args.get("end", 0.0, type=float)
    with transaction():
        evidence.note_first_look(item, actor=actor, what="boxes")
    return answer({"tags": placing.boxes_between(item.id, start, end)})


@bp.post("/steps/<uuid:step_id>/retry")
@require(Permission.ANALYSIS_RETRY)
def retry(step_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Reads again: a new generation of the step and of those made from it. A transcript can be told its language."""
    step, item = queries.visible_step(actor, step_id)
    with transaction():
        service.rerun(step, actor=actor, language=request.form.get("language", ""))
    return _steps(item, actor) if asks_for_fragment() else _to_desk(item, "steps")


@bp.post("/mentions/<uuid:mention_id>/<any(confirmed, rejected, proposed):decision>")
@require(Permission.INCIDENT_WRITE)
def decide(mention_id: UUID, decision: str, actor: Actor) -> ResponseReturnValue:
    """A person confirms or rejects what a machine found, or takes their decision back."""
    mention, item = queries.visible_mention(actor, mention_id)
    edition = request.form.get("edition", type=int)
    with transaction():
        decisions.decide_mention(mention, evidence=item, decision=Decision(decision), actor=actor, edition=edition)
    return (
        mentions_views.answered(mention, item, actor)
        if request.form.get("back") == "mentions"
        else _to_desk(item, "found")
    )


@bp.get("/mentions/<uuid:mention_id>/name")
@require(Permission.INCIDENT_WRITE)
def name(mention_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The form that names a person, begun with what was found. Nothing is kept until the actor sends it."""
    mention, item = queries.visible_mention(actor, mention_id)
    with transaction():
        evidence.note_access(item, "item:view", actor=actor, what="mention")
    begun = {"name": mention.value or mention.text, "mention_id": mention.id}
    form = ParticipantForm(formdata=None, data=begun)
    return page("incidents/participant.html", incident=item.incident, form=form)


def _steps(item: Evidence, actor: Actor) -> ResponseReturnValue:
    found = queries.steps_of([item.id])[item.id]
    may_retry = actor.may(Permission.ANALYSIS_RETRY)
    response = make_response(
        page("analysis/_steps.html", steps=found, item=item, may_retry=may_retry, languages=LANGUAGES)
    )
    if request.args.get("was") == EvidenceState.RECEIVED and item.state is not EvidenceState.RECEIVED:
        response.headers["HX-Refresh"] = "true"
    if found and not queries.under_way(found):
        response.headers["HX-Trigger"] = "steps-done"
    return response


def _to_desk(item: Evidence, anchor: str) -> ResponseReturnValue:
    return redirect(url_for("desk.show", incident_id=item.incident_id, evidence=item.id, _anchor=anchor), 303)
