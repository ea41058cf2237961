"""What becomes of an item: sealed once, quarantined with a reason, duplicates named, copies noted, never forgotten."""

import hashlib
import os
import threading
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.clock import now
from app.core.db import close_session, session, transaction
from app.core.errors import Conflict
from app.core.ledger import Event
from app.core.outbox import Job
from app.core.permissions import Role
from app.evidence import queries, receiving, service
from app.evidence.models import Evidence, EvidenceState, MediaKind, Upload
from app.incidents.models import Incident
from tests.app.evidence.sending import INTAKE, Phone, acts, an_incident, sealed, with_copy
from tests.people import People, actor_for


def seal(item: Evidence, sha256: str = "a" * 64) -> Evidence:
    with transaction():
        return service.seal(
            session().get_one(Evidence, item.id),
            sha256=sha256,
            size=item.size,
            media_kind=MediaKind.AUDIO,
            media_type="audio/mpeg",
            duration_s=1.0,
            facts={"codec": "mp3"},
            storage_key=f"originals/aa/{sha256}",
            actor=INTAKE,
        )


def test_an_item_is_sealed_once(phone: Phone, incident: Incident) -> None:
    item = seal(phone.send(incident, b"content"))
    assert (item.state, item.sha256, item.facts) == (EvidenceState.SEALED, "a" * 64, {"codec": "mp3"})
    assert item.sealed_at is not None
    with pytest.raises(Conflict):
        seal(item, "b" * 64)
    with pytest.raises(Conflict), transaction():
        service.quarantine(session().get_one(Evidence, item.id), reason="late", actor=INTAKE)
    assert session().get_one(Evidence, item.id, populate_existing=True).sha256 == "a" * 64
    assert acts() == ["evidence:item:receive", "evidence:item:seal"]


def test_e1_what_does_not_agree_is_quarantined_and_stays_so(phone: Phone, incident: Incident) -> None:
    """E1: a mismatch is never silent, and a quarantined item never becomes evidence."""
    item = phone.send(incident, b"content", sha256="f" * 64)
    with transaction():
        service.quarantine(session().get_one(Evidence, item.id), reason="x" * 500, sha256="e" * 64, actor=INTAKE)
    kept = session().get_one(Evidence, item.id, populate_existing=True)
    assert (kept.state, len(kept.reason), kept.sha256) == (EvidenceState.QUARANTINED, 400, "e" * 64)
    with pytest.raises(Conflict):
        seal(item)
    event = session().scalars(sa.select(Event).where(Event.act == "evidence:item:quarantine")).one()
    assert (event.outcome, event.details["claimed_sha256"]) == ("refused", "f" * 64)


def test_the_same_content_in_the_same_incident_is_a_duplicate(phone: Phone, incident: Incident) -> None:
    first = seal(phone.send(incident, b"content"))
    second = seal(phone.send(incident, b"content"))
    third = seal(phone.send(incident, b"content"))
    elsewhere = seal(phone.send(an_incident(phone.officer), b"content"))
    other = seal(phone.send(incident, b"other"), "b" * 64)
    assert (first.duplicate_of, elsewhere.duplicate_of, other.duplicate_of) == (None, None, None)
    assert (second.duplicate_of, third.duplicate_of) == (first.id, first.id)


def test_of_two_sealed_at_once_one_is_the_first(phone: Phone, incident: Incident) -> None:
    items = [phone.send(incident, b"content") for _ in range(4)]
    together = threading.Barrier(4)

    def in_a_thread(item: Evidence) -> None:
        together.wait()
        seal(item)
        close_session()

    threads = [threading.Thread(target=in_a_thread, args=(item,)) for item in items]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session().rollback()
    found = session().scalars(sa.select(Evidence.duplicate_of)).all()
    assert sum(one is None for one in found) == 1


def test_e3_a_working_copy_names_its_parent_tool_and_parameters(app: Flask, phone: Phone, incident: Incident) -> None:
    """E3: parent hash, tool, version, parameters, maker; the same copy made twice is one."""
    item = sealed(app, phone.send(incident, b"content"))
    for _ in range(2):
        with_copy(app, item, "proxy", b"proxy", "video/mp4", "mp4")
    (made,) = queries.visible_evidence(actor_for(phone.officer), item.id).renditions
    assert made.parent_sha256 == hashlib.sha256(b"content").hexdigest()
    assert (made.tool, made.version, made.parameters) == ("PyAV", "14", {"height": 720})
    event = session().scalars(sa.select(Event).where(Event.act == "evidence:rendition:derive")).one()
    assert (event.actor_label, event.details["parent_sha256"]) == ("machine:renditions", made.parent_sha256)


def test_nothing_is_made_from_what_is_not_sealed(app: Flask, phone: Phone, incident: Incident) -> None:
    item = phone.send(incident, b"content")
    with pytest.raises(Conflict):
        with_copy(app, item, "proxy", b"proxy", "video/mp4", "mp4")


def test_an_intake_that_never_ended_is_asked_for_again(phone: Phone, incident: Incident) -> None:
    """The job was lost with its broker, or its worker died: the item does not stay received for ever."""
    item = phone.send(incident, b"content")
    with transaction():
        assert service.come_back(older_than=timedelta(minutes=10)) == 0
        session().get_one(Evidence, item.id).received_at = now() - timedelta(minutes=20)
        session().execute(sa.update(Job).values(created_at=now() - timedelta(minutes=20)))
    with transaction():
        assert service.come_back(older_than=timedelta(minutes=10)) == 1
    with transaction():
        assert service.come_back(older_than=timedelta(minutes=10)) == 0
    jobs = session().scalars(sa.select(Job).where(Job.task == "intake").order_by(Job.id)).all()
    assert [job.arguments for job in jobs] == [{"evidence_id": str(item.id)}] * 2


def test_landing_files_are_removed_only_when_nothing_needs_them(app: Flask, phone: Phone, incident: Incident) -> None:
    intake = app.config["SETTINGS"].intake
    waiting, done = phone.send(incident, b"waiting"), sealed(app, phone.send(incident, b"done"))
    open_one = phone.open(incident, 10).rpartition("/")[2]
    phone.patch(f"/api/v1/uploads/{open_one}", 0, b"12345")
    (intake / "not-ours.txt").write_text("kept")
    for path in intake.iterdir():
        os.utime(path, (time.time() - 2 * receiving.STRAY_AFTER_S,) * 2)
    with transaction():
        receiving.expire_uploads(intake, actor=INTAKE)
    left = {path.name for path in intake.iterdir()}
    assert left == {str(waiting.upload_id), open_one, "not-ours.txt"}
    assert str(done.upload_id) not in left


def test_an_incident_s_items_come_in_the_order_they_were_recorded(phone: Phone, incident: Incident) -> None:
    late = phone.send(incident, b"1", recorded_at="2026-11-24T03:00:00Z")
    early = phone.send(incident, b"2", recorded_at="2026-11-24T01:00:00Z")
    unknown = phone.send(incident, b"3")
    found = [item.id for item in queries.of_incident(incident.id)]
    assert set(found) == {late.id, early.id, unknown.id}
    assert found.index(early.id) < found.index(late.id)


def test_what_waits_is_shown_to_who_may_see_it(app: Flask, phone: Phone, incident: Incident, people: People) -> None:
    waiting = phone.send(incident, b"1")
    bad = phone.send(incident, b"2")
    with transaction():
        service.quarantine(session().get_one(Evidence, bad.id), reason="empty", actor=INTAKE)
    half = phone.open(incident, 10)
    officer, stranger = actor_for(phone.officer), actor_for(people.one())
    supervisor = actor_for(people.one(Role.SUPERVISOR))
    assert [item.id for item in queries.awaiting_intake(officer)] == [waiting.id]
    assert [item.id for item in queries.quarantined(supervisor)] == [bad.id]
    assert [str(upload.id) for upload in queries.unfinished_uploads(officer)] == [half.rpartition("/")[2]]
    assert queries.awaiting_intake(stranger) == queries.quarantined(stranger) == []
    assert queries.unfinished_uploads(supervisor) == []


@pytest.mark.parametrize(
    ("offset_s", "words", "doubt"),
    [
        (0.4, "agreed with the server", False),
        (-2.54, "2.5 s behind", False),
        (59.9, "59.9 s ahead of", False),
        (60, "1 min ahead of", True),
        (-5400, "1 h 30 min behind", True),
        (3 * 86400 + 3600, "3 days 1 h ahead of", True),
    ],
)
def test_e9_a_phone_s_clock_that_was_far_off_is_said_on_the_page(
    app: Flask, phone: Phone, incident: Incident, offset_s: float, words: str, doubt: bool
) -> None:
    """E9: every offset is among the facts, a large one is a notice of its own."""
    item = sealed(app, phone.send(incident, b"content"))
    with transaction():
        session().get_one(Upload, item.upload_id).clock_offset_s = offset_s
    page = phone.get(f"/evidence/{item.id}").get_data(as_text=True)
    assert words in page
    assert ("clock was off" in page.replace("&#39;", "'")) is doubt
