"""The database: one engine per process, one session per thread, one place that commits."""

import enum
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import JSONB

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(orm.DeclarativeBase):
    """Every table of the house. `dict` columns are JSONB, datetimes carry a time zone."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: sa.DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        uuid.UUID: sa.Uuid(),
    }


class Identified:
    """A row known by a random UUID, given out by Python so that it is known before the flush."""

    id: orm.Mapped[uuid.UUID] = orm.mapped_column(primary_key=True, default=uuid.uuid4)


def choice(kind: type[enum.StrEnum]) -> sa.Enum:
    """A column type that keeps a StrEnum by its value, as text, so that adding a value needs no type change."""
    return sa.Enum(kind, native_enum=False, length=32, values_callable=lambda e: [m.value for m in e])


_AWAY = ("08", "57P")  # PostgreSQL, appendix A: connection exceptions; shut down, crashed, or not yet accepting any
# An empty record, committed so that it is waited for even where the server's own setting is not to wait.
_ON_DISK = """SELECT pg_logical_emit_message(true, 'blotter', ''), set_config('synchronous_commit',
    CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)"""
_sessions: orm.scoped_session[orm.Session] | None = None


class _Connection(psycopg.Connection[Any]):
    """A connection that can commit in two steps: first the locks are given up, then the disk is waited for.

    Both go to the server as one message. An empty record is written behind the commit and committed in the usual way:
    what is on disk up to there holds the commit too, and one sync of the disk serves all who wait for it.
    """

    early = False

    def commit(self) -> None:
        """As in psycopg; an error after the first step leaves it open, as ever, whether the commit came to be."""
        if not self.early:
            return super().commit()
        self.early = False
        self.execute(f"SET LOCAL synchronous_commit = off; COMMIT; {_ON_DISK}", prepare=False)
        return None

    def rollback(self) -> None:
        """As in psycopg."""
        self.early = False
        super().rollback()


def connect(url: str, *, pool_size: int = 8) -> sa.Engine:
    """Binds this process to the database at `url`. Call once per process, after any fork."""
    disconnect()
    engine = sa.create_engine(url, pool_size=pool_size, max_overflow=8, pool_pre_ping=True)
    sa.event.listen(engine, "do_connect", lambda _dialect, _record, given, named: _Connection.connect(*given, **named))
    return connect_again(engine)


def connect_again(engine: sa.Engine) -> sa.Engine:
    """Binds this process to an engine that `connect` gave before: it knows the statements that it compiled."""
    global _sessions
    disconnect()
    _sessions = orm.scoped_session(orm.sessionmaker(engine, expire_on_commit=False))
    return engine


def disconnect() -> None:
    """Gives every connection back. Safe when never connected."""
    global _sessions
    if _sessions is not None:
        engine = _sessions.get_bind()
        _sessions.remove()
        if isinstance(engine, sa.Engine):
            engine.dispose()
    _sessions = None


@contextmanager
def connected(url: str) -> Iterator[None]:
    """The process connected to `url` for as long as the block runs; what it was connected to before comes back."""
    global _sessions
    before, _sessions = _sessions, None
    connect(url, pool_size=1)
    try:
        yield
    finally:
        disconnect()
        _sessions = before


def is_away(error: sa.exc.DBAPIError) -> bool:
    """Whether the database could not be reached, broke the connection off, or is starting: soon is another try."""
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(error, sa.exc.OperationalError) and (state is None or str(state).startswith(_AWAY))


def session() -> orm.Session:
    """This thread's session. Raises RuntimeError when `connect` was never called."""
    if _sessions is None:
        raise RuntimeError("The database is not connected: call app.core.db.connect first.")
    return _sessions()


def close_session() -> None:
    """Ends this thread's session; whatever was not committed is gone."""
    if _sessions is not None:
        _sessions.remove()


@contextmanager
def aside() -> Iterator[orm.Session]:
    """A short transaction of its own, beside whatever this thread has open: for the keys of objects, which come into
    being and go whatever becomes of the act around them."""
    if _sessions is None:
        raise RuntimeError("The database is not connected: call app.core.db.connect first.")
    with orm.Session(_sessions.get_bind(), expire_on_commit=False) as own, own.begin():
        yield own


def release_early(current: orm.Session) -> None:
    """Has the open transaction give up its locks at commit before the disk is waited for: for the one lock that every
    appender to the ledger wants. `commit` still returns only when all is on disk, or raises."""
    connection: Any = current.connection().connection.driver_connection
    connection.early = True


def await_disk() -> None:
    """Waits until everything committed so far, by anyone, is on disk: before what was only read here leaves the house
    in a way that cannot be taken back."""
    with aside() as own:
        own.execute(sa.text(_ON_DISK))


@contextmanager
def transaction() -> Iterator[orm.Session]:
    """Commits what the block did, or undoes all of it. The only commit in the house; doors open it, verbs never.

    Returns when it is on disk; whoever is told "done" after it is told the truth, whatever crashes next. Where an event
    was recorded others may see the commit some milliseconds before that (docs/decisions/0030-flushed-before-told.md).
    """
    current = session()
    try:
        yield current
        current.commit()
    except BaseException:
        current.rollback()
        raise
