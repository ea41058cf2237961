"""Bringing a database to the present shape, from the code or the command line."""

from pathlib import Path

from alembic import command
from alembic.config import Config

ROOT = Path(__file__).resolve().parent.parent


def configuration(url: str) -> Config:
    """Alembic's configuration for the database at `url`."""
    config = Config(ROOT / "alembic.ini")
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Runs every migration the database has not had."""
    command.upgrade(configuration(url), "head")


def check(url: str) -> None:
    """Raises alembic.util.CommandError when models and migrations differ."""
    command.check(configuration(url))
