"""The report's pages: list, reading, print, drafts and versions. Writing, reviewing and signing have files of their own."""

from uuid import UUID

from flask import redirect, request
from flask.typing import ResponseReturnValue

from app.accounts import filters
from app.core.actor import Actor
from app.core.db import transaction
from app.core.languages import in_every_language
from app.core.pages import page
from app.core.permissions import Permission, require
from app.evidence import queries as evidence
from app.evidence.models import Evidence
from app.reports import notices, queries, queue, service, signatures
from app.reports.content import content_of
from app.reports.differences import sentence_differences
from app.reports.forms import FilterForm
from app.reports.models import Report
from app.reports.pages import bp, viewed
from app.reports.papers import terms


@bp.get("/reports")
@require(Permission.REPORT_READ)
def index(actor: Actor) -> ResponseReturnValue:
    """What waits for this person, every report they may see, or what a search finds among signed ones."""
    if not request.args and (usual := filters.usual(actor, "reports")):
        return redirect(usual, 303)
    form = FilterForm(request.args)
    wanted, cursor = (
        form.wanted(request.args.get("sort", ""), request.args.get("way", "")),
        request.args.get("cursor", ""),
    )
    found = queue.page(actor, wanted, cursor)
    kept = {name: value for name, value in request.args.items() if name in form and value}
    order, descending = queue.order_of(actor, wanted)
    return page(
        "reports/index.html",
        rows=found.rows,
        next_cursor=found.next_cursor,
        cursor=cursor,
        form=form,
        wanted=wanted,
        kept=kept,
        order=order.value,
        descending=descending,
        saved=filters.beside(actor, "reports", request.args.items()),
    )


@bp.get("/reports/<uuid:report_id>")
@require(Permission.REPORT_READ)
@in_every_language
def show(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One report with the recordings it rests on beside it; until a recollection that is due is locked, only its form."""
    report = queries.visible_report(actor, report_id, closed=True)
    with transaction():
        notices.see(actor.id, report_id=report.id)
    viewed(report, actor, "page")
    chosen = request.args.get("dictated", "")  # which recording's words the form of the recollection begins with
    ahead = queue.ahead(actor, report)
    return page("reports/show.html", report=report, recordings=recordings_of(report), dictated=chosen, ahead=ahead)


def recordings_of(report: Report) -> list[Evidence]:
    """The recordings that sentences of the report rest on and that can be played, in the order they are first used."""
    used = dict.fromkeys(source.evidence_id for one in report.sentences for source in one.sources)
    there = {item.id: item for item in evidence.of_incident(report.incident_id) if item.playable} if used else {}
    return [there[one] for one in used if one in there]


@bp.get("/reports/<uuid:report_id>/print")
@require(Permission.REPORT_READ)
def printed(report_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The paper page of the newest signed version, or of the draft, which says that it is no statement (A7)."""
    report = queries.visible_report(actor, report_id)
    version = report.versions[-1] if report.versions and report.state not in service.EDITABLE else None
    full = queries.version(report, version.number) if version else None
    viewed(report, actor, "print")
    content = full.content if full else content_of(report, terms())
    return page(
        "reports/print.html",
        report=report,
        version=full,
        content=content,
        # A version from before the terms were frozen with it is printed by today's.
        printed=content.get("printed") or terms().printed(with_ai=content["ai"]["used"]),
        signed=signatures.of_version(full) if full else (),
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
    viewed(report, actor, "versions")
    return page(
        "reports/versions.html",
        report=report,
        choices=choices,
        old=queries.edition_name(old),
        new=queries.edition_name(new),
        differences=sentence_differences(queries.texts(report, old), queries.texts(report, new)),
    )
