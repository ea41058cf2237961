"""What machines said, as JSON: every answer names the engine, and a person's decision where there is one."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.analysis import queries
from app.analysis.models import Mention, Step, Tag, Utterance
from app.analysis.transcripts import reads
from app.core import ledger
from app.core.actor import Actor
from app.core.api import answer
from app.core.db import transaction
from app.core.errors import Absent
from app.core.permissions import Permission, require
from app.evidence import queries as evidence_queries
from app.evidence.models import Evidence

bp = Blueprint("analysis_api", __name__, url_prefix="/api/v1")


@bp.get("/evidence/<uuid:evidence_id>/steps")
@require(Permission.EVIDENCE_READ)
def steps(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """How far the readings of one item are."""
    item = evidence_queries.visible_evidence(actor, evidence_id)
    found = queries.steps_of([item.id])[item.id]
    return answer({"under_way": queries.under_way(found), "steps": [_step(step) for step in found]})


@bp.get("/evidence/<uuid:evidence_id>/transcript")
@require(Permission.EVIDENCE_READ)
def transcript(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What stands of what was heard, with the seconds and the confidence of every word (null: a person's). 404 while nothing stands."""
    item = evidence_queries.visible_evidence(actor, evidence_id)
    found = queries.transcript_of(item.id)
    if found is None:
        raise Absent("There is no transcript of this recording yet.")
    _read(item, "transcript", actor)
    said: dict[str, Any] = {"engine": found.engine, "speaker_engine": found.speaker_engine, "language": found.language}
    heard = [_utterance(utterance) for utterance in found.utterances]
    latest = reads.latest(found)
    said["version"] = {
        "number": latest.number,
        "kind": latest.kind.value,
        "by": latest.maker.label if latest.maker else "machine",
        "read": found.read_number,
    }
    return answer({**said, "step_id": str(found.step_id), "duration_s": found.duration_s, "utterances": heard})


@bp.get("/evidence/<uuid:evidence_id>/tags")
@require(Permission.EVIDENCE_READ)
def tags(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What was seen, by time, with what a person decided; rejected tags are left out."""
    item = evidence_queries.visible_evidence(actor, evidence_id)
    found = queries.tags_of(item.id)
    _read(item, "tags", actor)
    return answer({"tags": [_tag(tag) for tag in found]})


@bp.get("/evidence/<uuid:evidence_id>/mentions")
@require(Permission.EVIDENCE_READ)
def mentions(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Names, plates, dates … found, each with what a person decided."""
    item = evidence_queries.visible_evidence(actor, evidence_id)
    found = queries.mentions_of(item.id)
    _read(item, "mentions", actor)
    return answer({"mentions": [_mention(row.mention) for row in found]})


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


def _step(step: Step) -> dict[str, Any]:
    return {
        "id": str(step.id),
        "name": step.name,
        "generation": step.generation,
        "state": step.state.value,
        "progress": step.progress,
        "attempts": step.attempts,
        "engine": step.engine,
        "failure": step.failure.value if step.failure else None,
        "error": step.error,
        "started_at": step.started_at.isoformat() if step.started_at else None,
        "finished_at": step.finished_at.isoformat() if step.finished_at else None,
    }


def _utterance(utterance: Utterance) -> dict[str, Any]:
    names = ("start_s", "end_s", "text", "words", "confidence", "speaker", "role", "speaker_confidence")
    return {"id": str(utterance.id), **{name: getattr(utterance, name) for name in names}}


def _tag(tag: Tag) -> dict[str, Any]:
    names = ("kind", "label", "start_s", "end_s", "best_s", "count", "confidence", "box", "method", "detail")
    plain = {name: getattr(tag, name) for name in names}
    return {
        "id": str(tag.id),
        "step_id": str(tag.step_id) if tag.step_id else None,
        "decision": tag.decision.value,
        "decided_at": tag.decided_at.isoformat() if tag.decided_at else None,
        **plain,
    }


def _mention(mention: Mention) -> dict[str, Any]:
    names = ("kind", "text", "value", "detail", "start_s", "end_s", "confidence", "method", "engine")
    plain = {name: getattr(mention, name) for name in names}
    return {
        "id": str(mention.id),
        "step_id": str(mention.step_id) if mention.step_id else None,
        "decision": mention.decision.value,
        "decided_at": mention.decided_at.isoformat() if mention.decided_at else None,
        **plain,
    }
