"""The project's own scripted lines in tests/bench/lines, and reading them as an officer's speech."""

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from workers.engines.language import LanguageEvent, listen_for
from workers.engines.reading.text import Line

FOLDER = Path(__file__).parent / "lines"
COUNTS = 0.5  # as earlywarning.queries.LOW_CONFIDENCE: below this an event never counts alone
WORD_S = 0.35


@dataclass(frozen=True)
class Sample:
    """What is labelled, what kind of line it is, and the lines in order."""

    labels: frozenset[str]
    kind: str
    lines: tuple[Line, ...]


@cache
def samples(part: str) -> tuple[Sample, ...]:
    """The scripted lines of `dev` or `test`."""
    made = []
    for row in rows(part):
        labels, kind, said = row.split("\t")
        made.append(Sample(frozenset(labels.split("+")) - {"-"}, kind, spoken(said)))
    return tuple(made)


def rows(name: str) -> list[str]:
    """The rows of a file without comments."""
    text = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8")
    return [row for row in text.splitlines() if row and not row.startswith("#")]


def spoken(said: str) -> tuple[Line, ...]:
    """`o: … / c: …` as lines with times; without a prefix one line of an officer. Half a second between lines."""
    lines, at = [], 0.0
    for number, part in enumerate(said.split(" / ")):
        role = "other" if part.startswith("c: ") else "officer"
        text = re.sub(r"^[oc]: ", "", part)
        end = at + WORD_S * len(text.split())
        lines.append(Line(number, at, end, text, role, role, 1.0, 1.0))
        at = end + 0.5
    return tuple(lines)


def events(lines: tuple[Line, ...]) -> tuple[LanguageEvent, ...]:
    """What is heard in the lines."""
    return listen_for(lines).events


def scores(lines: tuple[Line, ...]) -> dict[str, float]:
    """The surest event of each category."""
    found: dict[str, float] = {}
    for event in events(lines):
        found[event.category] = max(found.get(event.category, 0.0), event.confidence)
    return found


def said_instead(sample: Sample, texts: list[str]) -> Sample:
    """The sample with other words in its lines."""
    lines = tuple(replace(line, text=text) for line, text in zip(sample.lines, texts, strict=True))
    return replace(sample, lines=lines)


@dataclass(frozen=True)
class Pair:
    """One thing said in African American English and in Standard American English."""

    label: str
    aae: str
    sae: str


def pairs() -> list[Pair]:
    """The pairs of dialects.tsv."""
    return [Pair(*row.split("\t")) for row in rows("dialects")]


def swaps() -> list[list[str]]:
    """Sentences that may not differ: one list for each sentence, filled with every word of its kind."""
    body = rows("swaps")
    fills = {m[1]: m[2].split() for row in body if (m := re.match(r"\[(\w+)\]\t(.*)", row))}
    return [
        [sentence.format(word) for word in fills[kind]]
        for kind, sentence in (row.split("\t") for row in body if not row.startswith("["))
    ]
