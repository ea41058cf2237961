"""Where somebody speaks: a recording cut into utterances at its pauses, in flat memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pocketsphinx import Vad

from workers.engines.hearing.sound import RATE, Samples, blocks

FRAME = 480  # 30 ms
PAUSE_S = 0.42
LEAST_SPEECH_S = 0.25
LONGEST_S = 18.0
EDGE_S = 0.3
QUIETEST = 60.0  # root mean square (of 32768) under which a frame is silence whatever its spectrum


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of speech: its first second and its samples."""

    start: float
    samples: Samples

    @property
    def end(self) -> float:
        """Its last second."""
        return self.start + len(self.samples) / RATE


def pieces(path: Path) -> Iterator[Piece]:
    """The stretches of speech of a recording, in order. WebRTC's voice detector (inside pocketsphinx) decides."""
    cutter = _Cutter()
    for _, samples in blocks(path):
        yield from cutter.take(samples)
    yield from cutter.end()


class _Cutter:
    """Collects frames; gives a piece when the pause is long enough or the piece is as long as may be."""

    def __init__(self) -> None:
        self._vad = Vad(mode=2, sample_rate=RATE, frame_length=FRAME / RATE)
        self._rest = np.zeros(0, dtype=np.int16)
        self._frames: list[Samples] = []
        self._voiced: list[bool] = []
        self._at = 0  # samples before the first kept frame

    def take(self, samples: Samples) -> Iterator[Piece]:
        """Adds samples; gives what became whole."""
        self._rest = np.concatenate([self._rest, samples])
        whole = len(self._rest) // FRAME
        for index in range(whole):
            yield from self._frame(self._rest[index * FRAME : (index + 1) * FRAME])
        self._rest = self._rest[whole * FRAME :]

    def end(self) -> Iterator[Piece]:
        """Gives what is left."""
        yield from self._give(len(self._frames))

    def _frame(self, frame: Samples) -> Iterator[Piece]:
        loud = float(np.sqrt(np.mean(frame.astype(np.float32) ** 2))) > QUIETEST
        voiced = loud and bool(self._vad.is_speech(frame.tobytes()))
        self._frames.append(frame)
        self._voiced.append(voiced)
        if not any(self._voiced):
            keep = int(EDGE_S * RATE / FRAME) + 1
            self._drop(max(0, len(self._frames) - keep))
            return
        silent = len(self._voiced) - 1 - max(index for index, one in enumerate(self._voiced) if one)
        if silent * FRAME >= PAUSE_S * RATE or len(self._frames) * FRAME >= LONGEST_S * RATE:
            yield from self._give(len(self._frames) - max(0, silent - int(EDGE_S * RATE / FRAME)))

    def _give(self, frames: int) -> Iterator[Piece]:
        """The first `frames` frames as a piece, when there is speech enough in them."""
        speech = sum(self._voiced[:frames]) * FRAME / RATE
        if speech >= LEAST_SPEECH_S:
            yield Piece(self._at / RATE, np.concatenate(self._frames[:frames]))
        self._drop(frames)

    def _drop(self, frames: int) -> None:
        del self._frames[:frames]
        del self._voiced[:frames]
        self._at += frames * FRAME
