"""What a draft is written from and what comes out: facts, recordings, sentences with their sources. Plain data."""

from dataclasses import dataclass, field
from datetime import datetime

from workers.engines.info import EngineInfo
from workers.engines.reading.text import Line, Mention


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
    """One recording with what was heard, seen and read in it. `duration` in seconds, `started_at` aware."""

    evidence_id: str
    title: str
    kind: str = ""
    started_at: datetime | None = None
    duration: float = 0.0
    lines: tuple[Line, ...] = ()
    tags: tuple[TagFact, ...] = ()
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True)
class Brief:
    """Everything one draft may use."""

    incident: IncidentFacts
    recordings: tuple[Recording, ...] = ()


@dataclass(frozen=True)
class Source:
    """Seconds of a recording, and the words or the label there. An empty quote stands for the recording as an item."""

    evidence_id: str
    start: float
    end: float
    quote: str


@dataclass(frozen=True)
class DraftSentence:
    """A sentence of a section with what supports it, or a gap that a person must fill."""

    section: str
    text: str
    sources: tuple[Source, ...]
    confidence: float
    gap: bool = False


@dataclass(frozen=True)
class Draft:
    """The sentences in reading order. `engine.parameters["dropped"]` counts sentences that failed their own check."""

    engine: EngineInfo
    sentences: tuple[DraftSentence, ...] = field(default_factory=tuple)
