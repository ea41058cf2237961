"""Searching as JSON: what was understood, what was found and where; one's own kept searches."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.api import answer, body
from app.core.db import transaction
from app.core.permissions import Permission, require
from app.search import queries, service
from app.search.models import SavedSearch
from app.search.parts import Asked
from app.search.queries import Result
from app.search.schemas import SavedIn
from app.search.views import looked

bp = Blueprint("search_api", __name__, url_prefix="/api/v1")


@bp.get("/moments")
@require(Permission.EVIDENCE_READ)
def moments(actor: Actor) -> ResponseReturnValue:
    """`?q=` as typed on the page, `?cursor=` from the answer before."""
    found = queries.find(actor, request.args.get("q", ""), cursor=request.args.get("cursor", ""))
    looked(found, actor)
    return answer(
        {
            "understood": _asked(found.asked),
            "not_understood": [{"text": one.text, "why": one.why} for one in found.asked.unread],
            "moments": found.moments,
            "beyond": found.beyond,
            "results": [_result(one) for one in found.results],
            "next_cursor": found.next_cursor,
        }
    )


@bp.get("/searches")
@require(Permission.EVIDENCE_READ)
def searches(actor: Actor) -> ResponseReturnValue:
    """The actor's own kept searches."""
    return answer({"searches": [_saved(one) for one in queries.saved_of(actor)]})


@bp.post("/searches")
@require(Permission.EVIDENCE_READ)
def save(actor: Actor) -> ResponseReturnValue:
    """Keeps one."""
    given = body(SavedIn)
    with transaction():
        made = service.save(given.name or "", given.text or "", actor=actor)
    return answer(_saved(made), 201)


@bp.put("/searches/<uuid:saved_id>")
@require(Permission.EVIDENCE_READ)
def change(saved_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Changes one."""
    saved, given = queries.own_saved(actor, saved_id), body(SavedIn)
    with transaction():
        service.change(saved, name=given.name, text=given.text, actor=actor)
    return answer(_saved(saved))


@bp.delete("/searches/<uuid:saved_id>")
@require(Permission.EVIDENCE_READ)
def remove(saved_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Forgets one."""
    saved = queries.own_saved(actor, saved_id)
    with transaction():
        service.remove(saved, actor=actor)
    return answer({}, 200)


def _asked(asked: Asked) -> list[dict[str, Any]]:
    return [
        {"sort": part.sort.value, "says": part.said, "negated": part.negated, "without": asked.without(part)}
        for part in asked.parts
    ]


def _result(one: Result) -> dict[str, Any]:
    return {
        "moment": str(one.moment_id),
        "evidence": str(one.item.id),
        "incident": str(one.item.incident_id),
        "incident_number": one.item.incident.number,
        "place": one.item.incident.place,
        "start_s": one.start_s,
        "end_s": one.end_s,
        "second": one.second,
        "at": one.at.isoformat() if one.item.recorded_at else None,
        "score": round(one.score, 4),
        "address": f"/evidence/{one.item.id}#t={one.second:.1f}",
        "lines": [
            {
                "utterance": str(line.said.id),
                "start_s": line.said.start_s,
                "speaker": line.said.speaker,
                "pieces": [{"hit": is_one, "text": text} for is_one, text in line.pieces],
            }
            for line in one.lines
        ],
        "tags": [
            {
                "tag": str(sight.tag.id),
                "kind": sight.tag.kind,
                "label": sight.tag.label,
                "start_s": sight.tag.start_s,
                "end_s": sight.tag.end_s,
                "confidence": sight.tag.confidence,
                "decision": sight.tag.decision.value,
                "hit": sight.hit,
            }
            for sight in one.tags
        ],
    }


def _saved(saved: SavedSearch) -> dict[str, Any]:
    return {"id": str(saved.id), "name": saved.name, "text": saved.text, "changed_at": saved.changed_at.isoformat()}
