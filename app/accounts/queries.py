"""Reading accounts: by id, by badge, by session secret, by token."""

import hashlib
import uuid
from datetime import datetime

import sqlalchemy as sa

from app.accounts.models import ApiToken, Officer, Posting, SignInSession, Unit
from app.core.clock import now
from app.core.db import session
from app.core.errors import NotFound


def officer(officer_id: uuid.UUID) -> Officer:
    """One officer; NotFound when there is none."""
    found = session().get(Officer, officer_id)
    if found is None:
        raise NotFound("There is no such officer.")
    return found


def by_badge(badge: str) -> Officer | None:
    """The officer with this badge, open account or closed."""
    return session().scalars(sa.select(Officer).where(Officer.badge == badge)).one_or_none()


def officers() -> list[Officer]:
    """Everybody, by badge."""
    return list(session().scalars(sa.select(Officer).order_by(Officer.badge)))


def units() -> list[Unit]:
    """Every unit, by name."""
    return list(session().scalars(sa.select(Unit).order_by(Unit.name)))


def unit(unit_id: uuid.UUID) -> Unit:
    """One unit; NotFound when there is none."""
    found = session().get(Unit, unit_id)
    if found is None:
        raise NotFound("There is no such unit.")
    return found


def unit_at(officer: Officer, moment: datetime) -> uuid.UUID:
    """The unit an officer was in at `moment`: their own, unless they moved after it."""
    moved = sa.select(Posting.before_id).where(Posting.officer_id == officer.id, Posting.since > moment)
    return session().scalars(moved.order_by(Posting.since, Posting.entered_at)).first() or officer.unit_id


def live_session(secret: str) -> SignInSession | None:
    """The session this secret opens, unless it was ended, ran out, or its account is not to be used."""
    query = (
        sa.select(SignInSession)
        .join(Officer)
        .where(
            SignInSession.secret_hash == _digest(secret),
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > now(),
            Officer.closed_at.is_(None),
            Officer.locked_at.is_(None),
        )
    )
    return session().scalars(query).one_or_none()


def live_token(secret: str) -> ApiToken | None:
    """The token with this secret, unless it was revoked, ran out, or its account is not to be used."""
    query = (
        sa.select(ApiToken)
        .join(Officer)
        .where(
            ApiToken.secret_hash == _digest(secret),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > now(),
            Officer.closed_at.is_(None),
            Officer.locked_at.is_(None),
        )
    )
    return session().scalars(query).one_or_none()


def sessions_of(officer_id: uuid.UUID) -> list[SignInSession]:
    """An officer's open sessions, newest first."""
    query = sa.select(SignInSession).where(
        SignInSession.officer_id == officer_id, SignInSession.revoked_at.is_(None), SignInSession.expires_at > now()
    )
    return list(session().scalars(query.order_by(SignInSession.created_at.desc())))


def tokens_of(officer_id: uuid.UUID) -> list[ApiToken]:
    """An officer's live tokens, newest first."""
    query = sa.select(ApiToken).where(
        ApiToken.officer_id == officer_id, ApiToken.revoked_at.is_(None), ApiToken.expires_at > now()
    )
    return list(session().scalars(query.order_by(ApiToken.created_at.desc())))


def own_session(officer_id: uuid.UUID, session_id: uuid.UUID) -> SignInSession:
    """One of an officer's own sessions."""
    found = session().get(SignInSession, session_id)
    if found is None or found.officer_id != officer_id:
        raise NotFound("There is no such session.")
    return found


def own_token(officer_id: uuid.UUID, token_id: uuid.UUID) -> ApiToken:
    """One of an officer's own tokens."""
    found = session().get(ApiToken, token_id)
    if found is None or found.officer_id != officer_id:
        raise NotFound("There is no such token.")
    return found


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
