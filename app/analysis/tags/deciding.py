"""What people make of tags: confirmed, rejected, opened again, added, many at once, undone. What the machine said stays."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.analysis import findings
from app.analysis.findings import BY_HAND, MANY
from app.analysis.models import Decision, Tag
from app.analysis.tags.kinds import KINDS
from app.analysis.tags.models import TagAct
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.outbox import enqueue_once
from app.core.typed import one_line
from app.evidence.models import Evidence

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Added:
    """What a person saw and machines missed: seconds from the start, and where in the picture as fractions of it."""

    kind: str
    label: str
    start_s: float
    end_s: float
    box: tuple[float, float, float, float] | None = None


def decide_tag(tag: Tag, *, evidence: Evidence, decision: Decision, actor: Actor, edition: int | None = None) -> Tag:
    """Notes what the actor, a person, decided about a tag. PROPOSED takes an earlier decision back.

    Conflict when it is decided so already, or, where `edition` says what the person saw, when somebody decided since.
    Raises PermissionError for a machine: it may only propose.
    """
    _decide(tag, evidence, decision, actor, edition, uuid.uuid4())
    _changed(evidence)
    return tag


def decide_many(
    tags: Sequence[Tag], *, evidence: Evidence, decision: Decision, editions: Mapping[uuid.UUID, int], actor: Actor
) -> int:
    """Decides several tags of one recording alike, as one batch that is undone whole; returns how many changed. Those
    decided so already stay. Conflict when somebody decided one of them since: then none changes. Invalid for none, or
    more than MANY."""
    if not 0 < len(tags) <= MANY:
        raise Invalid(f"Choose between 1 and {MANY} tags.", field="chosen")
    batch, changed = uuid.uuid4(), 0
    findings.hold_all(Tag, [tag.id for tag in tags])
    for tag in sorted(tags, key=lambda one: one.id):
        if tag.decision is not decision:
            _decide(tag, evidence, decision, actor, editions.get(tag.id), batch)
            changed += 1
    _changed(evidence)
    return changed


def add_tag(evidence: Evidence, *, added: Added, actor: Actor) -> Tag:
    """Adds what a person saw and machines missed, confirmed by them; no machine's step stands behind it.

    Invalid names the field: an unknown kind, no words, seconds outside the recording, a place outside the picture.
    Conflict for an item that is not sealed.
    """
    person = actor.id
    findings.sealed(evidence, Tag)
    label = _checked(evidence, added)
    tag = Tag(
        id=uuid.uuid4(),
        evidence_id=evidence.id,
        step_id=None,
        kind=added.kind,
        label=label,
        start_s=added.start_s,
        end_s=added.end_s,
        best_s=added.start_s,
        count=1,
        confidence=1.0,
        box=list(added.box) if added.box else None,
        method=BY_HAND,
        detail={},
        edition=1,
        decision=Decision.CONFIRMED,
        decided_by=person,
        decided_at=now(),
    )
    session().add(tag)
    session().flush()
    _note("add", tag, evidence, actor)
    _changed(evidence)
    return tag


def undo(evidence: Evidence, *, actor: Actor) -> int:
    """Takes the actor's latest decision on a recording's tags back, all of its batch; returns how many are as before.

    Conflict when there is nothing to undo, or somebody decided since.
    """
    newest = last_act(evidence.id, actor)
    if newest is None:
        raise Conflict("There is nothing of yours to undo here.")
    acts = session().scalars(sa.select(TagAct).where(TagAct.batch == newest.batch).order_by(TagAct.tag_id)).all()
    findings.hold_all(Tag, [act.tag_id for act in acts])
    for act in acts:
        tag = session().get_one(Tag, act.tag_id)
        findings.hold(tag, evidence, act.edition)
        findings.put_back(tag, act.before)
        act.undone_at = now()
        _note("undo", tag, evidence, actor)
    _changed(evidence)
    return len(acts)


def last_act(evidence_id: uuid.UUID, actor: Actor) -> TagAct | None:
    """The latest decision of the actor on a recording's tags that was not undone."""
    return findings.latest(TagAct, TagAct.evidence_id == evidence_id, actor)


def _decide(
    tag: Tag, evidence: Evidence, decision: Decision, actor: Actor, edition: int | None, batch: uuid.UUID
) -> None:
    person = actor.id
    findings.hold(tag, evidence, edition)
    if tag.method == BY_HAND and decision is Decision.PROPOSED:
        raise Conflict("A person added this: no machine proposed it.", remedy="Confirm it or reject it.")
    findings.MOVES.check(tag.decision, decision)
    _remember(tag, evidence, batch, actor)
    findings.settle(tag, decision, person)
    _note(findings.ACTS[decision], tag, evidence, actor)


def _remember(tag: Tag, evidence: Evidence, batch: uuid.UUID, actor: Actor) -> None:
    before = findings.as_it_stands(tag)
    tag.edition += 1
    act = TagAct(
        id=uuid.uuid4(),
        tag_id=tag.id,
        evidence_id=evidence.id,
        batch=batch,
        before=before,
        edition=tag.edition,
        by=actor.id,
        at=now(),
    )
    session().add(act)


def _checked(evidence: Evidence, added: Added) -> str:
    """The label in one form, when everything about it may be."""
    if added.kind not in KINDS:
        raise Invalid("Choose what it is.", field="kind", remedy="One of: " + ", ".join(KINDS))
    label = one_line(added.label, field="label", most=LONGEST, nothing="Say what is seen.")
    findings.within(evidence, added.start_s, added.end_s)
    if added.box is not None:
        x, y, width, height = added.box
        if min(x, y) < 0 or min(width, height) <= 0 or max(x + width, y + height) > 1.001:
            raise Invalid(
                "This place is not in the picture.",
                field="box",
                remedy="Left, top, width and height in per cent of the picture, as 40, 30, 20, 25.",
            )
    return label


def _changed(evidence: Evidence) -> None:
    enqueue_once("gather_moments", evidence_id=evidence.id)


def _note(act: str, tag: Tag, evidence: Evidence, actor: Actor) -> None:
    ledger.record(
        f"analysis:tag:{act}",
        actor=actor,
        subject_kind="evidence",
        subject_id=evidence.id,
        incident_id=evidence.incident_id,
        tag_id=tag.id,
        kind=tag.kind,
        method=tag.method,
    )
