"""The portal served to a real browser from this process: quick, with the people and reports of a test, without workers."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from waitress.server import create_server

from app.accounts.models import Officer
from tests.browser.conftest import DESK, PHONE, sign_in

Look = Callable[..., Page]


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the portal of this test is."""
    server = create_server(app, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.trigger.pull_trigger(lambda: [line.handle_close() for line in list(server.active_channels.values())])
    server.task_dispatcher.shutdown(timeout=20)  # waits for what is being answered
    with suppress(
        OSError
    ):  # woken by an answer, the loop may have closed all, its trigger too, before this pull is written
        server.trigger.pull_trigger(server.close)
    thread.join(timeout=20)
    assert not thread.is_alive()


@pytest.fixture
def look(chromium: Browser, address: str) -> Iterator[Look]:
    """`look(officer, size)`: a signed-in page. What a page throws fails the test; a missing recording does not."""
    contexts: list[BrowserContext] = []
    thrown: list[str] = []

    def opened(officer: Officer, size: tuple[int, int] = DESK, *, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            base_url=address,
            has_touch=size == PHONE,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: thrown.append(f"{page.url}: {error}"))
        sign_in(page, officer)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert thrown == []
