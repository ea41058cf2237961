"""tus 1.0.0, concatenation: each MUST as a test named after it; and whose parts may be joined."""

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import session
from app.core.permissions import Role
from app.evidence.landing import hold
from app.evidence.models import Evidence
from app.incidents.models import Incident
from tests.app.evidence.sending import Phone, acts, an_incident, landed, metadata, refused, upload_of, uploads
from tests.conftest import nobody
from tests.people import People

UPLOADS = "/api/v1/uploads"


@pytest.fixture
def joined(phone: Phone, incident: Incident) -> str:
    """An upload joined from two parts."""
    answer = phone.join(incident, phone.part(b"hello"), phone.part(b" world"))
    assert answer.status_code == 201, answer.get_data(as_text=True)
    location: str = answer.headers["Location"]
    return location


def test_concatenation_must_be_announced_and_of_unfinished_parts_is_not(
    app: Flask, phone: Phone, incident: Incident
) -> None:
    """If the Server supports this extension, it MUST add `concatenation` to the `Tus-Extension` header. The Client MAY
    send the concatenation request while the partial uploads are still in progress. This feature MUST be explicitly
    announced by the Server by adding `concatenation-unfinished` to the `Tus-Extension` header."""
    told = app.test_client().options(UPLOADS).headers["Tus-Extension"].split(",")
    assert "concatenation" in told
    assert "concatenation-unfinished" not in told
    sent = {"Upload-Concat": "partial", "Upload-Length": "5"}
    begun = phone.client.post(UPLOADS, headers=phone.headers | sent).headers["Location"]
    phone.patch(begun, 0, b"12")
    refused(phone.join(incident, phone.part(b"hello"), begun), 409, "not whole", "last bytes", "Upload-Concat")
    assert phone.patch(begun, 2, b"345").status_code == 204  # it is not spoilt by that


def test_the_length_must_be_the_sum_and_the_order_that_of_the_list(
    app: Flask, phone: Phone, incident: Incident
) -> None:
    """The length of the final upload MUST be the sum of the length of all partial uploads. The partial uploads MUST be
    concatenated as per the order specified in the list."""
    first, second, empty, third = (phone.part(piece) for piece in (b"one ", b"two ", b"", b"three"))
    location = phone.join(incident, third, first, empty, second, filename="joined.mp4").headers["Location"]
    assert phone.head(location).headers["Upload-Length"] == "13"
    assert landed(app, location).read_bytes() == b"threeone two "
    item = session().scalars(sa.select(Evidence)).one()
    assert (item.size, item.original_name, str(item.upload_id)) == (13, "joined.mp4", location.rpartition("/")[2])
    assert not any(landed(app, part).exists() for part in (first, second, empty, third))
    assert acts("upload")[-1] == "evidence:upload:join"


@pytest.mark.parametrize(
    "concat",
    [
        "",
        "final",
        "final;",
        "whole",
        "Partial",
        "partial;/api/v1/uploads/x",
        "final;/api/v1/uploads/x",
        "final;{part} {part}",
        "final;{part},{part}",
        "first;{part}",
        "final {part}",
    ],
)
def test_upload_concat_must_be_partial_or_final_and_a_list(phone: Phone, incident: Incident, concat: str) -> None:
    """If the upload is a partial one, the header value MUST be `partial`. In the case of a final upload, its value MUST be
    `final` followed by a semicolon and a space-separated list of partial upload URLs that will be concatenated."""
    part = phone.part(b"hello")
    length = None if concat.startswith(("final", "first")) else 5
    refused(phone.create(incident, length, headers={"Upload-Concat": concat.format(part=part)}), 400, "Upload-Concat")
    assert uploads() == 1
    assert phone.head(part).headers["Upload-Offset"] == "5"


def test_more_parts_than_are_taken_are_refused(phone: Phone, incident: Incident) -> None:
    refused(phone.join(incident, *(f"{UPLOADS}/{nobody()}" for _ in range(101))), 400, "Upload-Concat", "100")


def test_addresses_may_be_absolute_or_relative(phone: Phone, incident: Incident) -> None:
    """The partial uploads URLs MAY be absolute or relative and MUST NOT contain spaces."""
    parts = [phone.part(b"hello"), phone.part(b" world")]
    assert phone.join(incident, f"https://blotter.example{parts[0]}", parts[1]).status_code == 201


@pytest.mark.parametrize("header", [{"Upload-Length": "5"}, {"Upload-Defer-Length": "1"}])
def test_the_length_must_not_be_in_the_creation_of_the_final_one(
    phone: Phone, incident: Incident, header: dict[str, str]
) -> None:
    """The Client MUST NOT include the `Upload-Length` header in the final upload creation."""
    part = phone.part(b"hello")
    refused(phone.join(incident, part, headers=header), 400, *header)
    assert phone.head(part).headers["Upload-Offset"] == "5"


def test_metadata_of_parts_shall_not_go_over(phone: Phone, incident: Incident) -> None:
    """When creating a new final upload the partial uploads' metadata SHALL NOT be transferred to the new final upload."""
    said = metadata(filename="part.mp4", title="A part", sha256="ab" * 32)
    phone.join(incident, phone.part(b"hello", **{"Upload-Metadata": said}), filename="whole.mp4")
    item = session().scalars(sa.select(Evidence)).one()
    assert (item.original_name, item.title, item.claimed_sha256) == ("whole.mp4", "whole.mp4", "")
    refused(  # the incident of a part does not go over either
        phone.client.post(
            UPLOADS,
            headers=phone.headers
            | {
                "Upload-Concat": f"final;{phone.part(b'x', **{'Upload-Metadata': metadata(incident=str(incident.id))})}"
            },
        ),
        400,
        "incident",
    )


def test_patch_of_the_final_one_must_be_answered_by_403_and_change_nothing(
    app: Flask, phone: Phone, joined: str
) -> None:
    """The Server MUST respond with the `403 Forbidden` status to `PATCH` requests against a final upload URL and MUST NOT
    modify the final or its partial uploads."""
    for offset, piece in ((11, b"!"), (0, b"HELLO"), (11, b"")):
        refused(phone.patch(joined, offset, piece), 403, "joined from parts")
    refused(phone.client.patch(joined, headers=phone.headers), 403)
    assert landed(app, joined).read_bytes() == b"hello world"
    assert phone.head(joined).headers["Upload-Offset"] == "11"


def test_head_of_the_final_one_must_tell_offset_and_length_equal(phone: Phone, joined: str) -> None:
    """After successful concatenation, the `Upload-Offset` and `Upload-Length` MUST be set and their values MUST be equal.
    The `Upload-Length` header MUST be included if the length of the final resource can be calculated at the time of the
    request."""
    head = phone.head(joined).headers
    assert (head["Upload-Offset"], head["Upload-Length"]) == ("11", "11")


def test_head_of_a_part_must_tell_its_offset(phone: Phone, incident: Incident) -> None:
    """The response to a HEAD request for a partial upload MUST contain the `Upload-Offset` header. After it was joined it
    still tells that it is whole: a phone that lost the answer asks, and need not send it again."""
    part = phone.part(b"hello")
    assert phone.head(part).headers["Upload-Offset"] == "5"
    assert phone.join(incident, part).status_code == 201
    assert phone.head(part).headers["Upload-Offset"] == "5"
    assert phone.patch(part, 5, b"!").status_code == 410
    assert phone.delete(part).status_code == 410


def test_upload_concat_must_be_told_as_it_was_given(phone: Phone, incident: Incident) -> None:
    """Response to `HEAD` request against partial or final upload MUST include the `Upload-Concat` header and its value as
    received in the upload creation request. The `Upload-Concat` request and response header MUST be set in both partial
    and final upload creation requests."""
    first, second = phone.part(b"hello"), phone.part(b" world")
    assert phone.head(first).headers["Upload-Concat"] == "partial"
    given = f"final;https://blotter.example{first} {second}"
    answer = phone.join(incident, f"https://blotter.example{first}", second)
    assert answer.headers["Upload-Concat"] == given
    assert phone.head(answer.headers["Location"]).headers["Upload-Concat"] == given
    assert "Upload-Concat" not in phone.head(phone.open(incident, 5)).headers


def test_asked_again_it_is_the_same_upload(phone: Phone, incident: Incident) -> None:
    """The answer was lost, the phone asks again: no part is sent twice and no item stands twice."""
    parts = [phone.part(b"hello"), phone.part(b" world")]
    first, again = (phone.join(incident, *parts, filename="a.mp4") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(session().scalars(sa.select(Evidence)).all()) == 1
    assert acts("upload").count("evidence:upload:join") == 1
    refused(phone.join(an_incident(phone.officer), *parts), 409, "another incident", "incident")
    refused(phone.join(incident, *reversed(parts)), 410, "joined into another")
    refused(phone.join(incident, parts[0], phone.part(b"!")), 410, "joined into another")


def test_somebody_else_s_parts_are_not_there(app: Flask, phone: Phone, incident: Incident, people: People) -> None:
    theirs = Phone(app, people.one(Role.SUPERVISOR)).part(b"secret")
    mine = phone.part(b"mine")
    for parts in ((theirs,), (mine, theirs), (mine, f"{UPLOADS}/{nobody()}")):
        refused(phone.join(incident, *parts), 404, "not yours")
    assert landed(app, theirs).read_bytes() == b"secret"
    assert phone.head(mine).headers["Upload-Offset"] == "4"
    assert session().scalars(sa.select(Evidence)).all() == []


def test_what_is_no_part_is_not_joined(phone: Phone, incident: Incident, joined: str) -> None:
    whole, received = phone.open(incident, 5), phone.open(incident, 3)
    phone.patch(received, 0, b"123")
    for one in (whole, received, joined):
        refused(phone.join(incident, phone.part(b"part"), one), 409, "not a part", "Upload-Concat")


def test_parts_that_are_written_to_wait(app: Flask, phone: Phone, incident: Incident) -> None:
    part = phone.part(b"hello")
    with hold(landed(app, part)):
        refused(phone.join(incident, part), 423, "another request", "few seconds")
    assert phone.join(incident, part).status_code == 201


def test_bytes_come_with_a_part_and_not_with_the_final_one(phone: Phone, incident: Incident) -> None:
    sent = {"Upload-Concat": "partial", "Upload-Length": "5", "Content-Type": "application/offset+octet-stream"}
    answer = phone.client.post(UPLOADS, headers=phone.headers | sent, data=b"hello")
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "5")
    part = answer.headers["Location"]
    refused(phone.create(incident, None, body=b"!", headers={"Upload-Concat": f"final;{part}"}), 400, "no bytes")
    assert phone.join(incident, part).status_code == 201


def test_a_part_of_a_length_said_later_is_joined_too(app: Flask, phone: Phone, incident: Incident) -> None:
    sent = {"Upload-Concat": "partial", "Upload-Defer-Length": "1"}
    part = phone.client.post(UPLOADS, headers=phone.headers | sent).headers["Location"]
    phone.patch(part, 0, b"hel")
    refused(phone.join(incident, part), 409, "not whole")
    assert phone.patch(part, 3, b"lo", Upload_Length="5").status_code == 204
    refused(phone.patch(part, 5, b"!"), 413, "5 bytes")
    location = phone.join(incident, part).headers["Location"]
    assert landed(app, location).read_bytes() == b"hello"


def test_parts_over_the_most_together_are_refused(app: Flask, phone: Phone, incident: Incident) -> None:
    parts = [phone.part(b"hello"), phone.part(b" world")]
    app.config["SETTINGS"].upload_max_bytes = 10
    refused(phone.join(incident, *parts), 413, "11 bytes", "10", "Upload-Length")
    assert upload_of(parts[0]).offset == 5
    assert phone.delete(parts[0]).status_code == 204


def test_a_closed_incident_takes_no_joined_one(phone: Phone, incident: Incident, people: People) -> None:
    refused(phone.join(an_incident(people.one()), phone.part(b"hello")), 404, "incident")
