"""Redraws docs/screenshots/ from a demonstration of its own: the main screens, at desk and phone size.

Needs Debian's `chromium`. `python -m samples.screenshots [ADDRESS]`: without an address it tells the demonstration first.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from app.config import settings
from app.station import running
from samples.agency import PASSWORD, enrol_everybody
from samples.demo import tell

OUT = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture: whose page, at which path, how large. `{report}` and `{incident}` are the demonstration's."""

    name: str
    badge: str
    path: str
    size: dict[str, int]


SCREENS = (
    Screen("sign_in", "", "/sign-in", DESK),
    Screen("officer", "1041", "/", DESK),
    Screen("incident", "2010", "/incidents/{incident}", DESK),
    Screen("incident_phone", "1041", "/incidents/{incident}", PHONE),
    Screen("phone", "1041", "/phone", PHONE),
    Screen("phone_reports", "1041", "/phone/reports", PHONE),
    Screen("library", "2010", "/library", DESK),
    Screen("library_phone", "2010", "/library", PHONE),
    Screen("search", "2010", "/search?q=glove+or+knife", DESK),
    Screen("search_phone", "2010", "/search?q=glove+or+knife", PHONE),
    Screen("review", "2010", "/reports?shelf=all", DESK),
    Screen("report", "1041", "/reports/{report}", DESK),
    Screen("report_phone", "1041", "/reports/{report}", PHONE),
    Screen("print", "2010", "/reports/{report}/print", DESK),
    Screen("early_warning", "3001", "/early-warning/", DESK),
    Screen("early_warning_phone", "3001", "/early-warning/", PHONE),
    Screen("ledger", "4001", "/ledger", DESK),
    Screen("administrator", "9001", "/", DESK),
    Screen("accounts", "9001", "/accounts", DESK),
    Screen("incidents", "2010", "/incidents", DESK),
    Screen("home_phone", "1041", "/", PHONE),
)


def main() -> None:
    """Draws every screen."""
    OUT.mkdir(parents=True, exist_ok=True)
    if len(sys.argv) > 1:
        draw(sys.argv[1])
        return
    with tempfile.TemporaryDirectory() as home:
        chosen = settings().model_copy(update={"home": Path(home), "port": 8699, "packs_dir": settings().packs})
        with running(chosen) as station:
            enrol_everybody(station.database_url)
            tell(station)
            draw(station.address)


def draw(address: str) -> None:
    """Signs in as each person once and takes the pictures."""
    with sync_playwright() as playwright, chromium(playwright) as browser:
        known: dict[str, str] = {}
        for screen in SCREENS:
            page = signed_in(browser, address, screen)
            if not known:
                known = ids(browser, address)
            page.goto(address + screen.path.format(**known))
            page.wait_for_load_state("networkidle")
            page.screenshot(path=str(OUT / f"{screen.name}.png"))
            page.context.close()
            print(f"{screen.name}.png", flush=True)


@contextmanager
def chromium(playwright: Any) -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    browser = playwright.chromium.launch(
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    )
    try:
        yield browser
    finally:
        browser.close()


def signed_in(browser: Browser, address: str, screen: Screen) -> Any:
    """A page of the right size, signed in as the screen's person."""
    page = browser.new_context(viewport=screen.size, base_url=address).new_page()  # type: ignore[arg-type]
    if screen.badge:
        page.goto(f"{address}/sign-in")
        page.check("[name=notice]")
        page.fill("[name=badge]", screen.badge)
        page.fill("[name=password]", PASSWORD)
        page.click("form button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in" not in url)
    return page


def ids(browser: Browser, address: str) -> dict[str, str]:
    """The ids of the demonstration's traffic stop and its report."""
    page = signed_in(browser, address, Screen("", "1041", "", DESK))
    page.goto(f"{address}/incidents")
    incident = str(page.locator("a[href*='/incidents/']", has_text="2").first.get_attribute("href")).split("/")[-1]
    page.goto(f"{address}/incidents/{incident}")
    report = str(page.locator("a[href*='/print']").first.get_attribute("href")).split("/")[2]
    page.context.close()
    return {"incident": incident.split("?")[0].split("#")[0], "report": report}


if __name__ == "__main__":
    main()
