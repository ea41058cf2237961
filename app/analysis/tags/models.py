"""Every decision that people took on tags, so that it can be undone."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.db import Base, Identified


class TagAct(Identified, Base):
    """A decision on one tag: what stood before, and the tag's edition after. `batch` binds those taken at once."""

    __tablename__ = "tag_act"

    tag_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("tag.id", ondelete="CASCADE"), index=True)
    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"))
    batch: orm.Mapped[uuid.UUID] = orm.mapped_column(index=True)
    before: orm.Mapped[dict[str, Any]]
    edition: orm.Mapped[int]
    by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    at: orm.Mapped[datetime]
    undone_at: orm.Mapped[datetime | None]

    __table_args__ = (sa.Index("ix_tag_act_latest", "evidence_id", "by", "at"),)
