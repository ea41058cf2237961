"""Encryption at rest: every object under a key of its own, on any shelf."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.keys import Wrapper
from app.core.storage import framing, objectkeys
from app.core.storage.base import AlreadyKept, Altered, Pieces, Shelf, checked, verified, verify
from app.core.storage.s3 import copied


class SealedStore:
    """An ObjectStore whose bytes on the shelf are AES-256-GCM (see framing). Objects kept before it was switched on
    stay readable as they are. Needs the connected database, where the wrapped keys are."""

    def __init__(self, shelf: Shelf, wrapper: Callable[[], Wrapper], scratch: Path) -> None:
        self.shelf, self.scratch, self._wrapper = shelf, scratch, wrapper

    def prepare(self) -> None:
        """See ObjectStore. The agency's key is made when there is none and none was ever used."""
        self.shelf.prepare()
        self._wrapper()

    def put_file(self, key: str, path: Path, *, sha256: str) -> None:
        """See ObjectStore."""
        known = objectkeys.find(checked(key))
        there = self.shelf.exists(key)
        if known is None and there:
            return self.shelf.put_file(key, path, sha256=sha256)  # from before encryption
        if known is not None and known.sha256 != sha256:
            if there:
                raise AlreadyKept(f"other content is kept under {key}")
            objectkeys.forget(key)  # an attempt that never came to be
        if there:
            return verify(path, sha256)
        return self._put(key, path, sha256)

    def open(self, key: str, start: int = 0, length: int | None = None) -> Pieces:
        """See ObjectStore. Raises Altered where the bytes are not those that were sealed."""
        known = objectkeys.find(checked(key))
        if known is None:
            return self.shelf.open(key, start, length)
        sealed = self.shelf.size(key)
        rest = max(framing.plain_size(sealed) - start, 0)
        plain = framing.opened(
            lambda at, count: self.shelf.open(key, at, count),
            self._wrapper().unwrap(known.wrapped, key),
            key,
            sealed,
            start,
            rest if length is None else min(length, rest),
        )
        return Pieces(plain, plain.close)

    def size(self, key: str) -> int:
        """See ObjectStore."""
        there = self.shelf.size(key)
        return there if objectkeys.find(key) is None else framing.plain_size(there)

    def exists(self, key: str) -> bool:
        """See ObjectStore."""
        return self.shelf.exists(key)

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        """See ObjectStore. The copy is plain, and lies in `scratch` for as long as the block runs."""
        if objectkeys.find(checked(key)) is None:
            with self.shelf.local_path(key) as path:
                yield path
            return
        with copied(self.open(key), key, self.scratch) as path:
            yield path

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See ObjectStore."""
        return self.shelf.keys(prefix)

    def purge(self, key: str) -> None:
        """See ObjectStore. The key goes first: whatever becomes of the bytes, nobody reads them again."""
        objectkeys.forget(checked(key))
        self.shelf.purge(key)

    def _put(self, key: str, path: Path, sha256: str) -> None:
        wrapper, fresh = self._wrapper(), secrets.token_bytes(32)
        row = objectkeys.obtain(key, wrapped=wrapper.wrap(fresh, key), wrapper=wrapper.id, sha256=sha256)
        if row.sha256 != sha256:
            raise AlreadyKept(f"other content is being kept under {key}")
        secret = wrapper.unwrap(row.wrapped, key)
        sealed = framing.seal(verified(path, sha256, framing.CHUNK), secret, key)
        try:
            self.shelf.put(key, sealed, framing.sealed_size(path.stat().st_size))
        except AlreadyKept:
            if self._opens(key, secret):
                return  # another writer was first, with the same content: the row says so
            raise
        kept = objectkeys.find(key)
        if kept is None or wrapper.unwrap(kept.wrapped, key) != secret:
            objectkeys.replace(
                row
            )  # the shelf lets one writer win: its key it is, whatever became of the row meanwhile

    def _opens(self, key: str, secret: bytes) -> bool:
        size = self.shelf.size(key)
        pieces = framing.opened(lambda at, count: self.shelf.open(key, at, count), secret, key, size, 0, 1)
        try:
            next(pieces, None)
        except Altered:
            return False
        finally:
            pieces.close()
        return True
