"""Where sealed files live: write-once objects under a key, encrypted, on disk or in any S3."""

from functools import cache
from pathlib import Path

import urllib3
from minio import Minio

from app.config import Settings
from app.core.keys import wrapper
from app.core.storage import copies, objectkeys
from app.core.storage.base import (
    BLOCK,
    AlreadyKept,
    Altered,
    Locked,
    NotKept,
    ObjectStore,
    Pieces,
    Shelf,
    StorageError,
    checked,
)
from app.core.storage.disk import DiskStore
from app.core.storage.s3 import S3Store, WriteOnce
from app.core.storage.sealed import SealedStore

__all__ = [
    "BLOCK",
    "AlreadyKept",
    "Altered",
    "DiskStore",
    "Locked",
    "NotKept",
    "ObjectStore",
    "Pieces",
    "S3Store",
    "SealedStore",
    "Shelf",
    "StorageError",
    "WriteOnce",
    "purge",
    "reader",
    "replica",
    "shelf",
    "store",
]


def store(settings: Settings) -> ObjectStore:
    """The store the settings ask for: encrypted unless they say otherwise."""
    if not settings.encrypt:
        return shelf(settings)
    return SealedStore(shelf(settings), lambda: wrapper(settings, used=objectkeys.any_kept), settings.scratch)


def reader(settings: Settings, on: Shelf) -> ObjectStore:
    """What reads the objects on a shelf, sealed ones and those from before encryption, whatever the settings say now."""
    return SealedStore(on, lambda: wrapper(settings, used=objectkeys.any_kept), settings.scratch)


def purge(settings: Settings, key: str) -> None:
    """Destroys what lies under `key`, its key first, here and in the replica store, with the damaged copies that were
    set aside: for a purge on record only. Raises Locked when the server keeps the bytes; all else is gone then."""
    objectkeys.forget(checked(key))
    second = replica(settings)
    try:
        copies.destroy(shelf(settings), key)
    finally:
        if second is not None:
            copies.destroy(second, key)


def replica(settings: Settings) -> Shelf | None:
    """The second place where sealed bytes lie, as they are in the first; None when none is set."""
    return DiskStore(settings.replica_dir) if settings.replica_dir else None


def shelf(settings: Settings) -> Shelf:
    """What holds the bytes, below any encryption."""
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
