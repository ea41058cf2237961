"""Speech made clearer before the built-in recogniser hears it: noise, rooms and narrow bands, by a small learned filter.

For every frame a network (two hidden layers, `clearing.npz`, trained by `train_clearing.py`) guesses from the frame and its
neighbours how strong each of 25 mel bands would be in clean, wide-band speech; the sound's own spectrum is then raised or
lowered to that (a Wiener-like filter; bands that a telephone cut off are filled with shaped noise). Nothing that a person
plays, keeps or exports is ever changed by this: only what the recogniser hears.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.engines.hearing.results import Samples
from workers.engines.hearing.sound import RATE

WEIGHTS = Path(__file__).with_name("clearing.npz")
WINDOW, HOP, BANDS = 512, 160, 25
NEIGHBOURS = (-9, -6, -4, -2, -1, 0, 1, 2, 4, 6, 9)
DEEPEST, HIGHEST = -6.0, 9.0  # how far a band may be lowered or raised, in nepers of power
FLOOR = 1e-9
STRENGTH = (
    0.6  # chosen on the tuning half of tests/bench/hearing_sets.py (1.0: 0.678, 0.6: 0.661, 0: 0.693 word errors)
)
LEAST = 10  # frames: anything shorter is left as it is
Frames = NDArray[np.float32]


def cleared(samples: Samples, *, strength: float = STRENGTH) -> Samples:
    """The same length of 16-bit sound at 16 kHz with speech lifted out of its noise, its room and its narrow band.

    `strength` is the share of the change the network asks for (in the logarithm): the whole of it also bends clear speech.
    """
    spectrum = spectra(np.asarray(samples / 32768, dtype=np.float32))
    if len(spectrum) < LEAST:
        return samples
    heard = bands(spectrum)
    change = np.clip(np.float32(strength) * (wanted(heard) - heard + level(heard)), DEEPEST, HIGHEST)
    gains = np.exp(0.5 * change @ _spread()).astype(np.float32)
    sound = _sounded(spectrum * gains, len(samples))
    loudest = float(np.abs(sound).max()) or 1.0
    return np.asarray(sound * (20_000 / loudest), dtype=np.int16)


def spectra(sound: Frames) -> NDArray[np.complex64]:
    """Short-time spectra (frames by bins) of sound from -1 to 1, with a grain of noise so that no band is empty."""
    grain = np.random.default_rng(7).standard_normal(len(sound) + 2 * WINDOW).astype(np.float32) * 1e-5
    padded = grain
    padded[WINDOW : WINDOW + len(sound)] += sound
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    return np.asarray(np.fft.rfft(frames * _window(), axis=1), dtype=np.complex64)


def bands(spectrum: NDArray[np.complex64]) -> Frames:
    """Natural logarithms of the power in each mel band, frames by bands."""
    return np.asarray(np.log((np.abs(spectrum) ** 2) @ _bank().T + FLOOR), dtype=np.float32)


def level(heard: Frames) -> np.float32:
    """How loud the speech is: the mean over bands of their 95th percentile."""
    return np.float32(np.percentile(heard, 95, axis=0).mean())


def seen(heard: Frames) -> Frames:
    """What the network looks at: each frame and its neighbours, each band's quietest and mean, against the level."""
    plain = heard - level(heard)
    places = np.clip(np.arange(len(plain))[:, None] + np.asarray(NEIGHBOURS)[None, :], 0, len(plain) - 1)
    around = plain[places].reshape(len(plain), -1)
    low, mean = np.percentile(plain, 10, axis=0), plain.mean(axis=0)
    whole = np.broadcast_to(np.concatenate([low, mean]), (len(plain), 2 * BANDS))
    return np.asarray(np.concatenate([around, whole], axis=1) / 4, dtype=np.float32)


def wanted(heard: Frames) -> Frames:
    """Log band powers of the clean speech as the network guesses them, against the level."""
    weights = _weights()
    hidden = seen(heard)
    for layer in ("1", "2"):
        hidden = np.maximum(hidden @ weights[f"w{layer}"] + weights[f"b{layer}"], 0)
    return np.asarray(heard - level(heard) + hidden @ weights["w3"] + weights["b3"], dtype=np.float32)


def _sounded(spectrum: NDArray[np.complexfloating], length: int) -> Frames:
    """Sound again, by overlap and add."""
    frames = np.fft.irfft(spectrum, WINDOW, axis=1).astype(np.float32) * _window()
    sound = np.zeros(HOP * (len(frames) - 1) + WINDOW, dtype=np.float32)
    weight = np.zeros_like(sound)
    for index, frame in enumerate(frames):
        sound[index * HOP : index * HOP + WINDOW] += frame
        weight[index * HOP : index * HOP + WINDOW] += _window() ** 2
    return np.asarray((sound / np.maximum(weight, 1e-3))[WINDOW : WINDOW + length])


@cache
def _window() -> Frames:
    return np.asarray(np.hanning(WINDOW + 1)[:WINDOW], dtype=np.float32)


@cache
def _bank() -> Frames:
    """Triangular mel bands from 100 to 7,000 Hz."""
    mel = np.linspace(2595 * np.log10(1 + 100 / 700), 2595 * np.log10(1 + 7000 / 700), BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    hertz = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    rising = (hertz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - hertz) / (edges[2:] - edges[1:-1])[:, None]
    return np.asarray(np.maximum(0, np.minimum(rising, falling)), dtype=np.float32)


@cache
def _spread() -> Frames:
    """Bands by bins: each bin takes the change of the bands it lies between."""
    hertz = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    mel = np.linspace(2595 * np.log10(1 + 100 / 700), 2595 * np.log10(1 + 7000 / 700), BANDS + 2)[1:-1]
    centres = 700 * (10 ** (mel / 2595) - 1)
    rows = [np.interp(hertz, centres, np.eye(BANDS)[band]) for band in range(BANDS)]
    return np.asarray(np.stack(rows), dtype=np.float32)


@cache
def _weights() -> dict[str, Frames]:
    with np.load(WEIGHTS) as kept:
        return {name: kept[name].astype(np.float32) for name in kept.files}
