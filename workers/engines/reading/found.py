"""A candidate mention inside one line, the line as rules see it, and which of overlapping candidates stays."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from workers.engines.reading.spoken import Token, tokens
from workers.engines.reading.text import Detail, Kind

BROKEN = "-broken"  # how the method of a thing ends that was put together over a word that does not belong to it
_MOST_CHARACTERS = 300  # nothing that names a thing is longer


@dataclass(frozen=True)
class Found:
    """Characters `start` to `end` of a line read as `value`; `sure` is the rule's own confidence before the line's; `detail` its parts."""

    kind: Kind
    value: str
    start: int
    end: int
    sure: float
    method: str
    detail: Detail = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Context:
    """The text of a line and of the line before it, which often asked for what this one answers."""

    text: str
    before: str

    @cached_property
    def words(self) -> list[Token]:
        """The line's words."""
        return tokens(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [word.start for word in self.words]

    def word_from(self, char: int) -> int:
        """The number of the first word that starts at or after a character; the count of words if there is none."""
        return bisect_left(self._starts, char)

    def said_before(self, cue: re.Pattern[str], at: int, reach: int = 60) -> bool:
        """Whether the cue stands in the `reach` characters before `at`, or in the line before when `at` is near the start."""
        if cue.search(self.text[max(0, at - reach) : at]):
            return True
        return at <= 25 and bool(cue.search(self.before[-120:]))

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Characters from word `first` to before word `last`."""
        return self.words[first].start, self.words[last - 1].end


def settle(candidates: Iterable[Found], length: int) -> list[Found]:
    """The surest of overlapping candidates, of equals the longest; in order of place."""
    taken = bytearray(length)
    kept = []
    short = (found for found in candidates if max(found.end - found.start, len(found.value)) <= _MOST_CHARACTERS)
    for found in sorted(short, key=lambda f: (-f.sure, f.start - f.end, f.start, f.kind)):
        if not any(taken[found.start : found.end]):
            taken[found.start : found.end] = b"\x01" * (found.end - found.start)
            kept.append(found)
    return sorted(kept, key=lambda f: f.start)


def phrase(words: Sequence[str]) -> re.Pattern[str]:
    """A pattern for any of the phrases as whole words, longest first, plural allowed, any case."""
    alternatives = "|".join(re.escape(word).replace(r"\ ", r"[\s-]+") for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![\w'])(?:{alternatives})(?:e?s)?(?![\w'])", re.IGNORECASE)
