"""What the camera itself goes through, in windows of two seconds: standing, walking, running, driving; a jolt; a covered lens;
emergency lights and flashes. Small pictures only, ten a second at most; each method's errors stand in docs/models/seeing.md."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.engines.seeing.results import Tag, Window
from workers.engines.seeing.scenes import INFO, Looked

WINDOW_S = 2.0
STILL = 0.02  # widths a second: slower than this the camera stands
BOB = 0.045  # widths a second up and down (root mean square) that a walking wearer's camera has at least
RUN_BOB = 0.22
STEPS_HZ = (1.0, 4.2)  # how often a walking or running body goes up and down
ZOOM = 0.025  # growth a second of what lies ahead, from which on the camera travels forward
JOLT = 0.11  # of the width within a tenth of a second, out of stillness
FLAT, DARK = 9.0, 70.0  # grey levels: spread and mean under which a lens may be covered
MOST_LIGHT_AREA = 0.5  # more than this is a sky or a wall
FLASH = 28.0  # grey levels that the whole picture jumps up and back within a third of a second
LIGHT_AREA = 0.0015  # share of the picture that lamps must light up and let go again
STANDS = 0.3  # pixels of the small picture: what moves less from one to the next stays
_FEW = 6  # points that must be followed for a motion to count


class CameraWatch:
    """Takes small pictures in order; makes one Window of each two seconds. Windows begin at even seconds."""

    def __init__(self) -> None:
        self.windows: list[Window] = []
        self._before: tuple[Looked, float] | None = None
        self._slot = -1
        self._rows: list[tuple[float, ...]] = []
        self._light: list[float] = []
        self._flashed: list[bool] = []

    def take(self, looked: Looked, at: float, *, cut: bool) -> None:
        """Notes one picture of second `at`; across a cut nothing is compared."""
        slot = int(at / WINDOW_S + 1e-6)
        if slot != self._slot:
            self.finish()
            self._slot = slot
        flow = (np.nan, np.nan, np.nan)
        if self._before is not None and not cut and 0 < at - self._before[1] <= 0.35:
            flow = _flow(self._before[0].grey, looked.grey, at - self._before[1])
        red, blue = _lamps(looked.colours)
        light = float(looked.grey.mean())
        flash = float(self._flash(light))
        spread = max(float(looked.grey.std()), (float(looked.grey.max()) - light) / 5)  # a lamp in the dark is no hand
        self._rows.append((at, *flow, light, spread, red, blue, flash))
        self._before = (looked, at)

    def _flash(self, light: float) -> bool:
        """Whether the picture three before this one began a flash: brighter by FLASH than one of the three before it and one of the
        three after it."""
        self._light = [*self._light[-6:], light]
        if len(self._light) < 5:
            return False
        place = len(self._light) - 4
        before, after = min(self._light[max(0, place - 3) : place]), min(self._light[place + 1 :])
        bright = self._light[place] - max(before, after) >= FLASH
        self._flashed = [*self._flashed[-1:], bright]
        return bright and not (len(self._flashed) > 1 and self._flashed[0])

    def finish(self) -> None:
        """Ends the window that is open."""
        if len(self._rows) >= 3:
            self.windows.append(Window(self._slot * WINDOW_S, _measured(np.array(self._rows))))
        self._rows = []


def camera_tags(windows: Sequence[Window], duration: float) -> list[Tag]:
    """Tags of kinds camera, impact, covered, lights and flash."""
    return [
        *_runs(_steadied(windows), duration, "camera", _way, "moved"),
        *covered_tags(windows, duration),
        *_runs(windows, duration, "lights", _lights, "blue_hz"),
        *_runs(windows, duration, "flash", _flashing, "flashes"),
        *_impacts(windows, duration),
    ]


def covered_tags(windows: Sequence[Window], duration: float) -> list[Tag]:
    """Stretches of flat darkness of a second and more; none where the whole recording is like that (a dark room, not a hand)."""
    by_start = {window.at: window.measures for window in windows}
    tags = []
    for tag in _runs(
        windows, duration, "covered", lambda one: "lens covered" if one["covered"] > 0.1 else "", "covered"
    ):
        first = by_start[tag.start]
        last = by_start[max(at for at in by_start if at < tag.end)]
        start, end = first["covered_from"], min(last["covered_to"] + 0.1, max(duration, last["covered_to"]))
        if end - start >= 1.0 and not (start < 1.0 and end > duration - 1.0):
            tags.append(replace(tag, start=start, end=end, best_at=(start + end) / 2))
    return tags


def _flow(before: NDArray[np.uint8], now: NDArray[np.uint8], seconds: float) -> tuple[float, float, float]:
    """Median motion (widths a second right and down) and growth a second of what is followed from one picture to the next
    (Lucas and Kanade 1981, with pyramids); not a number where too little can be followed."""
    points = cv2.goodFeaturesToTrack(before, 80, 0.01, 5)
    if points is None or len(points) < _FEW:
        return (np.nan, np.nan, np.nan)
    moved, found, _ = cv2.calcOpticalFlowPyrLK(before, now, points, np.zeros_like(points), winSize=(13, 13), maxLevel=3)
    kept = found.ravel() == 1
    if kept.sum() < _FEW:
        return (np.nan, np.nan, np.nan)
    start = points[kept].reshape(-1, 2)
    shift = moved[kept].reshape(-1, 2) - start
    if _hangs(start[:, 1] < before.shape[0] / 2, np.abs(shift).max(axis=1) < STANDS):
        return (0.0, 0.0, 0.0)
    middle = np.median(shift, axis=0)
    from_centre = start - np.array(before.shape[::-1]) / 2
    far = np.linalg.norm(from_centre, axis=1)
    outer = far > before.shape[1] / 10
    growth = (
        ((shift - middle)[outer] * from_centre[outer]).sum(axis=1) / far[outer] ** 2 if outer.any() else np.zeros(1)
    )
    width = before.shape[1] * seconds
    return float(middle[0] / width), float(middle[1] / width), float(np.median(growth) / seconds)


def _hangs(upper: NDArray[np.bool_], stays: NDArray[np.bool_]) -> bool:
    """Whether the camera does not move, whatever moves before it: a third of what can be followed stays, above and below."""
    return all(half.sum() >= 3 and stays[half].mean() >= 1 / 3 for half in (upper, ~upper))


def _lamps(colours: NDArray[np.uint8]) -> tuple[float, float]:
    """Shares of the picture that are bright red and bright blue."""
    hue, saturation, value = colours[:, :, 0], colours[:, :, 1], colours[:, :, 2]
    bright = (value > 150) & (saturation > 150)
    red = bright & ((hue < 8) | (hue > 170))
    blue = bright & (hue > 100) & (hue < 132)
    return float(red.mean()), float(blue.mean())


def _measured(rows: NDArray[np.float64]) -> dict[str, float]:
    at, right, down, growth, light, spread, red, blue, flash = rows.T
    followed = ~np.isnan(right)
    seconds = max(float(at[-1] - at[0]), 0.5)
    found = {
        "followed": float(followed.mean()),
        "light": float(light.mean()),
        **_hidden(at, (spread < FLAT) & (light < DARK)),
        "red_hz": _rate(red, seconds),
        "blue_hz": _rate(blue, seconds),
        "flashes": float(flash.sum()),
        "flash_at": float(at[int(flash.argmax())]) - 0.3,
        "jolt": 0.0,
        "jolt_at": float(at[0]),
        "moved": 0.0,
        "bob": 0.0,
        "bob_hz": 0.0,
        "growth": 0.0,
        "steady": 0.0,
    }
    if followed.sum() >= 3:
        across, fall = right[followed], down[followed]
        sway = fall - np.median(fall)
        speed = np.hypot(across, fall)
        found |= {
            "moved": float(np.median(speed)),
            "bob": float(np.sqrt(np.mean(sway**2))),
            "bob_hz": _crossings(sway, 0.2 * float(np.abs(sway).max() + 1e-9)) / 2 / seconds,
            "growth": float(np.median(growth[followed])),
            "steady": float((growth[followed] > 0).mean()),
            **_jolt(at[followed], speed),
        }
    return {name: round(value, 4) for name, value in found.items()}


def _hidden(at: NDArray[np.float64], dark: NDArray[np.bool_]) -> dict[str, float]:
    """The share of the window in which there is nothing but flat darkness, and its first and last second."""
    first, last = (at[dark][0], at[dark][-1]) if dark.any() else (at[0], at[0])
    return {"covered": float(dark.mean()), "covered_from": float(first), "covered_to": float(last)}


def _jolt(at: NDArray[np.float64], speed: NDArray[np.float64]) -> dict[str, float]:
    """The greatest motion in a tenth of a second as a share of the width, less what is usual around it."""
    worst = int(speed.argmax())
    return {"jolt": max(0.0, float(speed[worst] - 4 * np.median(speed)) / 10), "jolt_at": float(at[worst])}


def _rate(area: NDArray[np.float64], seconds: float) -> float:
    """How often a second lamps of a colour come and go; 0 where they light up less than LIGHT_AREA."""
    low, high = float(np.quantile(area, 0.1)), float(np.quantile(area, 0.9))
    if high - low < LIGHT_AREA or low > 0.35 * high or high > MOST_LIGHT_AREA:
        return 0.0
    return _crossings(area - (low + high) / 2, 0.2 * (high - low)) / 2 / seconds


def _crossings(values: NDArray[np.float64], margin: float) -> int:
    """How often a series goes from above `margin` to below -`margin` or back."""
    signs = [1 if one > margin else -1 for one in values if abs(one) > margin]
    return sum(one != other for one, other in pairwise(signs))


def _way(one: dict[str, float]) -> str:
    """How the camera is carried through one window; empty where too little could be followed."""
    if one["followed"] < 0.5:
        return ""
    steps = STEPS_HZ[0] <= one["bob_hz"] <= STEPS_HZ[1]
    if steps and one["bob"] >= RUN_BOB:
        return "running"
    if steps and one["bob"] >= BOB:
        return "walking"
    if one["growth"] >= ZOOM and one["steady"] >= 0.7:
        return "driving"
    return "standing" if one["moved"] < STILL and one["bob"] < BOB else ""


def _lights(one: dict[str, float]) -> str:
    """Blue lamps that flash, alone or with red ones; red alone may be a car's blinkers and is not named."""
    if one["blue_hz"] < 0.9:
        return ""
    return "red and blue lights flashing" if one["red_hz"] >= 0.9 else "blue lights flashing"


def _flashing(one: dict[str, float]) -> str:
    if one["blue_hz"] >= 0.9:
        return ""  # told as lights
    return "strobe" if one["flashes"] >= 3 else "flash" if one["flashes"] >= 1 else ""


def _steadied(windows: Sequence[Window]) -> list[Window]:
    """Each window's figures as the median of its own and its neighbours': one odd step makes no stretch."""
    steadied = []
    for place, window in enumerate(windows):
        near = [one for one in windows[max(0, place - 1) : place + 2] if abs(one.at - window.at) <= WINDOW_S]
        steadied.append(
            Window(
                window.at, {name: float(np.median([one.measures[name] for one in near])) for name in window.measures}
            )
        )
    return steadied


def _impacts(windows: Sequence[Window], duration: float) -> list[Tag]:
    tags = []
    for before, window in pairwise([Window(-WINDOW_S, {"bob": 0.0}), *windows]):
        jolt, at = window.measures["jolt"], window.measures["jolt_at"]
        calm = before.measures["bob"] < BOB  # who walks or runs is jolted all the time
        if jolt >= JOLT and calm:
            end = max(at, min(at + 0.5, duration))
            sure = round(min(0.9, 0.4 + jolt), 3)
            tags.append(
                Tag("impact", "sudden jolt", at, end, sure, at, INFO.name, detail={"share_of_width": round(jolt, 3)})
            )
    return tags


def _runs(
    windows: Sequence[Window], duration: float, kind: str, named: Callable[[dict[str, float]], str], figure: str
) -> list[Tag]:
    """Windows of one name that follow each other, as tags; `figure` is the measure whose mean is kept with them."""
    runs: list[tuple[str, list[Window]]] = []
    for window in windows:
        name = named(window.measures)
        if name and runs and runs[-1][0] == name and window.at - runs[-1][1][-1].at <= WINDOW_S + 1e-6:
            runs[-1][1].append(window)
        elif name:
            runs.append((name, [window]))
    tags = []
    for name, run in runs:
        end = max(run[0].at, min(run[-1].at + WINDOW_S, duration))
        mean = round(float(np.mean([one.measures[figure] for one in run])), 3)
        sure = round(min(0.9, 0.55 + 0.05 * len(run)), 3)
        best = run[len(run) // 2].at + WINDOW_S / 2
        tags.append(
            Tag(kind, name, run[0].at, end, sure, min(best, max(duration, run[0].at)), INFO.name, detail={figure: mean})
        )
    return tags
