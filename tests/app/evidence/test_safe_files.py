"""Files that are no recordings are shown as what they are, never run; what a camera wrote is shown as found."""

from dataclasses import asdict
from pathlib import Path

import pytest
from flask import Flask

from app.core.db import session, transaction
from app.evidence.found import in_file
from app.evidence.models import Evidence, MediaKind
from app.incidents.models import Incident
from tests.app.evidence.sending import Phone, sealed, with_copy
from tests.journeys import odd_clips
from workers.engines.media import probe, sniff
from workers.tasks.intake import recognise

PAGE = b"<!doctype html><script>alert(1)</script><img src=x onerror=alert(2)>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'


@pytest.mark.parametrize(("name", "content"), [("page.html", PAGE), ("drawing.svg", DRAWING)])
def test_a_page_full_of_programs_is_shown_as_text_and_never_run(
    app: Flask, phone: Phone, incident: Incident, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    seen = sniff(tmp_path / name)
    assert (seen.kind, seen.media_type) == ("document", "text/plain"), "its name is not believed"
    item = sealed(
        app, phone.send(incident, content, filename=name), kind=MediaKind.DOCUMENT, media_type=seen.media_type
    )
    html = phone.get(f"/evidence/{item.id}").get_data(as_text=True)
    assert "&lt;script&gt;alert(" in html
    assert "<script>alert(" not in html
    assert "onerror=alert" not in html.replace("onerror=alert(2)&gt;", "")
    for door in ("media", "original"):
        answer = phone.get(f"/evidence/{item.id}/{door}")
        assert answer.data == content
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


RUNS = (
    (b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>", "application/pdf", MediaKind.DOCUMENT),
    (b"MZ" + b"\x00" * 100, "application/x-msdownload", MediaKind.OTHER),
    (DRAWING, "image/svg+xml", MediaKind.IMAGE),
    (PAGE, "text/html", MediaKind.DOCUMENT),
)


def test_what_a_browser_might_run_is_a_download(app: Flask, phone: Phone, incident: Incident) -> None:
    for content, media_type, kind in RUNS:
        item = sealed(app, phone.send(incident, content, filename="x.bin"), kind=kind, media_type=media_type)
        answer = phone.get(f"/evidence/{item.id}/media")
        assert answer.headers["Content-Type"] == "application/octet-stream", media_type
        assert answer.headers["Content-Disposition"].startswith("attachment")
        if kind is not MediaKind.IMAGE:
            assert "is not opened in the browser" in phone.get(f"/evidence/{item.id}").get_data(as_text=True)


def test_a_long_text_says_that_it_is_cut(app: Flask, phone: Phone, incident: Incident) -> None:
    content = b"a line of it\n" * 10_000
    item = sealed(
        app, phone.send(incident, content, filename="long.txt"), kind=MediaKind.DOCUMENT, media_type="text/plain"
    )
    html = phone.get(f"/evidence/{item.id}").get_data(as_text=True)
    assert "These are the first 64 KB" in html
    assert len(html) < 120_000


def test_the_page_of_a_photograph_says_what_its_camera_wrote(
    app: Flask, phone: Phone, incident: Incident, tmp_path: Path
) -> None:
    photo = odd_clips.photo_with_exif(tmp_path / "p.jpg")
    item = sealed(
        app, phone.send(incident, photo.read_bytes(), filename="p.jpg"), kind=MediaKind.IMAGE, media_type="image/jpeg"
    )
    with transaction():
        session().get_one(Evidence, item.id).facts = asdict(probe(photo))
    html = phone.get(f"/evidence/{item.id}").get_data(as_text=True)
    assert "Acme Cam 7" in html
    assert "2026:01:05 22:41:07" in html
    assert "38.58167° N, 121.49417° W" in html
    assert phone.get(f"/evidence/{item.id}/original").data == photo.read_bytes()


@pytest.mark.parametrize(
    ("metadata", "camera", "position"),
    [
        ({"location": "+38.5816-121.4944/"}, "", "38.58160° N, 121.49440° W"),
        ({"com.apple.quicktime.make": "Apple", "com.apple.quicktime.model": "iPhone"}, "Apple iPhone", ""),
        ({"exif.Make": "Canon", "exif.Model": "Canon EOS"}, "Canon EOS", ""),
        ({"exif.GPSLatitude": "far", "exif.GPSLongitude": "away"}, "", ""),
        ({"exif.GPSLatitude": "1, 30, 0"}, "", ""),
        ({"location": "<script>"}, "", ""),
    ],
)
def test_what_other_cameras_write(metadata: dict[str, str], camera: str, position: str) -> None:
    said = in_file(Evidence(facts={"metadata": metadata}))
    assert (said.camera, said.position) == (camera, position)
    assert said.any


@pytest.mark.parametrize("make", [odd_clips.bomb, odd_clips.gif_bomb], ids=["png", "gif"])
def test_a_picture_made_to_exhaust_the_machine_is_set_aside_with_the_reason(tmp_path: Path, make) -> None:
    fault = recognise(make(tmp_path / "bomb.png"), name="bomb.png").fault
    assert "larger than any camera's (over 120 million pixels)" in fault


def test_a_picture_that_browsers_do_not_show_is_shown_as_its_thumbnail(
    app: Flask, phone: Phone, incident: Incident
) -> None:
    scan = sealed(app, phone.send(incident, b"II*", filename="s.tif"), kind=MediaKind.IMAGE, media_type="image/tiff")
    assert f"/evidence/{scan.id}/media" in phone.get(f"/evidence/{scan.id}").get_data(as_text=True)
    with_copy(app, scan, "thumbnail", b"jpeg", "image/jpeg", "jpg")
    html = phone.get(f"/evidence/{scan.id}").get_data(as_text=True)
    assert f'src="/evidence/{scan.id}/poster"' in html
    assert f'src="/evidence/{scan.id}/media"' not in html
