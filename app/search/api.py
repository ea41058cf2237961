"""Searching as JSON: what was understood, what was found and where; one's own kept searches."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.api import answer, asked, body, contract
from app.core.db import transaction
from app.core.permissions import Permission, require
from app.core.repeats import once
from app.search import queries, service
from app.search.models import SavedSearch
from app.search.parts import Asked
from app.search.queries import Line, Result, Sight
from app.search.schemas import (
    FoundLine,
    FoundMoment,
    FoundTag,
    LinePiece,
    MomentList,
    MomentsQuery,
    NotUnderstood,
    Removed,
    Saved,
    SavedIn,
    SavedList,
    UnderstoodPart,
)
from app.search.views import looked

bp = Blueprint("search_api", __name__, url_prefix="/api/v1")


@bp.get("/moments")
@require(Permission.EVIDENCE_READ)
@contract(MomentList, asks=MomentsQuery)
def moments(actor: Actor) -> ResponseReturnValue:
    """Moments of recordings the actor may see that fit a search, best first."""
    query = asked(MomentsQuery)
    found = queries.find(actor, query.q, cursor=query.cursor)
    looked(found, actor)
    return answer(
        MomentList(
            understood=_understood(found.asked),
            not_understood=[NotUnderstood(text=one.text, why=one.why) for one in found.asked.unread],
            moments=found.moments,
            beyond=found.beyond,
            results=[_result(one) for one in found.results],
            next_cursor=found.next_cursor,
        )
    )


@bp.get("/searches")
@require(Permission.EVIDENCE_READ)
@contract(SavedList)
def searches(actor: Actor) -> ResponseReturnValue:
    """The actor's own kept searches."""
    return answer(SavedList(searches=[_saved(one) for one in queries.saved_of(actor)]))


@bp.post("/searches")
@require(Permission.EVIDENCE_READ)
@once
@contract(Saved, status=201, takes=SavedIn, refusals=(409,))
def save(actor: Actor) -> ResponseReturnValue:
    """Keeps one."""
    given = body(SavedIn)
    with transaction():
        made = service.save(given.name or "", given.text or "", actor=actor)
    return answer(_saved(made), 201)


@bp.put("/searches/<uuid:saved_id>")
@require(Permission.EVIDENCE_READ)
@contract(Saved, takes=SavedIn, refusals=(409,))
def change(saved_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Changes one."""
    saved, given = queries.own_saved(actor, saved_id), body(SavedIn)
    with transaction():
        service.change(saved, name=given.name, text=given.text, actor=actor)
    return answer(_saved(saved))


@bp.delete("/searches/<uuid:saved_id>")
@require(Permission.EVIDENCE_READ)
@contract(Removed)
def remove(saved_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Forgets one."""
    saved = queries.own_saved(actor, saved_id)
    with transaction():
        service.remove(saved, actor=actor)
    return answer(Removed(removed=True))


def _understood(asked_for: Asked) -> list[UnderstoodPart]:
    return [
        UnderstoodPart(sort=part.sort.value, says=part.said, negated=part.negated, without=asked_for.without(part))
        for part in asked_for.parts
    ]


def _result(one: Result) -> FoundMoment:
    return FoundMoment(
        moment=one.moment_id,
        evidence=one.item.id,
        incident=one.item.incident_id,
        incident_number=one.item.incident.number,
        place=one.item.incident.place,
        start_s=one.start_s,
        end_s=one.end_s,
        second=one.second,
        at=one.at if one.item.recorded_at else None,
        score=round(one.score, 4),
        address=f"/evidence/{one.item.id}#t={one.second:.1f}",
        lines=[_line(line) for line in one.lines],
        tags=[_tag(sight) for sight in one.tags],
    )


def _line(line: Line) -> FoundLine:
    return FoundLine(
        utterance=line.said.id,
        start_s=line.said.start_s,
        speaker=line.said.speaker,
        pieces=[LinePiece(hit=is_one, text=text) for is_one, text in line.pieces],
    )


def _tag(sight: Sight) -> FoundTag:
    tag = sight.tag
    return FoundTag(
        tag=tag.id,
        kind=tag.kind,
        label=tag.label,
        start_s=tag.start_s,
        end_s=tag.end_s,
        confidence=tag.confidence,
        decision=tag.decision.value,
        hit=sight.hit,
    )


def _saved(saved: SavedSearch) -> Saved:
    return Saved.model_validate(saved, from_attributes=True)
