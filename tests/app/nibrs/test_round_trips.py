"""Flat file, records, XML and back: nothing is lost and every document is valid (N1, N4)."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from app.core.errors import Invalid
from app.nibrs import flatfile, names, xmlreading, xmlwriting
from app.nibrs.records import GroupAIncident, GroupBArrest, Layout, Report, from_plain, to_plain
from tests.app.nibrs.drawing import REPORTS
from tests.app.nibrs.valid import ASSAULT, BURGLARY, DRUGS, GROUP_B, VALID, ZERO, changed
from tests.conftest import SHARED, shared

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
MANY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


@cache
def schema() -> etree.XMLSchema:
    """The 2019.1 schema, where it is."""
    folder = shared("data", "nibrs", "NIBRS_IEPD_2019_1_FINAL_20180816", "base-xsd")
    return names.schema(folder)


def as_xml(report: Report) -> bytes:
    return xmlwriting.write(report, sender="CA0123400", message_id="1", made_at=NOW)


def there_and_back(report: Report) -> Report:
    """Flat file, records, plain data as the database keeps it, XML, records."""
    read = flatfile.read(flatfile.write([report])).reports[0]
    kept = from_plain(type(read), to_plain(read))
    return xmlreading.read(as_xml(kept))


@pytest.mark.parametrize("report", VALID.values(), ids=VALID)
def test_a_report_comes_back_the_same_and_is_valid_on_the_way(report: Report) -> None:
    assert flatfile.write([there_and_back(report)]) == flatfile.write([report])
    assert there_and_back(report) == report
    assert schema().validate(names.parse(as_xml(report))), schema().error_log


@MANY
@given(REPORTS)
def test_any_valid_report_comes_back_the_same_and_is_valid_on_the_way(report: Report) -> None:
    assert flatfile.write([there_and_back(report)]) == flatfile.write([report])
    if SHARED.exists():
        assert schema().validate(names.parse(as_xml(report))), schema().error_log


@pytest.mark.parametrize(
    "name", ["Flatfile-XML_Test_1", "Flatfile-XML_Test_2", "Flatfile-XML_Test_3", "NIBRS_Test_Sample"]
)
def test_a_published_flat_file_comes_back_the_same(name: str) -> None:
    content = shared("data", "nibrs", "flatfile_tests", f"{name}.txt").read_bytes()
    submission = flatfile.read(content)
    back = tuple(xmlreading.read(as_xml(report)) for report in submission.reports)
    told = [line.rstrip() for line in content.decode("latin-1").splitlines() if line.strip()]
    assert [line.rstrip() for line in flatfile.write(back, submission.layout).decode().splitlines()] == told
    for report in submission.reports:
        assert schema().validate(names.parse(as_xml(report))), schema().error_log


def test_a_published_document_is_read_and_written_again() -> None:
    path = shared("data", "nibrs", "xml_tests", "nibrs_GroupAIncident_Sample.xml")
    read = xmlreading.read(path.read_bytes(), schema=schema())
    assert isinstance(read, GroupAIncident)
    assert read.head.ori == "WVNDX0100"
    assert xmlreading.read(as_xml(read), schema=schema()) == read


def test_several_arrestees_of_one_group_b_arrest_are_one_report() -> None:
    two = changed(GROUP_B, {"arrestees.1": changed(GROUP_B.arrestees[0], {"sequence": "02"})})
    read = flatfile.read(flatfile.write([two, ZERO]))
    assert [type(one).__name__ for one in read.reports] == ["GroupBArrest", "ZeroReport"]
    assert read.reports[0] == two
    assert isinstance(read.reports[0], GroupBArrest)


def test_the_short_lengths_are_written_and_known_again() -> None:
    short = Layout(cargo=False, biases=False, officers=False, ethnicity=False)
    content = flatfile.write([ASSAULT], short)
    assert [len(line) for line in content.decode().splitlines()] == [87, 63, 129, 45, 110]
    assert flatfile.read(content).layout == short


def test_lengths_and_positions_are_the_published_ones() -> None:
    lines = flatfile.write([BURGLARY, DRUGS]).decode().splitlines()
    group = ["0088", "0071", "0307", "0141", "0046"]
    assert [line[:4] for line in lines] == [*group, *group, "0110"]
    first = lines[0]
    assert (first[4], first[5], first[6:12], first[16:25]) == ("1", "I", "022026", "CA0123400")
    assert (first[25:37], first[37:45], first[46:48], first[48], first[87]) == (
        "26-000123   ",
        "20260210",
        "21",
        "N",
        "N",
    )
    assert lines[2][38:49] == "07000001200"
    assert lines[7][232:247] == "E000000028350GM"


def test_a_file_is_named_as_the_specification_says() -> None:
    assert flatfile.file_name("CA0123400", "20260315", 2) == "CA0123400_20260315_NIBRS_MONTH_002"


@pytest.mark.parametrize("content", [b"\x00\x01", b"x" * 500])
def test_what_is_no_flat_file_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        flatfile.read(content)
    assert refusal.value.field == "file"


def test_a_value_too_long_for_its_field_is_refused_by_name() -> None:
    with pytest.raises(Invalid, match="longer than the 2 characters of hour"):
        flatfile.write([changed(ASSAULT, {"hour": "2100"})])
    with pytest.raises(Invalid, match="holds 3"):
        flatfile.write([changed(ASSAULT, {"offenses.0.using": ("A", "C", "D", "N")})])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not xml", "no XML document"),
        (b"<a/>", "no NIBRS submission"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
    ],
)
def test_what_is_no_submission_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        xmlreading.read(content)


def test_a_document_that_breaks_the_schema_is_refused_with_its_line() -> None:
    broken = as_xml(ASSAULT).replace(b">13A<", b">99Z<", 1)
    with pytest.raises(Invalid, match=r"Line \d+: .*99Z"):
        xmlreading.read(broken, schema=schema())


def test_a_schema_folder_without_the_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        names.schema(tmp_path)


@pytest.mark.parametrize("data", [[], {"nothing": 1}, {"hour": 3}, {"offenses": "13A"}, {"head": {"ori": 1}}])
def test_plain_data_that_is_no_record_is_refused(data: object) -> None:
    with pytest.raises(Invalid):
        from_plain(GroupAIncident, data)
