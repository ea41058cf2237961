"""The incidents a phone offers, what a phone keeps of the day, and where others of an incident's files were recorded."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import distinct_on

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.languages import calendar_day, speak
from app.core.phrases import N_
from app.evidence.models import Upload
from app.incidents.models import Assignment, Incident, IncidentState
from app.incidents.queries import visible
from app.reports import queries as reports
from app.reports.models import Report, ReportState

OFFERED = 30


def offered(actor: Actor, *, chosen: uuid.UUID | None = None) -> list[Incident]:
    """Open incidents the actor may see: the one chosen, then their own, today's first, then the newest; at most 30."""
    assigned = sa.select(Assignment.incident_id).where(Assignment.officer_id == actor.officer_id)
    own = sa.or_(Incident.opened_by == actor.officer_id, Incident.id.in_(assigned))
    query = visible(actor).where(Incident.state == IncidentState.OPEN)
    order = (own.desc(), Incident.occurred_at.desc(), Incident.id)
    if chosen is not None:
        order = ((Incident.id == chosen).desc(), *order)  # type: ignore[assignment]
    return list(session().scalars(query.order_by(*order).limit(OFFERED)))


def places(actor: Actor, incidents: list[Incident]) -> dict[uuid.UUID, dict[str, float]]:
    """Where the actor's newest file of each incident was recorded, as their phone claimed it; only where it did."""
    newest = (
        sa.select(Upload.incident_id, Upload.position)
        .where(Upload.incident_id.in_([one.id for one in incidents]), Upload.officer_id == actor.officer_id)
        .where(Upload.position != sa.literal({}, Upload.position.type))
        .ext(distinct_on(Upload.incident_id))
        .order_by(Upload.incident_id, Upload.created_at.desc())
    )
    return {incident_id: position for incident_id, position in session().execute(newest)}  # noqa: C416


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of one's own reports were returned, and how many drafts wait to be signed."""

    returned: int
    drafts: int


def waiting(actor: Actor) -> Waiting:
    """What the phone says under *My reports*."""
    mine = sa.select(Report.state, sa.func.count()).where(Report.author_id == actor.officer_id).group_by(Report.state)
    counts = {state: count for state, count in session().execute(mine)}  # noqa: C416
    return Waiting(counts.get(ReportState.RETURNED, 0), counts.get(ReportState.DRAFT, 0))


def my_reports(actor: Actor) -> list[Report]:
    """The actor's own reports that are not filed yet: returned ones first, then drafts, then what others look at."""
    order = sa.case((Report.state == ReportState.RETURNED, 0), (Report.state == ReportState.DRAFT, 1), else_=2)
    query = reports.visible(actor).where(Report.author_id == actor.officer_id, Report.state != ReportState.FILED)
    whole = query.options(orm.joinedload(Report.incident), orm.joinedload(Report.author))
    return list(session().scalars(whole.order_by(order, Report.changed_at.desc()).limit(OFFERED)))


def label(incident: Incident) -> str:
    """One line to choose by: number, kind, place or title, and how long ago; in the language of the request."""
    where = incident.place or incident.title
    words = [incident.number, speak(incident.kind.title), where, _day(incident.occurred_at)]
    return " · ".join(word for word in words if word)


def _day(moment: datetime) -> str:
    """Today, yesterday or the date, in the station's own zone."""
    local, today = moment.astimezone().date(), now().astimezone().date()
    days = (today - local).days
    if days in (0, 1):
        return speak((N_("today"), N_("yesterday"))[days])
    return calendar_day(moment.astimezone(UTC))
