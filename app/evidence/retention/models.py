"""Categories and their rules, who chose them, holds, the deletion queue, and the tombstones that purges leave."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.core.db import Base, Identified, choice
from app.evidence.models import Evidence
from app.incidents.models import Incident


class CountsFrom(enum.StrEnum):
    """The day a rule counts from."""

    RECORDED = "recorded"
    RECEIVED = "received"


class HoldReason(enum.StrEnum):
    """Why an item must not be deleted, whatever its categories say."""

    LITIGATION = "litigation"
    PROSECUTION = "prosecution"
    INVESTIGATION = "investigation"
    COMPLAINT = "complaint"
    INTERNAL_AFFAIRS = "internal_affairs"
    PUBLIC_RECORDS = "public_records"
    OTHER = "other"

    @property
    def title(self) -> str:  # type: ignore[override]
        """In words."""
        return self.value.replace("_", " ").capitalize()


class ProposalState(enum.StrEnum):
    """The life of a proposal to keep recordings shorter."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


class Category(Identified, Base):
    """A sort of recording with a rule. Retired, it counts for nothing and cannot be chosen. `kinds`: the kinds of
    incident that suggest it."""

    __tablename__ = "retention_category"

    code: orm.Mapped[str] = orm.mapped_column(sa.String(40), unique=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    kinds: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    created_at: orm.Mapped[datetime]
    retired_at: orm.Mapped[datetime | None]

    rules: orm.Mapped[list["RuleVersion"]] = orm.relationship(order_by="RuleVersion.number", lazy="selectin")

    @property
    def rule(self) -> "RuleVersion":
        """The version in force."""
        return self.rules[-1]


class RuleVersion(Identified, Base):
    """One version of a category's rule; the highest number is in force. Immutable: the database refuses change.

    `days` None is permanent. `unverified`: the source was not read by whoever wrote it down, and counsel should.
    """

    __tablename__ = "retention_rule"

    category_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("retention_category.id"), index=True)
    number: orm.Mapped[int]
    days: orm.Mapped[int | None]
    counts_from: orm.Mapped[CountsFrom] = orm.mapped_column(choice(CountsFrom))
    source: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    preset: orm.Mapped[str] = orm.mapped_column(sa.String(40), default="")
    unverified: orm.Mapped[bool] = orm.mapped_column(default=False)
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    made_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    approved_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    made_at: orm.Mapped[datetime]

    maker: orm.Mapped[Officer] = orm.relationship(foreign_keys=[made_by])
    approver: orm.Mapped[Officer | None] = orm.relationship(foreign_keys=[approved_by])

    __table_args__ = (sa.UniqueConstraint("category_id", "number"),)


class Proposal(Identified, Base):
    """A change that would delete recordings earlier: it waits for a second person (R4). `retire` takes the category
    out of use. The counts are those shown to the proposer."""

    __tablename__ = "retention_proposal"

    category_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("retention_category.id"), index=True)
    retire: orm.Mapped[bool] = orm.mapped_column(default=False)
    days: orm.Mapped[int | None]
    counts_from: orm.Mapped[CountsFrom] = orm.mapped_column(choice(CountsFrom))
    source: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(400))
    affected_now: orm.Mapped[int]
    affected_month: orm.Mapped[int]
    state: orm.Mapped[ProposalState] = orm.mapped_column(choice(ProposalState), default=ProposalState.WAITING)
    proposed_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    proposed_at: orm.Mapped[datetime]
    decided_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    decided_at: orm.Mapped[datetime | None]

    category: orm.Mapped[Category] = orm.relationship()
    proposer: orm.Mapped[Officer] = orm.relationship(foreign_keys=[proposed_by])


class Choice(Base):
    """A category an item has, and who said so."""

    __tablename__ = "evidence_category"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), primary_key=True)
    category_id: orm.Mapped[uuid.UUID] = orm.mapped_column(
        sa.ForeignKey("retention_category.id"), primary_key=True, index=True
    )
    chosen_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    chosen_at: orm.Mapped[datetime]

    category: orm.Mapped[Category] = orm.relationship()


class Hold(Identified, Base):
    """Nothing it covers is deleted until it is released: one item, or without one everything in the incident."""

    __tablename__ = "evidence_hold"

    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("incident.id"), index=True)
    evidence_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("evidence.id"), index=True)
    reason: orm.Mapped[HoldReason] = orm.mapped_column(choice(HoldReason))
    reference: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    placed_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    placed_at: orm.Mapped[datetime]
    released_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    released_at: orm.Mapped[datetime | None]
    release_reason: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")

    incident: orm.Mapped[Incident] = orm.relationship()
    evidence: orm.Mapped[Evidence | None] = orm.relationship()
    placer: orm.Mapped[Officer] = orm.relationship(foreign_keys=[placed_by])
    releaser: orm.Mapped[Officer | None] = orm.relationship(foreign_keys=[released_by])


class Extension(Identified, Base):
    """An item taken back from the deletion queue: kept at least `until`."""

    __tablename__ = "retention_extension"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), index=True)
    until: orm.Mapped[datetime]
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(400))
    made_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    made_at: orm.Mapped[datetime]


class LettingGo(Identified, Base):
    """A person's word that an item may go although a filed report cites it."""

    __tablename__ = "retention_letting_go"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), unique=True)
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(400))
    made_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    made_at: orm.Mapped[datetime]


class Queued(Base):
    """An item whose date has passed: destroyed at `purge_at` unless somebody takes it back."""

    __tablename__ = "purge_queue"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), primary_key=True)
    rule_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("retention_rule.id"))
    due_at: orm.Mapped[datetime]
    queued_at: orm.Mapped[datetime]
    purge_at: orm.Mapped[datetime] = orm.mapped_column(index=True)

    evidence: orm.Mapped[Evidence] = orm.relationship()
    rule: orm.Mapped[RuleVersion] = orm.relationship()


class Tombstone(Base):
    """What stays of a purged item: what it was, by which rule and version it went. Immutable (R2)."""

    __tablename__ = "tombstone"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), primary_key=True)
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    size: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    incident_number: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    recorded_at: orm.Mapped[datetime | None]
    received_at: orm.Mapped[datetime]
    due_at: orm.Mapped[datetime]
    queued_at: orm.Mapped[datetime]
    purged_at: orm.Mapped[datetime] = orm.mapped_column(index=True)
    rule_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("retention_rule.id"))
    rule_code: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    rule_name: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    rule_number: orm.Mapped[int]
    rule_days: orm.Mapped[int]
    purged_by: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    removed: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)

    evidence: orm.Mapped[Evidence] = orm.relationship()


class DoomedObject(Identified, Base):
    """A stored object that a purge on record must destroy. Open while `over_at` is empty: a killed worker's work is
    found here and finished. `outcome`: destroyed, or shared when another item still needs the same bytes."""

    __tablename__ = "purge_object"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("tombstone.evidence_id"), index=True)
    storage_key: orm.Mapped[str] = orm.mapped_column(sa.String(200), index=True)
    over_at: orm.Mapped[datetime | None]
    outcome: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="")

    __table_args__ = (sa.Index("ix_purge_object_open", "id", postgresql_where=sa.text("over_at IS NULL")),)


class CriticalIncident(Base):
    """An incident whose recordings the law wants released: 45 days from `known_at`, longer by recorded extensions
    (California AB 748). `alerts` are the alert days of the present deadline that were told already."""

    __tablename__ = "critical_incident"

    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("incident.id"), primary_key=True)
    known_at: orm.Mapped[datetime]
    due_at: orm.Mapped[datetime] = orm.mapped_column(index=True)
    alerts: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    flagged_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    flagged_at: orm.Mapped[datetime]
    ended_at: orm.Mapped[datetime | None]
    ended_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    ended_as: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="")
    end_reason: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")

    incident: orm.Mapped[Incident] = orm.relationship()
    flagger: orm.Mapped[Officer] = orm.relationship(foreign_keys=[flagged_by])
    delays: orm.Mapped[list["ReleaseDelay"]] = orm.relationship(order_by="ReleaseDelay.made_at", lazy="selectin")


class ReleaseDelay(Identified, Base):
    """Thirty days more for a release, with the reason the law asks to be written down. Immutable."""

    __tablename__ = "release_delay"

    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("critical_incident.incident_id"), index=True)
    due_before: orm.Mapped[datetime]
    due_after: orm.Mapped[datetime]
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(400))
    made_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    made_at: orm.Mapped[datetime]

    maker: orm.Mapped[Officer] = orm.relationship()
