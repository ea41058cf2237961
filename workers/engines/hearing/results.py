"""What hearing gives. Times are seconds from the start of the recording, confidences 0 to 1."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from workers.engines.info import EngineInfo

Progress = Callable[[float], None]


class HearingError(Exception):
    """The sound cannot be decoded; the message says why."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as heard."""

    text: str
    start: float
    end: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """A stretch of one speaker's speech. `role` is officer (wears the camera), other or unknown."""

    start: float
    end: float
    text: str
    words: tuple[Word, ...]
    confidence: float
    speaker: str = ""
    role: str = "unknown"
    speaker_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Hearing:
    """Everything heard in one recording."""

    engine: EngineInfo
    speaker_engine: EngineInfo
    language: str
    duration: float
    utterances: tuple[Utterance, ...]


class Transcriber(Protocol):
    """An engine that turns sound into utterances without speakers."""

    info: EngineInfo

    def transcribe(self, audio: Path, *, progress: Progress, hints: Sequence[str] = ()) -> tuple[str, list[Utterance]]:
        """(language, utterances) of the recording at `audio`; `hints` are words to expect."""
        ...
