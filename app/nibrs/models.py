"""What an incident is for the FBI, the files made and read, what stood in them, and what the FBI answered."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.core.db import Base, Identified, choice
from app.incidents.models import Incident


class Direction(enum.StrEnum):
    """Whether a file was made here or read here."""

    MADE = "made"
    READ = "read"


class Format(enum.StrEnum):
    """How a file is written."""

    FLAT = "flat"
    XML = "xml"


class EntryState(enum.StrEnum):
    """What the FBI said of a report; MADE while it has said nothing."""

    MADE = "made"
    ACCEPTED = "accepted"
    WARNINGS = "warnings"
    ERRORS = "errors"


class Coding(Identified, Base):
    """One incident as a person coded it: `content` holds a Group A incident (`a`) and a Group B arrest (`b`).

    `not_reportable` is the reason why there is nothing to report, in a person's words; empty when there is.
    `acknowledged` lists the warnings somebody stood by: key, who, when. `edition` guards against overwriting.
    """

    __tablename__ = "nibrs_coding"

    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("incident.id"), unique=True)
    content: orm.Mapped[dict[str, Any]]
    not_reportable: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    acknowledged: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    created_at: orm.Mapped[datetime]
    changed_at: orm.Mapped[datetime] = orm.mapped_column(index=True)
    changed_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    edition: orm.Mapped[int] = orm.mapped_column(default=1)

    incident: orm.Mapped[Incident] = orm.relationship()

    __mapper_args__ = {"version_id_col": edition}


class NibrsFile(Identified, Base):
    """A file made for the FBI or read from another system, kept byte by byte. The database refuses change."""

    __tablename__ = "nibrs_file"

    direction: orm.Mapped[Direction] = orm.mapped_column(choice(Direction))
    format: orm.Mapped[Format] = orm.mapped_column(choice(Format))
    ori: orm.Mapped[str] = orm.mapped_column(sa.String(9))
    month: orm.Mapped[str] = orm.mapped_column(sa.String(7))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(120))
    size: orm.Mapped[int]
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    body: orm.Mapped[bytes] = orm.mapped_column(sa.LargeBinary, deferred=True)
    made_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    made_at: orm.Mapped[datetime] = orm.mapped_column(index=True)

    maker: orm.Mapped[Officer] = orm.relationship()
    entries: orm.Mapped[list["Entry"]] = orm.relationship(order_by="Entry.position", back_populates="file")
    responses: orm.Mapped[list["Response"]] = orm.relationship(order_by="Response.attached_at")


class Entry(Identified, Base):
    """One report in a file, as it stood in it. `kind` is A, B or 0; `happened` the incident's or arrest's date."""

    __tablename__ = "nibrs_entry"

    file_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("nibrs_file.id"), index=True)
    incident_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("incident.id"), index=True)
    position: orm.Mapped[int]
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(1))
    action: orm.Mapped[str] = orm.mapped_column(sa.String(1))
    number: orm.Mapped[str] = orm.mapped_column(sa.String(12), index=True)
    happened: orm.Mapped[str] = orm.mapped_column(sa.String(8))
    content: orm.Mapped[dict[str, Any]]
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    state: orm.Mapped[EntryState] = orm.mapped_column(choice(EntryState), default=EntryState.MADE)
    found: orm.Mapped[list[Any]] = orm.mapped_column(default=list)

    file: orm.Mapped[NibrsFile] = orm.relationship(back_populates="entries")
    incident: orm.Mapped[Incident | None] = orm.relationship()


class Response(Identified, Base):
    """What the FBI's service answered, as it came, and what it says: status and violations, or a fault."""

    __tablename__ = "nibrs_response"

    file_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("nibrs_file.id"), index=True)
    entry_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("nibrs_entry.id"))
    document: orm.Mapped[str] = orm.mapped_column(sa.String(120))
    status: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    violations: orm.Mapped[list[Any]]
    fault: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    body: orm.Mapped[bytes] = orm.mapped_column(sa.LargeBinary, deferred=True)
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    attached_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    attached_at: orm.Mapped[datetime]

    entry: orm.Mapped[Entry | None] = orm.relationship()
