"""What goes in and what comes out of reading: a line of speech, a mention found in it, a whole reading."""

from dataclasses import dataclass
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
    "plate",
    "vin",
    "vehicle",
    "weapon",
    "drug",
    "injury",
    "money",
]


@dataclass(frozen=True)
class Line:
    """One stretch of one speaker's speech, as a recognizer wrote it. Times in seconds, confidences 0 to 1.

    `role` is one of `Role`; only "officer" is read for language, anything unheard-of counts as unknown. `shouting` is how
    sure it is that the line was shouted, by its sound; None where that was not judged.
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


@dataclass(frozen=True)
class Mention:
    """A name, plate, date … found in the text of line `line` at characters `start_char` to `end_char`.

    `kind` is one of `Kind`, `value` is the canonical form (a date as ISO 8601, a plate as capitals and digits), `method` is `rule:…` or `model:…`.
    """

    kind: str
    text: str
    value: str
    line: int
    start_char: int
    end_char: int
    confidence: float
    method: str


@dataclass(frozen=True)
class Reading:
    """All mentions in order of line and character, and the engines that found them."""

    engines: tuple[EngineInfo, ...]
    mentions: tuple[Mention, ...]
