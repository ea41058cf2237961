"""Filters kept for a list: by name, for oneself alone, one of them how the list opens; deleted, and undone."""

import pytest
from flask import Flask

from app.accounts import filters
from app.core import undoing
from app.core.db import session, transaction
from app.core.errors import Conflict, Invalid, NotFound
from app.core.ledger import Event
from app.core.permissions import Role
from app.core.undoing import Undoable
from tests.app.accounts.conftest import send
from tests.people import People, actor_for, signed_in


def test_a_filter_is_kept_shown_opened_with_renamed_and_deleted(app: Flask, people: People) -> None:
    boss = people.one(Role.SUPERVISOR)
    browser, actor = signed_in(app, boss), actor_for(boss)
    narrowed = "/reports?shelf=all&state=returned&text=&cursor=&sort=age&way=up"
    assert browser.get(narrowed).status_code == 200
    sent = {"list": "reports", "name": " Sent  back ", "query": narrowed.split("?")[1], "usual": "yes"}
    answer = send(browser, "/filters", page="/account", **sent)
    assert (answer.status_code, answer.location) == (303, "/reports?shelf=all&state=returned&sort=age&way=up")
    [one] = filters.of(actor, "reports")
    assert (one.name, one.query, one.usual) == ("Sent back", "shelf=all&state=returned&sort=age&way=up", True)
    opened = browser.get("/reports")
    assert (opened.status_code, opened.location) == (303, answer.location), "the list opens with it"
    assert browser.get("/reports?shelf=waiting").status_code == 200, "what is asked for is shown"
    assert "Sent back" in browser.get(answer.location).get_data(as_text=True)
    assert send(browser, f"/filters/{one.id}/bare", page="/account").status_code == 303
    assert browser.get("/reports").status_code == 200
    send(browser, f"/filters/{one.id}/rename", page="/account", name="Came back")
    send(browser, "/filters", page="/account", list="reports", name="Came back", query="state=draft")
    session().expire_all()
    [same] = filters.of(actor, "reports")
    assert (same.id, same.name, same.query) == (one.id, "Came back", "state=draft"), "kept again, it takes its place"
    told = [event.details for event in session().query(Event).filter(Event.act.like("accounts:filter:%"))]
    assert len(told) == 5
    assert not any("back" in repr(one) or "returned" in repr(one) for one in told), "neither its name nor its words"
    stranger = signed_in(app, people.one(Role.SUPERVISOR))
    for path in ("rename", "usual", "forget"):
        assert send(stranger, f"/filters/{one.id}/{path}", page="/account", name="Mine").status_code == 404


def test_the_incidents_open_with_theirs_and_one_alone(app: Flask, people: People) -> None:
    officer = people.one()
    browser, actor = signed_in(app, officer), actor_for(officer)
    for name, query in (("Open", "state=open"), ("Stops", "kind=traffic_stop")):
        send(browser, "/filters", page="/account", list="incidents", name=name, query=query, usual="yes")
    assert [(one.name, one.usual) for one in filters.of(actor, "incidents")] == [("Open", False), ("Stops", True)]
    assert browser.get("/incidents").location == "/incidents?kind=traffic_stop"
    html = browser.get("/incidents?kind=traffic_stop").get_data(as_text=True)
    assert "/incidents?state=open" in html
    assert filters.of(actor_for(people.one()), "incidents") == []


def test_what_cannot_be_kept_is_refused_in_words(app: Flask, people: People) -> None:
    officer = people.one()
    browser, actor = signed_in(app, officer), actor_for(officer)
    for name, query, why in (
        ("", "state=open", "Give the filter a name"),
        ("x" * 61, "state=open", "At most 60 characters"),
        ("Bare", "cursor=x&nonsense=1", "This list is not narrowed"),
        ("Long", f"text={'x' * 700}", "too long to be kept"),
    ):
        answer = send(browser, "/filters", page="/account", list="incidents", name=name, query=query)
        assert why in browser.get(answer.location).get_data(as_text=True), name
    assert send(browser, "/filters", page="/account", list="officers", name="x", query="a=b").status_code == 422
    with transaction():
        for number in range(filters.MOST):
            filters.keep("incidents", f"Number {number}", "state=open", actor=actor)
    with pytest.raises(Conflict, match="already"):
        filters.keep("incidents", "One more", "state=open", actor=actor)
    first, second = filters.of(actor, "incidents")[:2]
    with pytest.raises(Conflict, match="already"):
        filters.rename(second, first.name, actor=actor)
    with pytest.raises(Invalid):
        filters.query_of("nothing", [])
    session().rollback()


def test_a_deleted_filter_is_undone_once_by_its_officer_and_not_after_an_hour(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = people.one()
    browser, actor = signed_in(app, officer), actor_for(officer)
    with transaction():
        one = filters.keep("incidents", "Open", "state=open", usual=True, actor=actor)
    answer = send(browser, f"/filters/{one.id}/forget", page="/account")
    html = browser.get(answer.location).get_data(as_text=True)
    assert "data-undo-last" in html
    act = session().query(Undoable.id).scalar()
    stranger = signed_in(app, people.one())
    assert send(stranger, f"/undo/{act}", page="/account").status_code == 404
    done = send(browser, f"/undo/{act}", page="/account")
    assert (done.status_code, done.location) == (303, "/incidents?state=open")
    session().expire_all()
    [again] = filters.of(actor, "incidents")
    assert (again.name, again.usual) == ("Open", True)
    assert send(browser, f"/undo/{act}", page="/account").status_code == 404, "once"
    with transaction():
        act = filters.forget(again, actor=actor)
    with transaction():
        for number in range(filters.MOST):
            filters.keep("incidents", f"Number {number}", "state=open", actor=actor)
    refused = send(browser, f"/undo/{act}", page="/account", here="/incidents?state=open")
    assert "Not undone" in browser.get(refused.location).get_data(as_text=True), "and it stays to be undone"
    hour = undoing.now() + undoing.KEPT * 1.01
    monkeypatch.setattr(undoing, "now", lambda: hour)
    with pytest.raises(NotFound):
        undoing.undo(act, actor=actor)
    with transaction():
        undoing.offer("accounts:filter", {}, actor=actor)
    assert session().query(Undoable).count() == 1, "what is older than an hour is forgotten"
