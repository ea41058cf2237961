"""What nothing needs any more in the evidence store: leftovers are removed, an original never is, it is told of.

A crash between keeping an object and committing its row leaves the item *received*: intake runs again, and the object,
which lies under its own hash, becomes the item's. What no item can claim any more is therefore rare, and may be the
last copy of evidence whose row was lost (a database restored from last week, say). So the sweep never deletes one.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.clock import now
from app.core.db import session
from app.core.storage import ObjectStore, objectkeys
from app.evidence.models import Evidence, EvidenceState, Rendition

PATIENCE = timedelta(days=1)  # longer than any task: what is younger may be work in progress
_BATCH = 500
Column = orm.InstrumentedAttribute[str]


def sweep(store: ObjectStore, *, patience: timedelta = PATIENCE, also: Mapping[str, Column] | None = None) -> list[str]:
    """Removes what interrupted writes left, and working copies that no row names; returns the keys of originals that
    no item names, which are left where they are for a person to look at. What is younger than `patience` is let be;
    so is a working copy kept without encryption, whose age is not known. `also` are prefixes of what other rooms make
    from recordings, each with the column that names it."""
    store.tidy(older_than_s=patience.total_seconds())
    limit = now() - patience
    for prefix, column in {"renditions/": Rendition.storage_key, **(also or {})}.items():
        for key, made in list(_unnamed(store, prefix, column)):
            if made and made <= limit:
                store.purge(key)  # derived, never evidence, and made again when it is wanted
    originals = [
        *_unnamed(store, "originals/", Evidence.storage_key),
        *_unnamed(store, "quarantine/", Evidence.storage_key),
    ]
    return [key for key, made in originals if not made or made <= limit]


def _unnamed(store: ObjectStore, prefix: str, column: Column) -> Iterator[tuple[str, datetime | None]]:
    """Keys under `prefix` that `column` does not name and that no item still to be taken in claims, with the time at
    which they were sealed, when they were."""
    batch: list[str] = []
    for key in store.keys(prefix):
        batch.append(key)
        if len(batch) == _BATCH:
            yield from _without_row(batch, column)
            batch = []
    yield from _without_row(batch, column)


def _without_row(keys: list[str], column: Column) -> list[tuple[str, datetime | None]]:
    waiting = sa.select(Evidence.claimed_sha256).where(Evidence.state == EvidenceState.RECEIVED)
    claimed = set(session().scalars(waiting))
    named = set(session().scalars(sa.select(column).where(column.in_(keys))))
    made = objectkeys.made(keys)
    return [(key, made.get(key)) for key in keys if key not in named and key.rpartition("/")[2] not in claimed]
