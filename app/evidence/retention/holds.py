"""Holds: placed with a reason code and a reference, released by another person with a reason."""

import uuid

import sqlalchemy as sa

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.outbox import enqueue_once
from app.evidence.models import Evidence, EvidenceState
from app.evidence.retention import queue
from app.evidence.retention.models import Hold, HoldReason
from app.evidence.retention.records import reasoned
from app.incidents.models import Incident

LONGEST_REFERENCE = 60


def place(incident: Incident, item: Evidence | None, *, reason: HoldReason, reference: str, actor: Actor) -> Hold:
    """Holds one item of an incident, or without one all there is and will be in it. What waits to be deleted is taken
    from the queue at once (R3). Invalid without a reference; Conflict for an item that is deleted already."""
    reference = " ".join(reference.split())
    if not 0 < len(reference) <= LONGEST_REFERENCE:
        raise Invalid(f"Give a case or reference number of at most {LONGEST_REFERENCE} characters.", field="reference")
    held = _locked(incident, item)
    if item is not None and held[0].state is EvidenceState.PURGED:
        raise Conflict("This item was deleted already; only its tombstone is left.")
    hold = Hold(
        id=uuid.uuid4(),
        incident_id=incident.id,
        evidence_id=item.id if item else None,
        reason=reason,
        reference=reference,
        placed_by=actor.id,
        placed_at=now(),
    )
    session().add(hold)
    session().flush()
    for one in held:
        queue.take_out(one, "hold", actor=actor)
    _note(hold, "hold:place", actor, reason=reason.value, reference=reference)
    return hold


def release(hold: Hold, *, reason: str, actor: Actor) -> Hold:
    """Ends a hold. Forbidden to the one who placed it; Conflict when it is over; Invalid without a reason."""
    hold = session().get_one(Hold, hold.id, with_for_update=True, populate_existing=True)
    if hold.released_at is not None:
        raise Conflict("This hold is released already.")
    if hold.placed_by == actor.id:
        raise Forbidden("Somebody else must release a hold that you placed.", remedy="Ask a colleague.")
    hold.release_reason, hold.released_by, hold.released_at = reasoned(reason), actor.id, now()
    _note(hold, "hold:release", actor)
    return hold


def _locked(incident: Incident, item: Evidence | None) -> list[Evidence]:
    """The items it covers, locked: a purge that has begun is over before the hold is placed, and the other way round."""
    query = sa.select(Evidence).where(Evidence.incident_id == incident.id).order_by(Evidence.id)
    if item is not None:
        query = query.where(Evidence.id == item.id)
    return list(session().scalars(query.with_for_update(), execution_options={"populate_existing": True}))


def _note(hold: Hold, act: str, actor: Actor, **details: str) -> None:
    kind, subject = ("evidence", hold.evidence_id) if hold.evidence_id else ("incident", hold.incident_id)
    if hold.evidence_id:
        enqueue_once("shelve", evidence_id=hold.evidence_id)
    else:
        enqueue_once("shelve_incident", incident_id=hold.incident_id)
    ledger.record(
        f"evidence:{act}",
        actor=actor,
        subject_kind=kind,
        subject_id=subject,
        incident_id=hold.incident_id,
        hold_id=hold.id,
        **details,
    )
