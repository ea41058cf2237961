"""Mentions of one thing within an incident put together, who is a member and why, and every decision that was taken."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.analysis.models import FindingAct
from app.core.db import Base, Identified, choice


class GroupState(enum.StrEnum):
    """PROPOSED by a machine, or CONFIRMED (made, split, moved) by a person; machines leave those alone."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"


class MentionGroup(Identified, Base):
    """Mentions taken to be of one thing: a machine's proposal with method, version, confidence and reasons, until a
    person confirms it. `marks` says what speaks against: contradictions, and names that are also a street."""

    __tablename__ = "mention_group"

    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("incident.id"), index=True)
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    label: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    state: orm.Mapped[GroupState] = orm.mapped_column(choice(GroupState), default=GroupState.PROPOSED)
    edition: orm.Mapped[int] = orm.mapped_column(default=1)
    confidence: orm.Mapped[float]
    reasons: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    marks: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    engine: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    declined: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    decided_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    decided_at: orm.Mapped[datetime | None]
    made_at: orm.Mapped[datetime]


class MentionMember(Base):
    """One mention in one group. `placed_by` is the person who put it there; None for a machine."""

    __tablename__ = "mention_member"

    mention_id: orm.Mapped[uuid.UUID] = orm.mapped_column(
        sa.ForeignKey("mention.id", ondelete="CASCADE"), primary_key=True
    )
    group_id: orm.Mapped[uuid.UUID] = orm.mapped_column(
        sa.ForeignKey("mention_group.id", ondelete="CASCADE"), index=True
    )
    confidence: orm.Mapped[float]
    reasons: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    placed_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    placed_at: orm.Mapped[datetime]


class MentionAct(FindingAct, Base):
    """A decision on one mention, so that it can be undone."""

    __tablename__ = "mention_act"

    mention_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("mention.id", ondelete="CASCADE"), index=True)
    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("incident.id"))

    __table_args__ = (sa.Index("ix_mention_act_latest", "incident_id", "by", "at"),)
