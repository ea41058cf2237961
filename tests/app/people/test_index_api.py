"""The master index over JSON: a search with its reason, masked numbers, facts, merges taken back; refusals name the field."""

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import session
from app.core.ledger import Event
from app.core.permissions import Role
from app.people.models import Fact, Merge
from tests.app.evidence.sending import Phone
from tests.app.people.test_index_pages import acts, make
from tests.people import People


@pytest.fixture
def phone(app: Flask, people: People) -> Phone:
    return Phone(app, people.one())


@pytest.fixture
def clerk(app: Flask, people: People) -> Phone:
    return Phone(app, people.one(Role.RECORDS))


def send(phone: Phone, path: str, **content):
    return phone.client.post(f"/api/v1/people{path}", json=content, headers=phone.headers)


def test_a_search_gives_reasons_and_leaves_no_word_of_it(phone: Phone) -> None:
    entry = make(phone.officer, "Maria Lopez", ssn="123-45-6789")
    found = send(phone, "/search", text="maria lopes", reason="investigation", case="2026-7").get_json()["found"]
    assert [one["entry"] for one in found] == [str(entry.id)]
    assert found[0]["reasons"]
    assert "123-45" not in str(found), "masked"
    event = session().scalars(sa.select(Event).where(Event.act == "people:index:search")).one()
    assert event.details["case"] == "2026-7"
    assert "lopes" not in str(event.details)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"reason": "investigation", "case": "1"}, "text"),
        ({"text": "Lopez", "case": "1"}, "reason"),
        ({"text": "Lopez", "reason": "curiosity", "case": "1"}, "reason"),
        ({"text": "Lopez", "reason": "public_records", "case": "1"}, "reason"),
        ({"text": "Lopez", "reason": "investigation"}, "case"),
        ({"text": "x" * 201, "reason": "investigation", "case": "1"}, "text"),
    ],
)
def test_a_search_without_what_it_needs_is_refused(phone: Phone, content, field) -> None:
    refused = send(phone, "/search", **content)
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert refused.get_json()["field"] == field
    assert acts() == []


def test_an_entry_is_read_added_to_merged_and_parted(phone: Phone, clerk: Phone) -> None:
    entry, other = make(phone.officer, "Maria Lopez", ssn="123-45-6789"), make(phone.officer, "Marie Lopez")
    read = phone.client.get(f"/api/v1/people/{entry.id}", headers=phone.headers).get_json()
    assert {fact["value"] for fact in read["facts"]} == {"Maria Lopez", "•••• 6789"}
    added = send(phone, f"/{entry.id}/facts", kind="phone", value="555 123 4567")
    assert added.status_code == 201
    [number] = [fact for fact in added.get_json()["facts"] if fact["kind"] == "phone"]
    assert send(phone, f"/facts/{number['id']}/withdraw").status_code == 200
    assert send(phone, f"/facts/{number['id']}/withdraw").status_code == 404
    assert send(phone, f"/{entry.id}/merge", merged=str(other.id)).status_code == 403, "not an officer's to do"
    merged = send(clerk, f"/{entry.id}/merge", merged=str(other.id)).get_json()
    assert {fact["value"] for fact in merged["facts"]} >= {"Maria Lopez", "Marie Lopez"}
    undone = send(clerk, f"/merges/{session().scalars(sa.select(Merge.id)).one()}/undo").get_json()
    assert "Marie Lopez" not in {fact["value"] for fact in undone["facts"]}
    assert [act for act in acts() if act in ("people:fact:withdraw", "people:entry:merge", "people:entry:unmerge")] == [
        "people:fact:withdraw",
        "people:entry:merge",
        "people:entry:unmerge",
    ]


def test_bad_input_about_an_entry_names_the_field(phone: Phone, clerk: Phone) -> None:
    entry = make(phone.officer, "Maria Lopez")
    for content, field in (
        ({"kind": "aura", "value": "x"}, "kind"),
        ({"kind": "phone"}, "value"),
        ({"kind": "phone", "value": "12"}, "value"),
    ):
        refused = send(phone, f"/{entry.id}/facts", **content)
        assert (refused.status_code, refused.get_json()["field"]) == (422, field)
    assert send(clerk, f"/{entry.id}/merge", merged="it").status_code == 422
    assert send(clerk, f"/{entry.id}/merge", merged=str(uuid.uuid4())).status_code == 404
    assert send(clerk, f"/{entry.id}/merge", merged=str(entry.id)).status_code in (409, 422)
    assert phone.client.get(f"/api/v1/people/{uuid.uuid4()}", headers=phone.headers).status_code == 404
    assert len(session().scalars(sa.select(Fact)).all()) == 1
