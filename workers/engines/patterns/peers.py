"""Who stands out among peers: empirical Bayes on counts, and alerts that hold the rate of false discoveries.

Gamma-Poisson: an officer's events are Poisson with mean theta times what is expected of anybody in the same
circumstances; theta is Gamma(shape, rate) among the peers, fitted to their counts by marginal (negative binomial)
likelihood, as for disease rates in small areas (Clayton and Kaldor, Biometrics 1987). Alerts follow the posterior
probability that an officer's theta exceeds the peers' own high percentile; of the officers above the level the longest
list is taken whose mean posterior probability of being no such officer stays within the false-discovery rate (Newton,
Noueiry, Sarkar and Ahlquist, Biostatistics 2004).
"""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from workers.engines.patterns.adjusting import Effects, adjust
from workers.engines.patterns.counts import Counts, Reals

_FLAT, _STEEP = 1e-3, 1e4  # shapes of the peers' distribution beyond which the data say nothing


@dataclass(frozen=True, slots=True)
class Level:
    """When a pattern asks a question. `percentile` of the peers that an officer's rate must exceed, the posterior
    `probability` of that, the `false_discovery_rate` of all alerts together, and the least exposure in hours."""

    percentile: float = 0.9
    probability: float = 0.9
    false_discovery_rate: float = 0.1
    minimum_hours: float = 1.0


@dataclass(frozen=True, slots=True)
class Peers:
    """How theta is spread among the peers: Gamma(shape, rate), with its high percentile."""

    shape: float
    rate: float
    high: float


@dataclass(frozen=True, slots=True)
class Standing:
    """One officer among the peers. `ratio` is the posterior mean of theta, 1 being what is expected in the same
    circumstances; `low` and `high` its central 95 % interval; `probability` that it exceeds the peers' percentile."""

    officer: int
    events: float
    expected: float
    hours: float
    ratio: float
    low: float
    high: float
    probability: float
    enough: bool
    alert: bool


def compare(counts: Counts, level: Level, officers: int | None = None) -> tuple[list[Standing], Peers, Effects]:
    """Every officer's standing, those who were never heard included with nothing to say of them."""
    officers = counts.officers if officers is None else officers
    effects = adjust(counts)
    seen = counts.by_officer(counts.events, officers)
    expected = counts.by_officer(effects.expected(counts), officers)
    hours = counts.by_officer(counts.hours, officers)
    enough = hours >= max(level.minimum_hours, 1e-12)
    peers = fit(seen[enough], expected[enough], level.percentile)
    shape, rate = peers.shape + seen, peers.rate + expected
    probability = scipy.special.gammaincc(shape, peers.high * rate)  # of Gamma(shape, rate) above the peers' high
    alert = _alerts(np.where(enough, probability, 0.0), level)
    low, high = (scipy.special.gammaincinv(shape, tail) / rate for tail in (0.025, 0.975))
    found = [
        Standing(
            officer=one,
            events=float(seen[one]),
            expected=float(expected[one]),
            hours=float(hours[one]),
            ratio=float(shape[one] / rate[one]),
            low=float(low[one]),
            high=float(high[one]),
            probability=float(probability[one]),
            enough=bool(enough[one]),
            alert=bool(alert[one]),
        )
        for one in range(officers)
    ]
    return found, peers, effects


def fit(seen: Reals, expected: Reals, percentile: float) -> Peers:
    """The peers' distribution. Its mean is held at 1, which is what `expected` means; only its spread is fitted.

    With too few counts to tell (fewer than two officers, or no event) it is as narrow as can be: nobody stands out.
    """
    told = expected > 0
    if told.sum() < 2 or seen[told].sum() == 0:
        return _peers(_STEEP, percentile)
    y, e = seen[told], expected[told]

    def unlikely(log_shape: float) -> float:
        shape = float(np.exp(log_shape))
        chance = scipy.special.gammaln(y + shape) - scipy.special.gammaln(shape) + shape * np.log(shape / (shape + e))
        return -float(np.sum(chance + y * np.log(e / (shape + e))))

    best = scipy.optimize.minimize_scalar(unlikely, bounds=(np.log(_FLAT), np.log(_STEEP)), method="bounded")
    return _peers(float(np.exp(best.x)), percentile)


def _peers(shape: float, percentile: float) -> Peers:
    return Peers(shape, shape, float(scipy.special.gammaincinv(shape, percentile)) / shape)


def _alerts(probability: Reals, level: Level) -> NDArray[np.bool_]:
    """The longest list, surest first, whose mean chance of a false one is within the rate."""
    order = np.argsort(-probability, kind="stable")
    false = 1 - probability[order]
    mean = np.cumsum(false) / np.arange(1, len(false) + 1)
    taken = (mean <= level.false_discovery_rate) & (probability[order] >= level.probability)
    found = np.zeros(len(probability), dtype=bool)
    found[order] = taken
    return found
