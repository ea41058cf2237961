"""A draft in Chromium: from a sentence to its second, what was left out one click away, a type of report changed by keyboard."""

import re
from collections.abc import Callable
from types import ModuleType

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.analysis.models import StepState
from app.core.db import session
from app.core.permissions import Role
from app.reports import report_types
from app.reports.drafting import TypePreview
from app.reports.models import Report
from tests.app.desk import scene
from tests.browser.conftest import DESK, PHONE
from tests.browser.served import Look, address, look  # noqa: F401  (fixtures)
from tests.browser.test_every_page import serious, sticking_out
from tests.people import People
from tests.workers.conftest import task_room  # noqa: F401  (a fixture)

pytestmark = pytest.mark.browser
TaskRoom = Callable[[str], ModuleType]
SAID = (
    "the reason i stopped you is you ran the red light",
    "my name is daniel ortiz",
    "do you have any weapons in the car",
    "there is a knife in the door pocket",
    "okay",
    "uh huh",
    "i'm going to give you a warning today",
)


def test_a_sentence_leads_to_its_second_and_what_was_left_out_is_one_click_away(
    people: People,
    task_room: TaskRoom,  # noqa: F811
    look: Look,  # noqa: F811
) -> None:
    officer = people.one(name="Ida Reyes")
    item = scene.item(scene.stop(officer), officer)
    scene.heard(scene.step(item, "transcribe"), *SAID)
    task_room("find_entities").find_entities(str(scene.step(item, "find_entities", StepState.QUEUED).id))
    task_room("draft_report").draft_report(str(scene.step(item, "draft_report", StepState.QUEUED).id))
    report_id = session().scalars(sa.select(Report.id)).one()
    page = look(officer, PHONE, dark=True)
    page.goto(f"/reports/{report_id}")
    knife = page.locator(".sentence", has_text="There is a knife in the door pocket")
    knife.locator("source-link a").last.click()
    expect(page.locator("clip-pane evidence-player")).to_be_visible()
    assert float(knife.locator("source-link").last.get_attribute("data-start") or 0) == 15.0
    page.evaluate("scrollTo(0, 0)")  # the player stays in sight over what is scrolled: no link is half under it there
    assert [*serious(page), *sticking_out(page)] == []
    page.get_by_role("link", name="What the draft left out").click()
    expect(page.locator("#left-out")).to_contain_text("uh huh")
    expect(page.locator("#left-out .left-out source-link").first).to_be_visible()
    assert [*serious(page), *sticking_out(page)] == []
    page.go_back()
    page.get_by_role("button", name="Write a new draft").click()
    page.locator("dialog[open]").get_by_role("button", name="Write a new draft").click()
    expect(page.locator("body")).to_contain_text("A new draft is being written")


def test_a_type_of_report_is_changed_and_tried_by_keyboard(
    people: People,
    task_room: TaskRoom,  # noqa: F811
    look: Look,  # noqa: F811
) -> None:
    page = look(people.one(Role.ADMINISTRATOR), DESK)
    page.goto("/agency/rules")
    page.get_by_role("link", name="Types of report").click()
    assert [*serious(page), *sticking_out(page)] == []
    page.get_by_role("link", name="Theft", exact=True).click()
    opening = page.get_by_label("Opening")
    opening.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("answered a call about a theft")
    assert [*serious(page), *sticking_out(page)] == []
    page.get_by_role("button", name="Try it on the sample").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#preview")).to_contain_text("being written")
    preview = session().scalars(sa.select(TypePreview)).one()
    task_room("preview_type").preview_type(str(preview.id))
    expect(page.locator("#preview")).to_contain_text("answered a call about a theft")
    assert [*serious(page), *sticking_out(page)] == []
    page.get_by_label("Reason for the change").fill("Order 14 of the chief")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text("Kept as version 1")
    expect(page.locator("tr", has_text="Theft").first).to_contain_text(re.compile("version 1"))
    session().expire_all()
    assert report_types.standing("theft").opening == "answered a call about a theft"
