"""When a recording is read again: what people decided goes over to the newer reading's finding of the same thing."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from app.analysis import findings
from app.analysis.mentions.deciding import machines
from app.analysis.mentions.models import MentionMember
from app.analysis.models import Mention, Step
from app.core.clock import now
from app.core.db import session
from app.people.models import Fact


def carry(step: Step) -> int:
    """Gives each decided finding of earlier readings to this step's finding with the same kind, machine's value and
    second, decision, correction, group and facts with it; returns how many. The rest stay where they are, to be seen."""
    return findings.carry(step, Mention, thing=_thing, same=_same, give=_give)


def _thing(mention: Mention) -> tuple[str, str]:
    kind, value = machines(mention)
    return kind, value.casefold()


def _same(old: Mention, alike: Sequence[Mention]) -> Mention | None:
    near = [one for one in alike if abs(one.start_s - old.start_s) <= findings.NEAR_S]
    return min(near, key=lambda one: abs(one.start_s - old.start_s), default=None)


def _give(old: Mention, new: Mention) -> None:
    new.kind, new.value, new.said = old.kind, old.value, dict(old.said)
    findings.hand_over(old, new)
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
