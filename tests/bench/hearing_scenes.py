"""Recordings made for measuring: flite voices near and far in simulated rooms, with noise and automatic gain; raised voices.

A room is a shoebox by the image method (Allen and Berkley 1979); 1/r makes the far voice quieter. What a voice does when
it shouts is copied from the literature (see `shout`), not from people who shout: docs/models/voices.md says what that proves.
"""

import shutil
import subprocess
import tempfile
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, lfilter, resample_poly

from tests.bench.diarization import Turn

RATE = 16_000
SPEED_OF_SOUND = 343.0
Sound = NDArray[np.float64]
OFFICER = (
    "Good evening. I am Officer Carter with the Springfield police department.",
    "May I see your license and registration, please?",
    "Do you know how fast you were going back there?",
    "Keep your hands on the steering wheel for me.",
    "Where are you coming from tonight?",
    "Step out of the car and walk to the back.",
    "All right. Stand over there next to my partner.",
    "Do you have anything on you that I should know about?",
    "I stopped you because your tail light is out.",
    "Dispatch, one male, no warrants, I am clear on Main Street.",
    "Sit down on the curb for a minute.",
    "I am going to give you a warning this time.",
)
OTHERS = (
    "Yes officer. My name is Maria Lopez.",
    "I was only going to the store for some milk.",
    "Why did you stop me? I did not do anything.",
    "It is in the glove box. Can I reach for it?",
    "My sister lives right there in the yellow house.",
    "I do not know. Maybe forty or forty five.",
    "No. There is nothing in the car.",
    "I have been standing here the whole time.",
    "Can you please tell me what is going on?",
    "He pushed me first and then he ran away.",
    "That is my phone on the back seat.",
    "Thank you. I will have it fixed tomorrow.",
)


MADE: dict[str, Callable[[str, float], Sound]] = {}  # voices besides flite's: a line and its pitch in, a sound out


def available() -> bool:
    """Whether flite can speak here."""
    return shutil.which("flite") is not None


@dataclass(frozen=True, slots=True)
class Scene:
    """Who wears the camera, who stands how far away in which room, and what the microphone makes of it."""

    near: str
    far: str
    seed: int
    distance_m: float = 3.0
    reflecting: float = 0.7  # of pressure, by every wall; 0.2 is the open street
    snr_db: float = 20.0  # of the near voice over the noise
    gain_control: bool = False
    clip_db: float = 0.0  # how far the near voice goes over full scale
    turns: int = 14
    shouts: frozenset[int] = field(default_factory=frozenset)  # which turns are shouted
    place: str = "apart"  # or both "near" or both "far": as far from the camera as one another
    pace: tuple[float, float] = (1.0, 1.0)  # how much faster the near and the far voice are played: other throats


@cache
def speak(voice: str, text: str, pitch: float = 1.0) -> Sound:
    """A line by flite at RATE, its loudest sample 1; `pitch` multiplies the voice's own.

    The voice rms does not heed flite's pitch: it speaks slower by as much and is played faster, which raises its
    formants too.
    """
    if voice in MADE:
        return MADE[voice](text, pitch)
    own = {"slt": 170.0, "awb": 120.0, "kal": 90.0, "rms": 0.0}[voice]
    asked = ["--setf", f"int_f0_target_mean={own * pitch:.1f}" if own else f"duration_stretch={pitch:.3f}"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.wav"
        subprocess.run(
            ["flite", "-voice", voice, *(asked if pitch != 1.0 else []), "-t", text, "-o", str(path)], check=True
        )
        sound = load(path)
    if pitch != 1.0 and not own:
        sound = resample_poly(sound, 100, round(100 * pitch))
    return np.asarray(sound / max(float(np.abs(sound).max()), 1e-9))


def load(path: Path) -> Sound:
    """A 16-bit mono WAV file at RATE, full scale 1."""
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).astype(np.float64) / 32768
        rate = file.getframerate()
    return samples if rate == RATE else resample_poly(samples, RATE, rate)


def save(path: Path, sound: Sound) -> Path:
    """Writes 16-bit mono at RATE."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype(np.int16).tobytes())
    return path


def shout(sound: Sound, strength: float) -> Sound:
    """The line with a shout's spectrum: the source 3 to 6 dB an octave flatter above 500 Hz, less level contrast.

    With the pitch raised by 5 to 9 semitones (ask `speak`) and a level 10 to 20 dB up, this is what Traunmueller and
    Eriksson 2000 and Raitio et al. 2013 report of shouted speech. `strength` 0 to 1; the level is the caller's.
    """
    high = lfilter(*butter(1, 500 / (RATE / 2), "high"), sound)
    higher = lfilter(*butter(1, 1500 / (RATE / 2), "high"), sound)
    lifted = sound + strength * (1.6 * high + 1.4 * higher)
    lifted /= float(np.abs(lifted).max())
    return np.tanh(1.5 * strength * lifted) if strength else lifted


def room(scene: Scene, rng: np.random.Generator) -> tuple[Sound, Sound]:
    """Impulse responses to the chest microphone of the wearer's mouth and of the other's."""
    size = np.array([rng.uniform(4, 9), rng.uniform(3, 7), rng.uniform(2.5, 3.5)])
    microphone = np.array([size[0] * rng.uniform(0.2, 0.35), size[1] * rng.uniform(0.3, 0.6), 1.3])
    mouth = microphone + np.array([0.05, 0.0, rng.uniform(0.25, 0.4)])
    away = np.array([1.0, rng.uniform(-0.25, 0.25), 0.1])
    other = np.minimum(microphone + away / np.linalg.norm(away) * scene.distance_m, size - 0.2)
    return (
        _images(size, mouth, microphone, scene.reflecting),
        _images(size, other, microphone, scene.reflecting)
        * (scene.distance_m / np.linalg.norm(other - microphone)) ** -1,
    )


def _images(size: Sound, source: Sound, microphone: Sound, reflecting: float, seconds: float = 0.4) -> Sound:
    response = np.zeros(int(seconds * RATE))
    reach = [int(np.ceil(seconds * SPEED_OF_SOUND / (2 * side))) for side in size]
    grid = np.stack(np.meshgrid(*(np.arange(-n, n + 1) for n in reach), indexing="ij"), axis=-1).reshape(-1, 3)
    for mirrored in np.ndindex(2, 2, 2):
        flip = np.array(mirrored)
        place = (1 - 2 * flip) * source + 2 * grid * size
        away = np.linalg.norm(place - microphone, axis=1)
        bounces = (np.abs(2 * grid - flip)).sum(axis=1)
        at = np.round(away / SPEED_OF_SOUND * RATE).astype(int)
        inside = at < len(response)
        np.add.at(response, at[inside], reflecting ** bounces[inside] / np.maximum(away[inside], 0.1))
    return response


def noise(kind: str, length: int, rng: np.random.Generator) -> Sound:
    """Noise of mean power 1: `road` (falling 6 dB an octave) or `wind` (gusts under 150 Hz)."""
    white = rng.standard_normal(length)
    if kind == "wind":
        low = lfilter(*butter(2, 150 / (RATE / 2)), white)
        strength = rng.uniform(0.05, 1, length // RATE + 2)
        gusts = np.interp(np.arange(length), np.arange(len(strength)) * RATE, strength)
        made = low * gusts
    else:
        made = lfilter([1], [1, -0.95], white) + 0.3 * white
    return made / np.sqrt(np.mean(made**2))


def record(scene: Scene) -> tuple[Sound, list[Turn]]:
    """The sound of a scene, and its turns: speaker "officer" or "other"."""
    rng = np.random.default_rng(scene.seed)
    near, far = _placed(scene.place, *room(scene, rng))
    near_voice, far_voice = _dull(near, rng.uniform(3000, 6000)), _dull(far, rng.uniform(3500, 7000))
    track: list[Sound] = [np.zeros(int(0.8 * RATE))]
    turns: list[Turn] = []
    lines = {"officer": list(rng.permutation(OFFICER)), "other": list(rng.permutation(OTHERS))}
    at, who = len(track[0]), "officer"
    for number in range(scene.turns):
        text = lines[who][number % len(lines[who])]
        sound = _line(scene, who, str(text), number, rng)
        heard = fftconvolve(sound, near_voice if who == "officer" else far_voice)[: len(sound) + RATE // 10]
        turns.append(Turn(at / RATE, (at + len(sound)) / RATE, who))
        pause = np.zeros(int(rng.choice([0.15, 0.25, 0.45, 0.7, 1.0]) * RATE))
        track += [heard, pause]
        at += len(heard) + len(pause)
        who = who if rng.random() < 0.3 else ("other" if who == "officer" else "officer")
    return _captured(np.concatenate(track), scene, turns, rng), turns


def _line(scene: Scene, who: str, text: str, number: int, rng: np.random.Generator) -> Sound:
    voice = scene.near if who == "officer" else scene.far
    pace = round(100 * scene.pace[who != "officer"])
    loud = 10 ** (rng.normal(0, 1.5) / 20)
    if number in scene.shouts:
        strength = rng.uniform(0.7, 1.0)
        sound = shout(speak(voice, text, round(2 ** (rng.uniform(5, 9) / 12), 3)), strength)
        return sound * loud * 10 ** (rng.uniform(10, 16) / 20)
    sound = speak(voice, text, round(2 ** (rng.normal(0, 0.7) / 12), 3)) * loud
    return sound if pace == 100 else np.asarray(resample_poly(sound, 100, pace))


def _placed(place: str, near: Sound, far: Sound) -> tuple[Sound, Sound]:
    return {"apart": (near, far), "near": (near, near), "far": (far, far)}[place]


def _dull(response: Sound, hertz: float) -> Sound:
    return np.asarray(lfilter(*butter(1, hertz / (RATE / 2)), response))


def _captured(track: Sound, scene: Scene, turns: Sequence[Turn], rng: np.random.Generator) -> Sound:
    plain = [t for number, t in enumerate(turns) if t.speaker == "officer" and number not in scene.shouts]
    spoken = np.concatenate([track[int(t.start * RATE) : int(t.end * RATE)] for t in plain])
    power = float(np.mean(spoken**2))
    track = track + noise("road", len(track), rng) * np.sqrt(power / 10 ** (scene.snr_db / 10))
    if scene.gain_control:
        track = controlled(track)
    peak = float(np.percentile(np.abs(track), 99.95))
    return np.asarray(track / peak * 10 ** ((scene.clip_db - 3 if scene.clip_db <= 0 else scene.clip_db) / 20))


def controlled(track: Sound, *, most_db: float = 12.0) -> Sound:
    """An automatic gain as small cameras have: fast down, slow up, at most `most_db` of lift."""
    block = RATE // 50
    levels = np.sqrt(np.mean(track[: len(track) // block * block].reshape(-1, block) ** 2, axis=1))
    target, gain, gains = float(np.percentile(levels, 90)), 1.0, []
    for level in levels:
        wanted = min(10 ** (most_db / 20), target / max(float(level), 1e-9))
        gain += (wanted - gain) * (0.5 if wanted < gain else 0.01)
        gains.append(gain)
    return track * np.interp(np.arange(len(track)), np.arange(len(gains)) * block + block / 2, gains)


VOICES = {
    "tuned": (("rms", "slt"), ("slt", "rms"), ("kal", "slt"), ("rms", "kal")),
    "measured": (("awb", "slt"), ("slt", "awb"), ("rms", "awb"), ("awb", "kal"), ("slt", "kal"), ("awb", "rms")),
}
VOICES["fresh"] = VOICES["further"] = VOICES["measured"]
FIRST_SEED = {"tuned": 1_000, "measured": 20_000, "further": 20_024, "fresh": 70_000, "near": 91_000, "far": 92_000}


def scenes(part: str, number: int) -> list[Scene]:
    """`number` scenes of "tuned" (what parameters were chosen on), or of "measured", "fresh" or "further": other voices, rooms, seeds.

    The measured ones were twice looked at for what is lost in them; the others never, and no later choice may be made on them.
    """
    return [_scene(part, index, *VOICES[part][index % len(VOICES[part])]) for index in range(number)]


def alone(place: str, number: int) -> list[Scene]:
    """`number` scenes in which one person speaks, "near" or "far", in noise that is 8 to 28 dB under that voice."""
    voices = ("slt", "awb", "rms", "kal")
    return [
        replace(_scene(place, index, voices[index % 4], voices[index % 4]), place=place, turns=8)
        for index in range(number)
    ]


def _scene(part: str, index: int, near: str, far: str) -> Scene:
    seed = FIRST_SEED[part] + index
    rng = np.random.default_rng(seed)
    return Scene(
        near,
        far,
        seed=seed,
        distance_m=float(rng.uniform(1.2, 6.0)),
        reflecting=float(rng.choice([0.25, 0.6, 0.75, 0.85])),
        snr_db=float(rng.uniform(8, 28)),
        gain_control=bool(rng.random() < 0.35),
        clip_db=6.0 if rng.random() < 0.15 else 0.0,
    )
