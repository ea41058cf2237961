"""Signatures on versions: what an officer states, with their own key, at a time that the ledger bears out (A3)."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts import signing
from app.accounts.signing import Pen
from app.core.actor import Actor
from app.core.clock import hundredths, now
from app.core.db import session
from app.core.errors import Conflict, Forbidden
from app.core.ledger import Event, written
from app.core.phrases import N_, phrase
from app.core.verifier import canonical
from app.core.verify_report import SIGNATURE
from app.reports.models import Report, Signature, SignaturePart, Version

CLOCKS_DIFFER = timedelta(seconds=5)  # between machines that share a database


@dataclass(frozen=True, slots=True)
class Signed:
    """The signatures a version rests on. One from before officers had keys has no note."""

    author: Signature | None
    approver: Signature | None

    def __iter__(self) -> Iterator[Signature]:
        return (one for one in (self.author, self.approver) if one is not None)


def sign(version: Version, report: Report, *, part: SignaturePart, statement: str, pen: Pen, actor: Actor) -> Signature:
    """The pen's officer signs the hash of what the version holds.

    Raises Forbidden for a pen of somebody else, Conflict for a key that was ended and for a clock that went back.
    """
    if pen.officer_id != actor.officer_id:
        raise Forbidden(N_("Nobody signs with another officer's key."))
    key = signing.usable(pen)
    officer, at = key.officer, moment(at_least=max(version.created_at, key.created_at))
    told = {
        "part": part.value,
        "report": str(report.id),
        "incident": report.incident.number,
        "version": version.number,
        "content_sha256": version.sha256,
        "statement": statement,
        "officer": str(officer.id),
        "badge": officer.badge,
        "name": officer.name,
        "rank": officer.rank,
        "at": written(at),
    }
    signature = Signature(
        id=uuid.uuid4(),
        report_id=report.id,
        version_id=version.id,
        officer_id=officer.id,
        part=part,
        statement=statement,
        content_sha256=version.sha256,
        at=at,
        address=actor.address,
        key_id=key.id,
        note=pen.signer.sign_note(f"{SIGNATURE}\n{canonical(told).decode()}\n"),
    )
    session().add(signature)
    session().flush()
    return signature


def refuse_unseen(shown: str, stands: str) -> None:
    """Raises Conflict when what stands is not what the signer was shown; an empty `shown` asks nothing."""
    if shown and shown != stands:
        raise Conflict(
            N_("The report changed since this page was shown."),
            field="shown",
            remedy=N_("Read what stands now, and sign again."),
        )


def moment(*, at_least: datetime) -> datetime:
    """The time of a signature. Conflict when the clock stands before what is on record: it went backwards."""
    last = session().scalar(sa.select(Event.at).order_by(Event.seq.desc()).limit(1))
    newest, here = max(filter(None, (last, at_least))), now()
    if newest - here > CLOCKS_DIFFER:
        raise Conflict(
            phrase(
                "The clock of this machine says %(here)s, but the record goes on to %(newest)s UTC: a signature would carry a false time.",
                here=written(here)[:19],
                newest=written(newest)[:19],
            ),
            field="password",
            remedy=N_("Tell an administrator; nothing was signed."),
        )
    return hundredths(max(here, newest))


def of_version(version: Version) -> Signed:
    """The signatures a version rests on: its own, or those of the version it was approved and filed from."""
    query = (
        sa.select(Signature)
        .join(Version, Version.id == Signature.version_id)
        .where(Signature.report_id == version.report_id, Version.number <= version.number)
        .options(orm.joinedload(Signature.officer), orm.joinedload(Signature.key))
        .order_by(Version.number.desc(), Signature.at.desc())
    )
    found = list(session().scalars(query))
    author = next((one for one in found if one.part is SignaturePart.AUTHOR), None)
    approver = next(
        (
            one
            for one in found
            if one.part is SignaturePart.APPROVER and author is not None and one.version_id == author.version_id
        ),
        None,
    )
    return Signed(author, approver)
