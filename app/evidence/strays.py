"""What nothing needs any more in the evidence store: leftovers are removed, an original never is, it is told of.

A crash between keeping an object and committing its row leaves the item *received*: intake runs again, and the object,
which lies under its own hash, becomes the item's. What no item can claim any more is therefore rare, and may be the
last copy of evidence whose row was lost (a database restored from last week, say). So the sweep never deletes one.
"""

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from app.core.clock import now
from app.core.db import session
from app.core.storage import ObjectStore, objectkeys
from app.evidence.models import Evidence, EvidenceState, Rendition

PATIENCE = timedelta(days=1)  # longer than any task: what is younger may be work in progress
_BATCH = 500


def sweep(store: ObjectStore, *, patience: timedelta = PATIENCE) -> list[str]:
    """Removes what interrupted writes left, and working copies that no row names; returns the keys of originals that
    no item names, which are left where they are for a person to look at."""
    store.tidy(older_than_s=patience.total_seconds())
    for key in list(_unnamed(store, "renditions/", Rendition.storage_key, patience)):
        store.purge(key)  # derived, never evidence, and made again when it is wanted
    return [
        *_unnamed(store, "originals/", Evidence.storage_key, patience),
        *_unnamed(store, "quarantine/", Evidence.storage_key, patience),
    ]


def _unnamed(
    store: ObjectStore, prefix: str, column: sa.orm.InstrumentedAttribute[str], patience: timedelta
) -> Iterator[str]:
    """Keys under `prefix` that `column` does not name, that no item still to be taken in claims, and that are not new."""
    batch: list[str] = []
    for key in store.keys(prefix):
        batch.append(key)
        if len(batch) == _BATCH:
            yield from _without_row(batch, column, patience)
            batch = []
    yield from _without_row(batch, column, patience)


def _without_row(keys: list[str], column: sa.orm.InstrumentedAttribute[str], patience: timedelta) -> list[str]:
    waiting = sa.select(Evidence.claimed_sha256).where(Evidence.state == EvidenceState.RECEIVED)
    claimed = set(session().scalars(waiting))
    named = set(session().scalars(sa.select(column).where(column.in_(keys))))
    new = objectkeys.made_since(now() - patience, keys)
    return [key for key in keys if key not in named and key not in new and key.rpartition("/")[2] not in claimed]
