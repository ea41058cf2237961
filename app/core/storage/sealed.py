"""Encryption at rest: every object under a key of its own, on any shelf."""

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.core.keys import Wrapper
from app.core.storage import framing, objectkeys
from app.core.storage.base import AlreadyKept, Altered, Pieces, Shelf, ahead, checked, verified, verify
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
            self.shelf.put_file(key, path, sha256=sha256)  # from before encryption
            return
        if known is not None and known.sha256 != sha256:
            if there:
                raise AlreadyKept(f"other content is kept under {key}")
            objectkeys.forget(key)  # an attempt that never came to be
        if there:
            self._adopt(key, path, sha256)
        else:
            self._put(key, path, sha256)

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

    def settle(self, key: str) -> None:
        """See ObjectStore."""
        self.shelf.settle(key)

    def tidy(self, *, older_than_s: float) -> int:
        """See ObjectStore."""
        return self.shelf.tidy(older_than_s=older_than_s)

    def purge(self, key: str) -> None:
        """See ObjectStore. The key goes first: whatever becomes of the bytes, nobody reads them again."""
        objectkeys.forget(checked(key))
        self.shelf.purge(key)

    def _adopt(self, key: str, path: Path, sha256: str) -> None:
        """What lies there already, of an attempt that was cut off or of the same content before, is taken for this
        content only after it was opened and hashed: the copy at `path` may be the last good one."""
        verify(path, sha256)
        digest = hashlib.sha256()
        with closing(self.open(key)) as pieces:
            for piece in pieces:
                digest.update(piece)
        if digest.hexdigest() != sha256:
            raise AlreadyKept(f"other content is kept under {key}: {digest.hexdigest()}")
        self.shelf.settle(key)

    def _put(self, key: str, path: Path, sha256: str) -> None:
        wrapper, fresh = self._wrapper(), secrets.token_bytes(32)
        row = objectkeys.obtain(key, wrapped=wrapper.wrap(fresh, key), wrapper=wrapper.id, sha256=sha256)
        if row.sha256 != sha256:
            raise AlreadyKept(f"other content is being kept under {key}")
        secret = wrapper.unwrap(row.wrapped, key)
        try:
            with closing(ahead(verified(path, sha256, framing.CHUNK))) as pieces:
                sealed = framing.seal(pieces, secret, key)
                self.shelf.put(key, sealed, framing.sealed_size(path.stat().st_size))
        except AlreadyKept:  # another writer was first, with the same content: the row says so
            try:
                self._adopt(key, path, sha256)
            except Altered as error:  # no: with other content, and its row is about to come back
                raise AlreadyKept(f"other content is being kept under {key}") from error
            return
        kept = objectkeys.find(key)
        if kept is None or wrapper.unwrap(kept.wrapped, key) != secret:
            # the shelf lets one writer win: its key it is, whatever became of the row meanwhile
            objectkeys.replace(row)
