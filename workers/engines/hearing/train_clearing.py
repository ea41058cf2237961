"""Trains the filter of `clearing.py`: `python -m workers.engines.hearing.train_clearing FOLDER SENTENCES`.

Every recording under FOLDER is spoilt in many ways (noises of many colours, hums, rooms, telephones, radios, clipping), all
drawn from a seeded generator that shares nothing with the one the bench makes its copies by; the network learns what the
clean one was. Where `flite` is installed it also reads the file of sentences, one a line, in four voices.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from scipy import signal

from workers.engines.hearing.clearing import BANDS, NEIGHBOURS, WEIGHTS, Frames, bands, level, seen, spectra
from workers.engines.hearing.sound import RATE, blocks

SEED, ROUNDS, HIDDEN, BATCH, STEPS = 4, 6, 224, 512, 9000
PIECE = 10 * RATE
LOWEST = -9.0  # below this, against the level, clean speech counts as silence: how silent does not matter
VOICES = ("slt", "rms", "awb", "kal")


def main(folders: list[Path], sentences: list[str]) -> None:
    """Trains on the recordings in the folders and on flite reading the sentences; writes the weights."""
    chance = np.random.default_rng(SEED)
    clean = [piece for folder in folders for path in sorted(folder.rglob("*.*")) for piece in _pieces(path)]
    clean += _read_aloud(sentences)
    print(f"{sum(map(len, clean)) / RATE / 60:.1f} minutes of clear speech", flush=True)
    looked, asked = [], []
    for _ in range(ROUNDS):
        for sound in clean:
            one, other = _pair(sound, chance)
            looked.append(one)
            asked.append(other)
    weights = _learn(np.concatenate(looked), np.concatenate(asked), chance)
    kept: dict[str, Any] = {name: value.astype(np.float16) for name, value in weights.items()}
    np.savez_compressed(WEIGHTS, **kept)


def _pieces(path: Path) -> list[Frames]:
    """Ten-second pieces of a recording, loud enough to hold speech."""
    sound = np.concatenate([samples for _, samples in blocks(path)]).astype(np.float32) / 32768
    cut = [sound[start : start + PIECE] for start in range(0, len(sound), PIECE)]
    return [piece / (np.abs(piece).max() + 1e-6) * 0.5 for piece in cut if len(piece) > RATE and piece.std() > 0.003]


def _read_aloud(sentences: list[str]) -> list[Frames]:
    pieces = []
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(sentences):
            path = Path(folder) / f"{number}.wav"
            try:
                subprocess.run(
                    ["flite", "-voice", VOICES[number % len(VOICES)], "-t", text, "-o", str(path)], check=True
                )
            except FileNotFoundError:
                return []
            pieces += _pieces(path)
    return pieces


def _pair(sound: Frames, chance: np.random.Generator) -> tuple[Frames, Frames]:
    """(what the network sees, how the bands must change) of one spoilt copy."""
    clean = _coloured(sound, chance)
    spoilt = _spoilt(clean, chance)
    heard, aim = bands(spectra(spoilt.astype(np.float32))), bands(spectra(clean.astype(np.float32)))
    aim = np.maximum(aim - level(aim), LOWEST)
    return seen(heard).astype(np.float16), (aim - (heard - level(heard))).astype(np.float16)


def _coloured(sound: Frames, chance: np.random.Generator) -> Frames:
    """Another microphone and speed of speech: a gentle tilt, and up to 8 % faster or slower."""
    faster = 1 + chance.uniform(-0.08, 0.08)
    places = np.arange(0, len(sound) - 1, faster)
    sound = np.interp(places, np.arange(len(sound)), sound)
    return np.asarray(signal.lfilter([1, chance.uniform(-0.35, 0.35)], [1], sound))


def _spoilt(sound: Frames, chance: np.random.Generator) -> Frames:
    """Each fault with its own likelihood, so that every mixture and the clean recording itself come up."""
    if chance.random() < 0.35:
        sound = _in_a_room(sound, chance)
    if chance.random() < 0.65:
        sound = sound + _noise(len(sound), chance) * sound.std() * 10 ** (-chance.uniform(-3, 25) / 20)
    if chance.random() < 0.15:
        sound = np.tanh(sound / sound.std() * chance.uniform(0.3, 3))
    if chance.random() < 0.4:
        low, high = chance.uniform(100, 450), chance.uniform(2500, 3800)
        band = signal.butter(int(chance.integers(2, 6)), (low, high), "bandpass", fs=RATE, output="sos")
        sound = signal.sosfilt(band, sound)
        sound = sound + chance.standard_normal(len(sound)) * sound.std() * 10 ** (-chance.uniform(25, 60) / 20)
    return np.asarray(sound / (np.abs(sound).max() + 1e-6) * 10 ** (-chance.uniform(0, 20) / 20))


def _in_a_room(sound: Frames, chance: np.random.Generator) -> Frames:
    seconds = chance.uniform(0.15, 0.9)
    length = int(seconds * RATE)
    tail = chance.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    tail[: int(chance.uniform(0.001, 0.012) * RATE)] = 0
    tail *= 10 ** (chance.uniform(-10, 5) / 20) / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    return np.asarray(signal.fftconvolve(sound, tail)[: len(sound)])


def _noise(length: int, chance: np.random.Generator) -> Frames:
    """Noise of a random colour, its loudness wandering, sometimes with a hum and its harmonics."""
    spectrum = np.fft.rfft(chance.standard_normal(length))
    hertz = np.fft.rfftfreq(length, 1 / RATE)
    noise = np.fft.irfft(spectrum / np.maximum(hertz, chance.uniform(30, 300)) ** chance.uniform(0, 1.3), length)
    knots = np.exp(chance.normal(0, 0.4, length // (RATE // 2) + 2))
    noise *= np.interp(np.arange(length) / (RATE / 2), np.arange(len(knots)), knots)
    noise /= noise.std()
    if chance.random() < 0.4:
        pitch = chance.uniform(25, 200) * (1 + 0.1 * np.sin(np.arange(length) / RATE * chance.uniform(0.2, 3)))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        hum = sum(np.sin(phase * k + chance.uniform(0, 6)) / k for k in range(1, int(chance.integers(2, 12))))
        noise = noise + chance.uniform(0.2, 1.5) * np.asarray(hum)
    return np.asarray(noise / noise.std())


def _learn(looked: Frames, asked: Frames, chance: np.random.Generator) -> dict[str, Frames]:
    """Two hidden layers by Adam on the mean of squares; the learning rate falls to nothing."""
    sizes = ((len(NEIGHBOURS) + 2) * BANDS, HIDDEN, HIDDEN, BANDS)
    weights: dict[str, Frames] = {}
    for layer in (1, 2, 3):
        into, out = sizes[layer - 1], sizes[layer]
        weights[f"w{layer}"] = (chance.standard_normal((into, out)) * np.sqrt(2 / into)).astype(np.float32)
        weights[f"b{layer}"] = np.zeros(out, dtype=np.float32)
    weights["w3"] *= 0.1
    first = {name: np.zeros_like(value) for name, value in weights.items()}
    second = {name: np.zeros_like(value) for name, value in weights.items()}
    running = 0.0
    for step in range(1, STEPS + 1):
        chosen = chance.integers(0, len(looked), BATCH)
        slopes, wrong = _slopes(weights, looked[chosen].astype(np.float32), asked[chosen].astype(np.float32))
        running = 0.99 * running + 0.01 * wrong
        rate = 1e-3 * 0.5 * (1 + np.cos(np.pi * step / STEPS))
        for name, slope in slopes.items():
            first[name] += 0.1 * (slope - first[name])
            second[name] += 0.001 * (slope**2 - second[name])
            upright = np.sqrt(second[name] / (1 - 0.999**step)) + 1e-8
            weights[name] -= (rate * first[name] / (1 - 0.9**step) / upright).astype(np.float32)
        if step % 1000 == 0:
            print(f"step {step}: {running:.3f}", flush=True)
    return weights


def _slopes(weights: dict[str, Frames], looked: Frames, asked: Frames) -> tuple[dict[str, Frames], float]:
    one = np.maximum(looked @ weights["w1"] + weights["b1"], 0)
    two = np.maximum(one @ weights["w2"] + weights["b2"], 0)
    off = two @ weights["w3"] + weights["b3"] - asked
    slopes = {}
    back = off / len(off)
    for layer, below in ((3, two), (2, one), (1, looked)):
        slopes[f"w{layer}"], slopes[f"b{layer}"] = below.T @ back, back.sum(axis=0)
        if layer > 1:
            back = (back @ weights[f"w{layer}"].T) * (below > 0)
    return slopes, float((off**2).mean())


if __name__ == "__main__":
    main([Path(sys.argv[1])], Path(sys.argv[2]).read_text(encoding="utf-8").splitlines() if sys.argv[2:] else [])
