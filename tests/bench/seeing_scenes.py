"""Cuts, day and night, the camera's way, jolts, covered lenses, lights and flashes: on real clips, and on clips derived from them
whose truth is known because it was put in."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from tests.bench import seeing_films as films
from tests.bench.road import say
from workers.engines.packs import PackShelf
from workers.engines.seeing import Tag, watch

RATE = 15
SIZE = (640, 360)
Picture = np.ndarray
Spans = list[tuple[str, str, float, float]]


@dataclass(frozen=True, slots=True)
class Scene:
    """A clip and what is in it: kind, label (empty: any), from, to (s)."""

    name: str
    frames: Callable[[], Iterator[Picture]]
    truth: Spans


def scenes() -> list[Scene]:
    """Twelve derived clips of 12 s (cuts: 24 s)."""
    road = list(films.pictures(films.DASH, size=SIZE))
    room = list(films.pictures(films.PEOPLE, first=8, until=20, size=SIZE))
    lot = list(films.pictures(films.CARS, first=4, until=10, size=SIZE))
    stills = (road[40], road[180], room[30])

    def way(still: Picture, sway: float, hz: float, ahead: float) -> Callable[[], Iterator[Picture]]:
        return lambda: films.carried(still, seconds=12, rate=RATE, sway=sway, hz=hz, ahead=ahead)

    def lit(source: list[Picture]) -> Callable[[Callable[[Picture, float], Picture]], Callable[[], Iterator[Picture]]]:
        return lambda change: (
            lambda: (change(source[index % len(source)].copy(), index / RATE) for index in range(12 * RATE))
        )

    def cuts() -> Iterator[Picture]:
        for place in range(8):
            source = (road, room, lot, room)[place % 4]
            for index in range(3 * RATE):
                yield source[(20 * place + index) % len(source)]

    made = [Scene("cuts", cuts, [("cut", "", 3.0 * place, 3.0 * place) for place in range(1, 8)])]
    for number, still in enumerate(stills):
        made.append(Scene(f"walking {number}", way(still, 0.010, 1.9, 0.01), [("camera", "walking", 0, 12)]))
        made.append(Scene(f"running {number}", way(still, 0.028, 2.7, 0.02), [("camera", "running", 0, 12)]))
    darker = lit(room)
    made += [
        Scene(
            "night",
            darker(lambda one, at: (one * 0.25).astype(np.uint8) if at >= 6 else one),
            [("light", "night", 6, 12)],
        ),
        Scene("covered", darker(_hand), [("covered", "", 5, 9)]),
        Scene(
            "lights",
            lit([(one * 0.3).astype(np.uint8) for one in road])(_beacons),
            [("lights", "", 4, 10), ("light", "night", 0, 12)],
        ),
        Scene("flashes", darker(_flash), [("flash", "", 4.0, 4.3), ("flash", "", 9.0, 9.3)]),
        Scene("jolt", darker(_jolted), [("impact", "", 6.0, 6.6)]),
    ]
    return made


def measure() -> dict[str, Any]:
    """scene_precision and scene_recall per kind over derived and real clips, and false alarms an hour on the real ones."""
    counts: dict[str, list[float]] = {}
    false_alarms: dict[str, int] = {}
    hours = 0.0
    with tempfile.TemporaryDirectory() as folder:
        shelf = PackShelf(Path(folder) / "none")
        for scene in scenes():
            film = films.write(Path(folder) / "scene.mp4", scene.frames(), rate=RATE)
            seen = watch(film, shelf=shelf)
            found = _score(seen.tags, scene.truth, seen.duration, counts)
            say(f"{scene.name}: {found}")
        for film, truth in _real().items():
            seen = watch(film, shelf=shelf)
            hours += seen.duration / 3600
            say(f"{film.name}: {_score(seen.tags, truth, seen.duration, counts)}")
            for kind in ("impact", "covered", "lights", "flash"):
                false_alarms[kind] = false_alarms.get(kind, 0) + sum(tag.kind == kind for tag in seen.tags)
    return {
        "scene_precision": {kind: _share(one[0], one[1]) for kind, one in counts.items()},
        "scene_recall": {kind: _share(one[0], one[2]) for kind, one in counts.items()},
        "scene_false_alarms": {"hours": round(hours, 3), **false_alarms},
    }


def _real() -> dict[Path, Spans]:
    """What is known of the real clips: three cameras that hang still, one in a moving car; none is cut, none dark."""
    return {
        films.PEOPLE: [("camera", "standing", 0, 139.4)],
        films.CARS: [("camera", "standing", 0, 30.1)],
        films.BOTTLES: [("camera", "standing", 0, 39.8)],
        films.DASH: [("camera", "driving", 0, 8.8)],
    }


def _score(
    tags: tuple[Tag, ...], truth: Spans, duration: float, counts: dict[str, list[float]]
) -> dict[str, list[float]]:
    """Adds [right, wrong, missed]: cuts and moments by number (0.7 s near), the rest by seconds."""
    said: Spans = [(tag.kind, tag.label, tag.start, tag.end) for tag in tags]
    said += [("cut", "", tag.start, tag.start) for tag in tags if tag.kind == "shot" and tag.start > 0]
    found: dict[str, list[float]] = {}
    for kind in ("cut", "impact", "flash"):
        some = [one for one in said if one[0] == kind]
        wanted = [one for one in truth if one[0] == kind]
        right = sum(any(one[2] - 0.7 <= w[3] and one[3] + 0.7 >= w[2] for one in some) for w in wanted)
        wrong = sum(not any(one[2] - 0.7 <= w[3] and one[3] + 0.7 >= w[2] for w in wanted) for one in some)
        found[kind] = [right, wrong, len(wanted) - right]
    names = {("camera", name) for name in ("standing", "walking", "running", "driving")}
    for kind, label in [*sorted(names), ("light", "night"), ("covered", ""), ("lights", "")]:
        if kind == "camera" and not any(one[0] == "camera" for one in truth):
            continue
        have, want = _seconds(said, kind, label, duration), _seconds(truth, kind, label, duration)
        found[label or kind] = [len(have & want), len(have - want), len(want - have)]
    found = {kind: some for kind, some in found.items() if any(some)}
    for kind, some in found.items():
        counts[kind] = [one + other for one, other in zip(counts.get(kind, [0, 0, 0]), some, strict=True)]
    return found


def _seconds(spans: Spans, kind: str, label: str, duration: float) -> set[int]:
    """Whole seconds whose middle is covered."""
    some = [one for one in spans if one[0] == kind and (not label or one[1] == label)]
    return {at for at in range(int(duration)) if any(start <= at + 0.5 <= end for _, _, start, end in some)}


def _hand(picture: Picture, at: float) -> Picture:
    return np.full_like(picture, 18) if 5 <= at < 9 else picture


def _beacons(picture: Picture, at: float) -> Picture:
    if 4 <= at < 10:
        red = int(at * 4) % 2 == 0
        for x, colour in ((250, (30, 20, 250)), (300, (250, 60, 30))):
            if red == (x == 250):
                cv2.circle(picture, (x, 170), 16, colour, -1)
    return picture


def _flash(picture: Picture, at: float) -> Picture:
    bright = 4.0 <= at < 4.1 or 9.0 <= at < 9.1
    return np.clip(picture.astype(np.int16) + 110, 0, 255).astype(np.uint8) if bright else picture


def _jolted(picture: Picture, at: float) -> Picture:
    if not 6 <= at < 6.6:
        return picture
    size = 0.16 * picture.shape[1] * np.exp(-5 * (at - 6)) * np.cos(16 * (at - 6))
    turn = np.array([[1, 0, 0.5 * size], [0, 1, size]], dtype=np.float64)
    return cv2.warpAffine(picture, turn, SIZE, borderMode=cv2.BORDER_REFLECT)


def _share(right: float, other: float) -> float | None:
    return round(right / (right + other), 3) if right + other else None
