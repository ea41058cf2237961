"""Every page as each role sees it, small and large, light and dark: axe-core finds nothing serious, nothing sticks out."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from app.core.permissions import Role
from tests.browser.conftest import DESK, PHONE, Open, settle
from tests.journeys.station import TestStation
from tests.journeys.stop import Stop

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = {
    Role.OFFICER: (
        "/",
        "/incidents",
        "/incidents/new",
        "/incidents/{incident}",
        "/incidents/{incident}/participants",
        "/incidents/{incident}/nibrs",
        "/incidents/{incident}/mentions",
        "/incidents/{incident}/mentions/add",
        "/people",
        "/evidence/{evidence}",
        "/evidence/{evidence}/categories",
        "/evidence/{evidence}/transcript",
        "/evidence/{evidence}/transcript/versions",
        "/evidence/{evidence}/transcript/import",
        "/evidence/{evidence}/speakers",
        "/spoken?q=car",
        "/evidence/{evidence}/tags",
        "/evidence/{evidence}/tags/add",
        "/search",
        "/search?q=license near main street after the",
        "/library",
        "/library?view=grid",
        "/library?view=calendar",
        "/library?view=map",
        "/playlists",
        "/reports",
        "/reports/{report}",
        "/reports/{report}/submit",
        "/reports/{report}/print",
        "/reports/{report}/versions",
        "/reports/{report}/drafts/1",
        "/phone",
        "/phone/shell",
        "/phone/reports",
        "/account",
        "/early-warning/mine",
        "/notices",
    ),
    Role.SUPERVISOR: (
        "/",
        "/incidents",
        "/incidents/{incident}",
        "/incidents/{incident}/assignments",
        "/incidents/{incident}/holds",
        "/incidents/{incident}/critical",
        "/reports?shelf=all",
        "/reports/{report}",
        "/reports/{report}/approve",
        "/reports/{report}/bundles",
        "/early-warning/unit",
        "/early-warning/listen",
    ),
    Role.INTERNAL_AFFAIRS: (
        "/",
        "/early-warning/",
        "/early-warning/officers/{officer}",
        "/early-warning/levels",
        "/early-warning/audit",
        "/early-warning/counts/",
    ),
    Role.RECORDS: (
        "/",
        "/reports",
        "/nibrs",
        "/ledger",
        "/ledger/ai",
        "/ledger/digest",
        "/evidence/{evidence}/custody",
        "/evidence/{evidence}/original/why",
        "/incidents/{incident}/export",
        "/evidence/{evidence}/excerpts",
        "/retention",
        "/retention/categories/new",
        "/evidence/{evidence}/holds",
    ),
    Role.ADMINISTRATOR: (
        "/",
        "/agency/rules",
        "/analysis/precision",
        "/agency/report-types",
        "/agency/report-types/traffic_stop",
        "/accounts",
        "/accounts/new",
        "/accounts/{officer}",
        "/retention",
        "/ledger",
        "/api",
        "/agency/webhooks/",
        "/styles",
        "/styles/incident",
    ),
}
VIEWS = [(PHONE, True), (DESK, False)]  # each size and each theme once: what can break, breaks by one of the two


def person(station: TestStation, stop: Stop, role: Role) -> Any:
    """Who looks: the people of the stop where they are its people."""
    return {Role.OFFICER: stop.officer, Role.SUPERVISOR: stop.supervisor}.get(role) or station.person(role)


@pytest.mark.parametrize("view", VIEWS, ids=["phone-dark", "desk-light"])
@pytest.mark.parametrize("role", list(PAGES), ids=[role.value for role in PAGES])
def test_nothing_serious_on_any_page(station: TestStation, window: Open, stop: Stop, role: Role, view: Any) -> None:
    size, dark = view
    page = window(person(station, stop, role), size, dark=dark)
    found = []
    for path in PAGES[role]:
        address = path.format(
            incident=stop.incident, evidence=stop.evidence, report=stop.report, officer=stop.officer.id
        )
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, (path, answer.status)
        settle(page)
        found += [f"{path}: {one}" for one in [*serious(page), *sticking_out(page)]]
    assert found == []


def test_the_pages_of_a_signed_out_person(station: TestStation, window: Open) -> None:
    for size in (PHONE, DESK):
        page = window(None, size)
        page.goto("/sign-in")
        assert [*serious(page), *sticking_out(page)] == []


def test_the_check_finds_what_is_wrong(window: Open) -> None:
    """axe is really there and really looks: a picture without words and a button without a name are found."""
    page = window(None)
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><img src='data:,'><button></button></main></html>")
    assert {one.split(":")[0] for one in serious(page)} >= {"image-alt", "button-name"}
    page.set_content("<html lang=en><title>x</title><main><h1>x</h1><p style='width:3000px'>wide</p></main></html>")
    assert sticking_out(page)


def serious(page: Page) -> list[str]:
    """axe-core's findings of impact serious or critical, each with its first place."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed (make setup)")
    page.evaluate(AXE.read_text())
    result = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:140]} ({one['nodes'][0].get('failureSummary', '')[:160]})"
        for one in result["violations"]
        if one["impact"] in ("serious", "critical")
    ]


def sticking_out(page: Page) -> list[str]:
    """The page must not scroll sideways."""
    width, seen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return [f"{width} px wide on a screen of {seen}"] if width > seen else []
