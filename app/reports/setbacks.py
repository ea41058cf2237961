"""What went wrong with an officer's own recordings: set aside when they came in, or not read by a machine. Read from what stands."""

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from app.analysis.models import Step, StepState
from app.core.clock import now
from app.core.db import session
from app.core.ledger import Event
from app.evidence.models import Evidence, EvidenceState
from app.reports.work import NoticeChoice

SHOWN = timedelta(days=30)  # after receipt
MOST = 50


class SetbackKind(enum.StrEnum):
    """What an officer is told of about their recordings."""

    SET_ASIDE = "set_aside"
    UNREAD = "unread"

    @property
    def words(self) -> str:
        """In words."""
        return "was set aside" if self is SetbackKind.SET_ASIDE else "was not read by a machine"


@dataclass(frozen=True, slots=True)
class Setback:
    """One item, what happened, when, and whether that is news to its officer."""

    evidence: Evidence
    kind: SetbackKind
    reason: str
    at: datetime
    is_new: bool


def of(officer_id: uuid.UUID) -> list[Setback]:
    """What went wrong with the officer's items of the last SHOWN, newest first, of the kinds they want to be told of."""
    found = _found(officer_id).subquery()
    query = sa.select(Evidence, found).join(found, found.c.evidence_id == Evidence.id)
    query = query.options(orm.joinedload(Evidence.incident)).order_by(found.c.at.desc(), Evidence.id).limit(MOST)
    seen_at = seen_until(officer_id)
    return [
        Setback(row[0], SetbackKind(row.kind), row.reason, row.at, seen_at is None or row.at > seen_at)
        for row in session().execute(query)
    ]


def unseen(officer_id: uuid.UUID) -> sa.Select[int]:
    """How many of them are news to the officer, as a query."""
    found = _found(officer_id).subquery()
    seen_at = sa.select(NoticeChoice.recordings_seen_at).where(NoticeChoice.officer_id == officer_id).scalar_subquery()
    return sa.select(sa.func.count()).select_from(found).where(sa.or_(seen_at.is_(None), found.c.at > seen_at))


def seen_until(officer_id: uuid.UUID) -> datetime | None:
    """Up to when the officer has seen them; None for nothing."""
    return session().scalar(sa.select(NoticeChoice.recordings_seen_at).where(NoticeChoice.officer_id == officer_id))


def see(officer_id: uuid.UUID, upto: datetime | None) -> None:
    """Marks what happened until then as seen (None: nothing is)."""
    row = insert(NoticeChoice).values(officer_id=officer_id, muted=[], recordings_seen_at=upto)
    session().execute(row.on_conflict_do_update(index_elements=["officer_id"], set_={"recordings_seen_at": upto}))


def _found(officer_id: uuid.UUID) -> sa.CompoundSelect[tuple[uuid.UUID, str, str, datetime]]:
    """Which item, what, why and when: when it was set aside is known from its event."""
    lately = sa.and_(Evidence.officer_id == officer_id, Evidence.received_at > now() - SHOWN)
    event = sa.and_(Event.subject_kind == "evidence", Event.subject_id == sa.cast(Evidence.id, sa.Text))
    set_at = sa.select(sa.func.max(Event.at)).where(event, Event.act == "evidence:item:quarantine").scalar_subquery()
    aside = sa.select(
        Evidence.id.label("evidence_id"),
        sa.literal(SetbackKind.SET_ASIDE.value).label("kind"),
        Evidence.reason.label("reason"),
        sa.func.coalesce(set_at, Evidence.received_at).label("at"),
    ).where(lately, Evidence.state == EvidenceState.QUARANTINED, _wanted(officer_id, SetbackKind.SET_ASIDE))
    newer = orm.aliased(Step)
    again = sa.exists().where(
        newer.evidence_id == Step.evidence_id, newer.name == Step.name, newer.generation > Step.generation
    )
    unread = (
        sa.select(
            Evidence.id, sa.literal(SetbackKind.UNREAD.value), sa.func.min(Step.name), sa.func.max(Step.finished_at)
        )
        .join(Step, Step.evidence_id == Evidence.id)
        .where(lately, Step.state == StepState.FAILED, Step.finished_at.is_not(None), ~again)
        .where(_wanted(officer_id, SetbackKind.UNREAD))
        .group_by(Evidence.id)
    )
    return sa.union_all(aside, unread)


def _wanted(officer_id: uuid.UUID, kind: SetbackKind) -> sa.ColumnElement[bool]:
    return ~sa.exists().where(NoticeChoice.officer_id == officer_id, NoticeChoice.muted.has_key(kind.value))
