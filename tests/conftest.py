"""What every test may ask for: a real PostgreSQL, the app on it, people in it, and hands to sign them in."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app import create_app, embedded, migrate
from app.config import Settings
from app.core import db
from app.models import ALL_ROOMS
from tests.people import People

assert ALL_ROOMS
SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a migrated database on an embedded PostgreSQL of this run's own."""
    home = tmp_path_factory.mktemp("postgres")
    url = embedded.database_url(home)
    migrate.upgrade(url)
    yield url
    db.disconnect()
    embedded.stop_database(home)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of a test: everything under a folder of its own."""
    return Settings(home=tmp_path / "home", secret_key="k" * 40, embedded=True)


@pytest.fixture
def app(postgres: str, settings: Settings) -> Iterator[Flask]:
    """The whole portal on an empty database."""
    empty(postgres)
    portal = create_app(settings, database_url=postgres)
    portal.testing = False  # errors must become pages, as in use
    yield portal
    db.disconnect()


@pytest.fixture
def people(app: Flask) -> People:
    """Units and officers of every role, as needed."""
    return People()


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., FlaskClient]:
    """A browser signed in as an officer: `sign_in(officer)`."""
    from tests.people import signed_in

    return lambda officer: signed_in(app, officer)


def empty(url: str) -> None:
    """Removes every row, past the triggers that refuse it: only ever for tests."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    names = ", ".join(f'"{table.name}"' for table in db.Base.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()


def nobody() -> uuid.UUID:
    """An id that belongs to nothing."""
    return uuid.uuid4()


def shared(*parts: str) -> Path:
    """A file of the shared test material; skips, saying so, where it is not there."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared test material is not here: {'/'.join(parts)}")
    return path
