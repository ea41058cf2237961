"""The FBI's code tables as data, and what a state adds to them (N7)."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.core.errors import Invalid
from app.nibrs import flatfile
from app.nibrs.codes import DATA, published, tables
from app.nibrs.coding import federal
from app.nibrs.edits import check
from app.nibrs.names import parse
from app.nibrs.packing import Outgoing, as_document
from app.nibrs.terms import Terms
from tests.app.nibrs.valid import ASSAULT, ORI, changed

COUNTS = {
    "location": 46, "bias": 36, "property": 67, "relationship": 26, "weapon": 17, "drug": 18, "measurement": 11,
    "activity": 15, "injury": 8, "victim": 9, "circumstance": 17, "officer_activity": 11, "officer_assignment": 7,
}  # fmt: skip
NOW = datetime(2026, 3, 15, tzinfo=UTC)
ADDED = '[[code]]\ntable = "race"\ncode = "C"\nwords = "Chinese"\nfederal = "A"\n'


@pytest.mark.parametrize("name", COUNTS)
def test_each_table_is_whole(name: str) -> None:
    assert len(published()[name].entries) == COUNTS[name]


def test_offenses_by_group_without_and_with_those_of_federal_agencies() -> None:
    assert (len(published().offenses("A")), len(published().offenses("B"))) == (52, 11)
    with_federal = tables(str(DATA / "federal.toml"))
    assert (len(with_federal.offenses("A")), len(with_federal.offenses("B"))) == (70, 14)


def test_a_states_code_is_valid_here_and_sent_as_the_federal_one(tmp_path: Path) -> None:
    path = tmp_path / "hawaii.toml"
    path.write_text(ADDED)
    known = Terms(ori=ORI, since=date(2021, 1, 1), additions=str(path))
    coded = changed(ASSAULT, {"victims.0.race": "C"})
    assert "404" in {one.number for one in check(coded, Terms(ori=ORI, since=None).reference(date(2026, 3, 15)))}
    assert check(coded, known.reference(date(2026, 3, 15))) == []
    assert federal(coded, known.tables).victims[0].race == "A"
    sent = flatfile.write([federal(coded, known.tables)]).decode().splitlines()[2]
    assert sent[76] == "A"
    document = as_document(Outgoing(coded, "I", None), known, message_id="1", made_at=NOW)
    assert b"<j:PersonRaceNDExCode>A<" in document
    assert parse(document) is not None


def test_additions_may_be_a_csv(tmp_path: Path) -> None:
    path = tmp_path / "state.csv"
    path.write_text("table,code,words,federal\nlocation,90,Beach park,50\n")
    known = tables(str(path))
    assert known["location"].words("90") == "Beach park"
    assert known.federal("location", "90") == "50"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[code", "cannot be read"),
        ('[[code]]\ntable = "race"\ncode = "C"\n', "words is missing"),
        (ADDED.replace('"race"', '"species"'), "no such table"),
        (ADDED.replace('"C"', '"W"'), "already"),
        (ADDED.replace('"C"', '"Cx"'), "1 capital letters"),
        (ADDED.replace('federal = "A"', 'federal = "Z"'), "none of the FBI's"),
        (ADDED.replace('federal = "A"', ""), "which federal code"),
        (ADDED + "colour = 1\n", "colour is not known"),
        (ADDED.replace('"C"', "3"), "is text"),
        ('[[code]]\ntable = "offense"\ncode = "99X"\nwords = "x"\n', "group"),
    ],
)
def test_a_wrong_addition_is_refused_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(Invalid, match=said) as refusal:
        tables(str(path))
    assert refusal.value.field == "nibrs_codes"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"gone\.toml"):
        tables(str(tmp_path / "gone.toml"))
