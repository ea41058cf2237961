"""What other rooms say about deleting an item: why it must be kept, and what of theirs goes with it.

The evidence room may not import the rooms above it. They are named in one place (app/keeping.py), which whoever asks
must have installed: without it nothing is judged deletable and nothing is purged.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.evidence.retention.rules import Reason

Keeps = Callable[[Sequence[uuid.UUID]], Mapping[uuid.UUID, Sequence[Reason]]]
Removes = Callable[[uuid.UUID], Mapping[str, int]]
Holds = Callable[[uuid.UUID], Sequence[str]]


def _nothing(_evidence_id: uuid.UUID) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Room:
    """One room's say. `keeps` gives the reasons to keep each of some items; `removes` takes out what the room made
    from one item and tells how many rows of what. `objects` names what of the room's in the store holds the item."""

    name: str
    keeps: Keeps
    removes: Removes
    objects: Holds = _nothing


_rooms: tuple[Room, ...] | None = None


def install(rooms: Sequence[Room]) -> None:
    """Names the rooms of this process, the highest first: what rests on other rows goes before them."""
    global _rooms
    _rooms = tuple(rooms)


def reasons(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Reason]]:
    """Every reason of every room to keep each of `ids`."""
    found: dict[uuid.UUID, list[Reason]] = {one: [] for one in ids}
    for room in _installed():
        for one, theirs in room.keeps(ids).items():
            found[one].extend(theirs)
    return found


def objects(evidence_id: uuid.UUID) -> list[str]:
    """The keys of every stored object of every room that holds the item: they are destroyed with it."""
    return [key for room in _installed() for key in room.objects(evidence_id)]


def remove(evidence_id: uuid.UUID) -> dict[str, int]:
    """Takes out what every room made from the item; what went, by name."""
    gone: dict[str, int] = {}
    for room in _installed():
        gone.update(room.removes(evidence_id))
    return gone


def _installed() -> tuple[Room, ...]:
    if _rooms is None:
        raise RuntimeError("No room was asked whether the item is still needed: call app.keeping.install first.")
    return _rooms
