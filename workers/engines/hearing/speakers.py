"""Who speaks: utterances grouped by how they sound, and which group wears the camera. No voice print is kept.

A first cut. Each utterance is described by its spectrum (mel cepstrum), pitch and level;
the wearer is whoever sounds nearest: the louder half of the utterances, where there are two. The others are grouped. The descriptions live as
long as this call and are never stored or compared between recordings.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workers.engines.hearing.results import Utterance
from workers.engines.hearing.sound import RATE, blocks
from workers.engines.info import EngineInfo

Vector = NDArray[np.float64]
WINDOW, HOP, BANDS, CEPSTRA = 512, 160, 26, 13
MOST_SPEAKERS = 4
WEARER = -1
APART = 1.9  # average distance, in standard deviations a feature, above which two groups are two people
GAP_DB = 4.0  # the mean levels of near and far speech must be this far apart to tell them
MOST_PAIRWISE = 400  # utterances above this are grouped by the groups of the first ones
INFO = EngineInfo(
    "Blotter speakers", "mel cepstrum, pitch, level; average linkage", "1", {"apart": APART, "gap_db": GAP_DB}
)


@dataclass(frozen=True, slots=True)
class Voice:
    """How one utterance sounds: features for grouping, and level in dB for nearness."""

    features: Vector
    level_db: float
    seconds: float


def tell_apart(audio: Path, utterances: Sequence[Utterance]) -> list[Utterance]:
    """The same utterances with speaker, role and confidence."""
    voices = _voices(audio, utterances)
    heard = [index for index, voice in enumerate(voices) if voice is not None]
    known = [voice for voice in voices if voice is not None]
    if not known:
        return list(utterances)
    near, sure = _near([voice.level_db for voice in known])
    far = [index for index, one in enumerate(near) if not one]
    groups = [WEARER] * len(known)
    if far:
        points = _normalised([known[index] for index in far])
        for index, group in zip(far, _grouped(points), strict=True):
            groups[index] = group
    named = list(utterances)
    order = [WEARER, *dict.fromkeys(group for group in groups if group != WEARER)]
    for index, group, voice, certain in zip(heard, groups, known, sure, strict=True):
        short = min(1.0, voice.seconds / 1.5)  # short utterances tell little
        named[index] = replace(
            utterances[index],
            speaker=f"S{order.index(group) + 1}",
            role="officer" if group == WEARER else "other",
            speaker_confidence=round(certain * (0.6 + 0.4 * short), 3),
        )
    return named


def _near(levels: Sequence[float]) -> tuple[list[bool], list[float]]:
    """Which utterances come from near the microphone, and how sure that is (0 to 1), by their level in dB.

    The levels are split where the variance between the halves is largest (Otsu 1979). Halves whose means are not GAP_DB
    apart are one voice: most likely the wearer's alone, but there is nothing to compare it with.
    """
    ranked = np.sort(np.asarray(levels))
    splits = range(1, len(ranked))
    if not splits:
        return [True] * len(levels), [0.6] * len(levels)
    best = max(splits, key=lambda at: at * (len(ranked) - at) * (ranked[at:].mean() - ranked[:at].mean()) ** 2)
    far, near = float(ranked[:best].mean()), float(ranked[best:].mean())
    if near - far < GAP_DB:
        return [True] * len(levels), [0.6] * len(levels)
    limit, half = (near + far) / 2, (near - far) / 2
    sure = [round(0.5 + 0.49 * min(1.0, abs(level - limit) / half), 3) for level in levels]
    return [level > limit for level in levels], sure


def _grouped(points: NDArray[np.float64]) -> list[int]:
    """A group for each utterance: average linkage over the first ones, the rest by the nearest group's mean."""
    first = points[:MOST_PAIRWISE]
    groups = _linked(first)
    if len(points) > len(first):
        centres = {group: first[[other == group for other in groups]].mean(axis=0) for group in set(groups)}
        groups += [
            min(centres, key=lambda group: float(np.linalg.norm(point - centres[group])))
            for point in points[len(first) :]
        ]
    return groups


def _linked(points: NDArray[np.float64]) -> list[int]:
    """Average-linkage clustering, stopped where groups are APART and there are at most MOST_SPEAKERS."""
    members = {index: [index] for index in range(len(points))}
    scale = np.sqrt(points.shape[1])
    distances = np.linalg.norm(points[:, None, :] - points[None, :, :], axis=2) / scale
    np.fill_diagonal(distances, np.inf)
    while len(members) > 1:
        alive = list(members)
        part = distances[np.ix_(alive, alive)]
        row, column = divmod(int(np.argmin(part)), len(alive))
        if part[row, column] > APART and len(members) <= MOST_SPEAKERS:
            break
        one, other = alive[row], alive[column]
        weights = len(members[one]), len(members[other])
        merged = (distances[one] * weights[0] + distances[other] * weights[1]) / sum(weights)
        distances[one], distances[:, one] = merged, merged
        distances[one, one] = np.inf
        members[one] += members.pop(other)
    groups = [0] * len(points)
    for number, group in enumerate(members.values()):
        for index in group:
            groups[index] = number
    return groups


def _normalised(voices: list[Voice]) -> NDArray[np.float64]:
    table = np.stack([voice.features for voice in voices])
    spread = table.std(axis=0)
    return np.asarray((table - table.mean(axis=0)) / np.where(spread > 1e-6, spread, 1.0))


def _voices(audio: Path, utterances: Sequence[Utterance]) -> list[Voice | None]:
    """One pass over the sound: each utterance's samples are described and let go."""
    voices: list[Voice | None] = [None] * len(utterances)
    waiting = sorted(range(len(utterances)), key=lambda index: utterances[index].start)
    held: dict[int, list[NDArray[np.int16]]] = {}
    for start, samples in blocks(audio):
        end = start + len(samples) / RATE
        for index in waiting:
            utterance = utterances[index]
            if utterance.start > end:
                break
            first = max(0, round((utterance.start - start) * RATE))
            last = round((utterance.end - start) * RATE)
            if last > first and first < len(samples):
                held.setdefault(index, []).append(samples[first:last])
        for index in [index for index in waiting if utterances[index].end < end]:
            waiting.remove(index)
            voices[index] = _described(held.pop(index, []))
    for index in waiting:
        voices[index] = _described(held.pop(index, []))
    return voices


def _described(parts: list[NDArray[np.int16]]) -> Voice | None:
    if not parts:
        return None
    sound = np.concatenate(parts).astype(np.float64) / 32768
    if len(sound) < WINDOW * 4:
        return None
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::HOP]
    energy = (frames**2).mean(axis=1)
    loud = energy > max(float(np.percentile(energy, 90)) * 0.02, 1e-9)
    if loud.sum() < 8:
        return None
    voiced = frames[loud]
    cepstrum = _cepstrum(voiced)
    pitch = _pitch(voiced)
    level = 10 * float(np.log10(np.percentile(energy[loud], 75)))
    tilt = 10 * float(np.log10(np.percentile(energy, 15) + 1e-9)) - level  # the room left over between sounds
    features = np.concatenate([cepstrum.mean(axis=0)[1:], [pitch * 3, level / 3, tilt / 12]])
    return Voice(np.asarray(features), level, len(sound) / RATE)


def _cepstrum(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW), axis=1)) ** 2
    bands = np.log(power @ _mel_bank().T + 1e-10)
    return np.asarray(bands @ _cosines().T)


def _pitch(frames: NDArray[np.float64]) -> float:
    """The median fundamental of voiced frames, as log2 of Hz, by the autocorrelation's peak between 70 and 350 Hz."""
    power = np.abs(np.fft.rfft(frames, 2 * WINDOW, axis=1)) ** 2
    correlation = np.fft.irfft(power, axis=1)[:, :WINDOW]
    correlation = correlation / np.maximum(correlation[:, :1], 1e-12)
    low, high = RATE // 350, RATE // 70
    window = correlation[:, low:high]
    lags = window.argmax(axis=1) + low
    clear = window.max(axis=1) > 0.4
    if clear.sum() < 4:
        return float(np.log2(140.0))
    return float(np.median(np.log2(RATE / lags[clear])))


@cache
def _mel_bank() -> NDArray[np.float64]:
    def mel(hertz: float) -> float:
        return 2595 * float(np.log10(1 + hertz / 700))

    points = 700 * (10 ** (np.linspace(mel(100), mel(7600), BANDS + 2) / 2595) - 1)
    bins = np.floor((WINDOW + 1) * points / RATE).astype(int)
    bank = np.zeros((BANDS, WINDOW // 2 + 1))
    for index in range(BANDS):
        left, middle, right = bins[index : index + 3]
        bank[index, left:middle] = np.linspace(0, 1, max(middle - left, 1), endpoint=False)[: middle - left]
        bank[index, middle:right] = np.linspace(1, 0, max(right - middle, 1), endpoint=False)[: right - middle]
    return bank


@cache
def _cosines() -> NDArray[np.float64]:
    rows, columns = np.arange(CEPSTRA)[:, None], np.arange(BANDS)[None, :]
    return np.asarray(np.cos(np.pi * rows * (columns + 0.5) / BANDS))
