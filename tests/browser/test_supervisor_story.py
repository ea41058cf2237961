"""The supervisor's story in Chromium: every sentence one click from its second, return with notes, approve."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from samples.demo import correct
from tests.browser.conftest import DESK, PHONE, SIZES, Open, until
from tests.journeys.station import PASSWORD, TestStation
from tests.journeys.stop import Stop, sent_stop

pytestmark = pytest.mark.browser
TIME = "document.querySelector('evidence-player')?.media?.currentTime"


def at(page: Page, seconds: float, *, within: float = 3.0) -> None:
    """Waits until the player stands at `seconds` (it may have played on a little)."""
    until(page, f"Math.abs({TIME} - {seconds}) < {within}")


@SIZES
def test_a_sentence_is_one_click_from_its_second(window: Open, stop: Stop, size) -> None:
    page = window(stop.supervisor, size)
    page.goto(f"/incidents/{stop.incident}")
    if size == PHONE:
        page.locator("#report > summary").click()
    link = page.locator("#report source-link").nth(4)
    start = float(link.get_attribute("data-start") or 0)
    assert start > 3
    link.locator("a").click()
    at(page, start)
    assert page.url.split("#")[0].endswith(stop.incident), "it played here, without leaving the page"


def test_a_word_of_the_transcript_leads_to_its_second(window: Open, stop: Stop) -> None:
    page = window(stop.supervisor, DESK)
    page.goto(f"/incidents/{stop.incident}")
    word = page.locator("transcript-view .w").nth(40)
    word.click()
    at(page, float(word.get_attribute("data-start") or 0), within=0.5)
    expect(page.locator(".utterance[aria-current]")).to_have_count(1)


def test_a_tag_on_the_timeline_leads_to_its_frame(window: Open, stop: Stop) -> None:
    page = window(stop.supervisor, DESK)
    page.goto(f"/incidents/{stop.incident}")
    for chip in page.locator(".lane-chip:not(.is-plate)").all():
        chip.click()
    page.locator(".lane-row.is-plate").first.click()
    start, end = (page.evaluate(f"document.querySelector('tag-lanes').shown[0].{edge}") for edge in ("start", "end"))
    until(page, f"{TIME} >= {start} - 0.5 && {TIME} <= {end} + 3")


def test_the_player_obeys_the_keys(window: Open, stop: Stop) -> None:
    page = window(stop.supervisor, DESK)
    page.goto(f"/incidents/{stop.incident}#t=20")
    at(page, 20, within=0.5)
    page.get_by_role("slider", name="Position").focus()
    page.keyboard.press("l")
    at(page, 23, within=0.5)
    page.keyboard.press("j")
    at(page, 20, within=0.5)
    page.keyboard.press("k")
    until(page, "document.querySelector('evidence-player')?.media?.paused === false")
    page.keyboard.press("k")
    until(page, "document.querySelector('evidence-player')?.media?.paused")


@SIZES
def test_return_with_notes_then_approve(station: TestStation, window: Open, brief: Path, size) -> None:
    """The notes reach the author; what was signed again is approved; the page says so."""
    own = sent_stop(station, brief)
    officer = station.browser(own.officer)
    correct(officer, own.report)
    sign_with(officer, own)
    page = window(own.supervisor, size)
    page.goto(f"/reports/{own.report}")
    page.get_by_role("button", name="Return with notes").click()
    expect(page.locator("main")).to_contain_text(re.compile("missing", re.IGNORECASE))
    page.get_by_label("Notes for the author").fill("Say whether the vehicle was searched.")
    page.get_by_role("button", name="Return with notes").click()
    expect(page.locator("main")).to_contain_text("Returned")
    author = window(own.officer, size)
    expect(author.locator("main")).to_contain_text("Returned")
    officer.submit(
        f"/reports/{own.report}", action="/sentences", section="Contact", text="The vehicle was not searched."
    )
    sign_with(officer, own)
    page.goto(f"/reports/{own.report}")
    page.get_by_role("button", name="Approve").click()
    page.get_by_label("Your password, as your signature").fill(PASSWORD)
    page.get_by_role("button", name="Approve and sign").click()
    expect(page.locator("main")).to_contain_text("Approved")


def sign_with(officer, own: Stop) -> None:
    """Certifies and signs with the test's password."""
    officer.submit(f"/reports/{own.report}/submit", certified="y", password=PASSWORD)
