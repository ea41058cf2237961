"""What the built-in recogniser hears with: the cepstra its acoustic model was trained on, spread as in clear speech.

The front end is pocketsphinx's own, step for step (`feat.params` of its US English model, and its noise removal), so that it
can be worked on between the sound and the decoder: noise and rooms flatten speech, the cepstra vary less than the model has
learnt, and all words become alike. Each is spread again to what it is in clear speech (variance normalisation: Viikki and
Laurila 1998), which pocketsphinx's own `varnorm` cannot do for a model that was not trained with it.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from workers.engines.hearing.results import Samples
from workers.engines.hearing.sound import RATE

WINDOW, HOP, BINS, BANDS, ORDERS = 410, 160, 512, 25, 13
LOWEST, HIGHEST = 130.0, 6800.0  # Hz
EMPHASIS, LIFTER = 0.97, 22
# Standard deviation of each cepstrum in clear read speech: the tuning half of tests/bench/hearing_sets.py, 30 s.
CLEAR = (13.4, 14.9, 16.3, 17.4, 18.6, 14.2, 17.2, 14.6, 15.5, 15.0, 13.0, 12.7, 12.1)
SPREAD = 0.6  # the share of the way there, in the logarithm, that is gone; chosen on the tuning half
LEAST, MOST = 0.6, 2.2  # times a cepstrum may be spread at the most
FLOOR = 1e-4
# Noise removal (pocketsphinx's fe_noise.c): how slowly power, its floor and its peak follow.
POWER, UP, DOWN, PEAK, MASKED, MOST_GAIN, AROUND = 0.7, 0.995, 0.5, 0.85, 0.2, 20.0, 4
Frames = NDArray[np.float64]


def cepstra(samples: Samples, *, spread: float = SPREAD) -> NDArray[np.float32]:
    """Frames by ORDERS, 100 a second, of 16-bit sound at 16 kHz; none when there is none. `spread` 0: as pocketsphinx's own."""
    if not len(samples):
        return np.zeros((0, ORDERS), dtype=np.float32)
    found = np.log(_unnoised(_bands(samples)) + FLOOR) @ _cosines().T * _lifts()
    return np.asarray(_spread(found, spread), dtype=np.float32)


def _spread(found: Frames, share: float) -> Frames:
    mean = found.mean(axis=0)
    more = np.clip(np.asarray(CLEAR) / (found.std(axis=0) + 1e-3), LEAST, MOST) ** share
    return np.asarray((found - mean) * more + mean)


def _bands(samples: Samples) -> Frames:
    """Power in each mel band, frame by frame; a last one that is not full is filled with silence."""
    sound = samples.astype(np.float64)
    sound[1:] -= EMPHASIS * samples[:-1]
    count = max(0, 1 + (len(sound) - WINDOW) // HOP)
    if count * HOP < len(sound):
        sound = np.concatenate([sound, np.zeros(max(0, WINDOW + HOP * count - len(sound)))])
        count += 1
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP][:count]
    return np.asarray((np.abs(np.fft.rfft(frames * np.hamming(WINDOW), BINS)) ** 2) @ _bank().T)


def _unnoised(heard: Frames) -> Frames:
    """The bands with steady noise and the tails of loud sounds taken out."""
    made = np.empty_like(heard)
    power, noise, floor, peak = heard[0], heard[0] / MOST_GAIN, heard[0] / MOST_GAIN, np.zeros(BANDS)
    for place, frame in enumerate(heard):
        power = POWER * power + (1 - POWER) * frame
        noise = _under(power, noise)
        voice = np.maximum(power - noise, 1.0)
        floor = _under(voice, floor)
        peak = peak * PEAK
        masked = np.where(voice < PEAK * peak, peak * MASKED, voice)
        peak = np.maximum(peak, voice)
        voice = np.maximum(masked, floor)
        gain = np.where(voice < MOST_GAIN * power, voice / np.maximum(power, FLOOR), MOST_GAIN)
        made[place] = frame * (_neighbours() @ np.maximum(gain, 1 / MOST_GAIN))
    return made


def _under(power: Frames, floor: Frames) -> Frames:
    """The lower envelope: it rises slowly and falls fast."""
    slow = np.where(power >= floor, UP, DOWN)
    return np.asarray(slow * floor + (1 - slow) * power)


@cache
def _bank() -> Frames:
    """Triangular mel bands of unit area, their edges on whole bins."""
    step = RATE / BINS
    mel = np.linspace(2595 * np.log10(1 + LOWEST / 700), 2595 * np.log10(1 + HIGHEST / 700), BANDS + 2)
    edges = np.floor(700 * (10 ** (mel / 2595) - 1) / step + 0.5) * step
    hertz = np.arange(BINS // 2 + 1) * step
    low, middle, high = (edges[place : place + BANDS, None] for place in range(3))
    rising, falling = (hertz - low) / (middle - low), (high - hertz) / (high - middle)
    return np.asarray(np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low))


@cache
def _cosines() -> Frames:
    rows = np.sqrt(2 / BANDS) * np.cos(np.pi * np.outer(np.arange(ORDERS), np.arange(BANDS) + 0.5) / BANDS)
    rows[0] *= np.sqrt(0.5)
    return np.asarray(rows)


@cache
def _lifts() -> Frames:
    return np.asarray(1 + LIFTER / 2 * np.sin(np.arange(ORDERS) * np.pi / LIFTER))


@cache
def _neighbours() -> Frames:
    """Each band's gain becomes the mean of its neighbours' within AROUND."""
    near = np.abs(np.subtract.outer(np.arange(BANDS), np.arange(BANDS))) <= AROUND
    return np.asarray(near / near.sum(axis=1, keepdims=True))
