"""Two hundred kills, or twenty: no byte, item or event is lost or double, and little is sent twice."""

import os
from pathlib import Path

import pytest

from tests.journeys.fire import MIB, Toll, under_fire
from tests.journeys.station import TestStation

FULL = os.environ.get("BLOTTER_UNDER_FIRE") == "full"


def test_twenty_kills_cost_nothing(station: TestStation, tmp_path: Path) -> None:
    unharmed(under_fire(station, tmp_path, kills=20, size=60 * MIB, chunk=2 * MIB, seed=7), kills=20)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.skipif(
    not FULL, reason="200 kills and 2 GB take many minutes: BLOTTER_UNDER_FIRE=full, or the bench `vault`"
)
def test_two_hundred_kills_cost_nothing(station: TestStation, tmp_path: Path) -> None:
    unharmed(under_fire(station, tmp_path, kills=200, size=2048 * MIB, chunk=8 * MIB, seed=11, say=print), kills=200)


def unharmed(toll: Toll, *, kills: int) -> None:
    """Nothing is lost or double, and no kill made a phone send more than a chunk again."""
    assert toll.faults == []
    assert toll.bytes_lost == 0
    assert (toll.kills, toll.items) == (kills, 41)
    assert toll.resent_most <= 1
