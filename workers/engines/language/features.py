"""What the classifier sees of a line: hashed n-grams of listed words, alike for every name, topic and dialect."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

BUCKETS = 1 << 16
BLANK = "_"
_WORD = re.compile(r"[a-z']+")
_NOISE = re.compile(r"&\w+;|&#\d+;|https?://\S+|@\w+|\brt\b")
_LONG = re.compile(r"(.)\1{2,}")
_CONTRACTED = {"i'm": "i", "i've": "i", "you're": "you", "you've": "you", "he's": "he", "she's": "she", "it's": "it", "we're": "we", "we've": "we", "they're": "they", "they've": "they", "that's": "that", "there's": "there", "what's": "what", "who's": "who", "i'll": "i will", "you'll": "you will", "we'll": "we will"}  # fmt: skip


@dataclass(frozen=True)
class Lexicon:
    """The listed words and roots, what is made one before reading, what is left out, and markers for measuring."""

    words: frozenset[str]
    roots: tuple[str, ...]
    same: dict[str, str]
    dropped: frozenset[str]
    markers: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """lexicon.toml, read once."""
    data: dict[str, Any] = tomllib.loads((Path(__file__).parent / "lexicon.toml").read_text(encoding="utf-8"))
    return Lexicon(
        frozenset(data["words"].split()),
        tuple(data["roots"]),
        data["same"],
        frozenset(data["dropped"]["words"].split()),
        frozenset(data["markers"]["words"].split()),
    )


def tokens(text: str) -> list[str]:
    """The line in listed words; any run of others is one blank."""
    seen: list[str] = []
    for word in _words(text):
        shown = word if _listed(word) else BLANK
        if shown != BLANK or (seen and seen[-1] != BLANK):
            seen.append(shown)
    return seen[:-1] if seen and seen[-1] == BLANK else seen


def hashed(text: str, *, plain: bool = False) -> np.ndarray:
    """The buckets of a line's features, each once. `plain`: every word as written, for measuring what this prevents."""
    said = written(text) if plain else tokens(text)
    return np.unique(np.fromiter((crc32(f.encode()) % BUCKETS for f in _features(said, plain)), dtype=np.int32))


def written(text: str) -> list[str]:
    """Every word of a line as it was written."""
    return _WORD.findall(_NOISE.sub(" ", text.lower().replace("’", "'")))


def _words(text: str) -> Iterator[str]:
    table = lexicon()
    for word in written(text):
        word = _LONG.sub(r"\1\1", word.strip("'"))
        word = _CONTRACTED.get(word, word)
        if word.endswith("in") and len(word) > 4 and any(root in word for root in ("fuck", "damn", "ly", "talk")):
            word += "g"
        for part in table.same.get(word, word).split():
            if part not in table.dropped:
                yield part


def _listed(word: str) -> bool:
    table = lexicon()
    return word in table.words or any(root in word for root in table.roots)


def _features(said: Sequence[str], plain: bool) -> Iterator[str]:
    padded = ["<", *said, ">"]
    for size in (1, 2, 3):
        for at in range(len(padded) - size + 1):
            yield " ".join(padded[at : at + size])
    for word in said:
        if plain or any(root in word for root in lexicon().roots):
            bounded = f"<{word}>"
            for size in (3, 4, 5):
                for at in range(len(bounded) - size + 1):
                    yield "#" + bounded[at : at + size]
