"""The running station signs its ledger by itself and lays the checkpoint out where anyone can fetch it."""

import time

import requests

from app.core.verifier import Checkpoint, Key
from tests.journeys.station import TestStation


def test_checkpoints_come_by_the_clock(station: TestStation) -> None:
    """Beat, worker, database and portal, all real: what is published is what is served, and covers what happened."""
    station.person()
    happened = station.count("SELECT count(*) FROM ledger_event")
    key = Key.read(requests.get(f"{station.address}/api/v1/key", timeout=10).text)
    until, size = time.monotonic() + 90, 0
    while size < happened and time.monotonic() < until:
        time.sleep(1)
        answer = requests.get(f"{station.address}/api/v1/checkpoint", timeout=10)
        size = Checkpoint.read(answer.text, key).size if answer.ok else 0
    assert size >= happened
    published = station.station.settings.published
    assert Checkpoint.read((published / "checkpoint").read_text(), key).size >= size
    assert (published / f"{size}.note").exists()
