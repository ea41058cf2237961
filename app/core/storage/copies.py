"""Copies of sealed objects between shelves, byte for byte: a second place, and the way back from it."""

import contextlib
import hashlib
import os
import uuid
from collections.abc import Iterator

from app.core.clock import now
from app.core.storage.base import Altered, Locked, NotKept, ObjectStore, Shelf, checked
from app.core.storage.disk import DiskStore
from app.core.storage.s3 import S3Store

ASIDE = "damaged"


def digest(store: ObjectStore, key: str) -> str:
    """SHA-256 (hex) of what lies under `key`, read back whole. Raises NotKept, Altered, keys.KeyMissing."""
    found = hashlib.sha256()
    with contextlib.closing(store.open(key)) as pieces:
        for piece in pieces:
            found.update(piece)
    return found.hexdigest()


def copy(source: Shelf, target: Shelf, key: str) -> None:
    """The object as it lies on `source`, on `target` too. Raises NotKept, AlreadyKept."""
    with contextlib.closing(source.open(key)) as pieces:
        target.put(key, pieces, source.size(key))


def set_aside(shelf: Shelf, key: str) -> str:
    """Moves a damaged object away from its key, as it is; returns where it lies now, empty when nothing was there.

    Nothing is deleted here: the damaged bytes are evidence of the damage, until the object itself is purged.
    """
    if not shelf.exists(key):
        return ""
    aside = f"{ASIDE}/{now():%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}/{checked(key)}"
    if isinstance(shelf, DiskStore):
        _link(shelf, key, aside)  # a disk that cannot read the bytes can still give them another name
    else:
        with contextlib.closing(shelf.open(key)) as pieces:
            shelf.put(aside, pieces, shelf.size(key))
    shelf.purge(key)
    return aside


def restore(key: str, sha256: str, *, shelf: Shelf, replica: Shelf, reads: tuple[ObjectStore, ObjectStore]) -> str:
    """Puts the replica's copy in the place of a damaged or missing object; returns where the damaged one lies now.

    `reads` are the stores that read `shelf` and `replica`. The copy is read whole and compared before anything is
    moved, and again in its new place. Raises NotKept or Altered when the copy is not there or not good: then the
    damaged object stays where it was.
    """
    _agree(reads[1], key, sha256, "the replica's copy is not what was sealed either")
    aside = set_aside(shelf, key)
    copy(replica, shelf, key)
    _agree(reads[0], key, sha256, "the copy was damaged on its way back")
    return aside


def destroy(shelf: Shelf, key: str) -> None:
    """What lies under `key`, and every damaged copy of it that was set aside: for a purge on record only.

    Raises Locked when the server keeps one of them; the others are destroyed even then.
    """
    kept = None
    for one in (key, *_asides(shelf, key)):
        try:
            shelf.purge(one)
        except Locked as locked:
            kept = locked
    if kept:
        raise kept


def first_difference(one: Shelf, other: Shelf, key: str) -> int | None:
    """The first byte in which two copies differ; None when they do not, or one is not there."""
    try:
        with contextlib.closing(one.open(key)) as first, contextlib.closing(other.open(key)) as second:
            for at, (left, right) in enumerate(zip(_bytes(first), _bytes(second), strict=False)):
                if left != right:
                    return at * _STEP + next(n for n in range(_STEP) if left[n : n + 1] != right[n : n + 1])
    except (NotKept, OSError):
        return None
    return None if one.size(key) == other.size(key) else min(one.size(key), other.size(key))


def is_there(shelf: Shelf) -> bool:
    """Whether the shelf itself is there: a disk that is not mounted, a bucket that is gone, is not a lost object."""
    if isinstance(shelf, DiskStore):
        return shelf.root.is_dir() and any(one.name != ".incoming" for one in shelf.root.iterdir())
    return not isinstance(shelf, S3Store) or bool(shelf.reader.bucket_exists(shelf.bucket))


_STEP = 64 * 1024


def _bytes(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, _STEP at a time."""
    rest = b""
    for piece in pieces:
        rest += piece
        while len(rest) >= _STEP:
            yield rest[:_STEP]
            rest = rest[_STEP:]
    if rest:
        yield rest


def _agree(store: ObjectStore, key: str, sha256: str, otherwise: str) -> None:
    if digest(store, key) != sha256:
        raise Altered(f"{key}: {otherwise}")


def _asides(shelf: Shelf, key: str) -> list[str]:
    """Where `set_aside` put copies of the object under `key`."""
    return [one for one in shelf.keys(f"{ASIDE}/") if one.split("/", 2)[-1] == key]


def _link(shelf: DiskStore, key: str, aside: str) -> None:
    target = shelf.root / aside
    target.parent.mkdir(parents=True, exist_ok=True)
    os.link(shelf.root / key, target)
