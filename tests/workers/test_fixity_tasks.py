"""What the back room does for fixity: rounds by the clock, copies to the replica, working copies made anew; a second hash."""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Officer
from app.analysis.models import Step, StepState
from app.analysis.service import current_steps
from app.config import Settings
from app.config import settings as current_settings
from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.outbox import Job
from app.evidence.models import Evidence, FixityState, StoredObject
from tests.app.evidence.sending import Phone, an_incident, sealed, with_copy
from tests.people import People, signed_in

TaskRoom = Callable[[str], ModuleType]


@pytest.fixture
def officer(people: People) -> Officer:
    return people.one()


@pytest.fixture
def received(app: Flask, officer: Officer) -> Evidence:
    """A document that arrived."""
    return Phone(app, officer).send(an_incident(officer), b"%PDF-1.4 a page\n%%EOF", filename="note.pdf")


def jobs(task: str) -> int:
    return session().scalar(sa.select(sa.func.count()).where(Job.task == task)) or 0


@pytest.mark.parametrize(
    ("second", "name", "shown"),
    [("sha512", "sha512", "SHA-512"), ("blake2b", "blake2b", "BLAKE2b"), ("sha3-256", "sha3_256", "SHA3-256")],
)
def test_e8_a_second_hash_is_computed_in_the_same_read_kept_and_shown(
    app: Flask,
    task_room: TaskRoom,
    received: Evidence,
    officer: Officer,
    second: str,
    name: str,
    shown: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """E8: with the item, in the event, on the page."""
    monkeypatch.setenv("BLOTTER_SECOND_HASH", second)
    current_settings.cache_clear()
    content = (current_settings().intake / str(received.upload_id)).read_bytes()
    task_room("intake").intake(str(received.id))
    item = session().get_one(Evidence, received.id, populate_existing=True)
    digest = hashlib.new(name, content).hexdigest()
    assert item.second_hash == f"{second}:{digest}"
    event = session().scalars(sa.select(Event).where(Event.act == "evidence:item:seal")).one()
    assert event.details["second_hash"] == item.second_hash
    page = signed_in(app, officer).get(f"/evidence/{item.id}").get_data(as_text=True)
    assert digest in page
    assert f"The server&#39;s {shown}" in page


def test_e8_none_is_computed_unless_it_is_asked_for(task_room: TaskRoom, received: Evidence) -> None:
    task_room("intake").intake(str(received.id))
    item = session().get_one(Evidence, received.id, populate_existing=True)
    assert (item.second_hash, item.sha256 != "") == ("", True)
    event = session().scalars(sa.select(Event).where(Event.act == "evidence:item:seal")).one()
    assert "second_hash" not in event.details
    assert jobs("replicate") == 0


def test_what_is_sealed_is_copied_to_the_replica(
    task_room: TaskRoom, received: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv("BLOTTER_REPLICA_DIR", str(tmp_path / "elsewhere"))
    current_settings.cache_clear()
    task_room("intake").intake(str(received.id))
    assert jobs("replicate") == 1
    task_room("fixity").replicate()
    key = session().get_one(Evidence, received.id).storage_key
    assert (tmp_path / "elsewhere" / key).read_bytes() == (settings.objects / key).read_bytes()
    assert session().get_one(StoredObject, key).replicated_at is not None


def test_the_clock_s_round_leaves_one_event_and_none_when_there_was_nothing_to_do(
    task_room: TaskRoom, received: Evidence
) -> None:
    task_room("intake").intake(str(received.id))
    for _ in range(2):
        task_room("fixity").check_fixity()
    (event,) = session().scalars(sa.select(Event).where(Event.act == "evidence:fixity:round")).all()
    assert (event.outcome, event.details, event.actor_label) == ("done", {"objects": 1, "faults": 0}, "machine:fixity")
    assert session().get_one(Evidence, received.id).fixity is FixityState.SOUND


def test_a_missing_agency_key_is_an_alarm_in_the_log_and_no_crash(
    task_room: TaskRoom, received: Evidence, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    task_room("intake").intake(str(received.id))
    (settings.keys / "agency.key").unlink()
    with caplog.at_level(logging.ERROR, "blotter.fixity"):
        task_room("fixity").check_fixity()
    assert "FIXITY cannot be checked" in caplog.text


def test_damaged_working_copies_are_asked_for_once_whatever_is_known_of_them(
    app: Flask, task_room: TaskRoom, officer: Officer
) -> None:
    """No step yet: planned. One that is over: read again. One under way: left alone."""
    item = sealed(app, Phone(app, officer).send(an_incident(officer), b"a film"))
    with_copy(app, item, "proxy", b"a proxy", "video/mp4", "mp4")
    task_room("fixity").rebuild_renditions(str(item.id))
    (step,) = current_steps(item.id)
    assert (step.name, step.state, step.generation) == ("renditions", StepState.QUEUED, 1)
    task_room("fixity").rebuild_renditions(str(item.id))
    assert [one.generation for one in current_steps(item.id)] == [1]
    with transaction():
        session().get_one(Step, step.id).state = StepState.DONE
    task_room("fixity").rebuild_renditions(str(item.id))
    assert [(one.generation, one.state) for one in current_steps(item.id)] == [(2, StepState.QUEUED)]


def test_upkeep_sweeps_the_plain_copies_of_dead_workers(task_room: TaskRoom, settings: Settings) -> None:
    import os

    left = settings.scratch / "object-dead"
    left.mkdir(parents=True)
    (left / "plain").write_text("plain")
    os.utime(left, (0, 0))
    task_room("upkeep").sweep_scratch()
    assert not left.exists()
