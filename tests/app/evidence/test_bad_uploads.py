"""What must not get in, and how it is refused: nothing half-kept, and a reason a person can act on."""

import base64
import hashlib
import io
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.serving import make_server

from app.core.db import session, transaction
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.incidents import service as incidents
from app.incidents.models import Incident
from tests.app.evidence.sending import PIECE_TYPE, Phone, an_incident, landed, metadata, refused, uploads
from tests.conftest import nobody
from tests.people import People, actor_for


def test_without_a_sign_in_nothing_is_taken(app: Flask, incident: Incident) -> None:
    stranger = app.test_client()
    sent = {"Tus-Resumable": "1.0.0", "Upload-Length": "5", "Upload-Metadata": metadata(incident=str(incident.id))}
    assert stranger.post("/api/v1/uploads", headers=sent).status_code in (400, 401)  # the CSRF guard may stand before
    assert stranger.post("/api/v1/uploads", headers=sent | {"Authorization": "Bearer nonsense"}).status_code == 401
    assert uploads() == 0


def test_a_file_larger_than_the_disk(phone: Phone, incident: Incident) -> None:
    phone.app.config["SETTINGS"].upload_max_bytes = 10**17
    refused(phone.create(incident, 10**16), 507, "room", "Keep the recording")
    assert uploads() == 0


def test_a_request_over_the_limit_is_told_what_to_do(phone: Phone, incident: Incident) -> None:
    phone.app.config["SETTINGS"].upload_chunk_max_bytes = 1000
    phone.app.config["MAX_CONTENT_LENGTH"] = 1000
    location = phone.open(incident, 5000)
    refused(phone.patch(location, 0, b"x" * 1001), 413, "1000", "several PATCH")
    assert phone.patch(location, 0, b"x" * 1000).status_code == 204
    assert phone.head(location).headers["Upload-Offset"] == "1000"


def test_a_browser_s_request_over_the_limit_is_told_what_to_do_too(
    app: Flask, phone: Phone, incident: Incident
) -> None:
    from tests.people import csrf_token, signed_in

    browser = signed_in(app, phone.officer)
    token = csrf_token(browser, "/phone")
    location = phone.open(incident, 5000)
    app.config["SETTINGS"].upload_chunk_max_bytes = 1000
    app.config["MAX_CONTENT_LENGTH"] = 1000
    sent = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": PIECE_TYPE, "X-CSRFToken": token}
    refused(browser.patch(location, headers=sent, data=b"x" * 1001), 413, "1000", "several PATCH")


def test_more_bytes_than_announced(phone: Phone, incident: Incident) -> None:
    location = phone.open(incident, 5)
    refused(phone.patch(location, 0, b"123456"), 413, "5 bytes")
    assert phone.head(location).headers["Upload-Offset"] == "0"


def test_somebody_else_s_upload_is_not_there(app: Flask, phone: Phone, incident: Incident, people: People) -> None:
    location = phone.open(incident, 5)
    other = Phone(app, people.one())
    supervisor = Phone(app, people.one(Role.SUPERVISOR))
    for stranger in (other, supervisor):
        assert stranger.head(location).status_code == 404
        refused(stranger.patch(location, 0, b"12345"), 404)
        refused(stranger.delete(location), 404)
        assert stranger.get(f"{location}/status").status_code == 404
    assert phone.head(location).headers["Upload-Offset"] == "0"
    assert phone.head(f"/api/v1/uploads/{nobody()}").status_code == 404
    assert phone.head("/api/v1/uploads/../../etc/passwd").status_code == 404


def test_an_upload_to_an_incident_one_cannot_see(app: Flask, phone: Phone, people: People) -> None:
    theirs = an_incident(people.one())
    refused(phone.create(theirs, 5), 404, "incident")
    refused(phone.create(nobody(), 5), 404, "incident")
    assert uploads() == 0


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.INTERNAL_AFFAIRS, Role.RECORDS])
def test_roles_that_add_no_evidence(app: Flask, phone: Phone, incident: Incident, people: People, role: Role) -> None:
    refused(Phone(app, people.one(role)).create(incident, 5), 403, "role")
    assert uploads() == 0


def test_a_closed_incident_takes_nothing_new_but_what_was_begun(phone: Phone, incident: Incident) -> None:
    begun = phone.open(incident, 5)
    with transaction():
        incidents.close(session().get_one(Incident, incident.id), actor=actor_for(phone.officer))
    refused(phone.create(incident, 5), 409, "closed", "Reopen")
    assert phone.patch(begun, 0, b"12345").status_code == 204
    assert phone.status(begun)["state"] == "received"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../../etc/cron.d/evil.mp4", "../../../etc/cron.d/evil.mp4"),
        ("..\\..\\windows\\x.mp4", "..\\..\\windows\\x.mp4"),
        ("/etc/passwd", "/etc/passwd"),
        ("x" * 300 + ".mp4", "x" * 251 + ".mp4"),
        ("تسجيل الشرطة.mp4", "تسجيل الشرطة.mp4"),
        ("警察の映像.mp4", "警察の映像.mp4"),
        ("nul\0and\r\nnewline.mp4", "nulandnewline.mp4"),
        ("<script>alert(1)</script>.mp4", "<script>alert(1)</script>.mp4"),
    ],
)
def test_names_are_shown_as_given_and_never_used_as_a_path(
    app: Flask, phone: Phone, incident: Incident, given: str, shown: str
) -> None:
    home: Path = app.config["SETTINGS"].home
    item = phone.send(incident, b"content", filename=given)
    assert item.original_name == shown
    intake = home / "intake"
    assert [path for path in home.rglob("*") if path.is_file()] == [intake / str(item.upload_id)]
    html = phone.get(f"/evidence/{item.id}").get_data(as_text=True)
    assert "<script>alert" not in html


@pytest.fixture
def address(app: Flask) -> Iterator[tuple[str, int]]:
    """The portal behind a real socket, so that connections can break."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[0], server.server_address[1]  # type: ignore[misc]
    server.shutdown()
    thread.join()
    server.server_close()


def cut_off(phone: Phone, address: tuple[str, int], location: str, sent: bytes, announced: int, **headers: str) -> None:
    """Sends part of what was announced, then hangs up."""
    lines = [
        f"PATCH {location} HTTP/1.1",
        "Host: x",
        f"Content-Length: {announced}",
        f"Content-Type: {PIECE_TYPE}",
        "Upload-Offset: 0",
        *(f"{key}: {value}" for key, value in (phone.headers | headers).items()),
    ]
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + sent)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(65536)  # the answer comes once the server has noticed


def test_a_connection_that_breaks_off_keeps_what_arrived(
    app: Flask, phone: Phone, incident: Incident, address: tuple[str, int]
) -> None:
    location = phone.open(incident, 300_000)
    cut_off(phone, address, location, b"a" * 150_000, 300_000)
    assert phone.head(location).headers["Upload-Offset"] == "150000"
    assert phone.patch(location, 150_000, b"b" * 150_000).status_code == 204
    path = app.config["SETTINGS"].intake / location.rpartition("/")[2]
    assert path.read_bytes() == b"a" * 150_000 + b"b" * 150_000


def test_a_connection_that_breaks_off_under_a_checksum_keeps_nothing(
    phone: Phone, incident: Incident, address: tuple[str, int]
) -> None:
    location = phone.open(incident, 300_000)
    checksum = "sha256 " + base64.b64encode(hashlib.sha256(b"a" * 300_000).digest()).decode()
    cut_off(phone, address, location, b"a" * 150_000, 300_000, **{"Upload-Checksum": checksum})
    assert phone.head(location).headers["Upload-Offset"] == "0"


def test_a_slow_phone_holds_no_database_connection(
    app: Flask, phone: Phone, incident: Incident, address: tuple[str, int]
) -> None:
    """While bytes trickle in, the pool has every connection but the ones this test itself uses."""
    location = phone.open(incident, 10)
    lines = [
        f"PATCH {location} HTTP/1.1",
        "Host: x",
        "Content-Length: 10",
        f"Content-Type: {PIECE_TYPE}",
        "Upload-Offset: 0",
        *(f"{key}: {value}" for key, value in phone.headers.items()),
    ]
    session().rollback()
    before = session().get_bind().pool.checkedout()  # type: ignore[union-attr]
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + b"12345")
        wait_for(lambda: locked(app.config["SETTINGS"].intake / location.rpartition("/")[2]))
        assert phone.patch(location, 0, b"x").status_code == 423
        session().rollback()
        wait_for(lambda: session().get_bind().pool.checkedout() == before)  # type: ignore[union-attr]
        connection.sendall(b"67890")
        assert b"204" in connection.recv(65536)
    assert phone.status(location)["state"] == "received"


def test_of_two_writers_at_one_upload_one_is_told_that_it_is_taken(
    app: Flask, phone: Phone, incident: Incident, address: tuple[str, int]
) -> None:
    """While one request's bytes arrive, a second is answered 423 at once, may neither write nor end the upload, and the
    first is not disturbed."""
    location = phone.open(incident, 10)
    lines = [
        f"PATCH {location} HTTP/1.1",
        "Host: x",
        "Content-Length: 5",
        f"Content-Type: {PIECE_TYPE}",
        "Upload-Offset: 0",
        *(f"{key}: {value}" for key, value in phone.headers.items()),
    ]
    with socket.create_connection(address, timeout=60) as first:
        first.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + b"123")
        wait_for(lambda: locked(landed(app, location)))
        refused(phone.patch(location, 0, b"other"), 423, "another request", "few seconds")
        refused(phone.delete(location), 423)
        assert phone.head(location).headers["Upload-Offset"] == "0"  # asking is free
        first.sendall(b"45")
        assert b"204" in first.recv(65536)
    assert phone.patch(location, 5, b"67890").status_code == 204
    assert landed(app, location).read_bytes() == b"1234567890"


def locked(path: Path) -> bool:
    """Whether somebody holds the landing file, asked of the kernel so as not to hold it oneself."""
    return path.exists() and f":{path.stat().st_ino} " in Path("/proc/locks").read_text()


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def test_many_bytes_need_little_memory(app: Flask, phone: Phone, incident: Incident, address: tuple[str, int]) -> None:
    """80 MB through a socket grow the process by less than 20 MB."""
    size = 80_000_000
    location = phone.open(incident, size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = [
        f"PATCH {location} HTTP/1.1",
        "Host: x",
        f"Content-Length: {size}",
        f"Content-Type: {PIECE_TYPE}",
        "Upload-Offset: 0",
        *(f"{key}: {value}" for key, value in phone.headers.items()),
    ]
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        piece = b"x" * 1_000_000
        for _ in range(80):
            connection.sendall(piece)
        assert b"204" in connection.recv(65536)
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown_mb < 20
    assert session().scalars(sa.select(Evidence)).one().size == size


def test_a_chunked_body_over_the_limit_keeps_nothing(app: Flask, phone: Phone, incident: Incident) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    location = phone.open(incident, 5000)
    answer = phone.client.patch(
        location,
        headers=phone.headers | {"Upload-Offset": "0", "Content-Type": PIECE_TYPE, "Transfer-Encoding": "chunked"},
        input_stream=io.BytesIO(b"x" * 2000),
        environ_overrides={"wsgi.input_terminated": True},
    )
    refused(answer, 413)
    assert phone.head(location).headers["Upload-Offset"] == "0"
