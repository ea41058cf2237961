"""A long recording in chunks: cut at pauses, always in the same places, so that hearing can stop and go on between two."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workers.engines.hearing.results import Samples
from workers.engines.hearing.sound import RATE, tracks

CHUNK_S = 240.0
STEP = RATE // 20  # the border is looked for by 50 ms
QUIET = 8  # steps: the 0.4 s that are quietest together
ALIKE = 0.3  # channels whose waves go together less than this do not hear the same from the same place
SAME = 0.7  # channels whose loudness goes together more than this hear the same things (two microphones of one room)
DEAD = 0.003  # a channel this much quieter than the other carries nothing


@dataclass(frozen=True, slots=True)
class Chunk:
    """One stretch of a recording: its place, its first second, its samples (channels, length) at 16 kHz."""

    number: int
    start: float
    samples: Samples

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.samples.shape[1] / RATE


def chunks(path: Path, *, seconds: float = CHUNK_S) -> Iterator[Chunk]:
    """The chunks of a recording, in order: at most `seconds` long, cut in the middle of the quietest 0.4 s of the last
    third. Memory holds one chunk. The same file is cut in the same places every time."""
    most = round(seconds * RATE)
    held: list[Samples] = []
    length, number, first = 0, 0, 0
    for _, samples in tracks(path):
        held.append(samples)
        length += samples.shape[1]
        while length >= most:
            together = np.concatenate(held, axis=1)
            border = _border(together[:, :most])
            yield Chunk(number, first / RATE, together[:, :border].copy())
            held, length = [together[:, border:].copy()], length - border
            number, first = number + 1, first + border
    if length:
        yield Chunk(number, first / RATE, np.concatenate(held, axis=1))


def voices(chunk: Chunk) -> list[tuple[int | None, Samples]]:
    """(channel, mono samples) to hear one by one: each channel by itself where they carry different voices, else one mix.

    A channel that is dead is left out; channels in opposite phase are not added up.
    """
    if len(chunk.samples) == 1:
        return [(None, chunk.samples[0])]
    left, right = chunk.samples.astype(np.float32)
    loud = float(np.sqrt(np.mean(left**2))), float(np.sqrt(np.mean(right**2)))
    louder = int(loud[1] > loud[0])
    if min(loud) <= DEAD * max(loud):
        return [(None, chunk.samples[louder])]
    alike = float(np.dot(left, right) / (np.linalg.norm(left) * np.linalg.norm(right) + 1e-6))
    if abs(alike) < ALIKE and _together(left, right) < SAME:
        return [(0, chunk.samples[0]), (1, chunk.samples[1])]
    if alike < 0:
        return [(None, chunk.samples[louder])]
    return [(None, _mix(chunk.samples))]


def _border(samples: Samples) -> int:
    """The sample in the middle of the quietest stretch of the last third."""
    from_step = samples.shape[1] * 2 // 3 // STEP
    power = _loudness(samples.astype(np.float32).mean(axis=0))[from_step:]
    if len(power) <= QUIET:
        return samples.shape[1]
    around = np.convolve(power, np.ones(QUIET), "valid")
    return int((from_step + int(np.argmin(around)) + QUIET // 2) * STEP)


def _together(left: np.ndarray, right: np.ndarray) -> float:
    """How much two channels get loud at the same moments (correlation of their levels in dB)."""
    levels = [10 * np.log10(_loudness(side) + 1.0) for side in (left, right)]
    if min(float(level.std()) for level in levels) < 1e-3:
        return 1.0
    return float(np.corrcoef(levels[0], levels[1])[0, 1])


def _loudness(sound: np.ndarray) -> np.ndarray:
    whole = len(sound) // STEP
    return np.asarray((sound[: whole * STEP].reshape(whole, STEP) ** 2).mean(axis=1))


def _mix(samples: Samples) -> Samples:
    """The mean of both channels; where one is dead for a while, the other alone."""
    mixed = samples.astype(np.int32).sum(axis=0) // 2
    for first in range(0, samples.shape[1], RATE):
        part = samples[:, first : first + RATE].astype(np.float32)
        loud = np.sqrt((part**2).mean(axis=1))
        if loud.min() <= DEAD * loud.max():
            mixed[first : first + RATE] = samples[int(loud.argmax()), first : first + RATE]
    return np.asarray(mixed, dtype=np.int16)
