"""The officer's story in Chromium: send from the phone, watch it sealed, correct the draft by keyboard, sign."""

import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.core.permissions import Role
from samples.browser import await_value
from samples.phone import digest
from tests.browser.conftest import DESK, PHONE, SIZES, Open
from tests.journeys import clips
from tests.journeys.station import PASSWORD, TestStation
from tests.journeys.stop import Stop, sent_stop

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def own_stop(station: TestStation, brief: Path) -> Stop:
    """A stop of these stories' own: its report is corrected, and signed at last."""
    return sent_stop(station, brief)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two seconds, for what asks only that they arrive."""
    return clips.video(tmp_path / "music.mp4")


def choose(page: Page, recording: Path, title: str) -> None:
    """Opens an incident in passing, chooses the recording and sends it."""
    page.goto("/phone")
    page.get_by_label("Place").fill("Elm Street")
    page.get_by_role("button", name="Open it now").click()
    page.get_by_label("Title").fill(title)
    page.locator("input[name=file]").set_input_files(recording)
    page.get_by_role("button", name="Send").click()


@SIZES
def test_from_the_phone_page_to_the_sealed_recording(station: TestStation, window: Open, recording: Path, size) -> None:
    """New incident, file, title, send; the page says when it is sealed and under which hash; one tap opens it."""
    page = window(station.person(), size)
    choose(page, recording, "Loud music")
    sending = page.locator("[data-list] li").first
    expect(sending).to_contain_text("Sealed", timeout=60_000)
    expect(sending).to_contain_text(digest(recording))
    sending.get_by_role("link", name="Open").click()
    expect(page.locator("evidence-player, .notice").first).to_be_visible()


def test_a_lost_network_costs_nothing(station: TestStation, window: Open, recording: Path) -> None:
    """The network goes while the file is on its way; it goes on by itself when the network is back."""
    officer = station.person()
    page = window(officer, PHONE)
    page.route(re.compile("/api/v1/uploads"), lambda route: route.abort("internetdisconnected"))
    choose(page, recording, "In the tunnel")
    sending = page.locator("[data-list] li").first
    expect(sending).to_contain_text(re.compile("Trying again|Waiting for the network|cannot be reached"))
    page.unroute(re.compile("/api/v1/uploads"))
    expect(sending).to_contain_text("Sealed", timeout=60_000)
    assert station.count("SELECT count(*) FROM evidence WHERE sha256 = :one", one=digest(recording)) >= 1


def sending(page: Page, least: int) -> None:
    """Waits until so many percent of the first file are on the server."""
    line = page.locator("[data-list] li").first

    def percent() -> int:
        found = re.search(r"(?:Sending|Paused at) (\d+) %", line.inner_text()) if line.count() else None
        return int(found[1]) if found else 0

    await_value(percent, lambda reached: reached >= least, seconds=90, pause=0.02)


def slowed(page: Page) -> None:
    """A poor mobile network: 400 kB a second upwards."""
    conditions = {"offline": False, "latency": 40, "downloadThroughput": -1, "uploadThroughput": 400_000}
    protocol = page.context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.send("Network.emulateNetworkConditions", conditions)


def test_the_page_and_the_server_are_killed_mid_upload_and_it_ends_sealed(
    station: TestStation, window: Open, tmp_path: Path
) -> None:
    """What was on the server stays there, the rest is on the phone: neither is chosen again, and one item is sealed."""
    officer = station.person()
    context = window(officer, PHONE).context
    page = context.new_page()  # one that may complain: its network is taken away
    file = tmp_path / "long.zip"
    file.write_bytes(b"PK\x03\x04" + random.Random(9).randbytes(4_000_000))
    slowed(page)
    choose(page, file, "On the move")
    sending(page, 20)
    station.kill("web")
    page.close()
    page = context.new_page()
    slowed(page)
    page.goto("/phone")  # from what the phone keeps, while nobody answers
    sending(page, 50)
    line = page.locator("[data-list] li").first
    expect(line).to_contain_text("Sealed", timeout=120_000)
    expect(line).to_contain_text(digest(file))
    kept = "SELECT count(*) FROM evidence WHERE sha256 = :one AND state = 'sealed'"
    assert station.count(kept, one=digest(file)) == 1


def test_the_phone_says_what_is_missing(station: TestStation, window: Open) -> None:
    officer = station.person()
    station.incident(officer)
    page = window(officer, PHONE)
    page.goto("/phone")
    page.get_by_label("Incident", exact=True).select_option(index=0)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-error]")).to_have_text("Choose the incident this belongs to.")
    page.get_by_label("Incident", exact=True).select_option(index=1)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-error]")).to_have_text("Record something, or choose a file.")
    page.locator("input[name=file]").set_input_files({"name": "e.mp4", "mimeType": "video/mp4", "buffer": b""})
    page.get_by_role("button", name="Send").click()
    expect(page.locator("[data-error]")).to_contain_text("empty")


def test_targets_are_large_enough_for_a_thumb(station: TestStation, window: Open) -> None:
    """Every control of the phone page is at least 44 CSS pixels high (WCAG 2.2 asks 24; one-handed use asks more)."""
    officer = station.person()
    station.incident(officer)
    page = window(officer, PHONE)
    page.goto("/phone")
    small = page.locator(
        "main button:visible, main select:visible, main .picker:visible, .phone-bar a, .phone-bar button"
    )
    heights = small.evaluate_all(
        "nodes => nodes.map(node => [node.textContent.trim(), node.getBoundingClientRect().height])"
    )
    assert len(heights) >= 6
    assert [one for one in heights if one[1] < 44] == []


def test_the_draft_is_corrected_by_keyboard_alone(window: Open, own_stop: Stop) -> None:
    """Enter opens a sentence, Esc leaves it, Ctrl+Enter saves it; the page says who wrote what; focus goes on."""
    page = window(own_stop.officer, DESK)
    page.goto(f"/incidents/{own_stop.incident}")
    first = page.locator("#report .sentence.is-machine:not(.has-gap)").first
    name = f"#{first.get_attribute('id')}"
    was = page.locator(f"{name} .sentence-text").inner_text()
    page.locator(f"{name} summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{name} textarea")).to_be_focused()
    page.keyboard.type(" Nonsense.")
    page.keyboard.press("Escape")
    expect(page.locator(f"{name} textarea")).to_be_hidden()
    expect(page.locator(f"{name} .sentence-text")).to_have_text(was)
    page.keyboard.press("Enter")
    expect(page.locator(f"{name} textarea")).to_be_focused()
    page.keyboard.type(" I confirm this.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"{name} .sentence-text")).to_have_text(f"{was} I confirm this.")
    expect(page.locator(name)).to_have_class(re.compile("is-edited"))
    assert page.evaluate("document.activeElement.closest('.sentence, .sentence-add') !== null")
    page.reload()
    expect(page.locator(f"{name} .sentence-text")).to_have_text(f"{was} I confirm this.")


def test_gaps_are_listed_until_they_are_filled(window: Open, own_stop: Stop) -> None:
    """The page to sign says what is still open, and takes no signature before."""
    page = window(own_stop.officer, PHONE)
    page.goto(f"/reports/{own_stop.report}/submit")
    expect(page.get_by_text("Not yet")).to_be_visible()
    expect(page.get_by_label("Password")).to_have_count(0)


def test_the_officer_signs_on_the_phone(station: TestStation, window: Open, own_stop: Stop) -> None:
    from samples.demo import correct

    correct(station.browser(own_stop.officer), own_stop.report)
    page = window(own_stop.officer, PHONE)
    page.goto(f"/reports/{own_stop.report}/submit")
    page.get_by_role("checkbox").check()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign and submit").click()
    expect(page.locator("body")).to_contain_text("Submitted")
    assert (
        station.count("SELECT count(*) FROM report WHERE id = :one AND state = 'submitted'", one=own_stop.report) == 1
    )
    reviewer = window(station.person(Role.SUPERVISOR), DESK)
    expect(reviewer.locator("main")).to_contain_text(own_stop.officer.name)
