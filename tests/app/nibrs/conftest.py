"""An agency that reports by NIBRS, an incident in it, and hands to code it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Officer
from app.config import Settings
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.permissions import Role
from app.incidents.models import Incident, IncidentKind
from app.nibrs import queries, service
from app.nibrs.models import Coding, NibrsFile
from app.nibrs.records import GroupAIncident, GroupBArrest
from app.nibrs.terms import Terms, terms
from app.reports.models import Report, ReportState
from tests.app.desk.scene import stop
from tests.app.nibrs.valid import ORI
from tests.people import People, actor_for

YESTERDAY = now() - timedelta(days=1)
DAY = f"{YESTERDAY.astimezone():%Y%m%d}"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of an agency that has reported by NIBRS for a while."""
    home = tmp_path / "home"
    return Settings(home=home, secret_key="k" * 40, embedded=True, agency_ori=ORI, nibrs_since=date(2021, 1, 1))


@dataclass
class Office:
    """An officer with an incident, a supervisor, and the records clerk; all act through the room's verbs."""

    officer: Officer
    supervisor: Officer
    clerk: Officer
    incident: Incident
    terms: Terms

    @property
    def author(self) -> Actor:
        return actor_for(self.officer)

    @property
    def records(self) -> Actor:
        return actor_for(self.clerk)

    @property
    def coding(self) -> Coding | None:
        """As it stands now."""
        kept = queries.coding_of(self.incident.id)
        if kept is not None:
            session().refresh(kept)
        return kept

    def code(self, group_a: GroupAIncident | None, group_b: GroupBArrest | None = None, **more: Any) -> Coding:
        """Codes the incident over whatever stands."""
        kept = self.coding
        with transaction():
            return service.code(
                self.incident,
                group_a=group_a,
                group_b=group_b,
                edition=kept.edition if kept else 0,
                actor=self.author,
                **more,
            )

    def approved(self) -> Report:
        """The incident has a report that was approved."""
        moment = now()
        with transaction() as db:
            report = Report(
                incident_id=self.incident.id,
                author_id=self.officer.id,
                state=ReportState.APPROVED,
                created_at=moment,
                changed_at=moment,
                submitted_at=moment,
                approved_at=moment,
            )
            db.add(report)
        return report

    def make(self, month: date | None = None, written: str = "flat") -> tuple[NibrsFile, list[str]]:
        """This month's file."""
        with transaction():
            chosen = month or now().astimezone().date()
            return service.make_file(chosen, written=service.Format(written), terms=self.terms, actor=self.records)

    def acts(self) -> list[str]:
        """What the ledger says this room did."""
        query = sa.select(Event.act).where(Event.act.like("nibrs:%")).order_by(Event.seq)
        return list(session().scalars(query))


@pytest.fixture
def office(app: Flask, people: People, settings: Settings) -> Office:
    """The office, with an incident of yesterday."""
    officer, supervisor = people.one(), people.one(Role.SUPERVISOR)
    incident = stop(officer, kind=IncidentKind.OTHER, occurred_at=YESTERDAY, place="Main Street")
    return Office(officer, supervisor, people.one(Role.RECORDS), incident, terms(settings))


def moment(text: str) -> datetime:
    """A time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
