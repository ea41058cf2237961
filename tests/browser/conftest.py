"""Hands and eyes for the browser stories: a window per person, which fails the test when a page complains."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.accounts.models import Officer
from samples.browser import await_value
from tests.journeys.station import PASSWORD, TestStation
from tests.journeys.stop import Stop, sent_stop

PHONE, DESK = (390, 844), (1440, 900)
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
Open = Callable[..., Page]
expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def stop(station: TestStation, sample: Path) -> Stop:
    """A traffic stop that was sent and read; shared, so that a story must not change its report."""
    return sent_stop(station, sample)


@pytest.fixture
def window(chromium: Browser, station: TestStation) -> Iterator[Open]:
    """`window(officer, size)`: a signed-in page. Whatever a page throws or logs as an error fails the test."""
    contexts, complaints = [], []

    def opened(officer: Officer | None, size: tuple[int, int] = DESK, *, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            base_url=station.address,
            has_touch=size == PHONE,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: complaints.append(f"{page.url}: {said.text}") if said.type == "error" else None)
        if officer is not None:
            sign_in(page, officer)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [one for one in complaints if not _expected(one)] == []


def sign_in(page: Page, officer: Officer) -> None:
    """Reads the notice, types badge and password, and lands on the person's own page."""
    page.goto("/sign-in")
    page.get_by_label(re.compile("notice|understand|consent", re.IGNORECASE)).first.check()
    page.get_by_label("Badge").fill(officer.badge)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def until(page: Page, holds: str) -> None:
    """Waits until the JavaScript `holds`; asked from outside, because the pages forbid evaluating strings."""
    await_value(lambda: page.evaluate(holds), bool, seconds=60, pause=0.05)


def _expected(complaint: str) -> bool:
    # The browser itself reports the network that a story takes away, and each form that is answered with its errors.
    return "ERR_INTERNET_DISCONNECTED" in complaint or "status of 422" in complaint


def settle(page: Page) -> None:
    """Waits until the page stands: every element has its behaviour and nothing is being fetched into it."""
    expect(page.locator(":not(:defined), .htmx-request")).to_have_count(0)
