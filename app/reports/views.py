"""The report's pages: list, reading, signing, print, drafts and versions. Writing and reviewing have files of their own."""

from uuid import UUID

from flask import current_app, flash, request
from flask.typing import ResponseReturnValue

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.accounts.signin import circumstances, limits
from app.core.actor import Actor
from app.core.db import transaction
from app.core.pages import page
from app.core.permissions import Permission, require
from app.evidence import queries as evidence
from app.evidence.models import Evidence
from app.reports import authorship, notices, obstacles, queries, queue, review, service
from app.reports.differences import sentence_differences
from app.reports.forms import FilterForm, SubmitForm
from app.reports.models import Report
from app.reports.pages import back_to, bp, viewed


@bp.get("/reports")
@require(Permission.REPORT_READ)
def index(actor: Actor) -> ResponseReturnValue:
    """What waits for this person, every report they may see, or what a search finds among signed ones."""
    form = FilterForm(request.args)
    wanted = form.wanted(
        request.args.get("sort", ""), request.args.get("way", ""), request.args.get("page", 1, type=int)
    )
    found = queue.rows(actor, wanted)
    kept = {name: value for name, value in request.args.items() if name in form and value}
    order, descending = queue.order_of(actor, wanted)
    return page(
        "reports/index.html",
        rows=found[: queue.PAGE],
        more=len(found) > queue.PAGE,
        form=form,
        wanted=wanted,
        kept=kept,
        order=order.value,
        descending=descending,
    )


@bp.get("/reports/<uuid:report_id>")
@require(Permission.REPORT_READ)
def show(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One report with the recordings it rests on beside it; until a recollection that is due is locked, only its form."""
    report = queries.visible_report(actor, report_id, closed=True)
    with transaction():
        notices.see(actor.id, report_id=report.id)
    viewed(report, actor, "page")
    return page("reports/show.html", report=report, recordings=recordings_of(report))


def recordings_of(report: Report) -> list[Evidence]:
    """The recordings that sentences of the report rest on and that can be played, in the order they are first used."""
    used = dict.fromkeys(source.evidence_id for one in report.sentences for source in one.sources)
    there = {item.id: item for item in evidence.of_incident(report.incident_id) if item.playable} if used else {}
    return [there[one] for one in used if one in there]


@bp.route("/reports/<uuid:report_id>/submit", methods=["GET", "POST"])
@require(Permission.REPORT_WRITE)
def submit(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Read once more as it will be printed, certify, sign."""
    report, form = queries.visible_report(actor, report_id), SubmitForm()
    standing = obstacles.standing(report)
    if request.method == "POST" and not standing.in_the_way and form.validate():
        officer = accounts.officer(actor.id)
        with transaction():
            sure = accounts_service.confirm(officer, form.password.data, limits=limits(), **circumstances())
        if sure:
            with transaction():
                review.submit(report, certified=bool(form.certified.data), actor=actor, states=states())
            flash("Signed and submitted. Your supervisor has it now.", "done")
            return back_to(report)
        form.password.errors = ["This is not your password."]
    status = 200 if request.method == "GET" else 422
    return page(
        "reports/submit.html",
        status=status,
        report=report,
        form=form,
        standing=standing,
        disclosures=review.content_of(report, states())["ai"]["disclosures"],
        certification=authorship.CERTIFICATION,
    )


@bp.get("/reports/<uuid:report_id>/print")
@require(Permission.REPORT_READ)
def printed(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The paper page of the newest signed version, or of the draft, which says that it is no statement (A7)."""
    report = queries.visible_report(actor, report_id)
    version = report.versions[-1] if report.versions and report.state not in service.EDITABLE else None
    full = queries.version(report, version.number) if version else None
    viewed(report, actor, "print")
    return page(
        "reports/print.html",
        report=report,
        version=full,
        content=full.content if full else review.content_of(report, states()),
        signature=queries.signature_of(full) if full else None,
        disclosure_ca=authorship.DISCLOSURE_CA,
        disclosure_ut=authorship.DISCLOSURE_UT,
        states=states(),
    )


@bp.get("/reports/<uuid:report_id>/drafts/<int:number>")
@require(Permission.REPORT_READ)
def draft(report_id: UUID, number: int, actor: Actor) -> ResponseReturnValue:
    """What the machine wrote, unaltered."""
    report = queries.visible_report(actor, report_id)
    viewed(report, actor, "draft")
    return page(
        "reports/draft.html",
        report=report,
        draft=queries.draft(report, number),
        may_use=report.author_id == actor.officer_id and report.state in service.EDITABLE,
    )


@bp.get("/reports/<uuid:report_id>/versions")
@require(Permission.REPORT_READ)
def versions(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Every draft and version, and any two of them side by side (A5)."""
    report = queries.visible_report(actor, report_id)
    choices = queries.editions(report)
    old = request.args.get("old", choices[0][0] if choices else "now")
    new = request.args.get("new", choices[-1][0] if choices else "now")
    return page(
        "reports/versions.html",
        report=report,
        choices=choices,
        old=queries.edition_name(old),
        new=queries.edition_name(new),
        differences=sentence_differences(queries.texts(report, old), queries.texts(report, new)),
    )


def states() -> tuple[str, ...]:
    """The states whose disclosure the agency owes."""
    return tuple(current_app.config["SETTINGS"].disclosure_states)
