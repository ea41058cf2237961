"""The kinds that rules read: numbers with their checks, statutes, roles, units, property; and their parts."""

from typing import get_args

import pytest

from app.analysis.mentions.kinds import KINDS, kind_of
from tests.workers.test_reading import lines_of
from workers.engines.reading import Heard, Kind, Line, Mention, read


def found(kind: str, *texts: str) -> list[Mention]:
    """Mentions of a kind in the last of the lines."""
    return [m for m in read(lines_of(*texts)).mentions if m.kind == kind and m.line == len(texts) - 1]


def values(kind: str, *texts: str) -> list[str]:
    return [m.value for m in found(kind, *texts)]


def test_the_portal_knows_every_kind_that_is_read() -> None:
    assert set(KINDS) == set(get_args(Kind))
    assert kind_of("boat_number").title == "Boat number"


@pytest.mark.parametrize(
    "said",
    [
        "my social is five three six two two oh one two three",
        "SSN: 536-22-0123",
        "the number on the card, 536-22-0123, is his",
        "social security number 536 22 0123",
    ],
)
def test_a_social_security_number_is_read(said: str) -> None:
    (mention,) = found("ssn", said)
    assert (mention.value, mention.detail) == ("536-22-0123", {"last_four": "0123"})


@pytest.mark.parametrize(
    "said", ["SSN 000-22-0123", "ssn 666-22-0123", "ssn 912-22-0123", "ssn 536-00-0123", "536220123"]
)
def test_a_number_that_was_never_given_is_no_social_security_number(said: str) -> None:
    assert values("ssn", said) == []


@pytest.mark.parametrize(
    ("said", "value", "detail"),
    [
        ("a California driver's license, number D1234567", "D1234567", {"state": "California"}),
        ("my license number is d one two three four five six seven", "D1234567", {}),
        ("DL: W5440376. SSN: 155-52-5311.", "W5440376", {}),
    ],
)
def test_a_driving_license_is_read_and_not_taken_for_a_plate(said: str, value: str, detail: dict[str, str]) -> None:
    (mention,) = found("driver_licence", said)
    assert (mention.value, mention.detail) == (value, detail)
    assert values("plate", said) == []


def test_a_license_plate_is_no_driving_license() -> None:
    said = "Texas license plate 7ABC123 on it"
    assert values("driver_licence", said) == []
    assert [(m.value, m.detail) for m in found("plate", said)] == [("7ABC123", {"state": "Texas"})]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("3-Adam-12 copy", "3-Adam-12"),
        ("three adam twelve, seven alpha bravo charlie one two three comes back clear", "3-Adam-12"),
        ("Unit 14 show me en route", "Unit 14"),
        ("unit forty four, eight six seven l e n", "Unit 44"),
        ("badge number four one two seven", "4127"),
        ("Officer Cole, badge 3063, assisted", "3063"),
        ("Officer Cole, #3063, assisted", "3063"),
    ],
)
def test_units_and_badges_are_read(said: str, value: str) -> None:
    assert values("badge", said) == [value]


@pytest.mark.parametrize("said", ["a two unit building", "plate three adam twelve forty", "seven people in the house"])
def test_other_numbers_are_no_unit(said: str) -> None:
    assert values("badge", said) == []


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("cited under Vehicle Code 22350", "Vehicle Code 22350"),
        ("section 459 of the Penal Code", "Penal Code 459"),
        ("that's vehicle code two two three five zero", "Vehicle Code 22350"),
        ("section four five nine of the penal code", "Penal Code 459"),
        ("a violation of RCW 46.61.502", "RCW 46.61.502"),
        ("charged with PC 211", "PC 211"),
        ("you were stopped for reckless driving", "reckless driving"),
        ("a report of assault with a deadly weapon", "assault with a deadly weapon"),
    ],
)
def test_offences_and_statutes_are_read(said: str, value: str) -> None:
    assert values("offence", said) == [value]


@pytest.mark.parametrize(
    "said", ["the car battery died", "my phone battery is low", "his heart was racing heart rate high"]
)
def test_a_battery_is_not_always_an_offence(said: str) -> None:
    assert "battery" not in values("offence", said)


@pytest.mark.parametrize(
    ("said", "role"),
    [("are you the victim", "victim"), ("The suspects fled", "suspect"), ("talk to the witnesses", "witness")],
)
def test_roles_are_read(said: str, role: str) -> None:
    assert values("relation", said) == [role]


@pytest.mark.parametrize(
    "said",
    [
        "driver's license please",
        "the passenger side door",
        "i suspect he left",
        "did you witness it",
        "the suspect vehicle is gone",
    ],
)
def test_words_that_name_no_role_are_not_read_as_one(said: str) -> None:
    assert values("relation", said) == []


@pytest.mark.parametrize(
    "said",
    [
        "My name is Maria Lopez and the driver, Maria Lopez, waited.",
        "The driver was identified as Ms. Maria Lopez.",
        "Deputy Maria Lopez was the driver.",
        "my name is maria lopez and this is the driver officer lopez",
    ],
)
def test_a_role_carries_the_name_that_the_words_give_it(said: str) -> None:
    roles = [m.detail for m in found("relation", said)]
    assert roles
    assert all(detail.get("person", "").endswith("Lopez") for detail in roles)


def test_a_role_without_evidence_carries_no_name() -> None:
    (role,) = found("relation", "My name is Maria Lopez. I spoke with the driver.")
    assert role.detail == {"relation": "driver"}


def test_a_vehicle_has_its_parts() -> None:
    (mention,) = found("vehicle", "it was a dark blue two thousand fifteen honda civic sedan")
    assert mention.value == "2015 dark blue Honda Civic sedan"
    assert mention.detail == {"year": "2015", "colour": "dark blue", "make": "Honda", "model": "Civic", "body": "sedan"}


def test_property_counts_where_something_happened_to_it() -> None:
    (mention,) = found("property", "he stole my black samsung phone")
    assert mention.detail == {"item": "phone", "brand": "samsung", "colour": "black"}
    assert values("property", "can i call my mom on my phone") == []
    assert values("property", "give me your phone number") == []


def test_an_injury_says_where() -> None:
    (mention,) = found("injury", "she had a laceration on her left hand")
    assert (mention.text, mention.detail) == ("laceration on her left hand", {"part": "her left hand"})
    assert found("injury", "I spoke with Mary Burns") == []


def test_the_weakest_word_says_how_sure_a_mention_is_and_the_words_say_when() -> None:
    text = "plate seven adam boy charles one two three"
    heard, at = [], 0
    for number, word in enumerate(text.split()):
        heard.append(Heard(at, at + len(word), 10.0 + number, 10.5 + number, 0.3 if word == "boy" else 0.9))
        at += len(word) + 1
    line = Line(0, 10.0, 20.0, text, "officer", "S1", 0.8, 1.0, heard=tuple(heard))
    (plate,) = [m for m in read([line]).mentions if m.kind == "plate"]
    assert plate.confidence == pytest.approx(0.92 * 0.3, abs=1e-4)
    assert (plate.start, plate.end) == (11.0, 17.5)
    corrected = Line(0, 10.0, 20.0, text, "officer", "S1", 0.8, 1.0)
    (same,) = [m for m in read([corrected]).mentions if m.kind == "plate"]
    assert same.confidence == pytest.approx(0.92 * 0.8, abs=1e-4)
    assert same.start is None
