"""Internal affairs' story in Chromium: see the rates, hear the moment, decide with a reason."""

import pytest
from playwright.sync_api import expect

from app.core.permissions import Role
from tests.browser.conftest import SIZES, Open, until
from tests.browser.test_every_page import serious, sticking_out
from tests.journeys.pattern import Asked
from tests.journeys.station import TestStation
from tests.journeys.stop import Stop

pytestmark = pytest.mark.browser


@SIZES
def test_hear_the_moment_and_decide(station: TestStation, window: Open, stop: Stop, size) -> None:
    page = window(station.person(Role.INTERNAL_AFFAIRS, unit="Standards"), size)
    page.goto("/early-warning/?show=little")  # a minute of speech is too little to be compared, and is told apart
    page.get_by_role("link", name=stop.officer.name).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(stop.officer.name)
    expect(page.locator("svg.plot").first).to_be_visible()
    moment = page.locator(".cards .card").filter(has_text="idiot").first
    start = float(moment.locator("source-link").get_attribute("data-start") or 0)
    address = page.url
    moment.locator("source-link a").click()
    until(page, f"Math.abs(document.querySelector('evidence-player')?.media?.currentTime - {start}) < 3")
    page.goto(address)
    moment.get_by_text("Decide on this moment").click()
    moment.get_by_role("radio").first.check()
    moment.get_by_label("Why").fill("Heard it: these are his words.")
    moment.get_by_role("button", name="Keep the decision").click()
    expect(page.locator("main")).to_contain_text("Heard it: these are his words.")


def test_a_reason_that_says_nothing_is_refused_beside_the_field(station: TestStation, window: Open, stop: Stop) -> None:
    page = window(station.person(Role.INTERNAL_AFFAIRS, unit="Standards"))
    page.goto(f"/early-warning/officers/{stop.officer.id}")
    page.locator("form[action$=disposition]").get_by_label("Why").fill("no")
    page.get_by_role("button", name="Keep the answer").click()
    expect(page.locator(".error").first).to_be_visible()


@SIZES
def test_why_an_officer_is_asked_about(station: TestStation, window: Open, asked: Asked, size) -> None:
    """The board says why in words; the alert leads to the timeline, whose dots lead to the seconds."""
    page = window(station.person(Role.INTERNAL_AFFAIRS, unit="Standards"), size)
    page.goto("/early-warning/")
    attention = page.locator("#attention .card").filter(has_text=asked.officer.name)
    expect(attention).to_contain_text("times what is expected")
    expect(page.locator("#everybody svg.plot")).to_be_visible()
    assert [*serious(page), *sticking_out(page)] == []
    attention.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(asked.officer.name)
    assert [*serious(page), *sticking_out(page)] == []
    page.get_by_role("link", name="Timeline and moments").click()
    expect(page.locator("#timeline svg.plot")).to_be_visible()
    assert page.locator("#timeline svg a").first.get_attribute("href").startswith("/evidence/")
    assert [*serious(page), *sticking_out(page)] == []
