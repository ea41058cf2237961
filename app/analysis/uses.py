"""Who used AI, when, from which device and address, on which media, with which settings: one query (A6)."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.analysis.models import Step
from app.core.db import session
from app.core.ledger import Event
from app.evidence.models import Evidence
from app.incidents.models import Incident

PAGE = 50
ASKED = ("evidence:item:receive", "analysis:step:rerun", "analysis:transcript:done")


@dataclass(frozen=True, slots=True)
class Use:
    """One reading by a machine, and the person whose act asked for it: who sent the recording, had it read again, or was
    done correcting its words."""

    at: datetime
    finished_at: datetime | None
    step: str
    generation: int
    state: str
    engine: dict[str, Any]
    evidence_id: uuid.UUID
    media: str
    sha256: str
    incident: str
    asked_by: str
    asked_how: str
    address: str
    device: str
    event: int | None

    @property
    def program(self) -> str:
        """Name, model and version of the engine."""
        return " ".join(str(self.engine[part]) for part in ("name", "model", "version") if self.engine.get(part))

    @property
    def settings(self) -> dict[str, Any]:
        """The parameters it ran with."""
        return dict(self.engine.get("parameters") or {})


@dataclass(frozen=True, slots=True)
class Uses:
    """What to narrow to; empty members narrow nothing. `since` <= at < `until`."""

    who: str = ""
    step: str = ""
    evidence: uuid.UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


def uses(wanted: Uses, *, limit: int = PAGE, offset: int = 0) -> list[Use]:
    """Every use of a machine that fits, newest first, in one statement. Asks nobody: it is for auditors."""
    return [Use(**row) for row in session().execute(_query(wanted).limit(limit).offset(offset)).mappings()]


def _query(wanted: Uses) -> sa.Select[Any]:
    asked = (
        sa.select(Event.seq, Event.act, Event.actor_label, Event.address, Event.device)
        .where(
            Event.subject_kind == "evidence",
            Event.subject_id == sa.cast(Evidence.id, sa.Text),
            Event.act.in_(ASKED),
            Event.at <= Step.started_at,
            sa.or_(Event.act == ASKED[0], Event.details["again"].has_key(Step.name)),
        )
        .order_by(Event.seq.desc())
        .limit(1)
        .lateral("asked")
    )
    query = (
        sa.select(
            Step.started_at.label("at"),
            Step.finished_at,
            Step.name.label("step"),
            Step.generation,
            sa.cast(Step.state, sa.Text).label("state"),
            Step.engine,
            Evidence.id.label("evidence_id"),
            Evidence.media_type.label("media"),
            Evidence.sha256,
            Incident.number.label("incident"),
            sa.func.coalesce(asked.c.actor_label, "").label("asked_by"),
            sa.func.coalesce(asked.c.act, "").label("asked_how"),
            sa.func.coalesce(asked.c.address, "").label("address"),
            sa.func.coalesce(asked.c.device, "").label("device"),
            asked.c.seq.label("event"),
        )
        .join(Evidence, Evidence.id == Step.evidence_id)
        .join(Incident, Incident.id == Evidence.incident_id)
        .outerjoin(asked, sa.true())
        .where(Step.started_at.is_not(None))
        .order_by(Step.started_at.desc(), Step.id)
    )
    if wanted.who:
        query = query.where(asked.c.actor_label.icontains(wanted.who, autoescape=True))
    if wanted.step:
        query = query.where(Step.name == wanted.step)
    if wanted.evidence:
        query = query.where(Evidence.id == wanted.evidence)
    if wanted.since:
        query = query.where(Step.started_at >= wanted.since)
    if wanted.until:
        query = query.where(Step.started_at < wanted.until)
    return query
