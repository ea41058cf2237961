"""Uploads on their way, evidence sealed or quarantined, and the renditions made from it."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.core.db import Base, Identified, choice
from app.core.states import Moves
from app.incidents.models import Incident


class MediaKind(enum.StrEnum):
    """What the content is, told from the content."""

    VIDEO = "video"
    AUDIO = "audio"
    IMAGE = "image"
    DOCUMENT = "document"
    OTHER = "other"


class EvidenceState(enum.StrEnum):
    """The life of an item."""

    RECEIVED = "received"
    SEALED = "sealed"
    QUARANTINED = "quarantined"
    PURGED = "purged"


EVIDENCE_MOVES = Moves(
    "item",
    {
        EvidenceState.RECEIVED: {EvidenceState.SEALED, EvidenceState.QUARANTINED},
        EvidenceState.QUARANTINED: set(),
        EvidenceState.SEALED: {EvidenceState.PURGED},
        EvidenceState.PURGED: set(),
    },
)


class FixityState(enum.StrEnum):
    """What the last re-hash of a stored object found (E6)."""

    SOUND = "sound"
    ALTERED = "altered"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    REPLACED = "replaced"


class UploadState(enum.StrEnum):
    """The life of a tus upload."""

    OPEN = "open"
    RECEIVED = "received"
    TERMINATED = "terminated"
    JOINED = "joined"


class UploadPart(enum.StrEnum):
    """Whether it is a recording by itself, a part of one, or joined from parts (tus concatenation)."""

    WHOLE = "whole"
    PART = "part"
    JOINED = "joined"


class Upload(Identified, Base):
    """A tus upload: the bytes so far lie in the intake area under its id; `offset` is what is safely on disk."""

    __tablename__ = "upload"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    incident_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("incident.id"), index=True)
    state: orm.Mapped[UploadState] = orm.mapped_column(choice(UploadState), default=UploadState.OPEN)
    part: orm.Mapped[UploadPart] = orm.mapped_column(choice(UploadPart), default=UploadPart.WHOLE)
    parts: orm.Mapped[list[Any]] = orm.mapped_column(default=list)  # the ids it was joined from, in order
    length: orm.Mapped[int | None] = orm.mapped_column(sa.BigInteger)  # None until the phone says it
    offset: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, default=0)
    filename: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    claimed_type: orm.Mapped[str] = orm.mapped_column(sa.String(120), default="")
    claimed_sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64), default="")
    category: orm.Mapped[str] = orm.mapped_column(sa.String(40), default="")  # how long to keep it, if it was said
    recorded_at: orm.Mapped[datetime | None]
    clock_offset_s: orm.Mapped[float | None]
    position: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict, server_default="{}")  # as the phone claims
    phone_key: orm.Mapped[str] = orm.mapped_column(sa.String(64), default="", server_default="")  # the phone's own id
    created_at: orm.Mapped[datetime]
    expires_at: orm.Mapped[datetime]
    address: orm.Mapped[str] = orm.mapped_column(sa.String(64), default="")
    given: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)  # headers to be told back as they came

    __table_args__ = (
        sa.Index(
            "uq_upload_phone_key", "officer_id", "phone_key", unique=True, postgresql_where=sa.text("phone_key <> ''")
        ),
    )


class Evidence(Identified, Base):
    """One original. `sha256` is what intake computed from what is stored; `claimed_sha256` what the phone said."""

    __tablename__ = "evidence"

    incident_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("incident.id"), index=True)
    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    upload_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("upload.id"), unique=True)
    state: orm.Mapped[EvidenceState] = orm.mapped_column(choice(EvidenceState), default=EvidenceState.RECEIVED)
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    title: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    original_name: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    media_kind: orm.Mapped[MediaKind | None] = orm.mapped_column(choice(MediaKind))
    media_type: orm.Mapped[str] = orm.mapped_column(sa.String(120), default="")
    size: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    claimed_sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64), default="")
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64), default="", index=True)
    second_hash: orm.Mapped[str] = orm.mapped_column(sa.String(160), default="")  # as "sha512:…" (E8)
    storage_key: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="", index=True)
    fixity: orm.Mapped[FixityState | None] = orm.mapped_column(choice(FixityState))  # of the original; None: not yet
    fixity_at: orm.Mapped[datetime | None]
    duplicate_of: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("evidence.id"))
    duration_s: orm.Mapped[float | None]
    facts: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    recorded_at: orm.Mapped[datetime | None]
    received_at: orm.Mapped[datetime]
    sealed_at: orm.Mapped[datetime | None]

    incident: orm.Mapped[Incident] = orm.relationship()
    officer: orm.Mapped[Officer] = orm.relationship()
    renditions: orm.Mapped[list["Rendition"]] = orm.relationship(order_by="Rendition.created_at")

    @property
    def playable(self) -> bool:
        """Whether there is sound or a moving picture to play."""
        return self.state is EvidenceState.SEALED and self.media_kind in (MediaKind.VIDEO, MediaKind.AUDIO)


class Rendition(Identified, Base):
    """A working copy made from an original: poster, proxy, peaks, thumbnail. Never evidence itself (E3)."""

    __tablename__ = "rendition"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), index=True)
    step_id: orm.Mapped[uuid.UUID | None]
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    media_type: orm.Mapped[str] = orm.mapped_column(sa.String(120))
    storage_key: orm.Mapped[str] = orm.mapped_column(sa.String(200), index=True)
    size: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    parent_sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    tool: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    version: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    parameters: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)
    created_at: orm.Mapped[datetime]


class ExcerptKind(enum.StrEnum):
    """What is cut from a recording to be given out."""

    CLIP = "clip"
    STILL = "still"


class ExcerptState(enum.StrEnum):
    """The life of a clip or still."""

    ASKED = "asked"
    MAKING = "making"
    MADE = "made"
    FAILED = "failed"


class Excerpt(Identified, Base):
    """Some seconds of a recording, or the picture of one moment, that a person had cut from the original to give out.

    Times are seconds from its start, `end_s` that of a still is its `start_s`. What was made is `rendition`, a working copy
    like others: parent hash, tool, version, parameters (E3).
    """

    __tablename__ = "excerpt"

    evidence_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("evidence.id"), index=True)
    kind: orm.Mapped[ExcerptKind] = orm.mapped_column(choice(ExcerptKind))
    start_s: orm.Mapped[float] = orm.mapped_column(sa.Double)
    end_s: orm.Mapped[float] = orm.mapped_column(sa.Double)
    reason: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    case_number: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    asked_by: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    asked_at: orm.Mapped[datetime]
    state: orm.Mapped[ExcerptState] = orm.mapped_column(choice(ExcerptState), default=ExcerptState.ASKED)
    lease_until: orm.Mapped[datetime | None]
    attempts: orm.Mapped[int] = orm.mapped_column(default=0)
    error: orm.Mapped[str] = orm.mapped_column(sa.String(400), default="")
    rendition_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("rendition.id"))

    evidence: orm.Mapped[Evidence] = orm.relationship()
    asker: orm.Mapped[Officer] = orm.relationship()
    rendition: orm.Mapped[Rendition | None] = orm.relationship()


class StoredObject(Base):
    """One object in the store, and when it was last read back whole and found to be what its row says (C25).

    `turn_at` is since when it waits for its turn: since the last check, or since it was added. `taken_until` is the
    lease of whoever reads it now. `near_byte` is where the content stops being what was sealed, as far as that can be
    told. `replicated_at` is when its copy in the replica store was last found good.
    """

    __tablename__ = "stored_object"

    storage_key: orm.Mapped[str] = orm.mapped_column(sa.String(200), primary_key=True)
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    sha256: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    size: orm.Mapped[int] = orm.mapped_column(sa.BigInteger)
    turn_at: orm.Mapped[datetime] = orm.mapped_column(index=True)
    state: orm.Mapped[FixityState | None] = orm.mapped_column(choice(FixityState))
    checked_at: orm.Mapped[datetime | None]
    near_byte: orm.Mapped[int | None] = orm.mapped_column(sa.BigInteger)
    taken_until: orm.Mapped[datetime | None]
    replicated_at: orm.Mapped[datetime | None]
