"""Every main page at 320 px, twice the text, the other way round; by Tab alone, by names, in each theme, on paper."""

import os
import re
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pypdf
import pytest
from flask import Flask
from playwright.sync_api import Page, expect

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
    "incident": (Role.OFFICER, (
        "/incidents/new", "/incidents/{incident}", "/incidents/{incident}/mentions", "/incidents/{incident}/nibrs", "/evidence/{evidence}",
        "/evidence/{evidence}/transcript", "/evidence/{evidence}/tags", "/reports/{report}",
    )),
    "officer": (Role.OFFICER, (
        "/", "/phone", "/phone/reports", "/search?q=car", "/library", "/library?view=grid", "/library?view=calendar", "/account",
    )),
    "supervisor": (Role.SUPERVISOR, ("/reports?shelf=all",)),
    "records": (Role.RECORDS, ("/", "/ledger", "/retention", "/evidence/{evidence}/custody")),
    "early-warning": (Role.INTERNAL_AFFAIRS, ("/early-warning/", "/early-warning/levels")),
    "administrator": (Role.ADMINISTRATOR, ("/accounts", "/api", "/styles", "/styles/incident")),
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
    every = {role: people.one(role, name=f"Maria-Magdalena Vandenberghe-{role.title}") for role in Role}
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


_SPOIL = """() => {
  const main = document.querySelector("main");
  main.innerHTML = `<h1>One</h1><h1>Two</h1><button id=a>Wide</button><button id=b></button><p id=c>Many words that are longer than their room</p>
    <button id=d>Words that do not fit</button><div><button id=u>Under</button><button id=e>One</button><button id=f>Two</button></div><button id=g>Trap</button><button id=h>After</button>`;
  const style = (id, given) => Object.assign(document.getElementById(id).style, given);
  style("a", { width: "500px", outline: "none" });
  style("c", { height: "1rem", width: "4rem", overflow: "hidden" });
  style("d", { width: "3rem", whiteSpace: "nowrap", display: "block" });
  style("f", { marginLeft: "-2rem" });
  style("u", { position: "relative" });
  const lid = main.appendChild(document.createElement("div"));
  Object.assign(lid.style, { position: "fixed", inset: "0", zIndex: "9", pointerEvents: "auto", display: "none" });
  document.getElementById("u").addEventListener("focus", () => { lid.style.display = "block"; });
  document.getElementById("u").addEventListener("blur", () => { lid.style.display = "none"; });
  document.getElementById("g").addEventListener("keydown", (event) => event.preventDefault());
}"""


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


@pytest.mark.parametrize(
    "shelves", [("incident",), ("officer",), ("supervisor", "records", "early-warning", "administrator")], ids="-".join
)
def test_pages_stand_narrow_large_and_the_other_way_round(desk: Desk, look: Look, shelves: tuple[str, ...]) -> None:  # noqa: F811
    found = []
    for role, paths in (PAGES[shelf] for shelf in shelves):
        page = look(desk.people[role], NARROW)
        for path in map(desk.path, paths):
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            settle(page)
            found += [f"{path} {one}" for one in [*ways(page), *standing.named(page)]]
    assert found == [], "\n".join(found)


def test_what_does_not_stand_would_be_seen(desk: Desk, look: Look) -> None:  # noqa: F811
    """Each check finds its fault: sticking out, cut, on another, without a name, twice, unmarked, covered, out of reach."""
    page = look(desk.people[Role.OFFICER], NARROW)
    page.goto("/account")
    page.evaluate(_SPOIL)
    stands, named = " ".join(standing.stands(page)), " ".join(standing.named(page))
    wrong = (
        "px wide on a screen of 320",
        "beyond the edge: button. “Wide”",
        "its words do not fit",
        "cut: p.",
        "one on another",
    )
    assert [words for words in wrong if words not in stands] == []
    assert "a button without a name" in named
    assert "first headings: [" in named
    tabbed = " ".join(standing.tabbed(page))
    wrong = (
        "no mark of the focus: button “Wide”",
        "covered while it has the focus: button “Under”",
        "the focus does not leave button “Trap”",
    )
    assert [words for words in wrong if words not in tabbed] == []
    assert "not reached by Tab: button “After”" in tabbed


# The theme at the moment the page gets its body: nothing was drawn before.
_AT_FIRST = """new MutationObserver((_, watch) => {
  if (!document.body) return;
  window.atFirst = document.documentElement.dataset.theme;
  watch.disconnect();
}).observe(document, { childList: true, subtree: true })"""
NIGHT = {
    PHONE: ("/incidents/{incident}", "/phone", "/library?view=grid", "/reports/{report}/print"),
    DESK: ("/incidents/{incident}", "/reports/{report}", "/library?view=calendar"),
}


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_at_night_nothing_shines(desk: Desk, look: Look, size: tuple[int, int]) -> None:  # noqa: F811
    """Chosen once from the menu, the theme is on every page before it is drawn; no point of any gives green or blue light."""
    page = look(desk.people[Role.OFFICER], size)
    page.add_init_script(_AT_FIRST)
    page.get_by_role("button", name="Theme: As the device. Change").click()
    expect(page.get_by_role("radio", name="As the device")).to_be_focused()
    page.get_by_role("radio", name="Night patrol").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Theme: Night patrol. Change")).to_be_focused()
    found = []
    for path in map(desk.path, NIGHT[size]):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("() => window.atFirst") == "night", path
        settle(page)
        shot(page, f"night-{size[0]}-{path}")
        found += [f"{path} {one}" for one in [*shining(page), *(one for one in serious(page) if "contrast" in one)]]
    assert found == [], "\n".join(found)


def shining(page: Page) -> list[str]:
    """Where the page, as drawn, gives more than a little green or blue light, or is bright in more than a tenth of it."""
    image = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR).astype(np.float64) / 255
    blue, green, red = (((image[:, :, n] + 0.055) / 1.055) ** 2.4 for n in range(3))
    wrong = (blue > 0.12) | (green > 0.16)
    bright = 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.1
    where = np.argwhere(wrong)
    said = [f"{len(where)} points that shine, the first at {where[0][::-1]}"] if len(where) else []
    return said + ([f"{bright.mean():.0%} of it is bright"] if bright.mean() > 0.1 else [])


def test_pictures_are_seen_as_they_are_when_asked(desk: Desk, look: Look) -> None:  # noqa: F811
    page = look(desk.people[Role.OFFICER])
    page.goto(desk.path("/evidence/{evidence}"))
    expect(page.get_by_role("button", name="Pictures at full brightness, in their own colours")).to_be_hidden()
    page.get_by_role("button", name="Theme: As the device. Change").click()
    page.get_by_role("radio", name="Night patrol").check()
    page.keyboard.press("Escape")
    page.mouse.move(0, 0)
    assert shining(page) == []
    page.get_by_role("button", name="Pictures at full brightness, in their own colours").click()
    assert "points that shine" in shining(page)[0], "the picture is as it is"
    page.reload()
    settle(page)
    bright = page.get_by_role("button", name="Pictures at full brightness, in their own colours")
    expect(bright).to_have_attribute("aria-pressed", "true")
    bright.click()
    assert shining(page) == []


KEYED = {
    Role.OFFICER: ("/incidents/{incident}", "/reports/{report}", "/library", "/phone", "/incidents/new"),
    Role.ADMINISTRATOR: ("/styles",),
}


def test_tab_reaches_everything_and_is_seen(desk: Desk, look: Look) -> None:  # noqa: F811
    found = []
    for role, paths in KEYED.items():
        page = look(desk.people[role])
        for path in map(desk.path, paths):
            page.goto(path)
            page.wait_for_load_state("networkidle")
            settle(page)
            found += [f"{path} {one}" for one in standing.tabbed(page)]
            page.get_by_role("link", name="Skip to the content").focus()
            page.keyboard.press("Enter")
            expect(page.locator("main")).to_be_focused()
    assert found == [], "\n".join(found)


def test_on_paper_all_that_can_be_read_and_nothing_to_press(desk: Desk, look: Look, tmp_path: Path) -> None:  # noqa: F811
    """What was folded is open, a night theme is black on white, and the page is the same afterwards."""
    page = look(desk.people[Role.OFFICER], PHONE)
    page.evaluate("() => localStorage.setItem('blotter:theme', 'night')")
    for path, there in (
        ("/incidents/{incident}", ("springfield police", "Sentence 3.", "Custody", "Maria Lopez", "0:09")),
        ("/reports/{report}", ("Sentence 0.", "Say who called.")),
        ("/evidence/{evidence}/transcript", ("springfield police",)),
        ("/reports/{report}/print", ("Sentence 2.", "Draft: not an officer's statement")),
    ):
        page.goto(desk.path(path))
        page.wait_for_load_state("networkidle")
        folded = page.locator("details:not([open])").count()
        page.pdf(path=str(tmp_path / "paper.pdf"), format="Letter", print_background=True)
        text = " ".join(one.extract_text() for one in pypdf.PdfReader(tmp_path / "paper.pdf").pages)
        text = re.sub(r"\s+", " ", text.replace("\ufb01", "fi").replace("\ufb03", "ffi").replace("\ufb00", "ff"))
        assert [words for words in there if words not in text] == [], path
        assert [words for words in ("Sign out", "Full light", "Write a new draft") if words in text] == [], path
        assert page.locator("details:not([open])").count() == folded
        page.emulate_media(media="print")
        ink, ground = page.evaluate(
            "() => ['color', 'backgroundColor'].map((one) => getComputedStyle(document.body)[one])"
        )
        assert max(map(int, re.findall(r"\d+", ink)[:3])) < 80, (path, ink)
        assert ground == "rgba(0, 0, 0, 0)", path
        page.emulate_media(media="null")


def test_more_contrast_and_forced_colours_leave_every_control_its_edge(desk: Desk, look: Look) -> None:  # noqa: F811
    page = look(desk.people[Role.OFFICER])
    page.goto(desk.path("/incidents/{incident}"))
    settle(page)
    page.emulate_media(contrast="more")
    assert [one for one in serious(page) if "contrast" in one] == []
    quiet, ink = page.evaluate(
        "() => ['--ink-3', '--ink'].map((one) => getComputedStyle(document.body).getPropertyValue(one))"
    )
    assert quiet == ink
    page.emulate_media(contrast="no-preference", forced_colors="active")
    words, ground, edge = page.locator(".button.primary").first.evaluate(
        "(one) => { const s = getComputedStyle(one); return [s.color, s.backgroundColor, s.borderTopWidth]; }"
    )
    assert words != ground, "the words of the first button are seen"
    assert edge == "3px"
    assert page.locator(".w.doubt").first.evaluate("(one) => getComputedStyle(one).textDecorationStyle") == "wavy"


def test_nothing_moves_for_whoever_asked_for_that(people: People, look: Look) -> None:  # noqa: F811
    """Reduced motion, as these tests always ask for it: no transition or animation lasts; without it some do."""
    page = look(people.one(Role.ADMINISTRATOR))
    page.goto("/styles")
    moving = """() => [...document.querySelectorAll("*")].filter((one) => { const s = getComputedStyle(one);
      return [s.transitionDuration, s.animationDuration].some((all) => all.split(",").some((time) => parseFloat(time) > 0.01)); }).length"""
    assert page.evaluate(moving) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) > 0
