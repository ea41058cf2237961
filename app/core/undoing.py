"""Acts that are no evidence and can be taken back for an hour: what is needed for that is kept so long, then forgotten."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import Base, Identified, session
from app.core.errors import NotFound

KEPT = timedelta(hours=1)


class Undoable(Identified, Base):
    """One act of one officer. `done` is all that its room needs to take it back; nobody else sees it."""

    __tablename__ = "undoable"

    officer_id: orm.Mapped[uuid.UUID] = orm.mapped_column(sa.ForeignKey("officer.id"))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    done: orm.Mapped[dict[str, Any]]
    at: orm.Mapped[datetime] = orm.mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Undone:
    """What is so again, in words, and the address where it is seen."""

    words: str
    address: str


Restore = Callable[[Mapping[str, Any], Actor], Undone]
_restores: dict[str, Restore] = {}


def install(kind: str, restore: Restore) -> None:
    """Says which verb takes acts of a kind back; it records its own event, and refuses where that cannot be any more."""
    _restores[kind] = restore


def offer(kind: str, done: Mapping[str, Any], *, actor: Actor) -> uuid.UUID:
    """Keeps an act to be taken back, in the transaction of the act. What is older than KEPT, of anybody's, is forgotten."""
    forget_old()
    made = Undoable(id=uuid.uuid4(), officer_id=actor.id, kind=kind, done=dict(done), at=now())
    session().add(made)
    session().flush()
    return made.id


def undo(act_id: uuid.UUID, *, actor: Actor) -> Undone:
    """Takes one of the actor's own acts back, once. NotFound for another's, one that was taken back, or one too long ago."""
    mine = sa.select(Undoable).where(Undoable.id == act_id, Undoable.officer_id == actor.officer_id)
    act = session().scalars(mine.with_for_update(), execution_options={"populate_existing": True}).one_or_none()
    if act is None or act.at < now() - KEPT:
        raise NotFound("There is nothing of yours to undo here.", remedy="An act can be undone once, within an hour.")
    session().delete(act)
    session().flush()
    return _restores[act.kind](act.done, actor)


def forget_old() -> int:
    """Forgets what is too old to be taken back, of anybody's; returns how many."""
    gone = session().execute(sa.delete(Undoable).where(Undoable.at < now() - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def forget(kind: str, member: str, value: uuid.UUID) -> None:
    """Forgets acts of a kind that are about `value`: it is gone for good."""
    about = Undoable.done[member].astext == str(value)
    session().execute(sa.delete(Undoable).where(Undoable.kind == kind, about))
