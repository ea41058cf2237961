"""What goes in and what comes out of reading: a line of speech, a mention found in it, a whole reading."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workers.engines.info import EngineInfo

Role = Literal["officer", "other", "unknown"]
Kind = Literal[
    "person",
    "place",
    "organisation",
    "date",
    "time",
    "date_of_birth",
    "phone",
    "email",
    "ssn",
    "driver_licence",
    "plate",
    "vin",
    "vehicle",
    "weapon",
    "drug",
    "money",
    "property",
    "offence",
    "injury",
    "badge",
    "relation",
]
Detail = Mapping[str, str]  # the parts of a thing, each in words: {"year": "2015", "make": "Honda"}


@dataclass(frozen=True)
class Heard:
    """One word of a line: its characters in the text, its seconds in the recording, how sure the recognizer was of it."""

    start_char: int
    end_char: int
    start: float
    end: float
    confidence: float


@dataclass(frozen=True)
class Line:
    """One stretch of one speaker's speech, as a recognizer wrote it. Times in seconds, confidences 0 to 1.

    `role` is one of `Role`; only "officer" is read for language, anything unheard-of counts as unknown. `shouting` is how
    sure it is that the line was shouted, by its sound; None where that was not judged. `heard` are its words where the
    recognizer gave them; a correction by hand has none, and then the line's own figures stand for all.
    """

    index: int
    start: float
    end: float
    text: str
    role: str
    speaker: str
    confidence: float
    speaker_confidence: float
    shouting: float | None = None
    heard: tuple[Heard, ...] = ()


@dataclass(frozen=True)
class Mention:
    """A name, plate, date … found in the text of line `line` at characters `start_char` to `end_char`.

    `kind` is one of `Kind`, `value` is the canonical form (a date as ISO 8601, a plate as capitals and digits), `method` is
    `rule:…` or `model:…`, `detail` its parts. `start` and `end` are its own seconds where the words' are known, else None.
    """

    kind: str
    text: str
    value: str
    line: int
    start_char: int
    end_char: int
    confidence: float
    method: str
    detail: Detail = field(default_factory=dict, hash=False)
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class Reading:
    """All mentions in order of line and character, and the engines that found them."""

    engines: tuple[EngineInfo, ...]
    mentions: tuple[Mention, ...]
