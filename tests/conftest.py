"""What every test may ask for: a real PostgreSQL, the app on it, people in it, a whole station, and a real Chromium."""

import gc
import re
import shutil
import socket
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, Error, Page, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from app import create_app, embedded, migrate
from app.accounts import passwords
from app.config import Settings
from app.config import settings as current_settings
from app.core import db
from app.models import ALL_ROOMS
from tests.journeys import clips
from tests.journeys.pattern import Asked, asked_about
from tests.journeys.station import TestStation, started
from tests.people import People

assert ALL_ROOMS
USUAL = gc.get_threshold()
gc.set_threshold(50_000, 20, 20)  # while everything is imported there is no rubbish to look for
SHARED = Path(__file__).resolve().parents[2] / "shared"


ALONE = "starting|report_editor|review_queue|findings_review|transcript_editor|audit_and_counts_story|drafting_story|moments_story|player_story|phone_queue|library_story|desk_story|standing|spanish"
TOGETHER = "routes_and_events|flushed|catalogues|hearing|copies|late_clocks|rephrasing"  # what they share takes seconds to make
HEAVY = f"{ALONE}|ledger_commands|seeing|seeing_goes_on|hearing_goes_on|hearing_bad_input|house_rules|reading_train"
STATION = re.compile(rf"tests/(browser|journeys)/(?!test_(?:{ALONE})\.py)")


class FewStations(LoadScopeScheduling):  # type: ignore[misc]
    """Stations are expensive: one runner has the browser stories, another the journeys, and all share the rest, test by
    test, but for the files whose tests share what is made once."""

    def _split_scope(self, nodeid: str) -> str:
        if place := STATION.match(nodeid):
            return place[1]
        return nodeid.partition("::")[0] if _is_of(TOGETHER, nodeid) else nodeid


def _is_of(files: str, nodeid: str) -> bool:
    return re.search(rf"/test_(?:{files})\.py", nodeid) is not None


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> FewStations:
    """How tests are shared out among runners."""
    return FewStations(config, log)


# The list that Playwright gives, which Chromium takes once only, and before it the two windows that the address bar, which
# nobody sees, makes ready beside every page: they cost more than most pages.
OFF = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
]
OFF += ["HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding"]
OFF += ["ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints"]
OFF += ["NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"]
CHROMIUM = pytest.StashKey[Browser]()
NOWHERE = {
    "BLOTTER_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
    "BLOTTER_BROKER_URL": "redis://127.0.0.1:1/0",
}


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Reading the tests of the back room imports it, which looks for its database: that must start none."""
    patch = pytest.MonkeyPatch()
    for name, value in NOWHERE.items():
        patch.setenv(name, value)
    current_settings.cache_clear()
    try:
        return (yield)
    finally:
        patch.undo()
        current_settings.cache_clear()


def pytest_collection_finish() -> None:
    """What was imported stays, and need not be looked through again; what a test leaves is looked for as in use."""
    gc.freeze()
    gc.set_threshold(*USUAL)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The station's tests first, then what takes long: the runners end with what is short, and so at the same time."""
    items.sort(key=lambda item: 0 if STATION.match(item.nodeid) else 1 if _is_of(HEAVY, item.nodeid) else 2)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """A failed story says where its pages stood and what they showed: what a person would have seen."""
    report = yield
    if report.failed and (browser := item.config.stash.get(CHROMIUM, None)):
        for page in [page for context in browser.contexts for page in context.pages]:
            report.sections.append((f"the page at {page.url}", _shown(page)))
    return report


def _shown(page: Page) -> str:
    try:
        return page.locator("body").inner_text(timeout=2_000)[:2_000]
    except Error as error:
        return f"nothing: {error.message}"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a migrated database on an embedded PostgreSQL of this run's own."""
    home = tmp_path_factory.mktemp("postgres")
    url = embedded.database_url(home)
    careless(url)
    migrate.upgrade(url)
    yield url
    db.disconnect()
    _emptying(url).close()
    embedded.stop_database(home)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of a test: everything under a folder of its own."""
    return Settings(home=tmp_path / "home", secret_key="k" * 40, embedded=True)


@pytest.fixture
def app(
    postgres: str,
    settings: Settings,
    portals: dict[str, Flask],
    engines: dict[int, sa.Engine],
    templates: FileSystemBytecodeCache,
) -> Iterator[Flask]:
    """The whole portal on an empty database."""
    empty(postgres)
    if (alike := settings.model_dump_json(exclude={"home"})) not in portals:
        portals[alike] = create_app(settings, database_url=postgres)
        portals[alike].testing = False  # errors must become pages, as in use
        portals[alike].jinja_env.bytecode_cache = templates
    portal = portals[alike]
    if settings.web_threads not in engines:
        engines[settings.web_threads] = db.connect(postgres, pool_size=settings.web_threads)
    db.connect_again(engines[settings.web_threads].execution_options())  # who listens to it hears this test's alone
    before = dict(portal.config)
    portal.config["SETTINGS"] = settings
    yield portal
    portal.config.clear()
    portal.config.update(before)  # a test may have changed it
    db.disconnect()


@pytest.fixture(scope="session")
def engines(postgres: str) -> Iterator[dict[int, sa.Engine]]:
    """By the size of their pools; for all tests of a runner, because what one compiled once it need not compile again."""
    made: dict[int, sa.Engine] = {}
    yield made
    for one in made.values():
        one.dispose()


@pytest.fixture(scope="session")
def portals() -> dict[str, Flask]:
    """The portals of this run by their settings: building one, and its pages anew, costs more than most tests."""
    return {}


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """What the templates became for one portal, for all others of the runner."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords of tests are kept with Argon2id as in use, but with little memory."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=256, parallelism=1))
    yield
    patch.undo()


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
def brief(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The beginning of the traffic stop, three sentences long, for stories that need a draft but not all of it: reading costs time."""
    return clips.beginning(tmp_path_factory.mktemp("brief") / "traffic_stop.mp4", sample, seconds=17)


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Iterator[Browser]:
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
    quiet.append(f"--disable-features={','.join(OFF)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=quiet)
        request.config.stash[CHROMIUM] = browser
        yield browser
        browser.close()


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def careless(url: str) -> None:
    """This one database need not survive a power cut: it waits for no disk. A station's database is as in use."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sa.text(f"ALTER SYSTEM SET {name} = off"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))
    engine.dispose()


def empty(url: str) -> None:
    """Removes every row, past the triggers that refuse it: only ever for tests."""
    connection = _emptying(url)
    full = [name for (name,) in connection.execute(_full(), prepare=True).fetchall()]
    deletes = "".join(f'DELETE FROM "{name}";' for name in full)  # truncating every table takes five times as long
    connection.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deletes} {_RESTART}; COMMIT")
    if quoted := ", ".join(f'"{name}"' for name in full):
        connection.execute(f"VACUUM {quoted}")  # so that rows lie in the order of their coming


@cache
def _emptying(url: str) -> psycopg.Connection[tuple[str]]:
    """One connection for all that is emptied: it has the long question planned."""
    return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)


@cache
def _full() -> str:
    """Asks for the names of the tables that have a row."""
    return " UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in db.Base.metadata.tables)


_RESTART = (
    "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
)


def nobody() -> uuid.UUID:
    """An id that belongs to nothing; always the same, so that every runner names its tests alike."""
    return uuid.UUID("9f1c7e0a-0000-4000-8000-000000000000")


def shared(*parts: str) -> Path:
    """A file of the shared test material; skips, saying so, where it is not there."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared test material is not here: {'/'.join(parts)}")
    return path
