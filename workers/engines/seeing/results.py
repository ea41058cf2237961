"""What seeing gives: tags with their seconds, boxes and doubt."""

from dataclasses import dataclass, field

from workers.engines.info import EngineInfo

Box = tuple[float, float, float, float]


class NothingToSee(Exception):
    """There is no picture in this recording."""


@dataclass(frozen=True, slots=True)
class Tag:
    """Something on the picture from `start` to `end` (s). `box` is x, y, width, height as fractions at `best_at`."""

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
    """One detection in one frame."""

    kind: str
    label: str
    at: float
    confidence: float
    box: Box
