"""Where somebody speaks: sound cut into utterances at its pauses. Silero's voice detector (inside faster-whisper) decides."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from faster_whisper.vad import VadOptions, get_speech_timestamps

from workers.engines.hearing.results import Samples
from workers.engines.hearing.sound import RATE

LONGEST_S = 18.0
QUIETEST = 60.0  # root mean square (of 32768) under which a piece is silence whatever its spectrum
LISTENING = VadOptions(
    threshold=0.5,
    min_speech_duration_ms=200,
    max_speech_duration_s=LONGEST_S,
    min_silence_duration_ms=420,
    speech_pad_ms=250,
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of speech: its first second and its samples."""

    start: float
    samples: Samples

    @property
    def end(self) -> float:
        """Its last second."""
        return self.start + len(self.samples) / RATE


def pieces(samples: Samples) -> Iterator[Piece]:
    """The stretches of speech in 16 kHz mono sound, in order, none longer than LONGEST_S and its edges."""
    for first, last in speech(samples):
        part = samples[first:last]
        if float(np.sqrt(np.mean(part.astype(np.float32) ** 2))) > QUIETEST:
            yield Piece(first / RATE, part)


def speech(samples: Samples) -> list[tuple[int, int]]:
    """(first sample, sample after the last) of every stretch of speech."""
    if len(samples) < RATE // 10:
        return []
    found = get_speech_timestamps(samples.astype(np.float32) / 32768, LISTENING)
    return [(int(one["start"]), int(one["end"])) for one in found]
