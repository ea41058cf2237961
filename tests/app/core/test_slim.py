"""What is sent compressed, to whom, and what never is; and the product's own files under addresses that name their content."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask, Response

from app.core import slim, statics

GZIP = {"Accept-Encoding": "gzip, br"}
OWN = GZIP | {"Sec-Fetch-Site": "same-origin"}


def of_release(app: Flask, name: str) -> str:
    with app.test_request_context():
        return app.url_for("static", filename=name)


def test_own_files_are_compressed_for_who_can_read_it(app: Flask) -> None:
    client, address = app.test_client(), of_release(app, "js/queue.js")
    plain = client.get(address, buffered=True)
    small = client.get(address, headers=GZIP, buffered=True)
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    assert small.headers["Content-Length"] == str(len(small.data))
    assert "Accept-Encoding" in small.vary
    assert "Accept-Encoding" in plain.vary


def test_what_is_compressed_already_is_sent_as_it_is(app: Flask) -> None:
    for name in ("icons/blotter-192.png", "styles/clip.mp4"):
        answer = app.test_client().get(of_release(app, name), headers=OWN, buffered=True)
        assert (answer.status_code, "Content-Encoding" in answer.headers) == (200, False)


def test_a_part_of_an_own_file_is_that_part(app: Flask) -> None:
    headers = OWN | {"Range": "bytes=10-29"}
    answer = app.test_client().get(of_release(app, "js/queue.js"), headers=headers, buffered=True)
    assert (answer.status_code, len(answer.data), "Content-Encoding" in answer.headers) == (206, 20, False)


@pytest.mark.parametrize(
    ("site", "packed"),
    [("same-origin", True), ("none", True), ("same-site", False), ("cross-site", False), ("", False)],
)
def test_a_page_is_compressed_only_where_no_other_site_asked_for_it(app: Flask, site: str, packed: bool) -> None:
    """BREACH: who can make the browser ask learns nothing from the size of the answer."""
    answer = app.test_client().get("/sign-in", headers=GZIP | ({"Sec-Fetch-Site": site} if site else {}))
    assert (answer.headers.get("Content-Encoding") == "gzip") is packed
    assert {"Accept-Encoding", "Sec-Fetch-Site"} <= set(answer.vary)
    html = gzip.decompress(answer.data) if packed else answer.data
    assert b"<h1" in html


def test_the_same_page_has_another_length_each_time() -> None:
    body = b"the driver said the light was green " * 100
    sizes = set()
    for _ in range(200):
        packed = slim.padded(body)
        assert gzip.decompress(packed) == body
        sizes.add(len(packed))
    assert len(sizes) > 20
    assert max(sizes) - min(sizes) < slim.PADDING


def test_short_answers_and_downloads_are_left_alone(app: Flask) -> None:
    for kind, length, more in (
        ("text/html", slim.LEAST - 1, {}),
        ("text/csv", 5000, {"Content-Disposition": "attachment; filename=a.csv"}),
        ("text/plain", 5000, {"Accept-Ranges": "bytes"}),
        ("text/plain", 5000, {"Content-Encoding": "br"}),
        ("video/mp4", 5000, {}),
        ("application/zip", 5000, {}),
    ):
        with app.test_request_context("/", headers=OWN):
            answer = app.process_response(Response(b"x" * length, mimetype=kind, headers=more))
        assert answer.headers.get("Content-Encoding", "") == more.get("Content-Encoding", ""), kind
        assert len(answer.get_data()) == length
    with app.test_request_context("/", headers=OWN):
        streamed = app.process_response(Response(iter([b"x" * 5000]), mimetype="text/plain"))
    assert "Content-Encoding" not in streamed.headers


def test_what_this_release_names_is_kept_for_good_and_asked_for_again_when_it_changed(app: Flask) -> None:
    address, client = of_release(app, "css/tokens.css"), app.test_client()
    assert re.fullmatch(r"/static/v-[0-9a-f]{12}/css/tokens\.css", address)
    assert client.get(address, buffered=True).headers["Cache-Control"] == statics.FOR_GOOD
    for other in ("/static/css/tokens.css", "/static/v-000000000000/css/tokens.css"):
        answer = client.get(other, headers=GZIP, buffered=True)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, statics.ASK_AGAIN)
        again = client.get(other, headers=GZIP | {"If-None-Match": answer.headers["ETag"]}, buffered=True)
        assert (again.status_code, again.data) == (304, b"")
    assert client.get(address.replace("tokens", "nothing")).headers["Cache-Control"] == statics.ASK_AGAIN
    assert client.get(address.replace("css/tokens.css", "../app/__init__.py"), headers=OWN).status_code == 404


def test_parts_of_a_page_come_without_what_holds_for_documents(app: Flask) -> None:
    for name, bare in (
        ("js/queue.js", True),
        ("css/base.css", True),
        ("js/take-worker.js", False),
        ("icons/blotter.svg", False),
    ):
        answer = app.test_client().get(of_release(app, name), buffered=True)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert ("Content-Security-Policy" not in answer.headers) is bare, name


def test_the_digest_is_of_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "a.js").write_text("one")
    first = statics.digest(tmp_path)
    assert statics.digest(tmp_path) == first
    (tmp_path / "js" / "a.js").write_text("two")
    second = statics.digest(tmp_path)
    (tmp_path / "js" / "a.js").rename(tmp_path / "js" / "b.js")
    assert len({first, second, statics.digest(tmp_path)}) == 3


def test_pages_worker_and_manifest_name_files_of_this_release_only(app: Flask) -> None:
    release = f"/static/v-{app.config['STATIC_RELEASE']}/"
    for path in ("/sign-in", "/phone/shell", "/sw.js", "/manifest.webmanifest"):
        text = app.test_client().get(path).get_data(as_text=True)
        named = re.findall(r'"(/static/[^"]*)"', text)
        assert named, path
        assert [one for one in named if not one.startswith(release)] == []
    worker = app.test_client().get("/sw.js")
    again = app.test_client().get("/sw.js", headers={"If-None-Match": worker.headers["ETag"]})
    assert again.status_code == 304
