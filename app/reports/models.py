"""Reports: what the machine drafted, what the officer made of it, and what was signed, all kept."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer, SigningKey
from app.core.db import Base, Identified, choice
from app.core.phrases import N_, phrase
from app.core.states import Moves
from app.incidents.models import Incident


class ReportState(enum.StrEnum):
    """The life of a report."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    FILED = "filed"


REPORT_MOVES = Moves(
    "report",
    {
        ReportState.DRAFT: {ReportState.SUBMITTED},
        ReportState.SUBMITTED: {ReportState.RETURNED, ReportState.APPROVED},
        ReportState.RETURNED: {ReportState.SUBMITTED},
        ReportState.APPROVED: {ReportState.FILED, ReportState.RETURNED},
        ReportState.FILED: set(),
    },
)


STATEMENTS = (ReportState.SUBMITTED, ReportState.APPROVED, ReportState.FILED)  # signed; anything else is a draft (A7)


class Authorship(enum.StrEnum):
    """Who wrote a sentence as it stands: the machine, the machine and then a person, or a person."""

    MACHINE = "machine"
    EDITED = "edited"
    OFFICER = "officer"


class ReturnReason(enum.StrEnum):
    """Why a report was returned: a code to count by, beside the words."""

    INCOMPLETE = "incomplete"
    FACTS = "facts"
    UNCLEAR = "unclear"
    UNSUPPORTED = "unsupported"
    CODING = "coding"
    LANGUAGE = "language"
    OTHER = "other"

    @property
    def title(self) -> str:  # type: ignore[override]
        """In words."""
        return _REASONS[self.value]


_REASONS = {
    "incomplete": N_("Something is missing"),
    "facts": N_("A fact is wrong"),
    "unclear": N_("Hard to follow"),
    "unsupported": N_("Nothing supports it"),
    "coding": N_("People or offenses do not fit the text"),
    "language": N_("Spelling or wording"),
    "other": N_("Other"),
}


class Report(Identified, Base):
    """The report of one incident by one officer, or a supplement to one that was filed, with a life of its own."""

    __tablename__ = "report"

    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("incident.id"), index=True)
    author_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    supplements_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("report.id"))
    supplement_number: orm.Mapped[int] = orm.mapped_column(default=0)
    state: orm.Mapped[ReportState] = orm.mapped_column(choice(ReportState), default=ReportState.DRAFT, index=True)
    created_at: orm.Mapped[datetime]
    changed_at: orm.Mapped[datetime]
    submitted_at: orm.Mapped[datetime | None]
    approved_at: orm.Mapped[datetime | None]
    filed_at: orm.Mapped[datetime | None]
    lock_version: orm.Mapped[int] = orm.mapped_column(default=1)

    incident: orm.Mapped[Incident] = orm.relationship()
    author: orm.Mapped[Officer] = orm.relationship()
    sentences: orm.Mapped[list["Sentence"]] = orm.relationship(
        order_by="Sentence.position", primaryjoin="and_(Sentence.report_id == Report.id, Sentence.removed_at.is_(None))"
    )
    drafts: orm.Mapped[list["Draft"]] = orm.relationship(order_by="Draft.number")
    versions: orm.Mapped[list["Version"]] = orm.relationship(order_by="Version.number")
    reviews: orm.Mapped[list["Review"]] = orm.relationship(order_by="Review.number")

    __table_args__ = (
        sa.Index("uq_report_first", "incident_id", unique=True, postgresql_where=sa.text("supplements_id IS NULL")),
        sa.UniqueConstraint("supplements_id", "supplement_number"),
        sa.Index("ix_report_changed", sa.text("changed_at DESC"), "id"),
    )
    __mapper_args__ = {"version_id_col": lock_version}

    @property
    def is_statement(self) -> bool:
        """Whether what stands is signed: until then it is a draft, and not an officer's statement (A7)."""
        return self.state in STATEMENTS

    @property
    def title(self) -> str:
        """What readers call it: a report, or the how-manieth supplement to one."""
        return phrase("Supplement %(number)s", number=self.supplement_number) if self.supplements_id else N_("Report")


class Draft(Identified, Base):
    """What the machine wrote, before anybody saw it. Immutable; the database refuses change and deletion (A4).

    `content` is a list of sentences: section, text, sources, confidence, gap; where it applies also whose words they are
    (`author`), values nobody confirmed (`unconfirmed`), and the sentence before a model rephrased it (`plain`, `engine`).
    `inputs` names every recording, its SHA-256 and the steps read (A5, A6). `left_out` lists what was heard or seen and
    is not told: [evidence id, start s, end s, words, reason].
    """

    __tablename__ = "draft"

    report_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("report.id"), index=True)
    number: orm.Mapped[int]
    step_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("step.id"), unique=True)
    engines: orm.Mapped[list[Any]]
    inputs: orm.Mapped[list[Any]]
    content: orm.Mapped[list[Any]]
    left_out: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    created_at: orm.Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("report_id", "number"),)

    @property
    def untold(self) -> int:
        """How many things it left out, as its writer counted them; 0 for drafts from before they were counted."""
        return max((int(one.get("parameters", {}).get("left_out", 0)) for one in self.engines), default=0)


class Sentence(Identified, Base):
    """One sentence as it stands now. `machine_text` is what the machine proposed; empty for an officer's own."""

    __tablename__ = "sentence"

    report_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("report.id"), index=True)
    draft_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("draft.id"))
    position: orm.Mapped[float]
    section: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    text: orm.Mapped[str] = orm.mapped_column(sa.Text)
    machine_text: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    authorship: orm.Mapped[Authorship] = orm.mapped_column(choice(Authorship))
    machine_characters: orm.Mapped[int] = orm.mapped_column(default=0)  # of `text`, as authorship.py counts them
    confidence: orm.Mapped[float | None]
    edited_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    edited_at: orm.Mapped[datetime | None]
    removed_at: orm.Mapped[datetime | None]
    acknowledged_at: orm.Mapped[datetime | None]
    edition: orm.Mapped[int] = orm.mapped_column(default=1)
    engines: orm.Mapped[list[Any]] = orm.mapped_column(default=list)  # whose words a quotation brought in

    sources: orm.Mapped[list["SentenceSource"]] = orm.relationship(order_by="SentenceSource.start_s", lazy="selectin")

    __mapper_args__ = {"version_id_col": edition}

    @property
    def gap(self) -> bool:
        """Whether a person still has to fill something in."""
        return "[INSERT" in self.text


class SentenceSource(Identified, Base):
    """The seconds of a recording that support a sentence."""

    __tablename__ = "sentence_source"

    sentence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("sentence.id"), index=True)
    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"))
    start_s: orm.Mapped[float]
    end_s: orm.Mapped[float]
    quote: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")


class Version(Identified, Base):
    """The report frozen at a move: submitted, approved, filed. Immutable; the database refuses change and deletion.

    `content` is everything the printed page is made from; `sha256` is over its canonical JSON.
    """

    __tablename__ = "version"

    report_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("report.id"), index=True)
    number: orm.Mapped[int]
    state: orm.Mapped[ReportState] = orm.mapped_column(choice(ReportState))
    content: orm.Mapped[dict[str, Any]]
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    created_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    created_at: orm.Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("report_id", "number"),)


class Review(Identified, Base):
    """A supervisor's decision on a version, with notes."""

    __tablename__ = "review"

    report_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("report.id"), index=True)
    version_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("version.id"))
    reviewer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    number: orm.Mapped[int] = orm.mapped_column(default=1)  # in the order decided: clocks may go backwards
    decision: orm.Mapped[ReportState] = orm.mapped_column(choice(ReportState))
    reasons: orm.Mapped[list[Any]] = orm.mapped_column(default=list)
    notes: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    at: orm.Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("report_id", "number"),)

    reviewer: orm.Mapped[Officer] = orm.relationship()


class SignaturePart(enum.StrEnum):
    """Whose signature it is: who wrote the report, or who approved it."""

    AUTHOR = "author"
    APPROVER = "approver"


class Signature(Identified, Base):
    """An officer's signature on a version: who, when (UTC, 0.01 s), and the hash of the exact content (A3).

    `note` is the statement signed with the officer's own key (C2SP signed-note), for anyone to check; it is empty in
    signatures from before officers had keys. Immutable; the database refuses change and deletion.
    """

    __tablename__ = "signature"

    report_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("report.id"), index=True)
    version_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("version.id"))
    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    part: orm.Mapped[SignaturePart] = orm.mapped_column(choice(SignaturePart), default=SignaturePart.AUTHOR)
    statement: orm.Mapped[str] = orm.mapped_column(sa.Text)
    content_sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    at: orm.Mapped[datetime]
    address: orm.Mapped[str] = orm.mapped_column(sa.String(64), default="")
    key_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("signing_key.id"))
    note: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")

    officer: orm.Mapped[Officer] = orm.relationship()
    key: orm.Mapped[SigningKey | None] = orm.relationship()

    @property
    def stands(self) -> bool:
        """Whether its key was good when it was made: one made before its key was ended stays."""
        return self.key is None or self.key.revoked_from is None or self.at < self.key.revoked_from


class BundleState(enum.StrEnum):
    """The life of a discovery bundle."""

    ASKED = "asked"
    MAKING = "making"
    MADE = "made"
    FAILED = "failed"
    REMOVED = "removed"


class Bundle(Identified, Base):
    """Everything a court may ask about one report, packed by a worker on request (A5)."""

    __tablename__ = "bundle"

    report_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("report.id"), index=True)
    asked_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    asked_at: orm.Mapped[datetime]
    case_number: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(400))
    originals: orm.Mapped[bool] = orm.mapped_column(default=False)
    state: orm.Mapped[BundleState] = orm.mapped_column(choice(BundleState), default=BundleState.ASKED)
    lease_until: orm.Mapped[datetime | None]
    attempts: orm.Mapped[int] = orm.mapped_column(default=0)
    error: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    storage_key: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    size: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, default=0)
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64), default="")
    made_at: orm.Mapped[datetime | None]

    report: orm.Mapped[Report] = orm.relationship()
    asker: orm.Mapped[Officer] = orm.relationship()
