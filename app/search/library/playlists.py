"""Playlists of moments for court: made, filled, put in order, told apart by who may see what; every act is an event."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.core import ledger, undoing
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.typed import one_line
from app.core.undoing import Undone
from app.evidence import queries as evidence
from app.evidence.models import Evidence, EvidenceState, MediaKind
from app.incidents.models import Incident
from app.incidents.queries import visibility
from app.search.library.models import Playlist, PlaylistPart

MOST_PARTS = 500  # of one playlist
MOST = 200  # of one officer
LONGEST_NAME, LONGEST_NOTE = 120, 400
_TIMED = (MediaKind.VIDEO, MediaKind.AUDIO)


@dataclass(frozen=True, slots=True)
class Seen:
    """A playlist as one actor may see it: the parts of incidents they may see, and how many there are besides."""

    playlist: Playlist
    parts: list[PlaylistPart]
    hidden: int
    own: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is to be added: some seconds of a recording, or all of it where both are None."""

    item: Evidence
    start_s: float | None = None
    end_s: float | None = None
    note: str = ""


def visible_playlist(actor: Actor, playlist_id: uuid.UUID) -> Seen:
    """The playlist with the parts the actor may see. NotFound when it is not there, or is another's and holds no part
    that the actor may see."""
    playlist = (
        session()
        .scalars(sa.select(Playlist).where(Playlist.id == playlist_id).options(orm.joinedload(Playlist.officer)))
        .one_or_none()
    )
    every = _parts(playlist_id)
    allowed = _allowed(actor, {one.evidence.incident_id for one in every})
    parts = [one for one in every if one.evidence.incident_id in allowed]
    if playlist is None or (playlist.officer_id != actor.officer_id and not parts):
        raise NotFound("There is no such playlist, or nothing of it is for you to see.")
    return Seen(playlist, parts, len(every) - len(parts), playlist.officer_id == actor.officer_id)


def playlists_of(actor: Actor, *, limit: int = 200) -> list[tuple[Playlist, int]]:
    """The actor's own and those with a part they may see, newest first, with the number of parts they may see."""
    theirs = (
        sa.select(sa.func.count()).select_from(PlaylistPart).join(Evidence, Evidence.id == PlaylistPart.evidence_id)
    )
    theirs = theirs.join(Incident, Incident.id == Evidence.incident_id)
    counted = theirs.where(PlaylistPart.playlist_id == Playlist.id, visibility(actor)).scalar_subquery()
    query = sa.select(Playlist, counted).where(sa.or_(Playlist.officer_id == actor.officer_id, counted > 0))
    query = query.options(orm.joinedload(Playlist.officer)).order_by(Playlist.changed_at.desc(), Playlist.id)
    return [(row[0], row[1]) for row in session().execute(query.limit(limit))]


def own(actor: Actor, playlist_id: uuid.UUID) -> Playlist:
    """The actor's own, to be changed. NotFound as in `visible_playlist`; Forbidden when it is a colleague's."""
    seen = visible_playlist(actor, playlist_id)
    if not seen.own:
        raise Forbidden("Only who made a playlist changes it.", remedy="Make one of your own, and add what you need.")
    return seen.playlist


def make(name: str, *, actor: Actor) -> Playlist:
    """An empty one. Invalid without a name; Conflict for more than MOST."""
    clean, moment = _name(name), now()
    there = sa.select(sa.func.count()).where(Playlist.officer_id == actor.id)
    if (session().scalar(there) or 0) >= MOST:
        raise Conflict(f"You have {MOST} playlists already.", remedy="Delete one first.")
    made = Playlist(id=uuid.uuid4(), officer_id=actor.id, name=clean, edition=1, made_at=moment, changed_at=moment)
    session().add(made)
    session().flush()
    _note("make", made, actor)
    return made


def rename(playlist: Playlist, name: str, *, actor: Actor) -> None:
    """Gives it another name. Invalid without one."""
    playlist.name = _name(name)
    _changed(playlist)
    _note("rename", playlist, actor)


def add(playlist: Playlist, stretches: Sequence[Stretch], *, actor: Actor) -> list[PlaylistPart]:
    """Puts stretches at its end, in order. Whether the actor may see the items is the caller's to ask.

    Invalid for seconds outside the recording, or none of a recording where only one is given; Conflict for an item that
    is not sealed, and for more than MOST_PARTS.
    """
    _lock(playlist)
    there = session().scalars(sa.select(PlaylistPart.position).where(PlaylistPart.playlist_id == playlist.id)).all()
    if len(there) + len(stretches) > MOST_PARTS:
        raise Conflict(f"A playlist has at most {MOST_PARTS} parts.", remedy="Begin another one.")
    behind = max(there, default=0)
    made = [_part(playlist, one, behind + n, actor) for n, one in enumerate(stretches, 1)]
    session().add_all(made)
    _changed(playlist)
    for part, one in zip(made, stretches, strict=True):
        _note("add", playlist, actor, part, incident_id=one.item.incident_id)
    return made


def change(
    playlist: Playlist, part: PlaylistPart, *, start_s: float | None, end_s: float | None, note: str, actor: Actor
) -> None:
    """Other seconds or words for a part. Refuses as `add` does."""
    _lock(playlist)
    part.start_s, part.end_s = _seconds(part.evidence, start_s, end_s)
    part.note = _words(note)
    _changed(playlist)
    _note("change", playlist, actor, part, incident_id=part.evidence.incident_id)


def remove(playlist: Playlist, part: PlaylistPart, *, actor: Actor) -> uuid.UUID:
    """Takes a part out; returns by what that is undone."""
    _lock(playlist)
    _note("remove", playlist, actor, part, incident_id=part.evidence.incident_id)
    kept = {
        "playlist": str(playlist.id),
        "evidence": str(part.evidence_id),
        "position": part.position,
        "note": part.note,
    }
    act = undoing.offer("search:part", kept | {"start": part.start_s, "end": part.end_s}, actor=actor)
    session().delete(part)
    _changed(playlist)
    return act


def restore(done: Mapping[str, Any], actor: Actor) -> Undone:
    """Puts a part that was taken out back in its place. NotFound where the playlist or the recording is gone, or the actor
    may not see it any more; refuses besides as `add` does."""
    playlist = own(actor, uuid.UUID(done["playlist"]))
    item = evidence.visible_evidence(actor, uuid.UUID(done["evidence"]))
    [part] = add(playlist, [Stretch(item, done["start"], done["end"], done["note"])], actor=actor)
    part.position = done["position"]
    session().flush()
    return Undone("The part is back in its place.", f"/playlists/{playlist.id}#p-{part.id}")


def arrange(playlist: Playlist, ids: Sequence[uuid.UUID], *, edition: int, actor: Actor) -> None:
    """Puts the parts `ids` names into this order; those it does not name (the actor may not see them any more) keep
    their places. Conflict when the playlist changed since `edition`; Invalid for a part that is not of it."""
    _lock(playlist)
    if playlist.edition != edition:
        raise Conflict("The playlist changed meanwhile.", remedy="Load the page again, then put it in order.")
    every = {one.id: one for one in _parts(playlist.id)}
    if len(set(ids)) != len(ids) or not set(ids) <= every.keys():
        raise Invalid("There is a part in this order that the playlist does not have.", field="order")
    places = sorted(every[one].position for one in ids)
    for one, place in zip(ids, places, strict=True):
        every[one].position = place
    _changed(playlist)
    _note("arrange", playlist, actor, parts=len(ids))


def move(playlist: Playlist, part: PlaylistPart, step: int, *, among: Sequence[PlaylistPart], actor: Actor) -> None:
    """Moves a part one up (-1) or down (+1) among the parts the actor sees; at the end it stays."""
    ids = [one.id for one in among]
    here = ids.index(part.id)
    there = min(max(here + step, 0), len(ids) - 1)
    ids.insert(there, ids.pop(here))
    arrange(playlist, ids, edition=playlist.edition, actor=actor)


def delete(playlist: Playlist, *, actor: Actor) -> None:
    """Deletes the playlist; the recordings stay what they are."""
    _note("delete", playlist, actor)
    session().delete(playlist)


def note_look(seen: Seen, act: str, *, actor: Actor) -> None:
    """That somebody opened, printed or exported it: which items, and how many they may not see."""
    ids = sorted({str(one.evidence_id) for one in seen.parts})
    _note(act, seen.playlist, actor, items=ids[:100], parts=len(seen.parts), hidden=seen.hidden)


def drop(evidence_id: uuid.UUID) -> int:
    """Takes a purged item out of every playlist; returns from how many places."""
    undoing.forget("search:part", "evidence", evidence_id)
    gone = session().execute(sa.delete(PlaylistPart).where(PlaylistPart.evidence_id == evidence_id))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _parts(playlist_id: uuid.UUID) -> list[PlaylistPart]:
    whole = orm.joinedload(PlaylistPart.evidence)
    query = sa.select(PlaylistPart).where(PlaylistPart.playlist_id == playlist_id)
    query = query.options(whole.joinedload(Evidence.incident), whole.joinedload(Evidence.officer))
    return list(session().scalars(query.order_by(PlaylistPart.position, PlaylistPart.id)))


def _allowed(actor: Actor, incident_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    return set(session().scalars(sa.select(Incident.id).where(Incident.id.in_(incident_ids), visibility(actor))))


def _lock(playlist: Playlist) -> None:
    """Who changes it waits for whoever changes it now, and goes on from what they left."""
    session().execute(sa.select(Playlist.id).where(Playlist.id == playlist.id).with_for_update())
    session().refresh(playlist, ["edition", "name"])


def _part(playlist: Playlist, one: Stretch, position: int, actor: Actor) -> PlaylistPart:
    if one.item.state is not EvidenceState.SEALED:
        raise Conflict(f"“{one.item.title}” is {one.item.state}: only sealed items are put into a playlist.")
    start, end = _seconds(one.item, one.start_s, one.end_s)
    return PlaylistPart(
        id=uuid.uuid4(),
        playlist_id=playlist.id,
        position=position,
        evidence_id=one.item.id,
        start_s=start,
        end_s=end,
        note=_words(one.note),
        added_by=actor.id,
        added_at=now(),
    )


def _seconds(item: Evidence, start: float | None, end: float | None) -> tuple[float | None, float | None]:
    """The stretch, whole where nothing is said; a still or a document has no seconds."""
    if item.media_kind not in _TIMED or item.duration_s is None:
        return None, None
    begins = 0.0 if start is None else start
    over = item.duration_s if end is None else min(end, item.duration_s)
    if not 0 <= begins < over:
        raise Invalid(
            "This is no stretch of the recording.",
            field="start",
            remedy=f"It begins at 0 or later, ends later than it begins, and the recording is {item.duration_s:.1f} s long.",
        )
    return begins, over


def _name(name: str) -> str:
    return one_line(name, field="name", most=LONGEST_NAME, nothing="Give the playlist a name.")


def _words(note: str) -> str:
    return one_line(note, field="note", most=LONGEST_NOTE)


def _changed(playlist: Playlist) -> None:
    playlist.edition += 1
    playlist.changed_at = now()
    session().flush()


def _note(act: str, playlist: Playlist, actor: Actor, part: PlaylistPart | None = None, **details: Any) -> None:
    told: dict[str, Any] = {}
    if part:
        told = {"part_id": part.id, "evidence_id": part.evidence_id, "start_s": part.start_s, "end_s": part.end_s}
    ledger.record(
        f"search:playlist:{act}", actor=actor, subject_kind="playlist", subject_id=playlist.id, **told, **details
    )
