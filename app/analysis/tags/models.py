"""Every decision that people took on tags, so that it can be undone."""

import uuid

import sqlalchemy as sa
from sqlalchemy import orm

from app.analysis.models import FindingAct
from app.core.db import Base


class TagAct(FindingAct, Base):
    """A decision on one tag, so that it can be undone."""

    __tablename__ = "tag_act"

    tag_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("tag.id", ondelete="CASCADE"), index=True)
    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"))

    __table_args__ = (sa.Index("ix_tag_act_latest", "evidence_id", "by", "at"),)
