"""Each officer's own signing key: made at the first signature, vouched for by the agency, ended by an administrator."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.accounts import service
from app.accounts.models import Officer, RevocationReason, SigningKey
from app.config import Settings
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import hundredths, now
from app.core.db import aside, session
from app.core.errors import Conflict, Invalid
from app.core.keys import KeyMissing, Signer, Wrapper, signer, wrapper
from app.core.ledger import checkpoints, written
from app.core.phrases import N_, phrase
from app.core.storage import objectkeys
from app.core.verifier import canonical, sha256_hex
from app.core.verify_report import CERTIFICATE, REVOCATION


@dataclass(frozen=True, slots=True)
class Agency:
    """What vouches for officers' keys, and what keeps their private halves shut."""

    signer: Signer
    wrapper: Wrapper


def agency(settings: Settings) -> Agency:
    """The agency's keys by these settings; raises KeyMissing when one was used before and is not there."""
    return Agency(
        signer(settings, used=checkpoints.any_signed),
        wrapper(settings, used=lambda: objectkeys.any_kept() or any_kept()),
    )


@dataclass(frozen=True, slots=True)
class Pen:
    """What one officer signs with in one act. There is no other way to one than the second look (`take_pen`)."""

    key_id: uuid.UUID
    officer_id: uuid.UUID
    signer: Signer


def take_pen(
    officer: Officer, password: str, *, agency: Agency, actor: Actor, address: str, device: str, limits: service.Limits
) -> Pen | None:
    """A pen, for the officer's password given again; None for a wrong one, which counts as a wrong sign-in.

    The first pen of an officer makes their key. Raises Conflict when their key was ended: no new one comes by itself,
    or whoever has the password would simply get another.
    """
    if not service.confirm(officer, password, address=address, device=device, limits=limits):
        return None
    newest = newest_key(officer)
    if newest is None:
        newest = make_key(officer, agency=agency, actor=actor)
    refuse_ended(newest)
    return _pen(newest, agency)


def make_key(officer: Officer, *, agency: Agency, actor: Actor) -> SigningKey:
    """A fresh key for the officer, certified by the agency. Conflict when one is in use, or the account is closed."""
    newest = newest_key(officer)
    if newest is not None and newest.revoked_at is None:
        raise Conflict(N_("This officer has a signing key in use."), remedy=N_("End it first."))
    if officer.closed_at is not None:
        raise Conflict(N_("This account is closed: nobody signs with it."))
    key_id, private = uuid.uuid4(), Ed25519PrivateKey.generate()
    name = f"{agency.signer.name}/officers/{officer.badge}"
    public, moment = str(Signer(name, private).key), hundredths(now())
    told = {
        "key": public,
        "officer": str(officer.id),
        "badge": officer.badge,
        "name": officer.name,
        "rank": officer.rank,
        "made_at": written(moment),
    }
    made = SigningKey(
        id=key_id,
        officer_id=officer.id,
        name=name,
        public=public,
        wrapped=agency.wrapper.wrap(private.private_bytes_raw(), _wrapped_as(key_id)),
        wrapper=agency.wrapper.id,
        certificate=agency.signer.sign_note(f"{CERTIFICATE}\n{canonical(told).decode()}\n"),
        created_at=moment,
    )
    session().add(made)
    session().flush()
    _record("accounts:key:make", made, actor, certificate_sha256=_digest(made.certificate))
    return made


def revoke(
    key: SigningKey, *, reason: RevocationReason, since: datetime | None, agency: Agency, actor: Actor
) -> SigningKey:
    """Ends a key: what it signed from `since` on (now, when not given) does not stand; what it signed before does.

    Raises Conflict when it is ended already, Invalid for a time that is yet to come or before the key was made.
    """
    session().refresh(key, with_for_update={"of": SigningKey})  # whoever is signing with it now comes first
    refuse_ended(key)
    moment = hundredths(now())
    since = hundredths(since) if since else moment
    if not key.created_at <= since <= moment:
        raise Invalid(
            phrase(
                "The key was made %(created_at)s UTC; give a time from then until now.",
                created_at=written(key.created_at)[:19],
            ),
            field="since",
            remedy=N_("Leave it empty for now."),
        )
    told = {"key": key.public, "revoked_from": written(since), "at": written(moment), "reason": reason.value}
    key.revoked_at, key.revoked_from, key.revoked_by, key.reason = moment, since, actor.officer_id, reason
    key.revocation = agency.signer.sign_note(f"{REVOCATION}\n{canonical(told).decode()}\n")
    key.wrapped = b""
    session().flush()
    _record(
        "accounts:key:revoke",
        key,
        actor,
        revoked_from=written(since),
        reason=reason.value,
        revocation_sha256=_digest(key.revocation),
    )
    return key


def usable(pen: Pen) -> SigningKey:
    """The pen's key, locked until the act is over. Conflict when it was ended since the pen was taken."""
    key = session().get_one(SigningKey, pen.key_id, with_for_update={"of": SigningKey}, populate_existing=True)
    refuse_ended(key)
    return key


def refuse_ended(key: SigningKey) -> None:
    """Raises Conflict when the key is ended."""
    if key.revoked_from is not None:
        raise Conflict(
            phrase(
                "Your signing key was ended from %(replace)s UTC on: nothing can be signed with it.",
                replace=written(key.revoked_from)[:19].replace("T", " "),
            ),
            field="password",
            remedy=N_("An administrator can give you a new one, on the page of your account."),
        )


def newest_key(officer: Officer) -> SigningKey | None:
    """The officer's key in use, or else the one ended last; None before the first."""
    query = sa.select(SigningKey).where(SigningKey.officer_id == officer.id)
    newest = query.order_by(SigningKey.revoked_at.desc().nulls_first(), SigningKey.created_at.desc()).limit(1)
    return session().scalars(newest, execution_options={"populate_existing": True}).one_or_none()


def keys_of(officer_id: uuid.UUID) -> list[SigningKey]:
    """All keys of an officer, newest first."""
    query = sa.select(SigningKey).where(SigningKey.officer_id == officer_id)
    return list(session().scalars(query.order_by(SigningKey.created_at.desc())))


def any_kept() -> bool:
    """Whether a private half was ever wrapped: then the agency's key must be the one that did it."""
    with aside() as own:
        return own.scalar(sa.select(SigningKey.id).limit(1)) is not None


def _pen(key: SigningKey, agency: Agency) -> Pen:
    try:
        private = Ed25519PrivateKey.from_private_bytes(agency.wrapper.unwrap(key.wrapped, _wrapped_as(key.id)))
    except KeyMissing as error:
        raise Conflict(
            N_("Your signing key cannot be opened on this machine."),
            field="password",
            remedy=N_("An administrator restores the agency's keys, or ends your key and gives you a new one."),
        ) from error
    return Pen(key.id, key.officer_id, Signer(key.name, private))


def _wrapped_as(key_id: uuid.UUID) -> str:
    return f"signing-key/{key_id}"


def _digest(note: str) -> str:
    return sha256_hex(note.encode())


def _record(act: str, key: SigningKey, actor: Actor, **details: Any) -> None:
    ledger.record(act, actor=actor, subject_kind="officer", subject_id=key.officer_id, key=str(key.id), **details)
