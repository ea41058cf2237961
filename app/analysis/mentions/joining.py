"""Putting an incident's findings together: what the engine is given, and how its proposal is kept beside people's work."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.analysis.mentions.models import GroupState, MentionGroup, MentionMember
from app.analysis.mentions.queries import of_incident
from app.analysis.models import Decision, Mention, Utterance
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.incidents.models import Incident


@dataclass(frozen=True, slots=True)
class Loose:
    """A finding with the words around it; `fixed` is the group a person put it in."""

    mention: Mention
    utterance: Utterance | None
    before: str
    fixed: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything of an incident that may be put together, and a fingerprint of it."""

    loose: tuple[Loose, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A group as the engine proposes it: (mention id, reasons, confidence) of each member; `fixed` as in `Loose`."""

    kind: str
    label: str
    members: tuple[tuple[uuid.UUID, tuple[str, ...], float], ...]
    confidence: float
    marks: tuple[str, ...]
    fixed: str


def gather(incident_id: uuid.UUID) -> Gathered:
    """The findings that nobody rejected, in order, with their utterances and those before them."""
    rows = [row for row in of_incident(incident_id) if row.mention.decision is not Decision.REJECTED]
    fixed = _fixed(incident_id)
    said, before = _said([row.mention for row in rows])
    loose = tuple(
        Loose(
            row.mention,
            said.get(row.mention.utterance_id) if row.mention.utterance_id else None,
            before.get(row.mention.utterance_id, "") if row.mention.utterance_id else "",
            fixed.get(row.mention.id, ""),
        )
        for row in rows
    )
    marks = "\n".join(f"{one.mention.id} {one.mention.edition} {one.fixed}" for one in loose)
    return Gathered(loose, hashlib.sha256(marks.encode()).hexdigest())


def keep(
    incident_id: uuid.UUID, *, fingerprint: str, engine: Mapping[str, Any], groups: Sequence[Proposed], actor: Actor
) -> bool:
    """Keeps a proposal in place of the machine's last one; False, and nothing kept, when the findings changed meanwhile.

    Groups that a person touched keep what the person put there. Groups of one are kept only where something is marked.
    A group of the same findings as before keeps its id, and what was declined for any of its findings stays declined.
    """
    session().execute(sa.select(Incident.id).where(Incident.id == incident_id).with_for_update(key_share=True))
    if gather(incident_id).fingerprint != fingerprint:
        return False
    old = _old(incident_id)
    for proposed in groups:
        if proposed.fixed:
            _extend(uuid.UUID(proposed.fixed), proposed)
        elif len(proposed.members) > 1 or proposed.marks:
            _put(incident_id, proposed, dict(engine), old)
    for group, _ in old.values():
        session().delete(group)
    session().flush()
    ledger.record(
        "analysis:mentions:join",
        actor=actor,
        subject_kind="incident",
        subject_id=incident_id,
        incident_id=incident_id,
        engine=engine.get("name", ""),
        version=engine.get("version", ""),
        groups=sum(len(one.members) > 1 for one in groups),
        mentions=sum(len(one.members) for one in groups),
    )
    return True


def _fixed(incident_id: uuid.UUID) -> dict[uuid.UUID, str]:
    query = (
        sa.select(MentionMember.mention_id, MentionMember.group_id)
        .join(MentionGroup, MentionGroup.id == MentionMember.group_id)
        .where(MentionGroup.incident_id == incident_id, MentionMember.placed_by.is_not(None))
    )
    return {row[0]: str(row[1]) for row in session().execute(query)}


def _said(mentions: Sequence[Mention]) -> tuple[dict[uuid.UUID, Utterance], dict[uuid.UUID, str]]:
    ids = {one.utterance_id for one in mentions if one.utterance_id}
    said = {one.id: one for one in session().scalars(sa.select(Utterance).where(Utterance.id.in_(ids)))}
    earlier = sa.orm.aliased(Utterance)
    query = (
        sa.select(Utterance.id, earlier.text)
        .join(
            earlier,
            sa.and_(earlier.transcript_id == Utterance.transcript_id, earlier.position == Utterance.position - 1),
        )
        .where(Utterance.id.in_(ids))
    )
    return said, {row[0]: row[1] for row in session().execute(query)}


_Old = dict[frozenset[uuid.UUID], tuple[MentionGroup, list[Any]]]


def _old(incident_id: uuid.UUID) -> _Old:
    """The machine's groups that no person touched, by their findings."""
    query = sa.select(MentionGroup).where(
        MentionGroup.incident_id == incident_id, MentionGroup.state == GroupState.PROPOSED
    )
    groups = session().scalars(query).all()
    members: dict[uuid.UUID, set[uuid.UUID]] = {group.id: set() for group in groups}
    for one in session().scalars(sa.select(MentionMember).where(MentionMember.group_id.in_(members))):
        members[one.group_id].add(one.mention_id)
    return {frozenset(members[group.id] or {group.id}): (group, list(group.declined)) for group in groups}


def _put(incident_id: uuid.UUID, proposed: Proposed, engine: dict[str, Any], old: _Old) -> None:
    ids = frozenset(one[0] for one in proposed.members)
    declined = [one for known, (_, them) in old.items() if known & ids for one in them]
    group, _ = old.pop(ids, (None, []))
    if group is None:
        group = MentionGroup(
            id=uuid.uuid4(), incident_id=incident_id, state=GroupState.PROPOSED, edition=1, made_at=now()
        )
    group.kind, group.label = proposed.kind[:40], proposed.label[:200]
    group.confidence, group.marks, group.engine = proposed.confidence, list(proposed.marks), engine
    group.reasons = list(dict.fromkeys(reason for one in proposed.members for reason in one[1]))[:20]
    group.declined = list(dict.fromkeys(declined))
    session().add(group)
    session().flush()
    session().execute(sa.delete(MentionMember).where(MentionMember.mention_id.in_(ids)))
    session().execute(sa.insert(MentionMember), [_member(group.id, one) for one in proposed.members])


def _extend(group_id: uuid.UUID, proposed: Proposed) -> None:
    """A person's group: theirs stay, the machine's additions are made anew."""
    group = session().get(MentionGroup, group_id)
    if group is None:
        return
    theirs = set(
        session().scalars(
            sa.select(MentionMember.mention_id).where(
                MentionMember.group_id == group_id, MentionMember.placed_by.is_not(None)
            )
        )
    )
    added = [one for one in proposed.members if one[0] not in theirs]
    machines = sa.delete(MentionMember).where(MentionMember.placed_by.is_(None))
    ids = [one[0] for one in added]
    session().execute(
        machines.where(sa.or_(MentionMember.group_id == group_id, MentionMember.mention_id.in_(ids))),
        execution_options={"synchronize_session": "fetch"},
    )
    if added:
        session().execute(sa.insert(MentionMember), [_member(group_id, one) for one in added])
    group.marks = list(proposed.marks)


def _member(group_id: uuid.UUID, one: tuple[uuid.UUID, tuple[str, ...], float]) -> dict[str, Any]:
    mention_id, reasons, confidence = one
    return {
        "mention_id": mention_id,
        "group_id": group_id,
        "reasons": list(reasons),
        "confidence": confidence,
        "placed_by": None,
        "placed_at": now(),
    }
