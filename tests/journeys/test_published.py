"""The running station signs its ledger by itself and lays the checkpoint out where anyone can fetch it."""

import time

import requests
from celery import Celery

from app.core.verifier import Checkpoint, Key
from tests.journeys.station import TestStation


def test_checkpoints_come_by_the_clock(station: TestStation) -> None:
    """Beat, worker, database and portal, all real: what is published is what is served, and covers what happened."""
    station.person()
    happened = station.count("SELECT count(*) FROM ledger_event")
    key = Key.read(requests.get(f"{station.address}/api/v1/key", timeout=60).text)
    until, size = time.monotonic() + 90, 0
    while size < happened and time.monotonic() < until:
        time.sleep(1)
        answer = requests.get(f"{station.address}/api/v1/checkpoint", timeout=60)
        size = Checkpoint.read(answer.text, key).size if answer.ok else 0
    assert size >= happened
    published = station.station.settings.published
    assert Checkpoint.read((published / "checkpoint").read_text(), key).size >= size
    assert (published / f"{size}.note").exists()


def test_the_daily_walk_and_the_weekly_digest_run_in_a_worker(station: TestStation) -> None:
    """Sent by their names, as the clock sends them."""
    station.person()
    broker = Celery(broker=station.station.broker_url)
    for task in ("verify_ledger", "tell_the_week"):
        broker.send_task(task, queue="default")
    walked = (
        "SELECT count(*) FROM watch WHERE name = 'ledger verified' AND held_at IS NOT NULL AND failing_since IS NULL"
    )
    until = time.monotonic() + 90
    while not station.count(walked) and time.monotonic() < until:
        time.sleep(0.5)
    assert station.count(walked) == 1
    broker.close()
