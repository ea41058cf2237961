"""When a recording is seen again: what people decided goes over to the newer reading's tag of the same thing."""

from collections import defaultdict

import sqlalchemy as sa

from app.analysis.mentions.deciding import BY_HAND
from app.analysis.models import Decision, Step, Tag
from app.core import ledger
from app.core.actor import machine
from app.core.db import session
from app.evidence.models import Evidence

NEAR_S = 2.0  # a newer reading may see the same thing begin so much earlier or later
ALIKE = 0.3  # or they share so much of the time that both cover together


def carry(step: Step) -> int:
    """Gives each decision on tags of earlier readings to this step's tag of the same kind and label that covers most of
    the same time; returns how many. What the newer reading did not see again stays where it was, to be seen."""
    fresh = defaultdict(list)
    for tag in session().scalars(sa.select(Tag).where(Tag.step_id == step.id)):
        fresh[tag.kind, tag.label.casefold()].append(tag)
    done = 0
    for old in session().scalars(_decided(step).with_for_update(key_share=True)):
        alike = fresh[old.kind, old.label.casefold()]
        same = max((one for one in alike if _same(old, one)), key=lambda one: _shared(old, one), default=None)
        if same is not None:
            alike.remove(same)
            same.decision, same.decided_by, same.decided_at = old.decision, old.decided_by, old.decided_at
            same.edition, old.carried_to = old.edition + 1, same.id
            done += 1
    if done:
        _note(step, done)
    return done


def _decided(step: Step) -> sa.Select[Tag]:
    return (
        sa.select(Tag)
        .where(
            Tag.evidence_id == step.evidence_id,
            Tag.decision != Decision.PROPOSED,
            Tag.carried_to.is_(None),
            Tag.method != BY_HAND,
            Tag.step_id != step.id,
        )
        .order_by(Tag.start_s, Tag.id)
    )


def _same(old: Tag, new: Tag) -> bool:
    return abs(old.start_s - new.start_s) <= NEAR_S or _shared(old, new) >= ALIKE


def _shared(old: Tag, new: Tag) -> float:
    """What both cover, of what either covers; below zero is how far they lie apart."""
    both = min(old.end_s, new.end_s) - max(old.start_s, new.start_s)
    return both / max(max(old.end_s, new.end_s) - min(old.start_s, new.start_s), 0.1)


def _note(step: Step, done: int) -> None:
    incident_id = session().scalar(sa.select(Evidence.incident_id).where(Evidence.id == step.evidence_id))
    ledger.record(
        "analysis:tags:carry",
        actor=machine(step.name),
        subject_kind="evidence",
        subject_id=step.evidence_id,
        incident_id=incident_id,
        step_id=step.id,
        tags=done,
    )
