"""Entries of the master index, the facts people confirmed about them, the keys they are found by, and where they appear."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.core.db import Base, Identified, choice


class EntryKind(enum.StrEnum):
    """What an entry stands for."""

    PERSON = "person"
    VEHICLE = "vehicle"
    PLACE = "place"
    PROPERTY = "property"

    @property
    def title(self) -> str:  # type: ignore[override]
        """In words."""
        return self.value.capitalize()


class FactKind(enum.StrEnum):
    """What a fact says of its entry."""

    NAME = "name"
    BIRTH = "date_of_birth"
    PHONE = "phone"
    EMAIL = "email"
    SSN = "ssn"
    LICENCE = "driver_licence"
    ADDRESS = "address"
    PLATE = "plate"
    VIN = "vin"
    DESCRIPTION = "description"
    SERIAL = "serial"

    @property
    def title(self) -> str:  # type: ignore[override]
        """In words, as officers in the United States write them."""
        return _TITLES.get(self.value, self.value.replace("_", " ").capitalize())


_TITLES = {
    "date_of_birth": "Date of birth",
    "email": "E-mail",
    "ssn": "SSN",
    "driver_licence": "Driver license",
    "vin": "VIN",
    "serial": "Serial number",
}
MASKED = (FactKind.SSN, FactKind.LICENCE)  # shown whole only on request, which is an event
FACTS_OF = {
    EntryKind.PERSON: (
        FactKind.NAME,
        FactKind.BIRTH,
        FactKind.PHONE,
        FactKind.EMAIL,
        FactKind.SSN,
        FactKind.LICENCE,
        FactKind.ADDRESS,
        FactKind.DESCRIPTION,
    ),
    EntryKind.VEHICLE: (FactKind.PLATE, FactKind.VIN, FactKind.DESCRIPTION),
    EntryKind.PLACE: (FactKind.ADDRESS, FactKind.NAME),
    EntryKind.PROPERTY: (FactKind.DESCRIPTION, FactKind.SERIAL),
}
ROLES = {
    EntryKind.PERSON: ("victim", "suspect", "witness", "driver", "passenger", "officer", "other"),
    EntryKind.VEHICLE: ("stopped", "suspect", "victim", "stolen", "recovered", "other"),
    EntryKind.PLACE: ("scene", "home", "mentioned"),
    EntryKind.PROPERTY: ("evidence", "stolen", "recovered", "found", "weapon", "other"),
}


class IndexEntry(Identified, Base):
    """One person, vehicle, place or piece of property, made by a person. One merged into another points there, and
    keeps all of its own, so that the merge can be taken back."""

    __tablename__ = "index_entry"

    kind: orm.Mapped[EntryKind] = orm.mapped_column(choice(EntryKind))
    label: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    merged_into: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("index_entry.id"), index=True)
    made_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    made_at: orm.Mapped[datetime]


class Fact(Identified, Base):
    """Something a person confirmed of an entry, with where it was said: recording, second, and the finding it came from.

    `mention_id`, `evidence_id` and `incident_id` name things of higher rooms; the fact outlives a recording that is deleted.
    """

    __tablename__ = "index_fact"

    entry_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("index_entry.id"), index=True)
    kind: orm.Mapped[FactKind] = orm.mapped_column(choice(FactKind))
    value: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    mention_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(index=True)
    evidence_id: orm.Mapped[uuid.UUID | None]
    incident_id: orm.Mapped[uuid.UUID | None]
    start_s: orm.Mapped[float | None]
    confirmed_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    confirmed_at: orm.Mapped[datetime]
    withdrawn_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    withdrawn_at: orm.Mapped[datetime | None]

    confirmer: orm.Mapped[Officer] = orm.relationship(foreign_keys=[confirmed_by])


class IndexKey(Base):
    """A key by which an entry may be found: a name without accents or order, how it sounds, a date, a plate, a number."""

    __tablename__ = "index_key"

    fact_id: orm.Mapped[uuid.UUID] = orm.mapped_column(
        sa.ForeignKey("index_fact.id", ondelete="CASCADE"), primary_key=True
    )
    key: orm.Mapped[str] = orm.mapped_column(sa.String(120), primary_key=True)
    entry_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("index_entry.id"))

    __table_args__ = (sa.Index("ix_index_key_key", "key", "entry_id"), sa.Index("ix_index_key_entry", "entry_id"))


class Appearance(Identified, Base):
    """An entry in an incident, in a role, as a person linked it; unlinked ones stay as history.

    `score` and `reasons` are what the candidates' list showed when the person chose it; empty for an entry made new.
    """

    __tablename__ = "index_appearance"

    entry_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("index_entry.id"), index=True)
    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(index=True)
    group_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(index=True)
    participant_id: orm.Mapped[uuid.UUID | None]
    role: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    score: orm.Mapped[float | None]
    reasons: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    engine: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    linked_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    linked_at: orm.Mapped[datetime]
    unlinked_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    unlinked_at: orm.Mapped[datetime | None]

    entry: orm.Mapped[IndexEntry] = orm.relationship()
    linker: orm.Mapped[Officer] = orm.relationship(foreign_keys=[linked_by])


class Merge(Identified, Base):
    """Two entries found to be one by a person, and who took that back, if anybody did."""

    __tablename__ = "index_merge"

    kept_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("index_entry.id"), index=True)
    merged_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("index_entry.id"), index=True)
    merged_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    merged_at: orm.Mapped[datetime]
    undone_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    undone_at: orm.Mapped[datetime | None]

    merger: orm.Mapped[Officer] = orm.relationship(foreign_keys=[merged_by])
