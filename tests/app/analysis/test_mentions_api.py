"""Findings put together over JSON: read, decided, put together and linked by a program in a person's name; refusals name the field."""

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from app.analysis.mentions import queries as mentions_queries
from app.analysis.models import Decision, Mention
from app.core.db import session
from app.core.ledger import Event
from app.core.permissions import Role
from app.people.models import Fact, IndexEntry
from tests.app.desk import scene
from tests.app.evidence.sending import Phone
from tests.people import People


@pytest.fixture
def phone(app: Flask, people: People) -> Phone:
    return Phone(app, people.one())


@pytest.fixture
def incident(phone: Phone):
    return scene.stop(phone.officer)


@pytest.fixture
def found(phone: Phone, incident):
    reading = scene.step(scene.item(incident, phone.officer), "find_entities")
    return [
        scene.found(reading, kind=kind, value=value, start=10.0 * n).id
        for n, (kind, value) in enumerate([("person", "Maria Lopez"), ("person", "Lopez"), ("date", "2026-03-03")])
    ]


def send(phone: Phone, path: str, **content) -> TestResponse:
    return phone.client.post(f"/api/v1{path}", json=content, headers=phone.headers)


def read(phone: Phone, path: str) -> TestResponse:
    return phone.client.get(f"/api/v1{path}", headers=phone.headers)


def acts() -> list[str]:
    session().rollback()
    wanted = sa.or_(Event.act.like("people:%"), Event.act.like("analysis:%"))
    return list(session().scalars(sa.select(Event.act).where(wanted).order_by(Event.seq)))


def test_a_program_reads_decides_puts_together_and_parts(phone: Phone, incident, found) -> None:
    here = f"/incidents/{incident.id}/mentions"
    listed = read(phone, here).get_json()
    assert (listed["total"], listed["undecided"], listed["next"]) == (3, 3, "")
    assert {group["label"] for group in listed["groups"]} == {"Maria Lopez", "Lopez", "2026-03-03"}
    first, second, _ = found
    decided = send(phone, f"/mentions/{first}/decision", decision="confirmed", edition=1).get_json()
    assert decided["mentions"][0]["decision"] == "confirmed"
    stale = send(phone, f"/mentions/{first}/decision", decision="rejected", edition=1)
    assert (stale.status_code, stale.mimetype) == (409, "application/problem+json")
    right = send(phone, f"/mentions/{second}/decision", decision="confirmed", kind="person", value="Marta Lopez")
    assert right.get_json()["label"] == "Marta Lopez"
    together = send(phone, f"/mentions/{second}/move", to=str(first)).get_json()
    assert {one["id"] for one in together["mentions"]} == {str(first), str(second)}
    assert send(phone, f"/mention-groups/{together['id']}/confirm").status_code == 409, (
        "a person made it: it is confirmed"
    )
    apart = send(phone, f"/mentions/{second}/out").get_json()
    assert [one["id"] for one in apart["mentions"]] == [str(second)]
    assert read(phone, f"{here}?state=proposed").get_json()["groups"][0]["kind"] == "date"
    assert acts() == [
        "analysis:mentions:view",
        "analysis:mention:confirm",
        "analysis:mention:correct",
        "analysis:group:move",
        "analysis:group:split",
        "analysis:mentions:view",
    ]


def test_only_what_is_confirmed_goes_over_to_the_index_and_comes_back(phone: Phone, found) -> None:
    first = found[0]
    wanted = {"entry": "new", "role": "witness"}
    assert (
        send(phone, f"/mentions/{first}/link", **wanted).get_json()["detail"].startswith("Nothing of this is confirmed")
    )
    send(phone, f"/mentions/{first}/decision", decision="confirmed")
    made = send(phone, f"/mentions/{first}/link", **wanted)
    assert made.status_code == 201
    assert session().scalars(sa.select(Fact.value)).all() == ["Maria Lopez"]
    assert send(phone, f"/mentions/{first}/link", **wanted).status_code == 409
    gone = phone.client.delete(f"/api/v1/links/{made.get_json()['link']}", headers=phone.headers)
    assert gone.status_code == 200
    proposed = read(phone, f"/mentions/{first}/candidates").get_json()
    assert proposed["confirmed"] == {"name": ["Maria Lopez"]}
    entry = session().scalars(sa.select(IndexEntry.id)).one()
    declined = send(phone, f"/mentions/{first}/decline", entries=[str(entry)])
    assert declined.status_code == 200
    assert read(phone, f"/mentions/{first}/candidates").get_json()["candidates"] == []
    assert "people:entry:link" in acts()
    assert "people:candidates:decline" in acts()


@pytest.mark.parametrize(
    ("path", "content", "status", "field"),
    [
        ("decision", {}, 422, "decision"),
        ("decision", {"decision": "maybe"}, 422, "decision"),
        ("decision", {"decision": "rejected", "value": "Maria"}, 422, "decision"),
        ("decision", {"decision": "confirmed", "kind": "ghost", "value": "Maria"}, 422, "kind"),
        ("decision", {"decision": "confirmed", "value": "n" * 500}, 422, "value"),
        ("decision", {"decision": "confirmed", "mood": "good"}, 422, "mood"),
        ("move", {"to": "nobody"}, 422, "to"),
        ("move", {"to": str(uuid.uuid4())}, 404, None),
        ("link", {"entry": "new", "role": "juggler"}, 422, "role"),
        ("link", {"entry": "old", "role": "witness"}, 422, "entry"),
        ("link", {"entry": str(uuid.uuid4()), "role": "witness"}, 404, None),
        ("decline", {"entries": []}, 422, "entries"),
        ("out", {}, 409, None),
    ],
)
def test_bad_input_is_a_problem_that_names_the_field(phone: Phone, found, path, content, status, field) -> None:
    refused = send(phone, f"/mentions/{found[0]}/{path}", **content)
    assert (refused.status_code, refused.mimetype) == (status, "application/problem+json")
    if field:
        assert refused.get_json()["field"].startswith(field)
    session().rollback()
    assert session().get_one(Mention, found[0]).decision is Decision.PROPOSED


def test_what_has_no_place_in_the_index_says_so(phone: Phone, found) -> None:
    date = found[2]
    assert read(phone, f"/mentions/{date}/candidates").status_code == 409
    assert send(phone, f"/mentions/{date}/link", entry="new", role="witness").status_code == 409


def test_who_may_not_see_finds_nothing_and_who_may_only_read_decides_nothing(
    app: Flask, people: People, incident, found
) -> None:
    stranger = Phone(app, people.one())
    assert read(stranger, f"/incidents/{incident.id}/mentions").status_code == 404
    assert send(stranger, f"/mentions/{found[0]}/decision", decision="confirmed").status_code == 404
    clerk = Phone(app, people.one(Role.RECORDS))
    assert send(clerk, f"/mentions/{found[0]}/decision", decision="confirmed").status_code == 403
    assert app.test_client().get(f"/api/v1/incidents/{incident.id}/mentions").status_code == 401


def test_a_program_goes_on_behind_the_last_group_whatever_is_found_or_decided_meanwhile(
    phone: Phone, incident, found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mentions_queries, "ROWS", 1)
    here, seen, query = f"/incidents/{incident.id}/mentions", [], "?state=proposed"
    for turn in range(5):
        listed = read(phone, here + query).get_json()
        seen += [one["mentions"][0]["id"] for one in listed["groups"]]
        if turn == 0:
            assert "state=proposed&cursor=" in listed["next"]
            reading = scene.step(scene.item(incident, phone.officer), "find_entities")
            scene.found(reading, kind="person", value="Abel", start=1.0)
            send(phone, f"/mentions/{seen[0]}/decision", decision="confirmed", edition=1)
        query = listed["next"]
        if not query:
            break
    assert len(seen) == len(set(seen)) == 4
    assert set(map(str, found)) < set(seen)
    refused = read(phone, f"{here}?cursor=W10")
    assert (refused.status_code, refused.get_json()["field"]) == (422, "cursor")
