"""The phone's page: which incidents it offers, the quick new one, and what makes it installable."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Officer
from app.core.clock import now
from app.core.db import session, transaction
from app.core.permissions import Role
from app.incidents import service as incidents
from app.incidents.models import Incident, IncidentKind
from app.reports.models import Report, ReportState
from tests.app.accounts.conftest import later
from tests.app.evidence.sending import Phone
from tests.people import People, actor_for, csrf_token

__all__ = ["later"]
SignIn = Callable[[Officer], FlaskClient]


def opened(officer: Officer, place: str, *, hours_ago: float = 0) -> Incident:
    with transaction():
        return incidents.open_incident(
            kind=IncidentKind.THEFT,
            occurred_at=now() - timedelta(hours=hours_ago),
            place=place,
            actor=actor_for(officer),
        )


def a_report(incident: Incident, author: Officer, state: str) -> Report:
    return Report(
        id=uuid.uuid4(),
        incident_id=incident.id,
        author_id=author.id,
        state=ReportState(state),
        created_at=now(),
        changed_at=now(),
    )


def labels(client: FlaskClient) -> list[str]:
    return [one["label"] for one in client.get("/api/v1/phone/incidents").get_json()["incidents"]]


def test_own_open_incidents_are_offered_newest_first(people: People, sign_in: SignIn) -> None:
    officer = people.one()
    for place, hours in (("Old Road", 200), ("Main Street", 0), ("River Lane", 30)):
        opened(officer, place, hours_ago=hours)
    opened(people.one(), "Not Theirs")
    closed = opened(officer, "Closed Court")
    with transaction():
        incidents.close(session().get_one(Incident, closed.id), actor=actor_for(officer))
    found = labels(sign_in(officer))
    assert [label.split(" · ")[2] for label in found] == ["Main Street", "River Lane", "Old Road"]
    assert found[0].endswith("today")
    assert found[0].startswith(f"{now().year}-")


def test_a_supervisor_s_own_come_before_the_unit_s(people: People, sign_in: SignIn) -> None:
    supervisor = people.one(Role.SUPERVISOR)
    opened(supervisor, "Mine", hours_ago=100)
    opened(people.one(), "The Unit's")
    assert [label.split(" · ")[2] for label in labels(sign_in(supervisor))] == ["Mine", "The Unit's"]


def test_the_page_offers_them_and_says_where_to_send(app: Flask, people: People, sign_in: SignIn) -> None:
    officer = people.one()
    first, second = opened(officer, "Main Street"), opened(officer, "<b>River</b> Lane", hours_ago=1)
    answer = sign_in(officer).get(f"/phone?incident={second.id}")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'data-max-bytes="{app.config["SETTINGS"].upload_max_bytes}"' in html
    assert f'<option value="{second.id}" selected>' in html
    assert f'<option value="{first.id}">' in html
    assert "<b>River</b>" not in html


@pytest.mark.parametrize("asked", ["", "nonsense", "9f1c7e0a-0000-4000-8000-000000000000"])
def test_an_incident_that_is_not_there_chooses_nothing(people: People, sign_in: SignIn, asked: str) -> None:
    officer = people.one()
    opened(officer, "A")
    opened(officer, "B")
    answer = sign_in(officer).get(f"/phone?incident={asked}")
    assert answer.status_code == 200
    assert " selected>" not in answer.get_data(as_text=True).split("</select>")[0]


def test_a_new_incident_in_two_fields(people: People, sign_in: SignIn) -> None:
    officer = people.one()
    client = sign_in(officer)
    assert "You have no open incident" in client.get("/phone").get_data(as_text=True)
    token = csrf_token(client, "/phone")
    answer = client.post("/phone/incidents", data={"csrf_token": token, "kind": "arrest", "place": "5th and Main"})
    made = session().scalars(sa.select(Incident)).one()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/phone?incident={made.id}")
    assert (made.kind, made.place, made.opened_by) == (IncidentKind.ARREST, "5th and Main", officer.id)
    assert abs(made.occurred_at - now()) < timedelta(seconds=10)
    assert f'<option value="{made.id}" selected>' in client.get(answer.headers["Location"]).get_data(as_text=True)


@pytest.mark.parametrize(
    "sent", [{"kind": "parade", "place": "x"}, {"kind": "", "place": "x"}, {"kind": "theft", "place": "x" * 201}]
)
def test_a_new_incident_that_cannot_be_is_told_why(people: People, sign_in: SignIn, sent: dict[str, str]) -> None:
    client = sign_in(people.one())
    answer = client.post("/phone/incidents", data={"csrf_token": csrf_token(client, "/phone"), **sent})
    assert answer.status_code == 422
    assert "This cannot be saved yet" in answer.get_data(as_text=True)
    assert session().scalars(sa.select(Incident)).all() == []


@pytest.mark.parametrize("role", [Role.INTERNAL_AFFAIRS, Role.RECORDS, Role.ADMINISTRATOR])
def test_who_adds_no_evidence_has_no_phone_page(people: People, sign_in: SignIn, role: Role) -> None:
    client = sign_in(people.one(role))
    assert client.get("/phone").status_code == 403
    assert client.get("/api/v1/phone/incidents").status_code == 403


def test_strangers_are_sent_to_sign_in(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/phone").status_code == 303
    assert client.get("/api/v1/phone/incidents").status_code == 401


def test_it_is_installable(app: Flask) -> None:
    client = app.test_client()
    manifest = client.get("/manifest.webmanifest", buffered=True)
    assert manifest.content_type.startswith("application/manifest+json")
    told = manifest.get_json(force=True)
    assert (told["start_url"], told["display"]) == ("/phone", "standalone")
    worker = client.get("/sw.js", buffered=True)
    assert worker.content_type.startswith("text/javascript")
    assert worker.headers["Cache-Control"] == "no-cache"
    assert b"evidence" in worker.data.lower()


def test_the_shell_has_nobody_s_data_and_no_token(people: People, sign_in: SignIn) -> None:
    """What a phone keeps to open without a network is the same for everybody, also when it is fetched signed in."""
    officer = people.one(name="Nora Quill")
    opened(officer, "Secret Lane")
    client = sign_in(officer)
    shell = client.get("/phone/shell")
    html = shell.get_data(as_text=True)
    assert shell.status_code == 200
    assert "Set-Cookie" not in shell.headers
    assert not [word for word in ("Nora", "Quill", "Secret Lane", "csrf", "Sign out") if word in html]
    assert html == client.application.test_client().get("/phone/shell").get_data(as_text=True)
    assert "<phone-upload" in html


def test_what_a_phone_keeps_of_the_day(app: Flask, people: People, sign_in: SignIn) -> None:
    officer = people.one()
    there = opened(officer, "Main Street")
    opened(people.one(), "Not Theirs")
    client = sign_in(officer)
    answer = client.get("/api/v1/phone/day")
    day = answer.get_json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert day["officer"] == {"id": str(officer.id), "label": actor_for(officer).label}
    assert [(one["place"], one["position"]) for one in day["incidents"]] == [("Main Street", None)]
    assert abs(datetime.fromisoformat(day["now"]) - now()) < timedelta(minutes=1)
    assert (day["keep_hours"], day["max_bytes"]) == (12, app.config["SETTINGS"].upload_max_bytes)
    assert day["reports"] == {"returned": 0, "drafts": 0}
    given = client.post("/phone/incidents", data={"csrf_token": day["csrf"], "kind": "theft", "place": "x"})
    assert given.status_code == 303
    phone = Phone(app, officer)
    phone.open(there, 9, position="52.5163,13.3777,12")
    phone.open(there, 9)
    places = {one["place"]: one["position"] for one in client.get("/api/v1/phone/day").get_json()["incidents"]}
    assert places == {"Main Street": {"latitude": 52.5163, "longitude": 13.3777, "accuracy_m": 12.0}, "x": None}


def test_the_day_is_asked_for_without_keeping_a_session_open(people: People, sign_in: SignIn, later: Any) -> None:
    """C3: the page asks by itself; a phone that lies on a table is locked all the same."""
    client = sign_in(people.one())
    later(minutes=20)
    assert client.get("/api/v1/phone/day", headers={"X-Blotter-Poll": "1"}).status_code == 200
    later(minutes=11)
    assert client.get("/api/v1/phone/day", headers={"X-Blotter-Poll": "1"}).status_code == 401


@pytest.mark.parametrize("said", ["here", "1,2", "91,0,5", "0,181,5", "0,0,-1", "nan,0,1", "1,2,3,4"])
def test_a_position_that_is_none_is_refused_by_name(app: Flask, people: People, said: str) -> None:
    officer = people.one()
    refused = Phone(app, officer).create(opened(officer, "Main Street"), 9, position=said)
    assert refused.status_code == 400
    assert refused.get_json()["field"] == "position"


def test_own_reports_are_listed_returned_ones_first(people: People, sign_in: SignIn) -> None:
    officer = people.one()
    for place, state in (("Draft Road", "draft"), ("Filed Street", "filed"), ("Returned Lane", "returned")):
        incident = opened(officer, place)
        with transaction() as current:
            current.add(a_report(incident, officer, state))
    stranger = people.one()
    theirs = opened(stranger, "Not Theirs")
    with transaction() as current:
        current.add(a_report(theirs, stranger, "draft"))
    html = sign_in(officer).get("/phone/reports").get_data(as_text=True)
    assert html.index("Returned Lane") < html.index("Draft Road")
    assert "Filed Street" not in html
    assert "Not Theirs" not in html


def test_c27_signing_out_forgets_all_unless_what_waits_is_to_be_kept(people: People, sign_in: SignIn) -> None:
    for sent, forgotten in (({}, '"cache", "storage"'), ({"keep": "1"}, '"cache"')):
        client = sign_in(people.one())
        answer = client.post("/sign-out", data={"csrf_token": csrf_token(client, "/account"), **sent})
        assert answer.headers["Clear-Site-Data"] == forgotten
        assert client.get("/api/v1/phone/day").status_code == 401


def test_c27_the_service_worker_keeps_static_files_only(app: Flask) -> None:
    """C27: nothing of evidence or pages is put in a cache on the phone; the worker names what it keeps."""
    script = app.test_client().get("/sw.js", buffered=True).get_data(as_text=True)
    listed = script.partition("[")[2].partition("]")[0]
    paths = [line.strip(' ",') for line in listed.splitlines() if line.strip()]
    assert paths
    assert all(path.startswith("/static/") for path in paths)
