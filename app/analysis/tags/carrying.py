"""When a recording is seen again: what people decided goes over to the newer reading's tag of the same thing."""

from collections.abc import Sequence

from app.analysis import findings
from app.analysis.models import Step, Tag

ALIKE = 0.3  # the same where they share so much of the time that both cover together


def carry(step: Step) -> int:
    """Gives each decision on tags of earlier readings to this step's tag of the same kind and label that covers most of
    the same time; returns how many. What the newer reading did not see again stays where it was, to be seen."""
    return findings.carry(
        step, Tag, thing=lambda tag: (tag.kind, tag.label.casefold()), same=_same, give=findings.hand_over
    )


def _same(old: Tag, alike: Sequence[Tag]) -> Tag | None:
    near = [one for one in alike if abs(old.start_s - one.start_s) <= findings.NEAR_S or _shared(old, one) >= ALIKE]
    return max(near, key=lambda one: _shared(old, one), default=None)


def _shared(old: Tag, new: Tag) -> float:
    """What both cover, of what either covers; below zero is how far they lie apart."""
    both = min(old.end_s, new.end_s) - max(old.start_s, new.start_s)
    return both / max(max(old.end_s, new.end_s) - min(old.start_s, new.start_s), 0.1)
