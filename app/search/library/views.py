"""The library's page: one question, four views of what fits, facets; what one keeps; acts on many."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from flask import Blueprint, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.analysis.tags.forms import KIND_CHOICES
from app.config import Settings
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import transaction
from app.core.errors import DomainError, Invalid
from app.core.pages import asks_for_fragment, flash_undo, page, safe_next
from app.core.permissions import Permission, require
from app.evidence import serving
from app.evidence.retention import queries as retention
from app.evidence.retention.models import HoldReason
from app.search.library import bulk, finding, keeping, playlists, service, sheets
from app.search.library.asked import SORTS, Asked, read
from app.search.library.counting import MOST, Counts, counts

bp = Blueprint("library", __name__)
MOST_ROWS = 10_000  # of one export
_MONTH = re.compile(r"(\d{4})-(\d{2})")


@bp.get("/library")
@require(Permission.EVIDENCE_READ)
def show(actor: Actor) -> ResponseReturnValue:
    """All evidence the actor may see that fits, as list, grid, map or calendar, with facets."""
    try:
        asked = read(request.args.to_dict(flat=False))
        found = finding.page(actor, asked, cursor=request.args.get("cursor", ""))
    except DomainError as refused:
        return _page(actor, Asked(), error=f"{refused.message} {refused.remedy}")
    with transaction():
        service.note_search(asked, found.items, actor=actor)
    return _page(actor, asked, found=found)


@bp.get("/library/export.csv")
@require(Permission.EVIDENCE_EXPORT)
def export(actor: Actor) -> ResponseReturnValue:
    """What fits as a table in the actor's columns, in the order asked for, at most MOST_ROWS."""
    asked, columns = read(request.args.to_dict(flat=False)), keeping.columns_of(actor)
    rows = finding.page(actor, asked, size=MOST_ROWS, quoted=False).items
    with transaction():
        service.note_export(asked, columns, len(rows), actor=actor)
    answer = serving.note(sheets.library_csv(rows, columns), f"library-{now():%Y%m%d-%H%M%S}.csv")
    answer.mimetype = "text/csv"
    return answer


@bp.post("/library/columns")
@require(Permission.EVIDENCE_READ)
def columns(actor: Actor) -> ResponseReturnValue:
    """Which columns the actor's list shows."""
    with transaction():
        keeping.choose_columns(request.form.getlist("columns"), actor=actor)
    return _back()


@bp.post("/library/collections")
@require(Permission.EVIDENCE_READ)
def keep(actor: Actor) -> ResponseReturnValue:
    """Keeps the present question as a collection that updates itself."""
    try:
        with transaction():
            keeping.keep(request.form.get("name", ""), _present(), actor=actor)
    except DomainError as refused:
        return _page(actor, _present(), error=f"{refused.message} {refused.remedy}", status=refused.status)
    flash("Kept. It always holds what fits now.", "done")
    return _back()


@bp.post("/library/collections/<uuid:collection_id>")
@require(Permission.EVIDENCE_READ)
def rename(collection_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Another name for a collection."""
    collection = keeping.own_collection(actor, collection_id)
    with transaction():
        keeping.rename(collection, request.form.get("name", ""), actor=actor)
    return _back()


@bp.post("/library/collections/<uuid:collection_id>/forget")
@require(Permission.EVIDENCE_READ)
def forget(collection_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Deletes a collection, not what is in it."""
    collection = keeping.own_collection(actor, collection_id)
    with transaction():
        act = keeping.forget(collection, actor=actor)
    flash_undo(f"The collection “{collection.name}” is deleted. All that was in it is still in the library.", act)
    return _back()


@bp.post("/library/many")
@require(Permission.EVIDENCE_READ)
def many(actor: Actor) -> ResponseReturnValue:
    """An act on the chosen items. A category or a hold changes how long they are kept, and is shown once more first."""
    form, act = request.form, request.form.get("act", "")
    try:
        of = bulk.chosen(actor, _ids(form.getlist("chosen")), act)
        if act in ("category", "hold") and form.get("sure") != "yes":
            return page("library/second_look.html", of=of, act=act, given=form, words=_words(act), back=_there())
        with transaction():
            done = _act(act, of, actor)
    except DomainError as refused:
        if refused.status == 404:
            raise
        return _page(actor, _present(), error=f"{refused.message} {refused.remedy}", status=refused.status)
    left = (
        f" {done.left} {'was' if done.left == 1 else 'were'} left as {'it' if done.left == 1 else 'they'} {'was' if done.left == 1 else 'were'}."
        if done.left
        else ""
    )
    flash(f"Done with {done.changed} {'item' if done.changed == 1 else 'items'}.{left}", "done")
    return redirect(_there(undo=str(done.act.id) if done.act else ""), 303)


@bp.post("/library/many/<uuid:act_id>/undo")
@require(Permission.EVIDENCE_READ)
def undo(act_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Takes one's own act on many back, whole."""
    with transaction():
        act = bulk.undo(act_id, actor=actor)
    flash(f"{len(act.done)} {'item is' if len(act.done) == 1 else 'items are'} as before.", "done")
    return _back()


def _act(act: str, of: Any, actor: Actor) -> bulk.Outcome:
    form = request.form
    if act == "tag":
        return bulk.tag(of, form.get("kind", ""), form.get("label", ""), actor=actor)
    if act == "category":
        return bulk.category(of, form.get("category", ""), actor=actor)
    if act == "hold":
        return bulk.hold(of, form.get("reason", ""), form.get("reference", ""), actor=actor)
    wanted = form.get("playlist", "")
    if wanted in ("", "new"):
        playlist = playlists.make(form.get("name", ""), actor=actor)
    else:
        playlist = playlists.own(actor, _ids([wanted])[0])
    return bulk.to_playlist(of, playlist, actor=actor)


def _words(act: str) -> str:
    """What will be done, checked as far as it can be before."""
    form = request.form
    if act == "hold":
        reasons = {one.value: one.title for one in HoldReason}
        if form.get("reason") not in reasons:
            raise Invalid("Choose why it is held.", field="reason")
        if not form.get("reference", "").strip():
            raise Invalid("Give a case or reference number.", field="reference")
        return f"On hold: {reasons[form['reason']]}, {form['reference'].strip()[:60]}"
    names = {one.code: one.name for one in retention.in_use()}
    if form.get("category") not in names:
        raise Invalid("Choose a category.", field="category")
    return f"The category “{names[form['category']]}”, besides those they have"


def _page(
    actor: Actor, asked: Asked, *, found: finding.Page | None = None, error: str = "", status: int = 422
) -> ResponseReturnValue:
    found = found or finding.Page([])
    counted = Counts(0, beyond=False, groups=[]) if error else counts(actor, asked)
    context: dict[str, Any] = {
        "asked": asked,
        "found": found,
        "counted": counted,
        "words": counted.words(),
        "most": MOST,
        "error": error,
        "sorts": SORTS,
        "view_titles": {"list": "List", "grid": "Grid", "map": "Map", "calendar": "Calendar"},
        "columns": keeping.columns_of(actor),
        "every_column": keeping.COLUMNS,
        "cells": sheets.cells,
        "category_words": sheets.categories_of(found.items),
        "next_url": url_for(".show") + "?" + asked.query(cursor=found.next_cursor) if found.next_cursor else "",
        "first_url": url_for(".show") + "?" + asked.query() if request.args.get("cursor") else "",
        "may_export": actor.may(Permission.EVIDENCE_EXPORT),
        "here": "?" + asked.query(),
        **(_map(actor, asked) if asked.view == "map" else {}),
        **(_calendar(actor, asked) if asked.view == "calendar" else {}),
    }
    if asks_for_fragment():
        return page("library/_shelf.html", status=status if error else 200, **context)
    shown = make_response(page("library/show.html", status=status if error else 200, **context, **_beside(actor)))
    if tiles := context.get("tiles"):  # the one page that may show pictures of another place: the map's, if so set
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(tiles.replace("{s}.", "*.")))
        policy = current_app.config["CONTENT_SECURITY_POLICY"]
        shown.headers["Content-Security-Policy"] = policy.replace("img-src 'self'", f"img-src 'self' {origin}")
    return shown


def _beside(actor: Actor) -> dict[str, Any]:
    """What stands around what fits: collections, playlists, and what can be done with many."""
    mine = [one for one, _ in playlists.playlists_of(actor) if one.officer_id == actor.officer_id]
    return {
        "collections": keeping.collections_of(actor),
        "counted_to": keeping.COUNTED,
        "playlists": mine,
        "tag_kinds": KIND_CHOICES if actor.may(bulk.NEEDS["tag"]) else [],
        "categories": retention.in_use() if actor.may(bulk.NEEDS["category"]) else [],
        "hold_reasons": list(HoldReason) if actor.may(bulk.NEEDS["hold"]) else [],
        "undo_id": _ids([request.args["undo"]])[0] if request.args.get("undo") else None,
    }


def _map(actor: Actor, asked: Asked) -> dict[str, Any]:
    config: Settings = current_app.config["SETTINGS"]
    shown, count = finding.points(actor, asked)
    told = [
        {"lat": one.lat, "lon": one.lon, "title": one.title, "number": one.number, "at": one.at.isoformat(),
         "url": url_for("evidence.show", evidence_id=one.evidence_id)}
        for one in shown
    ]  # fmt: skip
    return {"points": told, "placed": count, "tiles": config.map_tiles, "tiles_by": config.map_tiles_by}


def _calendar(actor: Actor, asked: Asked) -> dict[str, Any]:
    """A month: of the address, else of the newest that fits, else this one."""
    given = _MONTH.fullmatch(request.args.get("month", ""))
    fits = given and 1900 <= int(given[1]) < 9998 and 1 <= int(given[2]) <= 12
    local = (finding.newest(actor, asked) or now()).astimezone() if not fits else None
    year, month = (int(given[1]), int(given[2])) if given and fits else (local.year, local.month)  # type: ignore[union-attr]
    first = datetime(year, month, 1)  # noqa: DTZ001  (the station's own days)
    after = datetime(year + month // 12, month % 12 + 1, 1)  # noqa: DTZ001
    days = [datetime.fromordinal(n) for n in range(first.toordinal(), after.toordinal() + 1)]
    counted = finding.by_day(actor, asked, [one.astimezone(UTC) for one in days])
    before = datetime.fromordinal(first.toordinal() - 1)
    return {
        "month": first,
        "blank": (first.weekday() + 1) % 7,  # weeks begin on Sunday, as calendars in the United States do
        "days": list(zip(days, counted, strict=False)),
        "fullest": max(counted, default=0),
        "month_before": url_for(".show") + "?" + asked.query(month=before.strftime("%Y-%m")),
        "month_after": url_for(".show") + "?" + asked.query(month=after.strftime("%Y-%m")),
    }


def _present() -> Asked:
    """The question of the page that sent this form."""
    return read(parse_qs(request.form.get("here", "").removeprefix("?")))


def _there(**more: str) -> str:
    return f"{url_for('library.show')}?{_present().query(**more)}"


def _back() -> ResponseReturnValue:
    return redirect(safe_next(_there(), url_for("library.show")), 303)


def _ids(given: list[str]) -> list[UUID]:
    try:
        return [UUID(one) for one in given]
    except ValueError as error:
        raise Invalid("That is no item.", field="chosen", remedy="Choose from the list.") from error
