"""Where bytes of an upload land: one file per upload, one writer at a time, synced before they are counted."""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from app.core.errors import DomainError
from app.core.phrases import N_, phrase

ALGORITHMS = ("sha1", "sha256")
SPARE_BYTES = 64 * 1024 * 1024
KEEP_IT = N_("Keep the recording on the phone and tell an administrator.")
_FULL = (errno.ENOSPC, errno.EDQUOT)


class Busy(DomainError):
    """Somebody writes to this upload at this moment (423)."""

    status = HTTPStatus.LOCKED


class Gone(DomainError):
    """The upload is over and cannot be gone on with, or the recording was deleted (410)."""

    status = HTTPStatus.GONE


class TooLarge(DomainError):
    """More bytes than may come (413)."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class TooMany(DomainError):
    """More uploads than one officer may have (429)."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str, *, field: str = "", remedy: str = "", wait_s: int) -> None:
        """`wait_s`: in how many seconds there is room again, if nothing else happens."""
        super().__init__(message, field=field, remedy=remedy)
        self.wait_s = wait_s


class NoRoom(DomainError):
    """The disk the bytes land on is full (507)."""

    status = HTTPStatus.INSUFFICIENT_STORAGE


class ChecksumMismatch(DomainError):
    """What arrived is not what the sender said (tus: 460)."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the sender says the bytes of one request hash to."""

    algorithm: str
    digest: bytes


@contextmanager
def hold(path: Path) -> Iterator[BinaryIO]:
    """The landing file, made when it is new, with the right to write to it. Raises Busy when another has that right.

    The right is a lock of the operating system: it ends with the process, however that ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    if new:
        _sync(path.parent)  # or a power cut could take the name with the bytes under it
    with os.fdopen(handle, "r+b", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(
                N_("This upload is being written to by another request."), remedy=N_("Try again in a few seconds.")
            ) from error
        yield file


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_room(folder: Path, length: int) -> None:
    """Raises NoRoom when the disk of `folder` has not `length` bytes left, and some to spare."""
    folder.mkdir(parents=True, exist_ok=True)
    if length and shutil.disk_usage(folder).free < length + SPARE_BYTES:
        raise NoRoom(N_("The server has no room for a file of this size."), remedy=KEEP_IT)


def write(
    file: BinaryIO, pieces: Iterable[bytes | memoryview], *, offset: int, limit: int, checksum: Checksum | None = None
) -> int:
    """Writes `pieces` at byte `offset` and syncs them; returns the new offset. What lay behind `offset` is dropped.

    Raises Gone when the file is shorter than `offset`, TooLarge beyond byte `limit`, ChecksumMismatch, NoRoom; the
    file then ends at `offset` again.
    """
    kept = os.fstat(file.fileno()).st_size
    if kept < offset:
        raise Gone(
            N_("Bytes of this upload were lost on the server."), remedy=N_("Send the file again from the start.")
        )
    file.truncate(offset)
    file.seek(offset)
    try:
        return _pour(file, pieces, offset, limit, checksum)
    except BaseException as error:
        file.truncate(offset)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise NoRoom(N_("The server's disk is full."), remedy=KEEP_IT) from error
        raise


def append(file: BinaryIO, paths: Iterable[Path]) -> None:
    """Writes the files at `paths` one after the other into `file`, and syncs it. Raises NoRoom."""
    file.truncate(0)
    file.seek(0)
    try:
        for path in paths:
            with path.open("rb") as part:
                shutil.copyfileobj(part, file, 1024 * 1024)
        os.fsync(file.fileno())
    except OSError as error:
        file.truncate(0)
        if error.errno in _FULL:
            raise NoRoom(N_("The server's disk is full."), remedy=KEEP_IT) from error
        raise


def _pour(
    file: BinaryIO, pieces: Iterable[bytes | memoryview], offset: int, limit: int, checksum: Checksum | None
) -> int:
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
    for piece in pieces:
        if offset + len(piece) > limit:
            raise TooLarge(
                phrase("More bytes came than were announced (%(limit)s).", limit=limit),
                remedy=N_("Start a new upload with the right length."),
            )
        _write_all(file, piece)
        offset += len(piece)
        if digest:
            digest.update(piece)
    if checksum and digest and digest.digest() != checksum.digest:
        raise ChecksumMismatch(
            N_("These bytes are not what was sent: the checksum differs."), remedy=N_("Send them again.")
        )
    os.fsync(file.fileno())
    return offset


def _write_all(file: BinaryIO, piece: bytes | memoryview) -> None:
    rest = memoryview(piece)
    while rest:
        rest = rest[file.write(rest) :]
