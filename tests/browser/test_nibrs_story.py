"""An officer codes an incident by keyboard: fields come with the offense, words with a mistake, and typing is never lost."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SIZES, Open
from tests.journeys.stop import Stop

pytestmark = pytest.mark.browser


@SIZES
def test_coding_is_checked_while_it_is_typed(window: Open, stop: Stop, size: tuple[int, int]) -> None:
    """Nothing is saved: the stop is shared."""
    page = window(stop.officer, size)
    page.goto(f"/incidents/{stop.incident}/nibrs")
    page.get_by_role("button", name="Offense", exact=True).press("Enter")
    offense = page.get_by_label("Offense", exact=True)
    expect(offense).to_be_visible()
    offense.focus()
    page.keyboard.type("220")
    expect(page.get_by_label("Method of entry")).to_be_visible()
    expect(page.get_by_text("A burglary needs a method of entry")).to_be_visible()
    page.get_by_label("Method of entry").select_option("F")
    expect(page.get_by_text("A burglary needs a method of entry")).to_have_count(0)
    page.get_by_role("button", name="Victim", exact=True).press("Enter")
    page.get_by_label("Type of victim").select_option("I")
    age = page.get_by_label("Age of the victim")
    expect(age).to_be_visible()
    age.focus()
    page.keyboard.type("3X4", delay=350)
    expect(page.get_by_text("NIBRS 409")).to_be_visible()
    expect(age).to_have_value("3X4")
    expect(age).to_be_focused()
    age.fill("34")
    expect(page.get_by_text("NIBRS 409")).to_have_count(0)
    expect(age).to_have_value("34")
