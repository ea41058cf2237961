"""Programs are counted by the minute and told what is left; what is sent twice with one key is one act."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.config import Settings
from app.core import rates, repeats
from app.core.clock import now
from app.core.db import close_session, session, transaction
from app.core.rates import ApiUse
from app.core.repeats import Repeat
from app.search.models import SavedSearch
from tests.people import PASSWORD, People

SEARCH = {"name": "Cars", "text": "car after 22:00"}


@pytest.fixture
def bearer(app: Flask, people: People) -> dict[str, str]:
    return token(app, people)


def token(app: Flask, people: People) -> dict[str, str]:
    """The header of a program with an officer's token."""
    given = {"badge": people.one().badge, "password": PASSWORD}
    said = app.test_client().post("/api/v1/tokens", json=given).json
    assert said is not None
    return {"Authorization": f"Bearer {said['token']}"}


def few(app: Flask, allowed: int) -> FlaskClient:
    """A client of a portal that allows few requests a minute."""
    settings: Settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"api_per_minute": allowed})
    return app.test_client()


def test_every_answer_says_what_is_left_and_beyond_it_comes_429(
    app: Flask, people: People, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = now().replace(second=10)
    monkeypatch.setattr(rates, "now", lambda: noon)
    client = few(app, 3)
    left = [client.get("/api/v1/reports", headers=bearer).headers["RateLimit"] for _ in range(3)]
    assert left == [f'"minute";r={n};t=50' for n in (2, 1, 0)]
    refused = client.get("/api/v1/reports", headers=bearer)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "50"
    assert refused.headers["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert refused.json is not None
    assert "50 seconds" in refused.json["remedy"]
    other = token(app, people)
    assert client.get("/api/v1/reports", headers=other).status_code == 200, "everybody has a minute of their own"
    monkeypatch.setattr(rates, "now", lambda: noon + timedelta(minutes=1))
    assert client.get("/api/v1/reports", headers=bearer).status_code == 200


def test_strangers_are_counted_by_their_address(app: Flask) -> None:
    client = few(app, 1)
    answers = [client.get("/api/v1/key", environ_base={"REMOTE_ADDR": one}) for one in ("10.0.0.1", "10.0.0.2")]
    assert [one.status_code for one in answers] == [200, 200]
    kept = session().scalars(sa.select(ApiUse.who)).all()
    assert "10.0.0.1" not in " ".join(kept), "no address is kept"


def test_pages_and_uploads_are_not_counted(app: Flask, bearer: dict[str, str]) -> None:
    client = few(app, 1)
    for _ in range(3):
        assert "RateLimit" not in client.get("/sign-in").headers
        assert client.options("/api/v1/uploads", headers=bearer).status_code == 204


def test_counts_of_long_ago_are_forgotten(app: Flask, bearer: dict[str, str]) -> None:
    app.test_client().get("/api/v1/reports", headers=bearer)
    with transaction():
        assert rates.forget_idle() == 0
        session().execute(sa.update(ApiUse).values(minute=ApiUse.minute - 2000))
        assert rates.forget_idle() >= 1


def test_the_same_key_is_one_act_with_one_answer(app: Flask, bearer: dict[str, str]) -> None:
    client, keyed = app.test_client(), {**bearer, "Idempotency-Key": "k-1"}
    first, second = (client.post("/api/v1/searches", json=SEARCH, headers=keyed) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert session().scalar(sa.select(sa.func.count()).select_from(SavedSearch)) == 1
    without = client.post("/api/v1/searches", json=SEARCH, headers=bearer)
    assert without.status_code == 409, "without a key it is asked anew, and the name is taken"


def test_a_key_used_for_something_else_is_refused_by_its_name(app: Flask, bearer: dict[str, str]) -> None:
    client, keyed = app.test_client(), {**bearer, "Idempotency-Key": "k-1"}
    client.post("/api/v1/searches", json=SEARCH, headers=keyed)
    other = client.post("/api/v1/searches", json={**SEARCH, "name": "Others"}, headers=keyed)
    assert (other.status_code, other.json["field"] if other.json else "") == (422, "Idempotency-Key")
    wrong = client.post("/api/v1/searches", json=SEARCH, headers={**bearer, "Idempotency-Key": "two words"})
    assert (wrong.status_code, wrong.json["field"] if wrong.json else "") == (422, "Idempotency-Key")


def test_a_refusal_is_not_kept(app: Flask, bearer: dict[str, str]) -> None:
    client, keyed = app.test_client(), {**bearer, "Idempotency-Key": "k-1"}
    assert client.post("/api/v1/searches", json={"name": "", "text": "car"}, headers=keyed).status_code == 422
    assert client.post("/api/v1/searches", json=SEARCH, headers=keyed).status_code == 201


def test_two_officers_may_use_the_same_key(app: Flask, people: People, bearer: dict[str, str]) -> None:
    for one in (bearer, token(app, people)):
        answer = app.test_client().post("/api/v1/searches", json=SEARCH, headers={**one, "Idempotency-Key": "k-1"})
        assert answer.status_code == 201


def test_many_at_once_with_one_key_make_one(app: Flask, bearer: dict[str, str]) -> None:
    start = threading.Barrier(5)

    def send(_number: int) -> int:
        start.wait()
        try:
            keyed = {**bearer, "Idempotency-Key": "k-1"}
            return app.test_client().post("/api/v1/searches", json=SEARCH, headers=keyed).status_code
        finally:
            close_session()

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(send, range(5)))
    assert set(answers) <= {201, 409}
    assert 201 in answers
    assert session().scalar(sa.select(sa.func.count()).select_from(SavedSearch)) == 1


def test_who_died_while_answering_does_not_block_the_key_for_ever(app: Flask, bearer: dict[str, str]) -> None:
    client, keyed = app.test_client(), {**bearer, "Idempotency-Key": "k-1"}
    client.post("/api/v1/searches", json=SEARCH, headers=keyed)
    with transaction():
        session().execute(sa.delete(SavedSearch))
        session().execute(sa.update(Repeat).values(status=None, begun_at=now()))
    assert client.post("/api/v1/searches", json=SEARCH, headers=keyed).status_code == 409
    with transaction():
        session().execute(sa.update(Repeat).values(begun_at=now() - repeats.UNDER_WAY - timedelta(seconds=1)))
    assert client.post("/api/v1/searches", json=SEARCH, headers=keyed).status_code == 201


def test_after_a_day_a_key_is_forgotten(app: Flask, bearer: dict[str, str]) -> None:
    app.test_client().post("/api/v1/searches", json=SEARCH, headers={**bearer, "Idempotency-Key": "k-1"})
    with transaction():
        assert repeats.forget_old() == 0
        session().execute(sa.update(Repeat).values(begun_at=now() - repeats.KEPT - timedelta(seconds=1)))
        assert repeats.forget_old() == 1
