"""The findings of an incident reviewed in Chromium by keyboard alone, then linked, undone, confirmed many at once; axe."""

import re
import threading

import pytest
from playwright.sync_api import Page, expect

from app.accounts.models import Officer
from app.analysis import results
from app.analysis.mentions import deciding as decisions
from app.analysis.models import Decision, Mention
from app.core.db import session, transaction
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.people import service
from app.people.models import Appearance, EntryKind, FactKind, IndexEntry
from tests.app.desk import scene
from tests.browser.conftest import PHONE, SIZES
from tests.browser.served import Look, address, look  # noqa: F401  (fixtures)
from tests.browser.test_every_page import serious, sticking_out
from tests.people import People, actor_for
from tests.workers.conftest import task_room  # noqa: F401  (fixture)

pytestmark = pytest.mark.browser
LINES = (
    "can i have your name please",
    "my name is Maria Lopes and this is 7ABC123",
    "thank you Ms Lopes where do you live",
    "1420 Madison Avenue and my date of birth is 3/9/1984",
    "Madison was here too with a knife",
)
FOUND = (
    (1, "person", "Maria Lopes", "Maria Lopes", 0.86),
    (1, "plate", "7ABC123", "7ABC123", 0.9),
    (2, "person", "Lopes", "Lopes", 0.72),
    (3, "place", "1420 Madison Avenue", "1420 Madison Avenue", 0.9),
    (3, "date_of_birth", "3/9/1984", "1984-03-09", 0.8),
    (4, "person", "Madison", "Madison", 0.41),
    (4, "weapon", "knife", "knife", 0.88),
    (4, "person", "<b>" + "n" * 380, "<b>" + "n" * 380, 0.3),
)


@pytest.fixture
def officer(people: People) -> Officer:
    return people.one()


@pytest.fixture
def recording(officer: Officer, task_room) -> Evidence:  # noqa: F811
    """A stop that was heard, read and put together; somebody like Maria Lopez is in the index."""
    item = scene.item(scene.stop(officer, title="Tail light"), officer)
    heard = scene.heard(scene.step(item, "transcribe"), *LINES)
    said = sorted(
        session().get_one(type(heard), heard.id, populate_existing=True).utterances, key=lambda one: one.position
    )
    rows = []
    for line, kind, text, value, sure in FOUND:
        start = LINES[line].find(text)
        rows.append({"utterance_id": said[line].id, "kind": kind, "text": text, "value": value, "start_char": max(start, 0), "end_char": max(start, 0) + len(text) if start >= 0 else 0,
                     "start": said[line].start_s, "end": said[line].end_s, "confidence": sure, "method": "rule:test", "engine": scene.READ})  # fmt: skip
    reading = scene.step(item, "find_entities")
    with transaction():
        results.keep_mentions(reading, rows)
        known = service.make_entry(EntryKind.PERSON, "Maria Lopez", actor=actor_for(officer))
        for kind, value in (
            (FactKind.NAME, "Maria Lopez"),
            (FactKind.BIRTH, "1984-03-09"),
            (FactKind.SSN, "123-45-6789"),
        ):
            service.add_fact(known, kind=kind, value=value, actor=actor_for(officer))
    worker = threading.Thread(target=task_room("join_mentions").join_mentions, args=(str(item.incident_id),))
    worker.start()
    worker.join()
    session().commit()
    return item


def press(page: Page, *keys: str) -> None:
    """Presses keys once the page listens."""
    expect(page.get_by_role("button", name="Keys")).to_be_visible()
    for key in keys:
        page.keyboard.press(key)


def decision(value: str) -> tuple[str, Decision]:
    session().rollback()
    session().expire_all()
    row = session().query(Mention).filter(Mention.text == value).one()
    return row.value, row.decision


def test_reviewed_and_linked_without_a_mouse(recording: Evidence, officer: Officer, look: Look) -> None:  # noqa: F811
    page = look(officer)
    page.goto(f"/incidents/{recording.incident_id}/mentions")
    expect(page.locator(".pile").first).to_contain_text(
        "The voice that gave the name “Maria Lopes” gave this date of birth."
    )
    expect(page.locator(".pile").first).to_contain_text("“Lopes” fits only Maria Lopes here.")
    expect(page.locator("[data-undecided]")).to_have_text("8")
    press(page, "j")
    expect(page.locator("[data-mention]").first).to_be_focused()
    page.evaluate("document.addEventListener('blotter:seek', (e) => { document.title = `at ${e.detail.start}`; })")
    page.keyboard.press("p")
    assert page.title() == "at 4"
    page.keyboard.press("c")
    expect(page.locator("[data-mention]").first).to_contain_text(f"Confirmed by {officer.label}")
    expect(page.locator("[data-mention]").first).to_be_focused()
    expect(page.locator("[data-undecided]")).to_have_text("7")
    page.keyboard.press("e")
    page.keyboard.type("Maria Lopez")
    page.keyboard.press("Enter")
    expect(page.locator("[data-mention]").first).to_contain_text("The machine had put “Maria Lopes”")
    assert decision("Maria Lopes") == ("Maria Lopez", Decision.CONFIRMED)
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(page.locator("[data-mention]").nth(1)).to_contain_text("Rejected")
    page.keyboard.press("u")
    expect(page.locator(".notice")).to_contain_text("1 finding is as before.")
    assert decision("Lopes")[1] is Decision.PROPOSED
    expect(page.locator("[data-mention]").nth(1)).to_be_focused()
    page.keyboard.press("l")
    page.wait_for_url(re.compile("/link$"))
    expect(page.locator(".candidate").first).to_contain_text("Maria Lopez")
    expect(page.locator(".candidate").first).to_contain_text("The same name, Maria Lopez")
    expect(page.locator(".candidate").first).to_contain_text("•••• 6789")
    page.locator("input[name=entry]").first.focus()
    page.keyboard.press("Space")
    page.get_by_label("Part in this incident").focus()
    page.keyboard.type("driver")
    page.get_by_role("button", name="Link", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/mentions#m-"))
    expect(page.locator(".pile-link").first).to_contain_text("Maria Lopez")
    link = session().query(Appearance).one()
    assert (link.role, link.entry_id) == ("driver", session().query(IndexEntry).one().id)
    assert link.linked_by == officer.id


def test_many_are_confirmed_after_a_second_look(recording: Evidence, officer: Officer, look: Look) -> None:  # noqa: F811
    page = look(officer)
    page.goto(f"/incidents/{recording.incident_id}/mentions")
    press(page, "j")
    for _ in range(8):
        page.keyboard.press("x")
        page.keyboard.press("j")
    page.get_by_role("button", name="Confirm chosen").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Look once more before you confirm")).to_be_visible()
    expect(page.locator("input[name=chosen]:checked")).to_have_count(6)  # what a machine was less sure of is not ticked
    page.get_by_role("button", name="Confirm those ticked").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("Confirmed 6 findings")
    assert decision("Madison")[1] is Decision.PROPOSED
    assert decision("knife")[1] is Decision.CONFIRMED


def test_somebody_was_faster(recording: Evidence, officer: Officer, look: Look, people: People) -> None:  # noqa: F811
    page = look(officer)
    page.goto(f"/incidents/{recording.incident_id}/mentions")
    knife = session().query(Mention).filter(Mention.text == "knife").one()
    with transaction():
        decisions.decide_mention(knife, evidence=recording, decision=Decision.REJECTED, actor=actor_for(people.one()))
    page.locator(f"#m-{knife.id} [data-key=c]").click()
    expect(page.locator(".toast")).to_contain_text("rejected this while you looked")
    assert decision("knife")[1] is Decision.REJECTED


def test_words_marked_in_the_transcript_fill_the_form(recording: Evidence, officer: Officer, look: Look) -> None:  # noqa: F811
    page = look(officer)
    page.goto(f"/incidents/{recording.incident_id}/mentions/add")
    page.evaluate(
        """() => { const words = [...document.querySelectorAll('.marked-words .w')].slice(-2);
        const range = document.createRange(); range.setStart(words[0].firstChild, 0); range.setEnd(words[1].firstChild, words[1].textContent.length);
        const chosen = document.getSelection(); chosen.removeAllRanges(); chosen.addRange(range); }"""
    )
    expect(page.get_by_label("What was said or shown")).to_have_value("a knife")
    expect(page.get_by_label("From")).to_have_value(re.compile(r"\d:\d\d\.\d"))
    page.get_by_label("What it is").select_option("weapon")
    page.get_by_role("button", name="Add and confirm").click()
    expect(page.locator(".notice")).to_contain_text("Added, and confirmed by you.")
    assert decision("a knife") == ("a knife", Decision.CONFIRMED)


@SIZES
def test_nothing_serious_there(recording: Evidence, people: People, look: Look, size) -> None:  # noqa: F811
    officer = session().get_one(Officer, recording.officer_id)
    with transaction():
        other = service.make_entry(EntryKind.PERSON, "Mariya Lopes", actor=actor_for(officer))
        service.add_fact(other, kind=FactKind.NAME, value="Mariya Lopes", actor=actor_for(officer))
    entry = session().query(IndexEntry).filter(IndexEntry.label == "Maria Lopez").one().id
    mention = session().query(Mention).filter(Mention.text == "Maria Lopes").one()
    with transaction():
        decisions.decide_mention(mention, evidence=recording, decision=Decision.CONFIRMED, actor=actor_for(officer))
    empty = scene.stop(officer)
    page = look(officer, size, dark=size == PHONE)
    supervisor = people.one(Role.SUPERVISOR)
    here = f"/incidents/{recording.incident_id}/mentions"
    for path in (
        here,
        f"{here}/add",
        f"/incidents/{empty.id}/mentions",
        f"/mentions/{mention.id}/correct",
        f"/mentions/{mention.id}/move",
        f"/mentions/{mention.id}/link",
        "/people",
        f"/people/{entry}",
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert [*serious(page), *sticking_out(page)] == [], path
    page = look(supervisor, size, dark=size == PHONE)
    for path in (
        f"/people/{entry}",
        f"/people/{entry}/merge",
        f"/people/{entry}/merge?with={other.id}",
        f"/people/{entry}/split",
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert [*serious(page), *sticking_out(page)] == [], path
