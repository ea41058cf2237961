"""Two hundred kills, or twenty: no byte, item or event is lost or double, and little is sent twice."""

import os
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from app import embedded
from samples.browser import await_value
from tests.conftest import nobody
from tests.journeys.fire import MIB, Toll, faults, lost, made, swept, under_fire
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


def test_a_worker_that_dies_between_keeping_and_committing_is_made_good(station: TestStation, tmp_path: Path) -> None:
    """The object lies under its hash, no row names it: intake runs again and takes it up, and seals once."""
    officer = station.person()
    phone, incident = station.phone(officer), station.incident(officer)
    path, sha256 = made(tmp_path / "one.zip", 3 * MIB, seed=int(time.time()))
    kept = station.station.settings.objects / "originals" / sha256[:2] / sha256
    address = station.station.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address) as held:  # sealing waits for the incident's row; receiving does not
        held.execute("SELECT id FROM incident WHERE id = %s FOR NO KEY UPDATE", (incident,))
        upload = phone.send(path, incident=incident, title="One")
        await_value(kept.exists, bool, seconds=180)
        station.kill("worker-default")
        held.rollback()
    assert phone.await_seal(upload, seconds=120)["state"] == "sealed"
    assert lost(station, [(path, sha256)]) == 0
    assert faults(station, incident, 1) == []
    assert swept(station, incident) == []


def test_the_watch_starts_again_what_was_killed(station: TestStation, capsys: pytest.CaptureFixture[str]) -> None:
    """Children, and the embedded Redis and PostgreSQL: nobody else would."""
    parts, redis = station.station, station.station.redis
    assert redis is not None
    assert redis._process is not None
    before = parts.children["relay"].pid
    redis._process.kill()
    parts.children["relay"].kill()
    redis._process.wait(timeout=60)
    parts.children["relay"].wait(timeout=60)
    pid = int((parts.settings.home / "postgres" / "postmaster.pid").read_text().split()[0])
    psutil.Process(pid).kill()
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=60)
    parts.look_after()
    await_value(lambda: parts.look_after() or station.count("SELECT 1"), lambda one: one == 1, seconds=180)
    assert redis.answers()
    assert parts.children["relay"].pid != before
    said = capsys.readouterr().out
    assert all(f"{name} ended" in said for name in ("relay", "Redis", "PostgreSQL"))


def test_a_database_that_is_away_is_said_so_and_soon_is_another_try(station: TestStation) -> None:
    phone = station.phone(station.person())
    embedded.stop_database(station.station.settings.home, mode="immediate")
    try:
        answer = phone.http.get(f"{station.address}/api/v1/uploads/{nobody()}/status", timeout=60)
    finally:
        embedded.database_url(station.station.settings.home)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert answer.json()["remedy"] == "Try again in a few seconds."
    again = phone.http.get(f"{station.address}/api/v1/uploads/{nobody()}/status", timeout=60)
    assert again.status_code == 404


def unharmed(toll: Toll, *, kills: int) -> None:
    """Nothing is lost or double, and no kill made a phone send more than a chunk again."""
    assert toll.faults == []
    assert toll.bytes_lost == 0
    assert (toll.kills, toll.items) == (kills, 41)
    assert toll.resent_most <= 1
