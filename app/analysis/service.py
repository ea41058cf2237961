"""Steps: planned, claimed under a lease, finished once. The only writes to what machines said."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.analysis import languages
from app.analysis.models import STEP_MOVES, Failure, Step, StepState
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict
from app.core.outbox import enqueue
from app.evidence.models import Evidence, EvidenceState

MAX_ATTEMPTS = 5
_OVER = (StepState.DONE, StepState.FAILED, StepState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Plan:
    """One reading to make: its name, the queue that can make it, and the readings it waits for."""

    name: str
    queue: str
    after: tuple[str, ...] = ()


class LeaseLost(Conflict):
    """Another worker has the step now: what was computed is thrown away, the other's result stands."""


def plan(evidence: Evidence, plans: Sequence[Plan], *, actor: Actor) -> list[Step]:
    """Adds the steps an item needs that it does not have yet, and queues those that wait for nothing."""
    known = {step.name for step in current_steps(evidence.id)}
    added = []
    for wanted in plans:
        if wanted.name in known:
            continue
        step = Step(
            id=uuid.uuid4(),
            evidence_id=evidence.id,
            name=wanted.name,
            generation=1,
            state=StepState.WAITING,
            queue=wanted.queue,
            after=list(wanted.after),
            input_hash=evidence.sha256,
        )
        session().add(step)
        added.append(step)
    session().flush()
    release(evidence.id)
    if added:
        ledger.record(
            "analysis:steps:planned",
            actor=actor,
            subject_kind="evidence",
            subject_id=evidence.id,
            incident_id=evidence.incident_id,
            steps=[step.name for step in added],
        )
    return added


def current_steps(evidence_id: uuid.UUID) -> list[Step]:
    """The newest generation of every step of an item, not counting superseded ones."""
    query = sa.select(Step).where(Step.evidence_id == evidence_id, Step.state != StepState.SUPERSEDED)
    return list(session().scalars(query.order_by(Step.name)))


def release(evidence_id: uuid.UUID) -> list[Step]:
    """Queues every waiting step whose predecessors are over. A failed predecessor does not hold the rest up:
    a report without tags is better than none, and the page says what is missing."""
    _lock_item(evidence_id)
    steps = {step.name: step for step in current_steps(evidence_id)}
    ready = []
    for step in steps.values():
        before = [steps[name] for name in step.after if name in steps]
        if step.state is StepState.WAITING and all(other.state in _OVER for other in before):
            _queue(step)
            ready.append(step)
    session().flush()
    return ready


def claim(step_id: uuid.UUID, *, worker: str, lease: timedelta) -> Step | None:
    """Takes a queued step, or one whose worker's lease has ended; None when it is not to be had."""
    moment = now()
    free = sa.or_(Step.state == StepState.QUEUED, sa.and_(Step.state == StepState.RUNNING, Step.lease_until < moment))
    query = (
        sa.update(Step)
        .where(Step.id == step_id, free)
        .values(
            state=StepState.RUNNING,
            claimed_by=worker,
            lease_until=moment + lease,
            attempts=Step.attempts + 1,
            started_at=moment,
            finished_at=None,
            progress=0.0,
            error="",
            failure=None,
        )
        .returning(Step)
    )
    return session().scalars(query, execution_options={"populate_existing": True}).one_or_none()


def keep_alive(step_id: uuid.UUID, *, worker: str, lease: timedelta, progress: float) -> bool:
    """Extends the lease and notes progress (0 to 1); False when the step is no longer this worker's."""
    query = (
        sa.update(Step)
        .where(Step.id == step_id, Step.claimed_by == worker, Step.state == StepState.RUNNING)
        .values(lease_until=now() + lease, progress=min(max(progress, 0.0), 1.0))
    )
    return bool(session().execute(query).rowcount)  # type: ignore[attr-defined]


def hold(step_id: uuid.UUID, *, worker: str) -> Step:
    """The step, locked to the end of the transaction, if it is still this worker's; LeaseLost otherwise.

    Called at the start of the transaction that saves results: so results stand exactly once.
    """
    step = (
        session()
        .scalars(
            sa.select(Step).where(Step.id == step_id).with_for_update(), execution_options={"populate_existing": True}
        )
        .one()
    )
    if step.state is not StepState.RUNNING or step.claimed_by != worker:
        raise LeaseLost(f"{step.title} was taken over by another worker.")
    _lock_item(step.evidence_id)  # before the ledger's lock, so that two steps of one item never wait for each other
    return step


def finish(step: Step, *, engine: Mapping[str, Any], actor: Actor, **figures: Any) -> None:
    """Marks a held step done, with the engine that did it, and queues what became ready."""
    step.state = STEP_MOVES.check(step.state, StepState.DONE)
    step.engine, step.progress, step.finished_at, step.lease_until = dict(engine), 1.0, now(), None
    session().flush()
    release(step.evidence_id)
    _note(
        "analysis:step:done", step, actor, engine=engine.get("name", ""), version=engine.get("version", ""), **figures
    )


def fail(step: Step, *, failure: Failure, reason: str, actor: Actor) -> None:
    """Ends a held step that did not work out. SOON is tried again by itself, with growing pauses, a few times."""
    if failure is Failure.SOON and step.attempts < MAX_ATTEMPTS:
        step.failure, step.error = failure, reason[:400]
        _queue(step, delay=timedelta(seconds=5 * 4 ** (step.attempts - 1)))
        return
    step.state = STEP_MOVES.check(step.state, StepState.FAILED)
    step.failure = Failure.LATER if failure is Failure.SOON else failure
    step.error, step.finished_at, step.lease_until = reason[:400], now(), None
    session().flush()
    release(step.evidence_id)
    _note("analysis:step:failed", step, actor, outcome="failed", failure=step.failure.value)


def rerun(step: Step, *, actor: Actor, language: str = "") -> Step:
    """A person asks for a reading again. The old one and all it said stay; the new one, and every reading that
    was made from the old, gets the next generation. Conflict while the step is still under way.

    `language` is what the person says is spoken (a code of `languages.LANGUAGES`); Invalid when it is another, or the
    step does not listen. Empty: as the engine finds."""
    asked = languages.asked(step.name, language)
    if step.state not in (StepState.DONE, StepState.FAILED):
        raise Conflict(f"{step.title} is still under way.", remedy="Wait until it has finished.")
    _lock_item(step.evidence_id)
    state = session().scalar(sa.select(Evidence.state).where(Evidence.id == step.evidence_id))
    if state is not EvidenceState.SEALED:
        raise Conflict(f"This item is {state}: only sealed items are read." if state else "There is no such item.")
    steps = {other.name: other for other in current_steps(step.evidence_id)}
    again = _dependents(step.name, steps)
    if any(steps[name].state is StepState.RUNNING for name in again):
        raise Conflict("A reading made from this one is running now.", remedy="Wait until it has finished.")
    fresh = {name: _next_generation(steps[name]) for name in again}
    fresh[step.name].asked = asked
    session().flush()
    release(step.evidence_id)
    _note("analysis:step:rerun", fresh[step.name], actor, again=sorted(again), **asked)
    return fresh[step.name]


def anew(step: Step) -> Step | None:
    """Has one reading made again because what it is made of has changed; None when it has not begun and will read that anyway.

    One that is running loses its lease, and what it computed is thrown away. The caller notes the act.
    """
    _lock_item(step.evidence_id)
    old = {one.name: one for one in current_steps(step.evidence_id)}[step.name]
    if old.state in (StepState.WAITING, StepState.QUEUED):
        return None
    fresh = _next_generation(old)
    session().flush()
    release(step.evidence_id)
    return fresh


def redo_after(step: Step, *, made_from: str) -> list[Step]:
    """Has every reading that was made from this step's results made again, the step itself left as it is.

    For when people changed those results. One that has not begun will read them anyway; one that is running loses its
    lease, and what it computed from the old ones is thrown away. `made_from` is the hash of what they are made from now.
    Returns the new generations; the caller notes the act.
    """
    _lock_item(step.evidence_id)
    steps = {other.name: other for other in current_steps(step.evidence_id)}
    again = [steps[name] for name in _dependents(step.name, steps) - {step.name}]
    fresh = [_next_generation(old) for old in again if old.state not in (StepState.WAITING, StepState.QUEUED)]
    for made in fresh:
        made.input_hash = made_from
    session().flush()
    release(step.evidence_id)
    return fresh


def come_back(*, older_than: timedelta = timedelta(minutes=2)) -> int:
    """Queues again what was lost: running steps whose lease ended, queued ones nobody took. Returns how many."""
    moment = now()
    lost = sa.or_(
        sa.and_(Step.state == StepState.RUNNING, Step.lease_until < moment),
        sa.and_(Step.state == StepState.QUEUED, Step.queued_at < moment - older_than),
    )
    steps = list(session().scalars(sa.select(Step).where(lost).with_for_update(skip_locked=True)))
    for step in steps:
        if step.state is StepState.RUNNING and step.attempts >= MAX_ATTEMPTS:
            step.state, step.failure, step.finished_at = StepState.FAILED, Failure.LATER, moment
            step.error, step.lease_until = "The worker died on this step every time it was tried.", None
            release(step.evidence_id)
            continue
        _queue(step)
    return len(steps)


def input_hash(*parts: object) -> str:
    """SHA-256 over what a reading was made from."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _queue(step: Step, *, delay: timedelta = timedelta()) -> None:
    step.state, step.queued_at, step.claimed_by, step.lease_until = StepState.QUEUED, now() + delay, "", None
    enqueue(step.name, queue=step.queue, delay=delay, step_id=step.id)


def _dependents(name: str, steps: Mapping[str, Step]) -> set[str]:
    found = {name}
    while True:
        more = {step.name for step in steps.values() if set(step.after) & found} - found
        if not more:
            return found
        found |= more


def _next_generation(old: Step) -> Step:
    old.state = STEP_MOVES.check(old.state, StepState.SUPERSEDED)
    fresh = Step(
        id=uuid.uuid4(),
        evidence_id=old.evidence_id,
        name=old.name,
        generation=old.generation + 1,
        state=StepState.WAITING,
        queue=old.queue,
        after=list(old.after),
        input_hash=old.input_hash,
    )
    session().add(fresh)
    return fresh


def _lock_item(evidence_id: uuid.UUID) -> None:
    session().flush()
    session().execute(sa.select(Evidence.id).where(Evidence.id == evidence_id).with_for_update())


def _note(act: str, step: Step, actor: Actor, *, outcome: str = "done", **details: Any) -> None:
    incident_id = session().scalar(sa.select(Evidence.incident_id).where(Evidence.id == step.evidence_id))
    ledger.record(
        act,
        actor=actor,
        subject_kind="evidence",
        subject_id=step.evidence_id,
        incident_id=incident_id,
        outcome=outcome,
        step=step.name,
        step_id=step.id,
        generation=step.generation,
        **details,
    )
