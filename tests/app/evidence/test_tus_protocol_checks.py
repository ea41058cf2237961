"""tus 1.0.0, expiration, checksum, termination: each MUST as a test named after it."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask

from app.core.actor import machine
from app.core.clock import now
from app.core.db import transaction
from app.evidence import receiving
from app.evidence.landing import hold
from app.evidence.models import UploadState
from app.incidents.models import Incident
from tests.app.evidence.sending import Phone, acts, checksum, landed, refused, upload_of

UPLOADS = "/api/v1/uploads"
UPKEEP = machine("upkeep")


def run_out(*locations: str) -> None:
    """Their time is over."""
    with transaction():
        for upload in [upload_of(location) for location in locations]:
            upload.expires_at = now() - timedelta(seconds=1)


@pytest.mark.parametrize("name", ["expiration", "checksum", "termination"])
def test_the_extension_must_be_announced(app: Flask, name: str) -> None:
    """In order to indicate this behavior to the Client, the Server MUST add `expiration` to the `Tus-Extension` header.
    If supported, the Server MUST add `checksum` to the `Tus-Extension` header. If this extension is supported by the
    Server, it MUST be announced by adding `termination` to the `Tus-Extension` header."""
    assert name in app.test_client().options(UPLOADS).headers["Tus-Extension"].split(",")


# Expiration


def test_upload_expires_must_be_in_every_patch_response(phone: Phone, incident: Incident) -> None:
    """This header MUST be included in every `PATCH` response if the upload is going to expire. Refusals too; an upload
    that is whole does not expire any more."""
    location = phone.open(incident, 5)
    answers = [
        phone.patch(location, 0, b"12"),
        phone.patch(location, 2, b"3", Upload_Checksum=checksum("sha1", b"3")),
        phone.patch(location, 0, b"12"),
        phone.patch(location, 3, b"4", Upload_Checksum=checksum("sha1", b"5")),
        phone.patch(location, 3, b"4", Upload_Checksum="md5 eA=="),
        phone.patch(location, 3, b"4", Content_Type="text/plain"),
        phone.patch(location, 3, b"456"),
    ]
    assert [answer.status_code for answer in answers] == [204, 204, 409, 460, 400, 415, 413]
    assert all("Upload-Expires" in answer.headers for answer in answers)
    assert "Upload-Expires" not in phone.patch(location, 3, b"45").headers
    assert "Upload-Expires" not in phone.patch(location, 3, b"45").headers


def test_upload_expires_must_be_in_the_answer_to_the_creation(phone: Phone, incident: Incident) -> None:
    """If the expiration is known at the creation, the `Upload-Expires` header MUST be included in the response to the
    initial `POST` request."""
    assert "Upload-Expires" in phone.create(incident, 5).headers
    assert "Upload-Expires" in phone.create(incident, 5, body=b"12").headers


def test_upload_expires_must_be_a_date_of_http(app: Flask, phone: Phone, incident: Incident) -> None:
    """The value of the `Upload-Expires` header MUST be in RFC 7231 datetime format."""
    hours = app.config["SETTINGS"].upload_expires_hours
    said = phone.create(incident, 5).headers["Upload-Expires"]
    assert said.endswith(" GMT")
    assert said[3:5] == ", "
    assert abs(parsedate_to_datetime(said) - now() - timedelta(hours=hours)) < timedelta(minutes=5)


def test_an_upload_that_ran_out_is_gone_before_and_after_the_sweep(
    app: Flask, phone: Phone, incident: Incident
) -> None:
    """If a Client does attempt to resume an upload which has since been removed by the Server, the Server SHOULD respond
    with the `404 Not Found` or `410 Gone` status. The latter one SHOULD be used if the Server is keeping track of expired
    uploads."""
    old, fresh, busy = (phone.open(incident, 10) for _ in range(3))
    for location in (old, fresh, busy):
        phone.patch(location, 0, b"12345")
    run_out(old, busy)
    refused(phone.patch(old, 5, b"67890"), 410, "over", "from the start")
    with hold(landed(app, busy)), transaction():
        assert receiving.expire_uploads(app.config["SETTINGS"].intake, actor=UPKEEP) == 1
    for answer in (phone.patch(old, 5, b"67890"), phone.head(old), phone.delete(old)):
        assert answer.status_code == 410
        assert "Upload-Offset" not in answer.headers
    assert not landed(app, old).exists()
    assert landed(app, busy).exists()  # bytes arrive at this moment
    assert (upload_of(old).state, upload_of(fresh).state) == (UploadState.TERMINATED, UploadState.OPEN)
    assert acts("upload")[-1] == "evidence:upload:expire"
    assert phone.patch(fresh, 5, b"67890").status_code == 204


def test_a_part_that_is_never_joined_runs_out_and_is_swept(app: Flask, phone: Phone, incident: Incident) -> None:
    whole = phone.part(b"12345")
    other = phone.client.post(UPLOADS, headers=phone.headers | {"Upload-Concat": "partial", "Upload-Length": "5"})
    begun = other.headers["Location"]
    phone.patch(begun, 0, b"12")
    assert "Upload-Expires" in phone.head(whole).headers  # whole, it waits all the same
    run_out(whole, begun)
    refused(phone.join(incident, whole), 410, "over")
    with transaction():
        assert receiving.expire_uploads(app.config["SETTINGS"].intake, actor=UPKEEP) == 2
    assert not landed(app, whole).exists()
    assert not landed(app, begun).exists()
    assert phone.head(whole).status_code == 410
    assert acts("upload")[-2:] == ["evidence:upload:expire"] * 2
    assert acts() == []


# Checksum


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_checksum_must_be_verified(app: Flask, phone: Phone, incident: Incident, algorithm: str) -> None:
    """Once the entire request has been received, the Server MUST verify the uploaded chunk against the provided checksum
    using the specified algorithm. The Server MUST support at least the SHA1 checksum algorithm identified by `sha1`."""
    location = phone.open(incident, 10)
    assert phone.patch(location, 0, b"right", Upload_Checksum=checksum(algorithm, b"right")).status_code == 204
    wrong = phone.patch(location, 5, b"wrong", Upload_Checksum=checksum(algorithm, b"other"))
    assert (wrong.status, wrong.get_json()["status"]) == ("460 Checksum Mismatch", 460)
    assert phone.patch(location, 5, b"again", Upload_Checksum=checksum(algorithm, b"again")).status_code == 204
    assert landed(app, location).read_bytes() == b"rightagain"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (checksum("sha1", b"other"), 460),
        (checksum("sha256", b"other"), 460),
        ("md5 1B2M2Y8AsgTpgAmY7PhCfg==", 400),
        ("crc32 AAAAAA==", 400),
        ("SHA1 " + checksum("sha1", b"67890")[5:], 400),
        ("sha256 !!!", 400),
        ("sha256", 400),
        ("sha1 c2hvcnQ=", 400),
        ("sha1" + checksum("sha1", b"67890")[5:], 400),
        ("", 400),
    ],
)
def test_a_chunk_under_a_wrong_or_unknown_checksum_must_be_discarded(
    app: Flask, phone: Phone, incident: Incident, said: str, status: int
) -> None:
    """1) `400 Bad Request` if the checksum algorithm is not supported by the server, 2) `460 Checksum Mismatch` if the
    checksums mismatch […] In the first two cases the uploaded chunk MUST be discarded, and the upload and its offset MUST
    NOT be updated. The header MUST consist of the name of the used checksum algorithm and the Base64 encoded checksum
    separated by a space."""
    location = phone.open(incident, 10)
    phone.patch(location, 0, b"12345")
    before = upload_of(location).expires_at
    answer = phone.patch(location, 5, b"67890", Upload_Checksum=said)
    assert answer.status_code == status
    if status == 400:
        refused(answer, 400, "Upload-Checksum")
    assert phone.head(location).headers["Upload-Offset"] == "5"
    assert (upload_of(location).offset, upload_of(location).expires_at) == (5, before)
    assert landed(app, location).read_bytes() == b"12345"


def test_the_algorithms_must_be_told(app: Flask) -> None:
    """The `Tus-Checksum-Algorithm` header MUST be included in the response to an `OPTIONS` request. [It] MUST be a
    comma-separated list of the checksum algorithms supported by the server. The names of the checksum algorithms MUST
    only consist of ASCII characters with the modification that uppercase characters are excluded."""
    told = app.test_client().options(UPLOADS).headers["Tus-Checksum-Algorithm"]
    assert told.split(",") == ["sha1", "sha256"]
    assert told.isascii()
    assert told == told.lower()


def test_trailers_are_not_promised_because_they_are_not_read(app: Flask) -> None:
    """If the Server can handle trailers, this behavior MUST be announced by adding `checksum-trailer` to the
    `Tus-Extension` header."""
    assert "checksum-trailer" not in app.test_client().options(UPLOADS).headers["Tus-Extension"]


# Termination


def test_delete_must_be_answered_by_204_and_frees_the_bytes(app: Flask, phone: Phone, incident: Incident) -> None:
    """When receiving a `DELETE` request for an existing upload the Server SHOULD free associated resources and MUST
    respond with the `204 No Content` status confirming that the upload was terminated. For all future requests to this
    URL, the Server SHOULD respond with the `404 Not Found` or `410 Gone` status."""
    for location in (phone.open(incident, 10), phone.part(b"whole")):
        if phone.head(location).headers["Upload-Offset"] == "0":
            phone.patch(location, 0, b"12345")
        answer = phone.delete(location)
        assert (answer.status_code, answer.data) == (204, b"")
        assert not landed(app, location).exists()
        for later in (phone.head(location), phone.patch(location, 5, b"67890"), phone.delete(location)):
            assert later.status_code == 410
            assert "Upload-Offset" not in later.headers
        assert phone.status(location)["state"] == "terminated"
        assert acts("upload")[-1] == "evidence:upload:terminate"


def test_e2_delete_of_a_whole_recording_is_refused_on_purpose(app: Flask, phone: Phone, incident: Incident) -> None:
    """The one place where tus is not followed: it would have completed uploads terminated too. With its last byte a
    recording is evidence (E2), and a 204 would confirm what did not happen."""
    location = phone.open(incident, 5)
    phone.patch(location, 0, b"12345")
    refused(phone.delete(location), 409, "it is evidence now and stays")
    assert landed(app, location).read_bytes() == b"12345"
    assert phone.status(location)["state"] == "received"
