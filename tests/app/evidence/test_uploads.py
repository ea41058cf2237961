"""Recordings arrive by tus 1.0: whole, in pieces, again after a break, and become items with their last byte."""

import hashlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.clock import now
from app.core.db import session, transaction
from app.core.outbox import Job
from app.evidence.models import Evidence, EvidenceState
from app.incidents.models import Incident
from tests.app.evidence.sending import PIECE_TYPE, Phone, acts, landed, metadata, upload_of


def test_a_recording_arrives_in_pieces_and_becomes_an_item(app: Flask, phone: Phone, incident: Incident) -> None:
    content = b"0123456789" * 1000
    sha256 = hashlib.sha256(content).hexdigest()
    location = phone.open(
        incident,
        len(content),
        filename="stop.mp4",
        title="Stop on Main",
        type="video/mp4",
        sha256=sha256,
        recorded_at="2026-11-24T01:02:03Z",
        client_time=(now() + timedelta(seconds=90)).isoformat(),
    )
    first = phone.patch(location, 0, content[:4000])
    assert (first.status_code, first.headers["Upload-Offset"], first.headers["Tus-Resumable"]) == (204, "4000", "1.0.0")
    assert "GMT" in first.headers["Upload-Expires"]
    head = phone.head(location)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("4000", "10000")
    assert head.headers["Cache-Control"] == "no-store"
    assert "filename c3RvcC5tcDQ=" in head.headers["Upload-Metadata"]
    assert phone.status(location) | {"claimed_sha256": ""} == phone.status(location) | {
        "state": "open",
        "offset": 4000,
        "claimed_sha256": "",
    }
    assert phone.patch(location, 4000, content[4000:]).headers["Upload-Offset"] == "10000"

    item = session().scalars(sa.select(Evidence)).one()
    assert (item.state, item.title, item.original_name) == (EvidenceState.RECEIVED, "Stop on Main", "stop.mp4")
    assert (item.size, item.claimed_sha256, item.officer_id) == (10000, sha256, phone.officer.id)
    assert landed(app, location).read_bytes() == content
    status = phone.status(location)
    assert (status["state"], status["evidence_id"], status["sha256"]) == ("received", str(item.id), "")
    assert status["url"] == f"/evidence/{item.id}"


def test_e9_the_clock_of_the_phone_is_compared(phone: Phone, incident: Incident) -> None:
    """E9: the offset between the phone's clock and the server's is recorded per upload, in seconds, phone minus server."""
    location = phone.open(incident, 10, client_time=(now() + timedelta(seconds=90)).isoformat())
    assert upload_of(location).clock_offset_s == pytest.approx(90, abs=5)


def test_item_event_and_intake_job_are_kept_together(phone: Phone, incident: Incident) -> None:
    item = phone.send(incident, b"content")
    job = session().scalars(sa.select(Job).where(Job.task != "shelve")).one()
    assert (job.task, job.queue, job.arguments) == ("intake", "default", {"evidence_id": str(item.id)})
    assert acts("upload") == ["evidence:upload:open"]
    assert acts() == ["evidence:item:receive"]


def test_an_empty_file_is_received_at_once(app: Flask, phone: Phone, incident: Incident) -> None:
    location = phone.open(incident, 0, filename="empty.mp4")
    assert phone.status(location)["state"] == "received"
    assert landed(app, location).read_bytes() == b""
    assert session().scalars(sa.select(Job).where(Job.task != "shelve")).one().task == "intake"


def test_after_a_crash_the_database_rules(app: Flask, phone: Phone, incident: Incident) -> None:
    location = phone.open(incident, 10)
    phone.patch(location, 0, b"12345")
    with landed(app, location).open("ab") as file:
        file.write(b"never counted")
    assert phone.head(location).headers["Upload-Offset"] == "5"
    assert phone.patch(location, 5, b"67890").status_code == 204
    assert landed(app, location).read_bytes() == b"1234567890"


def test_bytes_the_server_lost_are_never_made_up(app: Flask, phone: Phone, incident: Incident) -> None:
    location = phone.open(incident, 10)
    phone.patch(location, 0, b"12345")
    landed(app, location).unlink()
    assert phone.patch(location, 5, b"67890").status_code == 410
    assert upload_of(location).offset == 5


def test_e2_what_was_received_cannot_be_given_up_or_written_over(app: Flask, phone: Phone, incident: Incident) -> None:
    """E2: attempts through the API to remove or change a received recording."""
    location = phone.open(incident, 5)
    phone.patch(location, 0, b"12345")
    assert phone.delete(location).status_code == 409
    assert phone.patch(location, 0, b"54321").status_code == 409
    assert phone.patch(location, 5, b"6").status_code == 409
    assert landed(app, location).read_bytes() == b"12345"


def test_a_last_piece_whose_answer_was_lost_can_be_asked_about_again(phone: Phone, incident: Incident) -> None:
    location = phone.open(incident, 5)
    phone.patch(location, 0, b"12345")
    assert phone.patch(location, 5, b"").headers["Upload-Offset"] == "5"
    assert phone.head(location).headers["Upload-Offset"] == "5"
    assert len(session().scalars(sa.select(Evidence)).all()) == 1


def test_a_token_revoked_in_the_middle_stops_the_upload_and_a_fresh_one_goes_on(
    phone: Phone, incident: Incident
) -> None:
    from app.accounts import service as accounts
    from tests.people import actor_for

    location = phone.open(incident, 10)
    assert phone.patch(location, 0, b"12345").status_code == 204
    with transaction():
        accounts.revoke_token(session().merge(phone.token), actor=actor_for(phone.officer))
    assert phone.patch(location, 5, b"67890").status_code == 401
    assert phone.head(location).status_code == 401
    phone.fresh_token()
    assert phone.head(location).headers["Upload-Offset"] == "5"
    assert phone.patch(location, 5, b"67890").status_code == 204
    assert phone.status(location)["state"] == "received"


def test_a_browser_needs_the_csrf_token_a_bearer_does_not(app: Flask, phone: Phone, incident: Incident) -> None:
    from tests.people import csrf_token, signed_in

    browser = signed_in(app, phone.officer)
    sent = {"Tus-Resumable": "1.0.0", "Upload-Length": "5", "Upload-Metadata": metadata(incident=str(incident.id))}
    assert browser.post("/api/v1/uploads", headers=sent).status_code == 400
    token = csrf_token(browser, "/phone")
    created = browser.post("/api/v1/uploads", headers=sent | {"X-CSRFToken": token})
    assert created.status_code == 201
    piece = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": PIECE_TYPE}
    assert browser.patch(created.headers["Location"], headers=piece, data=b"12345").status_code == 400
    taken = browser.patch(created.headers["Location"], headers=piece | {"X-CSRFToken": token}, data=b"12345")
    assert taken.status_code == 204
