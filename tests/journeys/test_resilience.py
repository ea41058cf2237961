"""Whatever dies in the middle, the road ends, and every result stands once."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.analysis.models import StepState
from app.core import ledger
from samples.browser import await_value
from tests.journeys.station import TestStation

HURTS: dict[str, Callable[[TestStation], None]] = {
    "the hearing worker is killed": lambda station: station.kill("worker-hearing"),
    "the seeing worker is killed": lambda station: station.kill("worker-seeing"),
    "Redis is restarted": lambda station: station.restart_redis(),
    "PostgreSQL crashes and recovers": lambda station: station.restart_postgres(),
}


@pytest.mark.parametrize("hurt", list(HURTS))
def test_the_road_ends_although(station: TestStation, brief: Path, hurt: str) -> None:
    officer = station.person()
    phone = station.phone(officer)
    upload = phone.send(brief, incident=station.incident(officer), title=hurt)
    evidence = str(phone.await_seal(upload)["url"]).rsplit("/", 1)[-1]
    await_value(
        lambda: station.steps(evidence),
        lambda steps: steps and steps["transcribe"].state is StepState.RUNNING and steps["transcribe"].progress > 0.1,
        seconds=180,
        pause=0.2,
    )
    HURTS[hurt](station)
    time.sleep(0.5)
    steps = station.await_steps(evidence, seconds=120)
    assert {name: step.state for name, step in steps.items()} == dict.fromkeys(steps, StepState.DONE)
    for table in ("transcript", "exposure"):
        assert station.count(f"SELECT count(*) FROM {table} WHERE evidence_id = :one", one=evidence) == 1
    drafts = "SELECT count(*) FROM draft JOIN step ON step.id = draft.step_id WHERE step.evidence_id = :one"
    assert station.count(drafts, one=evidence) == 1
    with station.database():
        assert list(ledger.faults()) == []
