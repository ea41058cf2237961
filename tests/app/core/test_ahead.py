"""Pieces made ahead by a thread of their own."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from app.core.storage.base import ahead


def counting(upto: int, *, fail_at: int = -1) -> Iterator[bytes]:
    """Numbers as bytes; OSError at one of them when told."""
    for number in range(upto):
        if number == fail_at:
            raise OSError("the disk ends here")
        yield str(number).encode()


def makers() -> list[threading.Thread]:
    """The threads that read ahead now."""
    return [one for one in threading.enumerate() if one.name == "reads ahead"]


@pytest.mark.parametrize("count", [0, 1, 16, 1000])
def test_the_pieces_come_in_order_and_whole(count: int) -> None:
    assert list(ahead(counting(count), most=4)) == list(counting(count))
    assert makers() == []


def test_what_fails_there_is_raised_here_after_what_came_before() -> None:
    given = ahead(counting(10, fail_at=3), most=4)
    assert [next(given) for _ in range(3)] == [b"0", b"1", b"2"]
    with pytest.raises(OSError, match="the disk ends here"):
        next(given)
    assert makers() == []


def test_no_more_than_so_much_is_made_ahead() -> None:
    made: list[int] = []

    def noted() -> Iterator[bytes]:
        for number in range(100):
            made.append(number)
            yield b"."

    with closing(ahead(noted(), most=4)) as given:
        next(given)
        time.sleep(0.3)
        assert len(made) <= 6
    assert makers() == []  # closed early, it ends too
    assert len(made) < 100
