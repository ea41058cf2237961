"""One narrow row for each item, ready to be counted and found; kept collections, playlists, columns and acts on many."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR

from app.accounts.models import Officer
from app.core.db import Base, Identified
from app.evidence.models import Evidence


class LibraryItem(Base):
    """What the library counts and finds of one item. Made anew from what stands; nothing is kept only here.

    `at` is when it was recorded, or else received. `tags` are `kind/label` of what was seen and not rejected. `retention`
    is held, deletion, rule or none. `words`: weight A title, file, incident, people, plates; B seen; C said.
    """

    __tablename__ = "library_item"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), primary_key=True)
    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("incident.id"))
    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    unit_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("unit.id"))
    number: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    state: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    retention: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    at: orm.Mapped[datetime]
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    place: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    size: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    duration_s: orm.Mapped[float] = orm.mapped_column(sa.Double)
    lat: orm.Mapped[float | None] = orm.mapped_column(sa.Double)
    lon: orm.Mapped[float | None] = orm.mapped_column(sa.Double)
    categories: orm.Mapped[list[uuid.UUID]] = orm.mapped_column(ARRAY(sa.Uuid()))
    tags: orm.Mapped[list[str]] = orm.mapped_column(ARRAY(sa.Text))
    words: orm.Mapped[str] = orm.mapped_column(TSVECTOR)

    __table_args__ = (
        sa.Index("ix_library_item_words", "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        sa.Index("ix_library_item_tags", "tags", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        sa.Index("ix_library_item_categories", "categories", postgresql_using="gin"),
        sa.Index("ix_library_item_newest", sa.text("at DESC"), "evidence_id"),
        sa.Index("ix_library_item_incident", "incident_id", sa.text("at DESC")),
        sa.Index("ix_library_item_officer", "officer_id", sa.text("at DESC")),
        sa.Index("ix_library_item_unit", "unit_id", sa.text("at DESC")),
        sa.Index("ix_library_item_place", "place", sa.text("at DESC")),
        sa.Index("ix_library_item_title", "title", "evidence_id"),
        sa.Index("ix_library_item_number", "number", "evidence_id"),
        sa.Index("ix_library_item_size", "size", "evidence_id"),
        sa.Index("ix_library_item_duration", "duration_s", "evidence_id"),
        sa.Index("ix_library_item_where", "at", postgresql_where=sa.text("lat IS NOT NULL")),
    )


class Collection(Identified, Base):
    """A search of the library that an officer keeps under a name: `asked` is its query string, asked anew each time."""

    __tablename__ = "library_collection"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    asked: orm.Mapped[str] = orm.mapped_column(sa.String(2000))
    made_at: orm.Mapped[datetime]
    changed_at: orm.Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("officer_id", "name"),)


class Columns(Base):
    """Which columns an officer's list shows, in order."""

    __tablename__ = "library_columns"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), primary_key=True)
    shown: orm.Mapped[list[Any]]


class LibraryAct(Identified, Base):
    """One act on many items, with what it takes to undo it: `done` lists what was made or what stood before."""

    __tablename__ = "library_act"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    act: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    done: orm.Mapped[list[Any]]
    at: orm.Mapped[datetime]
    undone_at: orm.Mapped[datetime | None]


class Playlist(Identified, Base):
    """Moments in order, for court. Its maker changes it; who may see any of its incidents may see those parts."""

    __tablename__ = "playlist"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(120))
    edition: orm.Mapped[int] = orm.mapped_column(default=1)
    made_at: orm.Mapped[datetime]
    changed_at: orm.Mapped[datetime]

    officer: orm.Mapped[Officer] = orm.relationship()


class PlaylistPart(Identified, Base):
    """One stretch of one recording in a playlist; seconds from its start. Both None: the whole of a still or document."""

    __tablename__ = "playlist_part"

    playlist_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("playlist.id", ondelete="CASCADE"))
    position: orm.Mapped[int]
    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), index=True)
    start_s: orm.Mapped[float | None]
    end_s: orm.Mapped[float | None]
    note: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    added_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    added_at: orm.Mapped[datetime]

    evidence: orm.Mapped[Evidence] = orm.relationship()

    __table_args__ = (sa.Index("ix_playlist_part_order", "playlist_id", "position"),)
