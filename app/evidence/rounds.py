"""A round of fixity: objects are taken in turn, read back whole, compared, and restored where they can be.

A door, like a task or a command, and used by both: each object is read outside any transaction and kept in one of its
own, so that a round that is broken off loses nothing and the next goes on where it was.
"""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from app.config import Settings
from app.core import storage
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import transaction
from app.core.keys import KeyMissing, wrapper
from app.core.storage import AlreadyKept, Altered, NotKept, ObjectStore, Shelf, StorageError, copies, objectkeys
from app.evidence import fixity
from app.evidence.fixity import FAULTY, ORIGINAL, RENDITION, Found, Taken
from app.evidence.models import FixityState

log = logging.getLogger("blotter.fixity")

EVERY = timedelta(minutes=10)
CYCLE = timedelta(days=5)  # everything has its turn in this time; nothing twice in a day; so a week always covers all
REST = timedelta(days=1)
LATE = timedelta(days=6)
LEAST_BYTES, LEAST_OBJECTS = 1 << 30, 200
_CATCH_UP_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Share:
    """What one round takes at least, as far as there is so much to take."""

    objects: int
    size: int


@dataclass(frozen=True, slots=True)
class Checked:
    """One object's turn: what it was, what was found, and whether it was restored."""

    taken: Taken
    found: Found
    items: tuple[str, ...]
    restored: bool

    @property
    def sound(self) -> bool:
        """Whether it is now what was sealed."""
        return self.restored or self.found.state not in FAULTY


@dataclass(frozen=True, slots=True)
class Places:
    """The shelves, and the stores that read them."""

    shelf: Shelf
    main: ObjectStore
    replica: Shelf | None
    second: ObjectStore | None


def places(settings: Settings) -> Places:
    """Where originals lie. Raises KeyMissing when the agency's key is not there: that is no damage to any object."""
    wrapper(settings, used=objectkeys.any_kept)
    shelf, replica = storage.shelf(settings), storage.replica(settings)
    second = storage.reader(settings, replica) if replica else None
    return Places(shelf, storage.reader(settings, shelf), replica, second)


def share(totals: fixity.Totals) -> Share:
    """So much that the cycle covers everything; more when something is late."""
    rounds = CYCLE // EVERY
    objects = max(LEAST_OBJECTS, -(-totals.objects // rounds), -(-totals.late_objects // _CATCH_UP_ROUNDS))
    return Share(objects, max(LEAST_BYTES, -(-totals.size // rounds), -(-totals.late_size // _CATCH_UP_ROUNDS)))


def regular(settings: Settings, *, actor: Actor, goes_on: Callable[[], bool] = lambda: True) -> Iterator[Checked]:
    """One round of the clock: the objects that wait longest, until its share is done or `goes_on` says no."""
    with transaction():
        fixity.enlist()
        part = share(fixity.totals(late=LATE))
    objects, size = 0, 0
    for one in _each(settings, before=now() - REST, keys=None, actor=actor):
        yield one
        objects, size = objects + 1, size + one.taken.size
        if objects >= part.objects or size >= part.size or not goes_on():
            return


def now_at_once(settings: Settings, keys: Collection[str] | None, *, actor: Actor) -> Iterator[Checked]:
    """These objects, all of them for None, whenever they were read last."""
    with transaction():
        fixity.enlist()
    yield from _each(settings, before=now(), keys=keys, actor=actor)


def replicate(settings: Settings, *, actor: Actor, most: int = 100) -> int:
    """Copies originals that have no copy yet to the replica store and reads each back; returns how many are good."""
    place = places(settings)
    if place.replica is None:
        return 0
    with transaction():
        fixity.enlist()
        waiting = [(key, fixity.sha256_of(key)) for key in fixity.unreplicated(most)]
    return sum(_replicate(place, key, digest, actor) for key, digest in waiting)


def _each(settings: Settings, *, before: datetime, keys: Collection[str] | None, actor: Actor) -> Iterator[Checked]:
    place = places(settings)
    while True:
        with transaction():
            taken = fixity.take(before=before, keys=keys)
        if taken is None:
            return
        yield _check(place, taken, actor)


def _check(place: Places, taken: Taken, actor: Actor) -> Checked:
    found = _examine(place, taken)
    if taken.kind == RENDITION and found.state in (FixityState.ALTERED, FixityState.UNREADABLE):
        found = _out_of_the_way(place, taken, found)
    with transaction():
        items = fixity.note(taken, found, actor=actor)
    names = tuple(str(item.id) for item in items)
    if not names:  # purged meanwhile
        if found.aside:
            place.shelf.purge(found.aside)
        return Checked(taken, Found(FixityState.REPLACED), (), False)
    if found.state not in FAULTY:
        if taken.kind == ORIGINAL and place.replica:
            _replicate(place, taken.key, taken.sha256, actor)
        return Checked(taken, found, names, False)
    near = "" if found.near_byte is None else f" near byte {found.near_byte}"
    log.error("FIXITY FAULT: %s %s of item %s is %s%s", taken.kind, taken.key, ", ".join(names), found.state, near)
    return Checked(taken, found, names, taken.kind == ORIGINAL and _restore(place, taken, actor))


def _examine(place: Places, taken: Taken) -> Found:
    digest, count = sha256(), 0
    try:
        with closing(place.main.open(taken.key)) as pieces:
            for piece in pieces:
                digest.update(piece)
                count += len(piece)
    except NotKept:
        return Found(FixityState.MISSING)
    except Altered as altered:
        return Found(FixityState.ALTERED, near_byte=altered.near)
    except (KeyMissing, OSError) as error:
        log.error("%s cannot be read: %s", taken.key, error)  # noqa: TRY400 (the cause is in the line)
        return Found(FixityState.UNREADABLE, near_byte=count)
    if digest.hexdigest() == taken.sha256:
        return Found(FixityState.SOUND, taken.sha256)
    near = copies.first_difference(place.shelf, place.replica, taken.key) if place.replica else None
    return Found(FixityState.ALTERED, digest.hexdigest(), near_byte=near)


def _out_of_the_way(place: Places, taken: Taken, found: Found) -> Found:
    """Moves a damaged working copy aside: the one that is made anew may have the same name."""
    try:
        aside = copies.set_aside(place.shelf, taken.key)
    except (StorageError, OSError):
        log.exception("the damaged %s could not be moved aside", taken.key)
        return found
    return Found(found.state, found.sha256, found.near_byte, aside)


def _restore(place: Places, taken: Taken, actor: Actor) -> bool:
    if place.replica is None or place.second is None:
        return False
    if not copies.is_there(place.shelf):
        log.error("the store itself is not there: nothing is restored into its place")
        return False
    reads = (place.main, place.second)
    try:
        aside = copies.restore(taken.key, taken.sha256, shelf=place.shelf, replica=place.replica, reads=reads)
    except (StorageError, OSError, KeyMissing) as error:
        log.error("%s could not be restored from the replica: %s", taken.key, error)  # noqa: TRY400
        return False
    with transaction():
        fixity.note_restored(taken, aside=aside, actor=actor)
    log.warning("%s was restored from the replica; the damaged bytes lie under %s", taken.key, aside or "nothing")
    return True


def _replicate(place: Places, key: str, sha: str, actor: Actor) -> bool:
    """Makes sure that the replica store has a good copy; a damaged one there is set aside and replaced."""
    if place.replica is None or place.second is None:
        return False
    was, aside = None, ""
    try:
        if place.replica.exists(key):
            was = _state_of(place.second, key, sha)
            aside = copies.set_aside(place.replica, key) if was else ""
        if not place.replica.exists(key):
            copies.copy(place.shelf, place.replica, key)
            if _state_of(place.second, key, sha):
                _discard(place.replica, key)
                return False
    except (AlreadyKept, NotKept):
        return False  # another worker is at it, or the object was purged
    except (OSError, KeyMissing):
        log.exception("%s could not be copied to the replica", key)
        return False
    if was:
        log.error("FIXITY FAULT: the replica's copy of %s was %s; it was made anew", key, was)
    with transaction():
        needed = fixity.note_replica(key, actor=actor, was=was, aside=aside)
    if not needed:
        copies.destroy(place.replica, key)  # the purge was done with the replica before this copy was whole
    return needed


def _state_of(store: ObjectStore, key: str, sha: str) -> FixityState | None:
    """What is wrong with a copy; None when it is good."""
    try:
        return None if copies.digest(store, key) == sha else FixityState.ALTERED
    except Altered:
        return FixityState.ALTERED


def _discard(replica: Shelf, key: str) -> None:
    """A copy that was never good, of an original that is not good: it is no copy of anything."""
    log.error("the copy of %s is not what was sealed: the original is to be looked at", key)
    replica.purge(key)
