"""Keeping searches: the only writes of this room that people make. Nobody but their officer sees them."""

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from app.core import ledger, undoing
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.typed import one_line
from app.core.undoing import Undone
from app.search.language import read
from app.search.models import SavedSearch
from app.search.queries import Found

MOST = 50  # of one officer
LONGEST_NAME = 80


def note_search(found: Found, *, actor: Actor) -> None:
    """That the actor searched, which kinds of condition, and how much was found: never the words. Each recording that is
    shown is noted as looked at besides, by the door."""
    asked = found.asked
    ledger.record(
        "search:moments:search",
        actor=actor,
        subject_kind="search",
        subject_id=hashlib.sha256(asked.text.encode()).hexdigest()[:16],
        conditions=sorted({part.sort.value for part in asked.parts}),
        not_understood=len(asked.unread),
        moments=found.moments,
        shown=len(found.results),
    )


def save(name: str, text: str, *, actor: Actor) -> SavedSearch:
    """Keeps a search under a name. Invalid for no name or no condition; Conflict for a name that is taken, or too many."""
    person = actor.id
    kept_name, kept_text = _name(name), _text(text)
    there = sa.select(sa.func.count()).where(SavedSearch.officer_id == person)
    if (session().scalar(there) or 0) >= MOST:
        raise Conflict(f"You keep {MOST} searches already.", remedy="Delete one first.")
    _free(kept_name, person)
    moment = now()
    made = SavedSearch(
        id=uuid.uuid4(), officer_id=person, name=kept_name, text=kept_text, made_at=moment, changed_at=moment
    )
    session().add(made)
    session().flush()
    _note("add", made, actor)
    return made


def change(saved: SavedSearch, *, actor: Actor, name: str | None = None, text: str | None = None) -> SavedSearch:
    """Gives a kept search another name, other words, or both. Refuses as `save` does."""
    if name is not None:
        wanted = _name(name)
        if wanted != saved.name:
            _free(wanted, saved.officer_id)
        saved.name = wanted
    if text is not None:
        saved.text = _text(text)
    saved.changed_at = now()
    session().flush()
    _note("change", saved, actor)
    return saved


def remove(saved: SavedSearch, *, actor: Actor) -> uuid.UUID:
    """Forgets a kept search; returns by what that is undone."""
    _note("remove", saved, actor)
    act = undoing.offer("search:saved", {"name": saved.name, "text": saved.text}, actor=actor)
    session().delete(saved)
    return act


def restore(done: Mapping[str, Any], actor: Actor) -> Undone:
    """Keeps a forgotten search again. Refuses as `save` does."""
    saved = save(done["name"], done["text"], actor=actor)
    return Undone(f"The search “{saved.name}” is kept again.", f"/search?{urlencode({'q': saved.text})}")


def _name(name: str) -> str:
    return one_line(name, field="name", most=LONGEST_NAME, nothing="Give the search a name.")


def _text(text: str) -> str:
    clean = " ".join(text.split())
    if not read(clean).parts:
        raise Invalid(
            "There is nothing to look for in this search.", field="q", remedy="Type a word, a plate, a time …"
        )
    return clean


def _free(name: str, officer_id: uuid.UUID) -> None:
    query = sa.select(SavedSearch.id).where(SavedSearch.officer_id == officer_id, SavedSearch.name == name)
    if session().scalar(query.with_for_update()) is not None:
        raise Conflict(f"You keep a search named “{name}” already.", remedy="Choose another name, or change that one.")


def _note(act: str, saved: SavedSearch, actor: Actor) -> None:
    ledger.record(f"search:saved:{act}", actor=actor, subject_kind="saved_search", subject_id=saved.id)
