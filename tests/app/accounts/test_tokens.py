"""A phone's token: given for badge and password, kept as a digest, ended at once."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask

from app.accounts.models import ApiToken
from app.core.db import session
from tests.app.accounts.conftest import send
from tests.people import PASSWORD, People, signed_in


def issue(app: Flask, badge: str, password: str = PASSWORD) -> dict:
    """The answer to a phone that asks for a token."""
    return app.test_client().post("/api/v1/tokens", json={"badge": badge, "password": password, "name": "phone"})


def bearer(secret: str) -> dict[str, str]:
    """The header of a phone."""
    return {"Authorization": f"Bearer {secret}"}


def test_badge_and_password_give_a_token_that_opens_the_api(app: Flask, people: People) -> None:
    officer = people.one()
    answer = issue(app, officer.badge)
    assert answer.status_code == 201
    assert answer.json["officer"]["badge"] == officer.badge
    assert app.test_client().get("/api/v1/reports", headers=bearer(answer.json["token"])).status_code == 200
    kept = session().scalars(sa.select(ApiToken)).one()
    assert answer.json["token"] not in (kept.secret_hash, kept.name)


def test_a_token_opens_no_page(app: Flask, people: People) -> None:
    """Whoever finds a phone's token cannot read on with it in a browser."""
    token = issue(app, people.one().badge).json["token"]
    answer = app.test_client().get("/incidents", headers=bearer(token))
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]


def test_a_wrong_password_is_401_and_counts(app: Flask, people: People) -> None:
    officer = people.one()
    for _ in range(5):
        assert issue(app, officer.badge, "wrong wrong wrong").status_code == 401
    assert issue(app, officer.badge).status_code == 401, "locked like any other sign-in"


def test_a_malformed_call_names_the_field(app: Flask) -> None:
    answer = app.test_client().post("/api/v1/tokens", json={"badge": "1001"})
    assert answer.status_code == 422
    assert "password" in answer.get_data(as_text=True)


def test_an_ended_an_expired_and_an_invented_token_open_nothing(app: Flask, people: People, later: Callable) -> None:
    first, second = (issue(app, people.one().badge).json["token"] for _ in range(2))
    client = app.test_client()
    assert client.delete("/api/v1/tokens/current", headers=bearer(first)).status_code == 200
    assert client.get("/api/v1/reports", headers=bearer(first)).status_code == 401
    later(hours=13)
    assert client.get("/api/v1/reports", headers=bearer(second)).status_code == 401
    assert client.get("/api/v1/reports", headers=bearer("invented")).status_code == 401


def test_a_lost_phone_is_ended_from_the_account_page(app: Flask, people: People) -> None:
    officer = people.one()
    secret = issue(app, officer.badge).json["token"]
    token = session().scalars(sa.select(ApiToken)).one()
    browser = signed_in(app, officer)
    assert "phone" in browser.get("/account").get_data(as_text=True)
    stranger = signed_in(app, people.one())
    assert send(stranger, f"/account/tokens/{token.id}/revoke", page="/account").status_code == 404
    assert send(browser, f"/account/tokens/{token.id}/revoke", page="/account").status_code == 303
    assert app.test_client().get("/api/v1/reports", headers=bearer(secret)).status_code == 401


def test_a_cookie_beside_a_token_does_not_count(app: Flask, people: People) -> None:
    browser = signed_in(app, people.one())
    assert browser.get("/api/v1/reports", headers=bearer("invented")).status_code == 401


def test_a_browser_session_is_not_a_token(app: Flask, people: People) -> None:
    browser = signed_in(app, people.one())
    token = (
        browser.get("/account").get_data(as_text=True).split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    )
    assert browser.delete("/api/v1/tokens/current", headers={"X-CSRFToken": token}).status_code == 422
