"""Makes the sample recordings anew: flite speaks, OpenCV draws, PyAV encodes.

Needs Debian's `flite`, only here: `python -m samples.make_samples`. The same flite gives the same recordings.
"""

import json
import math
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from samples import scenes
from samples.script import CLIPS, FACTS, TRAFFIC_STOP, Said

HERE = Path(__file__).resolve().parent
RATE = 16_000
FRAMES = 10
Sound = NDArray[np.float32]


def main() -> None:
    """Writes the traffic stop, its script with times, and the three clips."""
    track, lines = record(TRAFFIC_STOP)
    encode(HERE / "traffic_stop.mp4", track, pictures(len(track) / RATE))
    script = {"facts": FACTS, "duration_s": round(len(track) / RATE, 2), "utterances": lines}
    (HERE / "traffic_stop.json").write_text(json.dumps(script, indent=2) + "\n")
    for name, said in CLIPS.items():
        track, _ = record(said)
        encode(HERE / f"{name}.m4a", track, None)
    for path in sorted(HERE.glob("*.m*4*")):
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


def record(script: Sequence[Said]) -> tuple[Sound, list[dict[str, object]]]:
    """The sound of a script (mono, RATE Hz, -1 to 1), and its lines with their seconds."""
    pieces: list[Sound] = [np.zeros(int(RATE * 0.8), dtype=np.float32)]
    lines: list[dict[str, object]] = []
    at = 0.8
    for said in script:
        voice = speak(said)
        lines.append(
            {"role": said.role, "text": said.text, "start": round(at, 2), "end": round(at + len(voice) / RATE, 2)}
        )
        pause = np.zeros(int(RATE * said.pause_s), dtype=np.float32)
        pieces += [voice, pause]
        at += (len(voice) + len(pause)) / RATE
    track = np.concatenate(pieces)
    hum = np.random.default_rng(524).normal(0, 0.0003, len(track)).astype(np.float32)
    return np.clip(track + hum, -1, 1), lines


def speak(said: Said) -> Sound:
    """One line by flite: the officer near and dry, the other further away and in a little room."""
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "line.wav"
        subprocess.run(["flite", "-voice", said.voice, "-t", said.text, "-o", str(wav)], check=True)
        sound = load(wav)
    sound = sound / max(float(np.abs(sound).max()), 1e-6)
    return sound * np.float32(0.8) if said.role == "officer" else distant(sound) * np.float32(0.28)


def distant(sound: Sound) -> Sound:
    """The same voice a few steps away: a short, decaying room behind it."""
    length = int(RATE * 0.12)
    decay = np.exp(-np.arange(length) / (RATE * 0.03)).astype(np.float32)
    room = np.random.default_rng(13663).normal(0, 0.02, length).astype(np.float32) * decay
    room[0] = 1.0
    return np.convolve(sound, room)[: len(sound)].astype(np.float32)


def load(path: Path) -> Sound:
    """A sound file as mono at RATE Hz."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        frames = [piece for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
    frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray().reshape(-1) for frame in frames]).astype(np.float32)


def pictures(duration: float) -> Iterator[NDArray[np.uint8]]:
    """The pictures of the stop: following by day, stopped behind the car, at the window, and night."""
    total = int(duration * FRAMES)
    for index in range(total):
        part, at = index / total, index / FRAMES
        if part < 0.12:
            yield scenes.street(scenes.DAY, shift=at * 60, size=300)
        elif part < 0.28:
            yield scenes.street(scenes.DAY, shift=0, size=460)
        elif part < 0.55:
            yield scenes.window(scenes.DAY, sway=4 * math.sin(at * 2))
        elif part < 0.85:
            yield scenes.window(scenes.NIGHT, sway=4 * math.sin(at * 3))
        else:
            yield scenes.street(scenes.NIGHT, shift=0, size=460)


def encode(path: Path, track: Sound, frames: Iterator[NDArray[np.uint8]] | None) -> None:
    """Writes an MP4 with H.264 and AAC, or AAC alone."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as target:
        video = None
        if frames is not None:
            video = target.add_stream("libx264", rate=FRAMES, options={"crf": "27", "preset": "slow", "threads": "1"})
            video.width, video.height, video.pix_fmt = scenes.WIDTH, scenes.HEIGHT, "yuv420p"
        audio = target.add_stream("aac", rate=RATE)
        audio.layout, audio.bit_rate = "mono", 64_000
        for frame in frames or ():
            assert video is not None
            target.mux(video.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        if video is not None:
            target.mux(video.encode(None))
        for start in range(0, len(track), 1024):
            block = av.AudioFrame.from_ndarray(track[None, start : start + 1024], format="fltp", layout="mono")
            block.sample_rate, block.pts, block.time_base = RATE, start, Fraction(1, RATE)
            target.mux(audio.encode(block))
        target.mux(audio.encode(None))


if __name__ == "__main__":
    main()
