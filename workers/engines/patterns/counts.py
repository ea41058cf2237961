"""Counts with what they are divided by: one row for each officer, month and circumstances."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Counts:
    """Parallel arrays of length n. `officer` and `month` count from 0; `circumstances` is (n, k), a code from 0 for each
    of k circumstances (assignment, shift, kind of encounter); `events` are counts, `hours` the exposure behind them."""

    officer: Integers
    month: Integers
    circumstances: Integers
    events: Reals
    hours: Reals

    def __post_init__(self) -> None:
        lengths = {len(one) for one in (self.officer, self.month, self.circumstances, self.events, self.hours)}
        if len(lengths) != 1 or self.circumstances.ndim != 2:
            raise ValueError("the arrays of counts must be equally long, and the circumstances a table")
        if len(self.hours) and (self.hours.min() < 0 or self.events.min() < 0):
            raise ValueError("events and hours cannot be negative")

    @property
    def officers(self) -> int:
        """How many officers there are rows for, the highest number and one."""
        return int(self.officer.max()) + 1 if len(self.officer) else 0

    def during(self, first: int, last: int) -> "Counts":
        """The rows of the months from `first` to `last`, both included."""
        inside = (self.month >= first) & (self.month <= last)
        return Counts(
            self.officer[inside],
            self.month[inside],
            self.circumstances[inside],
            self.events[inside],
            self.hours[inside],
        )

    def by_officer(self, values: Reals, officers: int) -> Reals:
        """The sum of `values` (one a row) for each officer."""
        sums = np.bincount(self.officer, weights=values, minlength=officers)[:officers]
        return sums.astype(np.float64)
