"""How respectful an utterance sounds, after Voigt et al. 2017: the paper's features and their signs, each weighing one."""

import re
import tomllib
from functools import cache
from pathlib import Path


def respect(text: str) -> float:
    """Features that count up less those that count down, each at most once, over the whole utterance in plain text.

    No unit: it orders utterances and says nothing alone. Source and what was left out: respect.toml.
    """
    return float(sum(sign for _, sign in features(text)))


def features(text: str) -> list[tuple[str, int]]:
    """The features found in an utterance, with +1 or -1, so that a person can check the score."""
    return [
        (name, sign)
        for name, sign, pattern, unless in _table()
        if pattern.search(text) and not (unless and unless.search(text))
    ]


@cache
def _table() -> tuple[tuple[str, int, re.Pattern[str], re.Pattern[str] | None], ...]:
    data = tomllib.loads((Path(__file__).parent / "respect.toml").read_text(encoding="utf-8"))
    unless = {name: re.compile(pattern) for name, pattern in data["except"].items()}
    return tuple(
        (name, sign, re.compile(pattern), unless.get(name))
        for sign, side in ((1, "up"), (-1, "down"))
        for name, pattern in data[side].items()
    )


VERSION: str = tomllib.loads((Path(__file__).parent / "respect.toml").read_text(encoding="utf-8"))["version"]
