"""Internal affairs in Chromium: recordings are drawn, listened to and entered; a file of complaints is mapped and taken in."""

import pytest
from playwright.sync_api import expect

from app.core.permissions import Role
from tests.app.earlywarning.conftest import spoke  # noqa: F401  (fixture)
from tests.browser.conftest import SIZES
from tests.browser.served import Look, address, look  # noqa: F401  (fixtures)
from tests.browser.test_every_page import serious, sticking_out
from tests.people import People

pytestmark = pytest.mark.browser


@SIZES
def test_draw_listen_and_take_in_complaints(people: People, spoke, look: Look, size) -> None:  # noqa: F811
    officer = people.one(name="Dana Okafor")
    spoke(officer, moments=["you idiot"])
    page = look(people.one(Role.INTERNAL_AFFAIRS), size, dark=size[0] < 500)
    found = []

    def seen() -> None:
        page.wait_for_load_state("networkidle")
        found.extend(f"{page.url}: {one}" for one in [*serious(page), *sticking_out(page)])

    page.goto("/early-warning/audit")
    seen()
    page.get_by_label("Recordings").fill("3")
    page.get_by_role("button", name="Draw").click()
    expect(page.locator("main")).to_contain_text("the same recordings in the same order")
    seen()
    page.locator("main table").get_by_role("link").first.click()
    expect(page.locator("main")).not_to_contain_text("insult-called")
    seen()
    page.get_by_label("Time of moment 1").fill("0:05")
    page.get_by_label("What moment 1 was").select_option("insult")
    page.get_by_role("button", name="Keep what I heard").click()
    expect(page.locator("main")).to_contain_text("insult-called")
    seen()
    page.goto("/early-warning/counts/")
    content = f"Badge,Date,Case\n{officer.badge},2026-01-05,A1\nnobody,2026-01-06,A2\n".encode()
    page.get_by_label("CSV file").set_input_files({"name": "c.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("Badge of the officer")).to_have_value("Badge")
    page.get_by_label("What is counted").fill("Complaints")
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.locator("#preview")).to_contain_text("No officer here has the badge nobody")
    seen()
    page.get_by_role("button", name="Take in 1 row").click()
    expect(page.locator("main")).to_contain_text("1 new rows, 0 replaced")
    seen()
    assert found == []
