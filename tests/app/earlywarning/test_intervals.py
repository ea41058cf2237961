"""Garwood's exact limits of a Poisson mean, against the published table and against their own definition."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.earlywarning.intervals import poisson_limit, rate

# Garwood (1936), 95 %: count, lower limit, upper limit.
TABLE = [
    (0, 0.0, 3.6889),
    (1, 0.0253, 5.5716),
    (2, 0.2422, 7.2247),
    (5, 1.6235, 11.6683),
    (10, 4.7954, 18.3904),
    (50, 37.1110, 65.9188),
]


@pytest.mark.parametrize(("count", "low", "high"), TABLE)
def test_w2_the_published_table(count: int, low: float, high: float) -> None:
    found = rate(count, 1.0)
    assert found.low == pytest.approx(low, abs=1e-4)
    assert found.high == pytest.approx(high, abs=1e-4)
    assert found.per_hour == count


@given(st.integers(1, 400), st.floats(0.01, 5000))
def test_the_limits_surround_the_rate_and_scale_with_the_hours(count: int, hours: float) -> None:
    found, unit = rate(count, hours), rate(count, 1.0)
    assert found.low < found.per_hour < found.high
    assert found.low == pytest.approx(unit.low / hours)


@given(st.integers(0, 200))
def test_more_moments_move_both_limits_up(count: int) -> None:
    assert poisson_limit(count + 1, 0.025, upper=True) > poisson_limit(count, 0.025, upper=True)
    assert poisson_limit(count + 2, 0.025, upper=False) > poisson_limit(count + 1, 0.025, upper=False)


def test_no_exposure_no_rate() -> None:
    assert rate(3, 0.0) == rate(0, -1.0)
    assert rate(3, 0.0).per_hour is None
    assert math.isinf(rate(3, 0.0).high)


def test_large_counts_do_not_overflow() -> None:
    found = rate(5000, 1.0)
    assert found.low == pytest.approx(5000 - 1.96 * math.sqrt(5000), rel=0.01)
