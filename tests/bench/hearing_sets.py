"""The recordings that hearing is measured on, and the copies made of them: telephone, room, road, radio. Fixed seeds."""

import csv
import gzip
import hashlib
import json
import os
import re
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from scipy import signal

SPEECH = Path(os.environ.get("BLOTTER_SPEECH", Path(__file__).parents[2] / "../shared/data/speech")).resolve()
RATE = 16_000
Sound = NDArray[np.float64]
_FILLERS = {"uh", "um", "mm", "hmm", "mhm", "mm-hmm", "ah", "eh", "er"}
_READ = ("jfk/", "speechbrain/", "lhotse/ljspeech", "mfa/61-", "azure/customspeech")


@dataclass(frozen=True, slots=True)
class Sample:
    """A recording with its reference words. `tuned` ones are the half that parameters may be chosen on."""

    name: str
    path: Path
    words: str
    kind: str  # read or spontaneous
    tuned: bool


def samples() -> list[Sample]:
    """Every recording of the manifest whose words are known and in English, one voice at a time.

    Every second one of each kind, in the order of their names' hashes, is for tuning: what parameters were chosen on is
    never what is reported.
    """
    with (SPEECH / "manifest.tsv").open(encoding="utf-8") as file:
        rows = [(row["path"], row["reference"], row["speakers"]) for row in csv.DictReader(file, delimiter="\t")]
    known = [(path, words) for path, words, speakers in rows if words and speakers == "1"]
    known.append(("lhotse/ami/ES2011a.Headset-0-40s-46s.wav", "I'M ABIGAIL CLAFLIN YOU CAN CALL ME ABBIE"))
    found = []
    for kind in ("read", "spontaneous"):
        of_kind = [row for row in known if row[0].startswith(_READ) is (kind == "read")]
        of_kind.sort(key=lambda row: hashlib.sha256(row[0].encode()).hexdigest())
        found += [
            Sample(path, SPEECH / path, plain(words), kind, place % 2 == 0)
            for place, (path, words) in enumerate(of_kind)
        ]
    return found


def plain(text: str) -> str:
    """Lower-case words without marks or fillers: what two transcripts are compared by."""
    text = re.sub(r"[-/]", " ", text.lower().replace("’", "'"))
    words = re.sub(r"[^a-z0-9' ]", " ", text).split()
    return " ".join(word for word in (one.strip("'") for one in words) if word and word not in _FILLERS)


def sound_of(path: Path) -> Sound:
    """A recording as 16 kHz mono, -1 to 1."""
    parts = []
    with av.open(str(path)) as source:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        for frame in source.decode(audio=0):
            parts += [made.to_ndarray().reshape(-1) for made in resampler.resample(frame)]
        parts += [made.to_ndarray().reshape(-1) for made in resampler.resample(None)]
    return np.concatenate(parts).astype(np.float64) / 32768


def keep(path: Path, sound: Sound) -> Path:
    """Writes a 16-bit WAV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def telephone(sound: Sound, _chance: np.random.Generator) -> Sound:
    """300 to 3,400 Hz at 8 kHz and through G.711 mu-law."""
    band = signal.butter(4, (300, 3400), "bandpass", fs=RATE, output="sos")
    narrow = signal.resample_poly(signal.sosfilt(band, sound), 1, 2)
    narrow = narrow / max(1.0, np.abs(narrow).max())
    pressed = np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256)
    pressed = np.round(pressed * 127) / 127
    opened = np.sign(pressed) * (256 ** np.abs(pressed) - 1) / 255
    return np.asarray(signal.resample_poly(opened, 2, 1))


def room(sound: Sound, chance: np.random.Generator) -> Sound:
    """A speaker three metres off in a room: reverberation time 0.5 s, direct sound 2 dB under the reverberant."""
    length = int(0.5 * RATE)
    tail = chance.standard_normal(length) * 10 ** (-3 * np.arange(length) / length)
    tail[: int(0.004 * RATE)] = 0
    tail *= 10 ** (2 / 20) / np.sqrt((tail**2).sum())
    tail[0] = 1.0
    heard = signal.fftconvolve(sound, tail)[: len(sound)]
    return np.asarray(heard * _power(sound) / max(_power(heard), 1e-9))


def road_noise(length: int, chance: np.random.Generator) -> Sound:
    """Tyres and wind (noise falling 5 dB an octave above 80 Hz) that swell slowly, and an engine's low harmonics."""
    spectrum = np.fft.rfft(chance.standard_normal(length))
    hertz = np.fft.rfftfreq(length, 1 / RATE)
    noise = np.fft.irfft(spectrum / np.maximum(hertz, 80.0) ** 0.83, length)
    seconds = np.arange(length) / RATE
    swell = 1 + 0.35 * np.sin(2 * np.pi * 0.13 * seconds + chance.uniform(0, 6)) * np.sin(2 * np.pi * 0.41 * seconds)
    turning = 28 + 3 * np.sin(2 * np.pi * 0.07 * seconds + chance.uniform(0, 6))
    phase = 2 * np.pi * np.cumsum(turning) / RATE
    engine = sum(np.sin(phase * k + chance.uniform(0, 6)) / k for k in range(1, 9))
    return np.asarray(noise / _power(noise) * swell + 0.5 * engine)


def on_the_road(decibels: float) -> Callable[[Sound, np.random.Generator], Sound]:
    """Speech with road noise so many decibels under it, over the whole recording."""

    def mixed(sound: Sound, chance: np.random.Generator) -> Sound:
        noise = road_noise(len(sound), chance)
        both = sound + noise * _power(sound) / _power(noise) * 10 ** (-decibels / 20)
        return np.asarray(both / max(1.0, np.abs(both).max()))

    return mixed


def radio(sound: Sound, chance: np.random.Generator) -> Sound:
    """A hand radio: 350 to 2,900 Hz, pressed and clipped, hiss 18 dB under it, a short drop-out every few seconds."""
    band = signal.butter(4, (350, 2900), "bandpass", fs=RATE, output="sos")
    voice = np.tanh(3 * signal.sosfilt(band, sound) / (3 * _power(sound)))
    hiss = signal.sosfilt(band, chance.standard_normal(len(sound)))
    heard = voice / _power(voice) + hiss / _power(hiss) * 10 ** (-18 / 20)
    for start in range(int(chance.uniform(1, 3) * RATE), len(sound), 4 * RATE):
        heard[start : start + int(0.04 * RATE)] = 0
    return np.asarray(0.1 * heard)


COPIES: dict[str, Callable[[Sound, np.random.Generator], Sound]] = {
    "telephone": telephone,
    "room": room,
    "road_10db": on_the_road(10),
    "road_5db": on_the_road(5),
    "road_0db": on_the_road(0),
    "radio": radio,
}
SETS = ("read", "spontaneous", *COPIES)


def recordings(folder: Path, *, tuned: bool) -> Iterator[tuple[str, Sample, Path]]:
    """(set, sample, file) of one half: the recordings as 16 kHz WAV, and each of their copies."""
    for sample in samples():
        if sample.tuned is not tuned:
            continue
        sound = sound_of(sample.path)
        name = re.sub(r"\W+", "-", sample.name)
        yield sample.kind, sample, keep(folder / sample.kind / f"{name}.wav", sound)
        for made, make in COPIES.items():
            seed = int(hashlib.sha256(f"{made} {sample.name}".encode()).hexdigest()[:12], 16)
            yield made, sample, keep(folder / made / f"{name}.wav", make(sound, np.random.default_rng(seed)))


def conversation() -> list[str]:
    """What people said in a real meeting (AMI ES2011a), one utterance a line: words only."""
    path = SPEECH / "lhotse/ami/ES2011a_sups.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [plain(json.loads(line)["text"]) for line in file]


def _power(sound: Sound) -> float:
    return float(np.sqrt(np.mean(sound**2))) + 1e-9
