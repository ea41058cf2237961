"""Sentence by sentence: whose words they are, what is refused, and that nobody's words are lost to a conflict."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core.db import transaction
from app.core.errors import Conflict, Forbidden, Invalid
from app.reports import service
from app.reports.authorship import authored, characters_kept, machine_share
from app.reports.models import Authorship, Sentence
from tests.app.accounts.conftest import send
from tests.app.reports.conftest import Desk
from tests.people import People, signed_in


def edit(desk: Desk, words: str, text: str, edition: int | None = None) -> Sentence:
    """The author's new wording of a sentence."""
    one = desk.sentence(words)
    with transaction():
        return service.edit_sentence(one, desk.report, text=text, edition=edition or one.edition, actor=desk.author)


def test_a9_edited_words_are_marked_edited_and_the_machines_are_kept(desk: Desk) -> None:
    one = edit(desk, "greeted", "I greeted the driver.")
    assert one.authorship is Authorship.EDITED
    assert one.machine_text == "Officer Test greeted the driver."


def test_a9_words_put_back_exactly_are_the_machines_again(desk: Desk) -> None:
    edit(desk, "greeted", "I greeted the driver.")
    assert edit(desk, "greeted", "Officer Test greeted the driver.").authorship is Authorship.MACHINE


def test_a9_a_wholly_new_wording_is_the_officers(desk: Desk) -> None:
    assert edit(desk, "mumbled", "It rained.").authorship is Authorship.OFFICER


def test_a9_the_share_is_measured_in_characters(desk: Desk) -> None:
    assert machine_share(desk.report.sentences) == 1.0
    with transaction():
        service.add_sentence(desk.report, text="x" * 84, section="Contact", actor=desk.author)
    machine = sum(len(one.text) for one in desk.report.sentences if one.authorship is Authorship.MACHINE)
    assert machine_share(desk.report.sentences) == pytest.approx(machine / (machine + 84))
    assert machine_share([]) == 0.0


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_is_kept_never_exceeds_either_text(machine: str, text: str) -> None:
    assert 0 <= characters_kept(machine, text) <= min(len(machine), len(text))
    assert characters_kept(machine, machine) == len(machine)
    assert authored("", text) is Authorship.OFFICER


def test_a_conflict_keeps_both_wordings(app: Flask, desk: Desk) -> None:
    """Two tabs: the second save gets a conflict with its own words in the box, and the first wording stands."""
    browser = signed_in(app, desk.officer)
    one = desk.sentence("greeted")
    page = f"/reports/{desk.report_id}"
    path, read = f"/sentences/{one.id}", str(one.edition)
    assert send(browser, path, page=page, text="I greeted Ms. Lopez.", edition=read).status_code == 303
    late = send(browser, path, page=page, text="I said hello to her.", edition=read)
    html = late.get_data(as_text=True)
    assert late.status_code == 409
    assert "I said hello to her." in html
    assert "I greeted Ms. Lopez." in html
    assert desk.sentence("I greeted Ms. Lopez.")


@pytest.mark.parametrize(
    ("text", "why"), [("", "needs words"), (" \n\t ", "needs words"), ("x" * 5001, "at most 5000")]
)
def test_an_empty_or_endless_sentence_is_refused_beside_its_box(app: Flask, desk: Desk, text: str, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        edit(desk, "greeted", text)
    assert refused.value.field == "text"
    one = desk.sentence("greeted")
    answer = send(
        signed_in(app, desk.officer),
        f"/sentences/{one.id}",
        page=f"/reports/{desk.report_id}",
        text=text,
        edition=str(one.edition),
    )
    assert answer.status_code == 422
    assert why in answer.get_data(as_text=True)


def test_control_characters_and_markup_stay_harmless(app: Flask, desk: Desk) -> None:
    one = edit(desk, "greeted", "He said\x00 \x1b[31m“<b>stop</b>”\r\n\u202etwice.")
    assert one.text == "He said [31m“<b>stop</b>” twice."
    html = signed_in(app, desk.officer).get(f"/reports/{desk.report_id}").get_data(as_text=True)
    assert "<b>stop</b>" not in html
    assert "&lt;b&gt;stop&lt;/b&gt;" in html


def test_only_the_author_writes(app: Flask, desk: Desk, people: People) -> None:
    path = f"/sentences/{desk.sentence('greeted').id}"
    reviewer, stranger = signed_in(app, desk.supervisor), signed_in(app, people.one(unit="South Patrol"))
    assert send(reviewer, path, page="/account", text="x y z", edition="1").status_code == 403
    assert send(stranger, path, page="/account", text="x y z", edition="1").status_code == 404
    assert stranger.get(f"/reports/{desk.report_id}").status_code == 404
    one = desk.sentence("greeted")
    with pytest.raises(Forbidden, match="Only its author"), transaction():
        service.edit_sentence(one, desk.report, text="x y z", edition=one.edition, actor=desk.reviewer)


def test_an_added_sentence_stands_at_the_end_of_its_section(desk: Desk) -> None:
    with transaction():
        service.add_sentence(desk.report, text="She had her license ready.", section="Contact", actor=desk.author)
    sections = [one.section for one in desk.report.sentences]
    assert sections == ["Contact", "Contact", "Contact", "Injuries"]
    assert desk.report.sentences[2].text == "She had her license ready."
    assert desk.report.sentences[2].authorship is Authorship.OFFICER


def test_a_removed_sentence_is_gone_from_the_report_and_kept(app: Flask, desk: Desk) -> None:
    one = desk.sentence("mumbled")
    answer = send(signed_in(app, desk.officer), f"/sentences/{one.id}/remove", page=f"/reports/{desk.report_id}")
    assert answer.status_code == 303
    assert not [each for each in desk.report.sentences if "mumbled" in each.text]
    assert desk.acts()[-1] == "reports:report:view" or "reports:sentence:remove" in desk.acts()
    again = send(signed_in(app, desk.officer), f"/sentences/{one.id}", page="/account", text="back", edition="1")
    assert again.status_code == 404


def test_a_submitted_report_is_not_edited(desk: Desk) -> None:
    desk.submit()
    with pytest.raises(Conflict, match="not changed any more"):
        edit(desk, "greeted", "I greeted the driver.")
