"""Whose rate has changed against their own past: a CUSUM for Poisson counts, month by month.

Lucas, "Counted data CUSUM's", Technometrics 1985: the sum grows by the month's events less a reference between the
officer's own rate and twice that, and falls back to 0; past the limit it signals. Own past is shrunk towards the peers, as
for the comparison, and the expected count of each month follows its circumstances, so that a move to a busier
assignment is no change.
"""

from dataclasses import dataclass

import numpy as np

from workers.engines.patterns.adjusting import Effects
from workers.engines.patterns.counts import Counts, Reals
from workers.engines.patterns.peers import Peers

FACTOR = 2.0  # the change looked for: a rate that doubled
LIMIT = 5.0  # in events; see tests/bench/warning.py for how seldom it signals when nothing changed
BASELINE_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Change:
    """One officer's sum in each month from 0, the month in which it first passed the limit, and since when it rose."""

    officer: int
    sums: tuple[float, ...]
    signalled: int | None
    since: int | None


def changes(counts: Counts, effects: Effects, peers: Peers, *, months: int, officers: int) -> list[Change]:
    """Every officer's CUSUM. The first BASELINE_MONTHS with exposure make the own rate; the sum starts after them."""
    seen = _table(counts, counts.events, officers, months)
    expected = _table(counts, effects.expected(counts), officers, months)
    heard = expected > 0
    past = (np.cumsum(heard, axis=1) <= BASELINE_MONTHS) & heard
    own = (peers.shape + (seen * past).sum(axis=1)) / (peers.rate + (expected * past).sum(axis=1))
    mean = own[:, None] * expected
    reference = mean * (FACTOR - 1) / np.log(FACTOR)
    sums = np.zeros_like(seen)
    total = np.zeros(officers)
    for month in range(months):
        watched = heard[:, month] & ~past[:, month]
        total = np.where(watched, np.maximum(0.0, total + seen[:, month] - reference[:, month]), total)
        sums[:, month] = total
    return [_change(officer, row) for officer, row in enumerate(sums)]


def _change(officer: int, row: Reals) -> Change:
    over = np.flatnonzero(row > LIMIT)
    if not len(over):
        return Change(officer, tuple(map(float, row)), None, None)
    signalled = int(over[0])
    calm = np.flatnonzero(row[:signalled] == 0)
    return Change(officer, tuple(map(float, row)), signalled, int(calm[-1]) + 1 if len(calm) else 0)


def _table(counts: Counts, values: Reals, officers: int, months: int) -> Reals:
    """The sum of `values` (one a row) for each officer and month."""
    place = counts.officer * months + counts.month
    sums = np.bincount(place, weights=values, minlength=officers * months)
    return sums.astype(np.float64).reshape(officers, months)
