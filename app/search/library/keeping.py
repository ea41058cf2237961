"""What officers keep of the library for themselves: collections that update themselves, and which columns they see."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from app.core import ledger, undoing
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, DomainError, Invalid, NotFound
from app.core.typed import one_line
from app.core.undoing import Undone
from app.search.library.asked import Asked, read
from app.search.library.finding import count
from app.search.library.models import Collection, Columns

MOST = 50  # of one officer
COUNTED = 1000  # a collection is counted so far
LONGEST_NAME, LONGEST_ASKED = 80, 2000
COLUMNS = {
    "recorded": "Recorded",
    "incident": "Incident",
    "officer": "Officer",
    "unit": "Unit",
    "kind": "Kind",
    "length": "Length",
    "size": "Size",
    "place": "Place",
    "category": "Categories",
    "tag": "Seen",
    "state": "State",
    "retention": "Kept",
    "sha256": "SHA-256",
}
USUAL = ("recorded", "incident", "officer", "kind", "length", "place")


@dataclass(frozen=True, slots=True)
class Kept:
    """A collection with its question and how many fit now; more than COUNTED is told as one more."""

    collection: Collection
    asked: Asked
    count: int


def collections_of(actor: Actor) -> list[Kept]:
    """The actor's own by name, each counted now, with the rights of now. One that can no longer be read is left out."""
    query = sa.select(Collection).where(Collection.officer_id == actor.officer_id)
    found = []
    for one in session().scalars(query.order_by(sa.func.lower(Collection.name))):
        try:
            asked = read(parse_qs(one.asked))
        except DomainError:
            continue
        found.append(Kept(one, asked, count(actor, asked, most=COUNTED)))
    return found


def own_collection(actor: Actor, collection_id: uuid.UUID) -> Collection:
    """One of the actor's own. NotFound when it is not there or another's."""
    query = sa.select(Collection).where(Collection.id == collection_id, Collection.officer_id == actor.officer_id)
    found = session().scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such collection, or it is not one of yours.")
    return found


def keep(name: str, asked: Asked, *, actor: Actor) -> Collection:
    """Keeps a question under a name; it is asked anew each time it is looked at.

    Invalid for no name, or a question that narrows nothing; Conflict for a name that is taken, and for more than MOST.
    """
    clean, query = _name(name), asked.query()
    if not asked.narrowed:
        raise Invalid("This holds everything.", field="name", remedy="Search or choose something first, then keep it.")
    if len(query) > LONGEST_ASKED:
        raise Invalid("There are too many choices to be kept.", field="name", remedy="Take some out.")
    there = session().scalars(sa.select(Collection.name).where(Collection.officer_id == actor.id)).all()
    if clean in there:
        raise Conflict(f"You have a collection named “{clean}” already.", remedy="Choose another name.")
    if len(there) >= MOST:
        raise Conflict(f"You have {MOST} collections already.", remedy="Delete one first.")
    moment = now()
    made = Collection(id=uuid.uuid4(), officer_id=actor.id, name=clean, asked=query, made_at=moment, changed_at=moment)
    session().add(made)
    session().flush()
    _note("keep", made, actor)
    return made


def rename(collection: Collection, name: str, *, actor: Actor) -> None:
    """Another name. Invalid for none; Conflict for one that is taken."""
    clean = _name(name)
    same = sa.select(Collection.id).where(Collection.officer_id == collection.officer_id, Collection.name == clean)
    if session().scalar(same) not in (None, collection.id):
        raise Conflict(f"You have a collection named “{clean}” already.", remedy="Choose another name.")
    collection.name, collection.changed_at = clean, now()
    session().flush()
    _note("rename", collection, actor)


def forget(collection: Collection, *, actor: Actor) -> uuid.UUID:
    """Deletes the collection; what was in it stays where it is. Returns by what that is undone."""
    _note("forget", collection, actor)
    act = undoing.offer("search:collection", {"name": collection.name, "asked": collection.asked}, actor=actor)
    session().delete(collection)
    return act


def restore(done: Mapping[str, Any], actor: Actor) -> Undone:
    """Keeps a deleted collection again. Refuses as `keep` does."""
    made = keep(done["name"], read(parse_qs(done["asked"])), actor=actor)
    return Undone(f"The collection “{made.name}” is kept again.", f"/library?{made.asked}")


def columns_of(actor: Actor) -> list[str]:
    """The columns of the actor's list, in order; the usual ones until they choose."""
    kept = session().scalar(sa.select(Columns.shown).where(Columns.officer_id == actor.officer_id))
    return [one for one in kept if one in COLUMNS] if kept is not None else list(USUAL)


def choose_columns(shown: list[str], *, actor: Actor) -> None:
    """Keeps which columns the actor's list shows, in this order. Invalid for one that is none."""
    wanted = list(dict.fromkeys(shown))
    if unknown := [one for one in wanted if one not in COLUMNS]:
        raise Invalid(f"There is no column “{unknown[0][:20]}”.", field="columns", remedy=f"Use {', '.join(COLUMNS)}.")
    row = insert(Columns).values(officer_id=actor.id, shown=wanted)
    session().execute(row.on_conflict_do_update(index_elements=["officer_id"], set_={"shown": wanted}))
    ledger.record("search:columns:choose", actor=actor, subject_kind="officer", subject_id=actor.id, columns=wanted)


def _name(name: str) -> str:
    return one_line(name, field="name", most=LONGEST_NAME, nothing="Give the collection a name.")


def _note(act: str, collection: Collection, actor: Actor) -> None:
    ledger.record(f"search:collection:{act}", actor=actor, subject_kind="collection", subject_id=collection.id)
