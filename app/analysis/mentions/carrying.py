"""When a recording is read again: what people decided goes over to the newer reading's finding of the same thing."""

import uuid
from collections import defaultdict

import sqlalchemy as sa

from app.analysis.mentions.deciding import BY_HAND
from app.analysis.mentions.models import MentionMember
from app.analysis.models import Decision, Mention, Step
from app.core import ledger
from app.core.actor import machine
from app.core.clock import now
from app.core.db import session
from app.evidence.models import Evidence
from app.people.models import Fact

NEAR_S = 2.0  # a newer reading may hear the same word so much earlier or later


def carry(step: Step) -> int:
    """Gives each decided finding of earlier readings to this step's finding with the same kind, machine's value and
    second, decision, correction, group and facts with it; returns how many. The rest stay where they are, to be seen."""
    fresh = defaultdict(list)
    for mention in session().scalars(sa.select(Mention).where(Mention.step_id == step.id)):
        fresh[mention.kind, mention.value.casefold()].append(mention)
    done = 0
    for old in session().scalars(_decided(step).with_for_update(key_share=True)):
        kind, value = old.said.get("kind", old.kind), old.said.get("value", old.value)
        near = [one for one in fresh[kind, value.casefold()] if abs(one.start_s - old.start_s) <= NEAR_S]
        if near:
            same = min(near, key=lambda one: abs(one.start_s - old.start_s))
            fresh[kind, value.casefold()].remove(same)
            _give(old, same)
            done += 1
    if done:
        _note(step, done)
    return done


def _decided(step: Step) -> sa.Select[Mention]:
    return (
        sa.select(Mention)
        .where(
            Mention.evidence_id == step.evidence_id,
            Mention.decision != Decision.PROPOSED,
            Mention.carried_to.is_(None),
            Mention.method != BY_HAND,
            Mention.step_id != step.id,
        )
        .order_by(Mention.start_s, Mention.id)
    )


def _give(old: Mention, new: Mention) -> None:
    new.kind, new.value, new.said = old.kind, old.value, dict(old.said)
    new.decision, new.decided_by, new.decided_at = old.decision, old.decided_by, old.decided_at
    new.edition = old.edition + 1
    old.carried_to = new.id
    session().flush()
    session().execute(sa.update(Fact).where(Fact.mention_id == old.id).values(mention_id=new.id))
    place = session().get(MentionMember, old.id)
    if place is not None:
        session().add(_in_its_place(place, new.id))
        session().delete(place)


def _in_its_place(place: MentionMember, mention_id: uuid.UUID) -> MentionMember:
    return MentionMember(
        mention_id=mention_id,
        group_id=place.group_id,
        confidence=place.confidence,
        reasons=list(place.reasons),
        placed_by=place.placed_by,
        placed_at=now(),
    )


def _note(step: Step, done: int) -> None:
    incident_id = session().scalar(sa.select(Evidence.incident_id).where(Evidence.id == step.evidence_id))
    ledger.record(
        "analysis:mentions:carry",
        actor=machine(step.name),
        subject_kind="evidence",
        subject_id=step.evidence_id,
        incident_id=incident_id,
        step_id=step.id,
        mentions=done,
    )
