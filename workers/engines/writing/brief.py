"""What a draft is written from and what comes out: facts, recordings, sentences with their sources. Plain data."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from workers.engines.info import EngineInfo
from workers.engines.reading.text import Line, Mention
from workers.engines.writing.types import ReportType

Author = Literal["machine", "officer"]


@dataclass(frozen=True)
class PersonFact:
    """Somebody a person entered in the incident: their part, their name, the date of birth as ISO 8601 or nothing."""

    part: str
    name: str
    date_of_birth: str = ""


@dataclass(frozen=True)
class IncidentFacts:
    """What the incident's record already says. Empty text or None: not recorded. `occurred_at` is aware."""

    number: str
    kind: str = ""
    occurred_at: datetime | None = None
    place: str = ""
    officer_name: str = ""
    badge: str = ""
    agency: str = ""
    people: tuple[PersonFact, ...] = ()
    offences: tuple[str, ...] = ()


@dataclass(frozen=True)
class TagFact:
    """Something the picture was marked with from `start` to `end` seconds; `count` is the most seen at once."""

    kind: str
    label: str
    start: float
    end: float
    confidence: float
    count: int = 1


@dataclass(frozen=True)
class Recording:
    """One recording with what was heard, seen and read in it. `duration` in seconds, `started_at` aware.

    `officer_name`: who recorded it, where that need not be the reporting officer. `confirmed` names the mentions a person confirmed, as (line, start_char, end_char); the rest is only proposed.
    """

    evidence_id: str
    title: str
    kind: str = ""
    started_at: datetime | None = None
    duration: float = 0.0
    lines: tuple[Line, ...] = ()
    tags: tuple[TagFact, ...] = ()
    mentions: tuple[Mention, ...] = ()
    confirmed: frozenset[tuple[int, int, int]] = frozenset()
    officer_name: str = ""


@dataclass(frozen=True)
class Brief:
    """Everything one draft may use. `notes` are the officer's own sentences, which are taken over word for word.

    `type` says what such a report asks for and how it is laid out; None: what any report asks for.
    """

    incident: IncidentFacts
    recordings: tuple[Recording, ...] = ()
    notes: tuple[str, ...] = ()
    type: ReportType | None = None
    first_person: bool = False


@dataclass(frozen=True)
class Source:
    """Seconds of a recording, and the words or the label there. An empty quote stands for the recording as an item."""

    evidence_id: str
    start: float
    end: float
    quote: str


@dataclass(frozen=True)
class DraftSentence:
    """A sentence of a section with what supports it, or a gap that a person must fill.

    `author` is the officer where the words are taken from their own notes. `unconfirmed` lists values a machine
    proposes and nobody confirmed yet. Rephrased by a model: `plain` is the sentence as it was and `engine` the model.
    """

    section: str
    text: str
    sources: tuple[Source, ...]
    confidence: float
    gap: bool = False
    author: Author = "machine"
    unconfirmed: tuple[str, ...] = ()
    plain: str = ""
    engine: EngineInfo | None = None


@dataclass(frozen=True)
class LeftOut:
    """Something heard or seen that the draft does not tell, or not whole, and why."""

    evidence_id: str
    start: float
    end: float
    text: str
    reason: str


@dataclass(frozen=True)
class Draft:
    """The sentences in reading order. `engine.parameters["dropped"]` counts sentences that failed their own check."""

    engine: EngineInfo
    sentences: tuple[DraftSentence, ...] = field(default_factory=tuple)
    left_out: tuple[LeftOut, ...] = ()
