"""Redraws docs/screenshots/ from a demonstration of its own: the main screens, at desk and phone size.

Needs Debian's `chromium`. `python -m samples.screenshots [ADDRESS]`: without an address it tells the demonstration first.
"""

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from app.config import settings
from app.station import running
from samples.agency import PASSWORD, enrol_everybody
from samples.demo import tell

OUT = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture: whose page, at which path, how large. `{report}`, `{incident}` and `{evidence}` are the demonstration's."""

    name: str
    badge: str
    path: str
    size: dict[str, int]


# The ten main screens, each at both sizes: whose, and where. A name alone is the desk, `_phone` the phone; the phone's own
# page has its names the other way round.
MAIN = (
    ("officer", "1041", "/"),
    ("phone", "1041", "/phone"),
    ("incidents", "2010", "/incidents"),
    ("incident", "1041", "/incidents/{incident}"),
    ("evidence", "1041", "/evidence/{evidence}"),
    ("search", "2010", "/search?q=glove+or+knife"),
    ("library", "2010", "/library"),
    ("review", "2010", "/reports?shelf=all"),
    ("report", "1041", "/reports/{report}"),
    ("early_warning", "3001", "/early-warning/"),
)
SCREENS = (
    *(
        Screen(name + suffix, badge, path, size)
        for name, badge, path in MAIN
        for suffix, size in ((("", PHONE), ("_desk", DESK)) if name == "phone" else (("", DESK), ("_phone", PHONE)))
    ),
    Screen("sign_in", "", "/sign-in", DESK),
    Screen("phone_reports", "1041", "/phone/reports", PHONE),
    Screen("print", "2010", "/reports/{report}/print", DESK),
    Screen("ledger", "4001", "/ledger", DESK),
    Screen("administrator", "9001", "/", DESK),
    Screen("accounts", "9001", "/accounts", DESK),
)


def main() -> None:
    """Draws every screen."""
    os.environ.setdefault("BLOTTER_MINIMUM_EXPOSURE_MINUTES", "0.1")  # as the demonstration: the plot is to be seen
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
            keep(page.screenshot(), OUT / f"{screen.name}.png")
            page.context.close()
            print(f"{screen.name}.png", flush=True)


def keep(png: bytes, path: Path) -> None:
    """Keeps a picture in 256 colours of its own: a third of the size, and no eye tells the difference on a page of text."""
    with Image.open(io.BytesIO(png)) as whole:
        few = whole.convert("RGB").quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(path, optimize=True)


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
    """The ids of the demonstration's traffic stop, its recording and its report."""
    page = signed_in(browser, address, Screen("", "1041", "", DESK))
    page.goto(f"{address}/incidents")
    incident = str(page.locator("a[href*='/incidents/']", has_text="2").first.get_attribute("href")).split("/")[-1]
    page.goto(f"{address}/incidents/{incident}")
    report = str(page.locator("a[href*='/print']").first.get_attribute("href")).split("/")[2]
    evidence = (
        str(page.locator("main a[href*='/evidence/']").first.get_attribute("href")).split("/evidence/")[1].split("/")[0]
    )
    page.context.close()
    bare = [one.split("?")[0].split("#")[0] for one in (incident, evidence)]
    return {"incident": bare[0], "evidence": bare[1], "report": report}


if __name__ == "__main__":
    main()
