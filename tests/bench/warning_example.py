"""The agency of docs/early-warning-example.md: forty officers, seeded, so that anybody gets the same figures.

`python -m tests.bench.warning_example` prints them.
"""

import json

import numpy as np

from workers.engines.patterns import Counts, Level, compare

OFFICERS, MONTHS, WINDOW = 40, 24, 12
ADAMS, BAKER, CLARK, DAVIS = 3, 7, 11, 23


def agency() -> Counts:
    """Adams speaks aggressively four times as often as the typical colleague; Baker is typical and mostly makes arrests;
    Clark hardly recorded anything; Davis recorded a great deal."""
    rng = np.random.default_rng(20261125)
    officer = np.repeat(np.arange(OFFICERS), MONTHS * 2)
    month = np.tile(np.repeat(np.arange(MONTHS), 2), OFFICERS)
    arrest = np.tile([0, 1], OFFICERS * MONTHS)
    share, pace = rng.uniform(0.2, 0.6, OFFICERS), rng.lognormal(np.log(2.5), 0.5, OFFICERS)
    share[BAKER] = 0.85
    pace[[ADAMS, BAKER, CLARK]] = 2.6, 2.5, 0.04
    theta = rng.gamma(8, 1 / 8, OFFICERS)
    theta[[ADAMS, BAKER]] = 4.0, 1.0
    hours = np.where(arrest == 1, share[officer], 1 - share[officer]) * pace[officer]
    events = rng.poisson(0.25 * hours * np.where(arrest == 1, 3.0, 0.6) * theta[officer]).astype(float)
    unit = officer % 2
    return Counts(officer, month, np.stack([unit, np.zeros_like(unit), arrest], axis=1), events, hours)


def figures() -> dict[str, str]:
    """What the example says, as it says it."""
    window = agency().during(MONTHS - WINDOW, MONTHS - 1)
    standings, peers, effects = compare(window, Level(), OFFICERS)
    told = {
        "whole agency": f"{sum(one.events for one in standings) / sum(one.hours for one in standings):.2f} moments an hour",
        "other calls": f"{effects.factors[2][0]:.2f} times",
        "arrests": f"{effects.factors[2][1]:.2f} times",
        "peers": f"percentile of the peers is {peers.high:.2f}",
        "alerts": f"{sum(one.alert for one in standings)} alert",
    }
    for name, place in (("Adams", ADAMS), ("Baker", BAKER), ("Clark", CLARK), ("Davis", DAVIS)):
        one = standings[place]
        told[f"{name} counts"] = f"{one.events:.0f} moments in {one.hours:.1f} hours"
        told[f"{name} expected"] = f"{one.expected:.1f} expected"
        if one.enough:
            told[f"{name} ratio"] = (
                f"{one.ratio:.2f} times what is expected (95 % interval {one.low:.2f} to {one.high:.2f})"
            )
    return told


if __name__ == "__main__":
    print(json.dumps(figures(), indent=1))
