"""The agency's own counts (complaints, force) through the same comparison as language, each indicator for itself."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import scipy

from app.earlywarning import indicators
from app.earlywarning.counts import Indicator
from app.earlywarning.found import Further
from app.earlywarning.indicators import Counted, Served
from app.earlywarning.patterns import WINDOW, first_month
from workers.engines.patterns import Counts, Level, Peers, Standing, compare

Rows = dict[tuple[uuid.UUID, date, uuid.UUID], list[float]]


def by_counts(moment: datetime, level: Level) -> list[Further]:
    """Everybody's standing by every indicator over the last twelve months that its files reach to, adjusted for the unit.

    Reads only. Each indicator holds its own false-discovery rate, so that all alerts together hold it too.
    """
    first = first_month(moment, WINDOW - 1)
    rows: dict[uuid.UUID, list[Counted]] = defaultdict(list)
    for row in indicators.counted_since(first):
        rows[row.indicator_id].append(row)
    serving = indicators.served()
    found: list[Further] = []
    for indicator in indicators.all_indicators():
        if rows[indicator.id]:
            found += _compared(indicator, rows[indicator.id], serving, replace(level, minimum_hours=indicator.least))
    return found


def _compared(indicator: Indicator, rows: Sequence[Counted], serving: Sequence[Served], level: Level) -> list[Further]:
    first, last = min(row.month for row in rows), max(row.month for row in rows)
    table = _exposed(indicator, rows, serving, first, last)
    officers = sorted({officer_id for officer_id, _, _ in table})
    place = {one: number for number, one in enumerate(officers)}
    units = {one: number for number, one in enumerate(sorted({unit for _, _, unit in table}))}
    keys = list(table)
    counts = Counts(
        np.array([place[officer_id] for officer_id, _, _ in keys], dtype=np.int64),
        np.zeros(len(keys), dtype=np.int64),
        np.array([[units[unit]] for _, _, unit in keys], dtype=np.int64).reshape(len(keys), 1),
        np.array([table[key][0] for key in keys], dtype=np.float64),
        np.array([table[key][1] for key in keys], dtype=np.float64),
    )
    standings, peers, _ = compare(counts, level, len(officers))
    latest = {row.officer_id: row.month for row in sorted(rows, key=lambda row: row.month) if row.events}
    return [_further(indicator, officers[one.officer], one, peers, (first, last), latest) for one in standings]


def _exposed(indicator: Indicator, rows: Sequence[Counted], serving: Sequence[Served], first: date, last: date) -> Rows:
    """[events, exposure] of each officer, month and unit: exposure from the rows, or a month for each month of service."""
    table: Rows = defaultdict(lambda: [0.0, 0.0])
    for row in rows:
        counted = table[row.officer_id, row.month, row.unit_id]
        counted[0] += row.events
        counted[1] += 0.0 if indicator.by_service else row.exposure or 0.0
    if indicator.by_service:
        month = first
        while month <= last:
            for one in serving:
                if one.in_month(month):
                    table[one.officer_id, month, one.unit(month)][1] += 1.0
            month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return dict(table)


def _further(
    indicator: Indicator,
    officer_id: uuid.UUID,
    one: Standing,
    peers: Peers,
    months: tuple[date, date],
    latest: dict[uuid.UUID, date],
) -> Further:
    newest = latest.get(officer_id)
    return Further(
        officer_id=officer_id,
        indicator_id=indicator.id,
        name=indicator.name,
        per=indicator.per,
        events=round(one.events),
        expected=one.expected,
        exposure=one.hours,
        ratio=one.ratio,
        low=one.low,
        high=one.high,
        probability=one.probability,
        enough=one.enough,
        above=one.alert,
        low_peers=float(scipy.special.gammaincinv(peers.shape, 0.1)) / peers.rate,
        high_peers=peers.high,
        first=months[0],
        last=months[1],
        latest=datetime(newest.year, newest.month, newest.day, tzinfo=UTC) if newest else None,
    )
