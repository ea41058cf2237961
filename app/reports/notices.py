"""Word to officers that something happened to a report: on their page, and by mail where they gave an address."""

import re
import uuid
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy import orm

from app.core import ledger, outbox
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Invalid
from app.reports.models import Report
from app.reports.work import Notice, NoticeAddress, NoticeKind

PAGE = 50
_ADDRESS = re.compile(r"[^@\s<>\"',;:\\()\[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


def tell(officer_id: uuid.UUID, kind: NoticeKind, report: Report, *, actor: Actor) -> Notice | None:
    """One notice, and the job that mails it when the officer gave an address. Nobody is told of their own act."""
    if officer_id == actor.officer_id:
        return None
    notice = Notice(id=uuid.uuid4(), officer_id=officer_id, report_id=report.id, kind=kind, at=now())
    session().add(notice)
    session().flush()
    if session().get(NoticeAddress, officer_id) is not None:
        outbox.enqueue("send_notice", notice_id=notice.id)
    return notice


def of(officer_id: uuid.UUID) -> list[Notice]:
    """An officer's newest notices, reports loaded."""
    query = (
        sa.select(Notice)
        .where(Notice.officer_id == officer_id)
        .options(orm.joinedload(Notice.report).joinedload(Report.incident))
        .order_by(Notice.at.desc(), Notice.id)
        .limit(PAGE)
    )
    return list(session().scalars(query))


def unseen(officer_id: uuid.UUID) -> sa.Select[int]:
    """How many an officer has not seen, as a query."""
    return sa.select(sa.func.count()).where(Notice.officer_id == officer_id, Notice.seen_at.is_(None))


def see(officer_id: uuid.UUID, notice_ids: Collection[uuid.UUID] = (), *, report_id: uuid.UUID | None = None) -> int:
    """Marks notices as seen: those named, those of a report, or all; returns how many were new."""
    query = sa.update(Notice).where(Notice.officer_id == officer_id, Notice.seen_at.is_(None))
    if notice_ids:
        query = query.where(Notice.id.in_(notice_ids))
    if report_id is not None:
        query = query.where(Notice.report_id == report_id)
    return int(session().execute(query.values(seen_at=now())).rowcount)  # type: ignore[attr-defined]


def address_of(officer_id: uuid.UUID) -> str:
    """Where an officer wants mail; empty for nowhere."""
    kept = session().get(NoticeAddress, officer_id)
    return kept.address if kept else ""


def set_address(address: str, *, actor: Actor) -> None:
    """Where the actor wants notices by mail; empty ends the mail. The ledger says that it changed, not to what."""
    clean, kept = address.strip(), session().get(NoticeAddress, actor.id)
    if clean and (len(clean) > 254 or not clean.isascii() or not _ADDRESS.fullmatch(clean) or ".." in clean):
        raise Invalid("This is no mail address.", field="address", remedy="Write it like name@agency.example.")
    if not clean and kept is not None:
        session().delete(kept)
    elif clean and kept is not None:
        kept.address, kept.changed_at = clean, now()
    elif clean:
        session().add(NoticeAddress(officer_id=actor.id, address=clean, changed_at=now()))
    ledger.record("reports:address:set", actor=actor, subject_kind="officer", subject_id=actor.id, on=bool(clean))
