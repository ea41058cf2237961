"""A whole station for the journeys: web, relay, three workers, scheduler, PostgreSQL and Redis, all real."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.station import TestStation, started


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestStation]:
    """One station for all journeys; each makes its own people and incidents."""
    with started(tmp_path_factory.mktemp("station"), port=free_port()) as running:
        yield running


@pytest.fixture(scope="session")
def sample() -> Path:
    """The traffic stop."""
    return Path(__file__).resolve().parents[2] / "samples" / "traffic_stop.mp4"
