"""The editor's doors: pasted paragraphs, quotations, order, saving by itself, and that nobody's words are lost."""

import uuid

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.db import session, transaction
from app.core.errors import DomainError, Invalid, NotFound
from app.reports import editing, service, wording
from app.reports.models import Authorship
from tests.app.accounts.conftest import send
from tests.app.desk import scene
from tests.app.reports.conftest import Desk
from tests.people import People, actor_for, csrf_token, signed_in

WORD_PAGE = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style><title>x</title>'
    "</head><body><!--StartFragment--><p class=MsoNormal>He said\xa0\x93stop\x94<o:p></o:p></p>"
    "<p class=MsoNormal>and\u00ad then\nhe left\u200b.</p><!--EndFragment--></body></html>"
)


def save(browser, desk: Desk, sentence, text: str, edition: int | str):
    """What the editor sends by itself."""
    token = csrf_token(browser, f"/reports/{desk.report_id}")
    headers = {"Accept": "application/json", "X-CSRFToken": token}
    return browser.post(f"/sentences/{sentence.id}", data={"text": text, "edition": edition}, headers=headers)


def refused_field(act) -> str:
    """The field a refusal names; empty when nothing was refused."""
    try:
        with transaction():
            act()
    except DomainError as error:
        return error.field
    return ""


def test_saving_by_itself_answers_with_the_new_edition_and_the_time(app: Flask, desk: Desk) -> None:
    browser, one = signed_in(app, desk.officer), desk.sentence("greeted")
    first = save(browser, desk, one, "I greeted the driver.", one.edition)
    assert first.status_code == 200
    assert first.json["edition"] == one.edition + 1
    assert first.json["saved_at"]
    assert first.json["authorship"] == "edited"
    second = save(browser, desk, one, "I greeted the driver warmly.", first.json["edition"])
    assert second.json["text"] == "I greeted the driver warmly."
    assert desk.sentence("warmly")


def test_saving_what_stands_already_is_no_act(app: Flask, desk: Desk) -> None:
    browser, one = signed_in(app, desk.officer), desk.sentence("greeted")
    before = desk.acts()
    assert save(browser, desk, one, f"  {one.text}\n", one.edition).json["edition"] == one.edition
    assert [act for act in desk.acts() if ":edit" in act] == [act for act in before if ":edit" in act]


def test_two_windows_get_a_conflict_with_both_texts_and_nothing_is_overwritten(app: Flask, desk: Desk) -> None:
    browser, one = signed_in(app, desk.officer), desk.sentence("greeted")
    read = one.edition
    assert save(browser, desk, one, "I greeted Ms. Lopez.", read).status_code == 200
    late = save(browser, desk, one, "I said hello to her.", read)
    assert late.status_code == 409
    assert late.json["conflict"] is True
    assert late.json["text"] == "I greeted Ms. Lopez."
    assert desk.sentence("I greeted Ms. Lopez.")
    chosen = save(browser, desk, one, "I said hello to her.", late.json["edition"])
    assert chosen.status_code == 200
    assert desk.sentence("I said hello to her.")


def test_saving_into_a_removed_sentence_says_so(app: Flask, desk: Desk) -> None:
    browser, one = signed_in(app, desk.officer), desk.sentence("greeted")
    with transaction():
        service.remove_sentence(one, desk.report, actor=desk.author)
    assert save(browser, desk, one, "I greeted her.", 1).status_code == 404


def test_an_empty_save_is_refused_beside_the_field(app: Flask, desk: Desk) -> None:
    answer = save(signed_in(app, desk.officer), desk, desk.sentence("greeted"), " \x00\n", 1)
    assert answer.status_code == 422
    assert answer.json["field"] == "text"
    assert answer.json["conflict"] is False


def test_five_pages_pasted_from_a_word_processor_become_plain_paragraphs(app: Flask, desk: Desk) -> None:
    pages = "\r\n\r\n".join(f"Paragraph {n}: she said “no” to it. " + "Then more was said. " * 20 for n in range(36))
    assert len(pages) > 14_000
    page = f"/reports/{desk.report_id}"
    answer = send(signed_in(app, desk.officer), f"{page}/sentences", page=page, section="Contact", text=pages)
    assert answer.status_code == 303
    mine = [one for one in desk.report.sentences if one.text.startswith("Paragraph")]
    assert [int(one.text.split()[1][:-1]) for one in mine] == list(range(36)), "in their order"
    assert {one.section for one in mine} == {"Contact"}
    assert desk.report.sentences[-1].section == "Injuries"


def test_the_markup_of_a_word_processor_is_taken_off_and_its_signs_are_mended() -> None:
    assert wording.paragraphs(WORD_PAGE) == ["He said “stop”", "and then he left."]
    assert wording.plain("3 < 5 and <b>bold</b>") == "3 < 5 and <b>bold</b>", "what a person typed stays"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "needs words"),
        ("\n\n \x07", "needs words"),
        ("x" * 5001, "Paragraph 1 has 5,001"),
        ("a\n" + "y" * 6000, "Paragraph 2"),
        ("line\n" * 201, "At most 200 paragraphs"),
        ("word " * 13_000, "At most 60,000"),
        ("z" * 1_300_000, "too long to be text"),
    ],
)
def test_a_paste_that_cannot_be_used_names_what_and_keeps_nothing(desk: Desk, text: str, why: str) -> None:
    before = len(desk.report.sentences)
    with pytest.raises(Invalid, match=why) as refused, transaction():
        editing.add_paragraphs(desk.report, text=text, section="Contact", actor=desk.author)
    assert refused.value.field == "text"
    assert refused.value.remedy
    assert len(desk.report.sentences) == before


@given(st.text(max_size=400))
@settings(max_examples=200)
def test_whatever_is_typed_becomes_printable_text_or_a_named_refusal(text: str) -> None:
    found: list[str] = []
    try:
        found = wording.paragraphs(text)
        refused = ""
    except Invalid as error:
        refused = error.field
    assert bool(found) != bool(refused)
    assert refused in ("", "text")
    assert all(one.isprintable() and one.strip() == one and one for one in found)
    assert [wording.sentence(one) for one in found] == found, "cleaning twice changes nothing"


@given(text=st.text(max_size=300), section=st.text(max_size=80), edition=st.integers(-(2**31), 2**31 - 1))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_field_of_the_editor_takes_anything_or_refuses_it_by_name(desk: Desk, text, section, edition) -> None:
    for verb in (
        lambda: service.edit_sentence(
            desk.sentence("mumbled"), desk.report, text=text, edition=edition, actor=desk.author
        ),
        lambda: editing.add_paragraphs(desk.report, text=text, section=section, actor=desk.author),
    ):
        assert refused_field(verb) in ("", "text")
    assert all(0 < len(one.section) <= 60 and one.text for one in desk.report.sentences)
    for one in [each for each in desk.report.sentences if each.authorship is Authorship.OFFICER]:
        with transaction():
            service.remove_sentence(one, desk.report, actor=desk.author)


@pytest.fixture
def spoken(desk: Desk):
    """An utterance of the report's recording."""
    heard = scene.heard(scene.step(desk.evidence, "transcribe"), "good evening officer reyes", "what did i do")
    session().expunge_all()
    from app.analysis import queries as analysis

    return analysis.transcript_of(heard.evidence_id).utterances[1]


def test_a_quotation_brings_its_words_time_source_and_engine_in_one_act(app: Flask, desk: Desk, spoken) -> None:
    page, behind = f"/reports/{desk.report_id}", desk.sentence("greeted")
    answer = send(
        signed_in(app, desk.officer), f"{page}/quotes", page=page, utterance=str(spoken.id), behind=str(behind.id)
    )
    assert answer.status_code == 303
    quoted = desk.report.sentences[1]
    assert quoted.text == f"At 0:0{int(spoken.start_s)} of “Dash camera”, the other speaker said: “what did i do”"
    assert (quoted.authorship, quoted.confidence) == (Authorship.MACHINE, spoken.confidence)
    assert [(one.evidence_id, one.start_s, one.end_s) for one in quoted.sources] == [
        (desk.evidence.id, spoken.start_s, spoken.end_s)
    ]
    for one in list(desk.report.sentences):
        if one.id != quoted.id:
            with transaction():
                service.remove_sentence(one, desk.report, actor=desk.author)
    from app.reports import review

    assert "pocketsphinx en-us 5.1.1" in review.content_of(desk.report)["ai"]["programs"], "A1: the recogniser is named"


def test_words_of_another_incident_are_not_quoted(desk: Desk, people: People, spoken) -> None:
    other = people.one()
    evidence = scene.item(scene.stop(other), other)
    theirs = scene.heard(scene.step(evidence, "transcribe"), "not yours")
    utterance = session().get(type(theirs), theirs.id).utterances[0]
    for unknown in (utterance.id, uuid.uuid4()):
        with pytest.raises(NotFound), transaction():
            editing.quote(desk.report, unknown, actor=desk.author)


@pytest.mark.parametrize("utterance", ["", "1", "../x", "\x00"])
def test_a_quotation_of_nothing_is_refused(app: Flask, desk: Desk, utterance: str) -> None:
    page = f"/reports/{desk.report_id}"
    answer = send(signed_in(app, desk.officer), f"{page}/quotes", page=page, utterance=utterance)
    assert answer.status_code == 422
    assert "Choose what to quote" in answer.get_data(as_text=True)


def order(desk: Desk) -> list[str]:
    return [one.text for one in desk.report.sentences]


def test_a_sentence_moves_up_and_down_and_across_sections_without_a_new_edition(app: Flask, desk: Desk) -> None:
    first, second, gap = order(desk)
    one = desk.sentence("greeted")
    with transaction():
        editing.move(one, desk.report, direction=editing.Direction.DOWN, actor=desk.author)
    assert order(desk) == [second, first, gap]
    with transaction():
        editing.move(desk.sentence("greeted"), desk.report, direction=editing.Direction.DOWN, actor=desk.author)
    assert order(desk) == [second, first, gap]
    assert desk.sentence("greeted").section == "Injuries", "at the edge it crosses into the next section first"
    with transaction():
        editing.move(desk.sentence("greeted"), desk.report, direction=editing.Direction.DOWN, actor=desk.author)
    assert order(desk) == [second, gap, first]
    with transaction():
        assert (
            editing.move(desk.sentence("greeted"), desk.report, direction=editing.Direction.DOWN, actor=desk.author)
            is None
        )
    assert desk.sentence("greeted").edition == one.edition, "who types in another window keeps typing"
    assert desk.acts().count("reports:sentence:move") == 3
    page = f"/reports/{desk.report_id}"
    answer = send(signed_in(app, desk.officer), f"/sentences/{one.id}/move", page=page, direction="sideways")
    assert answer.status_code == 422


def test_sentences_added_again_and_again_at_one_place_keep_their_order(desk: Desk) -> None:
    """Positions are fractions: when the room between two is used up, all are spread anew."""
    first = desk.sentence("greeted")
    with transaction():
        for number in range(80):
            editing.add_paragraphs(desk.report, text=f"Note {number}.", section="", actor=desk.author, behind=first)
    notes = [one.text for one in desk.report.sentences if one.text.startswith("Note")]
    assert notes == [f"Note {number}." for number in reversed(range(80))]
    assert order(desk)[0] == first.text


def test_a_transfer_of_the_author_in_the_middle_of_a_review_loses_nothing(desk: Desk, people: People) -> None:
    """The report stays with the incident's unit: its supervisor returns it, its author corrects it from elsewhere."""
    from app.reports import review

    desk.submit()
    with transaction():
        desk.officer.unit_id = people.unit("South Patrol").id
        session().merge(desk.officer)
    elsewhere = actor_for(people.one())
    moved = type(elsewhere)(**{name: getattr(desk.author, name) for name in ("label", "officer_id", "role", "unit_id")})
    with transaction():
        review.return_to_author(desk.report, notes="Say who was in the car.", actor=desk.reviewer)
    one = desk.sentence("greeted")
    with transaction():
        service.edit_sentence(one, desk.report, text="I greeted Ms. Lopez.", edition=one.edition, actor=moved)
    desk.submit()
    desk.approve()
    assert desk.report.state.value == "approved"
