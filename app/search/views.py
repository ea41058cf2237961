"""The search page: what was understood as parts that can be taken out, results with their second, kept searches."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.analysis.tags.kinds import title_of
from app.core.actor import Actor
from app.core.db import transaction
from app.core.errors import DomainError
from app.core.pages import flash_undo, page
from app.core.permissions import Permission, require
from app.evidence import service as items
from app.incidents.forms import station_zone
from app.search import queries, ranking, service
from app.search.language import LONGEST
from app.search.queries import Found

bp = Blueprint("search", __name__)


@bp.get("/search")
@require(Permission.EVIDENCE_READ)
def show(actor: Actor) -> ResponseReturnValue:
    """What was seen and said in every recording the actor may see, by a search that is shown back as it was understood."""
    text, error, found = request.args.get("q", "").strip(), "", None
    if text:
        try:
            found = queries.find(actor, text, cursor=request.args.get("cursor", ""))
            looked(found, actor)
        except DomainError as refused:
            error = f"{refused.message} {refused.remedy}"
    return _page(actor, text=text, found=found, error=error)


@bp.post("/search/saved")
@require(Permission.EVIDENCE_READ)
def save(actor: Actor) -> ResponseReturnValue:
    """Keeps the search under a name."""
    text = request.form.get("q", "")
    try:
        with transaction():
            service.save(request.form.get("name", ""), text, actor=actor)
    except DomainError as refused:
        return _page(actor, text=text, error=f"{refused.message} {refused.remedy}")
    flash("Kept. It stands beside every search.", "done")
    return redirect(url_for(".show", q=text), 303)


@bp.post("/search/saved/<uuid:saved_id>")
@require(Permission.EVIDENCE_READ)
def change(saved_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Another name for a kept search, or the present search in its place."""
    saved = queries.own_saved(actor, saved_id)
    text = request.form.get("q", "")
    try:
        with transaction():
            service.change(saved, name=request.form.get("name", saved.name), text=text or None, actor=actor)
    except DomainError as refused:
        return _page(actor, text=text, error=f"{refused.message} {refused.remedy}")
    flash("Changed.", "done")
    return redirect(url_for(".show", q=saved.text), 303)


@bp.post("/search/saved/<uuid:saved_id>/remove")
@require(Permission.EVIDENCE_READ)
def remove(saved_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Forgets a kept search."""
    saved = queries.own_saved(actor, saved_id)
    with transaction():
        act = service.remove(saved, actor=actor)
    flash_undo(f"The search “{saved.name}” is deleted.", act)
    return redirect(url_for(".show", q=request.form.get("q") or None), 303)


def looked(found: Found, actor: Actor) -> None:
    """The events of a search: that it was made, and that each recording whose words it shows was looked at."""
    with transaction():
        service.note_search(found, actor=actor)
        for item in {one.item.id: one.item for one in found.results}.values():
            items.note_access(item, "item:view", actor=actor, what="search")


def _page(actor: Actor, *, text: str, found: Found | None = None, error: str = "") -> ResponseReturnValue:
    context: dict[str, Any] = {
        "text": text,
        "found": found,
        "error": error,
        "saved": queries.saved_of(actor),
        "longest": LONGEST,
        "block": ranking.BLOCK,
        "zone": station_zone(),
        "kind_in_words": title_of,
        "next_url": url_for(".show", q=text, cursor=found.next_cursor) if found and found.next_cursor else "",
        "first_url": url_for(".show", q=text) if request.args.get("cursor") else "",
    }
    return page("search/show.html", status=422 if error else 200, **context)
