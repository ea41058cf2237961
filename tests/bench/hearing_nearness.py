"""Fits what tells a near voice from a far one, on scenes that no bench measures: `python -m tests.bench.hearing_nearness`.

Two voices in one place must sound as near as one another, whoever they are; a near and a far one must not. So the weights are
Fisher's discriminant between the differences of near and far voices and the differences of voices in one place, in standard
deviations of the latter. flite's voices are few and alike, so half of the scenes have voices of pulses and formants, each another.
Its last line is what `workers/engines/hearing/wearer.py` holds.
"""

import json
import sys
import tempfile
import zlib
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench import hearing_scenes as scenes
from tests.workers.talking import talk
from workers.engines.hearing.acoustics import Table
from workers.engines.hearing.sound import blocks
from workers.engines.hearing.stretches import Heard, Stretch, listen
from workers.engines.hearing.turns import cuts

VOICES = tuple(permutations(("kal", "rms", "slt"), 2))  # awb is left to the measured scenes
FIRST_SEED = {"apart": 50_000, "near": 51_000, "far": 52_000}
APART_SHARE = 0.3  # how much the spread of near and far pairs counts beside that of equal ones
MEASURES = ("depth_db", "peaked")
Table2 = NDArray[np.float64]


def scene(place: str, number: int) -> scenes.Scene:
    """One of the scenes to learn by; nobody else hears these."""
    rng = np.random.default_rng(FIRST_SEED[place] + number)
    pulses = number % 2 == 1
    near, far = (_pulses(rng), _pulses(rng)) if pulses else VOICES[number // 2 % len(VOICES)]
    return scenes.Scene(
        near,
        far,
        seed=FIRST_SEED[place] + number,
        distance_m=float(rng.uniform(1.2, 6.0)),
        reflecting=float(rng.choice([0.25, 0.6, 0.75, 0.85])),
        snr_db=float(rng.uniform(8, 28)),
        gain_control=bool(rng.random() < 0.35),
        clip_db=6.0 if rng.random() < 0.15 else 0.0,
        place=place,
        pace=(1.0, 1.0) if pulses else (float(rng.uniform(0.88, 1.14)), float(rng.uniform(0.88, 1.14))),
    )


def difference(one: scenes.Scene, folder: Path) -> Table2:
    """The measures of the officer's voice less the other's, given where each truly speaks."""
    sound, said = scenes.record(one)
    path = scenes.save(folder / "scene.wav", sound)
    found = list(listen(blocks(path), [(turn.start, turn.end) for turn in said], _split))
    sides = [[some for some in found if said[some.job].speaker == who] for who in ("officer", "other")]
    return np.asarray(np.subtract(*(_mean(side) for side in sides)), dtype=np.float64)


def weights(apart: Table2, together: Table2) -> Table2:
    """Fisher's discriminant, scaled so that voices in one place differ by 1 (root mean square)."""
    equal = together.T @ together / len(together)
    found = np.linalg.solve(equal + APART_SHARE * np.cov(apart.T), apart.mean(axis=0))
    return np.asarray(found / np.sqrt(found @ equal @ found), dtype=np.float64)


def main(number: int = 60) -> None:
    """Prints how the learnt scenes come out, and the weights."""
    with tempfile.TemporaryDirectory() as folder:
        apart = np.array(list(_differences("apart", number, Path(folder))))
        halves = [list(_differences(place, number // 2, Path(folder))) for place in ("near", "far")]
    together = np.array(halves[0] + halves[1])
    found = weights(apart, together)
    print("apart, the least:", np.sort(apart @ found)[:8].round(2))
    print("together, the most:", np.sort(np.abs(together @ found))[-8:].round(2))
    print(json.dumps(dict(zip(MEASURES, found.round(3).tolist(), strict=True))))


def _pulses(rng: np.random.Generator) -> str:
    """A voice of 85 to 240 Hz, from a throat as long as it then mostly is."""
    hertz = round(float(np.exp(rng.uniform(np.log(85), np.log(240)))))
    throat = 0.92 + 0.3 * np.log(hertz / 85) / np.log(240 / 85) * rng.uniform(0.6, 1.2)

    def say(text: str, pitch: float) -> scenes.Sound:
        sound = talk((hertz * pitch, throat), 1.2 + len(text) / 22, seed=zlib.crc32(text.encode()) % 10_000 + hertz)
        return np.asarray(sound / np.abs(sound).max())

    name = f"pulses {hertz} {throat:.3f}"
    scenes.MADE[name] = say
    return name


def _differences(place: str, number: int, folder: Path) -> Iterator[Table2]:
    for at in range(number):
        yield difference(scene(place, at), folder)
        print(f"{place} {at + 1} of {number}", flush=True)


def _mean(some: list[Stretch]) -> Table2:
    table = np.array([[getattr(one, name) for name in MEASURES] for one in some])
    return np.asarray(np.average(table, axis=0, weights=[one.frames for one in some]))


def _split(_job: int, heard: Heard, looks: Table) -> list[int]:
    return cuts(looks, heard.speech())


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:]))
