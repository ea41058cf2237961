"""A transcript corrected in Chromium by keyboard alone: heard, saved by itself, doubted words, two windows, a lost network."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from samples.browser import await_value
from tests.app.analysis.spoken import LINES, Hearing, hearing
from tests.browser.conftest import PHONE, SIZES
from tests.browser.served import Look, address, look  # noqa: F401  (fixtures)
from tests.browser.test_every_page import serious, sticking_out
from tests.people import People

pytestmark = pytest.mark.browser
CONTROL = "ControlOrMeta"


@pytest.fixture
def heard(app: Flask, people: People) -> Hearing:
    return hearing(people)


def opened(page: Page, heard: Hearing) -> None:
    page.goto(f"/evidence/{heard.item.id}/transcript")
    page.wait_for_selector("transcript-editor[data-ready]")


def to_first_line(page: Page) -> None:
    """From the list, by the arrow, as a keyboard reaches it."""
    page.locator("ol.transcript").focus()
    page.keyboard.press("ArrowDown")


def stands(heard: Hearing, number: int, words: str) -> None:
    await_value(lambda: heard.texts()[number], lambda text: text == words, seconds=60)


@SIZES
def test_a_transcript_is_corrected_by_keyboard_alone(heard: Hearing, look: Look, size) -> None:  # noqa: F811
    page = look(heard.officer, size)
    opened(page, heard)
    assert [*serious(page), *sticking_out(page)] == []
    to_first_line(page)
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#u-{heard.line(1).id}")).to_be_focused()
    page.keyboard.press("Enter")
    box = page.locator(".line-form textarea")
    expect(box).to_be_focused()
    expect(box).to_have_value(LINES[1])
    assert [*serious(page), *sticking_out(page)] == []
    page.keyboard.press(f"{CONTROL}+a")
    page.keyboard.type("I have a firearm in the glove box.")
    expect(page.locator(".line-form [data-state]")).to_have_text(re.compile(r"Saved \d+:\d\d"))
    stands(heard, 1, "I have a firearm in the glove box.")
    page.keyboard.type(" Sir.")
    page.keyboard.press(f"{CONTROL}+Enter")  # saves, and goes on with the next line
    expect(box).to_have_value(LINES[2])
    stands(heard, 1, "I have a firearm in the glove box. Sir.")
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    expect(page.locator(f"#u-{heard.line(2).id}")).to_be_focused()
    expect(page.locator(f"#u-{heard.line(1).id} .utterance-text")).to_contain_text("firearm")
    done = page.get_by_role("button", name="Done correcting")
    done.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("made again from the corrected words")).to_be_visible()
    assert {name: one.generation for name, one in heard.steps().items()}["score_language"] == 2
    assert heard.said_at(1) == list(LINES)


def test_the_keys_play_go_back_change_the_speed_and_find_doubted_words(heard: Hearing, look: Look) -> None:  # noqa: F811
    page = look(heard.officer)
    opened(page, heard)
    page.evaluate(
        """() => { window.told = []; const player = document.querySelector('evidence-player');
        for (const act of ['toggle', 'jump', 'faster', 'goTo']) { const real = player[act].bind(player);
          player[act] = (...given) => { window.told.push([act, given[0] ?? null]); return act === 'toggle' ? null : real(...given); }; } }"""
    )
    to_first_line(page)
    page.keyboard.press("h")
    page.keyboard.press("n")
    box = page.locator(".line-form textarea")
    expect(box).to_be_focused()
    assert box.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)") == "car"
    for key in ("Alt+k", "Alt+j", "Alt+Comma", "Alt+Period"):
        page.keyboard.press(key)
    page.keyboard.press("Alt+n")
    expect(box).to_have_value(LINES[1])
    assert box.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)") == "arm"
    told = page.evaluate("window.told")
    assert [one for one in told if one[0] != "goTo"] == [["toggle", None], ["jump", -3], ["faster", -1], ["faster", 1]]
    assert ["goTo", 0] in told
    assert ["goTo", pytest.approx(6.1)] in told  # a little before the second doubted word
    page.keyboard.press("Alt+c")
    await_value(lambda: [w[3] for w in heard.line(1).words], lambda sure: sure == [None] * 9, seconds=60)
    expect(page.locator(f"#u-{heard.line(1).id} .w.doubt")).to_have_count(0)


def test_a_click_on_a_word_is_heard(heard: Hearing, look: Look) -> None:  # noqa: F811
    page = look(heard.officer)
    opened(page, heard)
    page.evaluate("document.addEventListener('blotter:seek', ({detail}) => { window.sought = detail; }, true)")
    page.locator(f"#u-{heard.line(1).id} .w", has_text="glove").click()
    assert page.evaluate("[window.sought.start, window.sought.play]") == [heard.line(1).words[7][1], True]


def test_two_windows_show_both_texts_and_a_person_chooses(heard: Hearing, look: Look) -> None:  # noqa: F811
    first, second = look(heard.officer), look(heard.officer)
    for page in (first, second):
        opened(page, heard)
        to_first_line(page)
        page.keyboard.press("Enter")
    first.keyboard.type(", he said")
    stands(heard, 0, LINES[0] + ", he said")
    second.keyboard.type(", she said")
    conflict = second.locator(".conflict")
    expect(conflict).to_contain_text("she said")
    expect(conflict).to_contain_text("he said")
    assert heard.texts()[0].endswith(", he said")
    second.get_by_role("button", name="Keep mine").press("Enter")
    stands(heard, 0, LINES[0] + ", she said")


def test_words_typed_without_a_network_are_kept_and_sent_when_it_is_back(heard: Hearing, look: Look) -> None:  # noqa: F811
    page = look(heard.officer, PHONE)
    opened(page, heard)
    to_first_line(page)
    page.keyboard.press("Enter")
    page.context.set_offline(True)
    page.keyboard.type(" sir")
    expect(page.locator(".line-form [data-state]")).to_contain_text("kept in this browser")
    assert heard.texts()[0] == LINES[0]
    page.context.set_offline(False)
    stands(heard, 0, LINES[0] + " sir")
    page.keyboard.type(" please")
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('gone')); }")
    page.keyboard.type(" now")
    expect(page.locator(".line-form [data-state]")).to_contain_text("kept in this browser")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()  # the words come back into their line, and go out by themselves
    stands(heard, 0, LINES[0] + " sir please now")


def test_lines_are_cut_joined_redacted_and_given_to_somebody_by_keyboard(heard: Hearing, look: Look) -> None:  # noqa: F811
    page = look(heard.officer)
    opened(page, heard)
    to_first_line(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    box = page.locator(".line-form textarea")
    page.locator(".line-more > summary").press("Enter")
    box.evaluate("box => box.setSelectionRange(9, 17)")  # fire arm
    page.get_by_role("button", name="Redact").press("Enter")
    await_value(lambda: heard.line(1).redactions, lambda spans: spans == [[3, 5, "minor"]], seconds=60)
    expect(page.locator(f"#u-{heard.line(1).id} mark.redacted")).to_contain_text("fire arm")
    page.locator(".line-more > summary").press("Enter")
    box.evaluate("box => box.setSelectionRange(18, 18)")
    page.get_by_role("button", name="Cut at the cursor").press("Enter")
    stands(heard, 1, "i have a fire arm")
    stands(heard, 2, "in the glove box")
    page.locator(".line-more > summary").press("Enter")
    page.get_by_role("button", name="Join with the next").press("Enter")
    stands(heard, 1, LINES[1])
    expect(page.locator(".utterance")).to_have_count(4)
    page.locator(".line-more > summary").press("Enter")
    page.locator(".line-form [name=speaker]").fill("Maria Lopez")
    page.get_by_role("button", name="This line").press("Enter")
    await_value(lambda: heard.line(1).speaker, lambda name: name == "Maria Lopez", seconds=60)
    expect(page.locator(f"#u-{heard.line(1).id} .utterance-speaker")).to_contain_text("Maria Lopez")


def test_the_pages_round_it_are_sound_on_a_phone(heard: Hearing, look: Look) -> None:  # noqa: F811
    page = look(heard.officer, PHONE, dark=True)
    found = []
    for path in (
        f"/evidence/{heard.item.id}/transcript/replace?find=okay&put=Okay",
        f"/evidence/{heard.item.id}/transcript?q=glove",
        f"/utterances/{heard.line(0).id}",
        "/spoken?q=glove",
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        found += [f"{path}: {one}" for one in [*serious(page), *sticking_out(page)]]
    assert found == []
