"""Trying what a store really holds against: a promise of a lock is worth what a try to break it says (R6)."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from minio.commonconfig import GOVERNANCE
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.retention import Retention

from app.core.clock import now
from app.core.storage.base import AlreadyKept, Locked, Shelf
from app.core.storage.disk import DiskStore
from app.core.storage.s3 import S3Store

FIRST, OTHER = b"the first content", b"some other content"
SHORTEN = "shorten its retention"  # accepted, it is as good as deleted


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was tried, what became of it, and whether the first content held."""

    attempt: str
    outcome: str
    held: bool


def check(shelf: Shelf) -> list[Attempt]:
    """Keeps an object, tries to overwrite and delete it by every way there is, and purges it at the end."""
    key = f"check/{uuid.uuid4().hex}"
    shelf.prepare()
    shelf.put(key, [FIRST], len(FIRST))
    tried = []
    try:
        tried.append(_by_the_product(shelf, key))
        if isinstance(shelf, S3Store):
            tried += _by_the_servers_own_means(shelf, key)
        if isinstance(shelf, DiskStore):
            tried.append(_by_the_file_system(shelf, key))
    finally:
        tried.append(_by_a_purge(shelf, key))
    return tried


def _by_a_purge(shelf: Shelf, key: str) -> Attempt:
    """What a purge on record would do: no weakness either way, but good to know before retention asks for one."""
    try:
        shelf.purge(key)
    except Locked as error:
        return Attempt("purge through Blotter", f"refused until the server's own time is over ({error})", True)
    return Attempt("purge through Blotter", "done: holds come off, and every version goes", True)


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
    kept = shelf.reader.stat_object(shelf.bucket, key)
    version = kept.version_id

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
    if "x-amz-object-lock-mode" in (kept.metadata or {}):
        soon = Retention(GOVERNANCE, now() + timedelta(seconds=1))
        ways += [
            (SHORTEN, lambda: shelf.reader.set_object_retention(shelf.bucket, key, soon, version)),
            ("delete the version past its retention", lambda: _past_governance(shelf, key, version)),
        ]
    tried = []
    for attempt, act in ways:
        try:
            act()
            outcome = "accepted"
        except S3Error as error:
            outcome = f"refused ({error.code})"
        there = first_is_there()
        after = "the first version is still there" if there else "the first content is gone"
        held = there and not (attempt == SHORTEN and outcome == "accepted")
        tried.append(Attempt(attempt, f"{outcome}; {after}", held))
    return tried


def _past_governance(shelf: S3Store, key: str, version: str | None) -> None:
    """Deletes with the request to pass over a retention in governance mode; raises what the server answers."""
    asked = shelf.reader.remove_objects(shelf.bucket, [DeleteObject(key, version)], bypass_governance_mode=True)
    for error in asked:
        raise S3Error(None, error.code, error.message, None, None, None)  # type: ignore[arg-type]
