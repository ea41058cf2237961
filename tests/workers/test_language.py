"""Language: what flags, what does not, and which way it counts."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.engines.language import LanguageEvent, aggressive_per_hour, listen_for
from workers.engines.language.rules import POLARITY, rules
from workers.engines.reading.text import Line


def officer(text: str, *, role: str = "officer", confidence: float = 1.0, speaker_confidence: float = 1.0) -> Line:
    return Line(0, 0.0, 4.0, text, role, "S1", confidence, speaker_confidence)


def events(text: str) -> tuple[LanguageEvent, ...]:
    return listen_for([officer(text)]).events


def categories(text: str) -> set[str]:
    return {event.category for event in events(text)}


def aggressive(text: str) -> list[LanguageEvent]:
    return [event for event in events(text) if event.polarity == "aggressive"]


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("fuck you", "directed_profanity"),
        ("you fucking asshole", "directed_profanity"),
        ("get the fuck out of the car", "directed_profanity"),
        ("get the hell on the ground", "directed_profanity"),
        ("shut your goddamn mouth", "directed_profanity"),
        ("put your goddamn hands on the wheel", "directed_profanity"),
        ("you're a fucking liar", "directed_profanity"),
        ("what the hell are you doing", "directed_profanity"),
        ("you dumb son of a bitch", "directed_profanity"),
        ("shut up you stupid idiot", "insult"),
        ("shut up and sit down", "insult"),
        ("are you deaf", "insult"),
        ("you are one sorry excuse for a man", "insult"),
        ("You're a moron.", "insult"),
        ("i'll break your arm if you reach in there", "threat"),
        ("I’ll kill you", "threat"),
        ("you're gonna regret this", "threat"),
        ("i will put a bullet in your head", "threat"),
    ],
)
def test_what_is_said_against_a_person_flags(said: str, category: str) -> None:
    found = aggressive(said)
    assert [event.category for event in found] == [category]
    assert found[0].directed


@pytest.mark.parametrize(
    "said",
    [
        "holy shit that was close",
        "what the fuck",
        "fuck my knee",
        "damn it's cold out here",
        "that fucking light is broken",
        "this is bullshit weather",
        "oh shit he's got a gun",
        "you're damn right",
    ],
)
def test_profanity_aimed_at_nobody_does_not_flag(said: str) -> None:
    """W9: profanity that is not aimed at a person does not flag."""
    assert aggressive(said) == []


@pytest.mark.parametrize(
    "said",
    [
        "he called me a fucking asshole",
        "the caller said he told her shut up you stupid bitch",
        "the note reads you worthless piece of trash",
        'she said "fuck you" and left',
        "did he say i'll kill you",
    ],
)
def test_what_others_said_does_not_flag_when_it_is_repeated(said: str) -> None:
    assert aggressive(said) == []


@pytest.mark.parametrize(
    "said",
    [
        "is that your dog it's a nice animal",
        "you're not stupid",
        "are you an animal lover",
        "is that trash yours",
        "we had to break your window to get you out",
        "i'll give you a break this time",
        "i can knock your fine down",
        "your trash can is on fire",
        "i'm not going to hurt you",
        "nobody is going to beat you",
    ],
)
def test_everyday_words_do_not_flag(said: str) -> None:
    assert aggressive(said) == []


@pytest.mark.parametrize(
    "said",
    [
        "step out of the car",
        "keep your hands where i can see them",
        "drop the knife or i will shoot",
        "if you don't step out you will be arrested",
        "taser taser",
        "i need you to turn around for me",
        "stop resisting",
    ],
)
def test_commands_and_lawful_warnings_are_neutral(said: str) -> None:
    found = [event for event in events(said) if event.category == "command"]
    assert found
    assert {event.polarity for event in found} == {"neutral"}
    assert aggressive(said) == []


@pytest.mark.parametrize(
    ("said", "category"),
    [
        ("good evening sir", "greeting"),
        ("the reason i stopped you tonight is you ran the red light", "reason_given"),
        ("The reason I stopped you is that you ran the light. Do you know why I stopped you?", "reason_given"),
        ("thank you for your patience", "courtesy"),
        ("can i see your license please", "courtesy"),
        ("take your time you're okay", "reassurance"),
        ("i'm not going to hurt you", "reassurance"),
        ("i'm sorry about the wait", "apology"),
    ],
)
def test_courtesy_is_heard_too(said: str, category: str) -> None:
    """W8: positive signals are shown too."""
    assert category in categories(said)
    assert {e.polarity for e in events(said) if e.category == category} == {"courteous"}


def test_do_you_know_why_is_not_a_reason_given() -> None:
    assert "reason_given" not in categories("do you know the reason i stopped you")


def test_a_command_is_kept_whole() -> None:
    (event,) = events("okay step out of the car and keep your hands where i can see them. thanks a lot")[:1]
    assert event.phrase == "step out of the car and keep your hands where i can see them"


def test_only_the_officer_is_read() -> None:
    for role in ("other", "unknown", ""):
        heard = listen_for([officer("fuck you i'll kill you", role=role)])
        assert heard.events == ()
        assert heard.officer_seconds == 0


def test_doubt_about_words_and_speaker_multiplies_into_the_confidence() -> None:
    """W3: a doubtful transcript makes a doubtful flag."""
    (sure,) = events("fuck you")
    (doubtful,) = listen_for([officer("fuck you", confidence=0.5, speaker_confidence=0.4)]).events
    assert doubtful.confidence == pytest.approx(sure.confidence * 0.2)


def test_the_rate_is_per_hour_of_the_officers_speech() -> None:
    """W2: normalised per officer-speech hour; nothing said is no rate, not zero."""
    lines = [officer("fuck you"), officer("good evening"), officer("hello there", role="other")]
    heard = listen_for(lines)
    assert (heard.officer_seconds, heard.officer_lines) == (8.0, 2)
    assert aggressive_per_hour(heard) == pytest.approx(450.0)
    assert aggressive_per_hour(listen_for([])) is None


def test_where_the_speaker_is_doubtful_the_line_counts_neither_above_nor_below_the_line() -> None:
    """What cannot be an officer's moment is no officer's speech either: neither hours nor respect are theirs by a guess."""
    heard = listen_for([officer("fuck you", speaker_confidence=0.45), replace(officer("good evening"), index=1)])
    assert [event.line for event in heard.events if event.polarity == "aggressive"] == [0]
    assert (heard.officer_seconds, heard.officer_lines, list(heard.respect)) == (4.0, 1, [1])


@pytest.mark.parametrize(
    ("one", "other"), [("daniel", "lakeisha"), ("karen", "jamal"), ("bill", "muhammad"), ("ann", "guadalupe")]
)
def test_a_name_changes_nothing(one: str, other: str) -> None:
    """W6: same words with another name, same flags."""
    for said in (
        "shut up {} you idiot",
        "thank you {} have a good night",
        "step out of the car {}",
        "what the hell {}",
    ):
        flags = [[(e.rule, e.confidence) for e in events(said.format(name))] for name in (one, other)]
        assert flags[0] == flags[1]


def test_every_rule_says_why_and_names_a_known_category() -> None:
    ids = [rule.id for rule in rules().rules]
    assert len(ids) == len(set(ids))
    assert {rule.category for rule in rules().rules} | {"answer", "repeated_command", "shouting"} == set(POLARITY)


def test_slurs_flag_even_when_aimed_at_nobody_but_not_when_quoted() -> None:
    slur = next(rule for rule in rules().rules if rule.id == "slur")
    word = next(w for w in ("kike", "kikes") if slur.pattern.fullmatch(w))
    assert categories(f"another {word}") == {"slur"}
    assert categories(f"he called me a {word}") == set()


_WORDS = st.sampled_from(
    [
        "you",
        "fuck",
        "fucking",
        "stupid",
        "idiot",
        "shut",
        "up",
        "get",
        "the",
        "hell",
        "out",
        "please",
        "sir",
        "thank",
        "sorry",
        "i'll",
        "kill",
        "break",
        "your",
        "arm",
        "not",
        "he",
        "said",
        "İ",
        "’",
        "ß",
        "🚓",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=14).map(" ".join)))
def test_every_event_stands_in_its_line_and_none_of_one_side_overlap(text: str) -> None:
    seen: dict[str, int] = {}
    for event in events(text):
        assert text[event.start_char : event.end_char] == event.phrase
        assert 0 < event.confidence <= 1
        assert event.start_char >= seen.get(event.polarity, 0)
        seen[event.polarity] = event.end_char


def test_a_very_long_line_is_read_in_linear_time() -> None:
    assert len(events("fuck you and your car. " * 4000)) == 4000


def test_rules_with_room_hear_what_stands_between_and_commas_are_blanks() -> None:
    for text, category in (
        ("Listen, dummy, hands on the hood.", "insult"),
        ("You're nothing but a two bit hustler.", "insult"),
        ("I will throw you right through that window.", "threat"),
        ("Don't you ever fucking touch me.", "directed_profanity"),
    ):
        assert category in {one.category for one in aggressive(text)}, text
    for text in ("You were hit by a drunk.", "I'm going to break it to you gently.", "Did some idiot hit your car?"):
        assert aggressive(text) == [], text


def test_a_word_that_sounds_like_a_harsh_one_is_shown_and_never_counts_alone() -> None:
    """The phrase is what was heard, at its place; only aggression is looked for, and only where there is none already."""
    said = "All right. Duck you and your lawyer."
    [found] = aggressive(said)
    assert found.found_by == "sound"
    assert found.confidence < 0.5
    assert found.phrase == said[found.start_char : found.end_char]
    assert found.phrase.startswith("Duck you")
    assert aggressive("The ship left the beach.") == []


def test_whole_lines_put_a_question_off_only_after_a_question() -> None:
    asking = Line(0, 0.0, 1.0, "What did I do?", "other", "S2", 1.0, 1.0)
    answer = Line(1, 1.5, 2.5, "You'll find out.", "officer", "S1", 1.0, 1.0)
    assert "dismissal" in {event.category for event in listen_for([asking, answer]).events}
    assert aggressive("You'll find out.") == []
