"""How well is heard: word errors beside bare pocketsphinx, words in silence, speed, memory over hours, times of words.

Parameters were chosen on the tuning half of the recordings (`hearing_sets.py`); everything printed is of the other half.
BLOTTER_BENCH names the parts to run, of `wer roles speed turns times silence memory resumed ordinary raised hours`; without it
all. Each part is a process of its own, two at a time (BLOTTER_BENCH_AT_ONCE says how many): times are of the processor, and
overhead is a ratio of neighbours.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import psutil
from pocketsphinx import Decoder, set_loglevel

from tests.bench import hearing_sets as sets
from tests.bench import hearing_speakers
from tests.bench.hearing_resumed import resumed
from tests.bench.hearing_sets import RATE, Sound
from workers.engines.hearing import hear
from workers.engines.hearing.builtin import Pocketsphinx
from workers.engines.hearing.results import Samples
from workers.engines.hearing.sound import blocks

Decode = Callable[[Samples], str]
NOTHING_S = 600
PAIRS = 5
SHARES = 3  # of the recordings, each heard by processes of their own
VOICES = ("slt", "rms", "awb")


def measure() -> dict[str, Any]:
    """Everything issue 4 asks of hearing."""
    wanted = os.environ.get("BLOTTER_BENCH", " ".join(("wer", *PARTS))).split()
    if unknown := set(wanted) - {"wer", *PARTS}:
        raise SystemExit(f"BLOTTER_BENCH: there is no part {', '.join(unknown)}; there are wer, {', '.join(PARTS)}")
    parts = [one for part in wanted for one in (HEARERS if part == "wer" else (part,))]
    found: dict[str, Any] = {}
    heard = []
    with ThreadPoolExecutor(int(os.environ.get("BLOTTER_BENCH_AT_ONCE", "2"))) as pool:
        for part, figures in zip(parts, pool.map(_apart, parts), strict=True):
            if part in HEARERS:
                heard.append(figures)
                found |= word_errors(heard) if len(heard) == len(HEARERS) else {}
            else:
                found |= figures
            print(json.dumps(found), flush=True)
    return found


def _apart(part: str) -> dict[str, Any]:
    """The figures of one part, by a process of its own; what that prints is passed on."""
    began, last = time.monotonic(), "{}"
    command = [sys.executable, "-m", "tests.bench.hearing", part]
    # In a session of its own: a loaded machine is shared out between sessions, and what the part started ends with it.
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as child:
        try:
            for line in child.stdout or ():
                last = line.strip()
                print(f"{part}: {last}", flush=True)
        except BaseException:
            os.killpg(child.pid, signal.SIGTERM)
            raise
    if child.returncode:
        raise RuntimeError(f"the part {part} ended with {child.returncode}")
    return dict(json.loads(last)) | {f"minutes_{part}": round((time.monotonic() - began) / 60, 1)}


def bare() -> Decode:
    """pocketsphinx as its own command decodes a file (`pocketsphinx single`): all of it as one utterance."""
    decoder: Any = Decoder(samprate=RATE)

    def decode(samples: Samples) -> str:
        decoder.reinit_feat()  # that command hears one file: nothing is carried over from another
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


def word_errors(shares: list[dict[str, Any]]) -> dict[str, Any]:
    """Word error rates of both by set, and over all words of all sets."""
    said = [(name, one.words) for one in sets.samples() if _measured(one) for name in (one.kind, *sets.COPIES)]
    every = [words for _, words in said]
    found: dict[str, Any] = {"wer": {}, "words": sum(len(words.split()) for words in every)}
    for engine in ENGINES:
        own = [share for share in shares if share["engine"] == engine]
        heard = [words for _, words in sorted(pair for share in own for pair in share["heard"])]
        of: dict[str, tuple[list[str], list[str]]] = {}
        for (name, words), other in zip(said, heard, strict=True):
            lines = of.setdefault(name, ([], []))
            lines[0].append(words)
            lines[1].append(other)
        found["wer"][engine] = {name: round(jiwer.wer(*lines), 3) for name, lines in of.items()}
        told = jiwer.process_words(every, heard)
        found[f"wer_{engine}"] = round(told.wer, 4)
        found[f"errors_{engine}"] = [told.substitutions, told.deletions, told.insertions]
        found[f"speed_{engine}"] = round(sum(one["seconds"] for one in own) / sum(one["cpu_s"] for one in own), 2)
    found["wer_lower_by"] = round(1 - found["wer_builtin"] / found["wer_bare_pocketsphinx"], 3)
    return found


def heard_by(engine: str, share: int) -> dict[str, Any]:
    """What an engine hears in its share of the recordings, by their places; seconds of sound, and of the processor."""
    decode, heard = ENGINES[engine](), []
    seconds = spent = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for place, (name, sample, path) in enumerate(sets.recordings(Path(folder), tuned=_tuning())):
            if place % SHARES != share:
                continue
            samples = np.concatenate([part for _, part in blocks(path)])
            seconds += len(samples) / RATE
            began = time.process_time()
            words = sets.plain(decode(samples))
            spent += time.process_time() - began
            heard.append((place, words))
            wrong = jiwer.process_words(sample.words, words)
            off = wrong.substitutions + wrong.deletions + wrong.insertions
            print(f"{name} {sample.name} {engine}: {off} of {len(sample.words.split())} wrong", flush=True)
    return {"engine": engine, "heard": heard, "seconds": seconds, "cpu_s": spent}


def _tuning() -> bool:
    return os.environ.get("BLOTTER_HALF") == "tuning"


def _measured(sample: sets.Sample) -> bool:
    return sample.tuned is _tuning()


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
    """Processor time of `hear` on the sample (with chunks, channels, speakers) against the engine called directly on it: the
    middle of the ratios of neighbours, which take turns in going first, so that what else the machine does falls on both."""
    path = Path(__file__).parents[2] / "samples" / "traffic_stop.mp4"
    engine = Pocketsphinx()
    samples = np.concatenate([part for _, part in blocks(path)])
    acts: tuple[Callable[[], object], ...] = (
        lambda: engine.transcribe(samples, progress=lambda share: None),
        lambda: hear(path, transcriber=engine),
    )
    spent: list[list[float]] = [[], []]
    for turn in range(-1, PAIRS):
        for which in (0, 1) if turn % 2 else (1, 0):
            began = time.process_time()
            acts[which]()
            if turn >= 0:  # the first turn loads what is loaded once
                spent[which].append(time.process_time() - began)
    ratios = [whole / direct for direct, whole in zip(*spent, strict=True)]
    print(f"overhead of each pair: {[round(ratio, 3) for ratio in ratios]}", flush=True)
    return {
        "speed_x_realtime": round(len(samples) / RATE / float(np.median(spent[1])), 2),
        "overhead_vs_bare_engine": round(float(np.median(ratios)), 3),
        "overhead_quartiles": [round(float(one), 3) for one in np.percentile(ratios, (25, 75))],
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


ENGINES: dict[str, Callable[[], Decode]] = {"bare_pocketsphinx": bare, "builtin": builtin}
HEARERS = {f"wer_{engine}_{share}": partial(heard_by, engine, share) for share in range(SHARES) for engine in ENGINES}
_SPEAKING = {part: partial(hearing_speakers.measured, part) for part in hearing_speakers.PARTS}
PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "roles": _SPEAKING.pop("roles"),
    "speed": speed,
    "turns": _SPEAKING.pop("turns"),
    "times": times,
    "silence": in_silence,
    "memory": memory,
    "resumed": lambda: resumed(_repeat),
    **_SPEAKING,
}


if __name__ == "__main__":
    set_loglevel("FATAL")
    if sys.argv[1].isdigit():
        _hours(int(sys.argv[1]))
    else:
        print(json.dumps((PARTS | HEARERS)[sys.argv[1]]()))
