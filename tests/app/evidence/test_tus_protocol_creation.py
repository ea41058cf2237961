"""tus 1.0.0, creation, creation-with-upload, creation-defer-length: each MUST as a test named after it."""

import base64
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import session
from app.evidence.models import Evidence, UploadState
from app.incidents.models import Incident
from tests.app.evidence.sending import PIECE_TYPE, Phone, acts, checksum, landed, metadata, refused, upload_of, uploads

UPLOADS = "/api/v1/uploads"
LATER = {"Upload-Defer-Length": "1"}


@pytest.fixture
def deferred(phone: Phone, incident: Incident) -> str:
    """An upload whose length is said later."""
    answer = phone.create(incident, None, headers=LATER)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    location: str = answer.headers["Location"]
    return location


@pytest.mark.parametrize("name", ["creation", "creation-with-upload", "creation-defer-length"])
def test_the_extension_must_be_announced(app: Flask, name: str) -> None:
    """If the Server supports this extension, it MUST add `creation` to the `Tus-Extension` header. The others: it MUST
    advertise this by including `creation-with-upload`, it MUST add `creation-defer-length`."""
    assert name in app.test_client().options(UPLOADS).headers["Tus-Extension"].split(",")


def test_a_creation_must_say_its_length_or_that_it_comes_later(phone: Phone, incident: Incident) -> None:
    """The request MUST include one of the following headers: a) `Upload-Length` […] b) `Upload-Defer-Length: 1`."""
    refused(phone.create(incident, None), 400, "Upload-Length")
    refused(phone.create(incident, 5, headers=LATER), 400, "Upload-Defer-Length")
    assert uploads() == 0
    assert phone.create(incident, 5).status_code == 201
    assert phone.create(incident, None, headers=LATER).status_code == 201


@pytest.mark.parametrize("value", ["0", "2", "", "true"])
def test_upload_defer_length_must_be_1(phone: Phone, incident: Incident, value: str) -> None:
    """Its value MUST be `1`. […] If the `Upload-Defer-Length` header contains any other value than `1` the server should
    return a `400 Bad Request` status."""
    refused(phone.create(incident, None, headers={"Upload-Defer-Length": value}), 400, "Upload-Defer-Length")
    assert uploads() == 0


def test_upload_defer_length_must_be_told_while_the_length_is_unknown_and_only_then(
    phone: Phone, deferred: str
) -> None:
    """As long as the length of the upload is not known, the Server MUST set `Upload-Defer-Length: 1` in all responses to
    `HEAD` requests. If the length of an upload is not deferred, this header MUST be omitted."""
    for offset, piece in ((0, b"12"), (2, b"34")):
        head = phone.head(deferred).headers
        assert (head["Upload-Offset"], head["Upload-Defer-Length"]) == (str(offset), "1")
        assert "Upload-Length" not in head
        phone.patch(deferred, offset, piece)
    phone.patch(deferred, 4, b"5", Upload_Length="6")
    head = phone.head(deferred).headers
    assert (head["Upload-Offset"], head["Upload-Length"]) == ("5", "6")
    assert "Upload-Defer-Length" not in head


@pytest.mark.parametrize("last", [b"", b"45"], ids=["alone", "with the last bytes"])
def test_the_length_must_be_said_by_a_later_patch(phone: Phone, deferred: str, last: bytes) -> None:
    """Once it is known the Client MUST set the `Upload-Length` header in the next `PATCH` request."""
    phone.patch(deferred, 0, b"123")
    assert phone.status(deferred)["state"] == "open"
    answer = phone.patch(deferred, 3, last, Upload_Length=str(3 + len(last)))
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(3 + len(last)))
    assert phone.status(deferred)["state"] == "received"
    assert session().scalars(sa.select(Evidence)).one().size == 3 + len(last)
    assert acts("upload") == ["evidence:upload:open", "evidence:upload:declare"]


def test_a_length_once_set_must_not_be_changed(phone: Phone, incident: Incident, deferred: str) -> None:
    """Once set the length MUST NOT be changed."""
    phone.patch(deferred, 0, b"1", Upload_Length="5")
    for location, offset in ((deferred, 1), (phone.open(incident, 5), 0)):
        refused(phone.patch(location, offset, b"23", Upload_Length="6"), 409, "5 bytes", "Upload-Length")
        head = phone.head(location).headers
        assert (head["Upload-Offset"], head["Upload-Length"]) == (str(offset), "5")
        assert phone.patch(location, offset, b"23", Upload_Length="5").status_code == 204  # the same again is no change


def test_a_length_said_later_is_held_to_the_limits(app: Flask, phone: Phone, deferred: str) -> None:
    phone.patch(deferred, 0, b"123")
    most = app.config["SETTINGS"].upload_max_bytes
    refused(phone.patch(deferred, 3, b"4", Upload_Length=str(most + 1)), 413, str(most), "Upload-Length")
    refused(phone.patch(deferred, 3, b"4", Upload_Length="2"), 409, "3 bytes", "Upload-Length")
    refused(phone.patch(deferred, 3, b"4", Upload_Length="four"), 400, "Upload-Length")
    refused(phone.patch(deferred, 3, b"45", Upload_Length="4"), 413, "4 bytes")
    wrong = phone.patch(deferred, 3, b"4", Upload_Length="4", Upload_Checksum=checksum("sha1", b"other"))
    assert wrong.status_code == 460
    head = phone.head(deferred).headers  # nothing that was refused was kept of it, the length neither
    assert (head["Upload-Offset"], head["Upload-Defer-Length"]) == ("3", "1")


def test_without_a_length_no_more_than_the_most_is_taken(app: Flask, phone: Phone, deferred: str) -> None:
    app.config["SETTINGS"].upload_max_bytes = 10
    assert phone.patch(deferred, 0, b"1234567890").status_code == 204
    refused(phone.patch(deferred, 10, b"1"), 413, "10 bytes")
    assert upload_of(deferred).state is UploadState.OPEN


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ("{ok},", "Upload-Metadata"),
        ("{ok},,filename eA==", "Upload-Metadata"),
        ("{ok}, ,filename eA==", "Upload-Metadata"),
        ("{ok},naïve eA==", "Upload-Metadata"),
        ("{ok},filename eA== eA==", "filename"),
        ("{ok},file name eA==", "file"),
        ("{ok},filename=eA==", None),
        ("{ok},filename e!A", "filename"),
        ("{ok},colour b", "colour"),
        ("{ok},colour eA==,colour eA==", "colour"),
        ("{ok},filename eA==,filename eA==", "filename"),
        ("{ok},filename //79", "filename"),
        ("", "incident"),
        ("incident", "incident"),
        ("incident c3RvcA==", "incident"),
        ("{ok},sha256 eA==", "sha256"),
        ("{ok},recorded_at bm9vbg==", "recorded_at"),
    ],
)
def test_upload_metadata_must_be_pairs(phone: Phone, incident: Incident, said: str, field: str | None) -> None:
    """The `Upload-Metadata` request and response header MUST consist of one or more comma-separated key-value pairs. The
    key and value MUST be separated by a space. The key MUST NOT contain spaces and commas and MUST NOT be empty. The key
    SHOULD be ASCII encoded and the value MUST be Base64 encoded. All keys MUST be unique."""
    answer = phone.create(incident, 5, headers={"Upload-Metadata": said.format(ok=metadata(incident=str(incident.id)))})
    if field is None:  # an odd key, but a key, without a value
        assert answer.status_code == 201
        return
    refused(answer, 400, field)
    assert answer.get_json()["field"] == field
    assert uploads() == 0


@pytest.mark.parametrize(
    "more",
    [
        "",
        ",is_confidential",
        ",is_confidential ",
        ",odd!#$%&key eA==",
        ",binary //79",
        ",colour Ymx1ZQ==,title QSAgc3RvcA==",
    ],
)
def test_head_must_tell_the_metadata_as_it_was_given(phone: Phone, incident: Incident, more: str) -> None:
    """If an upload contains additional metadata, responses to `HEAD` requests MUST include the `Upload-Metadata` header
    and its value as specified by the Client during the creation. The value of a key MAY be empty or binary."""
    said = (metadata(incident=str(incident.id), sent_at="2026-11-24T00:00:00Z") + more).strip()
    location = phone.create(incident, 5, headers={"Upload-Metadata": said}).headers["Location"]
    assert phone.head(location).headers["Upload-Metadata"] == said
    phone.patch(location, 0, b"12345")
    assert phone.head(location).headers["Upload-Metadata"] == said


def test_a_length_over_the_most_must_be_answered_by_413(app: Flask, phone: Phone, incident: Incident) -> None:
    """If the length of the upload exceeds the maximum, which MAY be specified using the `Tus-Max-Size` header, the Server
    MUST respond with the `413 Request Entity Too Large` status."""
    most = int(app.test_client().options(UPLOADS).headers["Tus-Max-Size"])
    refused(phone.create(incident, most + 1), 413, str(most), "shorter", "Upload-Length")
    assert uploads() == 0


def test_a_creation_must_be_acknowledged_by_201_and_its_address(phone: Phone, incident: Incident) -> None:
    """The Server MUST acknowledge a successful upload creation with the `201 Created` status. The Server MUST set the
    `Location` header to the URL of the created resource. The Client MUST perform the actual upload using the core
    protocol."""
    answer = phone.create(incident, 5)
    assert answer.status_code == 201
    location = answer.headers["Location"]
    assert uuid.UUID(location.removeprefix(f"{UPLOADS}/")) == upload_of(location).id
    assert phone.head(location).headers["Upload-Offset"] == "0"
    assert phone.patch(location, 0, b"12345").status_code == 204


def test_bytes_with_the_creation_must_be_counted_in_the_answer(app: Flask, phone: Phone, incident: Incident) -> None:
    """The Server SHOULD accept as many bytes as possible and MUST include the `Upload-Offset` header in the response and
    MUST set its value to the offset of the upload after applying the accepted bytes."""
    answer = phone.create(incident, 6, body=b"abc")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "3")
    location = answer.headers["Location"]
    assert landed(app, location).read_bytes() == b"abc"
    assert phone.patch(location, 3, b"def").status_code == 204
    whole = phone.create(incident, 3, body=b"xyz", headers={"Upload-Checksum": checksum("sha256", b"xyz")})
    assert whole.headers["Upload-Offset"] == "3"
    assert phone.status(whole.headers["Location"])["state"] == "received"
    later = phone.create(incident, None, body=b"xyz", headers=LATER)
    assert (later.status_code, later.headers["Upload-Offset"]) == (201, "3")


@pytest.mark.parametrize("content_type", ["", "application/octet-stream"])
def test_bytes_with_the_creation_must_be_of_the_content_type(
    phone: Phone, incident: Incident, content_type: str
) -> None:
    """The Client MUST include the `Content-Type: application/offset+octet-stream` header."""
    refused(phone.create(incident, 5, body=b"12345", headers={"Content-Type": content_type}), 415, PIECE_TYPE)
    assert uploads() == 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Checksum": "md5 eA=="}, 400),
        ({"Upload-Checksum": checksum("sha1", b"other")}, 460),
        ({"Upload-Length": "4"}, 413),
        ({"Upload-Length": "0"}, 413),
    ],
)
def test_a_creation_whose_bytes_are_refused_leaves_nothing_open(
    app: Flask, phone: Phone, incident: Incident, headers: dict[str, str], status: int
) -> None:
    """Nobody was told its address, so nobody could go on with it."""
    assert phone.create(incident, 5, body=b"12345", headers=headers).status_code == status
    assert acts("upload") in ([], ["evidence:upload:open", "evidence:upload:terminate"])
    intake = app.config["SETTINGS"].intake
    assert not intake.exists() or list(intake.iterdir()) == []
    assert session().scalars(sa.select(Evidence)).all() == []


def test_values_are_base64_of_any_text(phone: Phone, incident: Incident) -> None:
    name = "警察の映像 – тест.mp4"
    location = phone.open(incident, 5, filename=name)
    assert upload_of(location).filename == name
    assert base64.b64encode(name.encode()).decode() in phone.head(location).headers["Upload-Metadata"]
