"""What is written down of looking at the library: that it was searched, whose words it showed, what was exported."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.ledger import Event
from app.evidence import service as items
from app.search.library.asked import Asked
from app.search.library.finding import Shown

ONE_LOOK = timedelta(minutes=10)  # while somebody types, an item whose words stay in sight is looked at once


def note_search(asked: Asked, shown: Sequence[Shown], *, actor: Actor) -> None:
    """That the actor searched, by which facets and how much was shown, never the words; and that each recording whose
    words are shown was looked at."""
    if not asked.narrowed:
        return
    ledger.record(
        "search:library:search",
        actor=actor,
        subject_kind="search",
        subject_id=_sign(asked),
        words=bool(asked.text),
        facets=sorted(asked.chosen),
        view=asked.view,
        shown=len(shown),
    )
    quoted = {one.item.id: one.item for one in shown if one.said or one.seen or one.named}
    seen = _looked_lately([str(one) for one in quoted], actor)
    for one, item in quoted.items():
        if str(one) not in seen:
            items.note_access(item, "item:view", actor=actor, what="search")


def note_export(asked: Asked, columns: Sequence[str], rows: int, *, actor: Actor) -> None:
    """That a list left the house: which columns, how many rows."""
    ledger.record(
        "search:library:export",
        actor=actor,
        subject_kind="search",
        subject_id=_sign(asked),
        columns=list(columns),
        facets=sorted(asked.chosen),
        rows=rows,
    )


def _sign(asked: Asked) -> str:
    return hashlib.sha256(asked.query().encode()).hexdigest()[:16]


def _looked_lately(ids: Sequence[str], actor: Actor) -> set[str]:
    query = sa.select(Event.subject_id).where(
        Event.subject_kind == "evidence",
        Event.subject_id.in_(ids),
        Event.actor_id == actor.officer_id,
        Event.session_id == actor.session_id,
        Event.act == "evidence:item:view",
        Event.at > now() - ONE_LOOK,
    )
    return set(session().scalars(query.distinct()))
