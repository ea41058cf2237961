"""Who may judge a report: a supervisor of its unit who neither wrote it nor took part in what it tells of (C12)."""

import sqlalchemy as sa

from app.accounts.models import Officer
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Forbidden
from app.core.permissions import Role
from app.core.phrases import N_, phrase
from app.evidence.models import Evidence
from app.incidents.models import Assignment
from app.reports.models import Report


def may_review(report: Report, actor: Actor) -> bool:
    """Whether this actor may return or approve it: a supervisor of the incident's unit, neither its author (C12) nor
    one who took part in the incident."""
    if report.author_id == actor.officer_id or not supervises(report, actor):
        return False
    return not conflict_of_interest(report, actor)


def conflict_of_interest(report: Report, actor: Actor) -> str:
    """Why this actor cannot judge the report without judging themselves; empty when they can."""
    incident = report.incident
    if incident.opened_by == actor.officer_id:
        return N_("You opened this incident.")
    if session().get(Assignment, (incident.id, actor.id)) is not None:
        return N_("You worked on this incident.")
    sent = sa.exists().where(Evidence.incident_id == incident.id, Evidence.officer_id == actor.id)
    if session().scalar(sa.select(sent)):
        return N_("You recorded evidence of this incident.")
    own = session().get_one(Officer, actor.id).name.casefold().split()
    if any(one.name.casefold().split() == own for one in incident.participants):
        return N_("You are named in this incident.")
    return ""


def check_impartial(report: Report, actor: Actor) -> None:
    """Forbidden for the author, for supervisors of other units, and for one who took part in the incident."""
    if report.author_id == actor.officer_id:
        raise Forbidden(N_("Nobody reviews their own report."), remedy=N_("Another supervisor of the unit must do it."))
    if not supervises(report, actor):
        raise Forbidden(N_("Supervisors of the incident's unit review its report."))
    part = conflict_of_interest(report, actor)
    if part:
        raise Forbidden(
            phrase("%(part)s Nobody reviews what they took part in.", part=phrase(part)),
            remedy=N_("Another supervisor must do it."),
        )


def supervises(report: Report, actor: Actor) -> bool:
    """Whether the actor is a supervisor of the unit the incident belongs to."""
    return actor.role is Role.SUPERVISOR and actor.unit_id == report.incident.unit_id
