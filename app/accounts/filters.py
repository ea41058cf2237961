"""Filters that an officer keeps for a list under a name; one of them may be how the list opens. Nobody else sees them."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from app.accounts.models import SavedFilter
from app.core import ledger, undoing
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotFound
from app.core.typed import one_line
from app.core.undoing import Undone

MOST = 30  # of one officer for one list
LONGEST_NAME = 60
LONGEST_QUERY = 600
LISTS = {  # where each list is, and what of its address is kept
    "reports": ("/reports", ("text", "shelf", "state", "ai", "returned", "findings", "sort", "way")),
    "incidents": ("/incidents", ("text", "state", "kind", "badge", "since", "until")),
}


def of(actor: Actor, of_list: str) -> list[SavedFilter]:
    """The actor's own for a list, by name."""
    mine = sa.select(SavedFilter).where(SavedFilter.officer_id == actor.officer_id, SavedFilter.of_list == of_list)
    return list(session().scalars(mine.order_by(sa.func.lower(SavedFilter.name), SavedFilter.id)))


def usual(actor: Actor, of_list: str) -> str:
    """The address at which the list opens for the actor when they ask for it bare; empty for as it is."""
    query = sa.select(SavedFilter.query).where(
        SavedFilter.officer_id == actor.officer_id, SavedFilter.of_list == of_list, SavedFilter.usual
    )
    found = session().scalar(query)
    return f"{LISTS[of_list][0]}?{found}" if found else ""


def beside(actor: Actor, of_list: str, given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """For the page of a list with this address: what the actor keeps, and what of the address could be kept."""
    return {"list": of_list, "kept": of(actor, of_list), "query": query_of(of_list, given), "address": address}


def query_of(of_list: str, given: Iterable[tuple[str, str]]) -> str:
    """The part of an address that a filter is: what narrows and sorts the list, in a fixed order. Invalid for no list."""
    if of_list not in LISTS:
        raise Invalid("There is no such list.", field="list", remedy=f"Use {', '.join(LISTS)}.")
    said = {name: value for name, value in given if value}
    return urlencode([(name, said[name]) for name in LISTS[of_list][1] if name in said])


def own(actor: Actor, filter_id: uuid.UUID) -> SavedFilter:
    """One of the actor's own. NotFound when it is not there or another's."""
    found = session().get(SavedFilter, filter_id)
    if found is None or found.officer_id != actor.officer_id:
        raise NotFound("There is no such filter, or it is not one of yours.")
    return found


def address(saved: SavedFilter) -> str:
    """Where the list is narrowed so."""
    return f"{LISTS[saved.of_list][0]}?{saved.query}"


def keep(of_list: str, name: str, query: str, *, actor: Actor, usual: bool = False) -> SavedFilter:
    """Keeps a filter under a name; kept again under a name of one's own, it takes that one's place.

    Invalid for no name or nothing to keep; Conflict for more than MOST.
    """
    clean = _name(name)
    if not query:
        raise Invalid("This list is not narrowed.", field="name", remedy="Choose or search for something first.")
    if len(query) > LONGEST_QUERY:
        raise Invalid("This filter is too long to be kept.", field="name", remedy="Search for fewer words.")
    there = {one.name: one for one in of(actor, of_list)}
    saved = there.get(clean)
    if saved is None:
        if len(there) >= MOST:
            raise Conflict(f"You keep {MOST} filters for this list already.", remedy="Delete one first.")
        saved = SavedFilter(
            id=uuid.uuid4(), officer_id=actor.id, of_list=of_list, name=clean, query=query, made_at=now()
        )
        session().add(saved)
    saved.query = query
    session().flush()
    _note("keep", saved, actor)
    if usual:
        open_with(saved, actor=actor)
    return saved


def rename(saved: SavedFilter, name: str, *, actor: Actor) -> None:
    """Another name. Invalid for none; Conflict for one that is taken."""
    clean = _name(name)
    if any(one.name == clean and one.id != saved.id for one in of(actor, saved.of_list)):
        raise Conflict(f"You keep a filter named “{clean}” already.", field="name", remedy="Choose another name.")
    saved.name = clean
    session().flush()
    _note("rename", saved, actor)


def open_with(saved: SavedFilter, *, actor: Actor, wanted: bool = True) -> None:
    """Has the list open with this filter, and with no other; or no more."""
    mine = sa.update(SavedFilter).where(SavedFilter.officer_id == actor.id, SavedFilter.of_list == saved.of_list)
    session().execute(mine.values(usual=False))
    session().refresh(saved)
    saved.usual = wanted
    session().flush()
    _note("open-with" if wanted else "open-bare", saved, actor)


def forget(saved: SavedFilter, *, actor: Actor) -> uuid.UUID:
    """Deletes it; returns by what that is undone."""
    _note("forget", saved, actor)
    kept = ("of_list", "name", "query", "usual")
    act = undoing.offer("accounts:filter", {one: getattr(saved, one) for one in kept}, actor=actor)
    session().delete(saved)
    session().flush()
    return act


def restore(done: Mapping[str, Any], actor: Actor) -> Undone:
    """Keeps a deleted one again; opening the list with it is taken back only where no other took its place."""
    bare = not any(one.usual for one in of(actor, done["of_list"]))
    saved = keep(done["of_list"], done["name"], done["query"], actor=actor, usual=done["usual"] and bare)
    return Undone(f"The filter “{saved.name}” is kept again.", address(saved))


def _name(name: str) -> str:
    return one_line(name, field="name", most=LONGEST_NAME, nothing="Give the filter a name.")


def _note(act: str, saved: SavedFilter, actor: Actor) -> None:
    """That it was done, of which list: never the words of the filter or its name."""
    ledger.record(
        f"accounts:filter:{act}", actor=actor, subject_kind="saved_filter", subject_id=saved.id, of_list=saved.of_list
    )
