"""Invented incidents with known facts: what was said by whom and when, which facts must be told, what nobody told.

`script` holds a line a turn: `O` is the reporting officer, `P` another officer, `A` to `C` other people. What stands in
braces is a fact the report must tell; `{words=Value}` is one whose written form differs from what was said. `spoken` names
those of the type's required facts (`REQUIRED`) that somebody tells; for all others the draft must ask a person.
"""

import random
import re
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from app.reports.report_types import defaults
from workers.engines.reading import Line, read
from workers.engines.writing import Brief, IncidentFacts, Recording
from workers.tasks.briefs import type_of

HERE = Path(__file__).parent
WHEN = datetime(2026, 11, 24, 2, 14, tzinfo=UTC)
SPEAKERS = {
    "O": ("officer", "S1"),
    "P": ("officer", "S9"),
    "A": ("other", "S2"),
    "B": ("other", "S3"),
    "C": ("other", "S4"),
}
WORDS_A_SECOND, PAUSE_S = 2.5, 0.7
_FACT = re.compile(r"\{([^}=]+)(?:=([^}]+))?\}")
# What a report of each type must have, and a word of the gap that asks for it. Kept apart from the types themselves.
REQUIRED = {
    "traffic_stop": {"weather": "weather", "reason": "reason for the stop", "driver": "name of the driver", "others": "who else was present", "vehicle": "make, model", "plate": "license plate]", "injuries": "injuries", "disposition": "disposition"},
    "arrest": {"weather": "weather", "cause": "cause for the arrest", "person": "name of the arrested", "others": "who else was present", "force": "force used", "injuries": "injuries", "rights": "rights were read", "search": "was searched", "offense": "statute", "transport": "where the person was taken"},
    "domestic_disturbance": {"names": "names of those", "relationship": "relationship", "children": "children present", "others": "who else was present", "alcohol": "alcohol", "weapons": "weapons", "injuries": "injuries", "disposition": "disposition"},
    "theft": {"person": "name of the reporting", "taken": "each item", "value": "value", "last_seen": "last seen]", "suspect": "description of the suspect", "witnesses": "witnesses", "cameras": "cameras", "disposition": "what was done"},
    "use_of_force": {"weather": "weather", "person": "name of the subject", "others": "officers and witnesses", "before": "before force", "force": "each use of force", "injuries": "injuries", "aid": "aid that was", "notified": "supervisor", "disposition": "release or transport"},
    "found_property": {"finder": "name of the finder", "where": "where and when", "what": "description of the property", "owner": "owner if known", "storage": "where the property"},
    "other": {"reason": "reason for the contact", "person": "name of the person contacted", "others": "who else was present", "injuries": "injuries", "disposition": "disposition"},
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """Something the report must tell: said in line `line`; `value` is its written form where that differs."""

    line: int
    words: str
    value: str


@dataclass(frozen=True)
class Incident:
    """One invented incident. `speakers` are the letters of the script, line by line."""

    code: str
    kind: str
    place: str
    officer: str
    lines: tuple[Line, ...]
    speakers: tuple[str, ...]
    facts: tuple[Fact, ...]
    spoken: frozenset[str]

    def heard(self, lines: tuple[Line, ...] | None = None, *, first_person: bool = False) -> Brief:
        """The brief of the incident: entities read by the real engine from its lines, or from others in their place."""
        lines = lines or self.lines
        facts = IncidentFacts("2026-000123", self.kind, WHEN, self.place, self.officer, "4127")
        recording = Recording("item-1", "Body camera", "video", WHEN, lines[-1].end, lines, (), read(lines).mentions)
        return Brief(facts, (recording,), (), type_of(defaults()[self.kind]), first_person)


def incidents(name: str) -> list[Incident]:
    """The incidents of a file: "shown" to build with, "held" for the test only."""
    return [_incident(one) for one in tomllib.loads((HERE / f"{name}.toml").read_text())["incident"]]


def garbled(incident: Incident, *, rate: float, seed: int) -> tuple[Line, ...]:
    """The lines with word errors: of those, six in ten a wrong word, two a missing one, two one too many."""
    chance = random.Random(f"{incident.code} {seed}")
    others = sorted({word for line in incident.lines for word in line.text.split()})
    made = []
    for line in incident.lines:
        words: list[str] = []
        for word in line.text.split():
            if chance.random() >= rate:
                words.append(word)
                continue
            kind = chance.random()
            if kind < 0.6:
                words.append(chance.choice(others))
            elif kind >= 0.8:
                words += [word, chance.choice(others)]
        made.append(replace(line, text=" ".join(words)))
    return tuple(made)


def _incident(given: dict[str, object]) -> Incident:
    clock, lines, letters, facts = 0.0, [], [], []
    for number, row in enumerate(str(given["script"]).strip().splitlines()):
        letter, _, said = row.partition(": ")
        facts += [Fact(number, words, value or "") for words, value in _FACT.findall(said)]
        text = _FACT.sub(r"\1", said)
        lasts = len(text.split()) / WORDS_A_SECOND
        role, speaker = SPEAKERS[letter]
        lines.append(Line(number, round(clock, 2), round(clock + lasts, 2), text, role, speaker, 0.9, 0.95))
        letters.append(letter)
        clock += lasts + PAUSE_S
    spoken = frozenset(str(one) for one in given["spoken"])  # type: ignore[attr-defined]
    assert spoken <= REQUIRED[str(given["kind"])].keys(), given["code"]
    return Incident(str(given["code"]), str(given["kind"]), str(given["place"]), str(given["officer"]), tuple(lines), tuple(letters), tuple(facts), spoken)  # fmt: skip
