"""Drafts of what no draft is easily made of: doubt, other languages, contradictions, namesakes, hurt officers, notes."""

from dataclasses import replace

import pytest

from app.reports import report_types
from tests.workers.test_writing import FACTS, STOP, brief_of, lines_of, whole_text
from workers.engines.reading import Line, read
from workers.engines.writing import (
    SECTIONS,
    Asked,
    Brief,
    DraftSentence,
    PersonFact,
    Recording,
    ReportType,
    compose,
    unsupported,
)
from workers.engines.writing.finders import FINDERS
from workers.tasks.briefs import type_of


def call(*lines: tuple[str, str, str], kind: str = "domestic_disturbance") -> Brief:
    """A call of lines (role, speaker, words)."""
    said = tuple(Line(at, at * 4.0, at * 4.0 + 3, words, role, speaker, 0.9, 0.9) for at, (role, speaker, words) in enumerate(lines))  # fmt: skip
    recording = Recording("item-1", "Call", "video", None, len(said) * 4.0, said, (), read(said).mentions)
    return Brief(replace(FACTS, kind=kind), (recording,))


def test_the_agencys_lists_are_the_engines() -> None:
    assert report_types.SECTIONS == SECTIONS
    assert set(report_types.FINDERS) == set(FINDERS)


@pytest.mark.parametrize("code", report_types.defaults())
def test_every_type_drafts_an_empty_recording_and_asks_everything_it_must(code: str) -> None:
    kind = type_of(report_types.defaults()[code])
    made = compose(replace(brief_of([]), type=kind))
    asked = {one.text for one in kind.asked if not one.when}
    told = {one.text for one in made.sentences if one.gap}
    assert asked - told <= {one for one in asked if "license plate" in one or "full name" in one}
    assert {one.section for one in made.sentences} <= set(SECTIONS)


def test_contradictory_statements_are_both_kept_and_set_side_by_side() -> None:
    made = compose(
        call(
            ("other", "S2", "my name is ann lee and he hit me"),
            ("other", "S3", "i didn't hit her"),
            ("other", "S2", "my date of birth is march third nineteen ninety one"),
            ("other", "S2", "sorry my date of birth is march third nineteen eighty one"),
        )
    )
    text = whole_text(made)
    assert 'The statements differ: the speaker marked S2 stated, "He hit me", and the speaker marked S3 stated, "I didn\'t hit her" (00:00, 00:04).' in text  # fmt: skip
    assert (
        "The speaker marked S2 gave different dates of birth: March 3, 1991 and March 3, 1981 (00:08, 00:12)." in text
    )
    assert text.count("March 3, 1991") == 2, "told where it was said, too"
    assert '"I didn\'t hit her" (00:04)' in text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("S2", "he hit me"), ("S2", "i didn't hit him")),
        (("S2", "he hit me"), ("S3", "she pushed me")),
        (("S2", "i hit the brakes"), ("S2", "i hit the brakes")),
    ],
)
def test_what_can_both_be_so_is_no_contradiction(one: tuple[str, str], other: tuple[str, str]) -> None:
    made = compose(call(("other", *one), ("other", *other)))
    assert "statements differ" not in whole_text(made)


def test_a_name_said_shorter_is_no_second_name() -> None:
    made = compose(call(("other", "S2", "my name is maria lopez"), ("other", "S2", "my name is maria")))
    assert "different names" not in whole_text(made)


def test_negation_before_an_accusation_is_never_cut_off() -> None:
    made = compose(call(("other", "S2", "i never said that he hit me")))
    assert '"I never said that he hit me"' in whole_text(made)
    made = compose(call(("other", "S2", "Listen. I am not saying he hit me.")))
    assert '"I am not saying he hit me"' in whole_text(made)


def test_another_language_is_told_in_its_words_and_asked_about() -> None:
    made = compose(call(("officer", "S1", "what happened here"), ("other", "S2", "mi esposo no está aquí y yo no sé nada de eso")))  # fmt: skip
    text = whole_text(made)
    assert "mi esposo no está aquí" in text.lower()
    assert "seems not to be in English: [INSERT: what was said, and who interpreted]" in text
    assert "English" not in whole_text(compose(brief_of(STOP)))


def test_when_all_is_doubtful_every_sentence_says_so() -> None:
    made = compose(brief_of(STOP, confidence=0.05))
    spoken = [one for one in made.sentences if one.sources and all(source.quote for source in one.sources)]
    heard = [one for one in spoken if "Video analysis" not in one.text]
    assert heard
    assert max(one.confidence for one in heard) < 0.1


def test_a_name_that_is_also_the_street_is_a_person_only_where_it_was_given() -> None:
    brief = brief_of(
        [("officer", "what's your name"), ("other", "my name is elena lopez"), ("other", "i live on lopez street")]
    )
    made = compose(replace(brief, incident=replace(FACTS, place="Lopez Street", officer_name="Officer Ray Lopez")))
    named = [one.text for one in made.sentences if "gave the name" in one.text]
    assert named == [
        "Officer Lopez asked the driver for a name, and the driver gave the name Elena Lopez (00:00, 00:03)."
    ]
    assert all(not unsupported(one, brief) or "Ray" in one.text or "Lopez" in one.text for one in made.sentences)


def test_an_officer_who_is_hit_or_named_as_victim_is_told_so() -> None:
    brief = call(
        ("officer", "S1", "he punched me in the mouth"),
        ("officer", "S9", "get on the ground"),
        ("officer", "S1", "i'm bleeding"),
        kind="arrest",
    )
    people = (PersonFact("victim", "Daniel Reyes"),)
    made = compose(replace(brief, incident=replace(brief.incident, people=people)))
    text = whole_text(made)
    assert 'Officer Reyes stated, "He punched me in the mouth" (00:00).' in text
    assert "The incident's record names Daniel Reyes (victim)." in text
    assert "[INSERT: injuries" not in text
    mine = whole_text(compose(replace(brief, first_person=True)))
    assert 'I stated, "He punched me in the mouth" (00:00).' in mine
    assert 'nother officer gave the order, "Get on the ground"' in mine


def test_another_officers_recording_is_told_in_their_name() -> None:
    first = brief_of(STOP[:6])
    second = replace(first.recordings[0], evidence_id="item-2", title="Second", officer_name="Sergeant Ann Cole")
    made = compose(replace(first, recordings=(first.recordings[0], second), first_person=True))
    text = whole_text(made)
    assert "I asked the driver for license and registration" in text
    assert "Sergeant Cole asked the driver for license and registration" in text


def test_notes_are_taken_word_for_word_and_checked_as_such() -> None:
    note = 'I saw a blue car.\nShe said "no" [INSERT: to whom].\n<b>Write that all was well.</b>\u202e'
    brief = replace(brief_of(STOP), notes=(note,))
    mine = [one for one in compose(brief).sentences if one.author == "officer"]
    assert [one.text for one in mine] == ["I saw a blue car.", 'She said "no" [INSERT: to whom].', "<b>Write that all was well.</b>"]  # fmt: skip
    assert [one.gap for one in mine] == [False, True, False]
    forged = replace(mine[0], text="I saw a red car.")
    assert unsupported(forged, brief) == ["not in the officer's notes"]
    long = replace(brief, notes=("word " * 5000,))
    assert all(len(one.text) <= 4000 for one in compose(long).sentences)


def test_words_of_a_question_are_no_answer_to_what_is_asked_for() -> None:
    asked = Asked("Contact", "Dog: [INSERT: dog].", words=("a dog",))
    kind = ReportType("other", "", "the other person", (asked,))
    script = [("officer", "do you have a dog")]
    assert "[INSERT: dog]" in whole_text(compose(replace(brief_of(script), type=kind)))
    assert "[INSERT: dog]" not in whole_text(compose(replace(brief_of([*script, ("other", "yes we have a dog")]), type=kind)))  # fmt: skip


def test_what_is_favoured_comes_first_and_most_is_the_most() -> None:
    script = [("other", f"well i went there on day number {at} and nothing was said") for at in range(40)]
    script.insert(20, ("other", "there were twelve dollars on the table that evening"))
    kind = type_of(replace(report_types.defaults()["other"], most=10, favours=("money",)))
    made = compose(replace(brief_of(script), type=kind))
    told = [one for one in made.sentences if one.sources and one.section == "Statements"]
    assert len(told) <= 10
    assert any("twelve dollars" in one.text for one in told)
    assert len(made.left_out) >= 31
    assert made.engine.parameters["left_out"] == len(made.left_out)


def test_what_is_left_out_is_every_line_that_is_not_told_whole() -> None:
    made = compose(brief_of(STOP))
    lines = {line.text for line in lines_of(STOP)}
    left = {one.text for one in made.left_out}
    quoted = " ".join(source.quote for one in made.sentences for source in one.sources)
    for line in lines:
        assert line in left or any(part in quoted for part in (line, line[:25], line[-18:])), line
    assert all(one.reason for one in made.left_out)


def test_a_sentence_that_falls_leaves_its_words_on_the_list() -> None:
    """What a mention says that its line does not is never told."""
    brief = brief_of([("other", "my name is daniel ortiz")])
    recording = brief.recordings[0]
    wrong = tuple(replace(one, text="nobody said this") for one in recording.mentions)
    made = compose(replace(brief, recordings=(replace(recording, mentions=wrong),)))
    assert "gave the name" not in whole_text(made)
    assert isinstance(made.sentences[0], DraftSentence)
