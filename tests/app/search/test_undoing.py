"""What one keeps of searches, the library and playlists, deleted and undone: as it was, for its officer, while that can be."""

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Officer
from app.core import undoing
from app.core.db import session, transaction
from app.core.errors import Conflict, NotFound
from app.core.undoing import Undoable
from app.incidents import service as incidents
from app.search import keeping as room
from app.search import queries, service
from app.search.library import keeping, playlists
from app.search.library.playlists import Stretch
from tests.app.accounts.conftest import send
from tests.app.search.test_library import made, question
from tests.app.search.test_library_keeping import filled, order
from tests.people import People, actor_for, signed_in


@pytest.fixture
def officer(people: People) -> Officer:
    return people.one(name="Ana Reyes")


def undo(officer: Officer) -> undoing.Undone:
    """The newest act of the officer, taken back."""
    mine = sa.select(Undoable.id).where(Undoable.officer_id == officer.id).order_by(Undoable.at.desc()).limit(1)
    with transaction():
        return undoing.undo(session().scalars(mine).one(), actor=actor_for(officer))


def test_a_search_and_a_collection_come_back_as_they_were(officer: Officer) -> None:
    who = actor_for(officer)
    made(officer, title="First", place="Elm Street")
    with transaction():
        service.remove(service.save("Night", "gun after 22:00", actor=who), actor=who)
    assert queries.saved_of(who) == []
    assert undo(officer).address == "/search?q=gun+after+22%3A00"
    assert [(one.name, one.text) for one in queries.saved_of(who)] == [("Night", "gun after 22:00")]
    with transaction():
        keeping.forget(keeping.keep("Elm", question(place="Elm Street"), actor=who), actor=who)
    assert undo(officer).address == "/library?place=Elm+Street"
    [kept] = keeping.collections_of(who)
    assert (kept.collection.name, kept.count) == ("Elm", 1)


def test_one_whose_name_was_taken_meanwhile_stays_to_be_undone(officer: Officer) -> None:
    who = actor_for(officer)
    with transaction():
        service.remove(service.save("Night", "gun", actor=who), actor=who)
        again = service.save("Night", "knife", actor=who)
    with pytest.raises(Conflict, match="already"):
        undo(officer)
    with transaction():
        service.change(again, name="Night 2", actor=who)
    assert "kept again" in undo(officer).words


def test_a_part_of_a_playlist_comes_back_to_its_place(officer: Officer, people: People) -> None:
    who = actor_for(officer)
    items = [made(officer, title=title) for title in ("One", "Two", "Three")]
    playlist = filled(officer, *(Stretch(one, 1.0, 4.0, f"note {one.title}") for one in items))
    second = playlists.visible_playlist(who, playlist.id).parts[1]
    with transaction():
        playlists.remove(playlist, second, actor=who)
    assert order(playlist, officer) == ["One", "Three"]
    assert undo(officer).address.startswith(f"/playlists/{playlist.id}#p-")
    assert order(playlist, officer) == ["One", "Two", "Three"]
    back = playlists.visible_playlist(who, playlist.id).parts[1]
    assert (back.start_s, back.end_s, back.note) == (1.0, 4.0, "note Two")
    with transaction():
        playlists.remove(playlist, back, actor=who)
        assert room.removes(items[1].id)["moments"] == 0
    with pytest.raises(sa.exc.NoResultFound):
        undo(officer)
    assert session().scalar(sa.select(sa.func.count()).select_from(Undoable)) == 0, (
        "what is deleted for good is forgotten"
    )


def test_what_one_may_see_no_more_does_not_come_back(officer: Officer, people: People) -> None:
    colleague = people.one(unit="South Patrol")
    shared = made(officer, title="Shared")
    with transaction():
        incidents.assign(shared.incident, officer=colleague, actor=actor_for(officer))
    playlist = filled(colleague, Stretch(shared))
    [part] = playlists.visible_playlist(actor_for(colleague), playlist.id).parts
    with transaction():
        playlists.remove(playlist, part, actor=actor_for(colleague))
        incidents.unassign(shared.incident, officer=colleague, actor=actor_for(officer))
    with pytest.raises(NotFound):
        undo(colleague)


def test_the_pages_offer_it(app: Flask, officer: Officer) -> None:
    browser, who = signed_in(app, officer), actor_for(officer)
    with transaction():
        search = service.save("Night", "gun", actor=who)
        collection = keeping.keep("Elm", question(place="Elm Street"), actor=who)
    playlist = filled(officer, Stretch(made(officer, title="One")))
    [part] = playlists.visible_playlist(who, playlist.id).parts
    for path in (
        f"/search/saved/{search.id}/remove",
        f"/library/collections/{collection.id}/forget",
        f"/playlists/{playlist.id}/parts/{part.id}/remove",
    ):
        answer = send(browser, path, page="/account")
        html = browser.get(answer.location).get_data(as_text=True)
        act = session().scalars(sa.select(Undoable.id).order_by(Undoable.at.desc())).first()
        assert f'action="/undo/{act}"' in html, path
        assert send(browser, f"/undo/{act}", page="/account").status_code == 303
