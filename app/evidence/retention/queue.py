"""The deletion queue: what is past its date waits seven days in it, seen by all who may take it back."""

import uuid
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict
from app.core.outbox import enqueue
from app.evidence.models import Evidence, EvidenceState
from app.evidence.retention.models import Choice, DoomedObject, Extension, LettingGo, Queued
from app.evidence.retention.records import note_item, reasoned
from app.evidence.retention.rules import RESTORED_FOR, UNDO
from app.evidence.retention.standing import BATCH, Standing, active_hold, last_moment, standing, standings
from app.incidents.models import Incident, IncidentState


def judge_queue(*, actor: Actor) -> int:
    """Takes out who may stay after all, because rules, holds, reports or the incident changed; how many."""
    left = 0
    for one in _in_batches(session().scalars(sa.select(Queued.evidence_id).order_by(Queued.evidence_id)).all()):
        if not one.verdict.deletable(now()):
            left += take_out(one.evidence, _why(one), actor=actor)
    return left


def candidates() -> list[uuid.UUID]:
    """Items that may have become due: sealed, incident closed, no hold, not queued, old enough for the shortest rule."""
    query = (
        sa.select(Evidence.id)
        .join(Evidence.incident)
        .where(
            Evidence.state == EvidenceState.SEALED,
            Incident.state == IncidentState.CLOSED,
            ~active_hold(),
            ~sa.exists().where(Queued.evidence_id == Evidence.id),
            sa.exists().where(Choice.evidence_id == Evidence.id),
            last_moment(now()),
        )
    )
    return list(session().scalars(query.order_by(Evidence.id)))


def fill(ids: Sequence[uuid.UUID], *, actor: Actor) -> int:
    """Queues those of `ids` that are due; how many."""
    return sum(put_in(one, actor=actor) for one in _in_batches(ids))


def ask_purges() -> int:
    """Asks for the purge of every item whose seven days are over, and again for those that were interrupted; how many.
    A purge may be asked for twice."""
    begun = sa.select(DoomedObject.evidence_id).where(DoomedObject.over_at.is_(None))
    over = session().scalars(sa.select(Queued.evidence_id).where(Queued.purge_at <= now()).union(begun)).all()
    for evidence_id in over:
        enqueue("purge_item", evidence_id=evidence_id)
    return len(over)


def put_in(one: Standing, *, actor: Actor) -> bool:
    """Queues an item whose date has passed; whether it did. Nothing happens to one that must or may stay."""
    due, rule = one.verdict.due, one.verdict.rule
    moment = now()
    if one.queued is not None or due is None or rule is None or due > moment:
        return False
    rule_id = uuid.UUID(str(rule.id))
    entry = Queued(evidence_id=one.evidence.id, rule_id=rule_id, due_at=due, queued_at=moment, purge_at=moment + UNDO)
    session().add(entry)
    session().flush()
    note_item(
        one.evidence,
        "item:queue",
        actor,
        rule=rule.code,
        rule_number=rule.number,
        rule_id=rule_id,
        due_at=ledger.written(due),
        purge_at=ledger.written(entry.purge_at),
    )
    return True


def take_out(item: Evidence, why: str, *, actor: Actor) -> bool:
    """Takes an item out of the queue because of `why`, a code; whether it was there."""
    entry = session().get(Queued, item.id, with_for_update=True, populate_existing=True)
    if entry is None:
        return False
    session().delete(entry)
    session().flush()
    note_item(item, "item:unqueue", actor, why=why)
    return True


def restore(item: Evidence, *, reason: str, actor: Actor) -> Extension:
    """A person takes an item back: it is kept thirty days more from now. Conflict when it is not in the queue."""
    session().execute(sa.select(Evidence.id).where(Evidence.id == item.id).with_for_update())
    why, moment = reasoned(reason), now()
    if not take_out(item, "restored", actor=actor):
        raise Conflict("This item is not in the deletion queue: it was deleted, or taken back already.")
    until = moment + RESTORED_FOR
    kept = Extension(id=uuid.uuid4(), evidence_id=item.id, until=until, reason=why, made_by=actor.id, made_at=moment)
    session().add(kept)
    note_item(item, "item:restore", actor, until=ledger.written(until))
    return kept


def let_go(item: Evidence, *, reason: str, actor: Actor) -> LettingGo:
    """A person says that an item may go although a filed report cites it. Conflict when no filed report does, or when
    it was said before."""
    session().execute(sa.select(Evidence.id).where(Evidence.id == item.id).with_for_update())
    why = reasoned(reason)
    if not any(one.may_be_let_go for one in standing(item.id).verdict.reasons):
        raise Conflict("No filed report keeps this item.")
    said = LettingGo(id=uuid.uuid4(), evidence_id=item.id, reason=why, made_by=actor.id, made_at=now())
    session().add(said)
    note_item(item, "item:let-go", actor)
    return said


def judge(item: Evidence, *, actor: Actor) -> None:
    """Puts an item where it belongs now that its categories or its incident changed."""
    one = standing(item.id)
    if one.queued is not None and not one.verdict.deletable(now()):
        take_out(item, _why(one), actor=actor)
    elif one.evidence.state is EvidenceState.SEALED:
        put_in(one, actor=actor)


def digest(*, actor: Actor) -> None:
    """The week's notice as an event: how many wait, how many of them go within seven days, and when the first does."""
    moment = now()
    waiting = session().execute(sa.select(sa.func.count(), sa.func.min(Queued.purge_at))).one()
    soon = session().scalar(sa.select(sa.func.count()).where(Queued.purge_at <= moment + UNDO))
    ledger.record(
        "evidence:retention:digest",
        actor=actor,
        subject_kind="retention",
        subject_id=f"{moment:%G-W%V}",
        queued=waiting[0],
        within_week=soon,
        first=ledger.written(waiting[1]) if waiting[1] else "",
    )


def _in_batches(ids: Sequence[uuid.UUID]) -> Iterator[Standing]:
    for start in range(0, len(ids), BATCH):
        yield from standings(ids[start : start + BATCH]).values()


def _why(one: Standing) -> str:
    return one.verdict.reasons[0].code if one.verdict.reasons else "date"
