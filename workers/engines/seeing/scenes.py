"""Shots, motion and light from small grey and hue pictures: cheap, and said of every recording."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.engines.info import EngineInfo
from workers.engines.seeing.results import Tag

SMALL = (160, 90)
CUT_DISTANCE = 0.55  # Hellinger distance of hue-value histograms between two samples
MOVING = 2.5  # mean absolute change of grey (0 to 255) between two samples of one shot
NIGHT = 62.0  # mean grey (0 to 255) below which a picture counts as night
INFO = EngineInfo(
    "Blotter scenes",
    "histogram, difference, luminance",
    "1",
    {"cut_distance": CUT_DISTANCE, "moving": MOVING, "night": NIGHT, "picture": list(SMALL)},
)


@dataclass(frozen=True, slots=True)
class Sample:
    """What is kept of one sampled frame: when, how bright (0 to 255), how far from the one before."""

    at: float
    light: float
    change: float
    distance: float

    @property
    def cut(self) -> bool:
        """Whether a new shot begins here."""
        return self.distance > CUT_DISTANCE


class Scenes:
    """Takes sampled frames in order and remembers what it needs of each."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self._grey: NDArray[np.uint8] | None = None
        self._histogram: NDArray[np.float32] | None = None

    def take(self, picture: NDArray[np.uint8], at: float) -> Sample:
        """Notes one BGR picture taken at second `at`."""
        small = cv2.resize(picture, SMALL, interpolation=cv2.INTER_AREA)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        hsv = cv2.cvtColor(small, cv2.COLOR_BGR2HSV)
        histogram = np.asarray(cv2.calcHist([hsv], [0, 2], None, [16, 16], [0, 180, 0, 256]), dtype=np.float32)
        distance = change = 0.0
        if self._grey is not None and self._histogram is not None:
            distance = float(cv2.compareHist(self._histogram, histogram, cv2.HISTCMP_BHATTACHARYYA))
            change = float(cv2.absdiff(self._grey, grey).mean())
        sample = Sample(at, float(grey.mean()), change, distance)
        self._grey, self._histogram = grey, histogram
        self.samples.append(sample)
        return sample

    def tags(self, duration: float) -> list[Tag]:
        """Shots, stretches of movement, and stretches of day and night."""
        if not self.samples:
            return []
        return [*self._shots(duration), *self._motion(duration), *self._light(duration)]

    def _shots(self, duration: float) -> list[Tag]:
        starts = [0, *(index for index, one in enumerate(self.samples) if index and one.cut)]
        ends = [*(self.samples[index].at for index in starts[1:]), duration]
        return [
            Tag(
                "shot",
                f"Shot {number}",
                self.samples[index].at if number > 1 else 0.0,
                end,
                _certainty(self.samples[index].distance, CUT_DISTANCE, 0.3) if number > 1 else 1.0,
                self.samples[index].at,
                INFO.name,
            )
            for number, (index, end) in enumerate(zip(starts, ends, strict=True), 1)
        ]

    def _motion(self, duration: float) -> list[Tag]:
        changes = [0.0 if one.cut else one.change for one in self.samples]
        changes[0] = changes[1] if len(changes) > 1 else 0.0
        return _stretches(
            self.samples, _smooth(changes), duration, kind="motion", limit=MOVING, above="moving", below="still"
        )

    def _light(self, duration: float) -> list[Tag]:
        lights = _smooth([one.light for one in self.samples])
        return _stretches(self.samples, lights, duration, kind="light", limit=NIGHT, above="day", below="night")


def _stretches(
    samples: Sequence[Sample],
    values: Sequence[float],
    duration: float,
    *,
    kind: str,
    limit: float,
    above: str,
    below: str,
) -> list[Tag]:
    tags: list[Tag] = []
    begin = 0
    for index in range(1, len(values) + 1):
        if index < len(values) and (values[index] >= limit) == (values[begin] >= limit):
            continue
        middle = float(np.mean(values[begin:index]))
        start = 0.0 if begin == 0 else samples[begin].at
        end = samples[index].at if index < len(samples) else duration
        label = above if values[begin] >= limit else below
        tags.append(
            Tag(
                kind,
                label,
                start,
                end,
                _certainty(middle, limit, limit),
                samples[(begin + index) // 2].at,
                INFO.name,
                detail={"mean": round(middle, 2)},
            )
        )
        begin = index
    return tags


def _smooth(values: Sequence[float]) -> list[float]:
    """The median of each value and its neighbours: one odd frame makes no stretch."""
    padded = [values[0], *values, values[-1]]
    return [sorted(padded[index : index + 3])[1] for index in range(len(values))]


def _certainty(value: float, limit: float, scale: float) -> float:
    """How far a figure is from its limit, as 0.5 (on it) to 0.99 (a whole scale away or more)."""
    return round(min(0.99, 0.5 + 0.5 * abs(value - limit) / scale), 3)
