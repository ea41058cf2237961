"""Where anybody speaks, far voices too: what tells speakers apart hears more than the recogniser is given.

Silero's voice detector misses a quiet voice beside a loud one, whose level it has got used to. So it listens twice, to the sound
as it is and to a copy in which every stretch is as loud as any other, and believes whichever is surer.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import scipy
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from workers.engines.hearing.pieces import QUIETEST
from workers.engines.hearing.results import Samples
from workers.engines.hearing.sound import RATE

STEP = 512  # samples the detector judges together
# Chosen on 24 tuned scenes of tests/bench/hearing_scenes.py and the labelled excerpts.
BEGINS, GOES_ON = 0.25, 0.15  # sureness from which speech begins, and under which it may have ended
PAUSE_S, LEAST_S, AROUND_S = 0.25, 0.2, 0.2
LEVEL_S, LEVEL, MOST_GAIN = 2.0, 0.1, 16.0  # over how long, to what root mean square, and by how much at most
LEAST_LEFT_S = 0.5
LEAD_S = 1.0  # what the detector hears before a stretch: it gets used to a voice
Spans = list[tuple[float, float]]


def speaking(samples: Samples, taken: Sequence[tuple[float, float]] = ()) -> Spans:
    """(first second, last second) of every stretch of speech in 16 kHz mono sound, in order, cut at its pauses.

    What `taken` covers (in order of its starts) is known already: there it is not looked for, but for what the detector
    needs to hear before and behind what is left.
    """
    if len(samples) < RATE // 10:
        return []
    sound = np.asarray(samples / 32768, dtype=np.float32)
    even = levelled(sound)
    sure = np.zeros(len(sound) // STEP + 1, dtype=np.float32)
    for first, last in _to_hear(taken, len(samples)):
        sure[first : last + 1] = np.maximum(*(_sureness(one[first * STEP : last * STEP]) for one in (sound, even)))
    return [span for span in _spans(sure, len(samples) / RATE) if _loud(samples, *span)]


def levelled(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sound (-1 to 1) as loud everywhere, over LEVEL_S, as LEVEL; lifted MOST_GAIN times at most. Only for finding speech."""
    steps = len(sound) // STEP
    power = np.square(sound[: steps * STEP]).reshape(steps, STEP).mean(axis=1, dtype=np.float64)
    around = scipy.ndimage.uniform_filter1d(power, max(1, round(LEVEL_S * RATE / STEP)))
    gains = np.minimum(MOST_GAIN, LEVEL / np.sqrt(around + 1e-10))
    gain = np.interp(np.arange(len(sound)), np.arange(steps) * STEP + STEP / 2, gains)
    return np.clip(sound * gain, -1, 1).astype(np.float32)


def left_over(
    spans: Iterable[tuple[float, float]], taken: Sequence[tuple[float, float]]
) -> Iterator[tuple[float, float]]:
    """What of the spans none of `taken` covers, where that is at least LEAST_LEFT_S; `taken` in order of its starts."""
    for first, last in spans:
        at = first
        for start, end in (*(one for one in taken if one[1] > first and one[0] < last), (last, last)):
            if start - at >= LEAST_LEFT_S:
                yield at, start
            at = max(at, end)


def _to_hear(taken: Sequence[tuple[float, float]], length: int) -> Iterator[tuple[int, int]]:
    """(first step, step behind the last) of what is not taken, with LEAD_S before and behind; in order and apart."""
    steps, lead = length // STEP + 1, round(LEAD_S * RATE / STEP)
    left = [
        (max(0, int(first * RATE / STEP) - lead), min(steps, int(last * RATE / STEP) + 1 + lead))
        for first, last in left_over([(0.0, length / RATE)], taken)
    ]
    whole: list[tuple[int, int]] = []
    for first, last in left:
        if whole and first <= whole[-1][1]:
            whole[-1] = (whole[-1][0], last)
        else:
            whole.append((first, last))
    return iter(whole)


def _sureness(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """For every STEP samples, 0 to 1: whether somebody speaks."""
    padded = np.pad(sound, (0, STEP - len(sound) % STEP))
    return np.asarray(get_vad_model()(padded), dtype=np.float32).ravel()


def _spans(sure: NDArray[np.float32], length: float) -> Spans:
    """Stretches with AROUND_S before and behind; neighbours share the pause between them."""
    found = [(first * STEP / RATE, last * STEP / RATE) for first, last in _runs(sure)]
    found = [(first, last) for first, last in found if last - first >= LEAST_S]
    if not found:
        return []
    middles = [0.0, *((one[1] + other[0]) / 2 for one, other in pairwise(found)), length]
    return [
        (max(before, first - AROUND_S), min(after, last + AROUND_S))
        for (first, last), (before, after) in zip(found, pairwise(middles), strict=True)
    ]


def _runs(sure: NDArray[np.float32]) -> Iterator[tuple[int, int]]:
    """(first step, step after the last) from where speech begins to where it has stopped for PAUSE_S."""
    first, last = -1, -1
    for at, value in enumerate(sure):
        if first < 0:
            if value >= BEGINS:
                first, last = at, at + 1
        elif value >= GOES_ON:
            last = at + 1
        elif (at + 1 - last) * STEP >= PAUSE_S * RATE:
            yield first, last
            first = -1
    if first >= 0:
        yield first, last


def _loud(samples: Samples, first: float, last: float) -> bool:
    part = samples[round(first * RATE) : round(last * RATE)].astype(np.float32)
    return bool(len(part)) and float(np.sqrt(np.mean(part**2))) > QUIETEST
