"""Language across lines and beyond words: whose words, said to whom, repeated, answered; and the classifier that only doubts."""

from itertools import pairwise

import numpy as np
import pytest

from app.earlywarning.queries import LOW_CONFIDENCE
from tests.bench.warning_lines import COUNTS, events, pairs, samples, spoken, swaps
from workers.engines.language import LanguageEvent, engine, listen_for
from workers.engines.language.classifier import classifier
from workers.engines.language.events import DOUBT, JUDGED
from workers.engines.language.features import hashed, tokens
from workers.engines.language.respect import features, respect
from workers.engines.language.rules import POLARITY, rules


def harsh(said: str) -> list[LanguageEvent]:
    return [event for event in events(spoken(said)) if event.polarity == "aggressive"]


def kinds(said: str) -> set[str]:
    return {event.category for event in events(spoken(said))}


def test_the_bench_counts_from_where_early_warning_counts() -> None:
    assert COUNTS == LOW_CONFIDENCE


@pytest.mark.parametrize(
    ("said", "scope"),
    [
        ("copy you dumb ass that was my call", "radio"),
        ("dispatch show me with that idiot you idiot", "radio"),
        ("you're a moron partner", "joking"),
        ("sarge you idiot haha", "joking"),
    ],
)
def test_radio_talk_and_jokes_among_officers_are_shown_but_never_count_alone(said: str, scope: str) -> None:
    found = harsh(said)
    assert found
    assert {event.scope for event in found} == {scope}
    assert max(event.confidence for event in found) < LOW_CONFIDENCE


def test_an_officer_who_gives_a_rank_to_the_public_is_not_joking() -> None:
    [event] = harsh("i'm sergeant cole and you're a moron")
    assert event.scope == ""
    assert event.confidence > LOW_CONFIDENCE


@pytest.mark.parametrize(
    "said",
    [
        "o: so the guy says / o: you're a dumb bitch",
        "let me read the text you're a stupid idiot",
        "in this email you wrote you are a pathetic loser",
        "it says here get out or else you moron",
        "i heard him yell i'll kill you all",
        "did anyone call you an animal",
    ],
)
def test_other_peoples_words_read_out_or_told_do_not_flag(said: str) -> None:
    assert harsh(said) == []


def test_a_quotation_ends_with_its_sentence_and_with_its_speaker() -> None:
    assert harsh("o: so the guy says / o: come here. you're a dumb bitch")
    asked, said = spoken("c: so the guy says / o: you're a dumb bitch")
    assert listen_for([asked, said]).events


@pytest.mark.parametrize(
    "said",
    [
        "o: get on the ground get on the ground get on the ground",
        "o: come here / o: come here / o: come here",
        "o: sit down. sit down. sit down now.",
    ],
)
def test_an_order_given_three_times_without_a_pause_is_a_repeated_command(said: str) -> None:
    [event] = harsh(said)
    assert event.category == "repeated_command"
    assert "command" in kinds(said)  # and still an order, which is neutral


@pytest.mark.parametrize(
    "said",
    [
        "o: drop the gun drop the gun drop the gun",  # urgent: a weapon is named
        "o: come here / o: come here",  # twice
        "o: come here / c: where? / o: come here / o: sit down",
        "o: step out. thank you. step over here. sit down please",
    ],
)
def test_urgency_pauses_and_different_orders_are_no_repetition(said: str) -> None:
    assert "repeated_command" not in kinds(said)


def test_a_pause_between_orders_leaves_time_to_obey() -> None:
    lines = spoken("o: come here / o: come here / o: come here")
    slowly = [
        type(one)(**{**vars(one), "start": one.start + 9 * n, "end": one.end + 9 * n}) for n, one in enumerate(lines)
    ]
    assert [e.category for e in listen_for(slowly).events] == ["command"] * 3


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("c: why did you stop me? / o: because i said so", "dismissal"),
        ("c: what did i do? / o: doesn't matter", "dismissal"),
        ("tell it to the judge", "dismissal"),
        ("c: where are you taking him? / o: we're taking him to county hospital", "answer"),
        ("c: am i under arrest? / o: no you are just being detained", "answer"),
    ],
)
def test_questions_are_answered_or_turned_away(said: str, category: str) -> None:
    other = {"dismissal": "answer", "answer": "dismissal"}[category]
    assert category in kinds(said)
    assert other not in kinds(said)


@pytest.mark.parametrize(
    "said",
    [
        "c: why? / o: turn around and put your hands up",  # an order
        "c: why? / o: where were you going tonight then",  # a question back
        "c: nice weather. / o: yes it is a lovely day out here",  # nothing was asked
        "c: why did you stop me? / o: you are a stupid idiot",
    ],
)
def test_what_follows_a_question_is_not_always_an_answer(said: str) -> None:
    assert "answer" not in kinds(said)


def test_the_classifier_never_finds_anything_by_itself() -> None:
    """The words it is surest of, aimed at nobody, flag nothing (W9)."""
    said = "this fucking shit is bullshit"
    assert classifier().heard(said) > classifier().confirms
    assert harsh(said) == []


def test_the_classifier_doubts_or_notes_and_never_raises() -> None:
    found = {e.found_by: e for sample in samples("dev") for e in events(sample.lines) if not e.scope}
    assert set(found) == {"rule", "rule+confirmed", "rule+doubted", "rule+unsure"}
    for event in found.values():
        assert (event.probability is None) == (event.category not in JUDGED)
    doubted, confirmed = found["rule+doubted"], found["rule+confirmed"]
    assert doubted.probability is not None
    assert doubted.probability < classifier().doubts
    assert confirmed.probability is not None
    assert confirmed.probability >= classifier().confirms
    sure = {rule.id: rule.sure for rule in rules().rules}
    assert doubted.confidence == pytest.approx(sure[doubted.rule] * DOUBT)
    assert confirmed.confidence == pytest.approx(sure[confirmed.rule])


def test_the_record_names_the_version_of_rules_classifier_and_respect() -> None:
    info = engine()
    assert classifier().version in info.version
    assert {"rules", "classifier", "respect"} <= set(info.parameters)


@pytest.mark.parametrize("group", swaps(), ids=lambda group: group[0][:30])
def test_names_groups_topics_and_places_change_nothing(group: list[str]) -> None:
    """W6: rule, confidence, probability and respect are the same whatever stands there."""
    seen = [
        ([(e.rule, e.confidence, e.probability) for e in events(spoken(text))], respect(text), classifier().heard(text))
        for text in group
    ]
    assert all(one == other for one, other in pairwise(seen))


def test_the_same_said_in_african_american_english_is_heard_the_same() -> None:
    """W6: no more flags on the harmless, and no fewer on the rest."""
    for pair in pairs():
        there = [{event.category for event in harsh(text)} for text in (pair.aae, pair.sae)]
        assert there[0] == there[1] == ({pair.label} - {"-"}), pair


def test_the_in_group_word_is_shown_and_never_counts_alone() -> None:
    """W6: among friends in African American English no slur; from others one, so a person decides."""
    [rule] = [rule for rule in rules().rules if rule.id == "slur-in-group"]
    word = rule.pattern.pattern.rsplit("(?:", 1)[1].split("[")[0] + "s"
    [event] = harsh(f"them {word} over there")
    assert event.rule == rule.id
    assert event.confidence < LOW_CONFIDENCE


def test_no_held_out_profanity_at_nobody_counts() -> None:
    """W9, on lines no rule was written with."""
    swears = [sample for sample in samples("test") if sample.kind == "undirected"]
    assert len(swears) >= 20
    for sample in swears:
        assert not [e for e in events(sample.lines) if e.polarity == "aggressive" and e.confidence >= COUNTS], (
            sample.lines
        )


def test_every_development_line_has_known_labels_and_most_are_found() -> None:
    found = there = 0
    for sample in samples("dev"):
        assert sample.labels <= set(POLARITY)
        said = {event.category for event in events(sample.lines) if event.confidence >= COUNTS}
        found, there = found + len(sample.labels & said), there + len(sample.labels)
    assert there > 200
    assert found / there > 0.95


def test_the_classifier_sees_listed_words_and_blanks_only() -> None:
    assert tokens("Lakeisha from Compton you stupid hockey fan") == ["from", "_", "you", "stupid"]
    assert np.array_equal(hashed("shut up daniel you idiot"), hashed("shut up lakeisha you idiot"))
    assert np.array_equal(hashed("you ain't listenin to dat"), hashed("you aren't listenin to that"))
    assert len(hashed("")) > 0
    assert 0 < classifier().heard("") < 1


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("sorry to stop you sir the reason i stopped you is the light", "hands on the wheel"),
        ("could you please wait a minute for me", "wait"),
        ("thank you ma'am drive safe", "get going buddy"),
        ("no problem you're okay", "what's your problem"),
        ("good evening my name is officer park", "what do you want"),
    ],
)
def test_respect_orders_utterances_as_the_paper_does(more: str, less: str) -> None:
    assert respect(more) > respect(less)


def test_respect_says_which_features_it_found() -> None:
    assert dict(features("thank you sir"))["gratitude"] == 1
    assert dict(features("hands on the wheel man"))["hands_on_the_wheel"] == -1
    assert features("") == []
    assert respect("thank you thank you thank you") == respect("thank you")


def test_each_officer_line_has_its_respect_and_nobody_elses() -> None:
    heard = listen_for(spoken("o: good evening sir / c: fuck you man / o: get out"))
    assert set(heard.respect) == {0, 2}
    assert heard.respect[0] > heard.respect[2]


def test_orders_without_end_are_read_in_linear_time() -> None:
    assert listen_for(spoken("get step turn sit put stop come move " * 3000)).officer_lines == 1
    assert listen_for(spoken("get out of the car and " * 3000)).officer_lines == 1
