"""Incidents and the people and offences in them, as a person entered them."""

import enum
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer, Unit
from app.core.db import Base, Identified, choice


class IncidentKind(enum.StrEnum):
    """What sort of call it was."""

    TRAFFIC_STOP = "traffic_stop"
    ARREST = "arrest"
    DOMESTIC_DISTURBANCE = "domestic_disturbance"
    THEFT = "theft"
    USE_OF_FORCE = "use_of_force"
    FOUND_PROPERTY = "found_property"
    OTHER = "other"

    @property
    def title(self) -> str:  # type: ignore[override]
        """In words."""
        return self.value.replace("_", " ").capitalize()


class IncidentState(enum.StrEnum):
    """Open while evidence may still be added."""

    OPEN = "open"
    CLOSED = "closed"


class Part(enum.StrEnum):
    """A person's part in an incident."""

    VICTIM = "victim"
    SUSPECT = "suspect"
    WITNESS = "witness"
    DRIVER = "driver"
    PASSENGER = "passenger"
    OTHER = "other"


class Incident(Identified, Base):
    """One event the agency answers for. `number` is year and running number within it: 2026-000123."""

    __tablename__ = "incident"

    number: orm.Mapped[str] = orm.mapped_column(sa.String(12), unique=True)
    kind: orm.Mapped[IncidentKind] = orm.mapped_column(choice(IncidentKind))
    state: orm.Mapped[IncidentState] = orm.mapped_column(choice(IncidentState), default=IncidentState.OPEN)
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    occurred_at: orm.Mapped[datetime] = orm.mapped_column(index=True)
    place: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    unit_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("unit.id"), index=True)
    opened_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    created_at: orm.Mapped[datetime]

    unit: orm.Mapped[Unit] = orm.relationship()
    opener: orm.Mapped[Officer] = orm.relationship()
    participants: orm.Mapped[list["Participant"]] = orm.relationship(order_by="Participant.created_at")
    offences: orm.Mapped[list["Offence"]] = orm.relationship(order_by="Offence.created_at")
    assignments: orm.Mapped[list["Assignment"]] = orm.relationship(order_by="Assignment.created_at")

    __table_args__ = (sa.Index("ix_incident_occurred", sa.text("occurred_at DESC"), "id"),)


class IncidentCounter(Base):
    """The last running number given out in a year; its row is locked while the next is taken."""

    __tablename__ = "incident_counter"

    year: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    last: orm.Mapped[int]


class Participant(Identified, Base):
    """A person in an incident, as an officer entered or confirmed them. Machines never write here."""

    __tablename__ = "participant"

    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("incident.id"), index=True)
    part: orm.Mapped[Part] = orm.mapped_column(choice(Part))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    date_of_birth: orm.Mapped[date | None]
    note: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    entered_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    mention_id: orm.Mapped[uuid.UUID | None]
    created_at: orm.Mapped[datetime]


class Offence(Identified, Base):
    """What is alleged, with the statute or code the agency uses."""

    __tablename__ = "offence"

    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("incident.id"), index=True)
    code: orm.Mapped[str] = orm.mapped_column(sa.String(40), default="")
    description: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    entered_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    created_at: orm.Mapped[datetime]


class Assignment(Base):
    """An officer who works on an incident and so may see it."""

    __tablename__ = "assignment"

    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("incident.id"), primary_key=True)
    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), primary_key=True, index=True)
    created_at: orm.Mapped[datetime]

    officer: orm.Mapped[Officer] = orm.relationship(lazy="joined", innerjoin=True)
