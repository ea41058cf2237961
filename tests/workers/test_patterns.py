"""Who stands out and who has changed: known officers in simulated agencies are found, and chance is not."""

import numpy as np
import pytest

from workers.engines.patterns import Counts, Level, adjust, changes, compare
from workers.engines.patterns.peers import fit


def agency(
    officers: int,
    *,
    months: int = 12,
    theta: "np.ndarray | float" = 1.0,
    rate: float = 0.5,
    hours: float = 8.0,
    seed: int = 1,
) -> Counts:
    """Everybody works the same hours in two assignments, the second of which is three times as busy."""
    rng = np.random.default_rng(seed)
    officer = np.repeat(np.arange(officers), months)
    month = np.tile(np.arange(months), officers)
    place = (officer % 2)[:, None]
    spoken = np.full(len(officer), hours)
    mean = rate * spoken * np.where(place[:, 0] == 1, 3.0, 1.0) * np.broadcast_to(theta, officers)[officer]
    return Counts(officer, month, place, rng.poisson(mean).astype(float), spoken)


def test_no_effect_gives_no_alert() -> None:
    for seed in range(5):
        standings, _, _ = compare(agency(300, seed=seed), Level())
        assert [one for one in standings if one.alert] == []


def test_a_busy_assignment_is_no_reason_for_an_alert() -> None:
    standings, _, effects = compare(agency(200), Level())
    assert effects.factors[0][1] / effects.factors[0][0] == pytest.approx(3.0, rel=0.1)
    ratios = np.array([one.ratio for one in standings])
    assert abs(ratios[1::2].mean() - ratios[::2].mean()) < 0.1


def test_those_who_stand_out_are_found_and_nearly_nobody_else() -> None:
    theta = np.random.default_rng(3).gamma(8, 1 / 8, 400)
    theta[:10] = 4.0
    standings, peers, _ = compare(agency(400, theta=theta), Level())
    alerts = {one.officer for one in standings if one.alert}
    assert set(range(10)) <= alerts
    assert sum(theta[one] < peers.high for one in alerts) <= 0.1 * len(alerts) + 1


def test_too_little_exposure_never_alerts_whatever_the_count() -> None:
    counts = agency(50)
    few = counts.officer == 7
    counts.events[few], counts.hours[few] = 5.0, 0.01
    standings, _, _ = compare(counts, Level(minimum_hours=1.0))
    assert (standings[7].enough, standings[7].alert) == (False, False)


def test_an_officer_without_exposure_is_listed_with_nothing_to_say() -> None:
    standings, peers, _ = compare(agency(20), Level(), officers=22)
    silent = standings[21]
    assert (silent.hours, silent.events, silent.enough, silent.alert) == (0, 0, False, False)
    assert silent.ratio == pytest.approx(peers.shape / peers.rate)


def test_little_speech_is_drawn_to_the_peers_and_much_stands_for_itself() -> None:
    theta = np.random.default_rng(5).gamma(4, 1 / 4, 100)
    counts = agency(100, theta=theta)
    little = counts.officer == 0
    counts.events[little], counts.hours[little] = 0.0, 0.05
    much = counts.officer == 2
    counts.events[much] = 0.0
    standings, _, _ = compare(counts, Level())
    assert standings[0].ratio > 0.5 > standings[2].ratio
    assert standings[0].high - standings[0].low > standings[2].high - standings[2].low


def test_the_spread_of_the_peers_is_recovered() -> None:
    rng = np.random.default_rng(11)
    expected = np.full(5000, 20.0)
    peers = fit(rng.poisson(expected * rng.gamma(4, 1 / 4, 5000)).astype(float), expected, 0.9)
    assert peers.shape == pytest.approx(4, rel=0.1)


@pytest.mark.parametrize("officers", [0, 1, 2])
def test_a_handful_of_officers_or_none_is_no_error(officers: int) -> None:
    standings, _, _ = compare(agency(officers), Level())
    assert len(standings) == officers
    assert not any(one.alert for one in standings)


def test_nothing_heard_at_all_is_no_error() -> None:
    counts = agency(5)
    silent = Counts(counts.officer, counts.month, counts.circumstances, np.zeros(60), np.zeros(60))
    assert adjust(silent).rate == 0
    assert not any(one.alert for one in compare(silent, Level())[0])


def test_a_change_against_the_own_past_is_found_and_a_move_to_a_busier_place_is_none() -> None:
    counts = agency(60, months=36, seed=2)
    moved = (counts.officer == 4) & (counts.month >= 18)
    counts.circumstances[moved, 0] = 1
    rng = np.random.default_rng(9)
    counts.events[moved] = rng.poisson(3 * 0.5 * counts.hours[moved])
    worse = (counts.officer == 6) & (counts.month >= 18)
    counts.events[worse] = rng.poisson(3 * 0.5 * counts.hours[worse])
    _, peers, effects = compare(counts, Level())
    found = changes(counts, effects, peers, months=36, officers=60)
    assert found[6].signalled is not None
    assert 18 <= found[6].signalled <= 21
    assert found[6].since is not None
    assert 15 <= found[6].since <= found[6].signalled
    assert found[4].signalled is None


def test_counts_that_cannot_be_are_refused() -> None:
    good = agency(2)
    with pytest.raises(ValueError, match="negative"):
        Counts(good.officer, good.month, good.circumstances, good.events, -good.hours)
    with pytest.raises(ValueError, match="equally long"):
        Counts(good.officer[:3], good.month, good.circumstances, good.events, good.hours)
