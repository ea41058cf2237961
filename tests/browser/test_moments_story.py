"""From words and tags to the second, by keyboard alone, at both sizes: searched, opened, kept; tags decided one and many; axe."""

import re
from datetime import UTC, datetime

import av
import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from app.accounts.models import Officer
from app.analysis.models import Decision, Tag
from app.core.db import session, transaction
from app.evidence.models import Evidence
from app.search import gathering
from tests.app.desk import scene
from tests.app.evidence.sending import Phone, sealed, with_copy
from tests.browser.conftest import PHONE, SIZES, until
from tests.browser.served import Look, address, look  # noqa: F401  (fixtures)
from tests.browser.test_every_page import serious, sticking_out
from tests.people import People

pytestmark = pytest.mark.browser
SEEN = (
    ("vehicle", "car", 20.0, 40.0), ("camera", "running", 31.0, 38.0), ("plate", "7ABC123", 26.0, 28.0), ("person", "person", 18.0, 55.0),
    ("vehicle", "truck", 44.0, 46.0), ("text", "MAIN ST", 50.0, 52.0), ("object", "phone", 61.0, 62.0), ("shot", "Shot 1", 0.0, 70.0),
)  # fmt: skip


@pytest.fixture
def officer(people: People) -> Officer:
    return people.one(name="Ana Reyes")


@pytest.fixture
def recording(app: Flask, officer: Officer, sample) -> Evidence:
    """A real recording of a stop after ten at night, heard, seen, with its poster; gathered into moments."""
    item = sealed(
        app, Phone(app, officer).send(scene.stop(officer, title="Tail light"), sample.read_bytes(), title="Dash camera")
    )
    with_copy(app, item, "poster", _frame(sample), "image/png", "png")
    with transaction() as db:
        moment = datetime(2026, 11, 20, 22, 15).astimezone(UTC)
        db.execute(sa.update(Evidence).where(Evidence.id == item.id).values(recorded_at=moment, duration_s=75.0))
    scene.heard(
        scene.step(item, "transcribe"), "good evening officer reyes springfield police", "is this your car sir", "no I just want to go home",
        "step out of the car for me", "he is running he is running toward main street", "stop running",
    )  # fmt: skip
    by = scene.step(item, "tag_video")
    for kind, label, start, end in SEEN:
        scene.seen(by, kind=kind, label=label, start=start, end=end)
    gather(item)
    return session().get_one(Evidence, item.id, populate_existing=True)


def _frame(sample) -> bytes:
    with av.open(str(sample)) as file:
        frame = next(file.decode(video=0))
        coder = av.CodecContext.create("png", "w")
        coder.width, coder.height, coder.pix_fmt, coder.time_base = 320, 180, "rgb24", file.streams.video[0].time_base
        return b"".join(bytes(one) for one in [*coder.encode(frame.reformat(320, 180, "rgb24")), *coder.encode(None)])


def gather(item: Evidence) -> None:
    """What the back room does after a change."""
    with transaction():
        gathering.gather(item.id)


def decisions(item: Evidence) -> dict[str, str]:
    session().rollback()
    session().expire_all()
    found = session().scalars(sa.select(Tag).where(Tag.evidence_id == item.id, Tag.decision != Decision.PROPOSED))
    return {one.label: one.decision.value for one in found}


def tab_to(page: Page, name: str) -> None:
    """Tabs until the control with this accessible name has the focus."""
    wanted = (
        page.get_by_role("link", name=name)
        .or_(page.get_by_role("button", name=name))
        .or_(page.get_by_label(name, exact=True))
    )
    for _ in range(80):
        if wanted.first.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by Tab to {name}")


@SIZES
def test_from_words_and_tags_to_the_second_without_a_mouse(
    recording: Evidence,
    officer: Officer,
    look: Look,  # noqa: F811
    size,
) -> None:
    page = look(officer, size)
    page.goto("/search")
    expect(page.get_by_label("Search for")).to_be_focused()
    page.keyboard.type('"step out" car after 22:00 near Main Street before lunch')
    page.keyboard.press("Enter")
    expect(page.locator(".chip > span")).to_have_text(
        ["“step out”", "“car”", "after 22:00", "near Main Street", "“lunch”"]
    )
    expect(page.locator(".notice")).to_contain_text("“before”: Say a time or a day")
    expect(page.locator(".empty")).to_contain_text("No moment fits")
    tab_to(page, "Take out “lunch”")
    page.keyboard.press("Enter")
    expect(page.locator(".moment")).to_have_count(1)
    expect(page.locator(".moment mark").first).to_have_text("step")
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(".moment .row-link")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/evidence/{recording.id}#t=\d"))
    second = float(page.url.rpartition("=")[2])
    said = session().execute(sa.text("SELECT start_s FROM utterance WHERE text LIKE 'step out%'")).scalar_one()
    assert second == pytest.approx(said, abs=0.1)
    until(page, f"Math.abs(document.querySelector('video').currentTime - {second}) < 0.5")
    page.go_back()
    tab_to(page, "Keep this search as")
    page.keyboard.type("Stepped out")
    page.keyboard.press("Enter")
    expect(page.locator(".saved")).to_contain_text("Stepped out")
    page.goto("/search")
    tab_to(page, "Stepped out")
    page.keyboard.press("Enter")
    expect(page.locator(".moment")).to_have_count(1)


def test_tags_decided_by_keys_leave_search_lanes_and_come_back(
    recording: Evidence,
    officer: Officer,
    look: Look,  # noqa: F811
) -> None:
    page = look(officer)
    page.goto(f"/evidence/{recording.id}/tags?kind=vehicle")
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    expect(page.locator("[data-undecided]")).to_have_text("7")
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator("[data-tag]").first).to_contain_text(f"Rejected by {officer.label}")
    expect(page.locator("[data-tag]").first).to_be_focused()
    expect(page.locator("[data-undecided]")).to_have_text("6")
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator("[data-tag]").nth(1)).to_contain_text("Confirmed by")
    assert decisions(recording) == {"car": "rejected", "truck": "confirmed"}
    gather(recording)
    page.goto("/search?q=seen car")
    expect(page.locator(".empty")).to_contain_text("No moment fits")
    page.goto(f"/incidents/{recording.incident_id}")
    expect(page.locator(".lane-mark", has_text="car")).to_have_count(0)
    expect(page.locator("#rejected-tags summary")).to_have_text("Rejected (1)")
    page.goto(f"/evidence/{recording.id}/tags")
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("R")
    expect(page.locator(".notice").first).to_contain_text("Rejected 6 tags")
    assert set(decisions(recording).values()) == {"rejected"}
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator(".notice").first).to_contain_text("6 tags are as before.")
    assert decisions(recording) == {"car": "rejected", "truck": "confirmed"}
    expect(page.get_by_role("button", name="Keys")).to_be_visible()  # the page listens
    page.keyboard.press("n")
    page.wait_for_url(re.compile("/tags/add$"))
    page.get_by_label("What it is").select_option("object")
    page.get_by_label("In words").fill("handgun on the seat")
    page.get_by_label("From").fill("0:33")
    page.get_by_label("Where in the picture").fill("40, 50, 20, 20")
    page.keyboard.press("Enter")
    expect(page.locator(".notice").first).to_contain_text("Added, and confirmed by you.")
    gather(recording)
    page.goto("/search?q=handgun")
    expect(page.locator(".moment .row-link")).to_have_attribute("href", f"/evidence/{recording.id}#t=33.0")


@SIZES
def test_nothing_serious_where_much_is_found_or_nothing_understood(
    recording: Evidence,
    officer: Officer,
    look: Look,  # noqa: F811
    size,
) -> None:
    page = look(officer, size, dark=size == PHONE)
    long = "near " + "x" * 60 + " not " + "y" * 80 + " plate 7*C after the"
    for path in ("/search?q=car or running", f"/search?q={long}", f"/evidence/{recording.id}/tags"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert [*serious(page), *sticking_out(page)] == [], path
