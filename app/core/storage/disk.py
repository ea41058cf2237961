"""Write-once files in a folder."""

import contextlib
import hashlib
import os
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.storage.base import BLOCK, AlreadyKept, NotKept, Pieces, checked, verified, verify


class DiskStore:
    """Files below `root`: written aside, synced, made read-only, then linked into place."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def prepare(self) -> None:
        """Makes the folder."""
        self._aside.mkdir(parents=True, exist_ok=True)

    def put_file(self, key: str, path: Path, *, sha256: str) -> None:
        """See ObjectStore."""
        try:
            self.put(key, verified(path, sha256), path.stat().st_size)
        except AlreadyKept:
            verify(path, sha256)
            with self._at(key).open("rb") as kept:
                if hashlib.file_digest(kept, "sha256").hexdigest() != sha256:
                    raise
            self.settle(key)

    def put(self, key: str, pieces: Iterable[bytes], length: int) -> None:
        """See Shelf."""
        target = self._at(key)
        if target.exists():
            raise AlreadyKept(f"something is kept under {key}")
        self.prepare()
        fresh = self._aside / uuid.uuid4().hex
        try:
            _write(pieces, fresh)
            _make_folder(target.parent, self.root)
            try:
                os.link(fresh, target)  # unlike a rename, it refuses to replace what is there
            except FileExistsError as error:
                raise AlreadyKept(f"something is kept under {key}") from error
            _sync(target.parent)
        finally:
            fresh.unlink(missing_ok=True)

    def open(self, key: str, start: int = 0, length: int | None = None) -> Pieces:
        """See ObjectStore."""
        rest = max(self.size(key) - start, 0)
        file = self._at(key).open("rb")
        file.seek(start)

        def read(left: int) -> Iterator[bytes]:
            while left and (piece := file.read(min(BLOCK, left))):
                left -= len(piece)
                yield piece

        return Pieces(read(rest if length is None else min(length, rest)), file.close)

    def size(self, key: str) -> int:
        """See ObjectStore."""
        if not self.exists(key):
            raise NotKept(f"nothing is kept under {key}")
        return self._at(key).stat().st_size

    def exists(self, key: str) -> bool:
        """See ObjectStore."""
        return self._at(key).is_file()

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        """See ObjectStore."""
        self.size(key)
        yield self._at(key)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See ObjectStore."""
        near = self.root / prefix.rpartition("/")[0]
        files = (path for path in near.rglob("*") if path.is_file() and self._aside not in path.parents)
        names = sorted(path.relative_to(self.root).as_posix() for path in files)
        return (name for name in names if name.startswith(prefix))

    def settle(self, key: str) -> None:
        """See ObjectStore. Who linked it may have died before it synced the folder."""
        _sync_up(self._at(key).parent, self.root)

    def tidy(self, *, older_than_s: float) -> int:
        """See ObjectStore. A file that is being written is younger than its last write."""
        limit, gone = time.time() - older_than_s, 0
        for path in self._aside.iterdir() if self._aside.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime <= limit:
                    path.unlink()
                    gone += 1
        return gone

    def purge(self, key: str) -> None:
        """See ObjectStore."""
        self._at(key).unlink(missing_ok=True)
        if self._at(key).parent.is_dir():
            _sync(self._at(key).parent)

    @property
    def _aside(self) -> Path:
        return self.root / ".incoming"

    def _at(self, key: str) -> Path:
        return self.root / checked(key)


def _write(pieces: Iterable[bytes], target: Path) -> None:
    with target.open("xb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
        os.fchmod(file.fileno(), 0o440)


def _make_folder(folder: Path, root: Path) -> None:
    """Makes `folder`, and syncs its parents up to `root` so that the new names outlive a crash."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _sync_up(folder.parent, root)


def _sync_up(folder: Path, root: Path) -> None:
    """Syncs `folder` and those above it up to `root`."""
    _sync(folder)
    while folder != root:
        folder = folder.parent
        _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
