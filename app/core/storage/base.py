"""What every store promises, and the words for when it cannot."""

import contextlib
import hashlib
import queue
import re
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

BLOCK = 256 * 1024
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


class StorageError(Exception):
    """The store cannot do what was asked."""


class AlreadyKept(StorageError):
    """Other content lies under this key already: nothing is ever overwritten (E2)."""


class NotKept(StorageError):
    """Nothing lies under this key."""


class Altered(StorageError):
    """The bytes read are not those that were promised: from about byte `near` on, where that can be told."""

    near: int | None = None


class Locked(StorageError):
    """The server keeps the object and does not let it go."""


class Pieces(Iterator[bytes]):
    """An object's bytes, at most BLOCK at a time. Close it: Flask does so for a response it was given."""

    def __init__(self, pieces: Iterable[bytes], close: Callable[[], None]) -> None:
        self._pieces, self._close = iter(pieces), close

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Gives the file or the connection back; safe to call twice."""
        self._pieces = iter(())
        self._close()


class ObjectStore(Protocol):
    """Files under keys such as `originals/ab/abcd…`. Once kept, content stays what it was."""

    def prepare(self) -> None:
        """Makes the folder or the bucket when it is not there yet. Safe to repeat."""

    def put_file(self, key: str, path: Path, *, sha256: str) -> None:
        """Keeps the file at `path` under `key`. The same content again is fine.

        Raises AlreadyKept when other content lies there, Altered when the file's SHA-256 (hex) is not `sha256`;
        nothing is kept in either case. A full disk raises OSError, and nothing half-kept stays behind.
        """

    def open(self, key: str, start: int = 0, length: int | None = None) -> Pieces:
        """`length` bytes from byte `start`, or all the rest. Raises NotKept."""

    def size(self, key: str) -> int:
        """Bytes under `key`. Raises NotKept."""

    def exists(self, key: str) -> bool:
        """Whether something lies under `key`."""

    def local_path(self, key: str) -> AbstractContextManager[Path]:
        """A path to read the content from while the block runs: the file itself, or a copy. Raises NotKept."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key that begins with `prefix`, in order."""

    def settle(self, key: str) -> None:
        """Makes sure that what lies under `key` outlives a power cut, whoever put it there."""

    def tidy(self, *, older_than_s: float) -> int:
        """Removes what interrupted attempts to keep something left behind; returns how many. Never what is kept."""

    def purge(self, key: str) -> None:
        """Destroys what lies under `key`: only ever for a purge that is on record. Fine when nothing is there.

        Raises Locked when the server keeps it.
        """


class Shelf(ObjectStore, Protocol):
    """A store that takes bytes as they come: what a sealed store writes through."""

    def put(self, key: str, pieces: Iterable[bytes], length: int) -> None:
        """Keeps `length` bytes under `key`. Raises AlreadyKept when anything lies there, whatever it is.

        When `pieces` raises, nothing is kept.
        """


def checked(key: str) -> str:
    """The key, when it cannot lead anywhere but below the root."""
    if not _KEY.fullmatch(key) or len(key) > 400:
        raise ValueError(f"not a storage key: {key!r}")
    return key


def verified(path: Path, sha256: str, block: int = BLOCK) -> Iterator[bytes]:
    """The file's bytes, `block` at a time; raises Altered before the last of them when they are not what was promised."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        piece = file.read(block)
        while piece:
            digest.update(piece)
            following = file.read(block)
            if not following:
                break
            yield piece
            piece = following
    if digest.hexdigest() != sha256:
        raise Altered(f"the content is {digest.hexdigest()}, not {sha256}")
    if piece:
        yield piece


def ahead(pieces: Iterable[bytes], most: int = 16) -> Generator[bytes, None, None]:
    """The same pieces, made by a thread of their own up to `most` ahead, so that reading and hashing go on while the
    taker encrypts and writes. What `pieces` raises is raised here; closed early, the thread ends soon."""
    ready: queue.Queue[bytes | BaseException | None] = queue.Queue(most)
    over = threading.Event()

    def make() -> None:
        end: BaseException | None = None
        try:
            for piece in pieces:
                if over.is_set():
                    return
                ready.put(piece)
        except BaseException as error:  # handed on: the taker raises it
            end = error
        ready.put(end)

    maker = threading.Thread(target=make, name="reads ahead", daemon=True)
    maker.start()
    try:
        while (given := ready.get()) is not None:
            if isinstance(given, BaseException):
                raise given
            yield given
    finally:
        over.set()
        while maker.is_alive():  # it may wait for room
            with contextlib.suppress(queue.Empty):
                ready.get(timeout=0.05)


def verify(path: Path, sha256: str) -> None:
    """Raises Altered unless the file's SHA-256 is `sha256`."""
    for _ in verified(path, sha256):
        pass
