"""Trying what a store really holds against: a promise of a lock is worth what a try to break it says (R6)."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from minio.error import S3Error

from app.core.storage.base import AlreadyKept, Shelf
from app.core.storage.disk import DiskStore
from app.core.storage.s3 import S3Store

FIRST, OTHER = b"the first content", b"some other content"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried, what became of it, and whether the first content held."""

    attempt: str
    outcome: str
    held: bool


def check(shelf: Shelf) -> list[Attempt]:
    """Keeps an object, tries to overwrite and delete it by every way there is, and removes it again."""
    key = f"check/{uuid.uuid4().hex}"
    shelf.prepare()
    shelf.put(key, [FIRST], len(FIRST))
    try:
        tried = [_by_the_product(shelf, key)]
        if isinstance(shelf, S3Store):
            tried += _by_the_servers_own_means(shelf, key)
        if isinstance(shelf, DiskStore):
            tried.append(_by_the_file_system(shelf, key))
        return tried
    finally:
        shelf.purge(key)


def _by_the_product(shelf: Shelf, key: str) -> Attempt:
    try:
        shelf.put(key, [OTHER], len(OTHER))
    except AlreadyKept:
        return Attempt("overwrite through Blotter", "refused", b"".join(shelf.open(key)) == FIRST)
    return Attempt("overwrite through Blotter", "accepted", False)


def _by_the_file_system(shelf: DiskStore, key: str) -> Attempt:
    with shelf.local_path(key) as path:
        mode = path.stat().st_mode & 0o777
    return Attempt("mode of the file", f"{mode:o}: read-only but for root, who can delete it", mode == 0o440)


def _by_the_servers_own_means(shelf: S3Store, key: str) -> list[Attempt]:
    version = shelf.reader.stat_object(shelf.bucket, key).version_id

    def first_is_there() -> bool:
        try:
            response = shelf.reader.get_object(shelf.bucket, key, version_id=version)
        except S3Error:
            return False
        try:
            return bool(response.read() == FIRST)
        finally:
            response.close()
            response.release_conn()

    from io import BytesIO

    ways: list[tuple[str, Callable[[], object]]] = [
        (
            "conditional overwrite with the store's keys",
            lambda: shelf.writer.put_object(shelf.bucket, key, BytesIO(OTHER), len(OTHER)),
        ),
        (
            "overwrite with the store's keys",
            lambda: shelf.reader.put_object(shelf.bucket, key, BytesIO(OTHER), len(OTHER)),
        ),
        ("delete with the store's keys", lambda: shelf.reader.remove_object(shelf.bucket, key)),
        ("delete the version with the store's keys", lambda: shelf.reader.remove_object(shelf.bucket, key, version)),
    ]
    tried = []
    for attempt, act in ways:
        try:
            act()
            outcome = "accepted"
        except S3Error as error:
            outcome = f"refused ({error.code})"
        held = first_is_there()
        kept = "the first version is still there" if held else "the first content is gone"
        tried.append(Attempt(attempt, f"{outcome}; {kept}", held))
    return tried
