"""Names in another order, script, form and spelling; what speaks for and against, with its reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.keys import MOST_KEYS, keys
from app.people.matching import compare_names, likeness
from app.people.models import EntryKind, FactKind
from app.people.names import tokens

PERSON = EntryKind.PERSON


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("Maria Lopez", "MARÍA LÓPEZ", "The same name"),
        ("Lopez, Maria", "Maria Lopez", "The same name"),
        ("Maria Lopez", "Lopez Maria", "another order"),
        ("Bill Clark", "William Clark", "a short or other form"),
        ("Sean O'Brien", "Shawn Obrien", "a short or other form"),
        ("Youssef Haddad", "Yusuf Hadad", "another spelling"),
        ("Дмитрий Шевченко", "Dmitry Shevchenko", "another spelling"),
        ("Mohamed Aly", "Muhammad Ali", "another spelling"),
        ("Katherine Meyer", "Catherine Maier", "a short or other form"),
        ("Jonson Erik", "Erik Johnson", "sounds the same"),
        ("Łukasz Wójcik", "Lukasz Wojcik", "The same name"),
        ("Maria Lopez", "Maria Teresa Lopez Ruiz", "first and last name"),
    ],
)
def test_names_of_one_person_agree_and_share_a_key(one: str, other: str, why: str) -> None:
    reason = compare_names(one, other)
    assert reason is not None
    assert why in reason.words.replace("A short", "a short").replace("Another", "another").replace("Sounds", "sounds")
    assert set(keys(PERSON, FactKind.NAME, one)) & {
        k for k in keys(PERSON, FactKind.NAME, other) if ":part:" not in k
    } or why in ("first and last name",)


@pytest.mark.parametrize(
    ("one", "other"), [("John Smith", "Jane Smith"), ("Maria Lopez", "Ana Lopez"), ("Li Wei", "Wang Wei"), ("", "A B")]
)
def test_other_people_do_not_agree(one: str, other: str) -> None:
    assert compare_names(one, other) is None


def test_a_birth_date_decides_and_every_part_is_explained() -> None:
    known = {FactKind.NAME: ["Maria Lopez"], FactKind.BIRTH: ["1984-03-09"], FactKind.PHONE: ["+1 (555) 123-4567"]}
    same = likeness(
        {FactKind.NAME: ["Lopez Maria"], FactKind.BIRTH: ["1984-03-09"], FactKind.PHONE: ["555 123 4567"]}, known
    )
    swapped = likeness({FactKind.NAME: ["Maria Lopez"], FactKind.BIRTH: ["1984-09-03"]}, known)
    other = likeness({FactKind.NAME: ["Maria Lopez"], FactKind.BIRTH: ["1991-01-02"]}, known)
    assert same.score > 0.9
    assert [one.words.split(",")[0] for one in same.reasons] == [
        "The same date of birth",
        "The same phone number",
        "The same name in another order",
    ]
    assert 0.7 < swapped.score < same.score
    assert other.score < 0.3
    assert any(one.weight < 0 and "1984-03-09" in one.words for one in other.reasons)


def test_an_ssn_is_not_written_into_a_reason() -> None:
    found = likeness({FactKind.SSN: ["123-45-6789"]}, {FactKind.SSN: ["123456789"]})
    assert found.score == 0.95
    assert "6789" not in found.reasons[0].words


@given(st.text(max_size=600))
def test_any_text_has_few_short_keys(text: str) -> None:
    made = keys(PERSON, FactKind.NAME, text)
    assert len(made) <= MOST_KEYS
    assert all(len(key) <= 120 for key in made)
    assert isinstance(tokens(text), list)
