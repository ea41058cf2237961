"""The headers of tus: what is read, and what is refused with its name."""

import base64
import uuid
from datetime import UTC, datetime

import pytest

from app.evidence import tus
from app.evidence.tus import BadRequest, WrongType, WrongVersion

INCIDENT = uuid.UUID("50c263f4-7c66-4a8a-98ce-216b5f0165d7")


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def metadata(**given: str) -> str:
    return ",".join(f"{key} {b64(value)}" for key, value in {"incident": str(INCIDENT), **given}.items())


def test_an_offer_says_everything_a_phone_knows() -> None:
    offer = tus.offer(
        metadata(
            filename="clip.mp4",
            title=" A  stop ",
            filetype="video/mp4",
            sha256="AB" * 32,
            category="traffic-stop",
            recorded_at="2026-11-24T02:00:00+02:00",
            sent_at="2026-11-24T00:05:00Z",
        )
    )
    assert offer.incident_id == INCIDENT
    assert (offer.filename, offer.title, offer.claimed_type) == ("clip.mp4", "A stop", "video/mp4")
    assert offer.claimed_sha256 == "ab" * 32
    assert offer.category == "traffic-stop"
    assert offer.recorded_at == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert offer.client_time == datetime(2026, 11, 24, 0, 5, tzinfo=UTC)


def test_only_the_incident_is_needed_and_unknown_keys_are_ignored() -> None:
    offer = tus.offer(metadata(colour="blue") + ",is_confidential")
    assert offer.filename == "unnamed"
    assert offer.recorded_at is None


@pytest.mark.parametrize(
    ("header", "field"),
    [
        (None, "incident"),
        ("", "incident"),
        (f"incident {b64('not an id')}", "incident"),
        ("incident ***", "incident"),
        (f"incident {b64(bytes([0xFF, 0xFE]))}", "incident"),
        (metadata() + f",incident {b64(str(INCIDENT))}", "incident"),
        (metadata(filename="x") + ",filename eA==", "filename"),
        (metadata(sha256="abc"), "sha256"),
        (metadata(sha256="z" * 64), "sha256"),
        (metadata(title="x" * 201), "title"),
        (metadata(recorded_at="yesterday"), "recorded_at"),
        (metadata(recorded_at="2026-11-24T02:00:00"), "recorded_at"),
        (metadata(recorded_at="0001-01-01T00:00:00+14:00"), "recorded_at"),
        (metadata(client_time="24.11.2026"), "client_time"),
    ],
)
def test_bad_metadata_is_refused_by_name(header: str | None, field: str) -> None:
    with pytest.raises(BadRequest) as refused:
        tus.offer(header)
    assert refused.value.field == field
    assert refused.value.status == 400


@pytest.mark.parametrize("header", [None, "", "-1", "1.5", "abc", "1e3", "٣", "9" * 19])
def test_a_length_must_be_a_number(header: str | None) -> None:
    with pytest.raises(BadRequest):
        tus.number("Upload-Length", header)
    assert tus.number("Upload-Length", "17179869184") == 17179869184


@pytest.mark.parametrize(
    "header", ["md5 abcd", "sha1", "sha1 ***", f"sha256 {b64(b'short')}", "", "sha1 " + b64(b"x" * 32)]
)
def test_a_checksum_must_be_one_that_is_offered(header: str) -> None:
    with pytest.raises(BadRequest):
        tus.checksum(header)
    assert tus.checksum(None) is None


def test_version_and_type_are_asked_for() -> None:
    tus.check_version("1.0.0")
    tus.check_type("application/offset+octet-stream; charset=x")
    for version in (None, "0.2.2", "2.0.0"):
        with pytest.raises(WrongVersion):
            tus.check_version(version)
    for content_type in (None, "application/octet-stream", "multipart/form-data"):
        with pytest.raises(WrongType):
            tus.check_type(content_type)
