"""Adjusting for circumstances: what anybody's count would be, given where, when and on what calls they worked.

A Poisson model with a factor for each level of each circumstance, fitted by iterative proportional scaling (Deming and
Stephan 1940; for Poisson counts its fixed point is the maximum of the likelihood, Darroch and Ratcliff 1972). Each
factor is drawn towards 1 by PULL prior events, so that a level with hardly any speech says hardly anything and one
officer cannot make a whole unit look normal.
"""

from dataclasses import dataclass

import numpy as np

from workers.engines.patterns.counts import Counts, Reals

PULL = 20.0
_ROUNDS = 200
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Effects:
    """The overall rate (events an hour) and, for each circumstance, the factor of each of its levels."""

    rate: float
    factors: tuple[Reals, ...]

    def expected(self, counts: Counts) -> Reals:
        """Events to be expected in each row of an average officer."""
        found = self.rate * counts.hours
        for circumstance, factor in enumerate(self.factors):
            found = found * factor[counts.circumstances[:, circumstance]]
        return found


def adjust(counts: Counts) -> Effects:
    """The effects of the circumstances on the rate. Without any event the rate is 0 and every factor 1."""
    counts = _pooled(counts)
    levels = [int(column.max()) + 1 if len(column) else 1 for column in counts.circumstances.T]
    effects = Effects(_rate(counts), tuple(np.ones(number) for number in levels))
    if effects.rate == 0:
        return effects
    for _ in range(_ROUNDS):
        fitted = _scaled(counts, effects)
        moved = max(
            (float(np.abs(a - b).max()) for a, b in zip(fitted.factors, effects.factors, strict=True)), default=0
        )
        effects = fitted
        if moved < _CLOSE:
            break
    return effects


def _pooled(counts: Counts) -> Counts:
    """One row for each combination of circumstances: all that the effects depend on."""
    if not len(counts.hours):
        return counts
    combinations, row = np.unique(counts.circumstances, axis=0, return_inverse=True)
    row, none = row.reshape(-1), np.zeros(len(combinations), dtype=np.int64)
    events, hours = (np.bincount(row, weights=one).astype(np.float64) for one in (counts.events, counts.hours))
    return Counts(none, none, combinations, events, hours)


def _rate(counts: Counts) -> float:
    hours = float(counts.hours.sum())
    return float(counts.events.sum()) / hours if hours else 0.0


def _scaled(counts: Counts, effects: Effects) -> Effects:
    """One round: each circumstance's factors set to observed over expected, then the overall rate."""
    factors = list(effects.factors)
    for circumstance, factor in enumerate(factors):
        code, size = counts.circumstances[:, circumstance], len(factor)
        now = Effects(effects.rate, tuple(factors)).expected(counts)
        seen = np.bincount(code, weights=counts.events, minlength=size)
        bare = np.bincount(code, weights=now, minlength=size) / factor
        factors[circumstance] = (seen + PULL) / (bare + PULL)
    fitted = Effects(effects.rate, tuple(factors))
    total = float(fitted.expected(counts).sum())
    return Effects(fitted.rate * float(counts.events.sum()) / total, fitted.factors)
