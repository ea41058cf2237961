"""What hearing gives. Times are seconds from the start of the recording, confidences 0 to 1."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workers.engines.info import EngineInfo

Progress = Callable[[float], None]
Samples = NDArray[np.int16]


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
class Voice:
    """How something was said. What is "over" is over the same speaker's ordinary voice in the same recording.

    None is what could not be told: no clear pitch, no words, or too little of the speaker to know the ordinary voice by.
    """

    level_db: float  # of the speech less the noise, 250 Hz to 4 kHz; full scale is 0
    loudness_db: float | None = None  # level over the speaker's own
    pitch_hz: float | None = None  # median
    pitch_over_st: float | None = None  # semitones over the speaker's own
    effort_db: float | None = None  # 1 to 4 kHz against 100 Hz to 1 kHz, over the speaker's own
    rate: float | None = None  # syllables a second, counted from the words
    overlap: float = 0.0  # share of its time in which somebody else speaks too, 0 to 1
    shouting: float | None = None  # confidence that it is shouted, 0 to 1


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
    voice: Voice | None = None
    channel: int | None = None  # the channel it was heard in, where a recording carries a voice in each


@dataclass(frozen=True, slots=True)
class Part:
    """What was heard in one chunk of a recording, times from the start of the recording: what a resumed hearing keeps."""

    language: str
    end: float
    utterances: tuple[Utterance, ...]


class Kept(Protocol):
    """Where the parts that are done are kept while the rest is heard."""

    def get(self, number: int) -> Part | None:
        """The part of this chunk, if it was heard before from the same sound by the same engine."""
        ...

    def put(self, number: int, part: Part) -> None:
        """Keeps it for good before the next is begun."""
        ...


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

    def transcribe(
        self, sound: Samples, *, progress: Progress, hints: Sequence[str] = (), language: str = ""
    ) -> tuple[str, list[Utterance]]:
        """(language, utterances) of 16 kHz mono sound, times from its start.

        `hints` are words to expect. `language` is what a person said is spoken (a code such as `es`); empty: find out.
        Raises HearingError when the engine does not know that language.
        """
        ...
