"""What every test may ask for: a real PostgreSQL, the app on it, people in it, a whole station, and a real Chromium."""

import re
import shutil
import socket
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from app import create_app, embedded, migrate
from app.config import Settings
from app.core import db
from app.models import ALL_ROOMS
from tests.journeys.pattern import Asked, asked_about
from tests.journeys.station import TestStation, started
from tests.people import People

assert ALL_ROOMS
SHARED = Path(__file__).resolve().parents[2] / "shared"


STATION = re.compile(
    r"tests/(?:browser|journeys)/(?!test_(?:starting|nibrs_story|report_editor|review_queue|transcript_editor)\.py)"
)


class OneStation(LoadScopeScheduling):  # type: ignore[misc]
    """Of two runners one has the station and all that needs it, from the start; the other has the rest."""

    def _split_scope(self, nodeid: str) -> str:
        return "station" if STATION.match(nodeid) else nodeid


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneStation:
    """How tests are shared out among runners."""
    return OneStation(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The station's tests first: they take longest."""
    items.sort(key=lambda item: STATION.match(item.nodeid) is None)


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


@pytest.fixture(scope="session")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestStation]:
    """Web, relay, three workers, scheduler, PostgreSQL and Redis, all real; each story makes its own people."""
    with started(tmp_path_factory.mktemp("station"), port=free_port()) as running:
        yield running


@pytest.fixture(scope="session")
def asked(station: TestStation) -> Asked:
    """An officer of the station about whom the patterns ask; shared, so that a story must not answer the alert."""
    return asked_about(station)


@pytest.fixture(scope="session")
def sample() -> Path:
    """The traffic stop."""
    return Path(__file__).resolve().parents[1] / "samples" / "traffic_stop.mp4"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless; skips, saying so, where there is none."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium on this machine (Debian's package chromium)")
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--autoplay-policy=no-user-gesture-required",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=quiet)
        yield browser
        browser.close()


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def empty(url: str) -> None:
    """Removes every row, past the triggers that refuse it: only ever for tests."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    names = ", ".join(f'"{table.name}"' for table in db.Base.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    engine.dispose()


def nobody() -> uuid.UUID:
    """An id that belongs to nothing; always the same, so that every runner names its tests alike."""
    return uuid.UUID("9f1c7e0a-0000-4000-8000-000000000000")


def shared(*parts: str) -> Path:
    """A file of the shared test material; skips, saying so, where it is not there."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared test material is not here: {'/'.join(parts)}")
    return path
