"""What stands between a report and its next step: what the checks found and nobody mended or acknowledged (A8)."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.phrases import N_, phrase
from app.reports import service
from app.reports.checks import Finding, findings
from app.reports.impartial import may_review
from app.reports.models import Report, ReportState
from app.reports.work import Acknowledgement


@dataclass(frozen=True, slots=True)
class Standing:
    """What the checks find in a report now: errors, warnings nobody acknowledged, warnings somebody did."""

    errors: list[Finding]
    open: list[Finding]
    acknowledged: list[Finding]

    @property
    def in_the_way(self) -> list[Finding]:
        """What must be dealt with before the report goes on."""
        return [*self.errors, *self.open]


def standing(report: Report) -> Standing:
    """Every finding as it stands (A8)."""
    found = findings(report)
    known = set(session().scalars(sa.select(Acknowledgement.finding).where(Acknowledgement.report_id == report.id)))
    return Standing(
        errors=[one for one in found if one.is_error],
        open=[one for one in found if not one.is_error and one.key not in known],
        acknowledged=[one for one in found if not one.is_error and one.key in known],
    )


def obstacles(report: Report) -> list[str]:
    """Why a report cannot be submitted yet, each naming its place; empty when it can."""
    found = standing(report)
    return [one.message for one in found.errors] + [
        phrase("Read and acknowledge, or mend: %(message)s", message=one.message) for one in found.open
    ]


def acknowledge_finding(report: Report, key: str, *, actor: Actor) -> Finding:
    """The author, or who reviews it, has read a warning and stands by the text. An event. Errors are not acknowledged."""
    if report.author_id != actor.officer_id and not may_review(report, actor):
        raise Forbidden(N_("The author, or a supervisor who reviews it, acknowledges what the checks found."))
    if report.state is ReportState.FILED:
        raise Conflict(N_("This report is filed: nothing of it changes any more."))
    finding = next((one for one in findings(report) if one.key == key), None)
    if finding is None:
        raise Conflict(N_("This is not found any more: the report was changed."), remedy=N_("Look at the list again."))
    if finding.is_error:
        raise Invalid(N_("This must be mended."), field="report", remedy=finding.message)
    kept = sa.select(Acknowledgement.id).where(Acknowledgement.report_id == report.id, Acknowledgement.finding == key)
    if session().scalar(kept) is None:
        session().add(
            Acknowledgement(report_id=report.id, finding=key, code=finding.code, officer_id=actor.id, at=now())
        )
        service.record("reports:finding:acknowledge", report, actor, code=finding.code, finding=key)
    return finding
