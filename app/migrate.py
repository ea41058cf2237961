"""Bringing a database to the present shape, from the code or the command line."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from app.config import Settings
from app.core import db
from app.core.keys import signer
from app.core.ledger import checkpoints
from app.core.storage import scratch, store

ROOT = Path(__file__).resolve().parent.parent


def configuration(url: str) -> Config:
    """Alembic's configuration for the database at `url`."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Runs every migration the database has not had."""
    command.upgrade(configuration(url), "head")


def make_ready(settings: Settings, url: str) -> None:
    """All that must be there before the first request: the database's shape, the evidence store, the agency's keys;
    and no plain copy of a process that died.

    Raises KeyMissing when a key was used before and is not there.
    """
    upgrade(url)
    with db.connected(url):
        scratch.sweep(settings.scratch)
        store(settings).prepare()
        with db.transaction():
            checkpoints.sign(signer(settings, used=checkpoints.any_signed))


def check(url: str) -> None:
    """Raises alembic.util.CommandError when models and migrations differ."""
    command.check(configuration(url))
