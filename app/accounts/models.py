"""Units, officers, and what proves that it is them: sessions, tokens, attempts."""

import enum
import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.db import Base, Identified, choice
from app.core.permissions import Role


class Unit(Identified, Base):
    """A part of the agency: a shift, a precinct, a bureau."""

    __tablename__ = "unit"

    name: orm.Mapped[str] = orm.mapped_column(sa.String(120), unique=True)


class Officer(Identified, Base):
    """A person with an account. Badges are never reused; accounts are closed, never deleted."""

    __tablename__ = "officer"

    badge: orm.Mapped[str] = orm.mapped_column(sa.String(20), unique=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(120))
    rank: orm.Mapped[str] = orm.mapped_column(sa.String(60), default="Officer")
    role: orm.Mapped[Role] = orm.mapped_column(choice(Role))
    unit_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("unit.id"), index=True)
    password_hash: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    must_change_password: orm.Mapped[bool] = orm.mapped_column(default=False)
    language: orm.Mapped[str] = orm.mapped_column(sa.String(8), default="")  # "" follows the browser
    created_at: orm.Mapped[datetime]
    locked_at: orm.Mapped[datetime | None]
    closed_at: orm.Mapped[datetime | None]
    last_seen_at: orm.Mapped[datetime | None]

    unit: orm.Mapped[Unit] = orm.relationship(lazy="joined", innerjoin=True)

    @property
    def title(self) -> str:
        """Rank and name, as a report would say it."""
        return f"{self.rank} {self.name}"

    @property
    def label(self) -> str:
        """What the ledger shows for ever."""
        return f"{self.rank} {self.name} (#{self.badge})"


class Posting(Identified, Base):
    """An officer's move from one unit to another: what they did before it was done in the unit before."""

    __tablename__ = "posting"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    before_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("unit.id"))
    after_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("unit.id"))
    since: orm.Mapped[datetime]
    entered_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    entered_at: orm.Mapped[datetime]


class SignInSession(Identified, Base):
    """A signed-in browser. The cookie carries a secret whose SHA-256 is kept here; ending it here ends it everywhere."""

    __tablename__ = "sign_in_session"

    secret_hash: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)
    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    created_at: orm.Mapped[datetime]
    last_seen_at: orm.Mapped[datetime]
    expires_at: orm.Mapped[datetime]
    notice_at: orm.Mapped[datetime | None]
    revoked_at: orm.Mapped[datetime | None]
    address: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    device: orm.Mapped[str] = orm.mapped_column(sa.String(200))

    officer: orm.Mapped[Officer] = orm.relationship(lazy="joined", innerjoin=True)


class ApiToken(Identified, Base):
    """A phone's or a program's key. Shown once, kept as SHA-256, revocable, expiring."""

    __tablename__ = "api_token"

    name: orm.Mapped[str] = orm.mapped_column(sa.String(120))
    secret_hash: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)
    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    created_at: orm.Mapped[datetime]
    expires_at: orm.Mapped[datetime]
    last_used_at: orm.Mapped[datetime | None]
    revoked_at: orm.Mapped[datetime | None]

    officer: orm.Mapped[Officer] = orm.relationship(lazy="joined", innerjoin=True)


class SignInAttempt(Base):
    """One try at a password, right or wrong: what the lock-out counts (CJIS AC-7)."""

    __tablename__ = "sign_in_attempt"

    id: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    badge: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    at: orm.Mapped[datetime]
    succeeded: orm.Mapped[bool]
    address: orm.Mapped[str] = orm.mapped_column(sa.String(64))

    __table_args__ = (sa.Index("ix_sign_in_attempt_badge_at", "badge", "at"),)


class RevocationReason(enum.StrEnum):
    """Why a signing key was ended."""

    COMPROMISED = "compromised"
    LEFT = "left"
    REPLACED = "replaced"

    @property
    def title(self) -> str:  # type: ignore[override]
        """In words."""
        return {
            "compromised": "Somebody else may have used it",
            "left": "The officer has left",
            "replaced": "Replaced by a new one",
        }[self.value]


class SigningKey(Identified, Base):
    """An officer's own Ed25519 key. The private half is wrapped by the agency's key, and destroyed when it is ended.

    `public`, `certificate` (the agency vouches for it) and `revocation` (the agency ends it) are notes that anyone
    can check. The database lets a key be ended once, and nothing else of it be changed.
    """

    __tablename__ = "signing_key"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"), index=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    public: orm.Mapped[str] = orm.mapped_column(sa.String(300), unique=True)
    wrapped: orm.Mapped[bytes]
    wrapper: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    certificate: orm.Mapped[str] = orm.mapped_column(sa.Text)
    created_at: orm.Mapped[datetime]
    revoked_at: orm.Mapped[datetime | None]
    revoked_from: orm.Mapped[datetime | None]  # signatures from then on do not stand
    revoked_by: orm.Mapped[uuid.UUID | None] = orm.mapped_column(sa.ForeignKey("officer.id"))
    reason: orm.Mapped[RevocationReason | None] = orm.mapped_column(choice(RevocationReason))
    revocation: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")

    officer: orm.Mapped[Officer] = orm.relationship(foreign_keys=[officer_id])

    __table_args__ = (
        sa.Index("ix_signing_key_in_use", "officer_id", unique=True, postgresql_where=sa.text("revoked_at IS NULL")),
    )


class SavedFilter(Identified, Base):
    """How an officer narrows a list, under a name: the part of its address. `usual`: the list opens so."""

    __tablename__ = "saved_filter"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    of_list: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    name: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    query: orm.Mapped[str] = orm.mapped_column(sa.String(600))
    usual: orm.Mapped[bool] = orm.mapped_column(default=False)
    made_at: orm.Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("officer_id", "of_list", "name"),)
