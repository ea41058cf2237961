"""Patterns: counts out of the database, compared and watched by the engine, standings and alerts kept."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import scipy

from app.core.actor import machine
from app.core.clock import now
from app.core.db import close_session, transaction
from app.earlywarning import levels, patterns
from app.earlywarning.alerts import ASK_AGAIN
from app.earlywarning.found import Found
from app.earlywarning.levels import Wanted
from app.earlywarning.patterns import MONTHS, WINDOW, Row, first_month
from workers.celery_app import celery
from workers.engines.patterns import Change, Counts, Effects, Level, Peers, Standing, adjust, changes, compare, engine
from workers.tasks.counts import by_counts

ACTOR = machine("patterns")
CIRCUMSTANCES = ("unit", "shift", "kind")
_REST = round(ASK_AGAIN.days / 30)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as the engine wants them, and what its numbers stand for."""

    rows: Sequence[Row]
    officers: list[uuid.UUID]
    months: list[date]
    names: list[list[str]]
    counts: Counts

    @property
    def window(self) -> Counts:
        """The months of the comparison."""
        return self.counts.during(MONTHS - WINDOW, MONTHS - 1)


@celery.task(name="find_patterns")
def find_patterns() -> None:
    """Compares everybody over the last twelve months and watches three years for changes. May run twice."""
    try:
        moment = now()
        with transaction():
            wanted = levels.in_force()
            table = gathered(moment)
            further = by_counts(moment, _level(wanted))
        level = _level(wanted)
        standings, peers, effects = compare(table.window, level, len(table.officers))
        over_all = adjust(table.counts)
        watched = changes(table.counts, over_all, peers, months=MONTHS, officers=len(table.officers))
        found = _found(table, standings, watched, over_all)
        with transaction():
            patterns.keep(
                found,
                moment=moment,
                levels=wanted,
                engine=_engine(level),
                peers=_peers(peers),
                effects=_effects(table, effects),
                further=further,
                actor=ACTOR,
            )
    finally:
        close_session()


@celery.task(name="preview_levels")
def preview_levels(levels_id: str) -> None:
    """What proposed levels, and those in force, would have given in the last year. May run twice."""
    try:
        moment = now()
        with transaction():
            proposed = levels.wanted_of(levels.proposal(uuid.UUID(levels_id)))
            present = levels.in_force()
            table = gathered(moment)
        preview = {
            "proposed": would_have(table, proposed),
            "present": would_have(table, present),
            "at": moment.isoformat(),
        }
        with transaction():
            levels.keep_preview(uuid.UUID(levels_id), preview, actor=ACTOR)
    finally:
        close_session()


def gathered(moment: datetime) -> Table:
    """The counts of the last three years, the month of `moment` included."""
    months = [first_month(moment, back) for back in reversed(range(MONTHS))]
    rows = patterns.counted_since(months[0])
    known = patterns.officer_ids()
    officers = known + sorted({row.officer_id for row in rows} - set(known))
    return tabulated([row for row in rows if row.month <= months[-1]], officers, months)


def tabulated(rows: Sequence[Row], officers: list[uuid.UUID], months: list[date]) -> Table:
    """Rows with numbers in place of ids, months and names."""
    place = {one: index for index, one in enumerate(officers)}
    when = {one: index for index, one in enumerate(months)}
    values = [[str(row.unit_id) for row in rows], [row.shift for row in rows], [row.kind for row in rows]]
    names = [sorted(set(column)) for column in values]
    codes = [{name: index for index, name in enumerate(column)} for column in names]
    table = [[codes[k][column[n]] for k, column in enumerate(values)] for n in range(len(rows))]
    counts = Counts(
        np.array([place[row.officer_id] for row in rows], dtype=np.int64),
        np.array([when[row.month] for row in rows], dtype=np.int64),
        np.array(table, dtype=np.int64).reshape(len(rows), len(CIRCUMSTANCES)),
        np.array([row.events for row in rows], dtype=np.float64),
        np.array([row.hours for row in rows], dtype=np.float64),
    )
    return Table(rows, officers, months, names, counts)


def would_have(table: Table, wanted: Wanted) -> dict[str, int]:
    """The alerts, and the officers they were about, of the last twelve months, had `wanted` been in force: month by
    month over the twelve before, each question answered at once and resting as it does."""
    level, last, raised = _level(wanted), dict[int, int](), 0
    for month in range(MONTHS - WINDOW, MONTHS):
        window = table.counts.during(month - WINDOW + 1, month)
        for one in compare(window, level, len(table.officers))[0]:
            if one.alert and month - last.get(one.officer, -MONTHS) > _REST:
                last[one.officer] = month
                raised += 1
    return {"alerts": raised, "officers": len(last)}


def _found(table: Table, standings: Sequence[Standing], watched: Sequence[Change], effects: Effects) -> list[Found]:
    expected = effects.expected(table.counts)
    mine: dict[int, list[int]] = defaultdict(list)
    for place, officer in enumerate(table.counts.officer.tolist()):
        mine[officer].append(place)
    return [
        _one(table, standing, change, mine[standing.officer], expected)
        for standing, change in zip(standings, watched, strict=True)
    ]


def _one(table: Table, standing: Standing, change: Change, places: Sequence[int], expected: Any) -> Found:
    recent = [n for n in places if table.counts.month[n] >= MONTHS - WINDOW]
    latest = [row.latest for row in (table.rows[n] for n in places) if row.latest is not None]
    return Found(
        officer_id=table.officers[standing.officer],
        events=round(standing.events),
        expected=standing.expected,
        hours=standing.hours,
        utterances=sum(table.rows[n].utterances for n in recent),
        recordings=sum(table.rows[n].recordings for n in recent),
        ratio=standing.ratio,
        low=standing.low,
        high=standing.high,
        probability=standing.probability,
        enough=standing.enough,
        above=standing.alert,
        signalled=None if change.signalled is None else table.months[change.signalled],
        since=None if change.since is None else table.months[change.since],
        months=_months(table, change, places, expected),
        exposure=_exposure(table, recent),
        latest=max(latest, default=None),
    )


def _months(table: Table, change: Change, places: Sequence[int], expected: Any) -> list[Any]:
    sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for n in places:
        row = table.rows[n]
        for index, value in enumerate((row.events, float(expected[n]), row.hours)):
            sums[int(table.counts.month[n])][index] += value
    return [
        [table.months[month].isoformat(), int(events), round(due, 3), round(hours, 3), round(change.sums[month], 3)]
        for month, (events, due, hours) in sorted(sums.items())
    ]


def _exposure(table: Table, places: Sequence[int]) -> list[Any]:
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for n in places:
        row = table.rows[n]
        for name, value in zip(CIRCUMSTANCES, (str(row.unit_id), row.shift, row.kind), strict=True):
            sums[name, value][0] += row.hours
            sums[name, value][1] += row.events
    return [[name, value, round(hours, 3), int(events)] for (name, value), (hours, events) in sorted(sums.items())]


def _level(wanted: Wanted) -> Level:
    return Level(wanted.percentile, wanted.probability, wanted.false_discovery_rate, wanted.minimum_hours)


def _engine(level: Level) -> dict[str, Any]:
    info = engine(level)
    return {"name": info.name, "model": info.model, "version": info.version, "parameters": dict(info.parameters)}


def _peers(peers: Peers) -> dict[str, float]:
    low = float(scipy.special.gammaincinv(peers.shape, 0.1)) / peers.rate
    return {"shape": peers.shape, "rate": peers.rate, "low": low, "high": peers.high}


def _effects(table: Table, effects: Effects) -> dict[str, Any]:
    named = {
        circumstance: {name: round(float(factor[code]), 4) for code, name in enumerate(names) if code < len(factor)}
        for circumstance, names, factor in zip(CIRCUMSTANCES, table.names, effects.factors, strict=True)
    }
    return {"per_hour": effects.rate, **named}
