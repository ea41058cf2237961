"""Word to officers that something happened to a report: on their page, and by mail where they gave an address."""

import re
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from app.core import ledger, outbox, undoing
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Invalid
from app.core.undoing import Undone
from app.reports import setbacks
from app.reports.models import Report
from app.reports.setbacks import SetbackKind
from app.reports.work import Notice, NoticeAddress, NoticeChoice, NoticeKind

PAGE = 50
KINDS = {  # what can be muted, in words
    **{one.value: f"A report {one.words}" for one in NoticeKind},
    **{one.value: f"A recording of mine {one.words}" for one in SetbackKind},
}
_ADDRESS = re.compile(r"[^@\s<>\"',;:\\()\[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


def tell(officer_id: uuid.UUID, kind: NoticeKind, report: Report, *, actor: Actor) -> Notice | None:
    """One notice, and the job that mails it when the officer gave an address. Nobody is told of their own act."""
    if officer_id == actor.officer_id:
        return None
    notice = Notice(id=uuid.uuid4(), officer_id=officer_id, report_id=report.id, kind=kind, at=now())
    session().add(notice)
    session().flush()
    if session().get(NoticeAddress, officer_id) is not None and kind.value not in muted(officer_id):
        outbox.enqueue("send_notice", notice_id=notice.id)
    return notice


@dataclass(frozen=True, slots=True)
class Thread:
    """What happened to one report, the newest first."""

    report: Report
    notices: list[Notice]

    @property
    def new(self) -> int:
        """How many the officer has not seen."""
        return sum(one.seen_at is None for one in self.notices)

    @property
    def words(self) -> str:
        """All of it in a line as it came about, each kind once, where it was last so."""
        return ", ".join(reversed(dict.fromkeys(one.kind.words for one in self.notices)))


def threads(officer_id: uuid.UUID) -> list[Thread]:
    """The officer's newest notices by report, that with the newest first."""
    found: dict[uuid.UUID, Thread] = {}
    for one in of(officer_id):
        found.setdefault(one.report_id, Thread(one.report, [])).notices.append(one)
    return list(found.values())


def of(officer_id: uuid.UUID) -> list[Notice]:
    """An officer's newest notices of the kinds they want, reports loaded."""
    query = (
        sa.select(Notice)
        .where(Notice.officer_id == officer_id, _wanted())
        .options(orm.joinedload(Notice.report).joinedload(Report.incident))
        .order_by(Notice.at.desc(), Notice.id)
        .limit(PAGE)
    )
    return list(session().scalars(query))


def unseen(officer_id: uuid.UUID) -> sa.Select[int]:
    """How many an officer has not seen, as a query."""
    return sa.select(sa.func.count()).where(Notice.officer_id == officer_id, Notice.seen_at.is_(None), _wanted())


def see(
    officer_id: uuid.UUID, notice_ids: Collection[uuid.UUID] = (), *, report_id: uuid.UUID | None = None
) -> list[uuid.UUID]:
    """Marks notices as seen: those named, those of a report, or all; returns those that were new."""
    query = sa.update(Notice).where(Notice.officer_id == officer_id, Notice.seen_at.is_(None))
    if notice_ids:
        query = query.where(Notice.id.in_(notice_ids))
    if report_id is not None:
        query = query.where(Notice.report_id == report_id)
    return list(session().scalars(query.values(seen_at=now()).returning(Notice.id)))


def offer_unseen(seen: Sequence[uuid.UUID], recordings: tuple[datetime | None] | None, *, actor: Actor) -> uuid.UUID:
    """Lets the actor take back that these notices were marked, and their recordings' where until when those were seen before
    is given; returns by what."""
    done: dict[str, Any] = {"seen": [str(one) for one in seen]}
    if recordings is not None:
        done["before"] = recordings[0].isoformat() if recordings[0] else None
    return undoing.offer("reports:notices", done, actor=actor)


def unsee(done: Mapping[str, Any], actor: Actor) -> Undone:
    """What was marked as seen is new again."""
    query = sa.update(Notice).where(
        Notice.officer_id == actor.id, Notice.id.in_([uuid.UUID(one) for one in done["seen"]])
    )
    session().execute(query.values(seen_at=None))
    if "before" in done:
        setbacks.see(actor.id, datetime.fromisoformat(done["before"]) if done["before"] else None)
    return Undone("They are new again.", "/notices")


def muted(officer_id: uuid.UUID) -> list[str]:
    """The kinds an officer does not want to be told of."""
    kept = session().get(NoticeChoice, officer_id)
    return list(kept.muted) if kept else []


def mute(kinds: Collection[str], *, actor: Actor) -> None:
    """Says which kinds the actor does not want. They are still written down, and shown when they are wanted again.

    Invalid for a kind that is none.
    """
    if unknown := sorted(set(kinds) - set(KINDS)):
        raise Invalid(f"There is no kind “{unknown[0][:20]}”.", field="muted", remedy=f"Use {', '.join(KINDS)}.")
    wanted = sorted(set(kinds))
    row = insert(NoticeChoice).values(officer_id=actor.id, muted=wanted)
    session().execute(row.on_conflict_do_update(index_elements=["officer_id"], set_={"muted": wanted}))
    session().expire_all()
    ledger.record("reports:notices:mute", actor=actor, subject_kind="officer", subject_id=actor.id, muted=wanted)


def _wanted() -> sa.ColumnElement[bool]:
    """Of no kind its officer muted."""
    kind = sa.cast(Notice.kind, sa.Text)
    return ~sa.exists().where(NoticeChoice.officer_id == Notice.officer_id, NoticeChoice.muted.has_key(kind))


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
