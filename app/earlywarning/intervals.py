"""Rates and shares with honest intervals: Garwood (1936) for counts over hours, Wilson (1927) for one count out of another."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate per hour with its 95 % interval; `per_hour` is None where there is no exposure."""

    per_hour: float | None
    low: float
    high: float


def rate(count: int, hours: float) -> Rate:
    """`count` events in `hours` of exposure as a rate per hour with Garwood's exact 95 % limits."""
    if hours <= 0:
        return Rate(None, 0.0, math.inf)
    low = poisson_limit(count, 0.025, upper=False) if count else 0.0
    return Rate(count / hours, low / hours, poisson_limit(count, 0.025, upper=True) / hours)


@dataclass(frozen=True, slots=True)
class Share:
    """One count out of another with its 95 % interval; `value` is None where there is nothing to divide by."""

    value: float | None
    low: float
    high: float


def share(count: float, of: float) -> Share:
    """`count` out of `of` (0 <= count <= of) with Wilson's 95 % score limits (1927). Both may be sums of equal weights."""
    if of <= 0:
        return Share(None, 0.0, 1.0)
    z = 1.959964
    value = count / of
    middle = (value + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(value * (1 - value) / of + z * z / (4 * of * of))
    return Share(value, max(0.0, middle - half), min(1.0, middle + half))


def poisson_limit(count: int, tail: float, *, upper: bool) -> float:
    """The mean for which seeing `count` or fewer (upper), or `count` or more (lower), has probability `tail`.

    Found by bisection on the Poisson distribution itself; correct to 1e-9.
    """
    low, high = 0.0, count + 10.0 * math.sqrt(count + 1.0) + 20.0
    for _ in range(200):
        middle = (low + high) / 2
        chance = _at_most(count, middle) if upper else 1.0 - _at_most(count - 1, middle)
        rising = not upper  # the lower limit's chance grows with the mean, the upper limit's falls
        if (chance < tail) == rising:
            low = middle
        else:
            high = middle
        if high - low < 1e-9:
            break
    return (low + high) / 2


def _at_most(count: int, mean: float) -> float:
    """P(X <= count) for a Poisson variable with `mean`, summed in logarithms so that large counts do not overflow."""
    if count < 0:
        return 0.0
    if mean == 0:
        return 1.0
    logs = [k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(count + 1)]
    peak = max(logs)
    return min(1.0, math.exp(peak) * sum(math.exp(one - peak) for one in logs))
