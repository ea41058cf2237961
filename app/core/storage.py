"""Where sealed files live: write-once objects under a key, on disk or in any S3."""

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import urllib3
from minio import Minio
from minio.error import S3Error

from app.config import Settings

BLOCK = 256 * 1024
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_ABSENT = ("NoSuchKey", "NoSuchBucket", "NoSuchObject", "NotFound")


class StorageError(Exception):
    """The store cannot do what was asked."""


class AlreadyKept(StorageError):
    """Other content lies under this key already: nothing is ever overwritten (E2)."""


class NotKept(StorageError):
    """Nothing lies under this key."""


class Altered(StorageError):
    """The bytes read are not those whose SHA-256 was promised."""


class Pieces(Iterator[bytes]):
    """An object's bytes, at most BLOCK at a time. Close it: Flask does so for a response it was given."""

    def __init__(self, read: Callable[[int], bytes], close: Callable[[], None], length: int) -> None:
        self._read, self._close, self._left = read, close, length

    def __next__(self) -> bytes:
        piece = self._read(min(BLOCK, self._left)) if self._left else b""
        if not piece:
            self.close()
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Gives the file or the connection back; safe to call twice."""
        self._left = 0
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


class DiskStore:
    """Write-once files below `root`: written aside, synced, made read-only, then linked into place."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def prepare(self) -> None:
        """Makes the folder."""
        self._aside.mkdir(parents=True, exist_ok=True)

    def put_file(self, key: str, path: Path, *, sha256: str) -> None:
        """See ObjectStore."""
        target = self._at(key)
        self.prepare()
        fresh = self._aside / uuid.uuid4().hex
        try:
            _copy(path, fresh, sha256)
            _make_folder(target.parent, self.root)
            try:
                os.link(fresh, target)  # unlike a rename, it refuses to replace what is there
            except FileExistsError:
                self._same_or_refuse(key, target, sha256)
            _sync(target.parent)
        finally:
            fresh.unlink(missing_ok=True)

    def open(self, key: str, start: int = 0, length: int | None = None) -> Pieces:
        """See ObjectStore."""
        rest = max(self.size(key) - start, 0)
        file = self._at(key).open("rb")
        file.seek(start)
        return Pieces(file.read, file.close, rest if length is None else min(length, rest))

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

    @property
    def _aside(self) -> Path:
        return self.root / ".incoming"

    def _at(self, key: str) -> Path:
        return self.root / _checked(key)

    def _same_or_refuse(self, key: str, target: Path, sha256: str) -> None:
        with target.open("rb") as kept:
            if hashlib.file_digest(kept, "sha256").hexdigest() != sha256:
                raise AlreadyKept(f"other content is kept under {key}")


class S3Store:
    """The same promises on S3: conditional writes (If-None-Match), SHA-256 beside the object, object lock where it can.

    `writer` is a client whose pool is `WriteOnce`; `reader` any other. Memory stays flat: parts go up one by one.
    """

    def __init__(self, reader: Minio, writer: Minio, bucket: str, scratch: Path) -> None:
        self.reader, self.writer, self.bucket, self.scratch = reader, writer, bucket, scratch

    def prepare(self) -> None:
        """Makes the bucket, with object lock where the server has it."""
        if self.reader.bucket_exists(self.bucket):
            return
        try:
            self.reader.make_bucket(self.bucket, object_lock=True)
        except S3Error as error:
            if error.code != "NotImplemented":
                raise
            self.reader.make_bucket(self.bucket)

    def put_file(self, key: str, path: Path, *, sha256: str) -> None:
        """See ObjectStore."""
        _checked(key)
        length = path.stat().st_size
        if not length or self.exists(key):
            _verify(path, sha256)
        if self.exists(key):
            return self._same_or_refuse(key, sha256)
        with path.open("rb") as file:
            content: Any = _Verified(file, length, sha256)
            try:
                self.writer.put_object(
                    self.bucket, key, content, length, metadata={"sha256": sha256}, num_parallel_uploads=1
                )
            except S3Error as error:
                if error.code not in ("PreconditionFailed", "ConditionalRequestConflict"):
                    raise
                self._same_or_refuse(key, sha256)

    def open(self, key: str, start: int = 0, length: int | None = None) -> Pieces:
        """See ObjectStore."""
        rest = max(self.size(key) - start, 0)
        wanted = rest if length is None else min(length, rest)
        if not wanted:
            return Pieces(lambda _: b"", lambda: None, 0)
        response = self.reader.get_object(self.bucket, key, offset=start, length=wanted)

        def close() -> None:
            response.close()
            response.release_conn()

        return Pieces(response.read, close, wanted)

    def size(self, key: str) -> int:
        """See ObjectStore."""
        return int(self._stat(key).size)

    def exists(self, key: str) -> bool:
        """See ObjectStore."""
        try:
            self._stat(key)
        except NotKept:
            return False
        return True

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        """See ObjectStore."""
        pieces = self.open(key)
        with contextlib.closing(pieces):
            self.scratch.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(dir=self.scratch, prefix="object-"))
            try:
                copy = folder / Path(key).name
                with copy.open("wb") as file:
                    file.writelines(pieces)
                yield copy
            finally:
                shutil.rmtree(folder)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See ObjectStore."""
        for item in self.reader.list_objects(self.bucket, prefix=prefix, recursive=True):
            if item.object_name:
                yield item.object_name

    def _stat(self, key: str) -> Any:
        try:
            return self.reader.stat_object(self.bucket, _checked(key))
        except S3Error as error:
            if error.code in _ABSENT:
                raise NotKept(f"nothing is kept under {key}") from error
            raise

    def _same_or_refuse(self, key: str, sha256: str) -> None:
        noted = (self._stat(key).metadata or {}).get("x-amz-meta-sha256", "")
        if not noted:
            digest = hashlib.sha256()
            for piece in self.open(key):
                digest.update(piece)
            noted = digest.hexdigest()
        if noted != sha256:
            raise AlreadyKept(f"other content is kept under {key}")


class WriteOnce(urllib3.PoolManager):
    """Connections that ask the server to keep an object only when none lies there (RFC 9110, If-None-Match: *).

    The minio SDK offers no such argument. The header is added after signing: SigV4 signs only what it lists.
    """

    def urlopen(self, method: str, url: str, redirect: bool = True, **rest: Any) -> urllib3.BaseHTTPResponse:  # type: ignore[override]
        """As the base; the one request that brings an object into being carries the condition."""
        query = url.partition("?")[2]
        whole = method == "PUT" and not query
        completes = method == "POST" and "uploadId=" in query
        if whole or completes:
            rest["headers"]["If-None-Match"] = "*"
        return super().urlopen(method, url, redirect, **rest)


class _Verified:
    """A file that fails on its last byte when it is not what was promised, so that an upload is never completed."""

    def __init__(self, file: BinaryIO, length: int, sha256: str) -> None:
        self._file, self._left, self._promised, self._digest = file, length, sha256, hashlib.sha256()

    def read(self, amount: int = -1) -> bytes:
        piece = self._file.read(min(amount, self._left) if amount >= 0 else self._left)
        self._digest.update(piece)
        self._left -= len(piece)
        if not self._left and self._digest.hexdigest() != self._promised:
            raise Altered(f"the content is {self._digest.hexdigest()}, not {self._promised}")
        return piece


def store(settings: Settings) -> ObjectStore:
    """The store the settings ask for."""
    if settings.storage == "disk":
        return DiskStore(settings.objects)
    return _s3(
        settings.s3_endpoint,
        settings.s3_access_key,
        settings.s3_secret_key,
        settings.s3_secure,
        settings.s3_bucket,
        settings.scratch,
    )


@cache
def _s3(endpoint: str, access: str, secret: str, secure: bool, bucket: str, scratch: Path) -> S3Store:
    """One store a process and address, so that connections are used again."""
    patience = urllib3.Retry(total=3, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504])
    timeout = urllib3.Timeout(connect=10, read=300)
    plain = urllib3.PoolManager(timeout=timeout, retries=patience, maxsize=10)
    careful = WriteOnce(timeout=timeout, retries=patience, maxsize=10)
    reader = Minio(endpoint, access, secret, secure=secure, http_client=plain)
    writer = Minio(endpoint, access, secret, secure=secure, http_client=careful)
    return S3Store(reader, writer, bucket, scratch)


def _checked(key: str) -> str:
    """The key, when it cannot lead anywhere but below the root."""
    if not _KEY.fullmatch(key) or len(key) > 400:
        raise ValueError(f"not a storage key: {key!r}")
    return key


def _copy(source: Path, target: Path, sha256: str) -> None:
    digest = hashlib.sha256()
    with source.open("rb") as reading, target.open("xb") as writing:
        while block := reading.read(BLOCK):
            digest.update(block)
            writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())
        os.fchmod(writing.fileno(), 0o440)
    if digest.hexdigest() != sha256:
        raise Altered(f"the content is {digest.hexdigest()}, not {sha256}")


def _verify(path: Path, sha256: str) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise Altered(f"the content is {found}, not {sha256}")


def _make_folder(folder: Path, root: Path) -> None:
    """Makes `folder`, and syncs its parents up to `root` so that the new names outlive a crash."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True)
    while folder != root:
        folder = folder.parent
        _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
