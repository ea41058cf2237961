"""Shots, motion and light from small grey and hue pictures: cheap, and said of every recording."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from workers.engines.info import EngineInfo
from workers.engines.seeing.results import Picture, Sample, Tag

CUT_DISTANCE = 0.55  # Hellinger distance of hue-value histograms, from which on a new shot begins
MOVING = 2.5  # mean absolute change of grey (0 to 255) in half a second of one shot
NIGHT = 62.0  # mean grey (0 to 255) below which a picture counts as night
SAMPLE_S = 0.5
FLASH_S = 0.5  # a picture that is back after so little time was never away
SAME_DISTANCE = 0.3
INFO = EngineInfo(
    "Blotter scenes",
    "histogram, difference, luminance, median flow",
    "2",
    {"cut_distance": CUT_DISTANCE, "moving": MOVING, "night": NIGHT, "picture": [160, 90]},
)


class Looked:
    """One small picture in grey and as a histogram of hue and value."""

    __slots__ = ("colours", "grey", "histogram")

    def __init__(self, small: Picture) -> None:
        self.colours = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2HSV), dtype=np.uint8)
        self.grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
        counted = cv2.calcHist([self.colours], [0, 2], None, [16, 16], [0, 180, 0, 256])
        self.histogram: NDArray[np.float32] = np.asarray(counted, dtype=np.float32)

    def distance(self, other: "Looked") -> float:
        """How different the colours are, 0 to 1."""
        return float(cv2.compareHist(self.histogram, other.histogram, cv2.HISTCMP_BHATTACHARYYA))


class Scenes:
    """Takes small pictures in order and notes a sample every half second; a cut is noted at the very picture."""

    def __init__(self, before: Looked | None = None) -> None:
        self.samples: list[Sample] = []
        self._sampled = self._last = before
        self._slot = -1
        self._doubted: tuple[Looked, int, float] | None = None

    def take(self, looked: Looked, at: float) -> tuple[bool, float]:
        """Notes one picture taken at second `at`; says whether a new shot begins with it, and how much has changed since
        the last sample (mean absolute change of grey, 0 to 255)."""
        distance = 0.0 if self._last is None else self._last.distance(looked)
        cut = distance > CUT_DISTANCE and not self._back_again(looked, at)
        change = 0.0 if self._sampled is None else float(cv2.absdiff(self._sampled.grey, looked.grey).mean())
        if cut and self._last is not None:
            self._doubted = (self._last, len(self.samples), at)
        slot = int(at / SAMPLE_S + 1e-6)
        if slot != self._slot or cut:
            marked = round(distance, 4) if cut else 0.0
            self.samples.append(Sample(round(at, 3), round(float(looked.grey.mean()), 2), round(change, 3), marked))
            self._slot, self._sampled = slot, looked
        self._last = looked
        return cut, change

    def _back_again(self, looked: Looked, at: float) -> bool:
        """Whether this is the picture from before the last cut: that was a flash, and neither its beginning nor its end a cut."""
        if (
            self._doubted is None
            or at - self._doubted[2] > FLASH_S
            or self._doubted[0].distance(looked) > SAME_DISTANCE
        ):
            return False
        self.samples[self._doubted[1]] = replace(self.samples[self._doubted[1]], cut=0.0)
        self._doubted = None
        return True


def scene_tags(samples: Sequence[Sample], duration: float, *, hidden: Sequence[Tag] = ()) -> list[Tag]:
    """Shots, stretches of movement, and stretches of day and night. While the lens is covered (`hidden`) it is neither night nor
    is its beginning or end a cut."""
    if not samples:
        return []
    samples = _unhidden(samples, [(tag.start, tag.end) for tag in hidden])
    changes = [0.0 if one.cut else one.change for one in samples]
    changes[0] = changes[1] if len(changes) > 1 else 0.0
    lights = _smooth([one.light for one in samples])
    return [
        *_shots(samples, duration),
        *_stretches(samples, _smooth(changes), duration, ("motion", "moving", "still"), MOVING),
        *_stretches(samples, lights, duration, ("light", "day", "night"), NIGHT),
    ]


def _unhidden(samples: Sequence[Sample], hidden: Sequence[tuple[float, float]]) -> list[Sample]:
    made: list[Sample] = []
    for one in samples:
        if any(start - 0.05 <= one.at <= end + 0.3 for start, end in hidden):
            one = replace(one, light=made[-1].light if made else NIGHT, cut=0.0)
        made.append(one)
    return made


def _shots(samples: Sequence[Sample], duration: float) -> list[Tag]:
    starts = [0, *(index for index, one in enumerate(samples) if index and one.cut)]
    ends = [*(samples[index].at for index in starts[1:]), duration]
    return [
        Tag(
            "shot",
            f"Shot {number}",
            samples[index].at if number > 1 else 0.0,
            end,
            _certainty(samples[index].cut, CUT_DISTANCE, 0.3) if number > 1 else 1.0,
            samples[index].at,
            INFO.name,
        )
        for number, (index, end) in enumerate(zip(starts, ends, strict=True), 1)
    ]


def _stretches(
    samples: Sequence[Sample], values: Sequence[float], duration: float, words: tuple[str, str, str], limit: float
) -> list[Tag]:
    """Tags of a kind, labelled above or below (`words`: kind, above, below) by whether a value reaches its limit."""
    kind, above, below = words
    tags: list[Tag] = []
    begin = 0
    for index in range(1, len(values) + 1):
        if index < len(values) and (values[index] >= limit) == (values[begin] >= limit):
            continue
        middle = float(np.mean(values[begin:index]))
        tags.append(
            Tag(
                kind,
                above if values[begin] >= limit else below,
                0.0 if begin == 0 else samples[begin].at,
                samples[index].at if index < len(samples) else duration,
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
