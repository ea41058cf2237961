"""The master index as JSON: searched for a reason, an entry with its provenance, facts and merges by people."""

from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.analysis.mentions.schemas import candidate_card
from app.core import ledger
from app.core.actor import Actor
from app.core.api import answer, body, contract
from app.core.db import session, transaction
from app.core.errors import Invalid
from app.core.permissions import Permission, require
from app.core.repeats import once
from app.desk import index_schemas as schemas
from app.desk.index_forms import REASONS
from app.evidence.reasons import reason
from app.incidents.models import Incident
from app.incidents.queries import visible
from app.people import queries, service
from app.people.models import IndexEntry

bp = Blueprint("index_api", __name__, url_prefix="/api/v1")


@bp.post("/people/search")
@require(Permission.PEOPLE_READ)
@contract(schemas.FoundList, takes=schemas.Sought)
def search(actor: Actor) -> ResponseReturnValue:
    """Entries like what was sent. The reason and case number are an event; what was looked for is in none."""
    sought = body(schemas.Sought)
    if sought.reason not in {one.value for one in REASONS}:
        raise Invalid("The index is not searched for this.", field="reason", remedy=f"One of: {', '.join(REASONS)}.")
    why = reason(sought.reason, sought.case)
    found = queries.search(sought.text)
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
    return answer(schemas.FoundList(found=[candidate_card(one) for one in found]))


@bp.get("/people/<uuid:entry_id>")
@require(Permission.PEOPLE_READ)
@contract(schemas.EntryCard)
def show(entry_id: UUID, actor: Actor) -> ResponseReturnValue:
    """All that is known of an entry: facts masked as on the page, each with who confirmed it and the second it was said."""
    return _shown(queries.entry(entry_id), actor)


@bp.post("/people/<uuid:entry_id>/facts")
@require(Permission.PEOPLE_WRITE)
@once
@contract(schemas.EntryCard, status=201, takes=schemas.Known, refusals=(409,))
def add_fact(entry_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Adds what a person knows from elsewhere."""
    entry, known = queries.entry(entry_id), body(schemas.Known)
    with transaction():
        service.add_fact(entry, kind=known.kind, value=known.value, actor=actor)
    return _shown(entry, actor, 201)


@bp.post("/people/facts/<uuid:fact_id>/withdraw")
@require(Permission.PEOPLE_WRITE)
@contract(schemas.EntryCard, refusals=(409,))
def withdraw(fact_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes a fact out."""
    fact = queries.fact(fact_id)
    with transaction():
        service.withdraw(fact, actor=actor)
    return _shown(queries.head(queries.entry(fact.entry_id)), actor)


@bp.post("/people/<uuid:entry_id>/merge")
@require(Permission.PEOPLE_MERGE)
@contract(schemas.EntryCard, takes=schemas.Same, refusals=(409,))
def merge(entry_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Two entries are one, says a person; it can be taken back."""
    entry, other = queries.entry(entry_id), queries.entry(body(schemas.Same).merged)
    with transaction():
        service.merge(entry, merged=other, actor=actor)
    return _shown(entry, actor)


@bp.post("/people/merges/<uuid:merge_id>/undo")
@require(Permission.PEOPLE_MERGE)
@contract(schemas.EntryCard, refusals=(409,))
def unmerge(merge_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes a merge back."""
    done = queries.merge(merge_id)
    with transaction():
        service.unmerge(done, actor=actor)
    return _shown(queries.entry(done.kept_id), actor)


def _shown(entry: IndexEntry, actor: Actor, status: int = 200) -> ResponseReturnValue:
    family = queries.family([entry.id])[entry.id]
    with transaction():
        service.note_view(entry, actor=actor)
    return answer(
        schemas.EntryCard(
            id=entry.id,
            kind=entry.kind.value,
            label=entry.label,
            stands_as=queries.head(entry).id,
            facts=_facts(family),
            incidents=_incidents(family, actor),
            merges=[
                schemas.MergeCard(id=one.id, merged=one.merged_id, at=one.merged_at)
                for one in queries.merges_of(family)
            ],
        ),
        status,
    )


def _facts(family: list[UUID]) -> list[schemas.FactCard]:
    return [
        schemas.FactCard(
            id=fact.id,
            kind=row.kind.value,
            value=row.value,
            masked=row.hidden,
            confirmed_by=fact.confirmer.label,
            confirmed_at=fact.confirmed_at,
            evidence_id=fact.evidence_id,
            second=fact.start_s,
        )
        for row in queries.shown(queries.facts_of(family))
        for fact in row.facts
    ]


def _incidents(family: list[UUID], actor: Actor) -> list[schemas.AppearanceCard]:
    """Where the entry appears; an incident that is not the actor's to see is counted, not named."""
    appearances = [one for one in queries.appearances_of(family) if one.unlinked_at is None]
    ids = {one.incident_id for one in appearances}
    mine: dict[UUID, Incident] = {one.id: one for one in session().scalars(visible(actor).where(Incident.id.in_(ids)))}
    return [
        schemas.AppearanceCard(
            link=one.id,
            role=one.role,
            incident_id=one.incident_id if one.incident_id in mine else None,
            number=mine[one.incident_id].number if one.incident_id in mine else None,
        )
        for one in appearances
    ]
