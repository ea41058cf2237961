"""Supplements: what is added to a filed report is a report of its own, with its own life, and changes nothing of the first."""

import uuid

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden
from app.core.permissions import Permission
from app.core.phrases import N_
from app.reports import service
from app.reports.models import Report, ReportState


def begin(report: Report, *, actor: Actor) -> Report:
    """A new supplement to a filed report, written by `actor`; the one they have not filed yet, when there is one."""
    if not actor.may(Permission.REPORT_WRITE):
        raise Forbidden(N_("Officers and supervisors write supplements."))
    if report.state is not ReportState.FILED:
        raise Conflict(
            N_("Only a filed report is supplemented."), remedy=N_("Until it is filed, change the report itself.")
        )
    first = session().get_one(Report, report.supplements_id) if report.supplements_id else report
    session().execute(sa.select(Report.id).where(Report.id == first.id).with_for_update())
    unfinished = sa.select(Report).where(
        Report.supplements_id == first.id, Report.author_id == actor.id, Report.state != ReportState.FILED
    )
    known = session().scalars(unfinished).first()
    if known is not None:
        return known
    last = session().scalar(sa.select(sa.func.max(Report.supplement_number)).where(Report.supplements_id == first.id))
    moment = now()
    begun = Report(
        id=uuid.uuid4(),
        incident_id=first.incident_id,
        author_id=actor.id,
        supplements_id=first.id,
        supplement_number=(last or 0) + 1,
        state=ReportState.DRAFT,
        created_at=moment,
        changed_at=moment,
    )
    session().add(begun)
    service.changed(begun)
    service.record("reports:supplement:begin", begun, actor, supplements=first.id, number=begun.supplement_number)
    return begun


def may_begin(report: Report, actor: Actor) -> bool:
    """Whether a page offers it."""
    return report.state is ReportState.FILED and actor.may(Permission.REPORT_WRITE)
