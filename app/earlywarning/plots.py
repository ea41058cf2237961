"""Geometry of the plots the pages draw: numbers in, SVG coordinates out. Every plot has its table beside it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from statistics import median
from typing import Any

from app.earlywarning.intervals import rate
from app.earlywarning.models import LanguageEvent, PatternStanding, Polarity
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
    band: tuple[float, float] | None = None


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


def ratios(standings: Sequence[PatternStanding], *, low: float, high: float) -> PeerPlot | None:
    """Rate over expected with its 95 % interval for the officers of a page, in badge order; the band is what eight of
    ten peers lie between. None for an empty page."""
    if not standings:
        return None
    top = max(3.0, _round_up(max([high * 1.2, *(one.ratio * 1.3 for one in standings)])))
    scale = (WIDTH - LEFT - RIGHT) / top
    bars = [
        Bar(
            label=f"{one.officer.name} #{one.officer.badge}",
            officer_id=str(one.officer_id),
            y=24 + index * ROW,
            x=round(LEFT + one.ratio * scale, 1),
            low=round(LEFT + one.low * scale, 1),
            high=round(LEFT + min(one.high, top) * scale, 1),
            per_hour=one.ratio,
            tone="is-bad" if one.above else "is-self",
        )
        for index, one in enumerate(standings)
    ]
    ticks = [(round(LEFT + top * part / 4 * scale, 1), f"{top * part / 4:g}") for part in range(5)]
    band = round(LEFT + low * scale, 1), round(LEFT + min(high, top) * scale, 1)
    return PeerPlot(WIDTH, 24 + len(bars) * ROW + 26, bars, ticks, round(LEFT + scale, 1), 1.0, band)


@dataclass(frozen=True, slots=True)
class Month:
    """One month of an officer: rate an hour with its exact 95 % interval, and the peers' band in the same circumstances."""

    month: date
    events: int
    expected: float
    hours: float
    per_hour: float
    low: float
    high: float
    peers_low: float
    peers_high: float
    total: float
    x: float = 0.0
    y: float = 0.0
    y_low: float = 0.0
    y_high: float = 0.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment on the timeline, to be played."""

    x: float
    y: float
    harsh: bool
    evidence_id: str
    start: float
    end: float
    said: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """An officer's months; `band` the points of the peers' area, `line` those of the rate, `signal` where the sum passed."""

    months: list[Month]
    marks: list[Mark]
    band: str
    line: str
    ticks: list[tuple[float, str]]
    years: list[tuple[float, str]]
    signal: float | None


TOP, BASE, LANE, TALL = 16.0, 216.0, 244.0, 300.0


def timeline(
    standing: PatternStanding, moments: Sequence[LanguageEvent], *, low: float, high: float
) -> Timeline | None:
    """One officer's line of time, month by month; None when never heard. Months without exposure are gaps."""
    told = [_month(one, low, high) for one in standing.months if one[3] > 0]
    if not told:
        return None
    first, last = _place(told[0].month), _place(told[-1].month)
    step = (WIDTH - 44.0 - RIGHT) / max(last - first, 1)
    top = _round_up(max([0.5, *(one.per_hour * 1.5 for one in told), *(one.peers_high for one in told)]))

    def across(when: date, part: float = 0.5) -> float:
        return round(44.0 + (_place(when) - first + part - 0.5) * step, 1) if last > first else WIDTH / 2

    def up(value: float) -> float:
        return round(BASE - min(value, top) / top * (BASE - TOP), 1)

    drawn = [
        replace(one, x=across(one.month), y=up(one.per_hour), y_low=up(one.low), y_high=up(one.high)) for one in told
    ]
    over = [f"{one.x},{up(one.peers_high)}" for one in drawn]
    under = [f"{one.x},{up(one.peers_low)}" for one in reversed(drawn)]
    return Timeline(
        months=drawn,
        marks=_marks(moments, across, told[0].month),
        band=" ".join(over + under),
        line=" ".join(f"{one.x},{one.y}" for one in drawn),
        ticks=[(up(top * part / 4), f"{top * part / 4:g}") for part in range(5)],
        years=[(one.x, one.month.strftime("%b %Y")) for one in drawn[:: max(1, len(drawn) // 5)]],
        signal=across(standing.signalled) if standing.signalled else None,
    )


def _marks(moments: Sequence[LanguageEvent], across: Callable[[date, float], float], first: date) -> list[Mark]:
    stacked: dict[tuple[float, bool], int] = {}
    marks = []
    for one in moments:
        day = one.said_at.astimezone(UTC).date()
        if day < first:
            continue
        x, harsh = across(day.replace(day=1), min(day.day / 31, 1.0)), one.polarity is Polarity.AGGRESSIVE
        spot = round(x / 8), harsh
        height = stacked[spot] = stacked.get(spot, -1) + 1
        y = LANE + min(height, 2) * 8 if harsh else LANE + 34 + min(height, 1) * 8
        said = f"{day.isoformat()}: {one.category.replace('_', ' ')}"
        marks.append(Mark(x, y, harsh, str(one.evidence_id), one.start_s, one.end_s, said))
    return marks


def _month(row: Sequence[Any], low: float, high: float) -> Month:
    month, events, expected, hours, total = row
    own = rate(events, hours)
    due = expected / hours
    return Month(
        month=date.fromisoformat(month),
        events=events,
        expected=expected,
        hours=hours,
        per_hour=own.per_hour or 0.0,
        low=own.low,
        high=own.high,
        peers_low=due * low,
        peers_high=due * high,
        total=total,
    )


def _place(month: date) -> int:
    return month.year * 12 + month.month


def _round_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    step = 10.0 ** math.floor(math.log10(value))
    return float(next(step * factor for factor in (1, 2, 5, 10) if step * factor >= value * (1 - 1e-9)))
