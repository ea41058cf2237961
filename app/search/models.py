"""Moments: stretches of recordings with what was seen and said in each, ready to be searched; and kept searches."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR

from app.core.db import Base, Identified


class Moment(Identified, Base):
    """Some seconds of one recording with all that stands of them. Made anew from what stands; nothing is kept only here.

    `at` is the moment it shows: when the recording began plus `start_s`; where that is unknown, when it was received.
    `minute` is the minute of the day at the station, None where the recording's own time is unknown. `found` holds the
    words: weight A seen and confirmed by a person, B seen, C said, D seen with doubt. `place` holds the place.
    """

    __tablename__ = "moment"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), index=True)
    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("incident.id"))
    start_s: orm.Mapped[float] = orm.mapped_column(sa.Double)
    end_s: orm.Mapped[float] = orm.mapped_column(sa.Double)
    at: orm.Mapped[datetime]
    minute: orm.Mapped[int | None] = orm.mapped_column(sa.SmallInteger)
    found: orm.Mapped[str] = orm.mapped_column(TSVECTOR)
    place: orm.Mapped[str] = orm.mapped_column(TSVECTOR)
    utterance_ids: orm.Mapped[list[uuid.UUID]] = orm.mapped_column(ARRAY(sa.Uuid()))
    tag_ids: orm.Mapped[list[uuid.UUID]] = orm.mapped_column(ARRAY(sa.Uuid()))

    __table_args__ = (
        sa.Index("ix_moment_found", "found", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        sa.Index("ix_moment_place", "place", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        sa.Index("ix_moment_newest", sa.text("at DESC"), "id"),
        sa.Index("ix_moment_incident", "incident_id", sa.text("at DESC")),
    )


class SavedSearch(Identified, Base):
    """A search that one officer keeps under a name: what was typed, which nobody else sees."""

    __tablename__ = "saved_search"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    text: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    made_at: orm.Mapped[datetime]
    changed_at: orm.Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("officer_id", "name"),)
