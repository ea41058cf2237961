"""Items are looked at, played in parts and downloaded by who may see their incident, and each time is an event."""

import hashlib
import io
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.permissions import Role
from app.evidence import service
from app.evidence.models import Evidence, MediaKind
from app.incidents.models import Incident
from tests.app.evidence.sending import INTAKE, LISTING, Phone, acts, sealed, with_copy, with_storyboard
from tests.conftest import nobody
from tests.people import People

CONTENT = bytes(range(256)) * 1000
PROXY = b"proxy" * 1000


@pytest.fixture
def item(app: Flask, phone: Phone, incident: Incident) -> Evidence:
    """A sealed video, and no event of anybody looking at it."""
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    return sealed(app, phone.send(incident, CONTENT, filename="تسجيل stop.mp4", sha256=sha256))


def looks() -> list[str]:
    return [act for act in acts() if act in ("evidence:item:view", "evidence:item:play", "evidence:item:download")]


def last_event() -> Event:
    return session().scalars(sa.select(Event).order_by(Event.seq.desc()).limit(1)).one()


def test_the_page_says_what_it_is_and_leaves_an_event(phone: Phone, item: Evidence) -> None:
    answer = phone.get(f"/evidence/{item.id}")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "computed the same SHA-256" in html
    assert item.sha256 in html
    assert "تسجيل stop.mp4" in html
    assert "Received whole" in html
    assert "Sealed" in html
    assert looks() == ["evidence:item:view"]
    event = last_event()
    assert (event.actor_id, event.incident_id, event.subject_id) == (phone.officer.id, item.incident_id, str(item.id))


def test_the_custody_trail_shows_this_very_look(phone: Phone, item: Evidence) -> None:
    html = phone.get(f"/evidence/{item.id}").get_data(as_text=True)
    assert "Viewed" in html
    assert phone.officer.label.replace("'", "&#39;") in html


def test_the_json_is_a_receipt_and_leaves_an_event(phone: Phone, item: Evidence) -> None:
    card = phone.get(f"/api/v1/evidence/{item.id}").get_json()
    assert (card["state"], card["sha256"], card["claimed_sha256"]) == ("sealed", item.sha256, item.sha256)
    assert card["sealed_at"]
    assert looks() == ["evidence:item:view"]


def test_the_phone_sees_its_upload_sealed(phone: Phone, item: Evidence) -> None:
    status = phone.status(f"/api/v1/uploads/{item.upload_id}")
    assert (status["state"], status["sha256"], status["url"]) == ("sealed", item.sha256, f"/evidence/{item.id}")


def test_the_original_is_played_whole_when_there_is_no_copy(phone: Phone, item: Evidence) -> None:
    answer = phone.get(f"/evidence/{item.id}/media")
    assert answer.status_code == 200
    assert answer.data == CONTENT
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["ETag"] == f'"{item.sha256}"'
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert looks() == ["evidence:item:play"]


@pytest.mark.parametrize(
    ("header", "start", "end"), [("bytes=0-99", 0, 100), ("bytes=1000-", 1000, 256000), ("bytes=-10", 255990, 256000)]
)
def test_a_part_is_a_part(phone: Phone, item: Evidence, header: str, start: int, end: int) -> None:
    answer = phone.get(f"/evidence/{item.id}/media", Range=header)
    assert answer.status_code == 206
    assert answer.data == CONTENT[start:end]
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/256000"
    assert int(answer.headers["Content-Length"]) == end - start


def test_no_part_beyond_the_end(phone: Phone, item: Evidence) -> None:
    answer = phone.get(f"/evidence/{item.id}/media", Range="bytes=256000-")
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */256000"
    assert looks() == []


def test_if_range_gives_the_whole_when_the_content_is_another(phone: Phone, item: Evidence) -> None:
    path, part = f"/evidence/{item.id}/media", {"Range": "bytes=0-9"}
    assert phone.get(path, **part, **{"If-Range": f'"{item.sha256}"'}).status_code == 206
    for other in (f'W/"{item.sha256}"', '"other"', "Tue, 24 Nov 2026 00:00:00 GMT"):
        assert phone.get(path, **part, **{"If-Range": other}).status_code == 200


def test_head_says_the_size_and_leaves_no_event(phone: Phone, item: Evidence) -> None:
    answer = phone.browser.head(f"/evidence/{item.id}/media")
    assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"", "256000")
    assert looks() == []


def test_one_event_a_play_not_one_a_range(phone: Phone, item: Evidence) -> None:
    for part in ("bytes=0-", "bytes=5000-9999", "bytes=10000-"):
        phone.get(f"/evidence/{item.id}/media", Range=part)
    assert looks() == ["evidence:item:play"]


def test_every_play_from_the_start_is_an_event_of_its_own(phone: Phone, item: Evidence) -> None:
    for part in ({}, {"Range": "bytes=0-"}, {"Range": "bytes=0-99"}):
        phone.get(f"/evidence/{item.id}/media", **part)
    assert looks() == ["evidence:item:play"] * 3


def test_starting_in_the_middle_is_a_play_too(app: Flask, phone: Phone, item: Evidence, people: People) -> None:
    """Whoever leaves the first byte out is on record all the same; so is the next person."""
    phone.get(f"/evidence/{item.id}/media", Range="bytes=1-")
    assert looks() == ["evidence:item:play"]
    assert last_event().details["start"] == 1
    supervisor = Phone(app, people.one(Role.SUPERVISOR))
    supervisor.get(f"/evidence/{item.id}/media", Range="bytes=1-")
    assert looks() == ["evidence:item:play"] * 2
    assert last_event().details["assigned"] is False


def test_the_working_copy_is_played_and_the_original_downloaded(app: Flask, phone: Phone, item: Evidence) -> None:
    with_copy(app, item, "proxy", PROXY, "video/mp4", "mp4")
    assert phone.get(f"/evidence/{item.id}/media").data == PROXY
    download = phone.get(f"/evidence/{item.id}/original")
    assert download.data == CONTENT
    assert download.headers["Content-Type"] == "application/octet-stream"
    assert download.headers["Content-Disposition"].startswith('attachment; filename="stop.mp4"; filename*=UTF-8')
    assert looks() == ["evidence:item:play", "evidence:item:download"]


def test_stills_and_waveforms_are_a_look_once(app: Flask, phone: Phone, item: Evidence) -> None:
    assert phone.get(f"/evidence/{item.id}/poster").status_code == 404
    with_copy(app, item, "poster", b"jpeg", "image/jpeg", "jpg")
    with_copy(app, item, "peaks", b'{"per_second": 20, "peaks": [0.5]}', "application/json", "json")
    still = phone.get(f"/evidence/{item.id}/poster")
    assert (still.data, still.headers["Content-Type"]) == (b"jpeg", "image/jpeg")
    assert phone.get(f"/evidence/{item.id}/peaks").get_json() == {"per_second": 20, "peaks": [0.5]}
    assert looks() == ["evidence:item:view"]


def test_a_stream_and_a_storyboard_leave_one_event_each_however_many_parts_are_asked_for(
    app: Flask, phone: Phone, item: Evidence, people: People
) -> None:
    parts = {
        "stream/main.m3u8": ("application/vnd.apple.mpegurl", "m3u8"),
        "stream/720.m3u8": ("application/vnd.apple.mpegurl", "m3u8"),
        "stream/720.mp4": ("video/mp4", "mp4"),
        "storyboard/index.vtt": ("text/vtt", "vtt"),
        "storyboard/1.jpg": ("image/jpeg", "jpg"),
    }
    for kind, (media_type, suffix) in parts.items():
        with_copy(app, item, kind, f"this is {kind}".encode() * 9, media_type, suffix)
    for kind, (media_type, _suffix) in parts.items():
        answer = phone.get(f"/evidence/{item.id}/{kind}")
        assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, media_type)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Content-Disposition" not in answer.headers
    for first in range(0, 60, 10):
        span = f"bytes={first}-{first + 9}"
        assert phone.get(f"/evidence/{item.id}/stream/720.mp4", Range=span).status_code == 206
    assert looks() == ["evidence:item:play"], "the storyboard was looked at by who plays it"
    assert last_event().details["what"] == "stream"
    other = Phone(app, people.one(Role.SUPERVISOR))
    for part in ("index.vtt", "1.jpg", "index.vtt"):
        other.get(f"/evidence/{item.id}/storyboard/{part}")
    assert looks()[1:] == ["evidence:item:view"]
    assert last_event().details["what"] == "storyboard"


@pytest.mark.parametrize(("second", "colour"), [("0", 0), ("2.4", 0), ("2.5", 2), ("9000", 2)])
def test_a_moment_is_one_small_picture_of_that_second(
    app: Flask, phone: Phone, item: Evidence, second: str, colour: int
) -> None:
    with_storyboard(app, item)
    answer = phone.get(f"/evidence/{item.id}/moment.jpg?at={second}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-store"
    with Image.open(io.BytesIO(answer.data)) as shown:
        middle = shown.convert("RGB").getpixel((8, 4))
        assert shown.size == (16, 8)
    assert isinstance(middle, tuple)
    assert [part > 200 for part in middle] == [n == colour for n in range(3)]


def test_moments_are_a_look_once_and_no_look_where_there_is_nothing_to_see(
    app: Flask, phone: Phone, item: Evidence
) -> None:
    assert phone.get(f"/evidence/{item.id}/moment.jpg?at=1").status_code == 404
    with_copy(app, item, "storyboard/index.vtt", b"WEBVTT", "text/vtt", "vtt")
    assert phone.get(f"/evidence/{item.id}/moment.jpg?at=1").status_code == 404, "a list of no pictures"
    with_storyboard(app, item)
    for at in ("", "?at=", "?at=x", "?at=-1", "?at=nan", "?at=1e9"):
        answer = phone.get(f"/evidence/{item.id}/moment.jpg{at}", Accept="application/json")
        assert (answer.status_code, answer.get_json()["field"]) == (422, "at"), at
    assert looks() == []
    for second in range(4):
        phone.get(f"/evidence/{item.id}/moment.jpg?at={second}")
    assert looks() == ["evidence:item:view"]
    assert last_event().details["what"] == "storyboard"


def test_a_moment_of_a_sheet_that_is_lost_is_told(app: Flask, phone: Phone, item: Evidence) -> None:
    with_storyboard(app, item)
    sheet = next(one for one in session().get_one(Evidence, item.id).renditions if one.kind == "storyboard/1.jpg")
    settings = app.config["SETTINGS"]
    (settings.objects / sheet.storage_key).unlink()
    answer = phone.get(f"/evidence/{item.id}/moment.jpg?at=1")
    assert answer.status_code == 500
    assert "damaged or missing" in answer.get_data(as_text=True)


def test_a_moment_of_a_sheet_that_is_no_picture_is_told(app: Flask, phone: Phone, item: Evidence) -> None:
    with_copy(app, item, "storyboard/1.jpg", b"no picture", "image/jpeg", "jpg")
    with_copy(app, item, "storyboard/index.vtt", LISTING.encode(), "text/vtt", "vtt")
    answer = phone.get(f"/evidence/{item.id}/moment.jpg?at=1")
    assert (answer.status_code, "damaged or missing" in answer.get_data(as_text=True)) == (500, True)
    assert looks() == []


def test_a_part_that_was_not_made_is_not_there(phone: Phone, item: Evidence) -> None:
    for name in ("stream/main.m3u8", "stream/proxy", "storyboard/9.jpg", "stream/..%2Fproxy"):
        assert phone.get(f"/evidence/{item.id}/{name}").status_code == 404, name


@pytest.mark.parametrize(
    ("kind", "media_type", "shown"),
    [
        (MediaKind.IMAGE, "image/jpeg", True),
        (MediaKind.AUDIO, "audio/mpeg", True),
        (MediaKind.DOCUMENT, "text/html", False),
        (MediaKind.IMAGE, "image/svg+xml", False),
        (MediaKind.OTHER, "video/mp4", False),
    ],
)
def test_only_pictures_sound_and_film_are_shown_in_the_browser(
    app: Flask, phone: Phone, incident: Incident, kind: MediaKind, media_type: str, shown: bool
) -> None:
    item = sealed(app, phone.send(incident, b"<script>", filename="x.html"), kind=kind, media_type=media_type)
    answer = phone.get(f"/evidence/{item.id}/media")
    assert answer.headers["Content-Type"] == (media_type if shown else "application/octet-stream")
    assert answer.headers.get("Content-Disposition", "").startswith("attachment") is not shown
    assert len(looks()) == 1


DOORS = (
    "",
    "/media",
    "/original",
    "/poster",
    "/peaks",
    "/stream/main.m3u8",
    "/storyboard/index.vtt",
    "/moment.jpg?at=1",
)


@pytest.mark.parametrize("door", DOORS)
def test_who_does_not_see_the_incident_sees_nothing_of_it(
    app: Flask, phone: Phone, item: Evidence, people: People, door: str
) -> None:
    stranger, elsewhere = Phone(app, people.one()), Phone(app, people.one(Role.SUPERVISOR, unit="South"))
    for who in (stranger, elsewhere):
        assert who.get(f"/evidence/{item.id}{door}").status_code == 404
    assert Phone(app, people.one(Role.ADMINISTRATOR)).get(f"/evidence/{item.id}{door}").status_code == 403
    assert app.test_client().get(f"/evidence/{item.id}{door}").status_code in (302, 303, 401)
    assert phone.get(f"/evidence/{nobody()}{door}").status_code == 404
    assert looks() == []


@pytest.mark.parametrize("door", DOORS[1:])
def test_what_is_not_sealed_is_not_opened(phone: Phone, incident: Incident, door: str) -> None:
    item = phone.send(incident, CONTENT)
    assert phone.get(f"/evidence/{item.id}{door}").status_code == 409
    assert "not sealed yet" in phone.get(f"/evidence/{item.id}").get_data(as_text=True)


def test_a_quarantined_item_says_why_and_what_to_do(phone: Phone, incident: Incident) -> None:
    item = phone.send(incident, CONTENT, sha256="0" * 64)
    with transaction():
        service.quarantine(
            session().get_one(Evidence, item.id),
            reason="What arrived is not what the phone sent: the hashes differ.",
            sha256=hashlib.sha256(CONTENT).hexdigest(),
            size=len(CONTENT),
            actor=INTAKE,
        )
    html = phone.get(f"/evidence/{item.id}").get_data(as_text=True)
    assert "the hashes differ" in html
    assert "The two SHA-256 differ" in html
    assert "send it again" in html
    assert phone.get(f"/evidence/{item.id}/original").status_code == 409
    status: dict[str, Any] = phone.status(f"/api/v1/uploads/{item.upload_id}")
    assert (status["state"], status["sha256"]) == ("quarantined", "")
    assert "hashes differ" in status["reason"]
    assert "evidence:item:quarantine" in acts()
    assert uuid.UUID(status["evidence_id"]) == item.id
