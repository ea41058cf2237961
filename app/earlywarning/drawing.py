"""Drawing recordings by chance in a way that anybody can repeat: no state, no database, nothing but hashes."""

import hashlib
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recording that may be drawn: its id as text, seconds of the officer's own speech, and what its chance is as."""

    id: str
    speech_s: float
    weight: float

    def line(self) -> str:
        """As the kept population writes it."""
        return f"{self.id} {self.speech_s:.3f} {self.weight:.3f}"


def drawn(seed: str, population: Sequence[Candidate], number: int) -> list[Candidate]:
    """`number` recordings without replacement, the chance of the first in proportion to the weights, in the order drawn.

    Each recording's key is -ln(u) / weight, where u comes from the SHA-256 of the seed, a colon and its id; the smallest
    keys are drawn (Efraimidis and Spirakis, Information Processing Letters 97, 2006). The order of `population` is nothing.
    """
    keyed = sorted((-math.log(_even(seed, one.id)) / one.weight, one.id, one) for one in population if one.weight > 0)
    return [one for _, _, one in keyed[:number]]


def ranked(population: Sequence[Candidate], number: int) -> list[Candidate]:
    """The `number` with the greatest weights; of equals the one with the smaller id."""
    return sorted((one for one in population if one.weight > 0), key=lambda one: (-one.weight, one.id))[:number]


def packed(population: Sequence[Candidate]) -> tuple[bytes, str]:
    """The population as it is kept, sorted by id and compressed, and the SHA-256 of its lines."""
    text = written(population)
    return zlib.compress(text, 9), hashlib.sha256(text).hexdigest()


def written(population: Sequence[Candidate]) -> bytes:
    """One line a recording, sorted by id."""
    return "".join(f"{one.line()}\n" for one in sorted(population, key=lambda one: one.id)).encode()


def unpacked(kept: bytes) -> list[Candidate]:
    """What `packed` kept."""
    rows = (line.split(" ") for line in zlib.decompress(kept).decode().splitlines())
    return [Candidate(name, float(speech), float(weight)) for name, speech, weight in rows]


def _even(seed: str, name: str) -> float:
    """A number above 0 and at most 1 from the first 53 bits of a hash."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53 + 2**-53
