"""What seeing gives: tags with their seconds, boxes and doubt; and what of one chunk is kept until they are made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workers.engines.info import EngineInfo

Box = tuple[float, float, float, float]
Picture = NDArray[np.uint8]
Progress = Callable[[float], None]


class NothingToSee(Exception):
    """There is no picture in this recording."""


@dataclass(frozen=True, slots=True)
class Tag:
    """Something on the picture from `start` to `end` (s). `box` is x, y, width, height as fractions at `best_at`.

    `detail["boxes"]`, where there is something to frame: [[second, x, y, width, height, confidence], ...].
    """

    kind: str
    label: str
    start: float
    end: float
    confidence: float
    best_at: float
    method: str
    count: int = 1
    box: Box | None = None
    detail: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seeing:
    """Everything seen in one recording: duration in seconds, picture in pixels."""

    engines: tuple[EngineInfo, ...]
    duration: float
    width: int
    height: int
    tags: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One detection in one frame; `characters` of a plate, each with its confidence (0 to 1)."""

    kind: str
    label: str
    at: float
    confidence: float
    box: Box
    characters: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """Twice a second: when, how bright (0 to 255), how far from half a second before, and whether a shot begins here."""

    at: float
    light: float
    change: float
    cut: float = 0.0


@dataclass(frozen=True, slots=True)
class Window:
    """Two seconds of small pictures in figures (see `camera`): one name and value per measure."""

    at: float
    measures: dict[str, float]


@dataclass(frozen=True, slots=True)
class Part:
    """What was seen in one chunk. `small` is its last small picture as PNG, for the first comparison of the next chunk."""

    number: int
    end: float
    width: int
    height: int
    frames: int
    samples: tuple[Sample, ...] = ()
    windows: tuple[Window, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    gaps: tuple[tuple[float, float], ...] = ()
    small: bytes = b""


class Kept(Protocol):
    """Where parts lie between two runs over the same recording."""

    def get(self, number: int) -> Part | None:
        """The part of this number, if it was seen before by the same eyes."""
        ...

    def put(self, number: int, part: Part) -> None:
        """Keeps it for good."""
        ...
