"""The doors of the library: pages, fragments, tables, JSON; what is refused and how; what is written down."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Officer
from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.permissions import Role
from app.search.library import playlists
from app.search.library.playlists import Stretch
from tests.app.search.test_library import made
from tests.people import People, actor_for, csrf_token

SignIn = Callable[[Officer], FlaskClient]


@pytest.fixture
def officer(people: People) -> Officer:
    return people.one(name="Ana Reyes")


def post(client: FlaskClient, path: str, **form: object):
    """A form sent from a page."""
    return client.post(path, data={"csrf_token": csrf_token(client, "/account"), **form})


def looks(act: str) -> int:
    session().rollback()
    return session().scalar(sa.select(sa.func.count()).where(Event.act == act)) or 0


def test_the_page_and_its_part_say_the_same(officer: Officer, sign_in: SignIn) -> None:
    made(officer, "step out of the car", title="Rear <b>camera</b>")
    client = sign_in(officer)
    whole = client.get("/library?q=car").get_data(as_text=True)
    part = client.get("/library?q=car", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.strip() in whole or part.strip()[:400] in whole
    assert "<html" not in part
    assert "step out of the <mark>car</mark>" in part
    assert "Rear &lt;b&gt;camera" in part
    assert '<a aria-current="page"' in whole or 'href="/library" aria-current="page"' in whole
    assert (looks("search:library:search"), looks("evidence:item:view")) == (2, 1), "the words are looked at once"
    events = repr(
        [one.details for one in session().scalars(sa.select(Event).where(Event.act == "search:library:search"))]
    )
    assert "car" not in events


@pytest.mark.parametrize("query", ["q=" + "x" * 301, "date=2026-99", "sort=colour", "view=cube", "cursor=nonsense"])
def test_what_cannot_be_asked_is_told_on_the_page(officer: Officer, sign_in: SignIn, query: str) -> None:
    answer = sign_in(officer).get(f"/library?{query}")
    assert answer.status_code == 422
    assert "This was not done" in answer.get_data(as_text=True)
    api = sign_in(officer).get(f"/api/v1/library?{query.replace('view=cube', 'sort=x')}")
    assert api.status_code == 422
    assert api.get_json()["field"] in ("q", "date", "sort", "cursor")


def test_only_who_may_export_takes_a_table_away(people: People, officer: Officer, sign_in: SignIn) -> None:
    made(officer, title="=1+1")
    assert sign_in(officer).get("/library/export.csv").status_code == 403
    assert "export.csv" not in sign_in(officer).get("/library").get_data(as_text=True)
    answer = sign_in(people.one(Role.RECORDS)).get("/library/export.csv")
    assert answer.mimetype == "text/csv"
    assert "'=1+1" in answer.get_data(as_text=True)
    assert looks("search:library:export") == 1


def test_the_map_asks_nobody_unless_told_to(app: Flask, officer: Officer, sign_in: SignIn) -> None:
    client = sign_in(officer)
    assert "tiles" not in client.get("/library?view=map").headers["Content-Security-Policy"]
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(
        update={"map_tiles": "https://tiles.example/{z}/{x}/{y}.png"}
    )
    assert (
        "img-src 'self' https://tiles.example data:"
        in client.get("/library?view=map").headers["Content-Security-Policy"]
    )
    assert "tiles" not in client.get("/library").headers["Content-Security-Policy"]


def test_bad_forms_are_refused_by_name(officer: Officer, people: People, sign_in: SignIn) -> None:
    item, other = made(officer), made(people.one(unit="South Patrol"))
    client = sign_in(officer)
    for form, status, words in (
        ({"act": "tag", "chosen": []}, 422, "Choose between 1 and 200 items."),
        ({"act": "tag", "chosen": ["x"]}, 422, "That is no item."),
        ({"act": "tag", "chosen": [str(item.id)], "kind": "vehicle", "label": ""}, 422, "Say what is seen."),
        ({"act": "erase", "chosen": [str(item.id)]}, 422, "There is no such act."),
        ({"act": "hold", "chosen": [str(item.id)]}, 403, "Your role does not include this."),
        ({"act": "category", "chosen": [str(item.id)], "category": "none"}, 422, "Choose a category."),
        ({"act": "playlist", "chosen": [str(item.id)], "name": ""}, 422, "Give the playlist a name."),
        ({"act": "tag", "chosen": [str(other.id)]}, 404, "not in one of your incidents"),
    ):
        answer = post(client, "/library/many", **form)
        assert (answer.status_code, words in answer.get_data(as_text=True)) == (status, True), form
    assert post(client, "/library/collections", name="").status_code == 422
    assert post(client, "/library/columns", columns=["colour"]).status_code == 422
    assert post(client, f"/library/collections/{item.id}", name="x").status_code == 404
    assert post(client, f"/library/many/{item.id}/undo").status_code == 404


def test_a_playlist_at_its_doors(officer: Officer, people: People, sign_in: SignIn) -> None:
    item, stranger = made(officer, title="Dash"), people.one(unit="South Patrol")
    client = sign_in(officer)
    assert post(client, "/playlists", name="").status_code == 422
    with transaction():
        playlist = playlists.make("Trial", actor=actor_for(officer))
        [part] = playlists.add(playlist, [Stretch(item, 1.0, 2.0, "she runs")], actor=actor_for(officer))
    here, add = f"/playlists/{playlist.id}", f"/evidence/{item.id}/playlist"
    for start, end in (("9", "3"), ("soon", ""), ("90", "")):
        assert post(client, add, playlist=str(playlist.id), start=start, end=end).status_code == 422, start
    assert post(client, add, playlist="x").status_code == 422
    assert post(client, f"{here}/parts/{part.id}/change", start="5", end="4").status_code == 422
    assert post(client, f"{here}/parts/{item.id}/remove").status_code == 404
    sheet = client.get(f"{here}/sheet").get_data(as_text=True)
    assert item.sha256 in sheet
    assert "she runs" in sheet
    told = client.get(f"/api/v1{here}").get_json()
    assert [(one["start_s"], one["end_s"], one["sha256"]) for one in told["parts"]] == [(1.0, 2.0, item.sha256)]
    other = sign_in(stranger)
    for path in (here, f"{here}/sheet", f"/api/v1{here}"):
        assert other.get(path).status_code == 404
    assert post(other, f"{here}/delete").status_code == 404
    assert other.get("/api/v1/playlists").get_json() == {"playlists": []}
    headers = {"X-CSRFToken": csrf_token(client, "/account")}
    for body in ({}, {"order": "x", "edition": 1}, {"order": [str(part.id)], "edition": 1}):
        assert client.post(f"{here}/order", json=body, headers=headers).status_code in (409, 422), body
