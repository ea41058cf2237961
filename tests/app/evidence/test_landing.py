"""Where bytes land: one writer, nothing half-kept, what was counted is never lost."""

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.evidence.landing import Busy, Checksum, ChecksumMismatch, Gone, NoRoom, TooLarge, check_room, hold, write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "intake" / "upload"


def test_pieces_are_written_one_behind_the_other(path: Path) -> None:
    with hold(path) as file:
        assert write(file, [b"abc", b"def"], offset=0, limit=100) == 6
        assert write(file, [b"ghi"], offset=6, limit=100) == 9
    assert path.read_bytes() == b"abcdefghi"


def test_only_one_may_write(path: Path) -> None:
    with hold(path), pytest.raises(Busy), hold(path):
        pass
    with hold(path):
        pass


def test_after_a_crash_what_was_not_counted_is_dropped(path: Path) -> None:
    with hold(path) as file:
        write(file, [b"counted", b"and lost"], offset=0, limit=100)
        assert write(file, [b"!"], offset=7, limit=100) == 8
    assert path.read_bytes() == b"counted!"


def test_counted_bytes_that_are_gone_are_never_made_up(path: Path) -> None:
    with hold(path) as file, pytest.raises(Gone):
        write(file, [b"more"], offset=10, limit=100)
    assert path.read_bytes() == b""


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_wrong_checksum_keeps_nothing_of_it(path: Path, algorithm: str) -> None:
    right = Checksum(algorithm, hashlib.new(algorithm, b"first").digest())
    with hold(path) as file:
        assert write(file, [b"fir", b"st"], offset=0, limit=100, checksum=right) == 5
        with pytest.raises(ChecksumMismatch):
            write(file, [b"second"], offset=5, limit=100, checksum=right)
    assert path.read_bytes() == b"first"


def test_more_than_announced_keeps_nothing_of_it(path: Path) -> None:
    with hold(path) as file, pytest.raises(TooLarge):
        write(file, [b"12345", b"6"], offset=0, limit=5)
    assert path.read_bytes() == b""


def test_an_error_on_the_way_keeps_nothing_of_it(path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"some"
        raise RuntimeError("cut")

    with hold(path) as file, pytest.raises(RuntimeError):
        write(file, pieces(), offset=0, limit=100)
    assert path.read_bytes() == b""


def test_a_full_disk_is_said_plainly(path: Path) -> None:
    """/dev/full is the kernel's own full disk: every write to it fails with ENOSPC."""
    with open("/dev/full", "r+b", buffering=0) as full:  # noqa: PTH123

        class Full:
            """A file whose writes go to the full disk and whose ends are a real file's."""

            def __init__(self, real: object) -> None:
                self.real = real

            def __getattr__(self, name: str) -> object:
                return getattr(full if name == "write" else self.real, name)

        with hold(path) as file, pytest.raises(NoRoom) as refused:
            write(Full(file), [b"abc"], offset=0, limit=100)  # type: ignore[arg-type]
    assert isinstance(refused.value.__cause__, OSError)
    assert refused.value.__cause__.errno == errno.ENOSPC
    assert path.read_bytes() == b""


def test_a_file_larger_than_the_disk_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    disk = os.statvfs(tmp_path)
    check_room(tmp_path, 1000)
    with pytest.raises(NoRoom):
        check_room(tmp_path, disk.f_blocks * disk.f_frsize)
