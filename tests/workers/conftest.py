"""The back room's tasks on the database of a test, called as a worker calls them."""

import importlib
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from app.config import Settings
from app.config import settings as current_settings

if TYPE_CHECKING:
    from workers.engines.hearing.builtin import Pocketsphinx


@pytest.fixture(scope="session")
def builtin() -> "Pocketsphinx":
    """The built-in recogniser, loaded once: the same sound gives the same words whatever it heard before."""
    from workers.engines.hearing.builtin import Pocketsphinx

    return Pocketsphinx()


@pytest.fixture
def task_room(
    app: Flask, postgres: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], ModuleType]]:
    """A module of workers/tasks by its name, with the settings of this test. No broker is asked: jobs are rows."""
    said = {"HOME": str(settings.home), "DATABASE_URL": postgres, "BROKER_URL": "redis://127.0.0.1:1/0"}
    for name, value in said.items():
        monkeypatch.setenv(f"BLOTTER_{name}", value)
    current_settings.cache_clear()
    yield lambda name: importlib.import_module(f"workers.tasks.{name}")
    monkeypatch.undo()
    current_settings.cache_clear()
