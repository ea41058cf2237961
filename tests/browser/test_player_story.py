"""The player in Chromium at both sizes: stream, steps, previews, thousands of tags, keys, a link, a clip and a still."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from app.accounts.models import Officer
from app.config import Settings
from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.outbox import Job
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.search import gathering
from samples.browser import await_value
from tests.app.desk import scene
from tests.browser.conftest import DESK, PHONE, SIZES, settle, until
from tests.browser.filmed import Rooms, done, many_tags, sealed_film
from tests.browser.served import Look, address, look  # noqa: F401  (fixtures)
from tests.browser.test_every_page import serious, sticking_out
from tests.journeys import clips
from tests.people import People
from tests.workers.conftest import task_room  # noqa: F401  (fixture)

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000
TIME = "document.querySelector('video').currentTime"
SHOWN = "document.querySelector('evidence-player').frames.shown"
KIND = "document.querySelector('evidence-player').source.kind"


@pytest.fixture
def boss(people: People) -> Officer:
    return people.one(Role.SUPERVISOR)


@pytest.fixture
def film(boss: Officer, people: People, task_room: Rooms, settings: Settings, tmp_path: Path) -> Evidence:  # noqa: F811
    """Twenty seconds, ten pictures a second, with 2,000 tags and some words."""
    path = clips.video(tmp_path / "film.mp4", seconds=20, size=(640, 480))
    item = sealed_film(path, people.one(), task_room, settings)
    many_tags(item, 2000)
    scene.heard(scene.step(item, "transcribe"), "good evening officer", "what did i do", "your tail light is out")
    return item


def opened(look: Look, who: Officer, item: Evidence, size: tuple[int, int], at: str = "") -> Page:  # noqa: F811
    page = look(who, size)
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"/incidents/{item.incident_id}?evidence={item.id}{at}")
    settle(page)
    return page


def plays() -> int:
    session().rollback()
    return session().scalar(sa.select(sa.func.count()).where(Event.act == "evidence:item:play")) or 0


@SIZES
def test_watched_from_end_to_end(look: Look, boss: Officer, film: Evidence, size: tuple[int, int]) -> None:  # noqa: F811
    page = opened(look, boss, film, size)
    assert plays() == 0, "opening the page plays nothing"
    assert [*serious(page), *sticking_out(page)] == []
    _to_the_second_of_a_link(page, film)
    _two_wishes_at_once(page)
    _picture_by_picture(page)
    _preview(page)
    _tags(page, size)
    _boxes(page)
    _keys(page)
    assert plays() == 1, "many ranges, one event"
    assert [*serious(page), *sticking_out(page)] == []


RED = """picture => {
  const canvas = Object.assign(document.createElement("canvas"), { width: picture.naturalWidth, height: picture.naturalHeight });
  canvas.getContext("2d").drawImage(picture, 0, 0);
  const { data, width } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const places = [];
  for (let at = 0; at < data.length; at += 4) if (data[at] > 150 && data[at + 1] < 90) places.push(((at / 4) % width) / width);
  return places.length ? places.reduce((sum, one) => sum + one, 0) / places.length : -1;
}"""


def test_a_result_of_a_search_shows_the_moment_itself(look: Look, boss: Officer, film: Evidence) -> None:  # noqa: F811
    """The square is where the film has it when the tail light is named, not where it is when the film begins."""
    with transaction():
        gathering.gather(film.id)
    page = look(boss, PHONE)
    page.goto("/search?q=said+tail")
    still = page.locator(".moment-still")
    small = still.locator("img")
    await_value(
        lambda: small.evaluate("one => one.complete && one.naturalWidth"), lambda width: width == 160, seconds=60
    )
    named = float((still.get_attribute("href") or "").rsplit("=", 1)[1])
    shown = small.evaluate(RED)
    pictures = [named - tenth / 10 for tenth in range(12)]  # the small pictures lie a second apart
    assert min(abs(shown - square_at(second)) for second in pictures) < 0.03
    assert named > 3
    assert abs(shown - square_at(0)) > 0.05


def square_at(second: float) -> float:
    """Where the middle of the film's square is, as a fraction of the picture's width (see clips.video)."""
    return (round(second * 10) * 12 % 600 + 20) / 640


def _to_the_second_of_a_link(page: Page, film: Evidence) -> None:
    page.goto(f"/incidents/{film.incident_id}?evidence={film.id}#t=7.5")
    page.reload()
    settle(page)
    until(page, f"{TIME} > 7.4 && {TIME} < 7.6 && document.querySelector('video').readyState >= 2")
    assert page.evaluate(KIND) == "stream"
    expect(page.locator(".player-clock")).to_contain_text("0:07.5")


def _two_wishes_at_once(page: Page) -> None:
    """What was wished for last counts, though nothing was there at the first."""
    page.reload()
    settle(page)
    page.evaluate(
        "() => { const player = document.querySelector('evidence-player'); player.goTo(3); player.goTo(11); }"
    )
    until(page, f"Math.abs({TIME} - 11) < 0.05 && document.querySelector('video').readyState >= 2")


def _picture_by_picture(page: Page) -> None:
    """A step is one picture of a recording of ten a second, on and back."""
    until(page, f"{SHOWN} !== undefined")
    page.locator(".player-wave").focus()
    before = page.evaluate(SHOWN)
    for key, moved in ((".", 0.1), (".", 0.2), (",", 0.1), (",", 0.0)):
        page.keyboard.press(key)
        until(page, f"Math.abs({SHOWN} - {before + moved}) < 0.02")


def _preview(page: Page) -> None:
    wave = page.locator(".player-wave")
    expect(page.locator(".player-preview")).to_be_hidden()
    wave.hover(position={"x": 200, "y": 12})
    expect(page.locator(".player-tile")).to_be_visible(timeout=PATIENCE_MS)
    width = wave.bounding_box()["width"]  # type: ignore[index]
    expect(page.locator(".player-tile-time")).to_have_text(re.compile(rf"0:{int(200 / width * 20):02}"))
    sheet = page.locator(".player-tile").evaluate("node => node.style.backgroundImage")
    assert re.search(r"/storyboard/1\.jpg", sheet)
    page.locator("h1").hover()
    expect(page.locator(".player-preview")).to_be_hidden()


def _tags(page: Page, size: tuple[int, int]) -> None:
    """2,000 tags: few nodes, kinds that can be put away, a list walked by keys, a timeline that comes closer."""
    lanes = page.locator("tag-lanes")
    lanes.scroll_into_view_if_needed()
    expect(lanes.get_by_role("button", name=re.compile("Vehicle 1"))).to_be_visible()
    assert lanes.evaluate("node => node.querySelectorAll('*').length") < 250
    listed = lanes.get_by_role("listbox", name="Tags by time")
    listed.focus()
    page.keyboard.press("End")
    last = lanes.locator(".lane-row[aria-selected=true]")
    expect(last).to_have_attribute("aria-posinset", "2000")
    page.keyboard.press("Enter")
    until(page, f"{TIME} > 19.5")
    lanes.get_by_role("button", name=re.compile("Vehicle 1")).click()
    lanes.get_by_role("button", name=re.compile("Person")).click()
    expect(lanes.locator(".lane-row").first).to_have_attribute("aria-setsize", "200")
    listed.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(lanes.locator(".lane-row[aria-selected=true]")).to_contain_text("7ABC0010")
    until(page, f"Math.abs({TIME} - 0.1) < 0.05")
    _closer(page, size)
    lanes.get_by_role("button", name=re.compile("Vehicle 1")).click()
    lanes.get_by_role("button", name=re.compile("Person")).click()


def _closer(page: Page, size: tuple[int, int]) -> None:
    lanes = page.locator("tag-lanes")
    view = "document.querySelector('tag-lanes').view"
    expect(lanes.get_by_role("button", name="Whole")).to_be_disabled()
    plot = lanes.locator(".lanes-plot")
    box = plot.bounding_box()
    assert box is not None
    plot.click(position={"x": box["width"] / 2, "y": 30})  # thick with tags: a press comes closer
    until(page, f"{view}.span < 15")
    for _ in range(6):
        lanes.get_by_role("button", name="Zoom in").click()
    until(page, f"{view}.span <= 2.01")
    one = page.evaluate("""() => { const lanes = document.querySelector('tag-lanes');
        const mark = lanes.canvas.shown.find((each) => each.tags.length === 1 && each.x > 20);
        return { x: mark.x + 2, y: mark.y + 8, label: mark.tags[0].label, start: mark.tags[0].start }; }""")
    plot.click(position={"x": one["x"], "y": one["y"]})
    expect(lanes.locator(".lane-row[aria-selected=true]")).to_contain_text(one["label"])
    until(page, f"Math.abs({TIME} - {one['start']}) < 0.05")
    lanes.get_by_role("button", name="Whole").click()
    until(page, f"{view}.whole")


def _boxes(page: Page) -> None:
    page.locator(".player-wave").focus()
    until(page, "document.querySelectorAll('.player-box rect').length > 3")
    page.keyboard.press("b")
    until(page, "document.querySelectorAll('.player-box rect.is-vehicle').length === 0")
    page.keyboard.press("b")
    until(page, "document.querySelectorAll('.player-box rect.is-vehicle').length > 0")


def _keys(page: Page) -> None:
    page.locator(".player-wave").focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys of the player")
    expect(dialog).to_contain_text("one picture on")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.keyboard.press("Home")
    until(page, f"{TIME} === 0")
    page.keyboard.press("n")
    first = page.evaluate(TIME)
    page.keyboard.press(">")
    expect(page.get_by_label("Speed")).to_have_value("1.25")
    page.keyboard.press("<")
    page.keyboard.press("k")
    until(page, f"{TIME} > {first} + 0.3")
    expect(page.locator(".utterance[aria-current]")).to_have_count(1)
    page.keyboard.press("k")
    until(page, "document.querySelector('video').paused")


@SIZES
def test_a_clip_and_a_still_are_cut_from_what_was_watched(
    look: Look,  # noqa: F811
    boss: Officer,
    film: Evidence,
    task_room: Rooms,  # noqa: F811
    size: tuple[int, int],
) -> None:
    page = opened(look, boss, film, size, "#t=3")
    until(page, f"Math.abs({TIME} - 3) < 0.05 && document.querySelector('video').readyState >= 2")
    page.locator(".player-wave").focus()
    page.keyboard.press("i")
    page.keyboard.press("l")
    until(page, f"Math.abs({TIME} - 6) < 0.05")
    page.keyboard.press("o")
    expect(page.locator(".player-span")).to_be_visible()
    if size == PHONE:
        page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Cut a clip, 0:03.0–0:06.0").click()
    page.wait_for_url("**/excerpts?**")
    assert [*serious(page), *sticking_out(page)] == []
    _cut(page, task_room, "Clip", "0:03.0–0:06.0")
    page.goto(f"/evidence/{film.id}#t=4.25")
    settle(page)
    until(page, f"Math.abs({TIME} - 4.25) < 0.05")
    if size == PHONE:
        page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("button", name="Take a still of this moment").click()
    page.wait_for_url("**/excerpts?**")
    expect(page.get_by_label("A still")).to_be_checked()
    _cut(page, task_room, "Still", "0:04.2")
    session().rollback()
    acts = session().scalars(sa.select(Event.act).where(Event.subject_id == str(film.id))).all()
    assert {"evidence:item:clip", "evidence:item:still", "evidence:item:export"} <= set(acts)


def _cut(page: Page, rooms: Rooms, kind: str, span: str) -> None:
    """Says why, waits while a worker cuts, takes it along; its SHA-256 is on the page."""
    page.get_by_label("What it is for").select_option("discovery")
    page.get_by_label("Case number").fill("2026-CR-17")
    page.get_by_role("button", name="Cut it").click()
    shown = page.locator(".excerpt").first
    expect(shown).to_contain_text("Being cut")
    expect(shown).to_contain_text(span)
    session().rollback()
    newest = sa.select(Job.arguments).where(Job.task == "cut_excerpt").order_by(Job.id.desc()).limit(1)
    done(rooms("excerpts").cut_excerpt, session().scalars(newest).one()["excerpt_id"])
    link = shown.get_by_role("link", name=f"Download the {kind.lower()}")
    expect(link).to_be_visible(timeout=PATIENCE_MS)  # the page asks again by itself
    expect(shown).to_contain_text("SHA-256")
    with page.expect_download() as got:
        link.click()
    assert Path(got.value.path()).stat().st_size > 1000


def test_a_link_to_this_second_is_copied_and_an_officer_is_offered_no_cutting(
    look: Look,  # noqa: F811
    film: Evidence,
) -> None:
    officer = session().get_one(Officer, film.officer_id)
    page = opened(look, officer, film, DESK, "#t=5")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(page.get_by_role("button", name="Cut a clip")).to_have_count(0)
    page.get_by_role("button", name="Copy a link to this second (c)").click()
    expect(page.locator(".toast")).to_contain_text("Link to 0:05.0 copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f"/evidence/{film.id}#t=5.00")
    page.goto(copied)
    settle(page)
    until(page, f"Math.abs({TIME} - 5) < 0.05")


def test_without_the_library_the_plain_file_plays(look: Look, film: Evidence) -> None:  # noqa: F811
    page = look(session().get_one(Officer, film.officer_id))
    page.route("**/hls.light.min.mjs", lambda route: route.abort())
    page.add_init_script("HTMLMediaElement.prototype.canPlayType = () => '';")
    page.goto(f"/evidence/{film.id}#t=6")
    settle(page)
    until(page, f"Math.abs({TIME} - 6) < 0.05 && document.querySelector('video').readyState >= 2")
    assert page.evaluate(KIND) == "plain"
