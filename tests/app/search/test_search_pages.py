"""The search page and its JSON: parts shown and taken out, results with their second, kept searches of one's own."""

import re

import pytest
import sqlalchemy as sa

from app.core.db import session
from app.core.ledger import Event
from app.search import service
from app.search.models import SavedSearch
from tests.app.search.scene import recording
from tests.people import csrf_token

CARS = (("vehicle", "Car", 20.0, 26.0), ("camera", "running", 22.0, 30.0))


@pytest.fixture
def officer(people):
    return people.one()


@pytest.fixture
def client(officer, sign_in):
    return sign_in(officer)


def headers(client) -> dict[str, str]:
    return {"X-CSRFToken": csrf_token(client, "/account")}


def test_what_was_understood_is_shown_in_parts_that_can_be_taken_out(client, officer) -> None:
    item = recording(officer, "get in the car", seen=CARS)
    html = client.get("/search?q=car after 22:00 near Main Street after the").get_data(as_text=True)
    assert re.findall(r'<li class="chip[^>]*><span>([^<]*)', html) == ["“car”", "after 22:00", "near Main Street"]
    assert 'href="/search?q=car+near+Main+Street+after+the"' in html
    assert "Say a time or a day: after 22:00, after 2026-11-24." in html
    assert "too common a word" in html
    assert f'href="/evidence/{item.id}#t=0.0"' in html
    assert "<mark>car</mark>" in html
    assert f"/evidence/{item.id}/poster" in html
    assert "Why in this order" in html


def test_a_search_leaves_events_without_its_words(client, officer) -> None:
    item = recording(officer, "where is maria", seen=CARS)
    client.get("/search?q=maria not gonzalez")
    [searched] = session().scalars(sa.select(Event).where(Event.act == "search:moments:search"))
    assert searched.details["moments"] == 1
    assert searched.details["conditions"] == ["words"]
    assert not re.search("maria|gonzalez", str(searched.details) + searched.subject_id)
    looks = session().scalars(
        sa.select(Event.details).where(Event.act == "evidence:item:view", Event.subject_id == str(item.id))
    )
    assert "search" in [one["what"] for one in looks]


@pytest.mark.parametrize("query", ["x" * 301, "car " * 17, "car&cursor=none"])
def test_too_much_and_a_made_up_cursor_are_answered_with_the_remedy(client, query: str) -> None:
    page = client.get(f"/search?q={query}")
    assert page.status_code == 422
    assert "Nothing was searched" in page.get_data(as_text=True)
    problem = client.get(f"/api/v1/moments?q={query}")
    assert (problem.status_code, problem.get_json()["field"]) == (422, "cursor" if "cursor" in query else "q")


def test_an_empty_search_shows_how_to_say_it_and_nothing_found_says_what_to_do(client) -> None:
    assert "Ways to say it" in client.get("/search").get_data(as_text=True)
    assert "No moment fits" in client.get("/search?q=car").get_data(as_text=True)
    assert "No moment fits" not in client.get("/search?q=after").get_data(as_text=True)


def test_json_says_the_same(client, officer) -> None:
    item = recording(officer, "get in the car", seen=CARS)
    found = client.get("/api/v1/moments?q=car plate ?").get_json()
    assert [one["says"] for one in found["understood"]] == ["“car”"]
    assert found["not_understood"][0]["text"] == "plate ?"
    [one] = found["results"]
    assert (one["evidence"], one["address"], one["place"]) == (
        str(item.id),
        f"/evidence/{item.id}#t=0.0",
        "Main Street",
    )
    assert [piece for piece in one["lines"][0]["pieces"] if piece["hit"]] == [{"hit": True, "text": "car"}]
    assert {tag["label"] for tag in one["tags"] if tag["hit"]} == {"Car"}
    assert client.get("/api/v1/moments?q=").get_json()["results"] == []


def test_searches_are_kept_changed_and_deleted_by_their_officer_alone(client, officer, people, sign_in) -> None:
    with_token = headers(client)
    made = client.post(
        "/api/v1/searches", json={"name": " Night cars ", "text": "car  after 22:00"}, headers=with_token
    )
    assert (made.status_code, made.get_json()["name"], made.get_json()["text"]) == (
        201,
        "Night cars",
        "car after 22:00",
    )
    one = f"/api/v1/searches/{made.get_json()['id']}"
    assert client.put(one, json={"text": "truck"}, headers=with_token).get_json()["text"] == "truck"
    assert "Night cars" in client.get("/search").get_data(as_text=True)
    for body, status, field in (
        ({"name": "Night cars", "text": "car"}, 409, ""),
        ({"name": "", "text": "car"}, 422, "name"),
        ({"name": "n" * 81, "text": "car"}, 422, "name"),
        ({"name": "other", "text": "after"}, 422, "q"),
        ({"name": 5, "text": "car"}, 422, "name"),
    ):
        refused = client.post("/api/v1/searches", json=body, headers=with_token)
        assert (refused.status_code, refused.get_json().get("field", "")) == (status, field), body
    other = sign_in(people.one())
    assert other.get("/api/v1/searches").get_json()["searches"] == []
    assert other.put(one, json={"name": "mine"}, headers=headers(other)).status_code == 404
    assert other.delete(one, headers=headers(other)).status_code == 404
    assert client.delete(one, headers=with_token).status_code == 200
    assert session().scalars(sa.select(SavedSearch)).all() == []


def test_the_page_keeps_changes_and_deletes_too(client) -> None:
    token = {"csrf_token": csrf_token(client, "/account")}
    assert client.post("/search/saved", data=token | {"name": "Cars", "q": "car"}).status_code == 303
    again = client.post("/search/saved", data=token | {"name": "Cars", "q": "car"})
    assert (again.status_code, "named “Cars” already" in again.get_data(as_text=True)) == (422, True)
    [kept] = session().scalars(sa.select(SavedSearch.id))
    client.post(f"/search/saved/{kept}", data=token | {"name": "Trucks", "q": "truck"})
    session().expire_all()
    assert [(one.name, one.text) for one in session().scalars(sa.select(SavedSearch))] == [("Trucks", "truck")]
    assert client.post(f"/search/saved/{kept}", data=token | {"name": "", "q": "truck"}).status_code == 422
    assert client.post(f"/search/saved/{kept}/remove", data=token).status_code == 303
    assert session().scalars(sa.select(SavedSearch)).all() == []


def test_there_is_an_end_to_what_one_officer_keeps(client, monkeypatch) -> None:
    monkeypatch.setattr(service, "MOST", 1)
    with_token = headers(client)
    assert client.post("/api/v1/searches", json={"name": "a", "text": "car"}, headers=with_token).status_code == 201
    assert client.post("/api/v1/searches", json={"name": "b", "text": "car"}, headers=with_token).status_code == 409
