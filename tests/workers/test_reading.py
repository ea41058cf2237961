"""Reading: what is found in spoken and written lines, and what is not mistaken for it."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers.engines.reading import Line, Mention, read
from workers.engines.reading.identifiers import vin_is_valid


def lines_of(*texts: str, confidence: float = 1.0) -> list[Line]:
    return [
        Line(index, index * 3.0, index * 3.0 + 2.5, text, "other", "S1", confidence, 1.0)
        for index, text in enumerate(texts)
    ]


def by_rule(kind: str, *texts: str) -> list[str]:
    """Values of one kind that rules found in the last of the lines."""
    return [m.value for m in rule_mentions(texts) if m.kind == kind and m.line == len(texts) - 1]


def rule_mentions(texts: Sequence[str]) -> list[Mention]:
    return [m for m in read(lines_of(*texts)).mentions if m.method.startswith("rule:")]


@pytest.mark.parametrize(
    "said",
    [
        "the plate is seven a b c one two three",
        "california plate seven adam boy charles one two three",
        "plate number seven alpha bravo charlie one twenty three",
        "run 7ABC123 for me",
        "license plate 7-ABC-123.",
        "tag is seven a as in adam b as in boy c like charles one two three",
        "plate seven a b c one two three on a two thousand fifteen honda civic",
    ],
)
def test_a_plate_is_read_however_it_is_said(said: str) -> None:
    assert by_rule("plate", said) == ["7ABC123"]


@pytest.mark.parametrize(
    "said",
    [
        "i have a one year old and a dog",
        "my license number is d one two three four five six seven",
        "badge four one two seven",
        "he was in a b c",
    ],
)
def test_a_plate_is_not_read_where_none_is_said(said: str) -> None:
    assert by_rule("plate", said) == []


def test_a_plate_answers_the_line_before() -> None:
    assert by_rule("plate", "what's the plate", "eight k l m four five six") == ["8KLM456"]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("march third nineteen ninety one", "1991-03-03"),
        ("March 3, 1991", "1991-03-03"),
        ("the fourth of july nineteen eighty five", "1985-07-04"),
        ("three fourteen ninety one", "1991-03-14"),
        ("oh three one four nineteen ninety one", "1991-03-14"),
        ("3/14/1991", "1991-03-14"),
        ("december thirty first two thousand", "2000-12-31"),
        ("october twenty second two thousand and one", "2001-10-22"),
    ],
)
def test_a_date_of_birth_is_read_after_the_question(said: str, value: str) -> None:
    assert by_rule("date_of_birth", "what is your date of birth", said) == [value]
    assert by_rule("date_of_birth", f"my date of birth is {said}") == [value]


def test_a_date_that_is_nobodys_birth_is_a_date() -> None:
    assert by_rule("date", "your court date is may fifth") == ["--05-05"]
    assert by_rule("date", "this happened on november third twenty twenty five") == ["2025-11-03"]


@pytest.mark.parametrize("said", ["february thirtieth nineteen ninety", "13/45/1991", "i may one day march on"])
def test_a_day_the_calendar_does_not_know_is_no_date(said: str) -> None:
    assert by_rule("date", said) == by_rule("date_of_birth", said) == []


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("call me at four one five five five five zero one nine nine", "415-555-0199"),
        ("my number is (415) 555-0199", "415-555-0199"),
        ("eight hundred five five five one two one two", "800-555-1212"),
        ("my phone number is five five five zero one nine nine", "555-0199"),
        ("area code four one five triple five zero one double nine", "415-555-0199"),
    ],
)
def test_a_telephone_number_is_read_digit_by_digit(said: str, value: str) -> None:
    assert by_rule("phone", said) == [value]


def test_a_vehicle_identification_number_carries_its_check_digit() -> None:
    assert vin_is_valid("1M8GDM9AXKP042788")
    assert not vin_is_valid("1M8GDM9A1KP042788")
    assert not vin_is_valid("1M8GDM9AXKP04278")
    said = "the vin is one m eight g d m nine a x k p zero four two seven eight eight"
    assert by_rule("vin", said) == ["1M8GDM9AXKP042788"]


def test_a_vehicle_identification_number_misheard_is_kept_but_doubted() -> None:
    wrong = "the vin is one m eight g d m nine a one k p zero four two seven eight eight"
    (mention,) = [m for m in rule_mentions([wrong]) if m.kind == "vin"]
    assert mention.confidence <= 0.3
    assert mention.method == "rule:vin-check-digit-wrong"


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("my name is daniel ortiz", "Daniel Ortiz"),
        ("my name is daniel ortiz and i live here", "Daniel Ortiz"),
        ("sergeant miller copy", "Miller"),
        ("good evening i'm officer reyes with the police", "Reyes"),
        ("My name is Ana María O'Neil.", "Ana María O'Neil"),
        ("my name is o r t i z", "Ortiz"),
    ],
)
def test_a_name_is_read_from_the_words_around_it(said: str, value: str) -> None:
    assert by_rule("person", said) == [value]


def test_a_name_answers_the_question_for_it() -> None:
    assert by_rule("person", "what's your name sir", "daniel ortiz") == ["Daniel Ortiz"]
    assert by_rule("person", "What's your name?", "It's Daniel Ortiz. I live here.") == ["Daniel Ortiz"]
    assert by_rule("person", "what's your name sir", "i'm not telling you") == []


@pytest.mark.parametrize(
    "said", ["officer i need help", "my name is not your business", "i'm going home", "officer please"]
)
def test_everyday_words_are_no_name(said: str) -> None:
    assert by_rule("person", said) == []


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("i live at fourteen twenty maple street", "1420 Maple Street"),
        ("two ten west main street", "210 West Main Street"),
        ("you ran the light at oak street", "Oak Street"),
        ("respond to 12 Oak St.", "12 Oak Street"),
        ("northbound on highway one oh one", "Highway 101"),
    ],
)
def test_places_are_read(said: str, value: str) -> None:
    assert by_rule("place", said) == [value]


@pytest.mark.parametrize(
    "said", ["get out of the way", "i want you to drive home", "is this the place", "go down the street"]
)
def test_everyday_nouns_are_no_street(said: str) -> None:
    assert by_rule("place", said) == []


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("it is ten forty five p m", "22:45"),
        ("at 10:45 pm", "22:45"),
        ("twenty two forty five hours", "22:45"),
        ("half past nine in the evening", "21:30"),
        ("quarter to six", "05:45"),
        ("seven o'clock in the morning", "07:00"),
        ("around midnight", "00:00"),
    ],
)
def test_times_are_read(said: str, value: str) -> None:
    assert by_rule("time", said) == [value]


def test_a_speed_is_no_time() -> None:
    assert by_rule("time", "you were going forty five in a thirty five") == []


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("vehicle", "it was a two thousand fifteen blue honda civic", "2015 blue Honda Civic"),
        ("vehicle", "a white van took off", "white van"),
        ("vehicle", "Dispatch, a blue 2015 Honda Civic.", "2015 blue Honda Civic"),
        ("weapon", "there is a knife in the door", "knife"),
        ("weapon", "he had a glock on him", "handgun"),
        ("drug", "is that weed", "marijuana"),
        ("injury", "i can't breathe", "trouble breathing"),
        ("money", "two hundred and fifty dollars", "$250.00"),
        ("money", "he owes me $1,200", "$1200.00"),
        ("email", "john dot smith at gmail dot com", "john.smith@gmail.com"),
        ("email", "write to joe@example.org", "joe@example.org"),
        ("organisation", "with the springfield police department", "Springfield Police Department"),
    ],
)
def test_things_are_read(kind: str, said: str, value: str) -> None:
    assert by_rule(kind, said) == [value]


def test_to_dodge_is_no_vehicle() -> None:
    assert by_rule("vehicle", "he tried to dodge me") == []


def test_the_confidence_of_the_words_lowers_every_mention() -> None:
    sure = read(lines_of("my name is daniel ortiz")).mentions
    doubtful = read(lines_of("my name is daniel ortiz", confidence=0.5)).mentions
    assert [m.confidence for m in doubtful] == pytest.approx([m.confidence / 2 for m in sure], abs=1e-4)


def test_the_engines_name_themselves() -> None:
    rules, model = read([]).engines
    assert (rules.name, model.model) == ("blotter-rules", "blotter_english")
    assert model.version


def test_the_model_sees_a_name_no_rule_gives_away_and_says_so() -> None:
    mentions = read(lines_of("Yesterday David Smith flew from London to Chicago with his brother.")).mentions
    by_model = [m for m in mentions if m.method == "model:ner"]
    assert by_model
    assert all(m.confidence < 0.75 for m in by_model)  # its measured precision, not more


def test_a_line_longer_than_the_model_can_hold_is_read_to_its_end() -> None:
    text = "nothing to see here " * 1100 + "the plate is seven a b c one two three"
    (plate,) = [m for m in read(lines_of(text)).mentions if m.kind == "plate"]
    assert text[plate.start_char : plate.end_char] == "seven a b c one two three"


_WORDS = st.sampled_from(
    [
        "plate",
        "seven",
        "a",
        "b",
        "c",
        "one",
        "two",
        "three",
        "twenty",
        "nineteen",
        "ninety",
        "march",
        "third",
        "of",
        "may",
        "street",
        "oak",
        "main",
        "at",
        "pm",
        "my",
        "name",
        "is",
        "daniel",
        "officer",
        "vin",
        "number",
        "call",
        "five",
        "oh",
        "hundred",
        "thousand",
        "dollars",
        "born",
        "honda",
        "blue",
        "knife",
        "half",
        "past",
        "to",
        "x",
        "ray",
        "as",
        "in",
        "adam",
        "boy",
        "²",
        "٣",
        "İ",
        "’",
        "é",
        "🚓",
        "$5",
        "10:99",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=40), st.lists(_WORDS, max_size=12).map(" ".join)), max_size=4))
def test_any_text_is_read_and_every_mention_stands_in_its_line(texts: list[str]) -> None:
    lines = lines_of(*texts, confidence=0.9)
    taken: set[tuple[int, int]] = set()
    for mention in read(lines).mentions:
        assert lines[mention.line].text[mention.start_char : mention.end_char] == mention.text
        assert 0 <= mention.confidence <= 0.9
        places = {(mention.line, at) for at in range(mention.start_char, mention.end_char)}
        assert places
        assert not places & taken
        taken |= places
