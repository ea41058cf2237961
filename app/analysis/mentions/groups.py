"""What people do with findings put together: confirm that they are one thing, take one out, move one."""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.analysis.mentions.models import GroupState, MentionGroup, MentionMember
from app.analysis.models import Mention
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict
from app.evidence.models import Evidence
from app.incidents.models import Incident
from app.people.models import Appearance

BY_PERSON = {"name": "person", "model": "", "version": "", "parameters": {}}


def confirm_group(group: MentionGroup, *, actor: Actor, edition: int | None = None) -> MentionGroup:
    """Says that all findings of a group are of one thing; machines leave it alone from now on. Conflict when somebody
    confirmed or changed it since."""
    _hold(group, edition)
    if group.state is GroupState.CONFIRMED and not _machines(group):
        raise Conflict("This is confirmed already.")
    _take(group, actor)
    _note("confirm", group, actor)
    return group


def take_out(mention: Mention, *, evidence: Evidence, actor: Actor) -> MentionGroup:
    """Takes a finding out of its group into one of its own, where machines leave it. Conflict when it is alone."""
    place = _place(mention)
    old = session().get_one(MentionGroup, place.group_id) if place else None
    if old is None or len(_ids(old)) < 2:
        raise Conflict("This finding stands alone already.")
    _hold(old, None)
    _take(old, actor)
    fresh = new_group([mention], incident_id=evidence.incident_id, kind=old.kind, actor=actor)
    _note("split", old, actor, mention_id=mention.id, into=fresh.id)
    return fresh


def move(mention: Mention, *, to: MentionGroup, evidence: Evidence, actor: Actor) -> MentionGroup:
    """Puts a finding into another group of the incident. Conflict when it is there, or the group is of another incident."""
    if to.incident_id != evidence.incident_id:
        raise Conflict("That group is of another incident.")
    place = _place(mention)
    if place is not None and place.group_id == to.id:
        raise Conflict("It is in this group already.")
    _hold(to, None)
    left = session().get(MentionGroup, place.group_id) if place else None
    _place_in(to, [mention.id], actor)
    _take(to, actor)
    _drop_if_empty(left, actor)
    _note("move", to, actor, mention_id=mention.id, left=left.id if left else None)
    return to


def put_with(
    mention: Mention, *, other: Mention, group: MentionGroup | None, evidence: Evidence, actor: Actor
) -> MentionGroup:
    """Puts a finding together with another: into `group`, where the other is, or into a new one. Refusals as of `move`."""
    hold_incident(evidence.incident_id)
    wanted = group or new_group([other], incident_id=evidence.incident_id, kind=other.kind, actor=actor)
    return move(mention, to=wanted, evidence=evidence, actor=actor)


def new_group(mentions: Sequence[Mention], *, incident_id: uuid.UUID, kind: str, actor: Actor) -> MentionGroup:
    """A group made by a person of findings that were in none, or in others."""
    group = MentionGroup(
        id=uuid.uuid4(),
        incident_id=incident_id,
        kind=kind,
        label=(mentions[0].value or mentions[0].text)[:200],
        state=GroupState.CONFIRMED,
        edition=1,
        confidence=1.0,
        reasons=[],
        marks=[],
        engine=dict(BY_PERSON),
        declined=[],
        decided_by=actor.id,
        decided_at=now(),
        made_at=now(),
    )
    session().add(group)
    session().flush()
    _place_in(group, [one.id for one in mentions], actor)
    return group


def hold_incident(incident_id: uuid.UUID) -> None:
    """Waits for whoever puts this incident's findings together just now, and keeps others from it to the end."""
    session().execute(sa.select(Incident.id).where(Incident.id == incident_id).with_for_update(key_share=True))


def _hold(group: MentionGroup, edition: int | None) -> None:
    hold_incident(group.incident_id)
    try:
        session().refresh(group, with_for_update={"key_share": True})
    except sa.exc.InvalidRequestError:
        raise Conflict("This was put together anew meanwhile.", remedy="Open the list again.") from None
    if edition is not None and group.edition != edition:
        raise Conflict("Somebody changed this group while you looked.", remedy="Open the list again.")
    group.edition += 1


def _take(group: MentionGroup, actor: Actor) -> None:
    """The group, with all that is in it now, is the person's."""
    group.state, group.decided_by, group.decided_at = GroupState.CONFIRMED, actor.id, now()
    theirs = sa.update(MentionMember).where(MentionMember.group_id == group.id, MentionMember.placed_by.is_(None))
    session().execute(theirs.values(placed_by=actor.id, placed_at=now()))


def _place_in(group: MentionGroup, ids: Sequence[uuid.UUID], actor: Actor) -> None:
    session().execute(
        sa.delete(MentionMember).where(MentionMember.mention_id.in_(ids)),
        execution_options={"synchronize_session": "fetch"},
    )
    rows = [
        {
            "mention_id": one,
            "group_id": group.id,
            "confidence": 1.0,
            "reasons": [],
            "placed_by": actor.id,
            "placed_at": now(),
        }
        for one in ids
    ]
    session().execute(sa.insert(MentionMember), rows)


def _drop_if_empty(group: MentionGroup | None, actor: Actor) -> None:
    if group is None or _ids(group):
        return
    linked = sa.select(Appearance.id).where(Appearance.group_id == group.id, Appearance.unlinked_at.is_(None))
    if session().scalar(sa.select(linked.exists())):
        raise Conflict("This is the last finding of a group that is linked.", remedy="Take the link back first.")
    session().delete(group)


def _machines(group: MentionGroup) -> int:
    query = sa.select(sa.func.count()).where(MentionMember.group_id == group.id, MentionMember.placed_by.is_(None))
    return session().scalar(query) or 0


def _ids(group: MentionGroup) -> list[uuid.UUID]:
    return list(session().scalars(sa.select(MentionMember.mention_id).where(MentionMember.group_id == group.id)))


def _place(mention: Mention) -> MentionMember | None:
    return session().get(MentionMember, mention.id, populate_existing=True)


def _note(act: str, group: MentionGroup, actor: Actor, **details: Any) -> None:
    ledger.record(
        f"analysis:group:{act}",
        actor=actor,
        subject_kind="incident",
        subject_id=group.incident_id,
        incident_id=group.incident_id,
        group_id=group.id,
        kind=group.kind,
        **{name: value for name, value in details.items() if value is not None},
    )
