"""Fixity: whose turn it is to be read back, what was found, and what is known of all of it (E6, C25)."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import distinct_on, insert

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.outbox import enqueue
from app.evidence.models import Evidence, EvidenceState, Excerpt, FixityState, Rendition, StoredObject

FAULTY = (FixityState.ALTERED, FixityState.MISSING, FixityState.UNREADABLE)
WEEK = timedelta(days=7)
ORIGINAL, RENDITION = "original", "rendition"
_KEPT = (EvidenceState.SEALED, EvidenceState.QUARANTINED)
_LEASE, _LEASE_BYTES_PER_S = timedelta(minutes=10), 5_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """An object whose turn it is, leased to whoever took it."""

    key: str
    kind: str
    sha256: str
    size: int
    was: FixityState | None


@dataclass(frozen=True, slots=True)
class Found:
    """What reading it back showed: its state, the SHA-256 that was read (empty when it could not be), and about where
    the content stops being what was sealed. `aside` is where a damaged working copy was moved to."""

    state: FixityState
    sha256: str = ""
    near_byte: int | None = None
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is, and how much of it was not read for `late`."""

    objects: int
    size: int
    late_objects: int
    late_size: int


@dataclass(frozen=True, slots=True)
class Report:
    """How the store is, for whoever runs the house."""

    objects: int
    checked_this_week: int
    never: int
    oldest: datetime | None
    faulty: list[StoredObject]
    unreplicated: int


def enlist() -> None:
    """Notes every object that is not on the list yet, and takes damaged working copies off it that were made anew."""
    listed = sa.select(StoredObject.storage_key)
    originals = sa.select(
        Evidence.storage_key, sa.literal(ORIGINAL), Evidence.sha256, Evidence.size, Evidence.received_at
    ).where(Evidence.state.in_(_KEPT), Evidence.storage_key != "")
    copies = sa.select(
        Rendition.storage_key, sa.literal(RENDITION), Rendition.sha256, Rendition.size, Rendition.created_at
    )
    names = ("storage_key", "kind", "sha256", "size", "turn_at")
    for query, key in ((originals, Evidence.storage_key), (copies, Rendition.storage_key)):
        fresh = query.where(~listed.where(StoredObject.storage_key == key).exists()).order_by(key).ext(distinct_on(key))
        session().execute(insert(StoredObject).from_select(names, fresh).on_conflict_do_nothing())
    session().execute(
        sa.update(StoredObject)
        .where(StoredObject.kind == RENDITION, StoredObject.state.in_(FAULTY), _made_anew())
        .values(state=FixityState.REPLACED)
    )


def totals(*, late: timedelta) -> Totals:
    """What a week has to cover, and what of it is `late`."""
    behind = StoredObject.turn_at < now() - late
    count, size = sa.func.count(), sa.func.sum(StoredObject.size)
    query = sa.select(count, size, count.filter(behind), size.filter(behind)).where(_counts())
    objects, total, late_objects, late_size = session().execute(query).one()
    return Totals(objects, int(total or 0), late_objects, int(late_size or 0))


def take(*, before: datetime, keys: Collection[str] | None = None) -> Taken | None:
    """The object that waits longest, of `keys` only where they are given, leased so that nobody else takes it.

    None when all were read since `before`. A damaged working copy has its turn again after an hour: it may have
    been made anew.
    """
    moment = now()
    again = sa.and_(
        StoredObject.kind == RENDITION, StoredObject.state.in_(FAULTY), StoredObject.turn_at < moment - _AN_HOUR
    )
    due = sa.or_(StoredObject.turn_at < before, StoredObject.checked_at.is_(None), again)
    free = sa.or_(StoredObject.taken_until.is_(None), StoredObject.taken_until < moment)
    query = sa.select(StoredObject).where(due, free, _counts()).order_by(StoredObject.turn_at).limit(1)
    if keys is not None:
        query = query.where(StoredObject.storage_key.in_(keys))
    row = session().scalars(query.with_for_update(skip_locked=True), execution_options=_AFRESH).one_or_none()
    if row is None:
        return None
    row.taken_until = moment + _LEASE + timedelta(seconds=row.size / _LEASE_BYTES_PER_S)
    return Taken(row.storage_key, row.kind, row.sha256, row.size, row.state)


def note(taken: Taken, found: Found, *, actor: Actor) -> list[Evidence]:
    """Keeps what was found; returns the items it concerns, none when the object was purged meanwhile.

    A fault marks every item the object belongs to and leaves an event on each; a damaged working copy is made anew.
    """
    row = session().get(StoredObject, taken.key, with_for_update=True)
    items = _items(taken)
    if row is None:
        return items
    if not items:
        session().delete(row)
        return []
    moment = now()
    row.state, row.near_byte, row.checked_at, row.turn_at = found.state, found.near_byte, moment, moment
    row.taken_until = None
    if taken.kind == ORIGINAL:
        _mark(items, found.state, moment)
    faulty = found.state in FAULTY
    for item in items if faulty else ():
        _tell("fail", item, taken, actor, outcome=found.state.value, **_told(found))
        if taken.kind == RENDITION:
            enqueue("rebuild_renditions", queue="default", evidence_id=item.id)
    for item in items if taken.was in FAULTY and not faulty else ():
        _tell("recover", item, taken, actor, was=taken.was)
    return items


def note_round(sound: list[bool], *, actor: Actor) -> None:
    """A round is over: how many objects were read back, and how many of them were not what was sealed."""
    faults = sound.count(False)
    if sound:
        ledger.record(
            "evidence:fixity:round",
            actor=actor,
            subject_kind="store",
            subject_id="fixity",
            outcome="failed" if faults else "done",
            objects=len(sound),
            faults=faults,
        )


def note_restored(taken: Taken, *, aside: str, actor: Actor) -> None:
    """The original is back from the replica store, read whole and found good; `aside` is where the damaged one lies."""
    moment = now()
    row = session().get_one(StoredObject, taken.key, with_for_update=True)
    row.state, row.near_byte, row.checked_at, row.turn_at = FixityState.SOUND, None, moment, moment
    items = _items(taken)
    _mark(items, FixityState.SOUND, moment)
    for item in items:
        _tell("restore", item, taken, actor, source="replica", damaged=aside)


def note_replica(key: str, *, actor: Actor, was: FixityState | None = None, aside: str = "") -> bool:
    """The copy in the replica store was read back whole and is good. The first time, and when a damaged one was
    replaced (`was`), that is an event on each item. False when no item needs it: the object was purged meanwhile."""
    row = session().get(StoredObject, key, with_for_update=True)
    if row is None:
        return False
    taken = Taken(key, row.kind, row.sha256, row.size, row.state)
    items = _items(taken)
    if not items:
        return False
    first, row.replicated_at = row.replicated_at is None, now()
    for item in items if first or was else ():
        if was:
            _tell("fail", item, taken, actor, outcome=was.value, place="replica", damaged=aside)
        _tell("copy", item, taken, actor, place="replica")
    return True


def unreplicated(limit: int) -> list[str]:
    """Keys of originals that have no copy yet that was found good, oldest first. A damaged one is not copied."""
    query = sa.select(StoredObject.storage_key).where(
        StoredObject.kind == ORIGINAL,
        StoredObject.replicated_at.is_(None),
        sa.or_(StoredObject.state.is_(None), StoredObject.state == FixityState.SOUND),
    )
    return list(session().scalars(query.order_by(StoredObject.turn_at).limit(limit)))


def sha256_of(key: str) -> str:
    """What the object under `key` must hash to."""
    return session().get_one(StoredObject, key).sha256


def keys_of(items: Collection[uuid.UUID]) -> list[str]:
    """The objects of these items: originals and working copies."""
    originals = sa.select(Evidence.storage_key).where(Evidence.id.in_(items), Evidence.storage_key != "")
    copies = sa.select(Rendition.storage_key).where(Rendition.evidence_id.in_(items))
    return sorted({*session().scalars(originals), *session().scalars(copies)})


def of_item(item: Evidence) -> dict[str, StoredObject]:
    """What is known of the item's objects, by key."""
    keys = [item.storage_key, *(copy.storage_key for copy in item.renditions)]
    found = session().scalars(sa.select(StoredObject).where(StoredObject.storage_key.in_(keys)))
    return {one.storage_key: one for one in found}


def damaged_copies(item: Evidence) -> int:
    """How many of the item's own working copies, cut clips and stills left out, are damaged in the store."""
    query = (
        sa.select(sa.func.count())
        .select_from(StoredObject)
        .join(Rendition, Rendition.storage_key == StoredObject.storage_key)
        .where(Rendition.evidence_id == item.id, StoredObject.state.in_(FAULTY))
        .where(~Rendition.id.in_(sa.select(Excerpt.rendition_id).where(Excerpt.rendition_id.is_not(None))))
    )
    return session().scalar(query) or 0


def damaged(limit: int = 20) -> list[tuple[Evidence, StoredObject]]:
    """Items with an object that is not what was sealed, newest finding first. For records, who see every incident."""
    owns = sa.or_(
        Evidence.storage_key == StoredObject.storage_key,
        sa.select(Rendition.id)
        .where(Rendition.evidence_id == Evidence.id, Rendition.storage_key == StoredObject.storage_key)
        .exists(),
    )
    query = sa.select(Evidence, StoredObject).join(StoredObject, owns).where(StoredObject.state.in_(FAULTY))
    query = query.options(orm.joinedload(Evidence.incident))
    rows = session().execute(query.order_by(StoredObject.checked_at.desc()).limit(limit))
    return [(row[0], row[1]) for row in rows]


def report() -> Report:
    """How much was read back this week, what waits longest, what is damaged."""
    count = sa.func.count()
    this_week = StoredObject.checked_at > now() - WEEK
    counted = sa.select(
        count,
        count.filter(this_week),
        count.filter(StoredObject.checked_at.is_(None)),
        sa.func.min(StoredObject.turn_at),
        count.filter(StoredObject.kind == ORIGINAL, StoredObject.replicated_at.is_(None)),
    ).where(_counts())
    objects, checked, never, oldest, alone = session().execute(counted).one()
    faulty = sa.select(StoredObject).where(StoredObject.state.in_(FAULTY)).order_by(StoredObject.checked_at.desc())
    return Report(objects, checked, never, oldest, list(session().scalars(faulty.limit(20))), alone)


_AN_HOUR = timedelta(hours=1)
_AFRESH = {"populate_existing": True}


def _counts() -> sa.ColumnElement[bool]:
    return StoredObject.state.is_distinct_from(FixityState.REPLACED)


def _made_anew() -> sa.ColumnElement[bool]:
    """Whether a newer working copy of the same kind has taken the place of this one."""
    old, newer = orm.aliased(Rendition), orm.aliased(Rendition)
    return (
        sa.select(newer.id)
        .join(old, sa.and_(old.evidence_id == newer.evidence_id, old.kind == newer.kind))
        .where(old.storage_key == StoredObject.storage_key, newer.created_at > old.created_at)
        .exists()
    )


def _items(taken: Taken) -> list[Evidence]:
    if taken.kind == ORIGINAL:
        query = sa.select(Evidence).where(Evidence.storage_key == taken.key, Evidence.state.in_(_KEPT))
    else:
        query = sa.select(Evidence).join(Rendition, Rendition.evidence_id == Evidence.id)
        query = query.where(Rendition.storage_key == taken.key)
    return list(session().scalars(query.order_by(Evidence.received_at), execution_options=_AFRESH).unique())


def _mark(items: list[Evidence], state: FixityState, moment: datetime) -> None:
    for item in items:
        item.fixity, item.fixity_at = state, moment


def _told(found: Found) -> dict[str, Any]:
    told = {"found_sha256": found.sha256, "near_byte": found.near_byte, "damaged": found.aside}
    return {name: value for name, value in told.items() if value not in ("", None)}


def _tell(verb: str, item: Evidence, taken: Taken, actor: Actor, *, outcome: str = "done", **details: Any) -> None:
    ledger.record(
        f"evidence:fixity:{verb}",
        actor=actor,
        subject_kind="evidence",
        subject_id=item.id,
        incident_id=item.incident_id,
        outcome=outcome,
        kind=taken.kind,
        key=taken.key,
        sha256=taken.sha256,
        **details,
    )
