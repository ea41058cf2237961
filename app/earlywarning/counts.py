"""Counts an agency already has (complaints, force, pursuits): indicators, the files they came by, their rows and standings."""

import enum
import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.core.db import Base, Identified, choice

MONTHS_OF_SERVICE = "months of service"


class FileState(enum.StrEnum):
    """A file lies here unread until somebody takes its rows in, or gives it up. It is kept as it came either way."""

    UPLOADED = "uploaded"
    TAKEN = "taken"
    GIVEN_UP = "given_up"


class Indicator(Identified, Base):
    """Something that is counted for each officer, and what the count is divided by: a column of the files that says so
    (hours on duty, stops), or the months an officer served. With less than `least` of it no rate is shown."""

    __tablename__ = "warning_indicator"

    name: orm.Mapped[str] = orm.mapped_column(sa.String(60), unique=True)
    per: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    least: orm.Mapped[float]
    made_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    made_at: orm.Mapped[datetime]

    @property
    def by_service(self) -> bool:
        """Whether it is divided by months of service, which no file has to say."""
        return self.per == MONTHS_OF_SERVICE


class CountsFile(Identified, Base):
    """A CSV file as it was sent, which columns mean what, and what became of its rows."""

    __tablename__ = "warning_counts_file"

    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64), index=True)
    content: orm.Mapped[bytes] = orm.mapped_column(sa.LargeBinary, deferred=True)
    state: orm.Mapped[FileState] = orm.mapped_column(choice(FileState), default=FileState.UPLOADED)
    indicator_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("warning_indicator.id"))
    mapping: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    outcome: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    sent_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    sent_at: orm.Mapped[datetime]
    taken_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    taken_at: orm.Mapped[datetime | None]

    indicator: orm.Mapped[Indicator | None] = orm.relationship()
    sender: orm.Mapped[Officer] = orm.relationship(foreign_keys=[sent_by])
    taker: orm.Mapped[Officer | None] = orm.relationship(foreign_keys=[taken_by])


class IndicatorCount(Identified, Base):
    """One row that was taken in: so many of an indicator for an officer on a day, and the exposure the row brought.

    `key` is the agency's own reference, or otherwise made from the row itself, so that a file sent twice counts once.
    """

    __tablename__ = "warning_count"

    indicator_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("warning_indicator.id"))
    file_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("warning_counts_file.id"), index=True)
    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    unit_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("unit.id"))  # at the time
    day: orm.Mapped[date]
    number: orm.Mapped[int]
    exposure: orm.Mapped[float | None]
    key: orm.Mapped[str] = orm.mapped_column(sa.String(120))

    __table_args__ = (sa.UniqueConstraint("indicator_id", "key"),)


class IndicatorStanding(Base):
    """One officer in the newest run by one indicator: as PatternStanding, with `exposure` in the indicator's own measure."""

    __tablename__ = "warning_indicator_standing"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), primary_key=True)
    indicator_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("warning_indicator.id"), primary_key=True)
    events: orm.Mapped[int]
    expected: orm.Mapped[float]
    exposure: orm.Mapped[float]
    ratio: orm.Mapped[float]
    low: orm.Mapped[float]
    high: orm.Mapped[float]
    probability: orm.Mapped[float]
    enough: orm.Mapped[bool]
    above: orm.Mapped[bool]

    officer: orm.Mapped[Officer] = orm.relationship()
    indicator: orm.Mapped[Indicator] = orm.relationship()
