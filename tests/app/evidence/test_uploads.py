"""Recordings arrive by tus 1.0: whole, in pieces, again after a break, and become items with their last byte."""

import base64
import hashlib
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.clock import now
from app.core.db import session, transaction
from app.core.outbox import Job
from app.evidence import receiving
from app.evidence.landing import hold
from app.evidence.models import Evidence, EvidenceState, Upload, UploadState
from app.incidents.models import Incident
from tests.app.evidence.sending import PIECE_TYPE, Phone, acts, metadata


def landed(app: Flask, location: str) -> Path:
    path: Path = app.config["SETTINGS"].intake / location.rpartition("/")[2]
    return path


def upload_of(location: str) -> Upload:
    session().rollback()
    return session().get_one(Upload, uuid.UUID(location.rpartition("/")[2]), populate_existing=True)


def digest(algorithm: str, content: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def test_what_the_server_can_do_is_public(app: Flask) -> None:
    answer = app.test_client().options("/api/v1/uploads")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert "checksum" in answer.headers["Tus-Extension"]
    assert "termination" in answer.headers["Tus-Extension"]
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert int(answer.headers["Tus-Max-Size"]) == app.config["SETTINGS"].upload_max_bytes


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
    job = session().scalars(sa.select(Job)).one()
    assert (job.task, job.queue, job.arguments) == ("intake", "default", {"evidence_id": str(item.id)})
    assert acts("upload") == ["evidence:upload:open"]
    assert acts() == ["evidence:item:receive"]


def test_the_first_bytes_may_come_with_the_creation(phone: Phone, incident: Incident) -> None:
    answer = phone.create(incident, 6, body=b"abc")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "3")
    assert phone.patch(answer.headers["Location"], 3, b"def").status_code == 204
    whole = phone.create(incident, 3, body=b"xyz")
    assert phone.status(whole.headers["Location"])["state"] == "received"


def test_an_empty_file_is_received_at_once(app: Flask, phone: Phone, incident: Incident) -> None:
    location = phone.open(incident, 0, filename="empty.mp4")
    assert phone.status(location)["state"] == "received"
    assert landed(app, location).read_bytes() == b""
    assert session().scalars(sa.select(Job)).one().task == "intake"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_right_checksum_is_taken_and_a_wrong_one_leaves_nothing(
    app: Flask, phone: Phone, incident: Incident, algorithm: str
) -> None:
    location = phone.open(incident, 10)
    assert phone.patch(location, 0, b"right", Upload_Checksum=digest(algorithm, b"right")).status_code == 204
    refused = phone.patch(location, 5, b"wrong", Upload_Checksum=digest(algorithm, b"other"))
    assert refused.status_code == 460
    assert refused.status == "460 Checksum Mismatch"
    assert refused.get_json()["status"] == 460
    assert phone.head(location).headers["Upload-Offset"] == "5"
    assert landed(app, location).read_bytes() == b"right"
    assert phone.patch(location, 5, b"again", Upload_Checksum=digest(algorithm, b"again")).status_code == 204


def test_a_wrong_offset_is_a_conflict_that_says_where_to_go_on(phone: Phone, incident: Incident) -> None:
    location = phone.open(incident, 10)
    phone.patch(location, 0, b"12345")
    for offset in (0, 4, 6, 10):
        refused = phone.patch(location, offset, b"67890")
        assert refused.status_code == 409
        assert "byte 5" in refused.get_json()["detail"]
    assert phone.head(location).headers["Upload-Offset"] == "5"


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


def test_two_requests_at_once_one_waits_its_turn(app: Flask, phone: Phone, incident: Incident) -> None:
    location = phone.open(incident, 10)
    with hold(landed(app, location)):
        assert phone.patch(location, 0, b"12345").status_code == 423
        assert phone.delete(location).status_code == 423
    assert phone.patch(location, 0, b"12345").status_code == 204


def test_an_upload_is_given_up_and_is_gone(app: Flask, phone: Phone, incident: Incident) -> None:
    location = phone.open(incident, 10)
    phone.patch(location, 0, b"12345")
    assert phone.delete(location).status_code == 204
    assert not landed(app, location).exists()
    assert phone.head(location).status_code == 410
    assert "Upload-Offset" not in phone.head(location).headers
    assert phone.patch(location, 5, b"67890").status_code == 410
    assert phone.delete(location).status_code == 410
    assert phone.status(location)["state"] == "terminated"
    assert acts("upload") == ["evidence:upload:open", "evidence:upload:terminate"]


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


def test_networks_that_let_only_post_through(phone: Phone, incident: Incident) -> None:
    location = phone.open(incident, 5)
    sent = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0", "Content-Type": PIECE_TYPE}
    assert phone.client.post(location, headers=phone.headers | sent, data=b"123").headers["Upload-Offset"] == "3"
    assert phone.client.post(location, headers=phone.headers | {"X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert phone.client.post(location, headers=phone.headers).status_code == 405


def test_an_upload_nobody_goes_on_with_runs_out(app: Flask, phone: Phone, incident: Incident) -> None:
    from app.core.actor import machine

    old, fresh, busy = (phone.open(incident, 10) for _ in range(3))
    for location in (old, fresh, busy):
        phone.patch(location, 0, b"12345")
    with transaction():
        for upload in (upload_of(old), upload_of(busy)):
            upload.expires_at = now() - timedelta(seconds=1)
    assert phone.patch(old, 5, b"67890").status_code == 410
    with hold(landed(app, busy)), transaction():
        assert receiving.expire_uploads(app.config["SETTINGS"].intake, actor=machine("upkeep")) == 1
    assert not landed(app, old).exists()
    assert landed(app, busy).exists()
    assert upload_of(old).state is UploadState.TERMINATED
    assert upload_of(fresh).state is UploadState.OPEN
    assert acts("upload")[-1] == "evidence:upload:expire"


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
