"""A recording's last road over HTTP: categorized, dated, queued, held, released, purged by the real worker; its tombstone.

Time passes by making rows older, never by telling a running part another time.
"""

import uuid
from pathlib import Path

import sqlalchemy as sa

from app.core import ledger, outbox
from app.core.clock import now
from app.core.db import session, transaction
from app.core.permissions import Role
from samples.browser import await_value
from tests.journeys.station import TestStation

WHY = "Asked for by the county attorney."


def older(station: TestStation, table: str, evidence: str, **columns: int) -> None:
    """Moves times of the item's row in `table` into the past, by days."""
    key = "id" if table == "evidence" else "evidence_id"
    moved = ", ".join(f"{name} = {name} - make_interval(days => {days})" for name, days in columns.items())
    with station.database(), transaction() as current:
        current.execute(sa.text(f"UPDATE {table} SET {moved} WHERE {key} = :one"), {"one": evidence})


def judged(station: TestStation) -> None:
    """The hourly task, asked for through outbox, relay and worker; it has ended when this returns."""
    begun = now()
    with station.database(), transaction():
        outbox.enqueue("judge_retention")
    ended = "SELECT count(*) FROM watch WHERE name = 'hourly run of retention' AND held_at >= :begun"
    await_value(lambda: station.count(ended, begun=begun), bool, seconds=180)


def queued(station: TestStation, evidence: str) -> int:
    return station.count("SELECT count(*) FROM purge_queue WHERE evidence_id = :one", one=evidence)


def test_from_category_to_tombstone(station: TestStation, tmp_path: Path) -> None:
    """R2, R3: nothing goes without its rule on record, and a hold in the seven days stops it."""
    officer, sergeant = station.person(), station.person(Role.SUPERVISOR)
    clerk = station.browser(station.person(Role.RECORDS))
    code = f"journey-{uuid.uuid4().hex[:8]}"
    clerk.submit(
        "/retention/categories/new",
        name="Journey",
        code=code,
        days="60",
        counts_from="recorded",
        reason="For this journey.",
    )
    note = tmp_path / "note.txt"
    note.write_text(f"Found wallet. {uuid.uuid4()}\n")
    incident, phone, browser = station.incident(officer), station.phone(officer), station.browser(officer)
    status = phone.await_seal(phone.send(note, incident=incident, title="Note"))
    evidence = str(status["url"]).rsplit("/", 1)[-1]
    page = f"/evidence/{evidence}"
    assert "kept until somebody says what kind" in browser.get(page)
    browser.submit(f"{page}/categories", categories=code)
    assert "60 days from recording" in browser.get(page)
    browser.submit(f"/incidents/{incident}", action="/close")

    older(station, "evidence", evidence, recorded_at=100, received_at=100)
    judged(station)
    await_value(lambda: queued(station, evidence), bool, seconds=180)
    assert "waits to be deleted" in clerk.get("/")
    assert "It will be destroyed on" in browser.get(page)

    older(station, "purge_queue", evidence, queued_at=8, purge_at=8)
    clerk.submit(f"{page}/holds", reason="litigation", reference="CV-26-77")
    judged(station)
    assert queued(station, evidence) == 0
    assert browser.http.get(f"{station.address}{page}/original", timeout=60).content == note.read_bytes()
    with station.database():
        hold = session().scalar(sa.text("SELECT id FROM evidence_hold WHERE evidence_id = :one"), {"one": evidence})
    station.browser(sergeant).submit(f"/holds/{hold}/release", reason=WHY)

    judged(station)
    await_value(lambda: queued(station, evidence), bool, seconds=180)
    older(station, "purge_queue", evidence, queued_at=8, purge_at=8)
    judged(station)
    over = "SELECT count(*) FROM ledger_event WHERE subject_id = :one AND act = 'evidence:item:destroy'"
    await_value(lambda: station.count(over, one=evidence), bool, seconds=180)

    tombstone = browser.get(page)
    assert "“Journey”, version 1" in tombstone
    assert str(status["sha256"]) in tombstone
    assert browser.http.get(f"{station.address}{page}/original", timeout=60).status_code == 410
    assert not list(station.station.settings.objects.rglob(str(status["sha256"])))
    assert station.count("SELECT count(*) FROM object_key WHERE sha256 = :one", one=str(status["sha256"])) == 0
    with station.database():
        assert list(ledger.faults()) == []
