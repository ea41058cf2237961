"""The layout of sealed objects: any range, and every way to alter one is noticed."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.storage import framing
from app.core.storage.base import Altered, Pieces
from app.core.storage.framing import CHUNK, HEADER, TAG

KEY, NAME = b"k" * 32, "originals/ab/thing"
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7]


def sealed(plain: bytes, name: str = NAME, key: bytes = KEY) -> bytes:
    pieces = [plain[at : at + CHUNK] for at in range(0, len(plain), CHUNK)]
    return b"".join(framing.seal(pieces, key, name))


def read(content: bytes, start: int = 0, length: int = 1 << 40, name: str = NAME, key: bytes = KEY) -> bytes:
    def shelf(at: int, count: int) -> Pieces:
        part = content[at : at + count]
        return Pieces((part[i : i + 1000] for i in range(0, len(part), 1000)), lambda: None)

    return b"".join(framing.opened(shelf, key, name, len(content), start, length))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_is_opened_and_the_sizes_fit(size: int) -> None:
    plain = secrets.token_bytes(size)
    content = sealed(plain)
    assert len(content) == framing.sealed_size(size)
    assert framing.plain_size(len(content)) == size
    assert read(content) == plain
    if size > 20:
        assert plain[:20] not in content


@given(st.sampled_from(SIZES), st.integers(0, 4 * CHUNK), st.integers(0, 4 * CHUNK))
def test_any_range_is_that_part(size: int, start: int, length: int) -> None:
    plain = bytes(range(256)) * (size // 256 + 1)
    plain = plain[:size]
    assert read(sealed(plain), start, length) == plain[start : start + length]


def test_a_range_reads_no_more_than_its_chunks() -> None:
    content = sealed(bytes(10 * CHUNK))
    asked: list[int] = []

    def shelf(at: int, count: int) -> Pieces:
        asked.append(count)
        return Pieces([content[at : at + count]], lambda: None)

    got = b"".join(framing.opened(shelf, KEY, NAME, len(content), 5 * CHUNK + 10, 20))
    assert len(got) == 20
    assert asked == [HEADER, CHUNK + TAG]


@given(st.integers(0, framing.sealed_size(CHUNK + 100) - 1), st.integers(0, 7))
def test_one_flipped_bit_anywhere_is_noticed(at: int, bit: int) -> None:
    content = bytearray(sealed(b"x" * (CHUNK + 100)))
    content[at] ^= 1 << bit
    with pytest.raises(Altered):
        read(bytes(content))


@pytest.mark.parametrize(
    "alter",
    [
        lambda c: c[:-1],
        lambda c: c[: HEADER + CHUNK + TAG],
        lambda c: c[:HEADER],
        lambda c: b"",
        lambda c: c + b"\0" * (CHUNK + TAG),
        lambda c: (
            c[:HEADER]
            + c[HEADER + CHUNK + TAG : HEADER + 2 * (CHUNK + TAG)]
            + c[HEADER : HEADER + CHUNK + TAG]
            + c[HEADER + 2 * (CHUNK + TAG) :]
        ),
        lambda c: sealed(b"y" * 10)[:HEADER] + c[HEADER:],
        lambda c: b"not sealed at all, but long enough to look at",
    ],
    ids=[
        "last byte",
        "last chunk",
        "all chunks",
        "everything",
        "a chunk added",
        "two swapped",
        "another's header",
        "foreign",
    ],
)
def test_cut_swapped_and_foreign_content_is_noticed(alter) -> None:
    content = sealed(secrets.token_bytes(2 * CHUNK + 5))
    with pytest.raises(Altered):
        read(alter(content))


def test_another_name_or_another_key_opens_nothing() -> None:
    content = sealed(b"secret")
    with pytest.raises(Altered):
        read(content, name="originals/ab/other")
    with pytest.raises(Altered):
        read(content, key=b"j" * 32)


def test_the_same_content_twice_is_not_the_same_object() -> None:
    assert sealed(b"same") != sealed(b"same")
