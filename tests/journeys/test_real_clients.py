"""Other people's tus clients against the running station: they pause, lose the network, go on, and arrive whole.

tus-js-client (npm) in Node and in Chromium, tuspy (PyPI) in Python. The network is real TCP that really breaks.
"""

import hashlib
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.accounts.models import Officer
from app.core.verifier import Key, read_receipt
from app.evidence.landing import hold
from samples.phone import Phone
from tests.browser.conftest import PHONE, sign_in
from tests.browser.test_sha256 import node
from tests.journeys.station import TestStation
from tests.journeys.wire import Wire, wire_to

MIB = 1024 * 1024
SIZE, CHUNK = 5 * MIB + 12_345, MIB
SCRIPTS = Path(__file__).parent
HOWS = pytest.mark.parametrize(
    "how", [{}, {"parallelUploads": 3}, {"deferred": True}], ids=["in one", "in parallel parts", "length said later"]
)


@dataclass
class Road:
    """An officer, an incident, a recording to send, and the network between."""

    station: TestStation
    wire: Wire
    officer: Officer
    phone: Phone
    incident: str
    file: Path
    sha256: str

    @property
    def endpoint(self) -> str:
        return f"{self.wire.address}/api/v1/uploads"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": str(self.phone.http.headers["Authorization"])}

    @property
    def metadata(self) -> dict[str, str]:
        return {"incident": self.incident, "filename": self.file.name, "title": "Sent", "sha256": self.sha256}

    def given(self, **how: Any) -> dict[str, Any]:
        """What a client's script is told."""
        said = {"endpoint": self.endpoint, "file": str(self.file), "chunkSize": CHUNK}
        return said | {"headers": self.headers, "metadata": self.metadata} | how

    def arrived(self, url: str) -> dict[str, Any]:
        """Sealed, one item, under the hash of what was sent."""
        upload = url.rstrip("/").rpartition("/")[2]
        status = self.phone.await_seal(upload)
        assert (status["state"], status["sha256"]) == ("sealed", self.sha256)
        kept = "SELECT count(*) FROM evidence WHERE sha256 = :one"
        assert self.station.count(kept, one=self.sha256) == 1
        # A creation whose answer was lost stays open, empty, until it runs out; no byte is kept in such a one.
        left = """SELECT count(*) FROM upload WHERE officer_id = :one AND state = 'open' AND "offset" > 0"""
        assert self.station.count(left, one=self.officer.id) == 0
        return status


@pytest.fixture
def road(station: TestStation, tmp_path: Path) -> Iterator[Road]:
    officer = station.person()
    content = b"PK\x03\x04" + random.Random(tmp_path.name).randbytes(SIZE - 4)  # an archive: kept, and read by nobody
    file = tmp_path / "radio log.zip"
    file.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    with wire_to(station.address) as wire:
        yield Road(station, wire, officer, station.phone(officer), station.incident(officer), file, sha256)


def run_node(road: Road, **how: Any) -> list[dict[str, Any]]:
    """What tus-js-client in Node says, line by line."""
    given = road.given(store=str(road.file.with_suffix(".urls")), **how)
    script = [node(), str(SCRIPTS / "send.mjs"), json.dumps(given)]
    done = subprocess.run(script, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def of(said: list[dict[str, Any]], what: str) -> list[Any]:
    return [one[what] for one in said if what in one]


@HOWS
def test_tus_js_client_in_node_pauses_loses_the_network_and_goes_on(road: Road, how: dict[str, Any]) -> None:
    road.wire.cut_after(4 * MIB)
    said = run_node(road, pauseAt=MIB // 2, **how)
    assert len(of(said, "paused")) == 1
    assert road.wire.cuts == 1
    assert road.wire.refused == 2
    assert of(said, "retried")
    road.arrived(of(said, "url")[0])
    in_flight = how.get("parallelUploads", 1) * 2  # the break and the pause each cost what was under way
    assert road.wire.carried < SIZE + in_flight * CHUNK + 100_000


def test_tus_js_client_in_node_goes_on_where_another_process_stopped(road: Road) -> None:
    first = run_node(road, leaveAt=3 * MIB)
    assert (of(first, "resumes"), of(first, "url")) == ([0], [])
    before = road.wire.carried
    second = run_node(road)
    assert of(second, "resumes") == [1]
    road.arrived(of(second, "url")[0])
    assert road.wire.carried - before < SIZE - MIB


def run_tuspy(road: Road, **how: Any) -> dict[str, Any]:
    """What tuspy says in the end."""
    given = road.given(store=str(road.file.with_suffix(".json")), **how)
    script = [sys.executable, str(SCRIPTS / "send_tuspy.py"), json.dumps(given)]
    done = subprocess.run(script, capture_output=True, text=True, timeout=120, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_tuspy_pauses_loses_the_network_and_goes_on(road: Road) -> None:
    paused = run_tuspy(road, checksum=True, stopAt=2 * CHUNK)
    assert (paused["resumes"], paused["offset"]) == (0, 2 * CHUNK)
    road.wire.cut_after(CHUNK + CHUNK // 2, refuse=1)
    assert run_tuspy(road, checksum=True)["status"] is None  # the network is gone
    assert run_tuspy(road, checksum=True)["status"] is None  # and still away
    assert (road.wire.cuts, road.wire.refused) == (1, 1)
    ended = run_tuspy(road, checksum=True)
    assert ended["url"] == paused["url"]
    assert ended["resumes"] == 3 * CHUNK  # what came without its whole checksum was not kept
    road.arrived(ended["url"])


def test_tuspy_is_told_that_another_writes(road: Road) -> None:
    """423 while the upload is held as the web process holds it; afterwards it goes on."""
    begun = run_tuspy(road, stopAt=CHUNK)
    with hold(road.station.station.settings.intake / begun["url"].rpartition("/")[2]):
        refused = run_tuspy(road)
    assert refused["status"] == 423
    assert "another request" in refused["body"]
    road.arrived(run_tuspy(road)["url"])


@pytest.mark.parametrize(
    ("headers", "said", "status", "word"),
    [
        ({}, {"incident": "Main Street"}, 400, "by its id"),
        ({}, {"incident": "00000000-0000-4000-8000-000000000000"}, 404, "no such incident"),
        ({}, {"sha256": "short"}, 400, "64 hexadecimal digits"),
        ({"Authorization": "Bearer nonsense"}, {}, 401, "Sign in"),
    ],
)
def test_what_tuspy_may_not_send_is_refused_in_words(
    road: Road, headers: dict[str, str], said: dict[str, str], status: int, word: str
) -> None:
    refused = run_tuspy(road, headers=road.headers | headers, metadata=road.metadata | said)
    assert refused["status"] == status
    assert word in json.loads(refused["body"])["detail"]


def test_a_stranger_cannot_go_on_with_another_s_upload(road: Road) -> None:
    mine = run_tuspy(road, stopAt=CHUNK)
    stranger = road.station.phone(road.station.person())
    theirs = {"Authorization": str(stranger.http.headers["Authorization"])}
    assert run_tuspy(road, headers=theirs)["status"] == 404
    road.arrived(run_tuspy(road)["url"])
    assert mine["offset"] == CHUNK


@pytest.fixture
def page(chromium: Browser, road: Road) -> Iterator[Page]:
    """The officer's phone page, reached by the wire."""
    context = chromium.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]}, base_url=road.wire.address, accept_downloads=True
    )
    context.set_default_timeout(30_000)
    opened = context.new_page()
    sign_in(opened, road.officer)
    opened.goto(f"/phone?incident={road.incident}")
    yield opened
    context.close()


IN_THE_PAGE = """async ({ how, metadata, chunkSize }) => {
  const [file] = document.querySelector("input[name=file]").files;
  const said = { retried: 0, paused: 0 };
  await new Promise((resolve, reject) => {
    const upload = new tus.Upload(how.deferred ? file.stream().getReader() : file, {
      endpoint: "/api/v1/uploads",
      headers: { "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
      metadata, chunkSize,
      parallelUploads: how.parallelUploads ?? 1,
      uploadLengthDeferred: how.deferred ?? false,
      retryDelays: Array(12).fill(200),
      async onProgress(sent) {
        if (said.paused || sent < 500_000) return;
        said.paused = sent;
        await upload.abort();
        setTimeout(() => upload.start(), 300);
      },
      onShouldRetry() { said.retried += 1; return true; },
      onError: reject,
      onSuccess() { said.url = upload.url; resolve(); },
    });
    upload.start();
  });
  return said;
}"""


@pytest.mark.browser
@HOWS
def test_tus_js_client_in_chromium_pauses_loses_the_network_and_goes_on(
    road: Road, page: Page, how: dict[str, Any]
) -> None:
    page.locator("input[name=file]").set_input_files(road.file)
    road.wire.cut_after(4 * MIB)
    said = page.evaluate(IN_THE_PAGE, {"how": how, "metadata": road.metadata, "chunkSize": CHUNK})
    assert said["paused"]
    assert said["retried"]
    assert (road.wire.cuts, road.wire.refused) == (1, 2)
    road.arrived(said["url"])


def send(road: Road, page: Page) -> Any:
    """Chooses the recording and sends it; its line in the list."""
    page.locator("input[name=file]").set_input_files(road.file)
    page.get_by_label("Title").fill("Radio log")
    page.get_by_role("button", name="Send").click()
    return page.locator("[data-list] li").first


@pytest.mark.browser
def test_the_phone_page_loses_the_network_and_ends_with_a_receipt(road: Road, page: Page, tmp_path: Path) -> None:
    """The receipt is offered with the item, also after a reload, and holds against the agency's public key."""
    road.wire.cut_after(2 * MIB)
    line = send(road, page)
    expect(line).to_contain_text("Sealed", timeout=60_000)
    assert road.wire.cuts == 1
    expect(line).to_contain_text(road.sha256)
    expect(line).to_contain_text("Keep the receipt")
    page.reload()
    line = page.locator("[data-list] li").first
    expect(line).to_contain_text("Radio log")
    expect(line).to_contain_text("Sealed")
    with page.expect_download() as started:
        line.get_by_role("link", name="Receipt").click()
    started.value.save_as(tmp_path / "receipt.txt")
    key = Key.read(road.phone.http.get(f"{road.wire.address}/api/v1/key", timeout=30).text)
    told = read_receipt((tmp_path / "receipt.txt").read_text(), key)
    assert (told["outcome"], told["sha256"], told["claimed_sha256"]) == ("sealed", road.sha256, road.sha256)
    assert (
        road.station.count(
            "SELECT count(*) FROM ledger_event WHERE seq = :one AND act = 'evidence:item:seal'", one=told["seq"]
        )
        == 1
    )
    offset = "SELECT count(*) FROM upload WHERE officer_id = :one AND abs(clock_offset_s) < 60"
    assert road.station.count(offset, one=road.officer.id) == 1


@pytest.mark.browser
def test_e1_a_recording_changed_on_the_way_is_set_aside_and_the_phone_says_so(road: Road, page: Page) -> None:
    """E1: the network flips bits, no checksum of TCP notices; the phone's hash does. Nothing is sealed."""
    middle = road.file.read_bytes()[MIB : MIB + 6]
    road.wire.change(middle, bytes(byte ^ 1 for byte in middle))
    line = send(road, page)
    expect(line).to_have_class(re.compile("is-quarantined"), timeout=60_000)
    expect(line).to_contain_text("Set aside, not sealed. What arrived is not what the phone sent: the hashes differ.")
    expect(line).to_contain_text("Keep your copy.")
    expect(line.get_by_role("link", name="Receipt")).to_be_visible()
    line.get_by_role("link", name="Open").click()
    expect(page.get_by_text("Set aside, not sealed")).to_be_visible()
    assert road.station.count("SELECT count(*) FROM evidence WHERE sha256 = :one", one=road.sha256) == 0
