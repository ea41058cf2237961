"""Checkpoints by the clock: published to a folder, sent to a witness that is a real server; when it fails, nothing waits."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask

from app.config import Settings, SettingsError, read_settings
from app.core import ledger, watches
from app.core.actor import machine
from app.core.db import session, transaction
from app.core.keys import Signer, signer
from app.core.ledger import publishing, witness
from app.core.permissions import Role
from app.core.verifier import Checkpoint
from tests.people import People, signed_in

AT_ONCE = (0.0, 0.0)


@dataclass
class Witness:
    """A server of the test's own; `answers` are the statuses it gives, then 200 for ever."""

    answers: list[int] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    tries: int = 0
    url: str = ""


@pytest.fixture
def outside() -> Iterator[Witness]:
    known = Witness()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            note = self.rfile.read(int(self.headers["Content-Length"])).decode()
            known.tries += 1
            status = known.answers.pop(0) if known.answers else 200
            if status == 200:
                known.taken.append(note)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", known.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_given: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_port}/checkpoints?from=test"
    yield known
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def own(app: Flask, settings: Settings) -> Signer:
    return signer(settings, used=lambda: False)


def act() -> None:
    with transaction():
        ledger.record("core:thing:done", actor=machine("test"), subject_kind="thing", subject_id=1)


def publish(own: Signer, folder: Path, url: str = "") -> Checkpoint:
    note = publishing.publish_new(own, folder=folder, witness_url=url, pauses=AT_ONCE).note
    session().rollback()
    return Checkpoint.read(note, own.key)


def alarms() -> list[str]:
    session().rollback()
    return [one.name for one in watches.alarms()]


def test_a_checkpoint_is_published_and_witnessed_when_something_is_new(
    own: Signer, tmp_path: Path, outside: Witness
) -> None:
    act()
    first = publish(own, tmp_path, outside.url)
    assert publish(own, tmp_path, outside.url) == first
    act()
    second = publish(own, tmp_path, outside.url)
    assert [Checkpoint.read(note, own.key) for note in outside.taken] == [first, second]
    assert Checkpoint.read((tmp_path / "checkpoint").read_text(), own.key) == second
    assert sorted(path.name for path in tmp_path.glob("*.note")) == ["1.note", "2.note"]
    assert alarms() == []


def test_a_witness_that_stumbles_is_asked_again_at_once(own: Signer, tmp_path: Path, outside: Witness) -> None:
    act()
    outside.answers = [500, 302]
    publish(own, tmp_path, outside.url)
    assert (outside.tries, len(outside.taken), alarms()) == (3, 1, [])


def test_a_witness_that_is_away_stops_nothing_and_alarms_the_administrator(
    app: Flask, own: Signer, people: People, tmp_path: Path, outside: Witness, caplog: pytest.LogCaptureFixture
) -> None:
    act()
    outside.answers = [503] * 3
    point = publish(own, tmp_path, outside.url)
    assert (tmp_path / "checkpoint").exists()
    assert alarms() == ["ledger witness"]
    assert "the witness was not told of the checkpoint of 1 events: the witness answered 503" in caplog.text
    html = signed_in(app, people.one(Role.ADMINISTRATOR)).get("/").get_data(as_text=True)
    assert "Ledger witness does not hold" in html
    assert "the witness answered 503" in html
    publish(own, tmp_path, outside.url)
    assert alarms() == []
    assert Checkpoint.read(outside.taken[0], own.key).size >= point.size


def test_nobody_at_the_address_is_said_so(own: Signer, tmp_path: Path) -> None:
    act()
    publish(own, tmp_path, "http://127.0.0.1:9/")
    assert alarms() == ["ledger witness"]
    with pytest.raises(witness.Unwitnessed, match="refused"):
        witness.send("http://127.0.0.1:9/", "x", pauses=())
    publish(own, tmp_path)
    assert alarms() == []  # no witness is set any more


def test_an_address_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOTTER_WITNESS_URL", "ftp://example.com")
    with pytest.raises(SettingsError, match="BLOTTER_WITNESS_URL"):
        read_settings()
