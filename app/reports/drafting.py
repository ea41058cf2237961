"""What drafting rests on beside the recordings: the agency's versions of report types, and previews of them."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.core.db import Base, Identified, choice


class ReportTypeVersion(Base):
    """One version of a type of report as the agency has it. Immutable; the database refuses change and deletion."""

    __tablename__ = "report_type_version"

    id: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    code: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    number: orm.Mapped[int]
    content: orm.Mapped[dict[str, Any]]
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(400))
    at: orm.Mapped[datetime]

    officer: orm.Mapped[Officer] = orm.relationship(lazy="joined", innerjoin=True)

    __table_args__ = (sa.UniqueConstraint("code", "number"),)


class PreviewState(enum.StrEnum):
    """The life of a preview."""

    ASKED = "asked"
    MADE = "made"
    FAILED = "failed"


class TypePreview(Identified, Base):
    """A draft of the sample incident by a type that is not kept yet: written by a worker, shown, and forgotten after a day.

    `content` is the type; `made` the draft's rows once it is made.
    """

    __tablename__ = "report_type_preview"

    code: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    content: orm.Mapped[dict[str, Any]]
    over: orm.Mapped[int]
    person: orm.Mapped[str] = orm.mapped_column(sa.String(10))
    asked_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    asked_at: orm.Mapped[datetime] = orm.mapped_column(index=True)
    state: orm.Mapped[PreviewState] = orm.mapped_column(choice(PreviewState), default=PreviewState.ASKED)
    made: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    left_out: orm.Mapped[int] = orm.mapped_column(default=0)
    error: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
