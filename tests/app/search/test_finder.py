"""What the command palette is told: only what its reader may open, found by number and title, never by what was said."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.permissions import Role
from app.search import finder, gathering
from app.search.library import shelving
from tests.app.desk import scene
from tests.app.reports.conftest import Desk, desk  # noqa: F401  (desk is a fixture)
from tests.people import People, signed_in


def told(browser: FlaskClient, text: str) -> dict[str, list[str]]:
    groups = browser.get("/go", query_string={"q": text}).json["groups"]
    return {one["title"]: [item["words"] for item in one["items"]] for one in groups}


@pytest.fixture
def shelved(desk: Desk) -> Desk:  # noqa: F811
    """A submitted report, its recording in the library with words that were said."""
    scene.heard(scene.step(desk.evidence, "transcribe"), "the bicycle was purple")
    with transaction():
        gathering.gather(desk.evidence.id)
        shelving.shelve([desk.evidence.id])
    desk.submit()
    return desk


def test_by_number_and_title_one_finds_incident_report_and_recording(app: Flask, shelved: Desk) -> None:
    browser = signed_in(app, shelved.supervisor)
    number = shelved.incident.number
    found = told(browser, number)
    assert list(found) == ["Incidents", "Reports", "Recordings"]
    assert number in found["Incidents"][0]
    assert found["Reports"] == [f"Report {number}"]
    title = shelved.evidence.title
    assert told(browser, title[:5].upper())["Recordings"] == [title]
    assert told(browser, "purple") == {}, "what was said is searched in the library, where that is an event"
    for item in [one for group in browser.get(f"/go?q={number}").json["groups"] for one in group["items"]]:
        assert browser.get(item["address"]).status_code == 200


def test_nobody_is_told_of_what_they_may_not_see(app: Flask, shelved: Desk, people: People) -> None:
    number = shelved.incident.number
    for stranger in (people.one(unit="South Patrol"), people.one(Role.ADMINISTRATOR)):
        assert told(signed_in(app, stranger), number) == {}
    records = told(signed_in(app, people.one(Role.RECORDS)), number)
    assert set(records) == {"Incidents", "Reports", "Recordings"}
    assert app.test_client().get("/go?q=x", headers={"Accept": "application/json"}).status_code == 401


def test_a7_a_draft_is_not_found(app: Flask, desk: Desk) -> None:  # noqa: F811
    found = told(signed_in(app, desk.officer), desk.incident.number)
    assert "Reports" not in found
    assert len(found["Incidents"]) == 1


def test_without_words_it_tells_further_pages_of_the_role_and_each_opens(app: Flask, people: People) -> None:
    for role in Role:
        browser = signed_in(app, people.one(role))
        pages = browser.get("/go").json["groups"][0]["items"]
        assert len({one["address"] for one in pages}) == len(pages) > 0
        refused = [one["address"] for one in pages if browser.get(one["address"]).status_code not in (200, 303)]
        assert refused == [], role
    officers = told(signed_in(app, people.one()), "")["Pages"]
    assert "New incident" in officers
    assert "Webhooks" not in officers


def test_any_words_are_answered_and_leave_no_event(app: Flask, shelved: Desk) -> None:
    browser = signed_in(app, shelved.supervisor)
    before = session().query(Event).count()
    for text in ("x", "%", "_%", "\0\0\0", "'; --", '"unclosed', "-", "a" * 5000, "☂ ☂", "& | !", "the of"):
        assert browser.get("/go", query_string={"q": text}).status_code == 200, text
    session().rollback()
    assert session().query(Event).count() == before
    assert told(browser, "z") == {}
    assert finder.LEAST == 2
