"""Precision and recall of people and cars, second by second, against labels made by hand."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench import seeing_films as films
from tests.bench.road import say
from tests.bench.seeing_speed import PACKS
from workers.engines.packs import PackShelf
from workers.engines.seeing import Tag, watch

Labels = Mapping[str, Mapping[float, bool]]


def labels() -> dict[Path, Labels]:
    """Film -> class -> second -> whether it is there. Seconds that a person was unsure of are left out. On the road there are
    cars in every second and no people; the other clips are without the class that they are not about."""
    marked = json.loads(films.LABELS.read_text())
    cars, people = marked[films.CARS.name], marked[films.PEOPLE.name]
    unsure = set(cars["ambiguous_s"])
    is_car = {float(at): count > 0 for at, count in cars["count_at_s"].items() if int(at) not in unsure}
    is_person = {float(at): True for at in people["present_s"]} | {float(at): False for at in people["absent_s"]}
    road = [float(at) for at in range(9)]
    return {
        films.CARS: {"car": is_car, "person": dict.fromkeys(is_car, False)},
        films.PEOPLE: {"person": is_person, "car": dict.fromkeys(is_person, False)},
        films.DASH: {"car": dict.fromkeys(road, True), "person": dict.fromkeys(road, False)},
    }


def measure() -> dict[str, Any]:
    """precision, recall and tag_span_iou per class, for the pack that is there and for the built-in people detector."""
    with tempfile.TemporaryDirectory() as empty:
        best, builtin = of(PackShelf(PACKS)), of(PackShelf(Path(empty)))
    pooled = [best["counts"][name] for name in best["counts"]]
    right, wrong, missed = (sum(one[place] for one in pooled) for place in range(3))
    return {
        "detector": best["detector"],
        "precision": best["precision"],
        "recall": best["recall"],
        "tag_span_iou": round(right / max(right + wrong + missed, 1), 3),
        "tag_span_iou_by": best["iou"],
        "builtin_precision": builtin["precision"].get("person"),
        "builtin_recall": builtin["recall"].get("person"),
    }


def of(shelf: PackShelf) -> dict[str, Any]:
    """Counts of right, wrong and missed seconds per class, and what follows from them."""
    counts: dict[str, list[int]] = {}
    by_film: dict[str, dict[str, list[int]]] = {}
    detector = ""
    for film, truth in labels().items():
        seen = watch(film, shelf=shelf)
        detector = seen.engines[0].model
        for name, seconds in truth.items():
            some = _counted(seen.tags, name, seconds)
            by_film.setdefault(film.name, {})[name] = some
            counts[name] = [one + other for one, other in zip(counts.get(name, [0, 0, 0]), some, strict=True)]
        say(f"{detector}, {film.name}: right, wrong, missed {by_film[film.name]}")
    return {
        "detector": detector,
        "counts": counts,
        "precision": {name: _share(right, wrong) for name, (right, wrong, _) in counts.items()},
        "recall": {name: _share(right, missed) for name, (right, _, missed) in counts.items()},
        "iou": {name: _share(right, wrong + missed) for name, (right, wrong, missed) in counts.items()},
    }


def _counted(tags: tuple[Tag, ...], name: str, seconds: Mapping[float, bool]) -> list[int]:
    """[right, wrong, missed]: a second counts as tagged when a tag covers it. For cars, any vehicle counts."""
    wanted = {"person"} if name == "person" else {"car", "vehicle"}
    spans = [(tag.start, tag.end) for tag in tags if tag.kind in ("person", "vehicle") and tag.label in wanted]
    said = {at: any(start - 0.25 <= at <= end + 0.25 for start, end in spans) for at in seconds}
    return [
        sum(said[at] and there for at, there in seconds.items()),
        sum(said[at] and not there for at, there in seconds.items()),
        sum(not said[at] and there for at, there in seconds.items()),
    ]


def _share(right: int, other: int) -> float | None:
    return round(right / (right + other), 3) if right + other else None
