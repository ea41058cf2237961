"""The editor in Chromium by keyboard alone: saving by itself, two windows, a lost network, quoting, moving, planted mistakes."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.core.db import session, transaction
from app.core.permissions import Role
from app.reports import agency, planted
from app.reports.agency import Rules
from samples.browser import await_value
from tests.app.desk import scene
from tests.app.reports.conftest import Desk, desk, drafted, keep  # noqa: F401  (desk is a fixture)
from tests.browser.conftest import PHONE, SIZES, settle
from tests.browser.served import Look, address, look  # noqa: F401  (fixtures)
from tests.browser.test_every_page import serious, sticking_out
from tests.people import People, actor_for

pytestmark = pytest.mark.browser


def standing(of: Desk) -> list[str]:
    """The sentences as the database has them now."""
    session().expire_all()
    return [one.text for one in of.report.sentences]


def open_by_keyboard(page: Page, words: str) -> str:
    """Enter on the Edit of the sentence with these words; its id as a selector."""
    row = page.locator(".sentence", has_text=words).first
    name = f"#{row.get_attribute('id')}"
    page.locator(f"{name} > .sentence-edit > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{name} textarea").first).to_be_focused()
    return name


def test_it_saves_by_itself_and_says_when_and_escape_takes_it_back(desk: Desk, look: Look) -> None:  # noqa: F811
    page = look(desk.officer)
    page.goto(f"/reports/{desk.report_id}")
    name = open_by_keyboard(page, "greeted")
    page.keyboard.type(" She nodded.")
    expect(page.locator(f"{name} [data-state]")).to_have_text(re.compile(r"Saved \d+:\d\d"))
    assert "Officer Test greeted the driver. She nodded." in standing(desk)
    page.keyboard.press("Escape")
    expect(page.locator(f"{name} textarea")).to_be_hidden()
    await_value(lambda: standing(desk), lambda texts: "Officer Test greeted the driver." in texts, seconds=60)
    page.reload()
    expect(page.locator(f"{name} .sentence-text")).to_have_text("Officer Test greeted the driver.")


def test_two_windows_show_both_texts_and_a_person_chooses(desk: Desk, look: Look) -> None:  # noqa: F811
    first, second = look(desk.officer), look(desk.officer)
    for page in (first, second):
        page.goto(f"/reports/{desk.report_id}")
    name = open_by_keyboard(first, "greeted")
    first.keyboard.press("ControlOrMeta+a")
    first.keyboard.type("I greeted Ms. Lopez.")
    expect(first.locator(f"{name} [data-state]")).to_have_text(re.compile("Saved"))
    open_by_keyboard(second, "greeted")
    second.keyboard.press("ControlOrMeta+a")
    second.keyboard.type("I said hello.")
    conflict = second.locator(f"{name} .conflict")
    expect(conflict).to_contain_text("I greeted Ms. Lopez.")
    expect(conflict).to_contain_text("I said hello.")
    assert "I greeted Ms. Lopez." in standing(desk), "nothing was overwritten"
    conflict.get_by_role("button", name="Keep mine").focus()
    second.keyboard.press("Enter")
    expect(second.locator(f"{name} [data-state]")).to_have_text(re.compile("Saved"))
    assert "I said hello." in standing(desk)


def test_what_was_typed_without_a_network_survives_a_reload_and_is_sent(desk: Desk, look: Look) -> None:  # noqa: F811
    page = look(desk.officer)
    page.goto(f"/reports/{desk.report_id}")
    page.route(re.compile("/sentences/"), lambda route: route.abort("internetdisconnected"))
    name = open_by_keyboard(page, "greeted")
    page.keyboard.type(" In the tunnel.")
    expect(page.locator(f"{name} [data-state]")).to_contain_text("kept in this browser")
    assert not [one for one in standing(desk) if "tunnel" in one]
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator(f"{name} textarea").first).to_have_value(re.compile("In the tunnel"))
    page.unroute(re.compile("/sentences/"))
    expect(page.locator(f"{name} [data-state]")).to_have_text(re.compile("Saved"))
    assert "Officer Test greeted the driver. In the tunnel." in standing(desk)
    kept = page.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('blotter:kept:')).length")
    assert kept == 0, "once it is saved the browser forgets it"


def test_signing_out_forgets_what_was_kept(desk: Desk, look: Look) -> None:  # noqa: F811
    page = look(desk.officer)
    page.goto(f"/reports/{desk.report_id}")
    page.route(re.compile("/sentences/"), lambda route: route.abort("internetdisconnected"))
    name = open_by_keyboard(page, "greeted")
    page.keyboard.type(" Secret.")
    expect(page.locator(f"{name} [data-state]")).to_contain_text("kept in this browser")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(re.compile("sign-in"))
    assert "Secret" not in page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")


def test_a_quotation_is_one_press_and_a_sentence_moves_by_keyboard(desk: Desk, look: Look) -> None:  # noqa: F811
    scene.heard(scene.step(desk.evidence, "transcribe"), "good evening", "what did i do officer")
    session().expunge_all()
    page = look(desk.officer)
    page.goto(f"/incidents/{desk.incident.id}")
    page.locator(".quote-button").nth(1).focus()
    page.keyboard.press("Enter")
    quoted = page.locator(".sentence", has_text="what did i do officer")
    expect(quoted).to_have_count(1)
    expect(quoted.locator("source-link")).to_have_count(1)
    before = standing(desk)
    assert any("what did i do officer" in one for one in before)
    page.locator(".sentence", has_text="mumbled").locator("summary").first.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".toast")).to_have_text("Moved up.")
    assert standing(desk).index("The driver mumbled a name.") == before.index("The driver mumbled a name.") - 1
    texts = page.locator("#report .sentence .sentence-text").all_inner_texts()
    shown = [one.removeprefix("To fill in:").strip() for one in texts]
    assert shown == standing(desk), "the page shows the order that is saved"


def test_a_planted_mistake_is_found_by_removing_it(desk: Desk, look: Look, people: People) -> None:  # noqa: F811
    admin = actor_for(people.one(Role.ADMINISTRATOR))
    with transaction():
        agency.change(Rules(planted_mistakes=1), reason="Order 12 of the chief", actor=admin)
    keep(desk.report, desk.evidence, drafted(desk.evidence), generation=2)
    [mistake] = planted.unfound(desk.report)
    text = mistake.text
    page = look(desk.officer)
    page.goto(f"/reports/{desk.report_id}")
    name = open_by_keyboard(page, text)
    page.locator(f"{name} button.danger").focus()
    page.keyboard.press("Enter")
    expect(page.locator(name)).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Well found")
    session().expire_all()
    assert planted.unfound(desk.report) == []


@SIZES
def test_nothing_serious_while_editing(app: Flask, desk: Desk, look: Look, size) -> None:  # noqa: F811
    scene.heard(scene.step(desk.evidence, "transcribe"), "good evening", "what did i do officer")
    page = look(desk.officer, size, dark=size == PHONE)
    for path in (
        f"/reports/{desk.report_id}",
        f"/incidents/{desk.incident.id}",
        f"/reports/{desk.report_id}/submit",
        "/notices",
    ):
        page.goto(path)
        for box in page.locator(".sentence-edit > summary:visible").all()[:1]:
            box.click()
        settle(page)
        assert [*serious(page), *sticking_out(page)] == [], path
