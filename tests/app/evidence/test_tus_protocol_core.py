"""tus 1.0.0, the core protocol: each MUST as a test whose docstring is the sentence (tus.io/protocols)."""

import pytest
from flask import Flask

from app.incidents.models import Incident
from tests.app.evidence.sending import PIECE_TYPE, Phone, landed, refused, upload_of, uploads
from tests.conftest import nobody

UPLOADS = "/api/v1/uploads"


@pytest.mark.parametrize("offset", ["-1", "five", "1.5", "", "0x1", "٣"])
def test_upload_offset_must_be_a_non_negative_integer(phone: Phone, incident: Incident, offset: str) -> None:
    """The `Upload-Offset` request and response header indicates a byte offset within a resource. The value MUST be a
    non-negative integer."""
    location = phone.open(incident, 5)
    if offset.isascii():  # others cannot be sent by this client at all
        refused(phone.patch(location, 0, b"12345", Upload_Offset=offset), 400, "Upload-Offset")
    without = {"Content-Type": PIECE_TYPE}
    refused(phone.client.patch(location, headers=phone.headers | without, data=b"12345"), 400, "Upload-Offset")
    assert phone.head(location).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("length", ["", "-5", "many", "1e9", "1.0"])
def test_upload_length_must_be_a_non_negative_integer(phone: Phone, incident: Incident, length: str) -> None:
    """The `Upload-Length` request and response header indicates the size of the entire upload in bytes. The value MUST
    be a non-negative integer."""
    refused(phone.create(incident, 0, headers={"Upload-Length": length}), 400, "Upload-Length")
    assert uploads() == 0


def test_tus_version_must_be_a_list_by_preference(app: Flask) -> None:
    """The `Tus-Version` response header MUST be a comma-separated list of protocol versions supported by the Server.
    The list MUST be sorted by Server's preference where the first one is the most preferred one."""
    assert app.test_client().options(UPLOADS).headers["Tus-Version"].split(",") == ["1.0.0"]


def test_tus_resumable_must_be_in_every_response(phone: Phone, incident: Incident) -> None:
    """The `Tus-Resumable` header MUST be included in every request and response except for `OPTIONS` requests. The
    value MUST be the version of the protocol used by the Client or the Server."""
    location, client = phone.open(incident, 5), phone.client
    answers = [
        phone.create(incident, 5),
        phone.create(incident, None),
        phone.head(location),
        phone.head(f"{UPLOADS}/{nobody()}"),
        phone.head(f"{UPLOADS}/no-id"),
        phone.patch(location, 3, b"45"),
        phone.patch(location, 0, b"12"),
        client.get(location, headers=phone.headers),
        client.put(location, headers=phone.headers),
        client.post(location, headers=phone.headers),
        client.post(UPLOADS, headers={"Authorization": "Bearer nonsense", "Tus-Resumable": "1.0.0"}),
        phone.delete(location),
        phone.delete(location),
    ]
    assert [answer.status_code for answer in answers] == [
        201,
        400,
        200,
        404,
        404,
        409,
        204,
        405,
        405,
        405,
        401,
        204,
        410,
    ]
    assert {answer.headers.get("Tus-Resumable") for answer in answers} == {"1.0.0"}


@pytest.mark.parametrize("version", [None, "", "0.2.2", "1.0.1", "1"])
def test_another_version_must_be_answered_by_412_and_not_processed(
    phone: Phone, incident: Incident, version: str | None
) -> None:
    """If the version specified by the Client is not supported by the Server, it MUST respond with the `412
    Precondition Failed` status and MUST include the `Tus-Version` header into the response. In addition, the Server
    MUST NOT process the request."""
    location = phone.open(incident, 5)
    del phone.headers["Tus-Resumable"]
    phone.headers |= {} if version is None else {"Tus-Resumable": version}
    answers = [
        phone.create(incident, 5),
        phone.patch(location, 0, b"12345"),
        phone.delete(location),
        phone.head(location),
    ]
    assert [answer.status_code for answer in answers] == [412] * 4
    assert {answer.headers["Tus-Version"] for answer in answers} == {"1.0.0"}
    assert uploads() == 1
    assert upload_of(location).offset == 0


def test_tus_extension_must_be_a_list(app: Flask) -> None:
    """The `Tus-Extension` response header MUST be a comma-separated list of the extensions supported by the Server.

    What is not done is not promised: checksum-trailer, concatenation-unfinished, challenge."""
    assert set(app.test_client().options(UPLOADS).headers["Tus-Extension"].split(",")) == {
        "creation",
        "creation-with-upload",
        "creation-defer-length",
        "checksum",
        "termination",
        "expiration",
        "concatenation",
    }


def test_tus_max_size_must_be_a_non_negative_integer(app: Flask) -> None:
    """The `Tus-Max-Size` response header MUST be a non-negative integer indicating the maximum allowed size of an
    entire upload in bytes."""
    most = app.test_client().options(UPLOADS).headers["Tus-Max-Size"]
    assert most.isdecimal()
    assert int(most) == app.config["SETTINGS"].upload_max_bytes


@pytest.mark.parametrize("actual", ["POST", "GET", "PUT", "DELETE", "PATCH"])
def test_x_http_method_override_must_be_taken_for_the_method(phone: Phone, incident: Incident, actual: str) -> None:
    """The `X-HTTP-Method-Override` request header MUST be a string which MUST be interpreted as the request's method by
    the Server, if the header is presented. The actual method of the request MUST be ignored."""

    def meant(method: str, path: str, body: bytes = b"", **headers: str):
        sent = phone.headers | {"X-HTTP-Method-Override": method} | {k.replace("_", "-"): v for k, v in headers.items()}
        return phone.client.open(path, method=actual, headers=sent, data=body)

    location = phone.open(incident, 5)
    taken = meant("PATCH", location, b"123", Upload_Offset="0", Content_Type=PIECE_TYPE)
    assert (taken.status_code, taken.headers["Upload-Offset"]) == (204, "3")
    asked = meant("HEAD", location)
    assert (asked.status_code, asked.headers["Upload-Offset"], asked.data) == (200, "3", b"")
    missing = meant("HEAD", f"{UPLOADS}/{nobody()}")
    assert (missing.status_code, missing.headers["Content-Length"], missing.data) == (404, "0", b"")
    assert meant("OPTIONS", UPLOADS).headers["Tus-Version"] == "1.0.0"
    assert meant("NONSENSE", location).status_code == 405
    assert meant("DELETE", location).status_code == 204
    assert phone.head(location).status_code == 410


def test_a_method_said_by_a_header_is_guarded_against_forgery_as_that_method(
    app: Flask, phone: Phone, incident: Incident
) -> None:
    """A page of somebody else's that makes a browser send GET can change nothing."""
    location = phone.open(incident, 5)
    sent = {"Tus-Resumable": "1.0.0", "X-HTTP-Method-Override": "DELETE"}
    assert phone.browser.get(location, headers=sent).status_code == 400
    assert phone.head(location).status_code == 200


def test_head_must_always_tell_the_offset(phone: Phone, incident: Incident) -> None:
    """The Server MUST always include the `Upload-Offset` header in the response for a `HEAD` request, even if the
    offset is `0`, or the upload is already considered completed."""
    location = phone.open(incident, 5)
    assert phone.head(location).headers["Upload-Offset"] == "0"
    phone.patch(location, 0, b"12")
    assert phone.head(location).headers["Upload-Offset"] == "2"
    phone.patch(location, 2, b"345")
    assert phone.head(location).headers["Upload-Offset"] == "5"
    assert "Upload-Offset" not in phone.head(f"{UPLOADS}/{nobody()}").headers


def test_head_must_tell_the_length_that_is_known(phone: Phone, incident: Incident) -> None:
    """If the size of the upload is known, the Server MUST include the `Upload-Length` header in the response."""
    location = phone.open(incident, 5)
    assert phone.head(location).headers["Upload-Length"] == "5"
    phone.patch(location, 0, b"12345")
    assert phone.head(location).headers["Upload-Length"] == "5"


def test_head_must_not_be_cached(phone: Phone, incident: Incident) -> None:
    """The Server MUST prevent the client and/or proxies from caching the response by adding the `Cache-Control:
    no-store` header to the response."""
    location = phone.open(incident, 5)
    assert phone.head(location).headers["Cache-Control"] == "no-store"
    assert phone.head(f"{UPLOADS}/{nobody()}").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("content_type", ["", "application/octet-stream", "multipart/form-data; boundary=x"])
def test_patch_must_use_its_content_type(phone: Phone, incident: Incident, content_type: str) -> None:
    """All `PATCH` requests MUST use `Content-Type: application/offset+octet-stream`, otherwise the server SHOULD return
    a `415 Unsupported Media Type` status."""
    location = phone.open(incident, 5)
    refused(phone.patch(location, 0, b"12345", Content_Type=content_type), 415, PIECE_TYPE)
    assert phone.head(location).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("offset", [0, 4, 6, 10, 10**15])
def test_another_offset_must_be_answered_by_409_and_change_nothing(
    app: Flask, phone: Phone, incident: Incident, offset: int
) -> None:
    """The `Upload-Offset` header's value MUST be equal to the current offset of the resource. […] If the offsets do not
    match, the Server MUST respond with the `409 Conflict` status without modifying the upload resource."""
    location = phone.open(incident, 10)
    phone.patch(location, 0, b"12345")
    refused(phone.patch(location, offset, b"67890"), 409, "stands at byte 5", "Go on from byte 5", "Upload-Offset")
    assert phone.head(location).headers["Upload-Offset"] == "5"
    assert landed(app, location).read_bytes() == b"12345"


def test_patch_must_be_acknowledged_by_204_and_the_new_offset(app: Flask, phone: Phone, incident: Incident) -> None:
    """The Server MUST acknowledge successful `PATCH` requests with the `204 No Content` status. It MUST include the
    `Upload-Offset` header containing the new offset. The new offset MUST be the sum of the offset before the `PATCH`
    request and the number of bytes received and processed or stored during the current `PATCH` request.

    How that holds when the connection breaks off: test_bad_uploads.py."""
    location = phone.open(incident, 10)
    for before, piece, after in ((0, b"123", "3"), (3, b"", "3"), (3, b"4", "4"), (4, b"567890", "10")):
        answer = phone.patch(location, before, piece)
        assert (answer.status_code, answer.headers["Upload-Offset"], answer.data) == (204, after, b"")
    assert landed(app, location).read_bytes() == b"1234567890"


def test_options_must_tell_the_versions_and_ignore_the_clients(app: Flask) -> None:
    """A successful response indicated by the `204 No Content` or `200 OK` status MUST contain the `Tus-Version` header.
    […] The Client SHOULD NOT include the `Tus-Resumable` header in the request and the Server MUST ignore the header."""
    for path in (UPLOADS, f"{UPLOADS}/{nobody()}"):
        answer = app.test_client().options(path, headers={"Tus-Resumable": "0.0.1"})
        assert (answer.status_code, answer.headers["Tus-Version"]) == (204, "1.0.0")
