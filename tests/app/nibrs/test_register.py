"""Month files, zero reports, replacements and deletions, imports, and the FBI's answers (N4, N6)."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.exc import DatabaseError

from app.core.clock import now
from app.core.db import session, transaction
from app.core.errors import Conflict, Invalid, NotFound
from app.core.permissions import Role
from app.nibrs import flatfile, queries, responses, service
from app.nibrs.models import EntryState, Format, NibrsFile
from app.nibrs.terms import Terms
from tests.app.nibrs.conftest import DAY, Office
from tests.app.nibrs.valid import ASSAULT, BURGLARY, GROUP_B, ORI, changed
from tests.conftest import shared
from tests.people import People, csrf_token

SignIn = Callable[..., FlaskClient]
OURS = changed(ASSAULT, {"date": DAY, "arrestees": ()})
ANSWER = """<r xmlns:ns2="http://ws.nibrs.ucr.cjis.fbi.gov/"><return><ingestResponse><ddocname>{name}</ddocname>
<status>{status}</status>{violations}</ingestResponse></return></r>"""
VIOLATION = """<violations><badValue>34</badValue><dataElement>26</dataElement><segmentLevel>4</segmentLevel>
<sequenceNumber>1</sequenceNumber><violationCode>404</violationCode><violationDescription>INVALID DATA
VALUE</violationDescription><violationLevel>E</violationLevel></violations>"""


def answer(office: Office, status: str, violations: str = "", number: str = "") -> bytes:
    name = f"{now():%Y_%m}_{ORI}_{number or office.incident.number}_INC"
    return ANSWER.format(name=name, status=status, violations=violations).encode()


def body(file: NibrsFile) -> bytes:
    return queries.body_of(file)


def levels(file: NibrsFile) -> list[str]:
    """Level and action of every line."""
    return [line[4:6] for line in body(file).decode().splitlines()]


def test_a_drafts_incident_is_not_sent_and_an_approved_one_is(office: Office) -> None:
    """A draft is nobody's statement (A7)."""
    office.code(OURS)
    zero, _ = office.make(now().astimezone().date())
    assert levels(zero) == ["0A"]
    office.approved()
    file, left_out = office.make()
    assert left_out == []
    assert levels(file) == ["1I", "2I", "4I", "5I"]
    assert [(one.kind, one.action, one.number) for one in file.entries] == [("A", "I", office.incident.number)]
    assert file.name.startswith(f"{ORI}_{now().astimezone():%Y%m%d}_NIBRS_")
    assert file.name.endswith("_002.txt")


def test_what_was_sent_and_has_not_changed_stays_out(office: Office) -> None:
    office.code(OURS)
    office.approved()
    office.make()
    with pytest.raises(Conflict, match="sent already"):
        office.make()


def test_a_change_is_a_deletion_and_the_whole_report_again(office: Office) -> None:
    office.code(OURS)
    office.approved()
    office.make()
    office.code(changed(OURS, {"hour": "22"}))
    flat, _ = office.make()
    assert levels(flat) == ["1D", "1I", "2I", "4I", "5I"]
    office.code(changed(OURS, {"hour": "23"}))
    packed, _ = office.make(written="xml")
    with zipfile.ZipFile(io.BytesIO(body(packed))) as archive:
        [name] = archive.namelist()
        assert b"<nibrs:ReportActionCategoryCode>R<" in archive.read(name)


def test_what_is_not_reportable_any_more_is_deleted(office: Office) -> None:
    office.code(OURS, changed(GROUP_B, {"arrestees.0.date": DAY}))
    office.approved()
    first, _ = office.make()
    assert levels(first) == ["1I", "2I", "4I", "5I", "7A"]
    office.code(None, not_reportable="Entered for the wrong incident.")
    second, _ = office.make()
    assert levels(second) == ["1D", "7D"]
    office.code(OURS)
    third, _ = office.make()
    assert levels(third) == ["1I", "2I", "4I", "5I"]


def test_a_refused_report_is_sent_again(office: Office) -> None:
    office.code(OURS)
    office.approved()
    first, _ = office.make()
    with transaction():
        service.attach(first, answer(office, "ERRORS", VIOLATION), actor=office.records)
    again, _ = office.make()
    assert levels(again) == ["1I", "2I", "4I", "5I"]


def test_a_month_without_anything_makes_one_zero_report(office: Office) -> None:
    file, _ = office.make()
    told = flatfile.read(body(file)).reports[0]
    assert (told.head.number, told.head.action) == ("0" * 12, "A")
    with pytest.raises(Conflict, match="zero report"):
        office.make()
    with pytest.raises(Invalid, match="not come yet"):
        office.make((now() + timedelta(days=40)).date())


def test_what_breaks_a_rule_by_now_is_left_out_by_number(office: Office) -> None:
    office.code(changed(OURS, {"offenders": ()}))
    office.approved()
    file, left_out = office.make()
    assert left_out == [office.incident.number]
    assert levels(file) == ["0A"]


def test_an_agency_that_does_not_report_makes_nothing(office: Office) -> None:
    office.terms = Terms(ori=ORI, since=None)
    with pytest.raises(Invalid, match="does not report"):
        office.make()


def test_the_documents_of_a_zip_are_valid(office: Office) -> None:
    folder = shared("data", "nibrs", "NIBRS_IEPD_2019_1_FINAL_20180816", "base-xsd")
    office.terms = replace(office.terms, schemas=str(folder))
    office.code(OURS, changed(GROUP_B, {"arrestees.0.date": DAY}))
    office.approved()
    file, _ = office.make(written="xml")
    assert (file.format, len(file.entries)) == (Format.XML, 2)
    with transaction():
        read, findings = service.take_in(body(file), name=file.name, terms=office.terms, actor=office.records)
    assert [one.sha256 for one in read.entries] == [one.sha256 for one in file.entries]
    assert [one for one in findings if one.is_error] == []


def test_a_file_kept_is_never_changed(office: Office) -> None:
    file, _ = office.make()
    with pytest.raises(DatabaseError), transaction():
        session().execute(sa.update(NibrsFile).where(NibrsFile.id == file.id).values(body=b"other"))
    with pytest.raises(DatabaseError), transaction():
        session().execute(sa.delete(NibrsFile).where(NibrsFile.id == file.id))


def test_an_answer_is_attached_to_its_report(office: Office) -> None:
    office.code(OURS)
    office.approved()
    file, _ = office.make()
    with transaction():
        [attached] = service.attach(file, answer(office, "ERRORS", VIOLATION), actor=office.records)
    seen = queries.visible_file(office.records, file.id)
    assert seen.entries[0].state is EntryState.ERRORS
    assert [one["code"] for one in seen.entries[0].found] == ["404"]
    assert attached.violations[0]["words"] == "INVALID DATA VALUE"
    with transaction():
        service.attach(file, answer(office, "ACCEPTED"), actor=office.records)
    assert queries.visible_file(office.records, file.id).entries[0].state is EntryState.ACCEPTED
    assert office.acts()[-2:] == ["nibrs:response:attach", "nibrs:response:attach"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"nothing", "no XML"),
        (b"<a/>", "no answer"),
        (ANSWER.format(name="x", status="MAYBE", violations="").encode(), "MAYBE"),
    ],
)
def test_what_is_no_answer_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        responses.read(content)


def test_an_answer_for_another_file_is_refused(office: Office) -> None:
    office.code(OURS)
    office.approved()
    file, _ = office.make()
    with pytest.raises(Invalid, match="not in this file"), transaction():
        service.attach(file, answer(office, "ACCEPTED", number="2020-000001"), actor=office.records)
    with transaction():
        read, _ = service.take_in(body(file), name="x.txt", terms=office.terms, actor=office.records)
    with pytest.raises(Conflict, match="made here"), transaction():
        service.attach(read, answer(office, "ACCEPTED"), actor=office.records)


@pytest.mark.parametrize(
    ("name", "status", "codes"),
    [
        ("Accepted", "ACCEPTED", []),
        ("Warnings", "WARNINGS", ["DQ1407"]),
        ("Error", "ERRORS", ["932", "932", "355", "451"]),
        ("Fault", "FAULT", []),
    ],
)
def test_the_published_answers_are_read(name: str, status: str, codes: list[str]) -> None:
    [read] = responses.read(shared("data", "nibrs", "fbi_responses", f"NIBRS-{name}-Response.xml").read_bytes())
    assert read.status == status
    assert [one.code for one in read.violations] == codes
    assert bool(read.fault) == (status == "FAULT")
    if status != "FAULT":
        assert (read.ori, read.number) in {("WVNDX0100", "6816"), ("HI0020000", "19272709-3")}


def test_a_file_of_another_system_is_kept_with_what_is_wrong_in_it(office: Office) -> None:
    content = flatfile.write([BURGLARY, changed(ASSAULT, {"head.number": "26-000124", "offenders": ()})])
    with transaction():
        file, findings = service.take_in(content, name="../../old.txt", terms=office.terms, actor=office.records)
    assert file.name == "old.txt"
    assert body(file) == content
    assert file.entries[0].found == []
    assert {"070", "075"} <= {one["code"] for one in file.entries[1].found}
    assert any(one.number == "075" for one in findings)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"PK\x03\x04 broken", b"<a/>", b"\x00" * 50, b"9" * 900])
def test_a_file_that_cannot_be_read_is_refused(office: Office, content: bytes) -> None:
    with pytest.raises(Invalid) as refusal, transaction():
        service.take_in(content, name="x", terms=office.terms, actor=office.records)
    assert refusal.value.field == "file"


def test_the_register_by_hand(office: Office, sign_in: SignIn, people: People) -> None:
    office.code(OURS)
    office.approved()
    client = sign_in(office.clerk)
    token = csrf_token(client, "/nibrs")
    bad = client.post("/nibrs/files", data={"csrf_token": token, "month": "soon", "format": "flat"})
    assert (bad.status_code, "Give a month" in bad.get_data(as_text=True)) == (422, True)
    month = f"{now().astimezone():%Y-%m}"
    made = client.post("/nibrs/files", data={"csrf_token": token, "month": month, "format": "flat"})
    assert made.status_code == 303
    shown = client.get(made.location)
    assert office.incident.number in shown.get_data(as_text=True)
    assert client.get(f"{made.location}/download").data.startswith(b"00881I")
    empty = client.post(f"{made.location}/responses", data={"csrf_token": token})
    assert empty.status_code == 422
    sent = {"csrf_token": token, "file": (io.BytesIO(answer(office, "ACCEPTED")), "a.xml")}
    assert client.post(f"{made.location}/responses", data=sent).status_code == 303
    assert "Accepted" in client.get(made.location).get_data(as_text=True)
    sent = {"csrf_token": token, "file": (io.BytesIO(flatfile.write([BURGLARY])), "old.txt")}
    assert client.post("/nibrs/imports", data=sent).status_code == 303
    assert "old.txt" in client.get("/nibrs").get_data(as_text=True)
    assert client.post("/nibrs/imports", data={"csrf_token": token}).status_code == 422
    assert client.post("/nibrs/files", data={"csrf_token": token, "month": month, "format": "flat"}).status_code == 409
    for role in (Role.OFFICER, Role.SUPERVISOR, Role.INTERNAL_AFFAIRS):
        assert sign_in(people.one(role)).get("/nibrs").status_code == 403
    with pytest.raises(NotFound):
        queries.files(office.author)
