"""What people make of machines' findings: each one confirmed, rejected, or put back."""

from app.analysis.models import Decision, Mention
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict
from app.core.outbox import enqueue_once
from app.core.states import Moves
from app.evidence.models import Evidence

DECISION_MOVES = Moves(
    "finding",
    {
        Decision.PROPOSED: {Decision.CONFIRMED, Decision.REJECTED},
        Decision.CONFIRMED: {Decision.REJECTED, Decision.PROPOSED},
        Decision.REJECTED: {Decision.CONFIRMED, Decision.PROPOSED},
    },
)
_ACTS = {Decision.CONFIRMED: "confirm", Decision.REJECTED: "reject", Decision.PROPOSED: "reconsider"}


def decide_mention(mention: Mention, *, evidence: Evidence, decision: Decision, actor: Actor) -> Mention:
    """Notes what the actor, a person, decided about a finding. PROPOSED takes an earlier decision back.

    Conflict when it is decided so already. Raises PermissionError for a machine: it may only propose.
    """
    person = actor.id
    if mention.evidence_id != evidence.id:
        raise Conflict("This finding belongs to another recording.")
    mention.decision = DECISION_MOVES.check(mention.decision, decision)
    undecided = decision is Decision.PROPOSED
    mention.decided_by = None if undecided else person
    mention.decided_at = None if undecided else now()
    enqueue_once("count_checks", incident_id=evidence.incident_id)
    ledger.record(
        f"analysis:mention:{_ACTS[decision]}",
        actor=actor,
        subject_kind="evidence",
        subject_id=evidence.id,
        incident_id=evidence.incident_id,
        mention_id=mention.id,
        kind=mention.kind,
        method=mention.method,
    )
    return mention
