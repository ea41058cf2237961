"""Geometry of the plot of agreement by class: shares with their intervals in, SVG coordinates out."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.analysis.tags.kinds import class_in_words
from app.analysis.tags.queries import Precision

LEFT, RIGHT, TOP, ROW, FOOT = 210.0, 590.0, 14.0, 24.0, 24.0
WIDTH = 640.0


@dataclass(frozen=True, slots=True)
class Whisker:
    """One class: its line (px), the interval from `low` to `high`, the dot, the words at both ends."""

    y: float
    low: float
    high: float
    dot: float
    name: str
    counts: str


@dataclass(frozen=True, slots=True)
class Plot:
    """The rows, the height of the picture, and the grid: (x, words)."""

    rows: list[Whisker]
    height: float
    grid: list[tuple[float, str]]


def whiskers(found: Sequence[Precision]) -> Plot:
    """One row a class that somebody decided on; 0 per cent at the left, 100 at the right."""
    rows = [
        Whisker(
            y=round(TOP + ROW * (index + 0.5), 1),
            low=_x(one.low),
            high=_x(one.high),
            dot=_x(one.value or 0.0),
            name=_short(class_in_words(one.kind, one.label)),
            counts=f"{one.confirmed}/{one.decided}",
        )
        for index, one in enumerate(found)
    ]
    grid = [(_x(tenth / 4), f"{tenth * 25} %") for tenth in range(5)]
    return Plot(rows, TOP + ROW * len(rows) + FOOT, grid)


def _x(share: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * share, 1)


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:29] + "…"
