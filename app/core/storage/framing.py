"""How a sealed object is laid out: AES-256-GCM in chunks, after the STREAM construction.

    object  = header, chunk 0, chunk 1, …
    header  = b"BLTSEAL1", chunk size (4 bytes, big endian), prefix (7 random bytes)
    chunk i = AES-256-GCM(key, nonce = prefix, i (4 bytes, big endian), last (1 byte: 1 for the last chunk, else 0),
                          associated data = header, object's name)

Every chunk but the last holds exactly `chunk size` bytes before encryption; an empty object is one empty chunk.
STREAM is from Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance", CRYPTO 2015. One key serves one object. docs/security.md has the threat model.
"""

import secrets
import struct
from collections.abc import Callable, Generator, Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.core.storage.base import BLOCK, Altered, Pieces

MAGIC = b"BLTSEAL1"
CHUNK = BLOCK
TAG = 16
_HEADER = struct.Struct(">8sI7s")
HEADER = _HEADER.size
_MOST_CHUNKS = 1 << 32


def sealed_size(plain: int, chunk: int = CHUNK) -> int:
    """Bytes a sealed object of `plain` bytes takes."""
    return HEADER + plain + TAG * max(1, -(-plain // chunk))


def plain_size(sealed: int, chunk: int = CHUNK) -> int:
    """Bytes in a sealed object of `sealed` bytes. Raises Altered when no object has that size."""
    body = sealed - HEADER
    chunks = max(1, -(-body // (chunk + TAG)))
    if body < TAG or sealed_size(body - TAG * chunks, chunk) != sealed:
        raise Altered(f"a sealed object cannot have {sealed} bytes: some are missing")
    return body - TAG * chunks


def seal(pieces: Iterable[bytes], key: bytes, name: str) -> Iterator[bytes]:
    """The sealed object. `pieces` are CHUNK bytes each, but for the last."""
    prefix = secrets.token_bytes(7)
    header = _HEADER.pack(MAGIC, CHUNK, prefix)
    cipher, bound = AESGCM(key), header + name.encode()
    yield header
    given = iter(pieces)
    piece, number = next(given, b""), 0
    while True:
        following = next(given, None)
        if number >= _MOST_CHUNKS:
            raise ValueError("an object has at most 2**32 chunks")
        yield cipher.encrypt(_nonce(prefix, number, following is None), piece, bound)
        if following is None:
            return
        piece, number = following, number + 1


def opened(
    read: Callable[[int, int], Pieces], key: bytes, name: str, sealed: int, start: int, length: int
) -> Generator[bytes, None, None]:
    """`length` plain bytes from `start`. `read(start, length)` gives sealed bytes; only the chunks needed are read.

    Raises Altered for a chunk that is not the one that was sealed: changed, cut, moved, or of another object.
    """
    header = b"".join(read(0, HEADER))
    magic, chunk, prefix = _HEADER.unpack(header) if len(header) == HEADER else (b"", 1, b"")
    if magic != MAGIC or chunk < 1:
        raise Altered(f"{name} is not a sealed object")
    total = plain_size(sealed, chunk)
    end = min(start + length, total)
    if start >= end:
        return
    cipher, bound = AESGCM(key), header + name.encode()
    first, last, final = start // chunk, (end - 1) // chunk, max(0, (total - 1) // chunk)
    frames = read(HEADER + first * (chunk + TAG), (last - first + 1) * (chunk + TAG))
    try:
        for number, frame in enumerate(_frames(frames, chunk + TAG), first):
            try:
                plain = cipher.decrypt(_nonce(prefix, number, number == final), frame, bound)
            except InvalidTag as error:
                altered = Altered(f"{name} is altered near byte {number * chunk}")
                altered.near = number * chunk
                raise altered from error
            at = number * chunk
            yield plain[max(start - at, 0) : end - at]
    finally:
        frames.close()


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, last)


def _frames(pieces: Iterable[bytes], size: int) -> Iterator[bytes]:
    rest = bytearray()
    for piece in pieces:
        rest += piece
        while len(rest) >= size:
            yield bytes(rest[:size])
            del rest[:size]
    if rest:
        yield bytes(rest)
