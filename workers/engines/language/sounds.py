"""Reading a line again with harsh words put back where a recogniser may have written what sounds like them."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Reread:
    """A line with other words in it, and where each of its characters stood in the line as it was heard."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the heard line that a part of the reread one stands for, whole words replaced as one."""
        return self.places[start], self.places[end]


def reread(text: str) -> Reread | None:
    """The plain text with every listed word put back; None where there is none of them."""
    made: list[str] = []
    places: list[int] = []
    last = 0
    for found in _heard().finditer(text):
        instead = _table()[found[0]]
        made += [text[last : found.start()], instead]
        places += [*range(last, found.start()), *([found.start()] * len(instead))]
        last = found.end()
    if not made:
        return None
    places += range(last, len(text) + 1)
    return Reread("".join(made) + text[last:], tuple(places))


def factor() -> float:
    """What is left of a rule's confidence where a word was put back."""
    return float(_file()["factor"])


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "sounds.toml").read_text(encoding="utf-8"))


def _table() -> dict[str, str]:
    return dict(_file()["instead"])


@cache
def _heard() -> re.Pattern[str]:
    longest_first = sorted(_table(), key=len, reverse=True)
    return re.compile(rf"(?<![\w'])(?:{'|'.join(map(re.escape, longest_first))})(?![\w'])")
