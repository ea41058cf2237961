"""Geometry of the plots the pages draw: numbers in, SVG coordinates out. Every plot has its table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from app.earlywarning.queries import Standing

WIDTH, LEFT, RIGHT, ROW = 640.0, 150.0, 20.0, 34.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One officer's row: the point, the interval's ends (px), and what a reader is told."""

    label: str
    officer_id: str
    y: float
    x: float
    low: float
    high: float
    per_hour: float
    tone: str


@dataclass(frozen=True, slots=True)
class PeerPlot:
    """Rates side by side with their intervals; `median_x` is the peers' median."""

    width: float
    height: float
    bars: list[Bar]
    ticks: list[tuple[float, str]]
    median_x: float
    median_rate: float


def peers(standings: Sequence[Standing], *, minimum_minutes: float) -> PeerPlot | None:
    """The officers with exposure enough, in badge order: a comparison, never a league table. None when nobody has."""
    shown = sorted((one for one in standings if one.enough(minimum_minutes)), key=lambda one: one.badge)
    rates = [(one, one.rate) for one in shown]
    points = [one_rate.per_hour for _, one_rate in rates if one_rate.per_hour is not None]
    if not points:
        return None
    top = _round_up(max(max(points) * 1.4, 1.0))
    scale = (WIDTH - LEFT - RIGHT) / top
    bars = []
    middle = median(points)
    for index, (one, its_rate) in enumerate(rates):
        per_hour = its_rate.per_hour or 0.0
        bars.append(
            Bar(
                label=f"{one.name} #{one.badge}",
                officer_id=str(one.officer_id),
                y=24 + index * ROW,
                x=round(LEFT + per_hour * scale, 1),
                low=round(LEFT + min(its_rate.low, top) * scale, 1),
                high=round(LEFT + min(its_rate.high, top) * scale, 1),
                per_hour=per_hour,
                tone="is-bad" if its_rate.low > middle else "is-self",
            )
        )
    ticks = [(round(LEFT + top * part / 4 * scale, 1), f"{top * part / 4:g}") for part in range(5)]
    return PeerPlot(WIDTH, 24 + len(bars) * ROW + 26, bars, ticks, round(LEFT + middle * scale, 1), middle)


@dataclass(frozen=True, slots=True)
class Dot:
    """One recording on an officer's line of time."""

    x: float
    height: float
    harsh: int
    when: datetime
    minutes: float


def over_time(recordings: Sequence[tuple[datetime, float, int]]) -> list[Dot]:
    """One column a recording: its height is the speech in it, dots on it are the moments. Times from first to last."""
    if not recordings:
        return []
    first, last = recordings[0][0].timestamp(), recordings[-1][0].timestamp()
    span = max(last - first, 1.0)
    longest = max(speech for _, speech, _ in recordings) or 1.0
    alone = len(recordings) == 1
    return [
        Dot(
            x=round(WIDTH / 2 if alone else 30 + (when.timestamp() - first) / span * (WIDTH - 60), 1),
            height=round(10 + 70 * speech / longest, 1),
            harsh=harsh,
            when=when,
            minutes=speech / 60,
        )
        for when, speech, harsh in recordings
    ]


def _round_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    step = 10 ** (len(str(int(value))) - 1)
    return float(next(step * factor for factor in (1, 2, 5, 10) if step * factor >= value))
