"""Fits when stretches of speech in two heaps of nearness are two people: `python -m tests.bench.hearing_heaps`.

One voice may be heard as near now and as farther then; two people of alike voices may be taken for one. Logistic regression
between the two, on scenes that no bench measures and on real recordings of people in one place. What it looks at is how far the
heaps lie apart by their own spread, how much nearer the nearer is over noise, and of how many stretches the smaller one is.
Its last line is what `workers/engines/hearing/wearer.py` holds, with the weight of the first being 1.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench import hearing_scenes as scenes
from tests.bench.hearing_nearness import scene
from tests.bench.hearing_speakers import CHANGES, quiet, spoken
from workers.engines.hearing.sound import blocks
from workers.engines.hearing.stretches import Stretch, listen
from workers.engines.hearing.turns import cuts
from workers.engines.hearing.wearer import ENOUGH_STRETCHES, Heaps, heaps_of, nearness

FIRST = 1_000  # numbers of scenes from here on; hearing_nearness has those before
REAL_WEIGHT = 6  # how much a recording of people counts beside a made one
FALSE_SHARE = 0.03  # of one voice or one place, may be held for two people
LEAST_SECONDS = 2.0
Table = NDArray[np.float64]


def looks(heaps: Heaps) -> list[float]:
    """What is looked at: three numbers."""
    return [heaps.apart(), heaps.over(), float(min(heaps.stretches, ENOUGH_STRETCHES))]


def fitted(features: Table, two: NDArray[np.bool_], weights: Table) -> tuple[Table, float]:
    """Weights and constant of a logistic regression, by Newton's method with a small ridge."""
    rows = np.c_[features, np.ones(len(features))]
    found = np.zeros(rows.shape[1])
    for _ in range(30):
        likely = 1 / (1 + np.exp(-rows @ found))
        slope = rows.T @ (weights * (likely - two)) + 1e-2 * found
        bend = (rows * (weights * likely * (1 - likely))[:, None]).T @ rows + 1e-2 * np.eye(len(found))
        found = found - np.linalg.solve(bend, slope)
    return found[:-1], float(found[-1])


def main(number: int = 120) -> None:
    """Prints how the heaps of what was heard come out, and the weights."""
    with tempfile.TemporaryDirectory() as folder:
        heard = list(_heard(number, Path(folder)))
    found = [(two, weight, heaps_of(*_nearness(some))) for two, weight, some in heard]
    kept = [(two, weight, looks(heaps)) for two, weight, heaps in found if heaps is not None]
    two, weight = np.array([one[0] for one in kept]), np.array([one[1] for one in kept], dtype=np.float64)
    features = np.array([one[2] for one in kept])
    slopes, _ = fitted(features, two, weight)
    slopes = slopes / slopes[0]
    scores = features @ slopes
    ones = np.repeat(scores[~two], weight[~two].astype(int))
    limit = float(np.quantile(ones, 1 - FALSE_SHARE))
    print(f"two people: {two.sum()}, found {float((scores[two] >= limit).mean()):.3f}; one: {(~two).sum()}")
    print(json.dumps({"over": round(slopes[1], 3), "each": round(slopes[2], 3), "limit": round(limit, 3)}))


def _heard(number: int, folder: Path) -> Iterator[tuple[bool, int, list[Stretch]]]:
    """(two people apart?, weight, stretches) of all there is to learn by."""
    for place, many in (("apart", number), ("near", number // 2), ("far", number // 2)):
        for at in range(FIRST, FIRST + many):
            sound, said = scenes.record(scene(place, at))
            found = _stretches(scenes.save(folder / "scene.wav", sound))
            whose = [max(said, key=lambda turn, one=one: min(one.end, turn.end) - max(one.start, turn.start)).speaker for one in found]  # fmt: skip
            sides = [
                [one for one, who in zip(found, whose, strict=True) if who == side] for side in ("officer", "other")
            ]
            if all(sum(one.end - one.start for one in side) >= LEAST_SECONDS for side in sides):
                yield place == "apart", 1, found
            yield from ((False, 1, side) for side in sides if place == "apart")
        print(f"{place}: {many} scenes", flush=True)
    for name, change in CHANGES.items():
        for at, (_, sound) in enumerate(quiet() if name != "near and far" else ()):
            path = scenes.save(folder / "real.wav", change(sound, np.random.default_rng(at)))
            yield False, REAL_WEIGHT, _stretches(path)


def _stretches(path: Path) -> list[Stretch]:
    spans = [(one.start, one.end) for one in spoken(path)]
    return list(listen(blocks(path), spans, lambda _job, heard, table: cuts(table, heard.speech())))


def _nearness(some: list[Stretch]) -> tuple[Table, Table]:
    return np.array([nearness(one) for one in some]), np.array([one.frames for one in some], dtype=np.float64)


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:]))
