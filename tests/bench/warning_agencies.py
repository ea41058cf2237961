"""Simulated agencies with known bad actors: what the patterns find, against a plain count threshold.

Three years by the month, a window of twelve months, unequal exposure, assignments, shifts and kinds of encounter with
rates of their own. The threshold is given the best chance there is: the same number of officers as the patterns
alerted on, those with the highest count any window ever held.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from workers.engines.patterns import Counts, Level, compare

MONTHS, WINDOW, KINDS = 36, 12, 4
SIZES = {50: 40, 500: 4, 5000: 1}  # officers: how many such agencies
TIMES = (2.0, 3.0, 5.0)
BAD = 0.05
SPREAD = 8.0  # shape of the good officers' own Gamma
PER_HOUR = 0.3
DAYS_A_MONTH = 30.4


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of some agencies: alerts that were right and wrong, by the patterns and by the threshold."""

    officers: int
    bad: int
    right: int
    wrong: int
    threshold_right: int
    threshold_wrong: int
    days: tuple[float, ...]


def measure() -> dict[str, Any]:
    """false_alerts_per_1000_officer_years, detection_rate, days_to_detect_median, and the gain over a threshold."""
    calm = [one for size, number in SIZES.items() for one in tallies(size, number, times=0.0)]
    years = sum(one.officers for one in calm) * MONTHS / 12
    found: dict[str, Any] = {
        "false_alerts_per_1000_officer_years": round(1000 * sum(one.wrong for one in calm) / years, 3),
        "detection_rate": {},
        "days_to_detect_median": {},
    }
    every: list[Tally] = []
    for size, number in SIZES.items():
        for times in TIMES:
            made = tallies(size, number, times=times)
            every += made
            name = f"{size} officers, {times:g} times"
            days = [one for tally in made for one in tally.days]
            found["detection_rate"][name] = round(sum(o.right for o in made) / sum(o.bad for o in made), 3)
            found["days_to_detect_median"][name] = round(float(np.median(days))) if days else None
            print(f"{name}: {found['detection_rate'][name]:.0%} found", flush=True)
    right, wrong = sum(one.right for one in every), sum(one.wrong for one in every)
    before, noise = sum(one.threshold_right for one in every), sum(one.threshold_wrong for one in every)
    return {
        **found,
        "more_true_positives": round(right / before - 1, 3),
        "fewer_false_positives": round(1 - wrong / noise, 3),
        "false_discovery_share": round(wrong / (right + wrong), 3),
    }


def tallies(officers: int, agencies: int, *, times: float) -> list[Tally]:
    """Agencies of one size, each by a seed of its own. `times` 0: everybody alike."""
    return [tally(officers, times=times, seed=1000 * officers + 10 * int(times) + one) for one in range(agencies)]


def tally(officers: int, *, times: float, seed: int) -> Tally:
    """One agency, watched month by month."""
    counts, bad = agency(officers, times=times, seed=seed)
    first, most = np.full(officers, -1), np.zeros(officers)
    for last in range(2, MONTHS):
        window = counts.during(max(0, last - WINDOW + 1), last)
        most = np.maximum(most, window.by_officer(window.events, officers))
        for one in compare(window, Level(), officers)[0]:
            if one.alert and first[one.officer] < 0:
                first[one.officer] = last
    alerted = first >= 0
    threshold = np.zeros(officers, dtype=bool)
    threshold[np.argsort(-most, kind="stable")[: alerted.sum()]] = True
    return Tally(
        officers=officers,
        bad=int(bad.sum()),
        right=int((alerted & bad).sum()),
        wrong=int((alerted & ~bad).sum()),
        threshold_right=int((threshold & bad).sum()),
        threshold_wrong=int((threshold & ~bad).sum()),
        days=tuple((first[alerted & bad] + 1) * DAYS_A_MONTH),
    )


def agency(officers: int, *, times: float, seed: int) -> tuple[Counts, "np.ndarray"]:
    """Counts of an agency, and which officers are known to be bad."""
    rng = np.random.default_rng(seed)
    theta = rng.gamma(SPREAD, 1 / SPREAD, officers) if times else np.ones(officers)
    bad = np.zeros(officers, dtype=bool)
    if times:
        bad[rng.choice(officers, max(1, round(BAD * officers)), replace=False)] = True
        theta[bad] = times
    unit, shift = rng.integers(0, max(2, officers // 40), officers), rng.integers(0, 3, officers)
    pace = rng.lognormal(np.log(4), 0.8, officers)  # hours of own speech a month
    officer = np.repeat(np.arange(officers), MONTHS * KINDS)
    month = np.tile(np.repeat(np.arange(MONTHS), KINDS), officers)
    kind = np.tile(np.arange(KINDS), officers * MONTHS)
    mix = rng.dirichlet([4, 3, 2, 1], officers)
    hours = pace[officer] * mix[officer, kind] * rng.gamma(5, 0.2, len(officer))
    by_unit, by_shift, by_kind = rng.gamma(10, 0.1, unit.max() + 1), np.array([0.8, 1.0, 1.4]), np.array([0.5, 1, 2, 3])
    around = by_unit[unit[officer]] * by_shift[shift[officer]] * by_kind[kind]
    events = rng.poisson(PER_HOUR * hours * around * theta[officer]).astype(float)
    return Counts(officer, month, np.stack([unit[officer], shift[officer], kind], axis=1), events, hours), bad


if __name__ == "__main__":
    import json

    print(json.dumps(measure()))
