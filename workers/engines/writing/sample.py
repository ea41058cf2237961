"""Sample incidents to try a type of report on: invented scripts, a line a turn, as lines with their seconds."""

import tomllib
from datetime import datetime

from workers.engines.reading.text import Line
from workers.engines.writing.brief import IncidentFacts

_WORDS_A_SECOND, _PAUSE_S = 2.5, 0.7
_SPEAKERS = {"O": ("officer", "S1"), "A": ("other", "S2"), "B": ("other", "S3")}


def sample_of(text: str, code: str, *, when: datetime) -> tuple[tuple[Line, ...], IncidentFacts]:
    """The lines and the record of the sample of type `code`; of "other" where a type has none. `text` is TOML.

    In a script `O` is the officer, `A` and `B` are other people.
    """
    samples = tomllib.loads(text)
    sample = samples.get(code) or samples["other"]
    lines, clock = [], 0.8
    for at, row in enumerate(sample["script"].strip().splitlines()):
        letter, _, said = row.partition(": ")
        role, speaker = _SPEAKERS[letter]
        lasts = len(said.split()) / _WORDS_A_SECOND
        lines.append(Line(at, round(clock, 2), round(clock + lasts, 2), said, role, speaker, 0.9, 0.95))
        clock += lasts + _PAUSE_S
    facts = IncidentFacts(
        number="2026-000000",
        kind=code if code != "supplement" else "other",
        occurred_at=when,
        place=sample["place"],
        officer_name=sample["officer"],
        badge="4127",
    )
    return tuple(lines), facts
