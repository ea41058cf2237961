"""Sessions live on the server: what ends them, what they outlast, and what a lost cookie is worth."""

import re
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from app.accounts import service
from app.accounts.models import SignInSession
from app.core.actor import machine
from app.core.db import session, transaction
from tests.app.accounts.conftest import send
from tests.people import PASSWORD, People, signed_in


def cookie_of(browser) -> str:
    """The session cookie as it would be stolen."""
    return browser.get_cookie("blotter").value


def test_c5_an_old_cookie_is_worth_nothing_after_signing_out(app: Flask, people: People) -> None:
    browser = signed_in(app, people.one())
    stolen = cookie_of(browser)
    answer = send(browser, "/sign-out", page="/account")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = app.test_client()
    thief.set_cookie("blotter", stolen)
    assert thief.get("/").location.startswith("/sign-in")
    assert thief.get("/api/v1/reports").status_code == 401


def test_c5_the_cookie_is_for_this_server_alone(app: Flask, people: People, attempt: Callable) -> None:
    said = attempt(people.one()).headers["Set-Cookie"]
    assert "HttpOnly" in said
    assert "SameSite=Lax" in said or "SameSite=Strict" in said
    assert "Domain=" not in said
    assert "Expires=" not in said, "it does not outlast the browser"


def test_c5_only_a_digest_of_the_secret_is_kept(app: Flask, people: People) -> None:
    browser = signed_in(app, people.one())
    with browser.session_transaction() as cookie:
        secret = cookie["_user_id"]
    assert len(secret) >= 32
    kept = session().scalars(sa.select(SignInSession.secret_hash)).one()
    assert secret not in kept


def test_c3_half_an_hour_without_a_sign_hides_the_screen(people: People, sign_in: Callable, later: Callable) -> None:
    officer = people.one(name="Nora Quill")
    browser = sign_in(officer)
    later(minutes=31)
    locked = browser.get("/incidents?kind=theft")
    assert locked.status_code == 303
    assert locked.location.startswith("/locked?next=/incidents")
    assert browser.get("/api/v1/reports").status_code == 401
    screen = browser.get("/locked").get_data(as_text=True)
    assert "Incidents" not in screen
    wrong = send(browser, "/locked", page="/locked", password="not this one")
    assert wrong.status_code == 422
    right = send(browser, "/locked?next=/incidents", page="/locked", password=PASSWORD)
    assert right.location == "/incidents"
    assert browser.get("/incidents").status_code == 200


def test_wrong_passwords_at_the_locked_screen_lock_the_account(
    people: People, sign_in: Callable, later: Callable
) -> None:
    officer = people.one()
    browser = sign_in(officer)
    later(minutes=31)
    for _ in range(5):
        send(browser, "/locked", page="/locked", password="not this one")
    assert browser.get("/locked").status_code == 303, "the session has ended with the lock"
    session().expire_all()
    assert session().get(type(officer), officer.id).locked_at is not None


def test_activity_keeps_a_session_open(people: People, sign_in: Callable, later: Callable) -> None:
    browser = sign_in(people.one())
    for _ in range(3):
        later(minutes=20)
        assert browser.get("/incidents").status_code == 200


def test_c3_a_page_that_asks_by_itself_keeps_nothing_open(people: People, sign_in: Callable, later: Callable) -> None:
    """Steps poll every two seconds; an untouched incident page must lock all the same."""
    browser = sign_in(people.one())
    by_itself = {"X-Blotter-Poll": "1"}
    later(minutes=20)
    assert browser.get("/incidents", headers=by_itself).status_code == 200
    later(minutes=11)
    assert browser.get("/incidents", headers=by_itself).location.startswith("/locked")


def test_c4_twelve_hours_end_it_however_busy(people: People, sign_in: Callable, later: Callable) -> None:
    browser = sign_in(people.one())
    for _ in range(25):
        later(minutes=29)
        answer = browser.get("/incidents")
    assert answer.location.startswith("/sign-in")


def test_c11_closing_an_account_ends_its_sessions_at_once(app: Flask, people: People) -> None:
    officer = people.one()
    browser = signed_in(app, officer)
    assert browser.get("/incidents").status_code == 200
    with transaction():
        service.close(officer, actor=machine("test"))
    assert browser.get("/incidents").location.startswith("/sign-in")


def test_another_browser_of_mine_can_be_ended_from_here(app: Flask, people: People) -> None:
    officer = people.one()
    here, there = signed_in(app, officer), signed_in(app, officer)
    with there.session_transaction() as cookie:
        digest = service._digest(cookie["_user_id"])
    other = session().scalars(sa.select(SignInSession).where(SignInSession.secret_hash == digest)).one()
    assert send(here, f"/account/sessions/{other.id}/end", page="/account").status_code == 303
    assert there.get("/").location.startswith("/sign-in")
    assert here.get("/").status_code == 200


def test_nobody_ends_somebody_elses_session(app: Flask, people: People) -> None:
    mine, yours = signed_in(app, people.one()), people.one()
    other = signed_in(app, yours)
    entry = session().scalars(sa.select(SignInSession).where(SignInSession.officer_id == yours.id)).one()
    assert send(mine, f"/account/sessions/{entry.id}/end", page="/account").status_code == 404
    assert other.get("/").status_code == 200


def test_the_new_password_is_asked_for_twice(app: Flask, people: People) -> None:
    here = signed_in(app, people.one())
    page = here.get("/account").get_data(as_text=True)
    assert re.search(r'<input[^>]* id="again"[^>]* required', page)
    assert "optional" not in page
    answer = send(here, "/account/password", page="/account", old=PASSWORD, password="a quite different one", again="")
    assert (answer.status_code, "Type the new password again." in answer.get_data(as_text=True)) == (422, True)


def test_a_device_is_named_as_people_name_it(app: Flask, people: People) -> None:
    officer = people.one()
    chrome = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile"
    browser = signed_in(app, officer)
    with transaction() as db:
        db.execute(sa.update(SignInSession).where(SignInSession.officer_id == officer.id).values(device=chrome))
    page = browser.get("/account").get_data(as_text=True)
    assert "Chrome 126, Android" in page
    assert "AppleWebKit" not in page


def test_a_new_password_ends_the_other_sessions(app: Flask, people: People) -> None:
    officer = people.one()
    here, there = signed_in(app, officer), signed_in(app, officer)
    new = "a quite different one"
    answer = send(here, "/account/password", page="/account", old=PASSWORD, password=new, again=new)
    assert answer.status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").location.startswith("/sign-in")
