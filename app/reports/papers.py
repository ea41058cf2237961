"""Paper and proof: the PDF of a report, its proof, and its discovery bundles."""

from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.signin import agency
from app.config import Settings
from app.core import ledger
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import Conflict, Invalid, NotFound
from app.core.pages import page
from app.core.permissions import Permission, require
from app.core.storage import store
from app.evidence import serving
from app.evidence.names import attachment
from app.reports import bundles, proofs, queries
from app.reports.authorship import Terms
from app.reports.content import content_of
from app.reports.forms import BundleForm
from app.reports.models import BundleState, Report

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
    name, paper = proofs.draft_on_paper(report, content_of(report, terms()), press=press())
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


@bp.route("/reports/<uuid:report_id>/bundles", methods=["GET", "POST"])
@require(Permission.REPORT_BUNDLE)
def bundle(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Discovery bundles of a report: those that were made, and a form that asks for another."""
    report, form = queries.visible_report(actor, report_id), BundleForm()
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                bundles.ask(
                    report,
                    case_number=form.case_number.data or "",
                    reason=form.reason.data or "",
                    originals=bool(form.originals.data),
                    actor=actor,
                )
            flash("The bundle is being made. Load this page again in a moment.", "done")
            return redirect(url_for(".bundle", report_id=report.id), 303)
        except Invalid as error:
            form[error.field].errors = [error.message]
            report = queries.visible_report(actor, report_id)
    status = 422 if form.errors else 200
    return page("reports/bundles.html", status=status, report=report, form=form, made=bundles.of_report(report))


@bp.get("/reports/<uuid:report_id>/bundles/<uuid:bundle_id>")
@require(Permission.REPORT_BUNDLE)
def take_bundle(report_id: UUID, bundle_id: UUID, actor: Actor) -> ResponseReturnValue:
    """A bundle that is made, to take along."""
    report = queries.visible_report(actor, report_id)
    found = next((one for one in bundles.of_report(report) if one.id == bundle_id), None)
    if found is None:
        raise NotFound("There is no such bundle.")
    if found.state is not BundleState.MADE:
        raise Conflict(f"This bundle is {found.state.value}: it cannot be taken along.", remedy="Ask for another.")
    with transaction():
        bundles.note_download(found, report, actor=actor)
    return serving.content(
        store(current_app.config["SETTINGS"]),
        found.storage_key,
        size=found.size,
        sha256=found.sha256,
        media_type="application/zip",
        span=None,
        download_as=f"{bundles.name_of(report)}.zip",
    )


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
