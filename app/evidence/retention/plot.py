"""Geometry of the plot of what becomes deletable by month: numbers in, SVG coordinates out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT, FOOT, TOP = 640.0, 150.0, 26.0, 20.0


@dataclass(frozen=True, slots=True)
class Column:
    """One month: its bar (px), the words under it, the number on it."""

    x: float
    y: float
    width: float
    height: float
    month: str
    items: int


def columns(months: Sequence[tuple[datetime, int]]) -> list[Column]:
    """One column a month; empty when nothing becomes deletable in any of them."""
    most = max((items for _, items in months), default=0)
    if not most:
        return []
    step, room = WIDTH / len(months), HEIGHT - FOOT - TOP
    return [
        Column(
            x=round(index * step + step * 0.15, 1),
            y=round(HEIGHT - FOOT - room * items / most, 1),
            width=round(step * 0.7, 1),
            height=round(room * items / most, 1),
            month=f"{start:%b}" if index and start.month != 1 else f"{start:%b %y}",
            items=items,
        )
        for index, (start, items) in enumerate(months)
    ]
