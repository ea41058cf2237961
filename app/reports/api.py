"""An officer's own reports for the phone."""

from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from app.core import ledger
from app.core.actor import Actor
from app.core.api import answer, asked, contract
from app.core.db import transaction
from app.core.permissions import Permission, require
from app.reports import queries, queue, schemas

bp = Blueprint("reports_api", __name__, url_prefix="/api/v1")


@bp.get("/reports")
@require(Permission.REPORT_READ)
@contract(schemas.ReportList, asks=schemas.ReportsQuery)
def index(actor: Actor) -> ResponseReturnValue:
    """What waits for this officer: returned reports and drafts, as cards without text."""
    found = queue.page(actor, queue.ReportFilter(), asked(schemas.ReportsQuery).cursor)
    cards = [schemas.report_card(row.report, url_for("reports.show", report_id=row.report.id)) for row in found.rows]
    following = f"?cursor={found.next_cursor}" if found.next_cursor else ""
    return answer(schemas.ReportList(reports=cards, next=following))


@bp.get("/reports/<uuid:report_id>")
@require(Permission.REPORT_READ)
@contract(schemas.ReportText, refusals=(409,))
def show(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One report sentence by sentence; `is_statement` is false while it is only a draft."""
    report = queries.visible_report(actor, report_id)
    with transaction():
        ledger.record(
            "reports:report:view",
            actor=actor,
            subject_kind="report",
            subject_id=report.id,
            incident_id=report.incident_id,
            what="api",
        )
    return answer(schemas.report_text(report, url_for("reports.show", report_id=report.id)))
