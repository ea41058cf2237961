"""What was acknowledged is on disk, though appenders to the ledger do not wait for each other's disk."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from app import embedded, migrate
from app.core import db, ledger
from app.core.actor import machine
from app.core.db import await_disk, close_session, session, transaction

ACTOR = machine("test")
WRITERS = 4
CRASHES = 5


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of a PostgreSQL of our own that writes its log only when asked: nothing gets to disk by the way."""
    home = tmp_path_factory.mktemp("flushed")
    url = embedded.database_url(home)
    migrate.upgrade(url)
    with _superuser(url) as own:
        own.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        own.execute("ALTER SYSTEM SET wal_writer_flush_after = 0")
        own.execute("ALTER SYSTEM SET autovacuum = off")
        own.execute("CREATE ROLE portal LOGIN")
        own.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO portal")
    embedded.stop_database(home)
    embedded.database_url(home)
    yield home
    embedded.stop_database(home)


@pytest.fixture
def portal(server: Path) -> Iterator[str]:
    """Connected as an ordinary role, who may use tables and functions and nothing else; its address."""
    url = sa.make_url(embedded.database_url(server)).set(username="portal").render_as_string(hide_password=False)
    db.connect(url, pool_size=WRITERS)
    yield url
    db.disconnect()


def _superuser(url: str) -> psycopg.Connection:
    plain = sa.make_url(url).set(username="postgres", drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)


def _record(number: int = 1) -> ledger.Entry:
    return ledger.record("core:thing:done", actor=ACTOR, subject_kind="thing", subject_id=number)


def _unflushed(watcher: psycopg.Connection) -> int:
    """Bytes of the log that a crash of the machine would lose."""
    row = watcher.execute("SELECT pg_current_wal_insert_lsn() - pg_current_wal_flush_lsn()").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("setting", ["on", "local", "off"])
def test_what_is_acknowledged_is_on_disk_whatever_the_server_is_set_to(portal: str, setting: str) -> None:
    with _superuser(portal) as watcher:
        with transaction() as current:
            current.execute(sa.text(f"SET synchronous_commit = {setting}"))
        for _ in range(5):
            with transaction():
                _record()
            assert _unflushed(watcher) == 0
        assert session().execute(sa.text("SHOW synchronous_commit")).scalar() == setting


def test_without_waiting_it_would_not_be(portal: str) -> None:
    """The other tests can fail: a commit that does not wait is seen to be off the disk, until it is waited for."""
    with _superuser(portal) as watcher:
        await_disk()
        with transaction() as current:
            current.execute(sa.text("SET LOCAL synchronous_commit = off"))
            current.execute(sa.text("INSERT INTO unit (id, name) VALUES (gen_random_uuid(), 'Not yet')"))
        assert _unflushed(watcher) > 0
        await_disk()
        assert _unflushed(watcher) == 0


def test_a_disk_that_cannot_be_waited_for_is_an_error(portal: str) -> None:
    """Nobody is told "done" when the second step fails; transactions without an event do not need it."""
    with _superuser(portal) as own:
        found = own.execute("SELECT oid::regprocedure::text FROM pg_proc WHERE proname = 'pg_logical_emit_message'")
        names = [name for (name,) in found]
        _each(own, "REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC", names)
        try:
            with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), transaction():
                _record()
            with transaction() as current:
                current.execute(sa.text("INSERT INTO unit (id, name) VALUES (gen_random_uuid(), 'No event')"))
        finally:
            _each(own, "GRANT EXECUTE ON FUNCTION {} TO PUBLIC", names)
    with transaction():
        _record()


def _each(own: psycopg.Connection, statement: str, names: list[str]) -> None:
    for name in names:
        own.execute(statement.format(name))


def test_a_refused_commit_keeps_nothing(portal: str) -> None:
    """An error in the first step undoes the act and its event, and what follows on the connection is as ever."""
    before = ledger.head()
    session().rollback()
    with _superuser(portal) as own:
        own.execute("ALTER TABLE unit ADD CONSTRAINT later UNIQUE (name) DEFERRABLE INITIALLY DEFERRED")
        try:
            with pytest.raises(sa.exc.IntegrityError), transaction() as current:
                for _ in range(2):
                    current.execute(sa.text("INSERT INTO unit (id, name) VALUES (gen_random_uuid(), 'Twice')"))
                _record()
        finally:
            own.execute("ALTER TABLE unit DROP CONSTRAINT later")
    assert ledger.head() == before
    assert session().execute(sa.text("SELECT count(*) FROM unit WHERE name = 'Twice'")).scalar() == 0


def test_no_acknowledged_event_is_lost_in_a_crash(server: Path, portal: str) -> None:
    """Every process of PostgreSQL is killed (-9) while writers append; then it recovers from what it had written."""
    kept: dict[int, str] = {}
    for _ in range(CRASHES):
        before = len(kept)
        db.connect(portal, pool_size=WRITERS)
        writers = [threading.Thread(target=_write, args=(kept,)) for _ in range(WRITERS)]
        for one in writers:
            one.start()
        while len(kept) < before + 20 and any(one.is_alive() for one in writers):
            time.sleep(0.001)
        _crash(server)
        for one in writers:
            one.join()
        embedded.database_url(server)
        db.connect(portal)
        found = {row.seq: row.hash for row in session().execute(sa.select(ledger.Event.seq, ledger.Event.hash))}
        assert len(kept) > before
        assert {seq: found.get(seq) for seq in kept} == kept
        assert list(ledger.faults()) == []


def _write(kept: dict[int, str]) -> None:
    """Appends until the database is gone; notes each event after it was acknowledged, and only then."""
    try:
        while True:
            with transaction():
                entry = _record(threading.get_ident() % 10)
            kept[entry.seq] = entry.hash
    except sa.exc.DBAPIError:
        close_session()


def _crash(home: Path) -> None:
    top = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
    family = [top, *_children(top)]
    for pid in family:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    while any(Path(f"/proc/{pid}").exists() for pid in family):
        time.sleep(0.01)


def _children(parent: int) -> list[int]:
    return [int(pid) for task in Path(f"/proc/{parent}/task").iterdir() for pid in _read(task / "children").split()]


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
