"""Voices without a synthesiser: pulses through formants that change from vowel to vowel, with gaps between the sounds."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from tests.bench.hearing_scenes import RATE, save
from workers.engines.hearing.results import Utterance, Word

Sound = NDArray[np.float64]
VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
LOW, HIGH = (105.0, 0.95), (210.0, 1.18)  # pitch in Hz, and how much shorter than a man's the throat is


def talk(voice: tuple[float, float], seconds: float, *, seed: int, raised_st: float = 0.0, flat: float = 0.0) -> Sound:
    """Speech-like sound of that length and mean power 0.01; `flat` 0 to 1 is how much harder the voice is pressed."""
    rng = np.random.default_rng(seed)
    pitch, throat = voice
    parts: list[Sound] = []
    while sum(len(part) for part in parts) < seconds * RATE:
        length = int(rng.uniform(0.07, 0.16) * RATE)
        hertz = pitch * 2 ** ((raised_st + rng.normal(0, 0.8)) / 12)
        source = np.diff(np.floor(np.cumsum(np.full(length, hertz / RATE))), prepend=0)
        source = source + rng.uniform(0.002, 0.02) * rng.standard_normal(length)
        sound = (1 - flat) * lfilter([1], [1, -0.9], source) + flat * source * 3
        for formant in VOWELS[rng.integers(len(VOWELS))]:
            sound = _ring(sound, formant * throat * rng.uniform(0.85, 1.15))
        sound *= 10 ** (rng.normal(0, 3) / 20) / (np.sqrt(np.mean(sound**2)) + 1e-9)
        hiss = lfilter([1, -0.7], [1], rng.standard_normal(int(rng.uniform(0.02, 0.07) * RATE))) * rng.uniform(
            0.05, 0.4
        )
        parts += [sound * np.hanning(length) ** 0.5, hiss, np.zeros(int(rng.uniform(0.01, 0.05) * RATE))]
    made = np.concatenate(parts)[: int(seconds * RATE)]
    made[-RATE // 20 :] *= np.linspace(1, 0, RATE // 20)
    return np.asarray(made / np.sqrt(np.mean(made**2)) * 0.1)


def _ring(sound: Sound, hertz: float, width: float = 90.0) -> Sound:
    radius = np.exp(-np.pi * width / RATE)
    return np.asarray(lfilter([1], [1, -2 * radius * np.cos(2 * np.pi * hertz / RATE), radius**2], sound))


def recording(path: Path, *turns: Sound, pause_s: float = 0.6, noise: float = 0.0008) -> list[Utterance]:
    """Writes the turns one after the other, and gives them as utterances of one word a half second."""
    track, said, at = [np.zeros(RATE // 2)], [], 0.5
    for turn in turns:
        said.append(spoken(at, at + len(turn) / RATE))
        track += [turn, np.zeros(int(pause_s * RATE))]
        at += len(turn) / RATE + pause_s
    sound = np.concatenate(track)
    save(path, sound + noise * np.random.default_rng(1).standard_normal(len(sound)))
    return said


def spoken(start: float, end: float) -> Utterance:
    """An utterance with a word every half second."""
    edges = np.linspace(start, end, max(2, round((end - start) * 2) + 1))
    words = tuple(
        Word(f"w{n}", round(float(one), 2), round(float(other) - 0.02, 2), 0.8)
        for n, (one, other) in enumerate(pairwise(edges))
    )
    text = " ".join(word.text for word in words).capitalize() + "."
    return Utterance(words[0].start, words[-1].end, text, words, 0.6)
