"""The library and playlists as JSON."""

from dataclasses import asdict
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.api import answer, asked, contract
from app.core.db import transaction
from app.core.permissions import Permission, require
from app.search.library import counting, finding, playlists, service, sheets
from app.search.library.asked import read
from app.search.library.finding import Shown
from app.search.library.schemas import (
    FacetOut,
    LibraryItemOut,
    LibraryPage,
    LibraryPassage,
    LibraryQuery,
    PlaylistLine,
    PlaylistList,
    PlaylistOut,
    PlaylistPartOut,
)
from app.search.marking import Pieces
from app.search.schemas import LinePiece

bp = Blueprint("library_api", __name__, url_prefix="/api/v1")


@bp.get("/library")
@require(Permission.EVIDENCE_READ)
@contract(LibraryPage, asks=LibraryQuery)
def library(actor: Actor) -> ResponseReturnValue:
    """All evidence the actor may see that fits, a page at a time, with facets counted."""
    query = asked(LibraryQuery)
    question = read(request.args.to_dict(flat=False))
    found = finding.page(actor, question, cursor=query.cursor)
    counted = counting.counts(actor, question)
    with transaction():
        service.note_search(question, found.items, actor=actor)
    names = {held: code for held, (code, _) in sheets.categories_of(found.items).items()}
    return answer(
        LibraryPage(
            total=counted.total,
            beyond=counted.beyond,
            facets=[FacetOut.model_validate(asdict(group)) for group in counted.groups],
            items=[_item(one, [names[each] for each in one.row.categories if each in names]) for one in found.items],
            next_cursor=found.next_cursor,
        )
    )


@bp.get("/playlists")
@require(Permission.EVIDENCE_READ)
@contract(PlaylistList)
def playlist_list(actor: Actor) -> ResponseReturnValue:
    """The actor's own playlists, and those with a part they may see."""
    lines = [
        PlaylistLine(id=one.id, name=one.name, made_by=one.officer.label, changed_at=one.changed_at, parts=parts)
        for one, parts in playlists.playlists_of(actor)
    ]
    return answer(PlaylistList(playlists=lines))


@bp.get("/playlists/<uuid:playlist_id>")
@require(Permission.EVIDENCE_READ)
@contract(PlaylistOut)
def playlist(playlist_id: UUID, actor: Actor) -> ResponseReturnValue:
    """One playlist in order, with the hashes of its originals."""
    seen = playlists.visible_playlist(actor, playlist_id)
    with transaction():
        playlists.note_look(seen, "open", actor=actor)
    one = seen.playlist
    parts = [PlaylistPartOut.model_validate(row) for row in sheets.playlist_rows(seen)]
    return answer(
        PlaylistOut(
            id=one.id,
            name=one.name,
            made_by=one.officer.label,
            changed_at=one.changed_at,
            hidden=seen.hidden,
            parts=parts,
        )
    )


def _item(shown: Shown, categories: list[str]) -> LibraryItemOut:
    item, row = shown.item, shown.row
    return LibraryItemOut(
        evidence=item.id,
        title=row.title,
        incident=item.incident_id,
        incident_number=item.incident.number,
        place=item.incident.place,
        officer=item.officer.label,
        unit=item.incident.unit.name,
        kind=row.kind,
        state=item.state.value,
        retention=row.retention,
        recorded_at=item.recorded_at,
        received_at=item.received_at,
        duration_s=item.duration_s,
        size=item.size,
        sha256=item.sha256,
        categories=categories,
        tags=row.tags,
        said=[LibraryPassage(start_s=line.start_s, pieces=_pieces(line.pieces)) for line in shown.said],
    )


def _pieces(cut: Pieces) -> list[LinePiece]:
    return [LinePiece(hit=is_one, text=text) for is_one, text in cut]
