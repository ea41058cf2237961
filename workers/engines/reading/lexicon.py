"""The word lists of lexicon.toml, read once and compiled to patterns."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from workers.engines.reading.found import phrase

LISTED = ("weapon", "drug", "injury")
Listed = Literal["weapon", "drug", "injury"]


@dataclass(frozen=True)
class Things:
    """One kind of listed thing: a pattern for all ways to say it, and the canonical word for each."""

    pattern: re.Pattern[str]
    canonical: dict[str, str]


@cache
def lists() -> dict[str, Any]:
    """The file as it stands."""
    return tomllib.loads((Path(__file__).parent / "lexicon.toml").read_text(encoding="utf-8"))


@cache
def things(kind: Listed) -> Things:
    """Weapons, drugs or injuries."""
    rows: dict[str, list[str]] = lists()[kind]
    canonical = {said: name for name, ways in rows.items() for said in ways}
    return Things(phrase(list(canonical)), canonical)


@cache
def not_names() -> frozenset[str]:
    """Words that are no name, with spaCy's English stop words."""
    from spacy.lang.en.stop_words import STOP_WORDS

    months = "january february march april june july august september october november december"
    digits = (
        "zero one two three four five six seven eight nine ten twenty thirty forty fifty sixty seventy eighty ninety"
    )
    return frozenset(lists()["person"]["not_names"].split()) | STOP_WORDS | set(f"{months} {digits}".split())
