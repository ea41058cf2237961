"""Paper and proof: the PDF of a report, its proof, its discovery bundles, and who used AI on it."""

from uuid import UUID

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue

from app.accounts.signin import agency
from app.config import Settings
from app.core import ledger
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import Conflict
from app.core.permissions import Permission, require
from app.evidence.names import attachment
from app.reports import proofs, queries, review
from app.reports.authorship import Terms
from app.reports.models import Report

bp = Blueprint("papers", __name__)


def terms() -> Terms:
    """What stands on this installation's paper."""
    config: Settings = current_app.config["SETTINGS"]
    return Terms(config.agency_name, config.agency_ori, config.disclosure_states)


def press() -> proofs.Press:
    """What paper is made with here."""
    config: Settings = current_app.config["SETTINGS"]
    return proofs.Press(agency().signer, terms(), config.fonts_dir)


@bp.get("/reports/<uuid:report_id>/report.pdf")
@require(Permission.REPORT_READ)
def pdf(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The newest signed version as PDF, or the draft, which says on every page that it is no statement (A7)."""
    report = queries.visible_report(actor, report_id)
    if proofs.signed_version(report):
        issued = _issued(report, actor)
        return _file(issued.paper.pdf, f"{issued.name}.pdf", "application/pdf", inline=True)
    with transaction():
        ledger.record(
            "reports:report:view",
            actor=actor,
            subject_kind="report",
            subject_id=report.id,
            incident_id=report.incident_id,
            what="draft pdf",
        )
    name, paper = proofs.draft_on_paper(report, review.content_of(report, terms()), press=press())
    return _file(paper.pdf, f"{name}.pdf", "application/pdf", inline=True)


@bp.get("/reports/<uuid:report_id>/proof")
@require(Permission.REPORT_READ)
def proof(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """PDF, proof and verifier in one archive: what is handed to whoever wants to check."""
    report = queries.visible_report(actor, report_id)
    if not proofs.signed_version(report):
        raise Conflict("A draft proves nothing: nobody signed it.", remedy="Come back when its author has signed it.")
    issued = _issued(report, actor)
    return _file(proofs.archive(issued), f"{issued.name}.zip", "application/zip")


def _issued(report: Report, actor: Actor) -> proofs.Issued:
    with transaction():
        return proofs.issue(report, queries.version(report, report.versions[-1].number), press=press(), actor=actor)


def _file(content: bytes, name: str, kind: str, *, inline: bool = False) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = attachment(name).replace(
        "attachment", "inline" if inline else "attachment", 1
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
