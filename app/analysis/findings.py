"""What holds for every finding of a machine, tag or mention, once a person decides on it: who saw what, and what goes over."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from app.accounts.models import Officer
from app.analysis.models import Decision, FindingAct, Mention, Step, Tag
from app.core import ledger
from app.core.actor import Actor, machine
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.states import Moves
from app.evidence.models import Evidence, EvidenceState

Finding = TypeVar("Finding", Mention, Tag)
Act = TypeVar("Act", bound=FindingAct)

MOVES = Moves(
    "finding",
    {
        Decision.PROPOSED: {Decision.CONFIRMED, Decision.REJECTED},
        Decision.CONFIRMED: {Decision.REJECTED, Decision.PROPOSED},
        Decision.REJECTED: {Decision.CONFIRMED, Decision.PROPOSED},
    },
)
ACTS = {Decision.CONFIRMED: "confirm", Decision.REJECTED: "reject", Decision.PROPOSED: "reconsider"}
BY_HAND = "person:marked"  # the method of what a person added
MANY = 500  # so many at most are decided at once
NEAR_S = 2.0  # a newer reading may find the same thing so much earlier or later
_NOUNS: Mapping[type, str] = {Mention: "finding", Tag: "tag"}  # as pages call them


def hold(finding: Finding, evidence: Evidence, edition: int | None) -> None:
    """Locks the finding to the end of the transaction, as it is now. Conflict when it is not the recording's, a newer
    reading took it over, or, where `edition` says what the person saw, when somebody decided since."""
    noun = _NOUNS[type(finding)]
    if finding.evidence_id != evidence.id:
        raise Conflict(f"This {noun} belongs to another recording.")
    session().flush()
    session().refresh(finding, with_for_update={"key_share": True})
    if finding.carried_to is not None:
        raise Conflict(f"A newer reading took this {noun} over.", remedy="Open the list again and decide there.")
    if edition is not None and finding.edition != edition:
        who = session().get(Officer, finding.decided_by) if finding.decided_by else None
        what = f"{who.title} {finding.decision.value} this" if who else "Somebody took a decision on this back"
        raise Conflict(f"{what} while you looked.", remedy="Open the list again; change it there if you disagree.")


def hold_all(kind: type[Finding], ids: Sequence[uuid.UUID]) -> None:
    """Locks several in one order before the first event: who waits for the ledger never holds what the one who has it
    still wants."""
    query = sa.select(kind.id).where(kind.id.in_(ids)).order_by(kind.id)
    session().execute(query.with_for_update(key_share=True))


def settle(finding: Finding, decision: Decision, person: uuid.UUID) -> None:
    """Writes what the person decided, and when; PROPOSED leaves nobody's name."""
    finding.decision = decision
    undecided = decision is Decision.PROPOSED
    finding.decided_by = None if undecided else person
    finding.decided_at = None if undecided else now()


def as_it_stands(finding: Finding) -> dict[str, Any]:
    """The decision on it, as an act keeps it to be undone by."""
    return {
        "decision": finding.decision.value,
        "decided_by": str(finding.decided_by) if finding.decided_by else None,
        "decided_at": finding.decided_at.isoformat() if finding.decided_at else None,
    }


def put_back(finding: Finding, before: Mapping[str, Any]) -> None:
    """The decision that stood before, as `as_it_stands` kept it; a new edition all the same."""
    finding.decision = Decision(before["decision"])
    finding.decided_by = uuid.UUID(before["decided_by"]) if before["decided_by"] else None
    finding.decided_at = datetime.fromisoformat(before["decided_at"]) if before["decided_at"] else None
    finding.edition += 1


def latest(acts: type[Act], where: sa.ColumnElement[bool], actor: Actor) -> Act | None:
    """The latest decision of the actor among these that was not undone."""
    query = sa.select(acts).where(where, acts.by == actor.officer_id, acts.undone_at.is_(None))
    return session().scalars(query.order_by(acts.at.desc(), acts.id).limit(1)).first()


def sealed(evidence: Evidence, kind: type) -> None:
    """Conflict for an item to which nothing is added, because it is not sealed."""
    if evidence.state is not EvidenceState.SEALED:
        raise Conflict(f"This item is {evidence.state}: {_NOUNS[kind]}s are added to sealed ones.")


def within(evidence: Evidence, start_s: float, end_s: float) -> None:
    """Invalid for seconds that are not in the recording."""
    if not 0 <= start_s <= end_s:
        raise Invalid("The end is before the start.", field="end")
    if evidence.duration_s is not None and end_s > evidence.duration_s + 1:
        raise Invalid(f"This recording ends after {evidence.duration_s:.0f} seconds.", field="end")


def carry(
    step: Step,
    kind: type[Finding],
    *,
    thing: Callable[[Finding], Hashable],
    same: Callable[[Finding, Sequence[Finding]], Finding | None],
    give: Callable[[Finding, Finding], None],
) -> int:
    """Gives each decided finding of earlier readings to this step's finding of the same `thing` that `same` picks; returns
    how many. The rest, and what people added, stay where they are, to be seen. Where any went over it leaves the event
    analysis:tags:carry or analysis:mentions:carry."""
    fresh: dict[Hashable, list[Finding]] = defaultdict(list)
    for one in session().scalars(sa.select(kind).where(kind.step_id == step.id)):
        fresh[thing(one)].append(one)
    done = 0
    for old in session().scalars(_decided(step, kind).with_for_update(key_share=True)):
        alike = fresh[thing(old)]
        new = same(old, alike)
        if new is not None:
            alike.remove(new)
            give(old, new)
            done += 1
    if done:
        _note_carried(step, f"{kind.__tablename__}s", done)
    return done


def hand_over(old: Finding, new: Finding) -> None:
    """The decision on the old one is the new one's from now on."""
    new.decision, new.decided_by, new.decided_at = old.decision, old.decided_by, old.decided_at
    new.edition, old.carried_to = old.edition + 1, new.id


def _decided(step: Step, kind: type[Finding]) -> sa.Select[Finding]:
    return (
        sa.select(kind)
        .where(
            kind.evidence_id == step.evidence_id,
            kind.decision != Decision.PROPOSED,
            kind.carried_to.is_(None),
            kind.method != BY_HAND,
            kind.step_id != step.id,
        )
        .order_by(kind.start_s, kind.id)
    )


def _note_carried(step: Step, what: str, done: int) -> None:
    counted: dict[str, Any] = {what: done}
    ledger.record(
        f"analysis:{what}:carry",
        actor=machine(step.name),
        subject_kind="evidence",
        subject_id=step.evidence_id,
        incident_id=session().scalar(sa.select(Evidence.incident_id).where(Evidence.id == step.evidence_id)),
        step_id=step.id,
        **counted,
    )
