"""Both stores keep the same promises: disk, and S3 over real HTTP against moto's server."""

import hashlib
import os
import random
import stat
import threading
import tracemalloc
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
import urllib3
from flask import Flask
from minio import Minio

from app.config import Settings
from app.core import storage
from app.core.keys import FileWrapper
from app.core.storage import (
    AlreadyKept,
    Altered,
    DiskStore,
    NotKept,
    ObjectStore,
    Pieces,
    S3Store,
    SealedStore,
    WriteOnce,
    framing,
    objectkeys,
    shelf,
    store,
)

SEVERAL_PARTS = 11 * 1024 * 1024  # S3 takes parts of 5 MiB: three of them


def s3_store(
    address: str, tmp_path: Path, bucket: str, access: str = "key", secret: str = "secret" * 3, secure: bool = False
) -> tuple[S3Store, list[urllib3.PoolManager]]:
    pools = [urllib3.PoolManager(), WriteOnce()]
    reader, writer = (Minio(address, access, secret, secure=secure, http_client=pool) for pool in pools)
    return S3Store(reader, writer, bucket, tmp_path / "scratch"), pools


NAMED = ["a server that was named"] if os.environ.get("BLOTTER_TEST_S3_ENDPOINT") else []


@pytest.fixture(params=["disk", "s3", "sealed on disk", "sealed in s3", *NAMED])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    """Each store in turn, empty. BLOTTER_TEST_S3_ENDPOINT, _ACCESS_KEY and _SECRET_KEY name a further S3 server
    (_SECURE=1 for HTTPS); what is kept there is purged afterwards."""
    secret = FileWrapper(b"k" * 32)
    if request.param.startswith("sealed"):
        request.getfixturevalue("app")  # the wrapped keys are in the database
    if request.param.endswith("disk"):
        disk = DiskStore(tmp_path / "objects")
        kept = disk if request.param == "disk" else SealedStore(disk, lambda: secret, tmp_path / "scratch")
        kept.prepare()
        yield kept
        return
    if request.param == "a server that was named":
        s3, pools = named_server(tmp_path)
    else:
        name = "b" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:30]
        s3, pools = s3_store(request.getfixturevalue("s3_address"), tmp_path, name)
    s3.prepare()
    yield SealedStore(s3, lambda: secret, tmp_path / "scratch") if request.param.startswith("sealed") else s3
    if request.param == "a server that was named":
        for key in list(s3.keys()):
            s3.purge(key)
        s3.reader.remove_bucket(s3.bucket)
    for pool in pools:
        pool.clear()


def named_server(tmp_path: Path) -> tuple[S3Store, list[urllib3.PoolManager]]:
    """A fresh bucket on the server that the environment names."""
    said = {name: os.environ[f"BLOTTER_TEST_S3_{name}"] for name in ("ENDPOINT", "ACCESS_KEY", "SECRET_KEY")}
    secure = os.environ.get("BLOTTER_TEST_S3_SECURE") == "1"
    bucket = f"blotter-test-{uuid.uuid4().hex}"
    return s3_store(said["ENDPOINT"], tmp_path, bucket, said["ACCESS_KEY"], said["SECRET_KEY"], secure)


def made(tmp_path: Path, content: bytes, name: str = "made") -> tuple[Path, str]:
    path = tmp_path / name
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


def put(objects: ObjectStore, tmp_path: Path, content: bytes, key: str = "originals/ab/thing") -> str:
    path, sha256 = made(tmp_path, content)
    objects.put_file(key, path, sha256=sha256)
    return sha256


def read(objects: ObjectStore, key: str = "originals/ab/thing", start: int = 0, length: int | None = None) -> bytes:
    return b"".join(objects.open(key, start, length))


def test_what_is_kept_is_read_back_whole_and_in_part(objects: ObjectStore, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4000
    put(objects, tmp_path, content)
    assert read(objects) == content
    assert read(objects, start=1000, length=300) == content[1000:1300]
    assert read(objects, start=len(content) - 5) == content[-5:]
    assert read(objects, start=5, length=0) == b""
    assert read(objects, start=len(content)) == b""
    assert objects.size("originals/ab/thing") == len(content)
    assert objects.exists("originals/ab/thing")


def test_an_empty_file_can_be_kept(objects: ObjectStore, tmp_path: Path) -> None:
    put(objects, tmp_path, b"")
    assert read(objects) == b""
    assert objects.size("originals/ab/thing") == 0


def test_e2_the_same_content_again_is_fine_other_content_is_refused(objects: ObjectStore, tmp_path: Path) -> None:
    """E2: no code path overwrites."""
    put(objects, tmp_path, b"first")
    put(objects, tmp_path, b"first")
    with pytest.raises(AlreadyKept):
        put(objects, tmp_path, b"other")
    assert read(objects) == b"first"


@pytest.mark.parametrize("size", [10, 0, SEVERAL_PARTS])
def test_content_that_is_not_what_was_promised_is_not_kept(objects: ObjectStore, tmp_path: Path, size: int) -> None:
    path, _ = made(tmp_path, b"x" * size)
    with pytest.raises(Altered):
        objects.put_file("originals/ab/thing", path, sha256="0" * 64)
    assert not objects.exists("originals/ab/thing")
    assert list(objects.keys()) == []


def test_a_file_of_several_parts_is_kept_once(objects: ObjectStore, tmp_path: Path) -> None:
    content = hashlib.sha256(b"seed").digest() * (SEVERAL_PARTS // 32)
    put(objects, tmp_path, content)
    put(objects, tmp_path, content)
    assert hashlib.sha256(read(objects)).hexdigest() == hashlib.sha256(content).hexdigest()
    with objects.local_path("originals/ab/thing") as path:
        assert path.read_bytes() == content


def test_two_writers_at_once_leave_one_content(objects: ObjectStore, tmp_path: Path) -> None:
    outcomes: list[str] = []
    together = threading.Barrier(4)

    def write(number: int) -> None:
        path, sha256 = made(tmp_path, f"content {number}".encode() * 1000, f"made{number}")
        together.wait()
        try:
            objects.put_file("originals/ab/thing", path, sha256=sha256)
            outcomes.append("kept")
        except AlreadyKept:
            outcomes.append("refused")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept", "refused", "refused", "refused"]


def test_what_is_not_there_is_said_to_be_not_there(objects: ObjectStore) -> None:
    assert not objects.exists("originals/ab/none")
    with pytest.raises(NotKept):
        objects.open("originals/ab/none")
    with pytest.raises(NotKept):
        objects.size("originals/ab/none")
    with pytest.raises(NotKept), objects.local_path("originals/ab/none"):
        pass


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../out", "a/../../b", "a//b", ".hidden", "a/.b", "a b", "a\0b", "é"]
)
def test_a_key_leads_nowhere_else(objects: ObjectStore, tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="storage key"):
        put(objects, tmp_path, b"x", key)
    with pytest.raises(ValueError, match="storage key"):
        objects.exists(key)


def test_keys_are_listed_by_prefix_in_order(objects: ObjectStore, tmp_path: Path) -> None:
    for key in ("originals/ab/2", "originals/ab/1", "originals/cd/3", "renditions/x/4.jpg"):
        put(objects, tmp_path, key.encode(), key)
    assert list(objects.keys("originals/")) == ["originals/ab/1", "originals/ab/2", "originals/cd/3"]
    assert list(objects.keys("originals/ab/2")) == ["originals/ab/2"]
    assert len(list(objects.keys())) == 4


def test_memory_stays_flat(objects: ObjectStore, tmp_path: Path) -> None:
    """64 MB go in and come out, and at no time are more than a few parts of them in memory (S3 takes parts of 5 MiB)."""
    path = tmp_path / "large"
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for number in range(64):
            block = bytes([number]) * 1_000_000
            file.write(block)
            digest.update(block)
    tracemalloc.start()
    try:
        objects.put_file("originals/ab/large", path, sha256=digest.hexdigest())
        written = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        total = sum(len(piece) for piece in objects.open("originals/ab/large"))
        read_back = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total == 64_000_000
    assert max(len(piece) for piece in objects.open("originals/ab/large", 0, 10_000_000)) <= storage.BLOCK
    assert written < 24_000_000
    assert read_back < 8_000_000


def test_ranges_read_no_more_of_the_shelf_than_they_need(app: Flask, tmp_path: Path) -> None:
    """A range of a sealed object costs its chunks and the header, wherever it lies, not what lies before it."""
    sealed = SealedStore(CountingShelf(tmp_path / "objects"), lambda: FileWrapper(b"k" * 32), tmp_path / "scratch")
    sealed.prepare()
    content = random.Random(3).randbytes(20 * framing.CHUNK + 100)
    put(sealed, tmp_path, content)
    shelf_of = sealed.shelf
    assert isinstance(shelf_of, CountingShelf)
    for start, length, chunks in ((0, 1, 1), (15 * framing.CHUNK + 5, 1000, 1), (3 * framing.CHUNK - 1, 2, 2)):
        shelf_of.given = 0
        assert read(sealed, start=start, length=length) == content[start : start + length]
        assert shelf_of.given == framing.HEADER + chunks * (framing.CHUNK + framing.TAG)
    shelf_of.given = 0
    assert read(sealed, start=len(content) - 10) == content[-10:]
    assert shelf_of.given == framing.HEADER + 100 + framing.TAG


class SlowShelf(DiskStore):
    """A shelf on which something else happens, once, while bytes are being written."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def put(self, key: str, pieces: Iterable[bytes], length: int) -> None:
        act, self.meanwhile = self.meanwhile, lambda: None

        def interrupted() -> Iterator[bytes]:
            yield from pieces
            act()

        super().put(key, interrupted(), length)


@pytest.fixture
def slow(app: Flask, tmp_path: Path) -> SealedStore:
    sealed = SealedStore(SlowShelf(tmp_path / "objects"), lambda: FileWrapper(b"k" * 32), tmp_path / "scratch")
    sealed.prepare()
    return sealed


def test_of_two_contents_under_one_key_the_one_that_lies_there_is_the_one_that_opens(
    slow: SealedStore, tmp_path: Path
) -> None:
    """The slower writer is refused, and does not believe that what lies there is its own."""
    other, sha256 = made(tmp_path, b"the faster one", "faster")
    slow.shelf.meanwhile = lambda: slow.put_file("originals/ab/thing", other, sha256=sha256)  # type: ignore[attr-defined]
    with pytest.raises(AlreadyKept):
        put(slow, tmp_path, b"the slower one")
    assert read(slow) == b"the faster one"


def test_a_writer_whose_key_another_took_away_meanwhile_still_keeps_what_opens(
    slow: SealedStore, tmp_path: Path
) -> None:
    def takes_it_away() -> None:
        objectkeys.forget("originals/ab/thing")
        wrapped = FileWrapper(b"k" * 32).wrap(b"o" * 32, "originals/ab/thing")
        objectkeys.obtain("originals/ab/thing", wrapped=wrapped, wrapper="file:other", sha256="f" * 64)

    slow.shelf.meanwhile = takes_it_away  # type: ignore[attr-defined]
    put(slow, tmp_path, b"kept")
    assert read(slow) == b"kept"


class CountingShelf(DiskStore):
    """A shelf that counts the bytes it gives."""

    given = 0

    def open(self, key: str, start: int = 0, length: int | None = None) -> Pieces:
        pieces = super().open(key, start, length)

        def counted() -> Iterator[bytes]:
            for piece in pieces:
                self.given += len(piece)
                yield piece

        return Pieces(counted(), pieces.close)


def test_what_lies_on_the_shelf_is_noise_and_a_purge_destroys_its_key(app: Flask, tmp_path: Path) -> None:
    """Whoever kept a copy of the sealed bytes, and has the agency's key, still cannot read what was purged."""
    sealed = SealedStore(DiskStore(tmp_path / "objects"), lambda: FileWrapper(b"k" * 32), tmp_path / "scratch")
    sealed.prepare()
    put(sealed, tmp_path, b"what was said " * 1000)
    stolen = b"".join(sealed.shelf.open("originals/ab/thing"))
    assert b"what was said" not in stolen
    assert objectkeys.find("originals/ab/thing") is not None
    sealed.purge("originals/ab/thing")
    assert objectkeys.find("originals/ab/thing") is None
    sealed.shelf.put("originals/ab/thing", [stolen], len(stolen))
    assert b"what was said" not in read(sealed)


def test_a_file_on_disk_is_read_only_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    objects = DiskStore(tmp_path / "objects")
    put(objects, tmp_path, b"kept")
    with objects.local_path("originals/ab/thing") as path:
        assert stat.S_IMODE(path.stat().st_mode) == 0o440
    assert list((tmp_path / "objects" / ".incoming").iterdir()) == []


def test_a_source_that_is_gone_leaves_nothing(tmp_path: Path) -> None:
    objects = DiskStore(tmp_path / "objects")
    with pytest.raises(FileNotFoundError):
        objects.put_file("originals/ab/thing", tmp_path / "gone", sha256="0" * 64)
    assert list(objects.keys()) == []


def test_the_copy_of_an_s3_object_is_removed_after_use(s3_address: str, tmp_path: Path) -> None:
    objects, pools = s3_store(s3_address, tmp_path, "copies")
    objects.prepare()
    objects.prepare()
    put(objects, tmp_path, b"kept")
    with objects.local_path("originals/ab/thing") as path:
        assert path.read_bytes() == b"kept"
    assert list((tmp_path / "scratch").iterdir()) == []
    for pool in pools:
        pool.clear()


def test_an_s3_object_that_carries_no_hash_is_read_before_it_is_believed(s3_address: str, tmp_path: Path) -> None:
    objects, pools = s3_store(s3_address, tmp_path, "foreign")
    objects.prepare()
    path, _ = made(tmp_path, b"put here by another program")
    objects.reader.fput_object("foreign", "originals/ab/thing", str(path))
    put(objects, tmp_path, b"put here by another program")
    with pytest.raises(AlreadyKept):
        put(objects, tmp_path, b"something else")
    for pool in pools:
        pool.clear()


def test_the_server_itself_refuses_to_replace(s3_address: str, tmp_path: Path) -> None:
    """The condition travels with the write, so that a race between two hosts has one winner."""
    objects, pools = s3_store(s3_address, tmp_path, "conditional")
    objects.prepare()
    put(objects, tmp_path, b"first")
    path, _ = made(tmp_path, b"other")
    with pytest.raises(Exception, match="PreconditionFailed"):
        objects.writer.fput_object("conditional", "originals/ab/thing", str(path))
    assert read(objects) == b"first"
    for pool in pools:
        pool.clear()


def test_a_purge_leaves_nothing_to_read(objects: ObjectStore, tmp_path: Path) -> None:
    put(objects, tmp_path, b"gone after this")
    objects.purge("originals/ab/thing")
    objects.purge("originals/ab/thing")
    assert not objects.exists("originals/ab/thing")
    with pytest.raises(NotKept):
        objects.open("originals/ab/thing")
    put(objects, tmp_path, b"and another may come")
    assert read(objects) == b"and another may come"


def test_the_settings_choose_the_store(app: Flask, s3_address: str, tmp_path: Path) -> None:
    assert isinstance(store(Settings(home=tmp_path)), SealedStore)
    assert isinstance(store(Settings(home=tmp_path, encrypt=False)), DiskStore)
    chosen = Settings(
        home=tmp_path,
        storage="s3",
        s3_endpoint=s3_address,
        s3_access_key="key",
        s3_secret_key="secret" * 3,
        s3_secure=False,
        s3_bucket="chosen",
    )
    objects = store(chosen)
    assert shelf(chosen) is shelf(chosen)
    objects.prepare()
    put(objects, tmp_path, b"kept")
    assert read(objects) == b"kept"
