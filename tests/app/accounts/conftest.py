"""A clock that tests can turn forward, and hands for the forms of accounts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.models import ApiToken, Officer, SignInAttempt, SignInSession
from app.core.db import transaction
from tests.people import PASSWORD, csrf_token


@pytest.fixture
def later(app: Flask) -> Callable[..., None]:
    """`later(minutes=31)`: that much time passes for everybody signed in, by moving what is on record back."""

    def pass_time(**time: float) -> None:
        gone = timedelta(**time)
        with transaction() as session:
            for model, columns in (
                (SignInSession, ("created_at", "last_seen_at", "expires_at")),
                (ApiToken, ("created_at", "expires_at")),
                (SignInAttempt, ("at",)),
            ):
                values = {name: getattr(model, name) - gone for name in columns}
                session.execute(sa.update(model).values(values))

    return pass_time


@pytest.fixture
def attempt(app: Flask) -> Callable[..., TestResponse]:
    """`attempt(officer, password)`: a try at the sign-in page by a fresh browser."""

    def go(officer: Officer, password: str = PASSWORD, *, path: str = "/sign-in", notice: str = "y") -> TestResponse:
        client = app.test_client()
        data = {"csrf_token": csrf_token(client), "badge": officer.badge, "password": password}
        return client.post(path, data=data | ({"notice": notice} if notice else {}))

    return go


def send(client: FlaskClient, path: str, *, page: str, **values: str) -> TestResponse:
    """A form of `page`, posted to `path` with its token."""
    return client.post(path, data={"csrf_token": csrf_token(client, page), **values})
