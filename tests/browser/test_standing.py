"""Every main page at 320 px, twice the text, the other way round; by Tab alone, by names, in each theme, on paper."""

import os
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Page

from app.accounts.models import Officer
from app.core.db import transaction
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.evidence.retention import categories
from app.evidence.retention.presets import presets
from app.reports.models import Report
from app.search import gathering
from app.search.library import shelving
from tests.app.desk import scene
from tests.app.evidence.sending import Phone, sealed, with_copy
from tests.browser import standing
from tests.browser.conftest import DESK, PHONE, settle
from tests.browser.served import Look, address, look  # noqa: F401  (fixtures)
from tests.browser.test_every_page import serious
from tests.browser.test_moments_story import _frame
from tests.people import People, actor_for

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("BLOTTER_SHOTS", "")
PAGES = {
    Role.OFFICER: (
        "/", "/incidents", "/incidents/new", "/incidents/{incident}", "/evidence/{evidence}", "/evidence/{evidence}/transcript",
        "/evidence/{evidence}/tags", "/incidents/{incident}/mentions", "/reports", "/reports/{report}", "/search?q=car", "/library", "/library?view=grid",
        "/library?view=calendar", "/phone", "/phone/reports", "/account", "/people", "/incidents/{incident}/nibrs",
    ),
    Role.SUPERVISOR: ("/", "/reports?shelf=all", "/early-warning/unit"),
    Role.RECORDS: ("/", "/ledger", "/retention", "/evidence/{evidence}/custody"),
    Role.INTERNAL_AFFAIRS: ("/early-warning/", "/early-warning/levels"),
    Role.ADMINISTRATOR: ("/", "/accounts", "/accounts/new", "/api", "/styles", "/styles/incident"),
}  # fmt: skip
NARROW, ZOOMED = (320, 640), (720, 450)


class Desk(NamedTuple):
    """The people of the pages, and what is on them."""

    people: dict[Role, Officer]
    evidence: Evidence
    report: Report

    def path(self, path: str) -> str:
        """An address of the table above for this desk."""
        return path.format(incident=self.evidence.incident_id, evidence=self.evidence.id, report=self.report.id)


@pytest.fixture
def desk(app: Flask, people: People, sample: Path) -> Desk:
    """A stop with its recording heard, seen and read, and a report returned once."""
    every = {role: people.one(role, name=f"Maria-Magdalena Vandenberghe-{role.title}") for role in PAGES}
    officer = every[Role.OFFICER]
    with transaction():
        categories.load_preset(next(iter(presets())), actor=actor_for(every[Role.RECORDS]))
    stop = scene.stop(officer, title="Broken tail light", place="Main Street at Third Avenue, behind the water tower")
    item = sealed(app, Phone(app, officer).send(stop, sample.read_bytes(), title="Dash camera, front"))
    with_copy(app, item, "poster", _frame(sample), "image/png", "png")
    scene.read_whole(item)
    report = scene.reported(item, officer, sentences=4)
    with transaction():
        gathering.gather(item.id)
        shelving.shelve([item.id])
    return Desk(every, item, report)


def shot(page: Page, name: str) -> None:
    """A picture for whoever looks at them, where BLOTTER_SHOTS names a folder."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / (re.sub(r"\W+", "-", name).strip("-") + ".png")))


def ways(page: Page) -> list[str]:
    """The page as it stands, at 320 px in both directions, zoomed twice, and with text twice as large."""
    found = []
    for words, size, change in (
        ("at 320 px", NARROW, ""),
        ("at 320 px from right to left", NARROW, "document.documentElement.dir = 'rtl'"),
        ("at 200 %", ZOOMED, "document.documentElement.removeAttribute('dir')"),
        ("with text twice as large", DESK, "document.documentElement.style.fontSize = '200%'"),
    ):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        if change:
            page.evaluate(f"() => {{ {change} }}")
        found += [f"{words}: {one}" for one in standing.stands(page)]
        shot(page, f"{page.url.split('/', 3)[3]}-{words}")
    page.evaluate("() => document.documentElement.removeAttribute('style')")
    return found


@pytest.mark.parametrize("role", list(PAGES), ids=[role.value for role in PAGES])
def test_pages_stand_narrow_large_and_the_other_way_round(desk: Desk, look: Look, role: Role) -> None:  # noqa: F811
    page = look(desk.people[role], NARROW)
    found = []
    for path in map(desk.path, PAGES[role]):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        settle(page)
        found += [f"{path} {one}" for one in [*ways(page), *standing.named(page)]]
    assert found == [], "\n".join(found)
