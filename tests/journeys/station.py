"""A running station with hands for tests: people, phones, browsers, and ways to hurt its parts."""

import contextlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa

from app import embedded
from app.accounts import service as accounts
from app.accounts.models import Officer, Unit
from app.analysis.models import Step, StepState
from app.config import Settings
from app.core import db
from app.core.actor import machine
from app.core.db import session, transaction
from app.core.permissions import Role
from app.station import Station
from samples.browser import Browser, await_value
from samples.phone import Phone

PASSWORD = "correct horse battery"
# A killed worker's step is soon back, and a minute of speech is enough for a rate.
QUICK = {
    "BLOTTER_STEP_LEASE_SECONDS": "4",
    "BLOTTER_REQUEUE_SECONDS": "6",
    "BLOTTER_MINIMUM_EXPOSURE_MINUTES": "0.1",
    "BLOTTER_CHECKPOINT_SECONDS": "10",
}


@dataclass
class TestStation:
    """What journeys hold in their hands."""

    __test__ = False

    station: Station
    made: int = 5000
    units: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.station.address

    @contextmanager
    def database(self) -> Iterator[None]:
        """This process connected to the station's database."""
        db.connect(self.station.database_url, pool_size=2)
        try:
            yield
        finally:
            db.disconnect()

    def person(self, role: Role = Role.OFFICER, *, name: str = "", unit: str = "North Patrol") -> Officer:
        """A fresh person with an account."""
        self.made += 1
        with self.database(), transaction() as current:
            home = current.scalars(sa.select(Unit).where(Unit.name == unit)).one_or_none()
            home = home or accounts.add_unit(unit, actor=machine("test"))
            return accounts.enrol(
                str(self.made),
                name=name or f"Test {role.title} {self.made}",
                rank=role.title,
                role=role,
                unit=home,
                password=PASSWORD,
                actor=machine("test"),
            )

    def phone(self, officer: Officer) -> Phone:
        """The officer's phone, signed in."""
        phone = Phone(self.address, officer.badge, PASSWORD)
        phone.sign_in()
        return phone

    def browser(self, officer: Officer) -> Browser:
        """The officer's browser, signed in."""
        browser = Browser(self.address)
        browser.sign_in(officer.badge, PASSWORD)
        return browser

    def incident(self, officer: Officer, *, kind: str = "traffic_stop", place: str = "Main Street") -> str:
        """An incident the officer opens through the page; its id."""
        answer = self.browser(officer).submit("/incidents/new", kind=kind, title="Test", place=place)
        return answer.url.split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[-1]

    def steps(self, evidence_id: str) -> dict[str, Step]:
        """The current steps of an item by name, straight from the database."""
        with self.database():
            query = sa.select(Step).where(Step.evidence_id == evidence_id, Step.state != StepState.SUPERSEDED)
            return {step.name: step for step in session().scalars(query)}

    def await_steps(self, evidence_id: str, *, seconds: float = 180) -> dict[str, Step]:
        """The steps once each is done or failed."""
        over = (StepState.DONE, StepState.FAILED)
        return dict(
            await_value(
                lambda: self.steps(evidence_id),
                lambda steps: bool(steps) and all(step.state in over for step in steps.values()),
                seconds=seconds,
            )
        )

    def count(self, query: str, **values: Any) -> int:
        """A number from the station's database."""
        with self.database():
            return int(session().execute(sa.text(query), values).scalar_one())

    def kill(self, name: str) -> None:
        """kill -9 to a part and its children, as a machine that ran out of memory would; it is started again."""
        child = self.station.children[name]
        parent = psutil.Process(child.pid)
        parent.suspend()  # or it would start new children while the old ones die
        for process in [*parent.children(recursive=True), parent]:
            process.kill()
        child.wait(timeout=10)
        self.station.launch(name, self.station.commands()[name])

    def restart_redis(self) -> None:
        """Ends Redis without warning and starts it again on its journal."""
        assert self.station.redis is not None
        self.station.redis.kill()
        time.sleep(0.5)
        self.station.redis.start()

    def kill_postgres(self) -> None:
        """kill -9 to every process of PostgreSQL at once, as a power cut would; it is started again."""
        file = self.station.settings.home / "postgres" / "postmaster.pid"
        postmaster = psutil.Process(int(file.read_text().split()[0]))
        postmaster.suspend()
        everyone = [*postmaster.children(recursive=True), postmaster]
        for process in everyone:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(everyone, timeout=10)
        embedded.database_url(self.station.settings.home)

    def restart_postgres(self) -> None:
        """Stops PostgreSQL as a crash does and starts it again: it recovers from its log."""
        embedded.stop_database(self.station.settings.home, mode="immediate")
        time.sleep(0.5)
        embedded.database_url(self.station.settings.home)


class _QuickStation(Station):
    """A station whose children are in a hurry; this process stays as it is."""

    def environment(self) -> dict[str, str]:
        return {**super().environment(), **QUICK}


@contextmanager
def started(home: Path, *, port: int) -> Iterator[TestStation]:
    """A station under `home`, ended whatever happens."""
    packs = Path(__file__).resolve().parents[2] / "var" / "packs"
    station = _QuickStation(Settings(home=home, port=port, packs_dir=packs, replica_dir=home / "replica"))
    try:
        station.start()
        yield TestStation(station)
    finally:
        station.stop()
