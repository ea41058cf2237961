"""Pages of playlists: the list, one of them played through in order, its sheet for court, and what its maker changes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.analysis.mentions.forms import seconds
from app.core.actor import Actor
from app.core.api import answer
from app.core.db import transaction
from app.core.errors import DomainError, Invalid, NotFound
from app.core.pages import flash_undo, page
from app.core.permissions import Permission, require
from app.evidence import queries as evidence
from app.evidence import serving
from app.search.library import finding, playlists, sheets
from app.search.library.models import Playlist, PlaylistPart

bp = Blueprint("playlists", __name__)


@bp.get("/playlists")
@require(Permission.EVIDENCE_READ)
def index(actor: Actor) -> ResponseReturnValue:
    """The actor's own, and those of colleagues with a part they may see."""
    return page("library/playlists.html", playlists=playlists.playlists_of(actor), error="")


@bp.post("/playlists")
@require(Permission.EVIDENCE_READ)
def make(actor: Actor) -> ResponseReturnValue:
    """A new, empty playlist."""
    try:
        with transaction():
            made = playlists.make(request.form.get("name", ""), actor=actor)
    except DomainError as refused:
        told = f"{refused.message} {refused.remedy}"
        return page("library/playlists.html", status=422, playlists=playlists.playlists_of(actor), error=told)
    return _to(made.id)


@bp.get("/playlists/<uuid:playlist_id>")
@require(Permission.EVIDENCE_READ)
def show(playlist_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The parts in order, played through one after the other."""
    return _page(playlist_id, actor)


@bp.get("/playlists/<uuid:playlist_id>/sheet")
@require(Permission.EVIDENCE_READ)
def sheet(playlist_id: UUID, actor: Actor) -> ResponseReturnValue:
    """What a court is handed: each part with its times and the hashes of its original."""
    seen = _looked(playlist_id, "print", actor)
    return page("library/playlist_sheet.html", seen=seen, rows=sheets.playlist_rows(seen), span=_span)


@bp.get("/playlists/<uuid:playlist_id>/export.csv")
@require(Permission.EVIDENCE_EXPORT)
def export(playlist_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The same as a table."""
    seen = _looked(playlist_id, "export", actor)
    told = serving.note(sheets.playlist_csv(seen), f"playlist-{playlist_id}.csv")
    told.mimetype = "text/csv"
    return told


@bp.post("/playlists/<uuid:playlist_id>/rename")
@require(Permission.EVIDENCE_READ)
def rename(playlist_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Another name."""
    playlist = playlists.own(actor, playlist_id)
    return _done(playlist_id, actor, lambda: playlists.rename(playlist, request.form.get("name", ""), actor=actor))


@bp.post("/playlists/<uuid:playlist_id>/delete")
@require(Permission.EVIDENCE_READ)
def delete(playlist_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Deletes the playlist, not what is in it."""
    playlist = playlists.own(actor, playlist_id)
    with transaction():
        playlists.delete(playlist, actor=actor)
    flash("The playlist is deleted. The recordings are untouched.", "done")
    return redirect(url_for(".index"), 303)


@bp.route("/evidence/<uuid:evidence_id>/playlist", methods=["GET", "POST"])
@require(Permission.EVIDENCE_READ)
def add(evidence_id: UUID, actor: Actor) -> ResponseReturnValue:
    """Puts a stretch of a recording into a playlist: from a result, or the second at which a player stands."""
    item, error = evidence.visible_evidence(actor, evidence_id), ""
    if request.method == "POST":
        try:
            with transaction():
                playlist = _wanted(actor)
                stretch = playlists.Stretch(item, _at("start"), _at("end"), request.form.get("note", ""))
                playlists.add(playlist, [stretch], actor=actor)
            flash("Added at the end of the playlist.", "done")
            return _to(playlist.id)
        except DomainError as refused:
            error = f"{refused.message} {refused.remedy}"
    mine = [one for one, _ in playlists.playlists_of(actor) if one.officer_id == actor.officer_id]
    given = request.form if request.method == "POST" else request.args
    return page(
        "library/playlist_add.html", status=422 if error else 200, item=item, playlists=mine, given=given, error=error
    )


@bp.post("/playlists/<uuid:playlist_id>/parts/<uuid:part_id>/<any(change, remove, up, down):act>")
@require(Permission.EVIDENCE_READ)
def part(playlist_id: UUID, part_id: UUID, act: str, actor: Actor) -> ResponseReturnValue:
    """Changes one part, takes it out, or moves it one place."""
    playlist, seen = playlists.own(actor, playlist_id), playlists.visible_playlist(actor, playlist_id)
    one = next((each for each in seen.parts if each.id == part_id), None)
    if one is None:
        raise NotFound("There is no such part in this playlist.")

    def act_on(found: PlaylistPart) -> None:
        if act == "change":
            note = request.form.get("note", "")
            playlists.change(playlist, found, start_s=_at("start"), end_s=_at("end"), note=note, actor=actor)
        elif act == "remove":
            title = found.evidence.title or found.evidence.original_name
            flash_undo(
                f"“{title}” is taken out. The recording is untouched.", playlists.remove(playlist, found, actor=actor)
            )
        else:
            playlists.move(playlist, found, -1 if act == "up" else 1, among=seen.parts, actor=actor)

    return _done(playlist_id, actor, lambda: act_on(one), anchor=f"p-{part_id}" if act != "remove" else "")


@bp.post("/playlists/<uuid:playlist_id>/order")
@require(Permission.EVIDENCE_READ)
def arrange(playlist_id: UUID, actor: Actor) -> ResponseReturnValue:
    """The order that a page's own script made by dragging or keys: ids of parts, and the edition it was made from."""
    playlist = playlists.own(actor, playlist_id)
    given: Any = request.get_json(silent=True)
    try:
        order, edition = [UUID(one) for one in given["order"]], int(given["edition"])
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise Invalid("An order is a list of parts.", field="order", remedy="Load the page again.") from error
    with transaction():
        playlists.arrange(playlist, order, edition=edition, actor=actor)
    return answer({"edition": playlist.edition})


def _page(playlist_id: UUID, actor: Actor, error: str = "") -> ResponseReturnValue:
    seen = _looked(playlist_id, "open", actor)
    stills = finding.stills([one.evidence_id for one in seen.parts])
    context: dict[str, Any] = {
        "seen": seen,
        "stills": stills,
        "error": error,
        "may_export": actor.may(Permission.EVIDENCE_EXPORT),
    }
    return page("library/playlist.html", status=422 if error else 200, **context)


def _looked(playlist_id: UUID, act: str, actor: Actor) -> playlists.Seen:
    seen = playlists.visible_playlist(actor, playlist_id)
    with transaction():
        playlists.note_look(seen, act, actor=actor)
    return seen


def _done(playlist_id: UUID, actor: Actor, act: Any, anchor: str = "") -> ResponseReturnValue:
    try:
        with transaction():
            act()
    except DomainError as refused:
        return _page(playlist_id, actor, f"{refused.message} {refused.remedy}")
    return _to(playlist_id, anchor)


def _to(playlist_id: UUID, anchor: str = "") -> ResponseReturnValue:
    return redirect(url_for(".show", playlist_id=playlist_id, _anchor=anchor or None), 303)


def _span(seconds_: float) -> timedelta:
    return timedelta(seconds=seconds_)


def _wanted(actor: Actor) -> Playlist:
    chosen = request.form.get("playlist", "")
    if chosen in ("", "new"):
        return playlists.make(request.form.get("name", ""), actor=actor)
    try:
        return playlists.own(actor, UUID(chosen))
    except ValueError as error:
        raise Invalid("There is no such playlist.", field="playlist", remedy="Choose one of yours.") from error


def _at(name: str) -> float | None:
    typed = request.form.get(name, "").strip()
    return seconds(typed, name) if typed else None
