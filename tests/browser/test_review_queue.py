"""The supervisor's list and a report under review in Chromium, by keyboard alone; the single keys can be turned off."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.core.db import transaction
from app.core.permissions import Role
from app.reports import comments, service
from app.reports.models import ReportState
from tests.app.desk.scene import item, stop
from tests.app.reports.conftest import Desk, desk, drafted, keep  # noqa: F401  (desk is a fixture)
from tests.browser.conftest import PHONE, SIZES, settle
from tests.browser.served import Look, address, look  # noqa: F401  (fixtures)
from tests.browser.test_every_page import serious, sticking_out
from tests.people import PASSWORD, People

pytestmark = pytest.mark.browser


@pytest.fixture
def two(desk: Desk, people: People) -> list[Desk]:  # noqa: F811
    """Two submitted reports."""
    officer = people.one()
    incident = stop(officer, title="Second")
    evidence = item(incident, officer)
    with transaction():
        report = service.report_for(incident, author=officer)
    keep(report, evidence, drafted(evidence))
    other = Desk(officer, desk.supervisor, incident, evidence, report.id, desk.app)
    for one in (desk, other):
        one.submit()
    return [desk, other]


def press(page: Page, *keys: str) -> None:
    """Presses keys once the page listens."""
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    for key in keys:
        page.keyboard.press(key)


def test_from_the_list_to_a_return_without_a_mouse(two: list[Desk], look: Look) -> None:  # noqa: F811
    page = look(two[0].supervisor)
    page.goto("/reports")
    press(page, "j")
    expect(page.locator("[data-row] .row-link").nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("[data-row] .row-link").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-row] .row-link").nth(0)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/reports/{two[0].report_id}"))
    press(page, "j", "j")
    expect(page.locator(".sentence[data-sentence]").nth(1)).to_be_focused()
    page.keyboard.press("c")
    page.keyboard.type("Whose name was it? jkar?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".comment p.kept-lines")).to_have_text("Whose name was it? jkar?")
    settle(page)
    assert [one.text for one in comments.of(two[0].report)] == ["Whose name was it? jkar?"]
    press(page, "r")
    expect(page.get_by_label("Notes for the author")).to_be_focused()
    page.keyboard.type("Ask for the name again, please.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Returned to its author")
    assert two[0].report.state is ReportState.RETURNED
    press(page, "u")
    page.wait_for_url(re.compile("/reports$"))
    press(page, "j", "a")
    page.wait_for_url(re.compile("#approve"))
    expect(page.get_by_role("button", name="Approve")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Approve and sign")).to_be_visible()
    page.get_by_label("Your password, as your signature").focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Approved")
    assert two[1].report.state is ReportState.APPROVED


def test_the_keys_are_shown_can_be_turned_off_and_stay_off(two: list[Desk], look: Look) -> None:  # noqa: F811
    """WCAG 2.1.4: a switch turns single-key shortcuts off."""
    page = look(two[0].supervisor)
    page.goto("/reports")
    press(page, "?")
    switch = page.get_by_label("Single keys work on this browser")
    expect(switch).to_be_visible()
    switch.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.reload()
    press(page, "j")
    assert page.evaluate("document.activeElement === document.body")
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Single keys work on this browser").check()
    page.keyboard.press("Escape")
    page.get_by_label("Number, title, place or author").focus()
    page.keyboard.type("jkar?")
    expect(page.get_by_label("Number, title, place or author")).to_have_value("jkar?")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_clip_of_a_sentence_opens_beside_it(two: list[Desk], look: Look) -> None:  # noqa: F811
    page = look(two[0].supervisor)
    page.goto(f"/reports/{two[0].report_id}")
    expect(page.locator("clip-pane evidence-player")).to_be_visible()
    page.locator("clip-pane summary").click()
    expect(page.locator("clip-pane evidence-player")).to_be_hidden()
    page.locator(".sentence source-link a").first.click()
    expect(page.locator("clip-pane evidence-player")).to_be_visible()
    assert page.url.split("#")[0].endswith(f"/reports/{two[0].report_id}")


def test_the_navigation_opens_at_the_page_one_is_on(look: Look, people: People) -> None:  # noqa: F811
    page = look(people.one(Role.RECORDS), PHONE)
    page.goto("/account")
    current = page.locator('.nav [aria-current="page"]')
    expect(current).to_have_text("Account")
    expect(current).to_be_in_viewport(ratio=0.95)


@SIZES
def test_what_does_not_fit_the_navigation_is_under_more(look: Look, people: People, size) -> None:  # noqa: F811
    page = look(people.one(Role.SUPERVISOR), size, dark=size == PHONE)
    page.goto("/reports")
    settle(page)
    assert page.locator(".nav > ul").evaluate("strip => strip.scrollWidth <= strip.clientWidth"), (
        "nothing is scrolled to"
    )
    more, account = (
        page.locator(".nav").get_by_role("button", name="More pages"),
        page.get_by_role("link", name="Account"),
    )
    expect(account).to_be_hidden()
    expect(more).to_have_attribute("aria-expanded", "false")
    more.focus()
    page.keyboard.press("Enter")
    expect(account).to_be_in_viewport(ratio=1)
    expect(more).to_have_attribute("aria-expanded", "true")
    assert [*serious(page), *sticking_out(page)] == []
    page.keyboard.press("Escape")
    expect(account).to_be_hidden()
    expect(more).to_be_focused()
    expect(more).to_have_attribute("aria-expanded", "false")
    more.click()
    account.click()
    expect(page.locator('.nav > ul > li > [aria-current="page"]')).to_have_text("Account")
    expect(more).to_be_visible()


@SIZES
def test_nothing_serious_under_review(two: list[Desk], look: Look, people: People, size) -> None:  # noqa: F811
    admin = people.one(Role.ADMINISTRATOR)
    with transaction():
        comments.say(two[0].report, text="Whose name?", sentence=two[0].sentence("mumbled"), actor=two[0].reviewer)
    page = look(two[0].supervisor, size, dark=size == PHONE)
    for path in (
        "/reports",
        "/reports?shelf=all&text=Second",
        f"/reports/{two[0].report_id}",
        f"/reports/{two[0].report_id}/versions",
        f"/reports/{two[0].report_id}/approve",
    ):
        page.goto(path)
        settle(page)
        assert [*serious(page), *sticking_out(page)] == [], path
    rules = look(admin, size)
    rules.goto("/agency/rules")
    assert [*serious(rules), *sticking_out(rules)] == []
