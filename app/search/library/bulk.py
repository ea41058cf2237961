"""Acts on many items at once: a tag, a category, a hold, a place in a playlist; most can be undone; nothing is deleted."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.analysis.models import Decision, Tag
from app.analysis.tags import deciding as tags_deciding
from app.analysis.tags.deciding import Added
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid, NotFound
from app.core.permissions import Permission
from app.evidence.models import Evidence, EvidenceState
from app.evidence.retention import categories, holds, queue
from app.evidence.retention import queries as retention
from app.evidence.retention.models import HoldReason
from app.search.library import playlists, shelving
from app.search.library.finding import items
from app.search.library.models import LibraryAct, Playlist, PlaylistPart

MANY = 200  # at once
NEEDS = {
    "tag": Permission.INCIDENT_WRITE,
    "category": Permission.EVIDENCE_CATEGORISE,
    "hold": Permission.HOLD_MANAGE,
    "playlist": Permission.EVIDENCE_READ,
}
_Done = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act did: to how many, how many were so already or could not be, and its record where it can be undone."""

    changed: int
    left: int
    act: LibraryAct | None = None


def chosen(actor: Actor, ids: Sequence[uuid.UUID], act: str) -> list[Evidence]:
    """The chosen items, in the order they were chosen. Invalid for none, more than MANY, or an act that is none;
    Forbidden without the right to it; NotFound when the actor may not see one of them."""
    if act not in NEEDS:
        raise Invalid("There is no such act.", field="act", remedy=f"Use {', '.join(NEEDS)}.")
    if not actor.may(NEEDS[act]):
        raise Forbidden("Your role does not include this.", remedy="Ask somebody whose work it is.")
    wanted = list(dict.fromkeys(ids))
    if not 0 < len(wanted) <= MANY:
        raise Invalid(f"Choose between 1 and {MANY} items.", field="chosen")
    theirs = items(actor, wanted)
    if len(theirs) < len(wanted):
        raise NotFound("One of the items is not there, or not in one of your incidents.")
    return [theirs[one] for one in wanted]


def tag(of: Sequence[Evidence], kind: str, label: str, *, actor: Actor) -> Outcome:
    """Adds a tag to each, over the whole of it, confirmed by the actor. Those not sealed, or with the tag already, are
    left. Refuses as tags_deciding.add_tag does."""
    done: _Done = []
    for item in of:
        if item.state is not EvidenceState.SEALED or _has(item, kind, label):
            continue
        made = tags_deciding.add_tag(item, added=Added(kind, label, 0.0, _end(item)), actor=actor)
        done.append({"evidence": str(item.id), "tag": str(made.id)})
    return _over("tag", of, done, actor)


def category(of: Sequence[Evidence], code: str, *, actor: Actor) -> Outcome:
    """Adds a category to each, beside those it has. Those that have it, or are deleted, are left. Refuses as
    retention.categories.choose does."""
    categories.check_code(code)
    if not code:
        raise Invalid("Choose a category.", field="category")
    done: _Done = []
    for item in sorted(of, key=lambda one: one.id):
        before = [one.category.code for one in retention.chosen(item.id) if one.category.retired_at is None]
        if code in before or item.state is EvidenceState.PURGED:
            continue
        categories.choose(item, [*before, code], actor=actor)
        queue.judge(item, actor=actor)
        done.append({"evidence": str(item.id), "before": before, "after": sorted([*before, code])})
    return _over("category", of, done, actor)


def hold(of: Sequence[Evidence], reason: str, reference: str, *, actor: Actor) -> Outcome:
    """Places a hold on each that is not deleted. It cannot be undone here: another person releases a hold."""
    try:
        why = HoldReason(reason)
    except ValueError as error:
        raise Invalid("Choose why it is held.", field="reason") from error
    done: _Done = []
    for item in sorted(of, key=lambda one: one.id):
        if item.state is EvidenceState.PURGED:
            continue
        made = holds.place(item.incident, item, reason=why, reference=reference, actor=actor)
        done.append({"evidence": str(item.id), "hold": str(made.id)})
    return _over("hold", of, done, actor, undoable=False)


def to_playlist(of: Sequence[Evidence], playlist: Playlist, *, actor: Actor) -> Outcome:
    """Puts each, whole, at the end of a playlist of the actor's. Those not sealed are left."""
    sealed = [one for one in of if one.state is EvidenceState.SEALED]
    made = playlists.add(playlist, [playlists.Stretch(one) for one in sealed], actor=actor) if sealed else []
    done: _Done = [{"evidence": str(one.evidence_id), "part": str(one.id)} for one in made]
    return _over("playlist", of, done, actor)


def undo(act_id: uuid.UUID, *, actor: Actor) -> LibraryAct:
    """Takes one of the actor's own acts back. NotFound for another's; Conflict when it was undone, when it is none that
    can be, or when somebody changed one of the items since."""
    query = sa.select(LibraryAct).where(LibraryAct.id == act_id, LibraryAct.officer_id == actor.officer_id)
    act = session().scalars(query.with_for_update(), execution_options={"populate_existing": True}).one_or_none()
    if act is None:
        raise NotFound("There is nothing of yours to undo here.")
    if act.undone_at is not None or act.act not in _UNDOING:
        raise Conflict("This is undone already, or cannot be.")
    theirs = items(actor, [uuid.UUID(one["evidence"]) for one in act.done])
    for one in act.done:
        item = theirs.get(uuid.UUID(one["evidence"]))
        if item is None:
            raise Conflict("You may not see one of the items any more, so it cannot be undone.")
        _UNDOING[act.act](item, one, actor)
    act.undone_at = now()
    shelving.shelve(list(theirs))
    _note(f"undo-{act.act}", act.id, len(act.done), 0, actor)
    return act


def _undo_tag(item: Evidence, one: dict[str, Any], actor: Actor) -> None:
    found = session().get(Tag, uuid.UUID(one["tag"]))
    if found is None or found.decision is not Decision.CONFIRMED or found.edition != 1:
        raise Conflict("Somebody decided on one of the tags since.", remedy="Look at the recording's tags.")
    tags_deciding.decide_tag(found, evidence=item, decision=Decision.REJECTED, actor=actor)


def _undo_category(item: Evidence, one: dict[str, Any], actor: Actor) -> None:
    present = sorted(choice.category.code for choice in retention.chosen(item.id))
    if present != one["after"]:
        raise Conflict("Somebody changed the categories of one of the items since.", remedy="Look at the item.")
    categories.choose(item, one["before"], actor=actor)
    queue.judge(item, actor=actor)


def _undo_playlist(_item: Evidence, one: dict[str, Any], actor: Actor) -> None:
    part = session().get(PlaylistPart, uuid.UUID(one["part"]))
    if part is not None:
        playlists.remove(playlists.own(actor, part.playlist_id), part, actor=actor)


_UNDOING = {"tag": _undo_tag, "category": _undo_category, "playlist": _undo_playlist}


def _has(item: Evidence, kind: str, label: str) -> bool:
    same = sa.select(Tag.id).where(
        Tag.evidence_id == item.id,
        Tag.kind == kind,
        sa.func.lower(Tag.label) == " ".join(label.split()).lower(),
        Tag.decision == Decision.CONFIRMED,
        Tag.carried_to.is_(None),
    )
    return session().scalar(same.limit(1)) is not None


def _end(item: Evidence) -> float:
    return item.duration_s or 0.0


def _over(what: str, of: Sequence[Evidence], done: _Done, actor: Actor, *, undoable: bool = True) -> Outcome:
    act = LibraryAct(id=uuid.uuid4(), officer_id=actor.id, act=what, done=done, at=now())
    session().add(act)
    session().flush()
    shelving.shelve([item.id for item in of])
    _note(what, act.id, len(done), len(of) - len(done), actor)
    return Outcome(len(done), len(of) - len(done), act if undoable and done else None)


def _note(what: str, act_id: uuid.UUID, changed: int, left: int, actor: Actor) -> None:
    """One event of the act as a whole; each item has its own besides."""
    ledger.record(
        f"search:many:{what}", actor=actor, subject_kind="library_act", subject_id=act_id, changed=changed, left=left
    )
