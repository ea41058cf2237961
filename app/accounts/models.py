"""Units, officers, and what proves that it is them: sessions, tokens, attempts."""

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
