"""What the writing engine is given, from what the agency and the incident have."""

from app.reports.report_types import ReportType
from workers.engines import writing


def type_of(kind: ReportType) -> writing.ReportType:
    """An agency's type of report as the engine takes it."""
    return writing.ReportType(
        code=kind.code,
        opening=kind.opening,
        person=kind.person,
        asked=tuple(writing.Asked(one.section, one.text, one.found_by, one.words, one.when) for one in kind.asked),
        headings=dict(kind.headings),
        favours=kind.favours,
        most=kind.most,
        version=kind.version,
        sha256=kind.sha256,
    )
