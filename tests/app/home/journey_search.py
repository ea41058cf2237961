"""The doors of tags and of searching on the journey: decided, added, undone; searched, kept, changed, forgotten."""

import sqlalchemy as sa

from app.analysis.models import Tag
from app.core.db import session, transaction
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.search import gathering
from app.search.library import shelving
from app.search.library.models import Collection, LibraryAct, Playlist, PlaylistPart
from app.search.models import SavedSearch
from tests.app.home.trip import BROWSER, WORDS, Journey
from tests.people import csrf_token


def see_and_search(trip: Journey, item: Evidence) -> None:
    """An officer decides on what was seen in their recording and looks for it."""
    here, who = f"/evidence/{item.id}/tags", Role.OFFICER
    trip.go("tags.review", who, here)
    first, second = (
        session().scalars(sa.select(Tag.id).where(Tag.evidence_id == item.id).order_by(Tag.start_s)).all()[:2]
    )
    trip.go("tags.decide", who, f"/tags/{first}/confirmed", form={})
    trip.go("tags.decide_chosen", who, f"{here}/decide", form={"decision": "rejected", "chosen": [str(second)]})
    trip.go("tags.undo", who, f"{here}/undo", form={})
    trip.go("tags.add", who, f"{here}/add")
    added = {"kind": "object", "label": WORDS["tag"], "start": "1", "end": "2", "box": ""}
    trip.go("tags.add", who, f"{here}/add", form=added)
    trip.go("tags.precision", Role.ADMINISTRATOR, "/analysis/precision")
    with transaction():
        gathering.gather(item.id)
    asked = f"{WORDS['tag']} not {WORDS['search']}"
    trip.go("search.show", who, f"/search?q={asked}")
    trip.go("search_api.moments", who, f"/api/v1/moments?q={asked}")
    trip.go("search.save", who, "/search/saved", form={"name": WORDS["search"], "q": asked})
    [kept] = session().scalars(sa.select(SavedSearch.id))
    trip.go("search.change", who, f"/search/saved/{kept}", form={"name": WORDS["search"], "q": WORDS["search"]})
    trip.go("search_api.searches", who, "/api/v1/searches")
    trip.go("search.remove", who, f"/search/saved/{kept}/remove", form={})
    client = trip.as_(who)
    headers = BROWSER | {"X-CSRFToken": csrf_token(client, "/account")}
    body = {"name": WORDS["search"], "text": WORDS["search"]}
    made = trip.note("search_api.save", lambda: client.post("/api/v1/searches", json=body, headers=headers))
    one = f"/api/v1/searches/{made.get_json()['id']}"
    trip.note("search_api.change", lambda: client.put(one, json={"name": WORDS["tag"]}, headers=headers))
    trip.note("search_api.remove", lambda: client.delete(one, headers=headers))
    _library(trip, item)


def _library(trip: Journey, item: Evidence) -> None:
    """The library is searched, kept and exported; a tag for many, undone; a playlist filled, put in order, told, deleted."""
    who, boss, asked = Role.OFFICER, Role.RECORDS, f"?q={WORDS['tag']}"
    with transaction():
        shelving.shelve([item.id])
    trip.go("library.show", who, f"/library{asked}")
    trip.go("library_api.library", who, f"/api/v1/library{asked}")
    trip.go("library.export", boss, f"/library/export.csv{asked}")
    trip.go("library.columns", who, "/library/columns", form={"columns": ["size"], "here": asked})
    trip.go("library.keep", who, "/library/collections", form={"name": WORDS["search"], "here": asked})
    [kept] = session().scalars(sa.select(Collection.id))
    trip.go("library.rename", who, f"/library/collections/{kept}", form={"name": WORDS["tag"]})
    trip.go("library.forget", who, f"/library/collections/{kept}/forget", form={})
    tag = {"act": "tag", "kind": "object", "label": WORDS["search"], "chosen": [str(item.id)]}
    trip.go("library.many", who, "/library/many", form=tag)
    [act] = session().scalars(sa.select(LibraryAct.id))
    trip.go("library.undo", who, f"/library/many/{act}/undo", form={})
    trip.go("playlists.make", who, "/playlists", form={"name": WORDS["search"]})
    [made] = session().scalars(sa.select(Playlist.id))
    here, add = f"/playlists/{made}", f"/evidence/{item.id}/playlist"
    trip.go("playlists.index", who, "/playlists")
    trip.go("playlists.add", who, add)
    trip.go("playlists.add", who, add, form={"playlist": str(made), "note": WORDS["note"]})
    [part] = session().scalars(sa.select(PlaylistPart.id))
    trip.go("playlists.show", who, here)
    trip.go("playlists.part", who, f"{here}/parts/{part}/change", form={"note": WORDS["tag"]})
    trip.go("playlists.sheet", who, f"{here}/sheet")
    trip.go("playlists.export", boss, f"{here}/export.csv")
    trip.go("library_api.playlist_list", who, "/api/v1/playlists")
    trip.go("library_api.playlist", who, f"/api/v1{here}")
    trip.go("playlists.rename", who, f"{here}/rename", form={"name": WORDS["tag"]})
    client = trip.as_(who)
    headers = BROWSER | {"X-CSRFToken": csrf_token(client, "/account")}
    edition = session().scalar(sa.select(Playlist.edition).where(Playlist.id == made))
    body = {"order": [str(part)], "edition": edition}
    trip.note("playlists.arrange", lambda: client.post(f"{here}/order", json=body, headers=headers))
    trip.go("playlists.delete", who, f"{here}/delete", form={})
