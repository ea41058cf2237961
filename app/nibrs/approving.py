"""What NIBRS has to say before a report is signed and approved (N5): errors, and warnings nobody stood by yet."""

from flask import current_app, has_app_context

from app.config import Settings, settings
from app.core.clock import now
from app.nibrs import queries
from app.nibrs.coding import judge
from app.nibrs.models import Coding
from app.nibrs.terms import Terms, terms
from app.reports.checks import Finding, register
from app.reports.checks.finding import error
from app.reports.models import Report


def install() -> None:
    """Lets the reports room ask, with its own checks; a second time changes nothing."""
    register(check)


def check(report: Report) -> list[Finding]:
    """The findings on the report's incident: nothing for an agency that does not report by NIBRS."""
    config: Settings = current_app.config["SETTINGS"] if has_app_context() else settings()
    known = terms(config)
    if known.since is None:
        return []
    coding = queries.coding_of(report.incident_id)
    if coding is None or not (coding.content or coding.not_reportable):
        message = "The incident is not coded for NIBRS yet. Code it, or say why there is nothing to report."
        return [error("nibrs:uncoded", message, field="nibrs")]
    return open_findings(coding, report.incident.number, known)


def open_findings(coding: Coding, number: str, known: Terms) -> list[Finding]:
    """Errors, and warnings that nobody acknowledged: both block, the second until somebody has looked at it
    on the coding's own page, where a name is put to it."""
    stood_by = {one["key"] for one in coding.acknowledged}
    found = []
    for judged in judge(coding.content, number=number, terms=known, today=now().astimezone().date()):
        for one in judged.findings:
            if one.is_error:
                found.append(error(f"nibrs:{one.number}", f"NIBRS {one.number}: {one.words}", field=one.path))
            elif one.key not in stood_by:
                words = f"NIBRS {one.number}, to be checked and acknowledged: {one.words}"
                found.append(error(f"nibrs:{one.number}", words, field=one.path))
    return found
