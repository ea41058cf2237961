"""The review desk in Chromium without a mouse: the palette, forty reports one after the other, links to a sentence, kept filters, undo, notices."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.accounts.models import Officer
from app.core.db import transaction
from app.core.permissions import Role
from app.reports import review
from app.reports.models import ReportState
from tests.app.reports.conftest import Desk, desk  # noqa: F401  (desk is a fixture)
from tests.app.reports.test_judging import another
from tests.browser.conftest import PHONE, SIZES, settle
from tests.browser.served import Look, address, look  # noqa: F401  (fixtures)
from tests.browser.test_every_page import serious, sticking_out
from tests.people import PASSWORD, People

pytestmark = pytest.mark.browser
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def three(desk: Desk, people: People) -> list[Desk]:  # noqa: F811
    """Three submitted reports of one supervisor's unit, the longest waiting first."""
    desk.submit()
    return [desk, *(another(desk, people, f"Sentence {n} of the machine's.") for n in range(2))]


def press(page: Page, *keys: str) -> None:
    """Presses keys once the page listens."""
    settle(page)
    for key in keys:
        page.keyboard.press(key)


def option(page: Page) -> str:
    """The words of the option that is chosen, found as a screen reader finds it."""
    box = page.get_by_role("combobox", name="Go to, or do")
    return page.locator(f"#{box.get_attribute('aria-activedescendant')}").inner_text()


def test_one_report_after_the_other_by_keys_alone(three: list[Desk], look: Look) -> None:  # noqa: F811
    page = look(three[0].supervisor)
    page.goto("/reports")
    press(page, "j", "Enter")
    page.wait_for_url(re.compile(f"/reports/{three[0].report_id}$"))
    expect(page.locator("[data-next-report]")).to_contain_text("2")
    press(page, "j", "y", "r")
    page.keyboard.type("Say who was in the car. n j k")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Returned to its author")
    assert three[0].report.state is ReportState.RETURNED
    press(page, "n")
    page.wait_for_url(re.compile(f"/reports/{three[1].report_id}$"))
    press(page, "a")
    page.keyboard.press("Enter")
    page.get_by_label("Your password, as your signature").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Approved")
    press(page, "n")
    page.wait_for_url(re.compile(f"/reports/{three[2].report_id}$"))
    press(page, "n")
    expect(page.locator(".toast")).to_have_text("No other report waits for you.")
    page.go_back()
    page.wait_for_url(re.compile(f"/reports/{three[1].report_id}"))


def test_the_palette_goes_anywhere_and_does_what_the_page_can(three: list[Desk], look: Look) -> None:  # noqa: F811
    page = look(three[0].supervisor)
    page.goto(f"/reports/{three[0].report_id}")
    settle(page)
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Go to, or do")
    expect(box).to_be_focused()
    expect(page.get_by_role("option", name="Incidents", exact=True)).to_be_attached()
    before = page.locator("dialog.palette").bounding_box()
    page.keyboard.type(three[1].incident.number)
    expect(page.get_by_role("option", name=re.compile(f"^Report {three[1].incident.number}"))).to_be_visible()
    assert page.locator("dialog.palette").bounding_box() == before, "nothing jumps while it fills"
    assert three[1].incident.number in option(page)
    page.keyboard.press("ArrowDown")
    assert option(page).startswith(f"Report {three[1].incident.number}")
    assert serious(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/reports/{three[1].report_id}$"))
    press(page, "Control+k")
    expect(page.get_by_role("option").first).to_have_text(re.compile(f"Report on {three[0].incident.number}"))
    page.keyboard.type("notes for")
    assert "notes for the author" in option(page)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Notes for the author")).to_be_focused()
    page.keyboard.type("?jk")
    expect(page.get_by_label("Notes for the author")).to_have_value("?jk")
    page.goto("/account")
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("go anywhere")
    page.get_by_label("Single keys work on this browser").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type("sign out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage).filter((one) => one.includes('recent'))") == [], "C27"


def test_a_link_to_a_sentence_lands_there_for_who_may_see_it(
    three: list[Desk],
    look: Look,  # noqa: F811
    people: People,
) -> None:
    page = look(three[0].supervisor)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"/reports/{three[0].report_id}")
    press(page, "j", "j", "y")
    expect(page.locator(".toast")).to_contain_text("copied")
    link = page.evaluate("navigator.clipboard.readText()")
    sentence = three[0].sentence("mumbled")
    assert link.endswith(f"/reports/{three[0].report_id}#s-{sentence.id}")
    colleague = people.one(Role.SUPERVISOR)
    other = _stranger(page, colleague, link)
    expect(other.locator(f"#s-{sentence.id}")).to_be_focused()
    expect(other.locator(f"#s-{sentence.id}")).to_be_in_viewport(ratio=0.9)
    other.context.close()
    stranger = _stranger(page, people.one(Role.SUPERVISOR, unit="South Patrol"), link)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Not Found")
    assert "mumbled" not in stranger.content()
    stranger.context.close()


def _stranger(page: Page, officer: Officer, link: str) -> Page:
    """Another browser in which `officer` opens a link before signing in."""
    browser = page.context.browser
    assert browser is not None
    other = browser.new_context(viewport={"width": 1440, "height": 600}, reduced_motion="reduce").new_page()
    other.goto(link)
    other.get_by_label(re.compile("notice|understand|consent", re.IGNORECASE)).first.check()
    other.get_by_label("Badge").fill(officer.badge)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    other.wait_for_url(lambda url: "/sign-in" not in url)
    assert other.url == link, "the place is kept through signing in"
    return other


def test_a_filter_is_kept_deleted_and_undone_by_keys(three: list[Desk], look: Look) -> None:  # noqa: F811
    page = look(three[0].supervisor)
    page.goto("/reports?shelf=all&state=submitted")
    fold = page.locator(".kept-filters summary")
    fold.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Keep how the list is now as").fill("All submitted")
    page.get_by_label("Open the list with it").check()
    page.keyboard.press("Enter")
    expect(page.locator(".chip[aria-current]")).to_contain_text("All submitted")
    page.goto("/account")
    page.goto("/reports")
    page.wait_for_url(re.compile("state=submitted"))
    page.go_back()
    page.wait_for_url(re.compile("/account"))
    page.go_forward()
    fold.click()
    page.get_by_role("button", name="Delete").press("Enter")
    expect(page.locator(".toast.has-undo")).to_contain_text("is deleted")
    expect(page.locator(".chip")).to_have_count(0)
    press(page, "Control+z")
    expect(page.locator(".chip[aria-current]")).to_contain_text("All submitted")


@SIZES
def test_notices_are_counted_seen_and_new_again_and_nothing_jumps(three: list[Desk], look: Look, size) -> None:  # noqa: F811
    with transaction():
        review.return_to_author(three[0].report, notes="Say who was in the car.", actor=three[0].reviewer)
    page = look(three[0].officer, size, dark=size == PHONE)
    page.add_init_script(SHIFTS)
    bell = page.get_by_role("link", name=re.compile("^Notices"))
    expect(bell).to_contain_text("1")
    bell.click()
    expect(page.locator(".notice-line.is-new")).to_contain_text("was returned")
    settle(page)
    assert [*serious(page), *sticking_out(page)] == []
    page.get_by_role("button", name="Mark all as seen").press("Enter")
    expect(page.locator(".notice-line.is-new")).to_have_count(0)
    expect(bell).not_to_contain_text("1")
    press(page, "Control+z")
    expect(page.locator(".notice-line.is-new")).to_have_count(1)
    for path in (f"/reports/{three[0].report_id}", "/reports?shelf=all", "/incidents?state=open", "/notices", "/"):
        page.goto(path)
        settle(page)
        assert [*serious(page), *sticking_out(page)] == [], path
        assert page.evaluate("window.shifted") < 0.05, path
    page.goto(f"/reports/{three[0].report_id}")
    page.emulate_media(media="print")
    expect(page.locator(".sentence-text").first).to_be_visible()
    for pressed in (".masthead", ".report-clips", ".page-actions", ".sentence-link", ".sentence-edit"):
        expect(page.locator(pressed).first).to_be_hidden()
