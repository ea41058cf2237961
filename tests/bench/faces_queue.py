"""Queues of a phone that are interrupted mid-file, each in one of four ways: how many end complete and identical."""

import contextlib
import hashlib
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Error, Page, sync_playwright

from app.accounts.models import Officer
from app.core.db import session
from app.evidence.models import Evidence, EvidenceState
from tests.bench.road import say
from tests.browser.conftest import PHONE, sign_in
from tests.conftest import free_port
from tests.journeys.station import TestStation, started
from tests.journeys.wire import Wire, wire_to

QUEUES = 100  # BLOTTER_BENCH_QUEUES: fewer, for a quick look
PHONES = int(
    os.environ.get("BLOTTER_BENCH_PHONES", "4")
)  # at a time: a server that is killed is killed for all of them
SIZES = (80_000, 500_000, 1_500_000)  # bytes of the files of a queue, give or take a third
UP_BYTES_S = 700_000
ONE_AT_A_TIME = threading.Lock()  # this process has one database connection, and the server is killed once at a time
PATIENCE_S = 400
UNDER_WAY = """async () => { const base = await new Promise((done, fail) => { const asked = indexedDB.open("blotter-phone");
    asked.onsuccess = () => done(asked.result); asked.onerror = fail; });
  const all = await new Promise((done) => { const asked = base.transaction("items").objectStore("items").getAll(); asked.onsuccess = () => done(asked.result); });
  const count = (state) => all.filter((one) => one.state === state).length;
  base.close(); return [all.length, count("keeping"), count("sending"), count("waiting")]; }"""


def measure() -> dict[str, Any]:
    """queue_recovered (share), queues, files, and how many of each kind of interruption were recovered."""
    count = int(os.environ.get("BLOTTER_BENCH_QUEUES", QUEUES))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, started(Path(folder) / "home", port=free_port()) as station:
        officers = [station.person() for _ in range(PHONES)]
        homes = [(one, station.incident(one), Path(folder) / f"profile-{place}") for place, one in enumerate(officers)]

        def one_phone(place: int) -> "_Phone":
            chance = random.Random(20261125 + place)
            with wire_to(station.address) as wire, _phone(station, wire, *homes[place]) as phone:
                for number in range(place, count, PHONES):
                    phone.one_queue(number, HOWS[number // PHONES % len(HOWS)], chance)
            return phone

        with ThreadPoolExecutor(PHONES) as pool:
            phones = list(pool.map(one_phone, range(PHONES)))
    whole = sum((one.recovered for one in phones), Counter[str]())
    tried = sum((one.tried for one in phones), Counter[str]())
    by_kind = {f"queue_recovered_{kind}": f"{whole[kind]}/{tried[kind]}" for kind in tried}
    return {
        "queue_recovered": round(sum(whole.values()) / sum(tried.values()), 4),
        "queues": count,
        "queue_files": count * len(SIZES),
        "queue_phones_at_once": PHONES,
        "queue_minutes": round((time.monotonic() - began) / 60, 1),
        **by_kind,
    }


@dataclass
class _Phone:
    """A phone whose browser keeps its store when it is closed, on a slow network that can break."""

    station: TestStation
    wire: Wire
    officer: Officer
    incident: str
    open: Callable[[], BrowserContext]
    context: BrowserContext | None = None
    page: Page | None = None
    recovered: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)

    def one_queue(self, number: int, how: "How", chance: random.Random) -> None:
        """A queue that could not be followed to its end counts as one that was not recovered; the next begins afresh."""
        try:
            self.queue(number, how, chance)
        except (Error, TimeoutError) as error:
            self.tried[how.__name__] += 1
            say(f"queue {number + 1}: {how.__name__.replace('_', ' ')}: NOT WHOLE: {str(error).splitlines()[0]}")
            with contextlib.suppress(Error):
                if self.context is not None:
                    self.context.close()
            self.context = self.page = None

    def queue(self, number: int, how: "How", chance: random.Random) -> None:
        """One queue: chosen, sent, interrupted mid-file, and looked at until it is whole or patience ends."""
        files = [_file(number, place, size, chance) for place, size in enumerate(SIZES)]
        page = self.present()
        before = page.evaluate(UNDER_WAY)[0]
        page.locator("input[name=file]").set_input_files(files)
        page.locator("#pu-incident").select_option(self.incident)
        page.get_by_role("button", name="Send", exact=True).click()
        self.await_sending(page, before + len(files))
        page.wait_for_timeout(chance.uniform(0, 1200))
        how(self)
        whole = self.await_whole({hashlib.sha256(one["buffer"]).hexdigest() for one in files})
        self.tried[how.__name__] += 1
        self.recovered[how.__name__] += whole
        say(f"queue {number + 1}: {how.__name__.replace('_', ' ')}: {'whole' if whole else 'NOT WHOLE'}")

    def present(self) -> Page:
        """The phone's page, opened and signed in where it is not."""
        if self.context is None:
            self.context = self.open()
        if self.page is None:
            self.page = self.context.new_page()
            _slow(self.page)
        self.settled()
        return self.page

    def settled(self) -> None:
        """On the phone's page, signed in again where the session is gone; a server that starts is waited for."""
        assert self.page is not None
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                self.page.goto("/phone")
                if "/sign-in" in self.page.url:
                    sign_in(self.page, self.officer)
                    self.page.goto("/phone")
                if self.page.locator("[data-sign-out]").count():
                    self.page.locator("phone-upload [type=submit]:enabled").wait_for(timeout=20_000)
                    return
            except Error as error:
                say(f"not there yet: {error.message.splitlines()[0]}")
            time.sleep(0.5)
        raise TimeoutError("the phone's page did not come back")

    def await_sending(self, page: Page, known: int) -> None:
        """Waits until all `known` files are taken in, from where they are the phone's to bring home, and one is on its way.

        A file that is interrupted before is one to choose again, and the phone says so; it is not what is measured here.
        """
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            total, taking, sending, waiting = page.evaluate(UNDER_WAY)
            if total >= known and not taking and (sending or not waiting):
                return
            time.sleep(0.02)
        raise TimeoutError("nothing was sent")

    def await_whole(self, wanted: set[str]) -> bool:
        """Whether each file is sealed, once, under the hash of what was chosen, before patience ends."""
        until = time.monotonic() + PATIENCE_S
        self.present_again()
        while time.monotonic() < until:
            with ONE_AT_A_TIME, self.station.database():
                query = sa.select(Evidence.sha256).where(
                    Evidence.sha256.in_(wanted), Evidence.state == EvidenceState.SEALED
                )
                found = list(session().scalars(query))
            if set(found) == wanted:
                return len(found) == len(wanted)
            assert self.page is not None
            self.page.wait_for_timeout(250)  # keeps the browser's own events going
        say(f"what the phone says: {' / '.join(self.page.locator('main').inner_text().split(chr(10)))}")
        return False

    def present_again(self) -> None:
        """As a person does who finds the page gone: opens it again. One that is there is left alone."""
        if self.page is None or self.page.is_closed():
            self.page = None
            self.present()


How = Callable[[_Phone], None]


def page_killed(phone: _Phone) -> None:
    """The tab crashes, as under memory pressure."""
    assert phone.page is not None
    assert phone.context is not None
    phone.page.goto("about:blank")  # whatever was under way is cut off at once, without a word to the page
    phone.page.close()
    phone.page = None


def browser_closed(phone: _Phone) -> None:
    """The app is swiped away; its session goes with it, so that the officer signs in again."""
    assert phone.context is not None
    phone.context.close()
    phone.context = phone.page = None


def network_cut(phone: _Phone) -> None:
    """Every connection breaks, and so do the next two that are tried."""
    phone.wire.cut_after(0)


def server_restarted(phone: _Phone) -> None:
    """kill -9 to the portal, which is started again."""
    with ONE_AT_A_TIME:
        phone.station.kill("web")


HOWS: tuple[How, ...] = (page_killed, browser_closed, network_cut, server_restarted)


def _file(number: int, place: int, size: int, chance: random.Random) -> dict[str, Any]:
    length = int(size * chance.uniform(0.67, 1.33))
    content = b"PK\x03\x04" + chance.randbytes(length)  # an archive: kept, and read by nobody
    return {"name": f"queue-{number}-{place}.zip", "mimeType": "application/zip", "buffer": content}


def _slow(page: Page) -> None:
    protocol = page.context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 30, "downloadThroughput": -1, "uploadThroughput": UP_BYTES_S},
    )


@contextmanager
def _phone(station: TestStation, wire: Wire, officer: Officer, incident: str, profile: Path) -> Iterator[_Phone]:
    with sync_playwright() as playwright:

        def opened() -> BrowserContext:
            context = playwright.chromium.launch_persistent_context(
                str(profile),
                executable_path="/usr/bin/chromium",
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
                base_url=wire.address,
                viewport={"width": PHONE[0], "height": PHONE[1]},
            )
            context.set_default_timeout(60_000)
            return context

        phone = _Phone(station, wire, officer, incident, opened)
        yield phone
        if phone.context is not None:
            phone.context.close()
