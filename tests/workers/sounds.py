"""Hostile sound made in code: silence, roads, music, clipping, telephones, two channels, clocks that drift, cut files."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from tests.bench.hearing_sets import RATE, Sound, road_noise, sound_of

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def spoken(name: str = "clip_noise_complaint") -> Sound:
    """One of the sample clips, 16 kHz mono."""
    return sound_of(SAMPLES / f"{name}.m4a")


def wav(path: Path, *channels: Sound, rate: int = RATE, codec: str = "pcm_s16le") -> Path:
    """A WAV file with these channels, given at 16 kHz."""
    table = np.stack([np.clip(one, -1, 1) * 32767 for one in channels]).astype(np.int16)
    layout = "mono" if len(channels) == 1 else "stereo"
    with av.open(str(path), "w", format="wav") as out:
        stream = out.add_stream(codec, rate=rate)
        stream.layout = layout
        resampler = av.AudioResampler(format="s16", layout=layout, rate=rate)
        for start in range(0, table.shape[1], RATE):
            block = np.ascontiguousarray(table[:, start : start + RATE].T.reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            for made in resampler.resample(frame):
                out.mux(stream.encode(made))
        for made in resampler.resample(None):
            out.mux(stream.encode(made))
        out.mux(stream.encode(None))
    return path


def silence(seconds: float) -> Sound:
    """Nothing at all."""
    return np.zeros(round(seconds * RATE))


def road(seconds: float) -> Sound:
    """A car on a road, nobody speaking."""
    return 0.08 * road_noise(round(seconds * RATE), np.random.default_rng(5))


def music(seconds: float) -> Sound:
    """Chords that change every second, with a beat: no voice."""
    at = np.arange(round(seconds * RATE)) / RATE
    roots = np.choose((at.astype(int)) % 4, (220.0, 174.6, 261.6, 196.0))
    phase = 2 * np.pi * np.cumsum(roots) / RATE
    chord = sum(np.sin(phase * k) for k in (1, 1.25, 1.5, 2)) / 4
    beat = np.exp(-12 * (at % 0.5)) * np.random.default_rng(3).standard_normal(len(at))
    return np.asarray(0.2 * chord + 0.1 * beat)


def drifting(path: Path, sound: Sound, *, gap_at: float, gap_s: float) -> Path:
    """A film whose pictures come unevenly and whose sound has a hole in its times, as a phone makes that was busy."""
    with av.open(str(path), "w", format="mp4") as out:
        picture = out.add_stream("libx264", rate=10)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        picture.time_base = picture.codec_context.time_base = Fraction(1, 1000)
        tone = out.add_stream("aac", rate=RATE)
        tone.layout = "mono"
        chance, at = np.random.default_rng(2), 0
        while at < (len(sound) / RATE + gap_s) * 1000:
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, dtype=np.uint8), format="bgr24")
            frame.pts, frame.time_base = at, Fraction(1, 1000)
            out.mux(picture.encode(frame))
            at += int(chance.integers(20, 400))
        out.mux(picture.encode(None))
        for start in range(0, len(sound), 1024):
            block = sound[start : start + 1024].astype(np.float32)[None, :]
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="mono")
            late = round(gap_s * RATE) if start / RATE >= gap_at else 0
            frame.sample_rate, frame.pts, frame.time_base = RATE, start + late, Fraction(1, RATE)
            out.mux(tone.encode(frame))
        out.mux(tone.encode(None))
    return path


def cut_aac(path: Path, sound: Sound, share: float) -> Path:
    """The first part of an AAC stream (ADTS), ending inside a frame."""
    with av.open(str(path), "w", format="adts") as out:
        stream = out.add_stream("aac", rate=RATE)
        stream.layout = "mono"
        for start in range(0, len(sound), 1024):
            frame = av.AudioFrame.from_ndarray(
                sound[start : start + 1024].astype(np.float32)[None, :], format="fltp", layout="mono"
            )
            frame.sample_rate, frame.pts = RATE, start
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share) - 7])
    return path


Make = Callable[[float], Sound]
