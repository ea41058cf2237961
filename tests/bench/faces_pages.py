"""The main pages as a mid-range phone gets them, in headless Chromium with network and processor slowed down; and axe over every route.

LCP, CLS and INP as web.dev defines them: the largest paint, the worst five seconds of shifting that nobody caused, the slowest
of the interactions. Every load begins with an empty cache. `floor` is the product's smallest page, for comparison: what a page
costs beyond it is the page's own.
"""

import os
import shutil
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from app.accounts.models import Officer
from app.config import Settings
from app.core.permissions import Role
from app.station import Station
from tests.bench.road import SAMPLE, say, seed
from tests.browser import test_every_page as every
from tests.browser.conftest import DESK, PHONE, settle, sign_in
from tests.conftest import free_port
from tests.journeys.station import TestStation
from tests.journeys.stop import Stop, sent_stop

ROUNDS = int(os.environ.get("BLOTTER_BENCH_ROUNDS", "5"))
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
CPU_RATE = 4  # a mid-range phone beside a desk machine, as Lighthouse has it
WATCH = """() => {
  const seen = window.__seen = { lcp: 0, cls: 0, inp: 0, window: 0, first: 0, last: 0, shifted: [] };
  const on = (type, act, more = {}) => new PerformanceObserver((list) => list.getEntries().forEach(act)).observe({ type, buffered: true, ...more });
  on("largest-contentful-paint", (one) => { seen.lcp = one.startTime; seen.largest = one.element?.outerHTML?.slice(0, 90); });
  on("layout-shift", (one) => {
    if (one.hadRecentInput) return;
    const goesOn = one.startTime - seen.last < 1000 && one.startTime - seen.first < 5000;
    if (!goesOn) { seen.window = 0; seen.first = one.startTime; }
    seen.last = one.startTime;
    seen.window += one.value;
    seen.cls = Math.max(seen.cls, seen.window);
    for (const each of one.sources) seen.shifted.push(`${one.value.toFixed(3)} ${each.node?.outerHTML?.slice(0, 90) ?? each.node?.nodeName}`);
  });
  on("event", (one) => { if (one.interactionId) seen.inp = Math.max(seen.inp, one.duration); }, { durationThreshold: 16 });
}"""


@dataclass(frozen=True, slots=True)
class Main:
    """A main page: whose, where, and what is done on it: selectors to touch, then words to type into another."""

    name: str
    role: Role
    path: str
    touched: tuple[str, ...] = ()
    typed_into: str = ""


PAGES = (
    Main("phone_home", Role.OFFICER, "/phone", ("#new-incident summary",), "input[name=title]"),
    Main("phone_reports", Role.OFFICER, "/phone/reports"),
    Main("incidents", Role.SUPERVISOR, "/incidents", ("main summary",), "main input[type=search]"),
    Main("incident", Role.OFFICER, "/incidents/{incident}", ("main summary",)),
    Main("review_queue", Role.SUPERVISOR, "/reports?shelf=all", ("main summary",)),
    Main("report", Role.OFFICER, "/reports/{report}", ("main textarea",), "main textarea"),
    Main("library", Role.OFFICER, "/library", ("main summary",), "main input[name=q]"),
    Main("search", Role.OFFICER, "/search?q=car", ("main summary",), "main input[name=q]"),
    Main("evidence", Role.OFFICER, "/evidence/{evidence}", ("main summary", "evidence-player button")),
    Main("early_warning", Role.INTERNAL_AFFAIRS, "/early-warning/", ("main summary",)),
)


@dataclass
class Found:
    """What the loads of one page gave."""

    lcp: list[float] = field(default_factory=list)
    cls: list[float] = field(default_factory=list)
    inp: list[float] = field(default_factory=list)
    kb: list[float] = field(default_factory=list)
    js_kb: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    shifted: list[str] = field(default_factory=list)
    largest: str = ""


def measure() -> dict[str, Any]:
    """lcp_ms, cls, inp_ms (medians of ROUNDS loads, the worst page; each page beside them), page_kb and js_kb of the phone's
    home as sent, page_kb_second of the second visit, axe_serious over every route, and what they came from."""
    with tempfile.TemporaryDirectory() as folder, _patient_station(Path(folder)) as station:
        stop = sent_stop(station, SAMPLE)
        seed(station, station.person())  # of the same unit: the supervisor sees them, the officer has their own few
        with _chromium() as browser:
            people = {Role.OFFICER: stop.officer, Role.SUPERVISOR: stop.supervisor}
            people[Role.INTERNAL_AFFAIRS] = station.person(Role.INTERNAL_AFFAIRS)
            pages = {one.name: _page(browser, station, people[one.role], one, stop) for one in PAGES}
            floor = _page(browser, station, stop.officer, Main("floor", Role.OFFICER, "/phone/shell"), stop)
            second = _second_visit(browser, station, stop.officer)
            axe = _axe(browser, station, stop)
    phone = pages["phone_home"]
    return {
        "lcp_ms": max(statistics.median(one.lcp) for one in pages.values()),
        "cls": max(statistics.median(one.cls) for one in pages.values()),
        "inp_ms": max(statistics.median(one.inp) for one in pages.values()),
        "page_kb": statistics.median(phone.kb),
        "js_kb": statistics.median(phone.js_kb),
        "page_kb_second": second,
        "lcp_ms_by_page": {name: statistics.median(one.lcp) for name, one in pages.items()},
        "lcp_ms_floor": statistics.median(floor.lcp),
        "first_byte_ms_by_page": {name: statistics.median(one.answer) for name, one in pages.items()},
        "cls_by_page": {name: statistics.median(one.cls) for name, one in pages.items()},
        "inp_ms_by_page": {name: statistics.median(one.inp) for name, one in pages.items()},
        "kb_by_page": {name: statistics.median(one.kb) for name, one in pages.items()},
        "axe_serious": len(axe),
        "axe_found": axe,
        "axe_pages": sum(map(len, every.PAGES.values())) * len(every.VIEWS) + 2,
        "page_loads": ROUNDS * len(PAGES),
        "page_load_average": round(os.getloadavg()[0], 1),
    }


@contextmanager
def _patient_station(home: Path) -> Iterator[TestStation]:
    """A station with the leases of use, not of tests: a machine that does other things too is slow, not dead."""
    packs = Path(__file__).resolve().parents[2] / "var" / "packs"
    station = Station(Settings(home=home, port=free_port(), packs_dir=packs))
    try:
        station.start()
        yield TestStation(station)
    finally:
        station.stop()


def _page(browser: Browser, station: TestStation, officer: Officer, main: Main, stop: Stop) -> Found:
    """ROUNDS loads of one page, each with an empty cache, each with its interactions."""
    found = Found()
    path = main.path.format(incident=stop.incident, evidence=stop.evidence, report=stop.report)
    with _window(browser, station, officer) as (page, protocol):
        for _ in range(ROUNDS):
            sizes = _sizes(protocol)
            protocol.send("Network.clearBrowserCache")
            page.goto(path, wait_until="load")
            settle(page)
            page.wait_for_load_state("networkidle")
            found.kb.append(round(sum(sizes.values()) / 1000, 1))
            found.js_kb.append(round(sizes["Script"] / 1000, 1))
            _act(page, main)
            seen = page.evaluate("window.__seen")
            found.lcp.append(round(seen["lcp"]))
            found.cls.append(round(seen["cls"], 4))
            found.inp.append(round(seen["inp"]))
            found.shifted += seen["shifted"]
            found.largest = str(seen.get("largest"))
            found.answer.append(round(page.evaluate("performance.getEntriesByType('navigation')[0].responseStart")))
            page.goto("about:blank")
    say(
        f"{main.name}: LCP {found.lcp} CLS {found.cls} INP {found.inp} {found.kb[-1]} kB ({found.js_kb[-1]} of scripts)"
    )
    say(f"  first byte {found.answer}; largest: {found.largest}")
    for one in sorted(set(found.shifted), reverse=True)[:3] if statistics.median(found.cls) > 0.01 else ():
        say(f"  moved: {one}")
    return found


def _act(page: Page, main: Main) -> None:
    """Touches and types as a person would; the theme is on every page."""
    for selector in (*main.touched, "theme-switch button"):
        one = page.locator(selector).locator("visible=true").first
        if one.count():
            one.click()
            page.wait_for_timeout(150)
    page.keyboard.press("Escape")  # the menu of the themes, which may lie over what is typed into
    words = page.locator(main.typed_into).locator("visible=true").first if main.typed_into else None
    if words is not None and words.count():
        words.click()
        words.press_sequentially("stop", delay=80)
    page.keyboard.press("Tab")
    page.wait_for_timeout(600)


def _second_visit(browser: Browser, station: TestStation, officer: Officer) -> float:
    """Kilobytes of the phone's home for who was there before."""
    with _window(browser, station, officer) as (page, protocol):
        page.goto("/phone", wait_until="networkidle")
        page.goto("about:blank")
        sizes = _sizes(protocol)
        page.goto("/phone", wait_until="networkidle")
        return round(sum(sizes.values()) / 1000, 1)


def _sizes(protocol: CDPSession) -> dict[str, float]:
    """Bytes by kind of what comes from now on, as they come over the network, headers included."""
    sizes: dict[str, float] = defaultdict(float)
    kinds: dict[str, str] = {}
    protocol.on("Network.responseReceived", lambda told: kinds.__setitem__(told["requestId"], told["type"]))

    def ended(told: dict[str, Any]) -> None:
        sizes[kinds.get(told["requestId"], "Other")] += told["encodedDataLength"]

    protocol.on("Network.loadingFinished", ended)
    return sizes


@contextmanager
def _window(browser: Browser, station: TestStation, officer: Officer) -> Iterator[tuple[Page, CDPSession]]:
    """A phone's page, signed in, then slowed down. Without the service worker: it would load beside the page."""
    context = browser.new_context(
        viewport={"width": PHONE[0], "height": PHONE[1]},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        base_url=station.address,
        service_workers="block",
    )
    context.set_default_timeout(120_000)
    page = context.new_page()
    sign_in(page, officer)
    page.add_init_script(f"({WATCH})()")
    protocol = context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.send("Network.emulateNetworkConditions", SLOW_4G)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": CPU_RATE})
    try:
        yield page, protocol
    finally:
        context.close()


def _axe(browser: Browser, station: TestStation, stop: Stop) -> list[str]:
    """What axe finds serious or critical on every route there is a page of, at both sizes."""
    found: list[str] = []
    for size, dark in every.VIEWS:
        for role, paths in every.PAGES.items():
            page = _looking(browser, station, every.person(station, stop, role), size, dark=dark)
            for path in paths:
                ids = {"incident": stop.incident, "evidence": stop.evidence, "report": stop.report}
                page.goto(path.format(officer=stop.officer.id, **ids))
                settle(page)
                found += [f"{path} at {size[0]}: {one}" for one in every.serious(page)]
            page.context.close()
            say(f"axe: {role.value} at {size[0]} px: {len(paths)} pages, {len(found)} found so far")
    for size in (PHONE, DESK):
        page = _looking(browser, station, None, size)
        page.goto("/sign-in")
        found += [f"/sign-in at {size[0]}: {one}" for one in every.serious(page)]
        page.context.close()
    return found


def _looking(
    browser: Browser, station: TestStation, officer: Officer | None, size: tuple[int, int], *, dark: bool = False
) -> Page:
    context: BrowserContext = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        base_url=station.address,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(120_000)
    page = context.new_page()
    if officer is not None:
        sign_in(page, officer)
    return page


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()
