"""What the command palette goes to: pages, incidents, reports and recordings by number or title, each only as its reader may see it."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, current_app, request, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.api import answer
from app.core.errors import DomainError
from app.core.permissions import Permission, require
from app.incidents import queries as incidents
from app.incidents.queries import Filters
from app.reports import queue
from app.reports.queue import Order, ReportFilter, Shelf
from app.search.library import finding
from app.search.library.asked import Asked

bp = Blueprint("finder", __name__)
LEAST = 2  # characters
MOST = 6  # of each sort
LONGEST = 100
# Pages that the navigation, which is on every page, does not name; their own doors say who may open them.
PAGES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("New incident", "incidents.new", {}),
    ("All reports", "reports.index", {"shelf": "all"}),
    ("Reports that were returned", "reports.index", {"shelf": "all", "state": "returned"}),
    ("Notices", "reports.notice_list", {}),
    ("Playlists", "playlists.index", {}),
    ("Spoken words in every recording", "transcripts.spoken", {}),
    ("Library as a map", "library.show", {"view": "map"}),
    ("Library as a calendar", "library.show", {"view": "calendar"}),
    ("Types of report", "reports.report_types_index", {}),
    ("Webhooks", "webhooks.index", {}),
    ("Styles", "home.styles", {}),
    ("The API", "api_docs.show", {}),
)


@bp.get("/go")
@require(Permission.SIGNED_IN)
def go(actor: Actor) -> ResponseReturnValue:
    """Where one can go: without `q` pages that the navigation leaves out, with it what has these words in number or title."""
    text = " ".join(request.args.get("q", "").replace("\0", " ").split())[:LONGEST]
    if not text:
        return answer({"groups": [{"title": "Pages", "items": list(_pages(actor))}]})
    found = [] if len(text) < LEAST else [*_incidents(actor, text), *_reports(actor, text), *_recordings(actor, text)]
    return answer({"groups": [one for one in found if one["items"]]})


def _pages(actor: Actor) -> Iterator[dict[str, str]]:
    for label, endpoint, args in PAGES:
        view: Any = current_app.view_functions[endpoint]
        needed = view.permission
        if needed in (Permission.SIGNED_IN, Permission.PUBLIC) or actor.may(needed):
            yield _item("page", label, url_for(endpoint, **args))


def _incidents(actor: Actor, text: str) -> Iterator[dict[str, Any]]:
    if actor.may(Permission.INCIDENT_READ):
        rows = incidents.page(actor, Filters(text=text), size=MOST).incidents
        yield _group("Incidents", [_incident(one) for one in rows])


def _reports(actor: Actor, text: str) -> Iterator[dict[str, Any]]:
    """Signed ones: drafts are no statements and are not found (A7)."""
    if not actor.may(Permission.REPORT_READ):
        return
    rows = queue.page(actor, ReportFilter(shelf=Shelf.ALL, text=text, order=Order.CHANGED), size=MOST).rows
    yield _group("Reports", [_report(row.report) for row in rows])


def _recordings(actor: Actor, text: str) -> Iterator[dict[str, Any]]:
    if not actor.may(Permission.EVIDENCE_READ):
        return
    try:
        rows = finding.titled(actor, Asked(text), most=MOST)
    except DomainError:  # words that are no search are no recording's either
        return
    yield _group("Recordings", [_recording(one) for one in rows])


def _incident(one: Any) -> dict[str, str]:
    words = f"{one.number} {one.title or one.kind.title}"
    return _item("incident", words, url_for("desk.show", incident_id=one.id), one.place)


def _report(one: Any) -> dict[str, str]:
    words = f"{one.title} {one.incident.number}"
    told = f"{one.incident.title or one.incident.kind.title}, {one.author.title}, {one.state.value}"
    return _item("report", words, url_for("reports.show", report_id=one.id), told)


def _recording(one: Any) -> dict[str, str]:
    return _item("recording", one.title, url_for("evidence.show", evidence_id=one.evidence_id), one.number)


def _group(title: str, items: list[dict[str, str]]) -> dict[str, Any]:
    return {"title": title, "items": items}


def _item(kind: str, words: str, address: str, told: str = "") -> dict[str, str]:
    return {"kind": kind, "words": words, "address": address, "told": told}
