"""The ledger is append-only, chained, and tells what was done to it."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import ledger, watches
from app.core.actor import machine
from app.core.db import close_session, session, transaction
from app.core.errors import Unrecorded
from app.core.ledger import probe, publishing

ACTOR = machine("test")


def _events(number: int) -> None:
    for index in range(number):
        with transaction():
            ledger.record("core:thing:done", actor=ACTOR, subject_kind="thing", subject_id=index, note=index)


def _tamper(app: Flask, statement: str) -> None:
    """What somebody with the database's keys could do, past the triggers."""
    with transaction() as current:
        current.execute(sa.text("SET LOCAL session_replication_role = replica"))
        current.execute(sa.text(statement))
    close_session()


def test_an_unbroken_chain_has_no_faults(app: Flask) -> None:
    _events(5)
    assert list(ledger.faults()) == []
    assert ledger.head()[0] == 5


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_event SET actor_label = 'nobody' WHERE seq = 2",
        "DELETE FROM ledger_event WHERE seq = 2",
        "TRUNCATE ledger_event",
    ],
)
def test_the_database_itself_refuses_change(app: Flask, statement: str) -> None:
    """C19, R2: no code path and no plain SQL can edit or remove an event."""
    _events(3)
    with pytest.raises(sa.exc.ProgrammingError, match="kept as written"), transaction() as current:
        current.execute(sa.text(statement))
    assert ledger.head()[0] == 3


@pytest.mark.parametrize(
    ("statement", "seq"),
    [
        ("UPDATE ledger_event SET actor_label = 'nobody' WHERE seq = 3", 3),
        ("UPDATE ledger_event SET details = '{}' WHERE seq = 2", 2),
        ("UPDATE ledger_event SET at = at - interval '1 day' WHERE seq = 4", 4),
        ("DELETE FROM ledger_event WHERE seq = 3", 3),
        ("UPDATE ledger_event SET seq = CASE seq WHEN 2 THEN 3 ELSE 2 END WHERE seq IN (2, 3)", 2),
    ],
)
def test_c19_tampering_past_the_triggers_is_named(app: Flask, statement: str, seq: int) -> None:
    _events(5)
    if "CASE" in statement:
        _tamper(app, "UPDATE ledger_event SET seq = -seq WHERE seq IN (2, 3)")
        _tamper(app, "UPDATE ledger_event SET seq = CASE seq WHEN -2 THEN 3 ELSE 2 END WHERE seq < 0")
    else:
        _tamper(app, statement)
    assert seq in [fault.seq for fault in ledger.faults()]


def test_a_cut_tail_shows_against_a_noted_head(app: Flask) -> None:
    _events(5)
    noted = ledger.head()
    _tamper(app, "DELETE FROM ledger_event WHERE seq = 5")
    assert ledger.head() != noted


def test_c16_what_cannot_be_recorded_does_not_happen(app: Flask) -> None:
    """Act and event are one transaction: when the event is refused, the act is undone."""
    with pytest.raises(Unrecorded), transaction() as current:
        current.execute(sa.text("INSERT INTO unit (id, name) VALUES (gen_random_uuid(), 'Ghost')"))
        ledger.record("core:thing:done", actor=ACTOR, subject_kind="k" * 100, subject_id=1)
    assert session().execute(sa.text("SELECT count(*) FROM unit WHERE name = 'Ghost'")).scalar() == 0
    assert [one.name for one in watches.alarms()] == ["ledger writing"]
    assert probe.writable(fresh_for=timedelta())
    session().rollback()
    assert watches.alarms() == []


def test_c18_times_are_utc_to_the_hundredth(app: Flask) -> None:
    with transaction():
        event = ledger.record("core:thing:done", actor=ACTOR, subject_kind="thing", subject_id=1)
    assert event.at.utcoffset() is not None
    assert event.at.microsecond % 10_000 == 0


def test_writers_side_by_side_leave_one_chain(app: Flask) -> None:
    def write() -> None:
        _events(10)
        close_session()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.head()[0] == 40
    assert list(ledger.faults()) == []


def test_c19_the_daily_walk_alarms_and_is_itself_an_event(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    _events(3)
    assert publishing.verify(actor=ACTOR) == []
    assert watches.alarms() == []
    _tamper(app, "UPDATE ledger_event SET actor_label = 'nobody' WHERE seq = 2")
    assert publishing.verify(actor=ACTOR)[0].seq == 2
    assert "LEDGER FAULT at event 2: event 2 was changed after it was written" in caplog.text
    assert [(one.name, one.failures) for one in watches.alarms()] == [("ledger verified", 1)]
    last = session().scalars(sa.select(ledger.Event).order_by(ledger.Event.seq.desc())).first()
    assert last is not None
    assert (last.act, last.outcome, last.details["events"][0]) == ("ledger:chain:verify", "failed", 2)
