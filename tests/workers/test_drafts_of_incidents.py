"""Drafts of invented incidents against what is known of them, with a judge that shares nothing with the writer's checker."""

from dataclasses import replace

import pytest

from samples.draft_example import PAGE, page
from tests.bench.incidents import Incident, garbled, incidents
from tests.bench.judging import unsupported_claims
from tests.bench.reading_drafts import tally
from workers.engines.writing import Draft, compose


@pytest.fixture(scope="module")
def stop() -> tuple[Incident, Draft]:
    incident = incidents("shown")[0]
    return incident, compose(incident.heard())


def test_incidents_the_writer_was_not_built_with_are_told_and_nothing_else_is() -> None:
    counted = tally(incidents("held"), None)
    figures = counted.figures()
    assert figures["fact_recall"] >= 0.85, counted.forgotten
    assert counted.claims == []
    assert figures["gaps_raised"] >= 0.95, counted.forgotten


def test_with_misheard_words_it_asks_as_much_and_claims_as_little() -> None:
    counted = tally(incidents("shown"), 0.15, seeds=(1,))
    figures = counted.figures()
    assert figures["fact_recall"] >= 0.85, counted.forgotten
    assert figures["gaps_raised"] >= 0.95
    assert counted.claims == []


def test_word_errors_come_at_the_rate_asked_for_and_again_the_same() -> None:
    incident = incidents("shown")[0]
    noisy = garbled(incident, rate=0.15, seed=1)
    assert noisy == garbled(incident, rate=0.15, seed=1)
    assert noisy != garbled(incident, rate=0.15, seed=2)
    assert garbled(incident, rate=0.0, seed=1) == incident.lines


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("Daniel Ortiz", "Daniel Ortega"),
        ("7ABC123", "7ABC124"),
        ("March 3, 1991", "March 3, 1981"),
        ("(00:32, 00:33)", "(00:32, 00:34)"),
        ("I was looking at my phone", "I was looking at my drink"),
        ("The driver stated", "Officer Carter stated"),
        ("the driver gave", "the driver nervously gave"),
        ("asked the driver for license", "asked the driver for a handgun and license"),
    ],
)
def test_the_judge_sees_what_is_false(stop: tuple[Incident, Draft], true: str, false: str) -> None:
    incident, draft = stop
    sentence = next(one for one in draft.sentences if true in one.text)
    assert unsupported_claims(sentence, incident, incident.lines) == []
    assert unsupported_claims(replace(sentence, text=sentence.text.replace(true, false)), incident, incident.lines)


def test_in_the_first_person_the_judge_finds_nothing_either() -> None:
    for incident in incidents("shown")[::2]:
        for sentence in compose(incident.heard(first_person=True)).sentences:
            assert sentence.gap or unsupported_claims(sentence, incident, incident.lines) == [], sentence.text


def test_the_draft_shown_in_the_docs_is_the_one_that_is_made_today() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make draft-example`"
