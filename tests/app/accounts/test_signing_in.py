"""Signing in: the notice, what a wrong try learns, the lock-out, where one lands, and forged forms."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import service
from app.accounts.models import Officer
from app.core.actor import machine
from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.permissions import Role
from tests.app.accounts.conftest import send
from tests.people import PASSWORD, People, signed_in

WRONG = "Badge or password is wrong, or the account is locked."


def acts(officer: Officer) -> list[str]:
    """What the ledger says of an account, in order."""
    query = sa.select(Event.act).where(Event.subject_id == str(officer.id)).order_by(Event.seq)
    return list(session().scalars(query))


def test_c2_the_notice_comes_before_the_password(app: Flask, people: People, attempt: Callable) -> None:
    officer = people.one()
    html = app.test_client().get("/sign-in").get_data(as_text=True)
    for words in ("restricted system", "monitored, recorded and audited", "penalties", "consent"):
        assert words in html
    refused = attempt(officer, notice="")
    assert refused.status_code == 422
    assert "Read the notice and tick the box." in refused.get_data(as_text=True)


def test_the_right_password_leads_home_and_is_in_the_ledger(people: People, attempt: Callable) -> None:
    officer = people.one()
    answer = attempt(officer)
    assert (answer.status_code, answer.location) == (303, "/")
    assert acts(officer)[-1] == "accounts:officer:sign-in"


def test_a_wrong_try_learns_nothing(app: Flask, people: People, attempt: Callable) -> None:
    """The same words for a wrong password, an unknown badge, a locked account and a closed one."""
    officer, locked, closed = people.one(), people.one(), people.one()
    with transaction():
        service.close(closed, actor=machine("test"))
    for _ in range(5):
        attempt(locked, "wrong wrong wrong")
    stranger = Officer(badge="9999999")
    pages = [attempt(officer, "wrong wrong wrong"), attempt(stranger), attempt(locked), attempt(closed)]
    assert [page.status_code for page in pages] == [422] * 4
    assert all(WRONG in page.get_data(as_text=True) for page in pages)


def test_c1_the_sixth_try_is_refused_although_right_until_an_administrator_unlocks(
    people: People, attempt: Callable, sign_in: Callable, later: Callable
) -> None:
    officer, admin = people.one(), people.one(Role.ADMINISTRATOR)
    for _ in range(5):
        assert attempt(officer, "wrong wrong wrong").status_code == 422
    assert attempt(officer).status_code == 422
    later(days=2)
    assert attempt(officer).status_code == 422, "time alone unlocks nothing"
    browser = sign_in(admin)
    answer = send(browser, f"/accounts/{officer.id}/unlock", page=f"/accounts/{officer.id}")
    assert answer.status_code == 303
    assert attempt(officer).status_code == 303
    assert {"accounts:officer:lock", "accounts:officer:unlock"} <= set(acts(officer))


def test_four_wrong_tries_and_old_ones_lock_nobody(people: People, attempt: Callable, later: Callable) -> None:
    officer = people.one()
    for _ in range(4):
        attempt(officer, "wrong wrong wrong")
    later(minutes=16)
    for _ in range(4):
        attempt(officer, "wrong wrong wrong")
    assert attempt(officer).status_code == 303


def test_a_locked_account_ends_what_is_signed_in_with_it(people: People, attempt: Callable, sign_in: Callable) -> None:
    officer = people.one()
    browser = sign_in(officer)
    for _ in range(5):
        attempt(officer, "wrong wrong wrong")
    assert browser.get("/").status_code == 303


@pytest.mark.parametrize(
    "target", ["https://evil.example/x", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil"]
)
def test_the_way_on_never_leaves_the_house(people: People, attempt: Callable, target: str) -> None:
    assert attempt(people.one(), path=f"/sign-in?next={target}").location == "/"


def test_one_lands_where_one_was_going(app: Flask, people: People, attempt: Callable) -> None:
    asked = app.test_client().get("/reports?shelf=all")
    assert asked.status_code == 303
    assert asked.location == "/sign-in?next=/reports?shelf%3Dall" or "next=" in asked.location
    assert attempt(people.one(), path="/sign-in?next=/reports").location == "/reports"


def test_a_form_without_its_token_is_refused(app: Flask, people: People) -> None:
    officer = people.one()
    client = app.test_client()
    answer = client.post("/sign-in", data={"badge": officer.badge, "password": PASSWORD, "notice": "y"})
    assert answer.status_code == 400
    browser = signed_in(app, officer)
    assert browser.post("/account/password", data={"old": PASSWORD}).status_code == 400


def test_a_strangers_call_to_the_api_is_told_to_sign_in(app: Flask) -> None:
    """401, not the 400 of a forged form: a stranger has no session to ride on."""
    for method, path in (("post", "/api/v1/uploads"), ("delete", "/api/v1/tokens/current"), ("get", "/api/v1/reports")):
        answer = getattr(app.test_client(), method)(path, headers={"Tus-Resumable": "1.0.0"})
        assert answer.status_code == 401, path
        assert answer.content_type == "application/problem+json"


def test_a_temporary_password_opens_only_its_own_change(app: Flask, people: People) -> None:
    officer = people.one()
    with transaction():
        service.reset_password(officer, password="for the first day", actor=machine("test"))
    browser = signed_in(app, officer, "for the first day")
    assert browser.get("/incidents").location == "/account"
    assert browser.get("/api/v1/reports").status_code == 403
    changed = send(
        browser,
        "/account/password",
        page="/account",
        old="for the first day",
        password="something of my own",
        again="something of my own",
    )
    assert changed.status_code == 303
    assert browser.get("/incidents").status_code == 200
