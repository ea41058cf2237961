"""Clips and stills: what a person has cut from an original to give it out, and why (E3, E4, E5)."""

import re
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotFound
from app.core.outbox import Job, enqueue
from app.evidence.fixity import FAULTY
from app.evidence.models import (
    Evidence,
    EvidenceState,
    Excerpt,
    ExcerptKind,
    ExcerptState,
    MediaKind,
    Rendition,
    StoredObject,
)
from app.evidence.reasons import Reason, is_assigned

LONGEST_S = 3600.0
SHORTEST_S = 0.1
QUEUE = "default"  # a person waits: not behind hours of reading
_LEASE = timedelta(minutes=5)
_MOST_ATTEMPTS = 3
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(?:(\d{1,4}):)?(\d{1,6}(?:\.\d{1,3})?)", re.ASCII)
_TIME_REMEDY = "As 1:05.4, 1:02:03 or 65.4."


def seconds(text: str, *, field: str) -> float:
    """Seconds from "65.4", "1:05.4" or "1:02:03". Invalid names the `field`."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise Invalid("That is no time in a recording.", field=field, remedy=_TIME_REMEDY)
    first, second, last = found.groups()
    hours, minutes = (first, second) if second is not None else (None, first)
    if minutes is not None and float(last) >= 60:
        raise Invalid("There are 60 seconds in a minute.", field=field, remedy=_TIME_REMEDY)
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(last)


def ask(item: Evidence, *, kind: ExcerptKind, start_s: float, end_s: float, reason: Reason, actor: Actor) -> Excerpt:
    """Has a clip or a still cut from the sealed original, which is only read. For a still `end_s` does not matter.

    Invalid names the field: seconds outside the recording, an end before the start, more than an hour. Conflict where
    there is nothing to cut from: not sealed, or for a still without a picture.
    """
    _cuttable(item, kind)
    end_s = start_s if kind is ExcerptKind.STILL else end_s
    _within(item, kind, start_s, end_s)
    excerpt = Excerpt(
        id=uuid.uuid4(),
        evidence_id=item.id,
        kind=kind,
        start_s=start_s,
        end_s=end_s,
        reason=reason.code.value,
        case_number=reason.case,
        asked_by=actor.id,
        asked_at=now(),
    )
    session().add(excerpt)
    session().flush()
    enqueue("cut_excerpt", queue=QUEUE, excerpt_id=excerpt.id)
    _note(excerpt, item, f"item:{kind.value}", actor, sha256=item.sha256)
    return excerpt


def _cuttable(item: Evidence, kind: ExcerptKind) -> None:
    if item.state is not EvidenceState.SEALED or not item.playable:
        raise Conflict("Clips and stills are cut from sealed recordings only.")
    if kind is ExcerptKind.STILL and item.media_kind is not MediaKind.VIDEO:
        raise Conflict("There is no picture in this recording.", remedy="Cut a clip of its sound.")


def _within(item: Evidence, kind: ExcerptKind, start_s: float, end_s: float) -> None:
    length = item.duration_s or 0.0
    if start_s >= length:
        raise Invalid(f"The recording is {length:.1f} seconds long.", field="start", remedy="Choose an earlier second.")
    if kind is ExcerptKind.STILL:
        return
    if end_s - start_s < SHORTEST_S:
        raise Invalid("The clip ends before it begins.", field="end", remedy="Choose a later second.")
    if end_s > length + SHORTEST_S:
        raise Invalid(f"The recording is {length:.1f} seconds long.", field="end", remedy="Choose an earlier second.")
    if end_s - start_s > LONGEST_S:
        raise Invalid("A clip has at most one hour.", field="end", remedy="Cut several, or export the original.")


def claim(excerpt_id: uuid.UUID) -> Excerpt | None:
    """The excerpt, to be cut by this worker alone; None when another cuts it, or it is over."""
    moment = now()
    dead = sa.and_(Excerpt.state == ExcerptState.MAKING, Excerpt.lease_until < moment)
    claimed = (
        sa.update(Excerpt)
        .where(Excerpt.id == excerpt_id, sa.or_(Excerpt.state == ExcerptState.ASKED, dead))
        .values(state=ExcerptState.MAKING, lease_until=moment + _LEASE, attempts=Excerpt.attempts + 1)
        .returning(Excerpt.id)
    )
    if session().execute(claimed).first() is None:
        return None
    return session().get_one(Excerpt, excerpt_id, populate_existing=True)


def extend(excerpt_id: uuid.UUID) -> None:
    """The worker is still at it."""
    session().execute(sa.update(Excerpt).where(Excerpt.id == excerpt_id).values(lease_until=now() + _LEASE))


def keep(excerpt: Excerpt, made: Rendition) -> None:
    """It is cut, and is this working copy."""
    excerpt.state, excerpt.rendition_id, excerpt.lease_until, excerpt.error = ExcerptState.MADE, made.id, None, ""


def fail(excerpt: Excerpt, *, error: str, actor: Actor) -> None:
    """It could not be cut; whoever asked sees why."""
    excerpt.state, excerpt.error, excerpt.lease_until = ExcerptState.FAILED, error[:400], None
    _note(excerpt, excerpt.evidence, f"item:{excerpt.kind.value}", actor, outcome="failed")


def come_back(*, older_than: timedelta) -> int:
    """Asks again for those whose worker died, three times at most, and whose job was lost; returns how many."""
    dead = session().scalars(
        sa.select(Excerpt)
        .where(Excerpt.state == ExcerptState.MAKING, Excerpt.lease_until < now())
        .with_for_update(skip_locked=True)
    )
    asked = 0
    for excerpt in dead:
        if excerpt.attempts >= _MOST_ATTEMPTS:
            excerpt.state, excerpt.error = ExcerptState.FAILED, "Its worker ended three times. The log says why."
            continue
        asked += 1
        _again(excerpt)
    session().flush()
    forgotten = _forgotten(now() - older_than)
    for excerpt in forgotten:
        _again(excerpt)
    return asked + len(forgotten)


def _forgotten(limit: datetime) -> list[Excerpt]:
    """Those asked for before `limit` that wait with no job of theirs since."""
    asked_lately = sa.select(Job.id).where(
        Job.task == "cut_excerpt",
        Job.created_at > limit,
        Job.arguments["excerpt_id"].astext == sa.cast(Excerpt.id, sa.Text),
    )
    query = sa.select(Excerpt).where(
        Excerpt.state == ExcerptState.ASKED, Excerpt.asked_at < limit, ~asked_lately.exists()
    )
    return list(session().scalars(query.with_for_update(skip_locked=True)))


def cut_damaged_again(item: Evidence) -> int:
    """Those of the item that were found damaged in the store are cut anew; how many."""
    query = (
        sa.select(Excerpt)
        .join(Rendition, Rendition.id == Excerpt.rendition_id)
        .join(StoredObject, StoredObject.storage_key == Rendition.storage_key)
        .where(Excerpt.evidence_id == item.id, Excerpt.state == ExcerptState.MADE, StoredObject.state.in_(FAULTY))
    )
    damaged = list(session().scalars(query.with_for_update(of=Excerpt)))
    for excerpt in damaged:
        excerpt.attempts = 0
        _again(excerpt)
    return len(damaged)


def of_item(item: Evidence, limit: int = 50) -> list[Excerpt]:
    """What was cut from the item, newest first."""
    query = (
        sa.select(Excerpt)
        .where(Excerpt.evidence_id == item.id)
        .options(orm.joinedload(Excerpt.asker), orm.joinedload(Excerpt.rendition))
        .order_by(Excerpt.asked_at.desc())
        .limit(limit)
    )
    return list(session().scalars(query, execution_options={"populate_existing": True}))


def made(item: Evidence, excerpt_id: uuid.UUID) -> tuple[Excerpt, Rendition]:
    """One that is cut, with what was cut. NotFound when the item has none such, Conflict before it is cut."""
    found = session().get(Excerpt, excerpt_id, populate_existing=True)
    if found is None or found.evidence_id != item.id:
        raise NotFound("There is no such clip or still of this recording.")
    if found.rendition is None or found.state is not ExcerptState.MADE:
        raise Conflict("It is not cut yet.", remedy=found.error or "Wait a moment and try again.")
    return found, found.rendition


def note_download(excerpt: Excerpt, cut: Rendition, item: Evidence, *, actor: Actor) -> None:
    """Somebody took it along: it leaves the house."""
    _note(excerpt, item, "item:export", actor, what=excerpt.kind.value, sha256=cut.sha256, bytes_out=cut.size)


def name_of(excerpt: Excerpt, item: Evidence, suffix: str) -> str:
    """What the file is called: of which recording, and which seconds of it."""
    stem = item.original_name.rpartition(".")[0] or item.original_name
    span = "-".join(f"{at:.2f}" for at in dict.fromkeys((excerpt.start_s, excerpt.end_s)))
    return f"{stem[:120]} {excerpt.kind.value} {span}s{suffix}"


def _again(excerpt: Excerpt) -> None:
    excerpt.state, excerpt.lease_until = ExcerptState.ASKED, None
    enqueue("cut_excerpt", queue=QUEUE, excerpt_id=excerpt.id)


def _note(
    excerpt: Excerpt, item: Evidence, act: str, actor: Actor, *, outcome: str = "done", **details: object
) -> None:
    ledger.record(
        f"evidence:{act}",
        actor=actor,
        subject_kind="evidence",
        subject_id=item.id,
        incident_id=item.incident_id,
        outcome=outcome,
        excerpt_id=excerpt.id,
        from_s=excerpt.start_s,
        to_s=excerpt.end_s,
        reason=excerpt.reason,
        case=excerpt.case_number,
        **({} if actor.is_machine else {"assigned": is_assigned(item, actor)}),
        **details,
    )
