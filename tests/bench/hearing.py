"""How well is heard: word errors beside bare pocketsphinx, words in silence, speed, memory over hours, times of words.

Parameters were chosen on the tuning half of the recordings (`hearing_sets.py`); everything printed is of the other half.
BLOTTER_BENCH names the parts to run, of `wer resumed speakers times speed silence memory`; without it all.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import psutil
from pocketsphinx import Decoder, set_loglevel

from tests.bench import hearing_sets as sets
from tests.bench.hearing_resumed import resumed
from tests.bench.hearing_sets import RATE, Sound
from workers.engines.hearing import hear
from workers.engines.hearing.builtin import Pocketsphinx
from workers.engines.hearing.results import Samples
from workers.engines.hearing.sound import blocks

Decode = Callable[[Samples], str]
NOTHING_S = 600
VOICES = ("slt", "rms", "awb")


def measure() -> dict[str, Any]:
    """Everything issue 4 asks of hearing."""
    set_loglevel("FATAL")
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "wer": word_errors,
        "resumed": lambda: resumed(_repeat),
        "speakers": speakers,
        "times": times,
        "speed": speed,
        "silence": in_silence,
        "memory": memory,
    }
    wanted = os.environ.get("BLOTTER_BENCH", " ".join(parts)).split()
    found: dict[str, Any] = {}
    for name in wanted:
        found |= parts[name]()
        print(json.dumps(found), flush=True)
    return found


def bare() -> Decode:
    """pocketsphinx as its own command decodes a file (`pocketsphinx single`): all of it as one utterance."""
    decoder: Any = Decoder(samprate=RATE)

    def decode(samples: Samples) -> str:
        decoder.start_utt()
        decoder.process_raw(samples.tobytes(), no_search=False, full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        return best.hypstr if best else ""

    return decode


def builtin() -> Decode:
    """The built-in engine."""
    engine = Pocketsphinx()
    return lambda samples: " ".join(
        one.text for one in engine.transcribe(samples, progress=lambda share: None, language="en")[1]
    )


def word_errors() -> dict[str, Any]:
    """Word error rates of both by set, and over all words of all sets."""
    engines = {"bare_pocketsphinx": bare(), "builtin": builtin()}
    said: dict[str, list[str]] = defaultdict(list)
    heard: dict[tuple[str, str], list[str]] = defaultdict(list)
    spent: dict[str, float] = defaultdict(float)
    seconds = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name, sample, path in sets.recordings(Path(folder), tuned=os.environ.get("BLOTTER_HALF") == "tuning"):
            samples = np.concatenate([part for _, part in blocks(path)])
            seconds += len(samples) / RATE
            said[name].append(sample.words)
            for engine, decode in engines.items():
                began = time.process_time()
                heard[engine, name].append(sets.plain(decode(samples)))
                spent[engine] += time.process_time() - began
                wrong = jiwer.process_words(sample.words, heard[engine, name][-1])
                off = wrong.substitutions + wrong.deletions + wrong.insertions
                print(f"{name} {sample.name} {engine}: {off} of {len(sample.words.split())} wrong", flush=True)
    wer = {engine: {name: round(jiwer.wer(said[name], heard[engine, name]), 3) for name in said} for engine in engines}
    every = [words for name in said for words in said[name]]
    found: dict[str, Any] = {"wer": wer, "words": sum(len(words.split()) for words in every)}
    for engine in engines:
        told = jiwer.process_words(every, [words for name in said for words in heard[engine, name]])
        found[f"wer_{engine}"] = round(told.wer, 4)
        found[f"errors_{engine}"] = [told.substitutions, told.deletions, told.insertions]
        found[f"speed_{engine}"] = round(seconds / spent[engine], 2)  # of processor time
    found["wer_lower_by"] = round(1 - found["wer_builtin"] / found["wer_bare_pocketsphinx"], 3)
    return found


def in_silence() -> dict[str, Any]:
    """Words heard in ten minutes of silence, of noise as quiet as a microphone's, and of a road."""
    chance = np.random.default_rng(8)
    nothing: dict[str, Sound] = {
        "silence": np.zeros(NOTHING_S * RATE),
        "hiss": 0.002 * chance.standard_normal(NOTHING_S * RATE),
        "road": 0.08 * sets.road_noise(NOTHING_S * RATE, chance),
    }
    engine, words = Pocketsphinx(), 0
    with tempfile.TemporaryDirectory() as folder:
        for name, sound in nothing.items():
            heard = hear(sets.keep(Path(folder) / f"{name}.wav", sound), transcriber=engine)
            words += sum(len(one.words) for one in heard.utterances)
    return {"words_in_silence": words}


def speed() -> dict[str, Any]:
    """Processor time of `hear` on the sample (with chunks, channels, speakers) against the engine called directly on it."""
    path = Path(__file__).parents[2] / "samples" / "traffic_stop.mp4"
    engine = Pocketsphinx()
    samples = np.concatenate([part for _, part in blocks(path)])

    def spent(act: Callable[[], object]) -> float:
        began = time.process_time()
        act()
        return time.process_time() - began

    spent(lambda: engine.transcribe(samples[: 5 * RATE], progress=lambda share: None))
    direct = min(spent(lambda: engine.transcribe(samples, progress=lambda share: None)) for _ in range(2))
    whole = min(spent(lambda: hear(path, transcriber=engine)) for _ in range(2))
    return {
        "speed_x_realtime": round(len(samples) / RATE / whole, 2),
        "overhead_vs_bare_engine": round(whole / direct, 3),
    }


def memory() -> dict[str, Any]:
    """Peak memory of hearing an hour and four hours, each in a process of its own: road noise, and speech once in ten
    minutes, so that four hours take minutes."""
    found = {}
    for hours in (1, 4):
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.hearing", str(hours)], capture_output=True, check=True
        )
        found[f"peak_mb_{hours}h"] = round(float(done.stdout.split()[-1]), 1)
        print(found, flush=True)
    return found


def _hours(hours: int) -> None:
    from tests.workers import sounds

    clip, engine = sounds.spoken()[: 6 * RATE], Pocketsphinx()
    ten = sounds.road(600)
    ten[RATE : RATE + len(clip)] = clip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.wav"
        _repeat(path, ten, hours * 6)
        peak = 0.0
        process = psutil.Process()

        def progress(share: float) -> None:
            nonlocal peak
            peak = max(peak, process.memory_info().rss / 1e6)

        hear(path, transcriber=engine, progress=progress)
    print(peak)


def _repeat(path: Path, sound: Sound, times: int) -> None:
    import wave

    block = (np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes()
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        for _ in range(times):
            out.writeframes(block)


def times() -> dict[str, Any]:
    """How far the times of words are off, on single words that flite says one after the other with pauses of a second."""
    said = [
        "dispatch",
        "license",
        "plate",
        "officer",
        "vehicle",
        "registration",
        "street",
        "weapon",
        "hands",
        "evening",
        "birthday",
        "warning",
    ]
    engine, track, truth = Pocketsphinx(), [np.zeros(RATE)], []
    with tempfile.TemporaryDirectory() as folder:
        for number, word in enumerate(said):
            path = Path(folder) / f"{number}.wav"
            try:
                subprocess.run(["flite", "-voice", VOICES[number % 3], "-t", word, "-o", str(path)], check=True)
            except FileNotFoundError:
                print("flite is not installed: timestamp_error_s_p95 is left out", flush=True)
                return {}
            sound = sets.sound_of(path)
            loud = np.flatnonzero(np.abs(sound) > 0.02)
            begun = sum(map(len, track)) / RATE
            truth.append((word, begun + loud[0] / RATE, begun + loud[-1] / RATE))
            track += [sound, np.zeros(RATE)]
        heard = hear(sets.keep(Path(folder) / "all.wav", np.concatenate(track)), transcriber=engine)
    found = [word for one in heard.utterances for word in one.words]
    off = []
    for word, start, end in truth:
        alike = [one for one in found if one.text == word and abs(one.start - start) < 1]
        off += [abs(alike[0].start - start), abs(alike[0].end - end)] if alike else []
    return {"timestamp_error_s_p95": round(float(np.percentile(off, 95)), 3), "timestamps": len(off)}


def speakers() -> dict[str, Any]:
    """The figures of who spoke, where that bench is there."""
    if importlib.util.find_spec("tests.bench.hearing_speakers") is None:
        return {}
    return dict(importlib.import_module("tests.bench.hearing_speakers").figures())


if __name__ == "__main__":
    _hours(int(sys.argv[1]))
