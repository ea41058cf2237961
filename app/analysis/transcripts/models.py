"""Versions of a transcript: who changed it, when, and of every changed line what stood before and after."""

import enum
import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.core.db import Base, Identified, choice


class VersionKind(enum.StrEnum):
    """How a version came to be."""

    MACHINE = "machine"
    CORRECTION = "correction"
    SPEAKERS = "speakers"
    REPLACE = "replace"
    IMPORT = "import"
    CARRIED = "carried"
    UNDO = "undo"

    @property
    def title(self) -> str:  # type: ignore[override]
        """In words."""
        return _TITLES[self.value]


_TITLES = {
    "machine": "As the machine heard it",
    "correction": "Correction",
    "speakers": "Speakers",
    "replace": "Find and replace",
    "import": "Imported transcript",
    "carried": "Corrections of an earlier reading",
    "undo": "Taken back",
}


class Part(enum.StrEnum):
    """What of an utterance a revision holds; each part has a course of its own."""

    WORDS = "words"  # text, words, confidence, start_s, end_s
    SPEAKER = "speaker"  # speaker, role, speaker_confidence
    REDACTED = "redacted"  # spans: [[first word, word behind the last, reason]]
    STANDS = "stands"  # gone


class TranscriptVersion(Identified, Base):
    """One numbered version. Number 1 is the machine's; it gets its row when a person first changes something.

    A correction stays open while its person works (`closed_at` is None), so that what they save in one sitting is one
    version. `replaces`: everything that was said before is out of this version, which brought utterances of its own.
    An import waits with its cues in `waiting` and without a number until its person has seen the preview.
    """

    __tablename__ = "transcript_version"

    transcript_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("transcript.id"))
    number: orm.Mapped[int | None]
    kind: orm.Mapped[VersionKind] = orm.mapped_column(choice(VersionKind))
    made_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    made_at: orm.Mapped[datetime]
    closed_at: orm.Mapped[datetime | None]
    replaces: orm.Mapped[bool] = orm.mapped_column(default=False)
    undoes: orm.Mapped[int | None]
    source: orm.Mapped[dict[str, Any]] = orm.mapped_column(default=dict)  # of an import: format, sha256, size
    waiting: orm.Mapped[dict[str, Any] | None] = orm.mapped_column(sa.JSON(none_as_null=True))

    maker: orm.Mapped[Officer | None] = orm.relationship()

    __table_args__ = (sa.UniqueConstraint("transcript_id", "number"),)


class Revision(Identified, Base):
    """One part of one utterance as it stood from this version on. Of the machine's version: never changed again."""

    __tablename__ = "utterance_revision"

    utterance_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("utterance.id"))
    version_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("transcript_version.id"), index=True)
    part: orm.Mapped[Part] = orm.mapped_column(choice(Part))
    content: orm.Mapped[dict[str, Any]]
    at: orm.Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("utterance_id", "part", "version_id"),)
