"""Write-once objects in any S3, by MinIO's SDK."""

import base64
import contextlib
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import urllib3
from minio import Minio
from minio.error import S3Error

from app.core.storage.base import BLOCK, AlreadyKept, Locked, NotKept, Pieces, checked, verified, verify
from app.core.storage.scratch import folder

_ABSENT = ("NoSuchKey", "NoSuchBucket", "NoSuchObject", "NotFound")
_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict")
_NO_LOCK = ("ObjectLockConfigurationNotFoundError", "NotImplemented", "MethodNotAllowed", "InvalidRequest")


class S3Store:
    """The promises of a store by conditional writes (If-None-Match) and, where the server has it, object lock.

    `writer` is a client whose pool is `WriteOnce`; `reader` any other. Memory stays flat: parts go up one by one.
    Where the bucket locks objects each one is put under a legal hold, which only a purge takes off.
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

    @cached_property
    def locks(self) -> bool:
        """Whether the bucket says that it locks objects. `blotter storage check` tries whether it does."""
        try:
            self.reader.get_object_lock_config(self.bucket)
        except S3Error as error:
            if error.code not in _NO_LOCK:
                raise
            return False
        except ValueError:  # the server answers with a form the SDK cannot read
            return True
        return True

    def put_file(self, key: str, path: Path, *, sha256: str) -> None:
        """See ObjectStore."""
        try:
            self.put(key, verified(path, sha256), path.stat().st_size)
        except AlreadyKept:
            verify(path, sha256)
            digest = hashlib.sha256()
            for piece in self.open(key):
                digest.update(piece)
            if digest.hexdigest() != sha256:
                raise

    def put(self, key: str, pieces: Iterable[bytes], length: int) -> None:
        """See Shelf."""
        if self.exists(key):
            raise AlreadyKept(f"something is kept under {key}")
        content: Any = _Stream(pieces)
        if not length:
            content.read(1)  # an empty object is promised nothing but what `pieces` says of itself
        try:
            self.writer.put_object(self.bucket, key, content, length, num_parallel_uploads=1)
            if self.locks:
                self.writer.enable_object_legal_hold(self.bucket, key)
        except S3Error as error:
            if error.code not in _TAKEN:
                raise
            raise AlreadyKept(f"something is kept under {key}") from error

    def open(self, key: str, start: int = 0, length: int | None = None) -> Pieces:
        """See ObjectStore."""
        rest = max(self.size(key) - start, 0)
        wanted = rest if length is None else min(length, rest)
        if not wanted:
            return Pieces((), lambda: None)
        response = self.reader.get_object(self.bucket, key, offset=start, length=wanted)

        def read(left: int) -> Iterator[bytes]:
            while left and (piece := response.read(min(BLOCK, left))):
                left -= len(piece)
                yield piece

        def close() -> None:
            response.close()
            response.release_conn()

        return Pieces(read(wanted), close)

    def size(self, key: str) -> int:
        """See ObjectStore."""
        try:
            return int(self.reader.stat_object(self.bucket, checked(key)).size or 0)
        except S3Error as error:
            if error.code in _ABSENT:
                raise NotKept(f"nothing is kept under {key}") from error
            raise

    def exists(self, key: str) -> bool:
        """See ObjectStore."""
        try:
            self.size(key)
        except NotKept:
            return False
        return True

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        """See ObjectStore."""
        with copied(self.open(key), key, self.scratch) as path:
            yield path

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See ObjectStore."""
        for item in self.reader.list_objects(self.bucket, prefix=prefix, recursive=True):
            if item.object_name:
                yield item.object_name

    def settle(self, key: str) -> None:
        """See ObjectStore. What the server lists, it keeps."""

    def tidy(self, *, older_than_s: float) -> int:
        """See ObjectStore. Parts of interrupted uploads are the bucket's to end, by a lifecycle rule (docs: upkeep)."""
        return 0

    def purge(self, key: str) -> None:
        """See ObjectStore. Every version of the object goes, its hold first."""
        versions = self.reader.list_objects(self.bucket, prefix=checked(key), include_version=self.locks)
        for one in [item for item in versions if item.object_name == key]:
            version = one.version_id if self.locks else None
            try:
                if self.locks and not one.is_delete_marker:
                    self.reader.disable_object_legal_hold(self.bucket, key, version)
                self.reader.remove_object(self.bucket, key, version)
            except S3Error as error:
                raise Locked(f"the server keeps {key}: {error.code}") from error


class WriteOnce(urllib3.PoolManager):
    """Connections that ask the server to keep an object only when none lies there (RFC 9110, If-None-Match: *).

    The minio SDK offers no such argument. The header is added after signing: SigV4 signs only what it lists. So is
    Content-MD5, which S3 asks for where a bucket has a retention period, and which the SDK sends over HTTPS only.
    """

    def urlopen(self, method: str, url: str, redirect: bool = True, **rest: Any) -> urllib3.BaseHTTPResponse:  # type: ignore[override]
        """As the base; the one request that brings an object into being carries the condition."""
        query = url.partition("?")[2]
        whole = method == "PUT" and not query
        completes = method == "POST" and "uploadId=" in query
        if whole or completes:
            rest["headers"]["If-None-Match"] = "*"
        if method == "PUT" and isinstance(rest.get("body"), bytes) and "Content-MD5" not in rest["headers"]:
            digest = hashlib.md5(rest["body"], usedforsecurity=False).digest()
            rest["headers"]["Content-MD5"] = base64.b64encode(digest).decode()
        return super().urlopen(method, url, redirect, **rest)


@contextmanager
def copied(pieces: Pieces, key: str, scratch: Path) -> Iterator[Path]:
    """A copy of an object's bytes below `scratch`, removed when the block ends."""
    with contextlib.closing(pieces), folder(scratch, "object-") as own:
        copy = own / Path(key).name
        with copy.open("wb") as file:
            file.writelines(pieces)
        yield copy


class _Stream:
    """Pieces as a file to read from."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._rest = iter(pieces), b""

    def read(self, amount: int = -1) -> bytes:
        """At most `amount` bytes; what `pieces` raises is raised here."""
        if not self._rest:
            self._rest = next(self._pieces, b"")
        wanted = len(self._rest) if amount < 0 else amount
        piece, self._rest = self._rest[:wanted], self._rest[wanted:]
        return piece
