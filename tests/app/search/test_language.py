"""What a typed search is read as: every operator, what is not understood, nonsense, too much."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.clock import now
from app.core.errors import Invalid
from app.incidents.models import IncidentKind
from app.search.language import LONGEST, read
from app.search.parts import Sort, Where
from app.search.times import minute_of, station_minute


def said(text: str) -> list[str]:
    return [part.said for part in read(text).parts]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("car after 22:00 near Main Street", ["“car”", "after 22:00", "near Main Street"]),
        ("plate 7ABC*", ["plate 7ABC…"]),
        ("plate:7abc-123", ["plate 7ABC123"]),
        ('plate "7ABC 123"', ["plate 7ABC123"]),
        ("running", ["“running”"]),
        ('"get out of the car"', ["“get out of the car”"]),
        ("“get out” «now then»", ["“get out”", "“now then”"]),
        ("not gun -truck car-wash", ["not “gun”", "not “truck”", "“car-wash”"]),
        ("car or truck or bus dog", ["“car” or “truck” or “bus”", "“dog”"]),
        ("car and dog", ["“car”", "“dog”"]),
        ("said gun seen:car", ["said “gun”", "seen “car”"]),
        ('said:"get out now" car', ["said “get out now”", "“car”"]),
        ("thr*", ["“thr…”"]),
        ("officer Reyes car", ["officer Reyes", "“car”"]),
        ('officer "Ana Reyes"', ["officer Ana Reyes"]),
        ("not officer 1001", ["not officer 1001"]),
        ("incident 2026-123", ["incident 2026-000123"]),
        ("2026-000123", ["incident 2026-000123"]),
        ("kind traffic stop car", ["kind traffic stop", "“car”"]),
        ("kind:theft", ["kind theft"]),
        ("after 10 pm before 6:30am", ["after 22:00", "before 06:30"]),
        ("after noon before midnight", ["after 12:00", "before 00:00"]),
        ("between 22:00 and 06:00", ["between 22:00 and 06:00"]),
        ("from 10 pm to 2 am car", ["between 22:00 and 02:00", "“car”"]),
        ("from 2026-11-24 to 2026-11-01", ["from 01 Nov 2026 to 24 Nov 2026"]),
        (
            "on 11/24/2026 since 2026-11-24 until 11-24-2026",
            ["on 24 Nov 2026", "since 24 Nov 2026", "until 24 Nov 2026"],
        ),
        ("near 5th Ave. running", ["near 5th Ave.", "“running”"]),
        ('near "Fifth and Main" dog', ["near Fifth and Main", "“dog”"]),
        ("near the river not car", ["near the river", "not “car”"]),
        ('"near" "officer"', ["“near”", "“officer”"]),
        ("CAR AFTER 22:00", ["“CAR”", "after 22:00"]),
        ("", []),
    ],
)
def test_what_is_understood(text: str, parts: list[str]) -> None:
    asked = read(text)
    assert ([part.said for part in asked.parts], asked.unread) == (parts, ())


@pytest.mark.parametrize(
    ("text", "parts", "unread"),
    [
        ("after the stop", ["“the”", "“stop”"], ["after"]),
        ("after 25:00", ["“25:00”"], ["after"]),
        ("after 2026-13-45 car", ["“2026-13-45”", "“car”"], ["after"]),
        ("on 22:00", [], ["on 22:00"]),
        ("between 22:00 dog", ["“dog”"], ["between 22:00"]),
        ("between 22:00 and 2026-11-01", ["“2026-11-01”"], ["between 22:00"]),
        ("not after 22:00 car", ["“car”"], ["not after 22:00"]),
        ("plate 7*C", [], ["plate 7*C"]),
        ("plate 7*", [], ["plate 7*"]),
        ("plate", [], ["plate"]),
        ("plate ÄÖ", [], ["plate ÄÖ"]),
        ("kind murder", ["“murder”"], ["kind"]),
        ("incident x", ["“x”"], ["incident"]),
        ("near", [], ["near"]),
        ("near not car", ["not “car”"], ["near"]),
        ("officer", [], ["officer"]),
        ("said", [], ["said"]),
        ("or car", ["“car”"], ["or"]),
        ("car or", ["“car”"], ["or"]),
        ("car or after 22:00", ["“car”", "after 22:00"], ["or"]),
        ("not", [], ["not"]),
        ("& | ! () <-> --", [], ["&", "|", "!", "()", "<->", "--"]),
        ("car; DROP TABLE moment", ["“car”", "“DROP”", "“TABLE”", "“moment”"], []),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_is_looked_for(text, parts, unread) -> None:
    asked = read(text)
    assert [part.said for part in asked.parts] == parts
    assert [one.text for one in asked.unread][: len(unread)] == unread
    assert all(one.why for one in asked.unread)


def test_a_part_taken_out_leaves_the_others_as_they_were() -> None:
    text = 'car or truck after 22:00 not said "get out" near Main Street plate:7ABC*'
    asked = read(text)
    for part in asked.parts:
        assert said(asked.without(part)) == [other.said for other in asked.parts if other is not part]
    asked = read("plate 7*C car")
    assert said(asked.without(asked.parts[0])) == []


def test_parts_hold_what_the_database_is_asked() -> None:
    car, gun, plate, clock, day, kind = read(
        'said car* seen "big gun" plate 7A* after 22:05 on 2026-11-24 kind arrest'
    ).parts
    assert (car.terms[0].where, car.terms[0].begins, car.terms[0].text) == (Where.SAID, True, "car")
    assert (gun.terms[0].where, gun.terms[0].phrase) == (Where.SEEN, True)
    assert (plate.sort, plate.value, plate.begins) == (Sort.PLATE, "7A", True)
    assert clock.minutes == (22 * 60 + 5, None)
    midnight = datetime(2026, 11, 24).astimezone(UTC)
    assert day.days == (midnight, midnight + timedelta(days=1))
    assert kind.kind is IncidentKind.ARREST


def test_too_much_is_refused_with_the_field_and_the_remedy() -> None:
    for text in ("x" * (LONGEST + 1), "car " * 17):
        with pytest.raises(Invalid) as refused:
            read(text)
        assert refused.value.field == "q"
        assert refused.value.remedy
    assert len(read("car " * 16).parts) == 16


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.text(max_size=LONGEST) | st.lists(st.sampled_from(
    ["not", "or", "near", "plate", "after", "between", "and", "22:00", '"', "said:", "seen", "-", "*", "kind", "today", "pm", "car", "2026-1"]
), max_size=20).map(" ".join))  # fmt: skip
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        asked = read(text)
    except Invalid:
        return
    assert all(0 <= part.start < part.end <= len(asked.text) for part in asked.parts)
    assert all(part.said for part in asked.parts)


def test_times_of_day() -> None:
    assert [minute_of(one) for one in ("22:00", "10 pm", "12 am", "12pm", "0:05", "24:00")] == [
        1320,
        1320,
        0,
        720,
        5,
        1440,
    ]
    assert [minute_of(one) for one in ("22", "22:60", "13 pm", "0 am", "25:00", "10 o'clock", "")] == [None] * 7
    assert station_minute(now().astimezone().replace(hour=22, minute=7)) == 22 * 60 + 7
