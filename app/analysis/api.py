"""What machines said, as JSON: every answer names the engine, and a person's decision where there is one."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.analysis import queries, schemas
from app.analysis.transcripts import reads
from app.core import ledger
from app.core.actor import Actor
from app.core.api import answer, contract
from app.core.db import transaction
from app.core.errors import Absent
from app.core.permissions import Permission, require
from app.evidence import queries as evidence_queries
from app.evidence.models import Evidence

bp = Blueprint("analysis_api", __name__, url_prefix="/api/v1")


@bp.get("/evidence/<uuid:evidence_id>/steps")
@require(Permission.EVIDENCE_READ)
@contract(schemas.StepList)
def steps(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """How far the readings of one item are."""
    item = evidence_queries.visible_evidence(actor, evidence_id)
    found = queries.steps_of([item.id])[item.id]
    steps = [schemas.step_card(step) for step in found]
    return answer(schemas.StepList(under_way=queries.under_way(found), steps=steps))


@bp.get("/evidence/<uuid:evidence_id>/transcript")
@require(Permission.EVIDENCE_READ)
@contract(schemas.TranscriptText)
def transcript(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What stands of what was heard, with the seconds and the confidence of every word (null: a person's). 404 while nothing stands."""
    item = evidence_queries.visible_evidence(actor, evidence_id)
    found = queries.transcript_of(item.id)
    if found is None:
        raise Absent("There is no transcript of this recording yet.")
    _read(item, "transcript", actor)
    return answer(schemas.transcript_text(found, reads.latest(found)))


@bp.get("/evidence/<uuid:evidence_id>/tags")
@require(Permission.EVIDENCE_READ)
@contract(schemas.TagList)
def tags(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What was seen, by time, with what a person decided; rejected tags are left out."""
    item = evidence_queries.visible_evidence(actor, evidence_id)
    found = queries.tags_of(item.id)
    _read(item, "tags", actor)
    return answer(schemas.TagList(tags=[schemas.tag_card(tag) for tag in found]))


@bp.get("/evidence/<uuid:evidence_id>/mentions")
@require(Permission.EVIDENCE_READ)
@contract(schemas.MentionList)
def mentions(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Names, plates, dates … found, each with what a person decided."""
    item = evidence_queries.visible_evidence(actor, evidence_id)
    found = queries.mentions_of(item.id)
    _read(item, "mentions", actor)
    return answer(schemas.MentionList(mentions=[schemas.mention_card(row.mention) for row in found]))


def _read(item: Evidence, what: str, actor: Actor) -> None:
    with transaction():
        ledger.record(
            "evidence:item:view",
            actor=actor,
            subject_kind="evidence",
            subject_id=item.id,
            incident_id=item.incident_id,
            what=what,
        )
