"""The incidents a phone offers: open ones, the sender's own first."""

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.incidents.models import Assignment, Incident, IncidentState
from app.incidents.queries import visible

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


def label(incident: Incident) -> str:
    """One line to choose by: number, kind, place or title, and how long ago."""
    where = incident.place or incident.title
    words = [incident.number, incident.kind.title, where, _day(incident.occurred_at)]
    return " · ".join(word for word in words if word)


def _day(moment: datetime) -> str:
    """Today, yesterday or the date, in the station's own zone."""
    local, today = moment.astimezone().date(), now().astimezone().date()
    days = (today - local).days
    if days in (0, 1):
        return ("today", "yesterday")[days]
    return moment.astimezone(UTC).strftime("%d %b %Y")
