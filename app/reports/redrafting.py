"""A new draft on request: the author has everything that is known by now written up again. No draft is ever overwritten (A5)."""

import uuid

import sqlalchemy as sa

from app.analysis import service as analysis
from app.analysis.models import Step, StepState
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Conflict, Forbidden
from app.core.phrases import N_
from app.evidence.models import Evidence, EvidenceState, MediaKind
from app.incidents.models import Incident
from app.reports import agency, recollection, service
from app.reports.models import Report, ReportState
from app.reports.work import Recollection


def ask(report: Report, *, actor: Actor) -> Step:
    """Has a new draft written, of what was read, confirmed and recollected by now; returns the step that writes it.

    Forbidden for a kind of incident the agency blocked (A12), Conflict while nothing was read or a draft is being written.
    """
    service.editable(report, actor, only_check=True)
    if agency.rules().blocks(report.incident.kind):
        raise Forbidden(
            N_("The agency lets no machine draft reports of this kind."), remedy=N_("Write it in your own words.")
        )
    step = _newest(report)
    if step is None:
        raise Conflict(
            N_("There is nothing to write a draft of yet."),
            remedy=N_("Send a recording to the incident.") if not report.supplements_id else N_("A supplement's draft is made of recordings that came after the report was filed."),
        )  # fmt: skip
    fresh = analysis.rerun(step, actor=actor)
    service.record("reports:draft:ask", report, actor, step=fresh.id)
    return fresh


def remember(report: Report, *, text: str, actor: Actor, dictated: uuid.UUID | None = None) -> Recollection:
    """Locks what the author remembers and has the draft written again: with it, with the author's other sound recordings,
    which no draft before was made of, and without the one it was dictated in. Refusals are those of `recollection.lock`."""
    kept = recollection.lock(report.incident, text=text, actor=actor, dictated=dictated)
    if agency.rules().blocks(report.incident.kind):
        return kept
    newest = _newest(report)
    for step in {one.id: one for one in [*_running(report), *([newest] if newest else [])]}.values():
        if fresh := analysis.anew(step):
            service.record("reports:draft:ask", report, actor, step=fresh.id, recollection=kept.id)
    return kept


def target(incident: Incident, item: Evidence) -> Report | None:
    """The report that a draft made on the arrival of `item` belongs to: the incident's, or once that is filed the
    supplement its officer has under way. None while there is no report."""
    known = sa.select(Report).where(Report.incident_id == incident.id, Report.supplements_id.is_(None))
    first = session().scalars(known).one_or_none()
    if first is None or first.state is not ReportState.FILED:
        return first
    under_way = sa.select(Report).where(
        Report.supplements_id == first.id, Report.author_id == item.officer_id, Report.state.in_(service.EDITABLE)
    )
    found = session().scalars(under_way.order_by(Report.supplement_number.desc())).first()
    return found or first


def recordings(incident_id: uuid.UUID, report: Report | None, *, author_id: uuid.UUID | None = None) -> list[Evidence]:
    """What a draft of the report is made of: the incident's sealed recordings but those a recollection was dictated in; for
    a supplement those that came after the report was filed.

    While the author's recollection is awaited, their own sound recordings stay out: one of them may be it (A11).
    `author_id` is who writes where there is no report yet.
    """
    query = (
        sa.select(Evidence)
        .where(
            Evidence.incident_id == incident_id, Evidence.state == EvidenceState.SEALED, Evidence.duplicate_of.is_(None)
        )
        .where(~recollection.is_dictation(incident_id))
    )
    if report is not None and report.supplements_id:
        filed = session().get_one(Report, report.supplements_id).filed_at
        query = query.where(Evidence.received_at > filed)
    writer = report.author_id if report else author_id
    open_ = report is None or not (report.supplements_id or report.submitted_at)
    if writer and open_ and recollection.is_awaited(incident_id, writer):
        query = query.where(
            sa.or_(Evidence.officer_id != writer, Evidence.media_kind.is_distinct_from(MediaKind.AUDIO))
        )
    return list(session().scalars(query.order_by(Evidence.recorded_at.nulls_last(), Evidence.received_at)))


def _running(report: Report) -> list[Step]:
    """Drafts of the incident that are being written now, from what was known before."""
    query = sa.select(Step).join(Evidence, Step.evidence_id == Evidence.id)
    query = query.where(Evidence.incident_id == report.incident_id, Step.name == "draft_report")
    return list(session().scalars(query.where(Step.state == StepState.RUNNING)))


def _newest(report: Report) -> Step | None:
    """The draft step to run again: of the newest of the author's recordings, for it is the author's report that it fills."""
    ids = [
        one.id
        for one in recordings(report.incident_id, report)
        if one.officer_id == report.author_id or not report.supplements_id
    ]
    query = sa.select(Step).where(
        Step.evidence_id.in_(ids), Step.name == "draft_report", Step.state != StepState.SUPERSEDED
    )
    return session().scalars(query.join(Evidence).order_by(Evidence.received_at.desc(), Step.generation.desc())).first()
