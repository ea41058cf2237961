"""Enrolling people, letting them in and out, and stopping whoever guesses. The only writes to accounts."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.accounts import passwords
from app.accounts.models import ApiToken, Officer, Posting, SignInAttempt, SignInSession, Unit
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.permissions import Role
from app.core.phrases import N_

_EVERYBODY: dict[str, Any] = {"subject_kind": "officer", "subject_id": "all"}
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long sessions last and how many wrong passwords are too many (CJIS AC-7, AC-11, IA-11)."""

    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)
    attempts: int = 5
    window: timedelta = timedelta(minutes=15)


def add_unit(name: str, *, actor: Actor) -> Unit:
    """A new part of the agency."""
    if not name.strip():
        raise Invalid("A unit needs a name.", field="name")
    if session().scalar(sa.select(Unit.id).where(Unit.name == name.strip())) is not None:
        raise Conflict(f"There is a unit named {name.strip()} already.", field="name")
    unit = Unit(id=uuid.uuid4(), name=name.strip())
    session().add(unit)
    session().flush()
    ledger.record("accounts:unit:add", actor=actor, subject_kind="unit", subject_id=unit.id)
    return unit


def enrol(
    badge: str, *, name: str, rank: str, role: Role, unit: Unit, password: str, actor: Actor, must_change: bool = False
) -> Officer:
    """A new account. Badges are never used twice, not even after an account was closed (CJIS IA-4)."""
    badge, name = badge.strip(), name.strip()
    if not badge or not badge.isalnum() or len(badge) > 20:
        raise Invalid("A badge is 1 to 20 letters and digits.", field="badge")
    if not name:
        raise Invalid("A person needs a name.", field="name")
    if session().scalar(sa.select(Officer.id).where(Officer.badge == badge)) is not None:
        raise Conflict(f"Badge {badge} was given out before.", field="badge", remedy="Badges are never used twice.")
    passwords.check(password, badge=badge, name=name)
    officer = Officer(
        id=uuid.uuid4(),
        badge=badge,
        name=name,
        rank=rank.strip() or "Officer",
        role=role,
        unit_id=unit.id,
        unit=unit,
        password_hash=passwords.keep(password),
        must_change_password=must_change,
        created_at=now(),
    )
    session().add(officer)
    session().flush()
    _record("accounts:officer:enrol", officer, actor, role=role.value, unit=unit.id)
    return officer


def sign_in(
    badge: str, password: str, *, address: str, device: str, limits: Limits, language: str = "en"
) -> tuple[SignInSession, str] | None:
    """A session and its secret, for the right badge and password; None otherwise. `language` is the notice's.

    It does not raise, because the wrong try must be kept: five in fifteen minutes lock the account (C1).
    """
    officer = _proven(badge, password, address=address, device=device, limits=limits)
    if officer is None:
        return None
    moment, secret = now(), _secret()
    entry = SignInSession(
        id=uuid.uuid4(),
        secret_hash=_digest(secret),
        officer_id=officer.id,
        officer=officer,
        created_at=moment,
        last_seen_at=moment,
        expires_at=moment + limits.longest,
        notice_at=moment,
        address=address,
        device=device[:200],
    )
    officer.last_seen_at = moment
    session().add(entry)
    session().flush()
    actor = actor_of(officer, session_id=str(entry.id), address=address, device=device)
    _record("accounts:officer:sign-in", officer, actor, session=entry.id, language=language)
    return entry, secret


def issue_token_by_password(
    badge: str, password: str, *, name: str, address: str, device: str, limits: Limits
) -> tuple[ApiToken, str] | None:
    """A phone's token, for the right badge and password; None otherwise, and the same lock-out applies."""
    officer = _proven(badge, password, address=address, device=device, limits=limits)
    if officer is None:
        return None
    if officer.must_change_password:
        raise Forbidden("Change your temporary password first.", remedy="Sign in in a browser.")
    actor = actor_of(officer, address=address, device=device)
    return issue_token(officer, name=name, life=limits.longest, actor=actor)


def issue_token(
    officer: Officer, *, name: str, actor: Actor, life: timedelta = timedelta(hours=12)
) -> tuple[ApiToken, str]:
    """A token and its secret. The secret is shown once and kept nowhere."""
    moment, secret = now(), _secret()
    token = ApiToken(
        id=uuid.uuid4(),
        name=name.strip()[:120] or "phone",
        secret_hash=_digest(secret),
        officer_id=officer.id,
        officer=officer,
        created_at=moment,
        expires_at=moment + life,
    )
    session().add(token)
    session().flush()
    holder = actor if actor.session_id else replace(actor, session_id=str(token.id))
    _record("accounts:token:issue", officer, holder, token=token.id)
    return token, secret


def revoke_token(token: ApiToken, *, actor: Actor) -> None:
    """Ends a token now, also in the middle of an upload."""
    token.revoked_at = token.revoked_at or now()
    _record("accounts:token:revoke", token.officer, actor, token=token.id)


def present(entry: SignInSession) -> None:
    """Notes that the person is still there; written at most once a minute."""
    moment = now()
    if moment - entry.last_seen_at >= SEEN_EVERY:
        entry.last_seen_at = moment


def sign_out(entry: SignInSession, *, actor: Actor) -> None:
    """Ends a session for good: its cookie is worth nothing from now on (CJIS SC-23)."""
    entry.revoked_at = entry.revoked_at or now()
    lasted = round((entry.revoked_at - entry.created_at).total_seconds())
    _record("accounts:officer:sign-out", entry.officer, actor, session=entry.id, lasted_s=lasted)


def reauthenticate(entry: SignInSession, password: str, *, address: str, device: str, limits: Limits) -> bool:
    """Ends an idle lock with the password; a wrong one is False and counts as a wrong sign-in."""
    officer = _proven(entry.officer.badge, password, address=address, device=device, limits=limits)
    if officer is None:
        return False
    entry.last_seen_at = now()
    actor = actor_of(officer, session_id=str(entry.id), address=address, device=device)
    _record("accounts:officer:unlock-screen", officer, actor)
    return True


def confirm(officer: Officer, password: str, *, address: str, device: str, limits: Limits) -> bool:
    """A second look before a signature: the password again. A wrong one counts as a wrong sign-in."""
    return _proven(officer.badge, password, address=address, device=device, limits=limits) is not None


def change_password(
    officer: Officer, *, old: str, new: str, actor: Actor, keep_session: uuid.UUID | None = None
) -> None:
    """A person's own change; every other session of theirs ends."""
    if not passwords.matches(officer.password_hash, old):
        raise Invalid(N_("This is not your present password."), field="old")
    if old == new:
        raise Invalid(N_("The new password is the old one."), field="password")
    passwords.check(new, badge=officer.badge, name=officer.name)
    officer.password_hash, officer.must_change_password = passwords.keep(new), False
    _end_sessions(officer, but=keep_session)
    _record("accounts:password:change", officer, actor)


def choose_language(officer: Officer, language: str, *, actor: Actor) -> None:
    """The language a person reads the pages in; it goes with them to every device."""
    if officer.language == language:
        return
    officer.language = language
    _record("accounts:language:choose", officer, actor, language=language)


def reset_password(officer: Officer, *, password: str, actor: Actor) -> None:
    """An administrator's temporary password: it must be changed at the next sign-in, and every session ends."""
    passwords.check(password, badge=officer.badge, name=officer.name)
    officer.password_hash, officer.must_change_password = passwords.keep(password), True
    _end_sessions(officer)
    _record("accounts:password:reset", officer, actor)


def note_refused_password(officer: Officer, act: str, *, field: str, actor: Actor) -> None:
    """A password that was not changed (`act` is change or reset) is kept too, with the field that was wrong."""
    _record(f"accounts:password:{act}", officer, actor, outcome="refused", field=field)


def note_view(officer: Officer | None, *, actor: Actor) -> None:
    """Looking at an account, or at the list of them (None), is a privileged act and kept (CJIS AC-6(9))."""
    subject: dict[str, Any] = {"subject_kind": "officer", "subject_id": officer.id} if officer else _EVERYBODY
    ledger.record("accounts:officer:view", actor=actor, **subject)


def unlock(officer: Officer, *, actor: Actor) -> None:
    """Lets a locked account try again; only an administrator does this (CJIS AC-7, C1)."""
    officer.locked_at = None
    session().execute(sa.delete(SignInAttempt).where(SignInAttempt.badge == officer.badge, ~SignInAttempt.succeeded))
    _record("accounts:officer:unlock", officer, actor)


def close(officer: Officer, *, actor: Actor) -> None:
    """Ends an account: its sessions and tokens die with it at once (C11). What the person did stays."""
    if actor.officer_id == officer.id:
        raise Forbidden("Nobody closes their own account.", remedy="Ask another administrator.")
    officer.closed_at = officer.closed_at or now()
    _end_sessions(officer)
    _record("accounts:officer:close", officer, actor)


def transfer(officer: Officer, *, unit: Unit, since: datetime, actor: Actor) -> Posting:
    """Moves an officer to another unit from `since` (aware, not in the future) on. Recordings made before stay with
    the unit before. Invalid for the unit they are in, or a moment before their last move."""
    last = sa.select(sa.func.max(Posting.since)).where(Posting.officer_id == officer.id)
    earlier = session().scalar(last)
    if unit.id == officer.unit_id:
        raise Invalid("The officer is in this unit already.", field="unit", remedy="Choose another one.")
    if since > now() or (earlier is not None and since <= earlier):
        raise Invalid("A move is after the last one, and not in the future.", field="since")
    by = actor.officer_id
    posting = Posting(
        officer_id=officer.id, before_id=officer.unit_id, after_id=unit.id, since=since, entered_by=by, entered_at=now()
    )
    session().add(posting)
    officer.unit_id = unit.id
    session().flush()
    session().refresh(officer)
    _record("accounts:officer:transfer", officer, actor, unit=unit.id, since=since.isoformat())
    return posting


def actor_of(officer: Officer, *, session_id: str = "", address: str = "", device: str = "") -> Actor:
    """The officer as the one who acts."""
    return Actor(
        label=officer.label,
        officer_id=officer.id,
        role=officer.role,
        unit_id=officer.unit_id,
        session_id=session_id,
        address=address,
        device=device,
    )


def _proven(badge: str, password: str, *, address: str, device: str, limits: Limits) -> Officer | None:
    """The officer, when badge and password are right and the account may be used. Every refusal looks the same."""
    badge = badge.strip()[:20]
    officer = (
        session().scalars(sa.select(Officer).where(Officer.badge == badge).with_for_update(of=Officer)).one_or_none()
    )
    right = passwords.matches(officer.password_hash if officer else "", password)
    usable = officer is not None and officer.locked_at is None and officer.closed_at is None
    session().add(SignInAttempt(badge=badge, at=now(), succeeded=right and usable, address=address))
    session().flush()
    if officer is not None and right and usable:
        if passwords.outdated(officer.password_hash):
            officer.password_hash = passwords.keep(password)
        return officer
    _note_refusal(badge, officer, address=address, device=device, limits=limits)
    return None


def _note_refusal(badge: str, officer: Officer | None, *, address: str, device: str, limits: Limits) -> None:
    stranger = Actor(label=f"badge {badge}", address=address, device=device)
    if officer is not None:
        wrong = session().scalar(
            sa.select(sa.func.count())
            .select_from(SignInAttempt)
            .where(SignInAttempt.badge == badge, ~SignInAttempt.succeeded, SignInAttempt.at > now() - limits.window)
        )
        if (wrong or 0) >= limits.attempts and officer.locked_at is None:
            officer.locked_at = now()
            _record("accounts:officer:lock", officer, stranger, outcome="refused", wrong=wrong)
    ledger.record(
        "accounts:officer:sign-in",
        actor=stranger,
        subject_kind="officer",
        subject_id=officer.id if officer else "unknown badge",
        outcome="refused",
        locked=bool(officer and officer.locked_at),
    )


def _end_sessions(officer: Officer, *, but: uuid.UUID | None = None) -> None:
    moment = now()
    kept = SignInSession.id != but if but else sa.true()
    session().execute(
        sa.update(SignInSession)
        .where(SignInSession.officer_id == officer.id, SignInSession.revoked_at.is_(None), kept)
        .values(revoked_at=moment)
    )
    session().execute(
        sa.update(ApiToken)
        .where(ApiToken.officer_id == officer.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=moment)
    )


def _secret() -> str:
    return secrets.token_urlsafe(32)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(act: str, officer: Officer, actor: Actor, *, outcome: str = "done", **details: Any) -> None:
    session().flush()
    ledger.record(act, actor=actor, subject_kind="officer", subject_id=officer.id, outcome=outcome, **details)
