"""The library by keyboard alone, at both sizes: typed, narrowed, chosen, put into a playlist, arranged, back; axe on every view."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from app.accounts.models import Officer
from app.core.db import session, transaction
from app.core.permissions import Role
from app.evidence.models import Evidence, MediaKind
from app.evidence.retention import categories
from app.evidence.retention.presets import presets
from app.search import gathering
from app.search.library import shelving
from app.search.library.models import PlaylistPart
from tests.app.desk import scene
from tests.app.evidence.sending import Phone, sealed, with_copy
from tests.browser.conftest import DESK, PHONE, SIZES, until
from tests.browser.served import Look, address, look  # noqa: F401  (fixtures)
from tests.browser.test_every_page import serious, sticking_out
from tests.browser.test_moments_story import _frame, tab_to
from tests.people import People, actor_for

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("BLOTTER_SHOTS", "")


@pytest.fixture
def officer(people: People) -> Officer:
    return people.one(Role.SUPERVISOR, name="Ana Reyes")


@pytest.fixture
def shelf(app: Flask, officer: Officer, people: People, sample) -> list[Evidence]:
    """A real recording with its poster, one of sound, and pictures; two of them with a place on the map."""
    with transaction():
        categories.load_preset(next(iter(presets())), actor=actor_for(people.one(Role.RECORDS)))
    first = scene.stop(officer, title="Tail light", place="Main Street")
    film = sealed(app, Phone(app, officer).send(first, sample.read_bytes(), title="Dash camera, front"))
    with_copy(app, film, "poster", _frame(sample), "image/png", "png")
    scene.heard(
        scene.step(film, "transcribe"),
        "good evening officer reyes",
        "step out of the car for me",
        "he is running toward main street",
    )
    by = scene.step(film, "tag_video")
    scene.seen(by, kind="vehicle", label="car", start=20.0, end=40.0)
    scene.seen(by, kind="plate", label="7ABC123", start=26.0, end=28.0)
    sound = scene.item(
        scene.stop(officer, place="Elm Street"), officer, title="Interview of the witness", kind=MediaKind.AUDIO
    )
    scene.heard(scene.step(sound, "transcribe"), "I saw a red car", "it came down the hill very fast")
    photos = [
        scene.item(
            scene.stop(officer, place="Oak Avenue"),
            officer,
            title=f"Photo {n} of the damaged door",
            kind=MediaKind.IMAGE,
        )
        for n in (1, 2, 3)
    ]
    every = [film, sound, *photos]
    with transaction() as db:
        for n, one in enumerate(every):
            facts = {"position": {"lat": 39.78 + n / 500, "lon": -89.65 - n / 700}} if n != 1 else {}
            at = datetime(2026, 11, 20 + n, 22 - n, 15).astimezone(UTC)
            db.execute(sa.update(Evidence).where(Evidence.id == one.id).values(recorded_at=at, facts=facts))
        db.execute(sa.delete(scene.Rendition).where(scene.Rendition.evidence_id.in_([one.id for one in every[1:]])))
    with transaction():
        for one in every:
            gathering.gather(one.id)
        shelving.shelve([one.id for one in every])
    return every


def shot(page: Page, name: str) -> None:
    """A picture for whoever looks at them, where BLOTTER_SHOTS names a folder."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{page.viewport_size['width']}.png"), full_page=True)  # type: ignore[index]


@SIZES
def test_from_a_word_to_a_playlist_without_a_mouse(shelf: list[Evidence], officer: Officer, look: Look, size) -> None:  # noqa: F811
    page = look(officer, size)
    page.goto("/library")
    expect(page.locator(".shelf-sum")).to_have_text("5 items")
    tab_to(page, "Search the library for")
    page.keyboard.type("car")
    expect(page.locator(".shelf-sum")).to_have_text("2 items")
    expect(page.locator(".passage mark").first).to_have_text("car")
    expect(page.get_by_label("Search the library for")).to_be_focused()
    assert page.url.endswith("/library?q=car")
    if size == PHONE:
        tab_to_summary(page, "Narrow down")
        page.keyboard.press("Enter")
    kind = page.get_by_role("checkbox", name=re.compile("^Video"))
    for _ in range(60):
        if kind.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator(".shelf-sum")).to_have_text("1 item")
    expect(
        page.get_by_role("checkbox", name=re.compile("^Sound"))
    ).to_be_visible()  # its own facet counts as if not chosen
    expect(kind).to_be_focused()
    assert page.url.endswith("/library?q=car&kind=video")
    shot(page, "narrowed")
    page.go_back()
    expect(page.locator(".shelf-sum")).to_have_text("2 items")
    page.goto("/library?q=car&kind=video")
    expect(page.locator(".chips")).to_contain_text("Kind: Video")
    tab_to(page, "Take out Video")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/library\?q=car$"))
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    put_into_a_playlist(page)
    arrange_by_keys(page)
    assert [*serious(page), *sticking_out(page)] == []


def put_into_a_playlist(page: Page) -> None:
    """Two items are chosen by keys and put into a new playlist."""
    page.locator("h1").click()  # away from the field: single keys are letters there
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("X")
    expect(page.locator("[data-picked]")).to_have_text("2")
    shot(page, "chosen")
    page.keyboard.press("m")
    tab_to(page, "Name of a new playlist")
    page.keyboard.type("For court")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Add", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".notice").first).to_contain_text("Done with 2 items.")


def arrange_by_keys(page: Page) -> None:
    """The playlist is opened, and its first part moved down."""
    page.goto("/playlists")
    tab_to(page, "For court")
    page.keyboard.press("Enter")
    expect(page.locator(".playlist-part")).to_have_count(2)
    until(page, "customElements.get('play-list') !== undefined")  # what listens to keys is there
    before = page.locator(".playlist-part").evaluate_all("all => all.map((one) => one.dataset.part)")
    page.locator("[data-play-one]").first.focus()
    with page.expect_response(re.compile("/order$")):
        page.keyboard.press("Alt+ArrowDown")
    after = page.locator(".playlist-part").evaluate_all("all => all.map((one) => one.dataset.part)")
    assert after == before[::-1]
    session().rollback()
    kept = session().scalars(sa.select(PlaylistPart.id).order_by(PlaylistPart.position)).all()
    assert [str(one) for one in kept] == after
    shot(page, "playlist")


def test_a_playlist_is_dragged_into_order_and_played_through(
    shelf: list[Evidence],
    officer: Officer,
    look: Look,  # noqa: F811
) -> None:
    from app.search.library import playlists

    with transaction():
        made = playlists.make("Dragged", actor=actor_for(officer))
        parts = [
            playlists.Stretch(shelf[0], 0.2, 0.8),
            playlists.Stretch(shelf[0], 1.0, 1.5),
            playlists.Stretch(shelf[2]),
        ]
        playlists.add(made, parts, actor=actor_for(officer))
    page = look(officer)
    page.goto(f"/playlists/{made.id}")
    until(page, "customElements.get('play-list') !== undefined")
    first = page.locator(".playlist-part").first.get_attribute("data-part")
    with page.expect_response(re.compile("/order$")):
        page.locator(".playlist-part").first.drag_to(
            page.locator(".playlist-part").nth(1), target_position={"x": 200, "y": 60}
        )
    assert page.locator(".playlist-part").nth(1).get_attribute("data-part") == first
    page.get_by_role("button", name="Play through").click()
    expect(page.locator("[data-now]")).to_contain_text("Part 1 of 3")
    expect(page.locator("[data-now]")).to_contain_text("Part 3 of 3", timeout=60_000)
    page.goto(f"/evidence/{shelf[0].id}#t=3.0")
    until(page, "Math.abs((document.querySelector('evidence-player video')?.currentTime ?? 0) - 3) < 0.5")
    page.get_by_role("link", name="Add to a playlist").click()
    expect(page.get_by_label("From")).to_have_value(re.compile(r"^0:0[23]\.\d$"))
    page.goto(f"/playlists/{made.id}/sheet")
    expect(page.locator("main")).to_contain_text(f"SHA-256 {shelf[0].sha256}")
    shot(page, "sheet")


@SIZES
def test_nothing_serious_in_any_view(shelf: list[Evidence], officer: Officer, look: Look, size) -> None:  # noqa: F811
    page = look(officer, size, dark=size == PHONE)
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    base = page.url.split("/", 3)[:3]
    for path in ("/library", "/library?view=grid", "/library?view=map", "/library?view=calendar", "/library?q=car+7abc123&tag=vehicle/car&view=list",
        "/library?q=nowhere", "/playlists", f"/evidence/{shelf[0].id}/playlist?start=3.0"):  # fmt: skip
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if "map" in path:
            expect(page.locator(".library-point")).to_have_count(4)
        shot(page, re.sub(r"\W+", "-", path).strip("-")[:40])
        assert [*serious(page), *sticking_out(page)] == [], path
    assert [one for one in asked if not one.startswith(("/".join(base), "data:", "blob:"))] == [], (
        "no request to anyone else"
    )


def test_many_are_looked_at_twice_and_undone(shelf: list[Evidence], officer: Officer, look: Look) -> None:  # noqa: F811
    page = look(officer, DESK)
    page.goto("/library")
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    boxes = page.locator("[data-pick]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-picked]")).to_have_text("4")
    page.get_by_role("button", name="Look, then add").click()
    expect(page.locator("h1")).to_have_text("4 items: look once more")
    shot(page, "second-look")
    page.get_by_role("button", name="Add the category").click()
    expect(page.locator(".notice").first).to_contain_text("Done with 4 items.")
    expect(page.locator(".facet").filter(has_text="Kept")).to_contain_text("By its category")
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(".notice").first).to_contain_text("4 items are as before.")


def tab_to_summary(page: Page, words: str) -> None:
    """Tabs until the fold with these words has the focus."""
    for _ in range(80):
        if page.evaluate("document.activeElement?.textContent ?? ''").strip() == words:
            return
        page.keyboard.press("Tab")
    raise AssertionError(words)
