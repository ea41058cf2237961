"""Versions: their differences word by word, and the one way to write content down."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import transaction
from app.reports import review, service
from app.reports.canonical import canonical, digest
from app.reports.differences import sentence_differences
from tests.app.reports.conftest import Desk
from tests.people import signed_in

SENTENCES = st.lists(st.text(alphabet="abc ", min_size=1, max_size=12), max_size=8)


@given(SENTENCES, SENTENCES)
def test_the_differences_hold_both_versions_whole(old: list[str], new: list[str]) -> None:
    """What is same or removed spells the old version, what is same or added the new one: nothing is left out."""
    found = sentence_differences(old, new)

    def words(kept: str) -> list[str]:
        return [
            word for one in found for piece in one.pieces if piece.kind in ("same", kept) for word in piece.text.split()
        ]

    assert words("removed") == " ".join(old).split()
    assert words("added") == " ".join(new).split()


def test_a_gap_that_was_filled_is_the_same_sentence_changed() -> None:
    gap = "Weather and road: [INSERT: weather, light and condition of the road]."
    [one] = sentence_differences([gap], ["Weather and road: Clear and dry, at night."])
    assert one.kind == "changed"
    assert (one.pieces[0].kind, one.pieces[0].text) == ("same", "Weather and road:")


def test_a_reworded_sentence_is_shown_word_by_word() -> None:
    [one] = sentence_differences(["He ran to the car."], ["He walked to the car."])
    assert one.kind == "changed"
    assert [(piece.kind, piece.text) for piece in one.pieces] == [
        ("same", "He"),
        ("removed", "ran"),
        ("added", "walked"),
        ("same", "to the car."),
    ]


def test_the_same_content_has_one_spelling_and_any_change_another_hash() -> None:
    assert canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    assert digest({"b": 1, "a": "é"}) == digest({"a": "é", "b": 1})
    assert digest({"a": "é "}) != digest({"a": "é"})


def test_the_versions_page_shows_what_changed_between_any_two(app: Flask, desk: Desk) -> None:
    desk.submit()
    with transaction():
        review.return_to_author(desk.report, notes="Say who was in the car.", actor=desk.reviewer)
    one = desk.sentence("greeted")
    with transaction():
        service.edit_sentence(
            one, desk.report, text="Officer Test greeted Ms. Lopez.", edition=one.edition, actor=desk.author
        )
    desk.submit()
    browser = signed_in(app, desk.supervisor)
    html = browser.get(f"/reports/{desk.report_id}/versions?old=1&new=2").get_data(as_text=True)
    assert "<del" in html
    assert "driver." in html.split("<del", 1)[1][:80]
    assert "Ms. Lopez." in html.split("<ins", 1)[1][:80]
    assert browser.get(f"/reports/{desk.report_id}/versions?old=1&new=99").status_code == 404


@pytest.mark.parametrize("number", [1, 2])
def test_a_draft_is_shown_as_what_it_is(app: Flask, desk: Desk, number: int) -> None:
    answer = signed_in(app, desk.officer).get(f"/reports/{desk.report_id}/drafts/{number}")
    if number == 2:
        assert answer.status_code == 404
        return
    html = answer.get_data(as_text=True)
    assert "not an officer" in html
    assert "blotter-writing" in html
