"""Recordings that people listen to whole, to see what the machine missed and what it made up: draws, their items, moments."""

import enum
import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.core.db import Base, Identified, choice
from app.evidence.models import Evidence


class DrawKind(enum.StrEnum):
    """Random: every hour of officers' speech has an equal chance. Ranked: where most waits for a person's decision."""

    RANDOM = "random"
    RANKED = "ranked"


class ListenState(enum.StrEnum):
    """How far one drawn recording has come."""

    OPEN = "open"
    HEARD = "heard"
    UNHEARABLE = "unhearable"


class AuditDraw(Identified, Base):
    """One draw. `population` is what was drawn from, one line a recording (id, seconds of own speech, weight), compressed;
    its SHA-256 is in the ledger, and so is the seed, so that anybody can draw again and compare."""

    __tablename__ = "audit_draw"

    at: orm.Mapped[datetime] = orm.mapped_column(index=True)
    drawn_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    kind: orm.Mapped[DrawKind] = orm.mapped_column(choice(DrawKind))
    seed: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    first_day: orm.Mapped[date]
    last_day: orm.Mapped[date]
    wanted: orm.Mapped[int]
    recordings: orm.Mapped[int]
    hours: orm.Mapped[float]
    population_sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    population: orm.Mapped[bytes] = orm.mapped_column(sa.LargeBinary, deferred=True)

    drawer: orm.Mapped[Officer] = orm.relationship(foreign_keys=[drawn_by])
    items: orm.Mapped[list["AuditItem"]] = orm.relationship(order_by="AuditItem.place", back_populates="draw")


class AuditItem(Identified, Base):
    """One recording to be listened to. `place` counts from 1 in the order in which it was drawn."""

    __tablename__ = "audit_item"

    draw_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("audit_draw.id"), index=True)
    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), index=True)
    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    place: orm.Mapped[int]
    speech_s: orm.Mapped[float]
    state: orm.Mapped[ListenState] = orm.mapped_column(choice(ListenState), default=ListenState.OPEN)
    heard_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    heard_at: orm.Mapped[datetime | None]
    note: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")

    draw: orm.Mapped[AuditDraw] = orm.relationship(back_populates="items")
    evidence: orm.Mapped[Evidence] = orm.relationship()
    officer: orm.Mapped[Officer] = orm.relationship(foreign_keys=[officer_id])
    listener: orm.Mapped[Officer | None] = orm.relationship(foreign_keys=[heard_by])
    moments: orm.Mapped[list["AuditMoment"]] = orm.relationship(order_by="AuditMoment.at_s")

    __table_args__ = (sa.UniqueConstraint("draw_id", "evidence_id"),)


class AuditMoment(Identified, Base):
    """A harsh moment that the listener heard (`heard`), that the machine had counted (`found`), or both, as it was then.

    `event_id` names the machine's moment without binding it: undecided ones go with their recording.
    """

    __tablename__ = "audit_moment"

    item_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("audit_item.id"), index=True)
    at_s: orm.Mapped[float]
    category: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    rule: orm.Mapped[str] = orm.mapped_column(sa.String(80), default="")
    event_id: orm.Mapped[uuid.UUID | None]
    heard: orm.Mapped[bool]
    found: orm.Mapped[bool]
