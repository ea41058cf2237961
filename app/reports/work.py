"""What surrounds a report while people work on it: figures, comments, acknowledgements, planted mistakes, notices."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.core.db import Base, Identified, choice
from app.incidents.models import Incident
from app.reports.models import Report, Sentence


class Figures(Base):
    """What a list shows of a report without reading it, kept up to date with every change. Characters and counts."""

    __tablename__ = "report_figures"

    report_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("report.id"), primary_key=True)
    characters: orm.Mapped[int] = orm.mapped_column(default=0)
    machine_characters: orm.Mapped[int] = orm.mapped_column(default=0)
    sentences: orm.Mapped[int] = orm.mapped_column(default=0)
    ai_sentences: orm.Mapped[int] = orm.mapped_column(default=0)
    doubtful: orm.Mapped[int] = orm.mapped_column(default=0)
    gaps: orm.Mapped[int] = orm.mapped_column(default=0)
    errors: orm.Mapped[int] = orm.mapped_column(default=0)
    warnings: orm.Mapped[int] = orm.mapped_column(default=0)
    returns: orm.Mapped[int] = orm.mapped_column(default=0)
    changed_since_return: orm.Mapped[int] = orm.mapped_column(default=0)
    open_comments: orm.Mapped[int] = orm.mapped_column(default=0)
    share: orm.Mapped[float] = orm.mapped_column(default=0.0)


class Comment(Identified, Base):
    """A reviewer's or the author's remark on a sentence or the whole report. Its words never change."""

    __tablename__ = "report_comment"

    report_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("report.id"), index=True)
    sentence_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("sentence.id"))
    answers_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("report_comment.id"))
    author_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    number: orm.Mapped[int]
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    at: orm.Mapped[datetime]
    resolved_at: orm.Mapped[datetime | None]
    resolved_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))

    author: orm.Mapped[Officer] = orm.relationship(foreign_keys=[author_id], lazy="joined", innerjoin=True)

    __table_args__ = (sa.UniqueConstraint("report_id", "number"),)


class Acknowledgement(Identified, Base):
    """Somebody read a warning and stands by the text all the same. `finding` names the warning by its content."""

    __tablename__ = "finding_acknowledgement"

    report_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("report.id"), index=True)
    finding: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    code: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    at: orm.Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("report_id", "finding"),)


class PlantedMistake(Identified, Base):
    """A false sentence shown in the editor among the true ones. It is never a row of `sentence`, so that no version,
    print, export or API can hold it: they are all made from `sentence`."""

    __tablename__ = "planted_mistake"

    report_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("report.id"), index=True)
    beside_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("sentence.id", ondelete="SET NULL"))
    position: orm.Mapped[float]
    section: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    confidence: orm.Mapped[float]
    planted_at: orm.Mapped[datetime]
    found_at: orm.Mapped[datetime | None]
    void_at: orm.Mapped[datetime | None]

    beside: orm.Mapped[Sentence | None] = orm.relationship(lazy="joined")


class Recollection(Identified, Base):
    """What an officer remembered before any draft was opened: typed or dictated, locked for good by the database (A11).

    `dictated_id` is the officer's own sound recording that the words were taken from; no draft is made of it.
    """

    __tablename__ = "recollection"

    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("incident.id"), index=True)
    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    dictated_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("evidence.id"))
    locked_at: orm.Mapped[datetime]

    officer: orm.Mapped[Officer] = orm.relationship(lazy="joined", innerjoin=True)
    incident: orm.Mapped[Incident] = orm.relationship()

    __table_args__ = (sa.UniqueConstraint("incident_id", "officer_id"),)


class AgencyRule(Base):
    """One change of one of the agency's rules for reports. Rows are only ever added: the newest of a name holds."""

    __tablename__ = "agency_rule"

    id: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(40), index=True)
    value: orm.Mapped[dict[str, Any]]
    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    at: orm.Mapped[datetime]

    officer: orm.Mapped[Officer] = orm.relationship(lazy="joined", innerjoin=True)


class NoticeKind(enum.StrEnum):
    """What an officer is told of."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    FILED = "filed"
    REOPENED = "reopened"
    COMMENTED = "commented"

    @property
    def words(self) -> str:
        """What happened to the report, in words."""
        return "has a new comment" if self is NoticeKind.COMMENTED else f"was {self.value}"


class Notice(Identified, Base):
    """Word to one officer that something happened to a report. It names the report and holds nothing of its text."""

    __tablename__ = "notice"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    report_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("report.id"))
    kind: orm.Mapped[NoticeKind] = orm.mapped_column(choice(NoticeKind))
    at: orm.Mapped[datetime]
    seen_at: orm.Mapped[datetime | None]
    mailed_at: orm.Mapped[datetime | None]
    attempts: orm.Mapped[int] = orm.mapped_column(default=0)
    mail_error: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")

    report: orm.Mapped[Report] = orm.relationship()

    __table_args__ = (
        sa.Index("ix_notice_officer_at", "officer_id", "at"),
        sa.Index("ix_notice_unseen", "officer_id", postgresql_where=sa.text("seen_at IS NULL")),
    )


class NoticeAddress(Base):
    """Where an officer wants notices by mail; no row, no mail."""

    __tablename__ = "notice_address"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), primary_key=True)
    address: orm.Mapped[str] = orm.mapped_column(sa.String(254))
    changed_at: orm.Mapped[datetime]


class NoticeChoice(Base):
    """Which kinds of notice an officer does not want, and up to when they have seen what happened to their recordings.

    No row: every kind, and nothing seen yet.
    """

    __tablename__ = "notice_choice"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), primary_key=True)
    muted: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    recordings_seen_at: orm.Mapped[datetime | None]
