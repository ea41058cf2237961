"""Recordings that are old, the people who decide about them, and the worker's tasks run as the worker runs them."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app import config
from app.accounts.models import Officer
from app.config import Settings
from app.core.clock import now
from app.core.db import session, transaction
from app.core.permissions import Role
from app.core.storage import ObjectStore, store
from app.evidence.models import Evidence
from app.evidence.retention import categories
from app.evidence.retention.categories import Wanted
from app.evidence.retention.models import Category, CountsFrom, Queued
from app.incidents import service as incidents
from app.incidents.models import Incident
from tests.app.evidence.sending import Phone, an_incident, sealed
from tests.people import People, actor_for

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Tasks:
    """The modules of the worker's tasks."""

    retention: Any
    intake: Any


@pytest.fixture(scope="session")
def tasks() -> Tasks:
    """The tasks, imported as a worker with addresses of its own does: nothing is started by that."""
    with pytest.MonkeyPatch.context() as patch:
        own = {"EMBEDDED": "false", "DATABASE_URL": "unused", "BROKER_URL": "memory://", "SECRET_KEY": "k" * 40}
        for name, value in own.items():
            patch.setenv(f"BLOTTER_{name}", value)
        config.settings.cache_clear()
        made = Tasks(*(importlib.import_module(f"workers.tasks.{name}") for name in ("retention", "intake")))
    config.settings.cache_clear()
    return made


@dataclass
class Shelf:
    """What a test of retention holds in its hands."""

    app: Flask
    phone: Phone
    people: People
    objects: ObjectStore
    tasks: Tasks

    @cached_property
    def records(self) -> Officer:
        """Who manages retention."""
        return self.people.one(Role.RECORDS)

    @cached_property
    def administrator(self) -> Officer:
        """Who manages it too, and sees no recording."""
        return self.people.one(Role.ADMINISTRATOR)

    @cached_property
    def supervisor(self) -> Officer:
        """The officer's supervisor."""
        return self.people.one(Role.SUPERVISOR)

    def recording(
        self,
        *codes: str,
        days_old: int = 100,
        content: bytes = b"content",
        incident: Incident | None = None,
        closed: bool = True,
    ) -> Evidence:
        """A sealed recording that was recorded and received so many days ago, of a closed incident."""
        where = incident or an_incident(self.phone.officer)
        item = sealed(self.app, self.phone.send(where, content))
        with transaction() as current:
            moment = now() - days_old * DAY
            changed = {"recorded_at": moment, "received_at": moment}
            current.execute(sa.update(Evidence).where(Evidence.id == item.id).values(**changed))
            if codes:
                categories.choose(item, codes, actor=actor_for(self.records))
            if closed:
                self.close(where)
        return self.again(item)

    def close(self, incident: Incident) -> None:
        """Closes the incident when it is open."""
        found = session().get_one(Incident, incident.id, populate_existing=True)
        if found.state == "open":
            incidents.close(found, actor=actor_for(self.phone.officer))

    def again(self, item: Evidence) -> Evidence:
        """The item as it is in the database now."""
        session().rollback()
        return session().get_one(Evidence, item.id, populate_existing=True)

    def queued(self, item: Evidence) -> Queued | None:
        """The item's place in the deletion queue."""
        session().rollback()
        return session().get(Queued, item.id, populate_existing=True)

    def sweep(self) -> None:
        """One run of the hourly task."""
        self.tasks.retention.judge_retention()

    def week_passes(self, item: Evidence) -> None:
        """The item entered the queue eight days ago."""
        with transaction() as current:
            entry = current.get_one(Queued, item.id)
            entry.queued_at, entry.purge_at = entry.queued_at - 8 * DAY, entry.purge_at - 8 * DAY

    def purge(self, item: Evidence) -> Evidence:
        """One run of the purge."""
        self.tasks.retention.purge_item(str(item.id))
        return self.again(item)

    def gone(self, *codes: str, **how: object) -> Evidence:
        """A recording that went the whole way."""
        item = self.recording(*(codes or ("short",)), **how)  # type: ignore[arg-type]
        self.sweep()
        self.week_passes(item)
        return self.purge(item)


@pytest.fixture
def shelf(app: Flask, phone: Phone, people: People, tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Categories `short` (30 days), `long` (1,000 days) and `ever`; the tasks work on this test's settings."""
    settings: Settings = app.config["SETTINGS"]
    for module in (tasks.retention, tasks.intake):
        monkeypatch.setattr(module, "settings", lambda: settings)
    made = Shelf(app, phone, people, store(settings), tasks)
    manager = actor_for(made.records)
    with transaction():
        for code, days in (("short", 30), ("long", 1000), ("ever", None)):
            wanted = Wanted(days, CountsFrom.RECORDED, "Policy 7", confirmed=True)
            categories.add(code, code.capitalize(), kinds=["traffic_stop"], wanted=wanted, actor=manager)
    return made


@pytest.fixture
def category(shelf: Shelf) -> Callable[[str], Category]:
    """A category by its code, read afresh."""

    def found(code: str) -> Category:
        session().rollback()
        query = sa.select(Category).where(Category.code == code)
        return session().scalars(query, execution_options={"populate_existing": True}).one()

    return found
