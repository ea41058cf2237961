"""Who used AI on a report, when, from which device and address, on which recordings, with which programs and settings (A6)."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.db import session
from app.core.ledger import Event
from app.incidents.models import Incident
from app.incidents.queries import visibility
from app.reports.models import Draft, Report

# What a person does that makes a machine write, and what is done with what it wrote.
ACTS = {
    "evidence:item:receive": "Sent a recording",
    "analysis:step:rerun": "Had it read again",
    "reports:draft:keep": "Wrote a draft",
    "reports:draft:use": "Took a draft",
    "reports:report:submit": "Signed and submitted",
    "reports:report:approve": "Approved and signed",
}
MOST = 500


class Use(NamedTuple):
    """One act. `draft` is the number of the draft that it is about; for an act before or after drafts, the newest then."""

    seq: int
    at: datetime
    act: str
    who: str
    address: str
    device: str
    session_id: str
    incident: str
    report: uuid.UUID
    draft: int | None
    programs: list[dict[str, Any]] | None
    media: list[dict[str, Any]] | None

    @property
    def words(self) -> str:
        """The act as a reader says it."""
        return ACTS[self.act]


def uses(
    *,
    actor: Actor | None = None,
    report_id: uuid.UUID | None = None,
    incident: str = "",
    who: str = "",
    since: datetime | None = None,
    limit: int = MOST,
) -> list[Use]:
    """The acts, newest first, in one query. Only of incidents the actor may see; all of them with none (the back room)."""
    number = sa.cast(sa.cast(Event.details["number"].astext, sa.Text), sa.Integer)
    meant = (
        sa.select(Draft.number, Draft.engines, Draft.inputs)
        .where(
            Draft.report_id == Report.id,
            sa.case(
                (Event.act.startswith("reports:draft:"), Draft.number == number), else_=Draft.created_at <= Event.at
            ),
        )
        .order_by(Draft.number.desc())
        .limit(1)
        .lateral("meant")
    )
    query = (
        sa.select(
            Event.seq,
            Event.at,
            Event.act,
            Event.actor_label,
            Event.address,
            Event.device,
            Event.session_id,
            Incident.number,
            Report.id,
            meant.c.number,
            meant.c.engines,
            meant.c.inputs,
        )
        .join(Report, Report.incident_id == Event.incident_id)
        .join(Incident, Incident.id == Report.incident_id)
        .outerjoin(meant, sa.true())
        .where(Event.act.in_(ACTS), sa.exists().where(Draft.report_id == Report.id))
        .order_by(Event.seq.desc())
        .limit(limit)
    )
    if actor is not None:
        query = query.where(visibility(actor))
    if report_id is not None:
        query = query.where(Report.id == report_id)
    if incident:
        query = query.where(Incident.number == incident)
    if who:
        query = query.where(Event.actor_label.icontains(who, autoescape=True))
    if since is not None:
        query = query.where(Event.at >= since)
    return [Use(*row) for row in session().execute(query)]


def plain(found: list[Use]) -> Iterator[dict[str, Any]]:
    """The same as JSON."""
    for one in found:
        yield {**one._asdict(), "at": one.at.isoformat(), "report": str(one.report)}
