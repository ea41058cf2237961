"""The purge: on record before a byte is touched, finished however often it is interrupted, and what stays of it."""

import uuid
from datetime import datetime

import sqlalchemy as sa

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.evidence.models import EVIDENCE_MOVES, Evidence, EvidenceState, Excerpt, Rendition, StoredObject, Upload
from app.evidence.retention import keeping, queue
from app.evidence.retention.models import DoomedObject, Queued, Tombstone
from app.evidence.retention.records import note_item
from app.evidence.retention.rules import Rule
from app.evidence.retention.standing import Standing, standing
from app.incidents.models import Incident

DESTROYED, SHARED = "destroyed", "shared"


def begin(evidence_id: uuid.UUID, *, actor: Actor) -> bool:
    """Turns a queued item whose seven days are over into a tombstone, in one transaction; whether it did.

    Everything is judged again under the lock: an item that a hold, a reopened incident, a report or a longer rule
    keeps leaves the queue instead (R3). The event names rule and version (R2). What machines made of it is taken out;
    its objects are put down to be destroyed, which `destroy` does afterwards.
    """
    _lock_incident_of(evidence_id)
    one = standing(evidence_id)
    entry, due, rule = one.queued, one.verdict.due, one.verdict.rule
    moment = now()
    if entry is None or entry.purge_at > moment or one.evidence.state is not EvidenceState.SEALED:
        return False
    if due is None or due > moment or rule is None:
        queue.take_out(one.evidence, one.verdict.reasons[0].code if one.verdict.reasons else "date", actor=actor)
        return False
    _bury(one, entry, rule, due, moment, actor)
    return True


def is_purged(evidence_id: uuid.UUID) -> bool:
    """Whether a tombstone stands for the item."""
    return session().get(Tombstone, evidence_id) is not None


def doomed(evidence_id: uuid.UUID) -> list[DoomedObject]:
    """The objects of a purged item that are still to be destroyed."""
    query = sa.select(DoomedObject).where(DoomedObject.evidence_id == evidence_id, DoomedObject.over_at.is_(None))
    return list(session().scalars(query.order_by(DoomedObject.id)))


def hold_key(key: str) -> None:
    """Lets nobody else seal onto, or destroy, the object under `key` to the end of the transaction."""
    session().execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))


def needed(key: str) -> bool | None:
    """Whether another item needs the bytes under `key`: originals are kept under their hash, so two items can share
    them. None when an item of the same size is just being taken in and may turn out to be the same."""
    alive = Evidence.state != EvidenceState.PURGED
    if session().scalar(sa.select(sa.exists().where(Evidence.storage_key == key, alive))):
        return True
    size = session().scalar(sa.select(Evidence.size).where(Evidence.storage_key == key).limit(1))
    arriving = sa.exists().where(Evidence.state == EvidenceState.RECEIVED, Evidence.size == size)
    return None if session().scalar(sa.select(arriving)) else False


def over(one: DoomedObject, outcome: str, *, actor: Actor) -> None:
    """Notes that an object is destroyed, or shared and so left; the last one of an item is an event."""
    one.over_at, one.outcome = now(), outcome
    if outcome == DESTROYED:  # nothing is read back any more, and nothing restored
        session().execute(sa.delete(StoredObject).where(StoredObject.storage_key == one.storage_key))
    session().flush()
    if doomed(one.evidence_id):
        return
    query = sa.select(DoomedObject.outcome, sa.func.count()).where(DoomedObject.evidence_id == one.evidence_id)
    counts = {said: count for said, count in session().execute(query.group_by(DoomedObject.outcome))}  # noqa: C416
    note_item(
        session().get_one(Evidence, one.evidence_id),
        "item:destroy",
        actor,
        destroyed=counts.get(DESTROYED, 0),
        shared=counts.get(SHARED, 0),
    )


def take_out_copies(item: Evidence) -> list[str]:
    """Takes the rows of the item's working copies, clips and stills among them, out of the tables; where they lie."""
    keys = [made.storage_key for made in item.renditions]
    session().execute(sa.delete(Excerpt).where(Excerpt.evidence_id == item.id))
    session().execute(sa.delete(Rendition).where(Rendition.evidence_id == item.id))
    session().expire(item, ["renditions"])
    return keys


def _bury(one: Standing, entry: Queued, rule: Rule, due: datetime, moment: datetime, actor: Actor) -> None:
    item = one.evidence
    others = keeping.objects(item.id)
    removed = keeping.remove(item.id)
    copies = take_out_copies(item)
    removed["working_copies"] = len(copies)
    item.state, item.facts = EVIDENCE_MOVES.check(item.state, EvidenceState.PURGED), {}
    sent = session().get_one(Upload, item.upload_id)
    sent.position, sent.given = {}, {}  # where somebody was goes with what was recorded there
    session().add(_tombstone(one, entry, rule, due, moment, actor, removed))
    session().flush()
    for key in dict.fromkeys((item.storage_key, *copies, *others)):
        session().add(DoomedObject(id=uuid.uuid4(), evidence_id=item.id, storage_key=key))
    session().delete(entry)
    session().flush()
    note_item(
        item,
        "item:purge",
        actor,
        sha256=item.sha256,
        size=item.size,
        rule=rule.code,
        rule_number=rule.number,
        rule_id=rule.id,
        days=rule.days,
        due_at=ledger.written(due),
        removed=removed,
    )


def _tombstone(
    one: Standing, entry: Queued, rule: Rule, due: datetime, moment: datetime, actor: Actor, removed: dict[str, int]
) -> Tombstone:
    item = one.evidence
    return Tombstone(
        evidence_id=item.id,
        sha256=item.sha256,
        size=item.size,
        incident_number=item.incident.number,
        recorded_at=item.recorded_at,
        received_at=item.received_at,
        due_at=due,
        queued_at=entry.queued_at,
        purged_at=moment,
        rule_id=uuid.UUID(str(rule.id)),
        rule_code=rule.code,
        rule_name=rule.name,
        rule_number=rule.number,
        rule_days=rule.days,
        purged_by=actor.label,
        removed=removed,
    )


def _lock_incident_of(evidence_id: uuid.UUID) -> None:
    """The incident and all its items: it is not reopened, no hold is placed and no reading is asked for meanwhile."""
    incident_id = session().scalar(sa.select(Evidence.incident_id).where(Evidence.id == evidence_id))
    session().execute(sa.select(Incident.id).where(Incident.id == incident_id).with_for_update())
    mine = sa.select(Evidence.id).where(Evidence.incident_id == incident_id).order_by(Evidence.id)
    session().execute(mine.with_for_update())
