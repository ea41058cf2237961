"""What `blotter storage check` finds out about a disk, about buckets that lock, and about one that does not (R6)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import urllib3
from click.testing import CliRunner
from minio import Minio
from minio.commonconfig import COMPLIANCE, GOVERNANCE
from minio.objectlockconfig import DAYS, ObjectLockConfig

from app.config import settings as current_settings
from app.core.commands import storage_group
from app.core.storage import DiskStore, Locked, S3Store, WriteOnce
from app.core.storage.checking import SHORTEN, Attempt, check


@pytest.fixture
def bucket(s3_address: str, tmp_path: Path) -> Iterator[Callable[..., S3Store]]:
    """Makes a bucket: `bucket(name, lock=True, retention="GOVERNANCE")`."""
    pools = [urllib3.PoolManager(), WriteOnce()]
    reader, writer = (Minio(s3_address, "key", "secret" * 3, secure=False, http_client=pool) for pool in pools)

    def made(name: str, *, lock: bool, retention: str = "") -> S3Store:
        reader.make_bucket(name, object_lock=lock)
        if retention:
            reader.set_object_lock_config(name, ObjectLockConfig(retention, 1, DAYS))
        return S3Store(reader, writer, name, tmp_path / "scratch")

    yield made
    for pool in pools:
        pool.clear()


def by_attempt(tried: list[Attempt]) -> dict[str, Attempt]:
    return {one.attempt: one for one in tried}


def test_a_disk_refuses_blotter_and_keeps_files_read_only(tmp_path: Path) -> None:
    objects = DiskStore(tmp_path / "objects")
    found = by_attempt(check(objects))
    assert found["overwrite through Blotter"] == Attempt("overwrite through Blotter", "refused", True)
    assert found["mode of the file"].held
    assert "root" in found["mode of the file"].outcome
    assert list(objects.keys()) == []


def test_a_bucket_that_locks_keeps_the_first_version_whatever_is_tried(bucket: Callable[..., S3Store]) -> None:
    store = bucket("locking", lock=True)
    found = by_attempt(check(store))
    assert all(one.held for one in found.values())
    assert "AccessDenied" in found["delete the version with the store's keys"].outcome
    assert found["purge through Blotter"].outcome.startswith("done")
    assert list(store.keys()) == []


def test_a_bucket_without_a_lock_is_said_to_be_weak(bucket: Callable[..., S3Store]) -> None:
    found = by_attempt(check(bucket("unlocked", lock=False)))
    weak = {name for name, one in found.items() if not one.held}
    assert weak == {
        "overwrite with the store's keys",
        "delete with the store's keys",
        "delete the version with the store's keys",
    }
    assert "the first content is gone" in found["delete with the store's keys"].outcome


@pytest.mark.parametrize("mode", [GOVERNANCE, COMPLIANCE])
def test_a_retention_period_is_tried_and_what_the_server_did_is_said(bucket: Callable[..., S3Store], mode: str) -> None:
    """moto keeps the object, but lets a retention be shortened, in compliance mode too: the check says so."""
    store = bucket(f"retained-{mode.lower()}", lock=True, retention=mode)
    found = by_attempt(check(store))
    assert {name for name, one in found.items() if not one.held} == {SHORTEN}
    assert found[SHORTEN].outcome == "accepted; the first version is still there"
    assert "AccessDenied" in found["delete the version past its retention"].outcome
    assert "refused until" in found["purge through Blotter"].outcome


def test_a_purge_that_the_server_refuses_is_said_to_be_refused(bucket: Callable[..., S3Store]) -> None:
    store = bucket("retained", lock=True, retention=COMPLIANCE)
    store.put("originals/ab/thing", [b"kept"], 4)
    with pytest.raises(Locked, match="the server keeps originals/ab/thing"):
        store.purge("originals/ab/thing")
    assert b"".join(store.open("originals/ab/thing")) == b"kept"


def test_the_command_ends_1_when_something_worked_that_should_not(
    s3_address: str, bucket: Callable[..., S3Store], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bucket("commanded", lock=False)
    said = {"STORAGE": "s3", "S3_ENDPOINT": s3_address, "S3_ACCESS_KEY": "key", "S3_SECRET_KEY": "secret" * 3}
    said |= {"S3_SECURE": "false", "S3_BUCKET": "commanded", "HOME": str(tmp_path)}
    for name, value in said.items():
        monkeypatch.setenv(f"BLOTTER_{name}", value)
    current_settings.cache_clear()
    try:
        answer = CliRunner().invoke(storage_group, ["check"])
    finally:
        monkeypatch.undo()
        current_settings.cache_clear()
    assert answer.exit_code == 1
    assert "WEAK  overwrite with the store's keys: accepted; the first content is gone" in answer.output
    assert "ok    overwrite through Blotter: refused" in answer.output
