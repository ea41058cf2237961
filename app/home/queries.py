"""What waits for whom: small counts and short lists, straight from the rooms' tables."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.analysis.models import Step, StepState
from app.core.actor import Actor
from app.core.db import session
from app.core.ledger import head, probe
from app.core.ledger.digest import VERIFYING
from app.core.ledger.publishing import WITNESSING
from app.core.outbox import Job
from app.core.permissions import Permission, Role
from app.core.watches import Watch, alarms, known
from app.earlywarning import dashboard as warnings
from app.evidence.models import Evidence, EvidenceState
from app.evidence.retention.models import Queued
from app.incidents import queries as incidents
from app.incidents.models import Incident
from app.reports import notices, setbacks
from app.reports.models import Report, ReportState

LONGEST = 12  # so many of what waits are named; all are counted


@dataclass(frozen=True, slots=True)
class Waiting:
    """Reports that wait for the same: those that have waited longest, and how many there are in all."""

    rows: list[Report]
    count: int


def reports_of(author_id: uuid.UUID, *states: ReportState) -> Waiting:
    """An officer's own reports in these states."""
    query = sa.select(Report).where(Report.author_id == author_id, Report.state.in_(states))
    return _waiting(query, Report.changed_at)


def to_review(actor: Actor) -> Waiting:
    """Submitted reports of the supervisor's unit that somebody else wrote."""
    return _waiting(_reviewable(actor), Report.submitted_at)


def to_file() -> Waiting:
    """Approved reports that records have not filed yet."""
    return _waiting(sa.select(Report).where(Report.state == ReportState.APPROVED), Report.approved_at)


def arriving(officer_id: uuid.UUID, *, limit: int = 8) -> list[Evidence]:
    """An officer's items that are still being checked or were quarantined lately."""
    query = (
        sa.select(Evidence)
        .where(
            Evidence.officer_id == officer_id, Evidence.state.in_([EvidenceState.RECEIVED, EvidenceState.QUARANTINED])
        )
        .options(orm.joinedload(Evidence.incident))
        .order_by(Evidence.received_at.desc())
        .limit(limit)
    )
    return list(session().scalars(query))


def latest_incidents(actor: Actor, *, limit: int = 8) -> list[Incident]:
    """The newest incidents the actor may see."""
    return list(session().scalars(incidents.visible(actor).order_by(Incident.occurred_at.desc()).limit(limit)))


@dataclass(frozen=True, slots=True)
class Health:
    """How the house is doing, for whoever runs it."""

    locked: list[Officer]
    failed_steps: int
    waiting_steps: int
    waiting_jobs: int
    quarantined: int
    ledger_events: int
    ledger_head: str
    alarms: list[Watch]
    ledger_writable: bool
    witnessed: Watch | None
    verified: Watch | None
    packs: list[str]


def health(packs: Path) -> Health:
    """Locked accounts, failed and waiting steps, unsent jobs, quarantine, the ledger's head, installed packs."""
    counted = session().execute(sa.select(Step.state, sa.func.count()).group_by(Step.state))
    steps = {state: count for state, count in counted}  # noqa: C416 (a Row is no pair to mypy)
    events, newest = head()
    return Health(
        locked=list(session().scalars(sa.select(Officer).where(Officer.locked_at.is_not(None)))),
        failed_steps=steps.get(StepState.FAILED, 0),
        waiting_steps=steps.get(StepState.QUEUED, 0) + steps.get(StepState.RUNNING, 0),
        waiting_jobs=_count(Job.sent_at.is_(None)),
        quarantined=_count(Evidence.state == EvidenceState.QUARANTINED),
        ledger_events=events,
        ledger_head=newest,
        ledger_writable=probe.writable(fresh_for=timedelta()),
        alarms=alarms(),
        witnessed=known(WITNESSING),
        verified=known(VERIFYING),
        packs=sorted(path.name for path in packs.iterdir() if path.is_dir()) if packs.is_dir() else [],
    )


def badge_counts(actor: Actor) -> dict[str, int]:
    """The numbers beside the words of the navigation."""
    counts = _reports_waiting(actor)
    if actor.may(Permission.RETENTION_READ):
        counts["retention"] = session().scalar(sa.select(sa.func.count()).select_from(Queued)) or 0
    if actor.may(Permission.WARNING_READ):
        counts["warning"] = warnings.waiting(actor).all
    return counts


def _reports_waiting(actor: Actor) -> dict[str, int]:
    if actor.may(Permission.REPORT_REVIEW):
        waiting = _reviewable(actor).with_only_columns(sa.func.count()).order_by(None)
    elif actor.role is Role.OFFICER:
        waiting = sa.select(sa.func.count()).where(
            Report.author_id == actor.id, Report.state.in_([ReportState.RETURNED, ReportState.DRAFT])
        )
    elif actor.may(Permission.REPORT_FILE):
        waiting = sa.select(sa.func.count()).where(Report.state == ReportState.APPROVED)
    else:
        waiting = sa.select(sa.literal(0))
    told = [notices.unseen(actor.id)] + ([setbacks.unseen(actor.id)] if actor.may(Permission.EVIDENCE_ADD) else [])
    row = session().execute(sa.select(waiting.scalar_subquery(), *(one.scalar_subquery() for one in told))).one()
    return {"reports": row[0] or 0, "notices": sum(row[1:])}


def alive() -> bool:
    """Whether the database answers."""
    return session().execute(sa.select(1)).scalar() == 1


def _reviewable(actor: Actor) -> sa.Select[Report]:
    return (
        sa.select(Report)
        .join(Incident, Incident.id == Report.incident_id)
        .where(Report.state == ReportState.SUBMITTED, Report.author_id != actor.id, Incident.unit_id == actor.unit_id)
    )


def _waiting(query: sa.Select[Report], since: orm.InstrumentedAttribute[Any]) -> Waiting:
    query = query.options(orm.joinedload(Report.incident), orm.joinedload(Report.author))
    every = sa.func.count().over()
    found = session().execute(query.add_columns(every).order_by(since, Report.id).limit(LONGEST)).all()
    return Waiting([row[0] for row in found], found[0][1] if found else 0)


def _count(condition: sa.ColumnElement[bool]) -> Any:
    return session().scalar(sa.select(sa.func.count()).where(condition))
