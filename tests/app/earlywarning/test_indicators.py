"""Counts an agency already has: reading files row by row, taking them in by two steps, and asking about who stands out."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.clock import now
from app.core.db import session, transaction
from app.core.errors import Conflict, Invalid
from app.core.permissions import Role
from app.earlywarning import alerts, dashboard, importing, indicators
from app.earlywarning.counts import CountsFile, FileState, IndicatorCount
from app.earlywarning.models import Alert, AlertState, Outcome
from tests.agency import enrolled
from tests.people import People, actor_for, csrf_token, signed_in
from tests.workers.conftest import task_room

assert task_room
TODAY = date(2026, 11, 25)


def read(text: str, **mapping: str) -> tuple[list[importing.Good], list[importing.Bad]]:
    """A file's rows for badges 1001 and 1002."""
    table = importing.sheet(text.encode())
    return importing.read(table, {"badge": "badge", "day": "date", **mapping}, badges={"1001", "1002"}, today=TODAY)


def test_every_row_is_either_good_or_bad_and_says_why() -> None:
    text = (
        "badge,date,n,case\n1001,2026-01-05,1,A1\n#1002,1/7/2026,2,A2\n9999,2026-01-05,1,A3\n1001,5 May,1,A4\n"
        "1001,2027-01-01,1,A5\n1001,2026-01-05,many,A6\n1001,2026-01-05,1,\n1001,2026-01-05\n\n1002,2026-02-01,1,A1\n"
    )
    good, bad = read(text, number="n", reference="case")
    assert [(one.line, one.badge, one.number) for one in good] == [(2, "1001", 1), (3, "1002", 2)]
    assert [one.line for one in bad] == [4, 5, 6, 7, 8, 9, 11]
    assert len(good) + len(bad) == 9, "no row is lost"
    for one, words in zip(
        bad,
        ("no officer here", "no date", "future", "no count", "reference is empty", "cells instead", "twice"),
        strict=True,
    ):
        assert words in " ".join(one.faults).lower()
    head, *rows = importing.refused(importing.sheet(text.encode()), bad)
    assert head == ("badge", "date", "n", "case", "what is wrong")
    assert rows[0][:4] == ("9999", "2026-01-05", "1", "A3")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"badge,date\n", "no rows"),
        (b"badge\n1001\n", "every column"),
        (b"badge,badge\n1,2\n", "every column"),
        (b'badge,date\n"1001,2026-01-01\n', "no CSV"),
        (b"PK\x03\x04\0\0\0\0,\n\0", "no text"),
        (b"badge,date\n" + b"1,2\n" * 1_300_000, "larger"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        importing.sheet(content)
    assert refused.value.field == "file"
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("mapping", "field"),
    [({"day": "date"}, "badge"), ({"badge": "badge"}, "day"), ({"badge": "badge", "day": "badge"}, "badge"),
     ({"badge": "badge", "day": "gone"}, "day")],
)  # fmt: skip
def test_a_mapping_that_does_not_fit_names_the_field(mapping: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        importing.check(importing.sheet(b"badge,date\n1001,2026-01-01\n"), mapping)
    assert refused.value.field == field


def test_other_separators_encodings_and_names_are_understood() -> None:
    table = importing.sheet('Employee ID;Occurred on;Stops\r\n1001;25 Nov 2026;"1,200"\r\n'.encode("utf-16"))
    assert table.delimiter == ";"
    assert importing.guessed(table.columns) == {"badge": "Employee ID", "day": "Occurred on", "exposure": "Stops"}
    [row], bad = importing.read(table, importing.guessed(table.columns), badges={"1001"}, today=TODAY)
    assert (row.exposure, bad) == (1200.0, [])


def sent(text: str, people: People, *, name: str = "Complaints", **mapping: str) -> tuple[CountsFile, object]:
    """A file with its columns chosen, and who did it."""
    actor = actor_for(people.one(Role.INTERNAL_AFFAIRS))
    columns = {"badge": "badge", "day": "date", **mapping}
    with transaction():
        file = indicators.upload(text.encode(), name="a.csv", actor=actor)
        indicators.map_columns(file, columns, indicator=name, per="hours on duty", least=3, actor=actor)
    return indicators.one_file(file.id), actor


def kept() -> list[tuple[str, int]]:
    """(key, number) of every row taken in."""
    return sorted((one.key, one.number) for one in session().scalars(sa.select(IndicatorCount)))


def test_a_file_sent_twice_counts_once_and_a_corrected_row_replaces(people: People) -> None:
    officer = people.one()
    text = (
        f"badge,date,case,n\n{officer.badge},2026-01-05,A1,1\n{officer.badge},2026-01-05,A2,1\nnobody,2026-01-05,A3,1\n"
    )
    file, actor = sent(text, people, reference="case", number="n")
    assert kept() == [], "nothing counts before the second step"
    with pytest.raises(Conflict), transaction():
        indicators.take(file, expected=7, actor=actor)
    with transaction():
        file = indicators.take(file, expected=2, actor=actor)
    assert file.outcome == {"fresh": 2, "same": 0, "changed": 0, "bad": 1}
    with pytest.raises(Conflict), transaction():
        indicators.take(file, expected=2, actor=actor)
    again, actor = sent(text, people, reference="case", number="n")
    seen = indicators.preview(again)
    assert (len(seen.fresh), len(seen.same), len(seen.changed), len(seen.bad)) == (0, 2, 0, 1)
    with pytest.raises(Conflict, match="nothing to take in"), transaction():
        indicators.take(again, expected=0, actor=actor)
    with transaction():
        assert indicators.give_up(again, actor=actor).state is FileState.GIVEN_UP
    corrected, actor = sent(
        text.replace("A2,1", "A2,3").replace("nobody", officer.badge), people, reference="case", number="n"
    )
    with transaction():
        corrected = indicators.take(corrected, expected=2, actor=actor)
    assert corrected.outcome == {"fresh": 1, "same": 1, "changed": 1, "bad": 0}
    assert kept() == [("r:A1", 1), ("r:A2", 3), ("r:A3", 1)]


def test_rows_alike_are_told_apart_and_still_count_once(people: People) -> None:
    officer = people.one()
    text = f"badge,date\n{officer.badge},2026-01-05\n{officer.badge},2026-01-05\n"
    file, actor = sent(text, people)
    with transaction():
        indicators.take(file, expected=2, actor=actor)
    again, _ = sent(text + f"{officer.badge},2026-01-06\n", people)
    seen = indicators.preview(again)
    assert (len(seen.fresh), len(seen.same)) == (1, 2)


def test_an_indicator_keeps_what_it_is_divided_by(people: People) -> None:
    officer = people.one()
    sent(f"badge,date\n{officer.badge},2026-01-05\n", people)
    with pytest.raises(Invalid) as refused:
        sent(f"badge,date,h\n{officer.badge},2026-01-05,8\n", people, name="complaints", exposure="h")
    assert refused.value.field == "per"


@pytest.fixture
def compare(task_room: Callable[[str], ModuleType]) -> Callable[[], None]:
    """The nightly task, called as a worker calls it."""
    return lambda: task_room("patterns").find_patterns()


def test_who_stands_out_by_complaints_is_asked_about_without_a_confirmed_moment(
    people: People, compare: Callable
) -> None:
    first = people.one()
    officers = [first, *enrolled(first, 39)]
    auditor = people.one(Role.INTERNAL_AFFAIRS)
    with transaction() as db:
        db.execute(sa.text("UPDATE officer SET created_at = now() - interval '2 years'"))
    days = [now().date() - timedelta(days=30 * n) for n in range(12)]
    rows = [f"{one.badge},{day}" for n, one in enumerate(officers) for day in days[: 1 + n % 3]]
    rows += [f"{officers[5].badge},{day}" for day in days for _ in range(2)]
    file, actor = sent("badge,date\n" + "\n".join(rows) + "\n", people)
    with transaction():
        indicators.take(file, expected=len(rows), actor=actor)
    compare()
    [standing] = indicators.standing_out()
    assert standing.officer_id == officers[5].id
    assert standing.low > 1.5
    assert 0 < len(indicators.standings_of(officers[0].id)) == 1, "those with few or none are compared too"
    [alert] = session().scalars(sa.select(Alert))
    assert (alert.officer_id, alert.figures["indicator"], alert.state) == (officers[5].id, "Complaints", AlertState.NEW)
    compare()
    assert [one.act for one in dashboard.alert(alert.id).steps] == ["raise"], "a second run changes nothing"
    with transaction():
        alerts.assign(alert, to=auditor, actor=actor_for(auditor))
        alerts.begin(alert, actor=actor_for(auditor))
        alerts.answer(
            alert, outcome=Outcome.COACHING, reason="Read the complaints: coaching.", actor=actor_for(auditor)
        )
    assert dashboard.alert(alert.id).state is AlertState.COACHING


def test_an_exposure_of_its_own_decides_who_stands_out(people: People, compare: Callable) -> None:
    """Ten uses of force in a thousand hours are no more than one in a hundred."""
    first = people.one()
    officers = [first, *enrolled(first, 19)]
    day = now().date().replace(day=1)
    rows = [f"{one.badge},{day},1,100" for one in officers[1:]] + [f"{first.badge},{day},10,1000"]
    file, actor = sent(
        "badge,date,n,hours\n" + "\n".join(rows) + "\n", people, name="Use of force", number="n", exposure="hours"
    )
    with transaction():
        indicators.take(file, expected=20, actor=actor)
    compare()
    [busy] = indicators.standings_of(first.id)
    assert busy.exposure == 1000
    assert busy.ratio == pytest.approx(1.0, abs=0.1)
    assert indicators.standing_out() == []
    assert session().scalars(sa.select(Alert)).all() == []


def test_the_pages_from_sending_to_taking_in(app: Flask, people: People) -> None:
    officer = people.one()
    browser = signed_in(app, people.one(Role.INTERNAL_AFFAIRS))
    token = csrf_token(browser, "/early-warning/counts/")
    here = "/early-warning/counts/"

    def send(content: bytes) -> object:
        file = (io.BytesIO(content), "complaints.csv")
        return browser.post(here, data={"csrf_token": token, "file": file}, content_type="multipart/form-data")

    assert "The file is empty." in send(b" ").get_data(as_text=True)
    assert browser.post(here, data={"csrf_token": token}).status_code == 422
    answer = send(f"Badge,Date,Case\n{officer.badge},2026-01-05,A1\nx,2026-01-05,A2\n".encode())
    assert answer.status_code == 303
    page = answer.location
    chosen = {"csrf_token": token, "indicator": "Complaints", "badge": "Badge", "day": "Date", "reference": "Case"}
    chosen |= {"number": "", "exposure": "", "per": "", "least": "3"}
    wrong = browser.post(f"{page}/columns", data={**chosen, "day": "Badge"})
    assert wrong.status_code == 422
    assert "One column cannot mean two things." in wrong.get_data(as_text=True)
    assert browser.post(f"{page}/columns", data=chosen).status_code == 303
    seen = browser.get(page).get_data(as_text=True)
    assert "No officer here has the badge x" in seen
    assert "Take in 1 row" in seen
    left = browser.get(f"{page}/refused.csv").get_data(as_text=True)
    assert "x,2026-01-05,A2" in left
    assert browser.post(f"{page}/take", data={"csrf_token": token, "expected": "1"}).status_code == 303
    assert "1 new rows" in browser.get(page).get_data(as_text=True)
    assert "Complaints" in browser.get(here).get_data(as_text=True)
    second = send(b"Badge,Date\nx,2026-01-05\n").location
    assert browser.post(f"{second}/give-up", data={"csrf_token": token}).status_code == 303
    assert "Given up" in browser.get(second).get_data(as_text=True)
