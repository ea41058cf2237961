"""Models and migrations say the same, forwards and back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy.orm import Session

from app import migrate
from app.core.db import Base
from app.core.ledger import Event


@pytest.fixture
def fresh(postgres: str) -> Iterator[str]:
    """An empty database beside the one of the tests."""
    server = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS migrations WITH (FORCE)"))
        connection.execute(sa.text("CREATE DATABASE migrations"))
    yield sa.make_url(postgres).set(database="migrations").render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text("DROP DATABASE migrations WITH (FORCE)"))
    server.dispose()


def test_migrations_build_what_the_models_say(fresh: str) -> None:
    migrate.upgrade(fresh)
    migrate.check(fresh)


def test_a_column_without_a_migration_is_seen(fresh: str) -> None:
    migrate.upgrade(fresh)
    engine = sa.create_engine(fresh)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE officer DROP COLUMN rank CASCADE"))
    engine.dispose()
    with pytest.raises(CommandError, match="rank"):
        migrate.check(fresh)


def test_every_migration_is_one_step_in_one_line() -> None:
    script = ScriptDirectory.from_config(migrate.configuration(""))
    assert len(script.get_heads()) == 1
    numbers = [one.revision for one in reversed(list(script.walk_revisions()))]
    assert numbers == sorted(numbers)


def test_a_second_upgrade_changes_nothing(fresh: str) -> None:
    migrate.upgrade(fresh)
    before = _shape(fresh)
    migrate.upgrade(fresh)
    assert _shape(fresh) == before
    assert {table.name for table in Base.metadata.sorted_tables} <= before.keys()


FILED = (
    "SET LOCAL session_replication_role = replica",  # one report by itself: nobody wrote it
    (
        "INSERT INTO report (id, incident_id, author_id, state, created_at, changed_at, submitted_at, approved_at, filed_at,"
        " lock_version) VALUES (:one, :one, :one, 'filed', now(), now(), now(), now(), now(), 1)"
    ),
    (
        "INSERT INTO sentence (id, report_id, position, section, text, machine_text, authorship, edition)"
        " VALUES (:one, :one, 1, 'Contact', 'He waited.', 'He waited.', 'machine', 1)"
    ),
    (
        "INSERT INTO review (id, report_id, version_id, reviewer_id, decision, notes, at) VALUES"
        " (gen_random_uuid(), :one, :one, :one, 'approved', '', now()),"
        " (gen_random_uuid(), :one, :one, :one, 'returned', 'More.', now() - interval '1 day')"
    ),
)


def test_a_report_filed_before_is_counted_and_its_reviews_numbered(fresh: str) -> None:
    """The guards of filed reports stand aside for the figures they lacked, once, and stand again."""
    command.upgrade(migrate.configuration(fresh), "0016")
    engine, one = sa.create_engine(fresh), {"one": "0" * 32}
    with engine.begin() as connection:
        for statement in FILED:
            connection.execute(sa.text(statement), one)
    migrate.upgrade(fresh)
    with engine.begin() as connection:
        reviews = connection.execute(sa.text("SELECT decision FROM review ORDER BY number")).scalars().all()
        figures = connection.execute(sa.text("SELECT machine_characters, sentences, share FROM report_figures")).one()
    assert reviews == ["returned", "approved"]
    assert tuple(figures) == (10, 1, 1.0)
    for change in ("sentence SET machine_characters = 0", "report SET supplements_id = id", "review SET number = 7"):
        with pytest.raises(sa.exc.DBAPIError, match="refused"), engine.begin() as connection:
            connection.execute(sa.text(f"UPDATE {change}"))
    engine.dispose()


def test_going_back_is_refused_once_there_is_a_record(fresh: str) -> None:
    """A table dropped is a record lost (E2). Every step back is undone whole."""
    migrate.upgrade(fresh)
    before = _shape(fresh)
    engine = sa.create_engine(fresh)
    with Session(engine) as session, session.begin():
        session.execute(sa.insert(Event).values(_event()))
    engine.dispose()
    with pytest.raises(CommandError, match="holds a record"):
        command.downgrade(migrate.configuration(fresh), "base")
    assert _shape(fresh) == before


def test_an_empty_database_goes_back_and_forth(fresh: str) -> None:
    migrate.upgrade(fresh)
    command.downgrade(migrate.configuration(fresh), "base")
    assert _shape(fresh).keys() <= {"alembic_version"}
    migrate.upgrade(fresh)
    migrate.check(fresh)


def _event() -> dict[str, object]:
    texts = (
        "act",
        "outcome",
        "actor_label",
        "session_id",
        "address",
        "device",
        "subject_kind",
        "subject_id",
        "previous_hash",
    )
    return {"seq": 1, "at": datetime.now(UTC), "details": {}, "hash": "1" * 64, **dict.fromkeys(texts, "x")}


def _shape(url: str) -> dict[str, list[str]]:
    engine = sa.create_engine(url)
    found = sa.inspect(engine)
    shape = {name: sorted(column["name"] for column in found.get_columns(name)) for name in found.get_table_names()}
    engine.dispose()
    return shape
