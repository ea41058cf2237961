"""The ledger: append-only, hash-chained events. Every act on evidence, reports and accounts leaves one."""

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.actor import Actor
from app.core.clock import hundredths, now
from app.core.db import Base, session

GENESIS = "0" * 64
_LOCK = 0x626C6F74  # "blot": one appender at a time, held to the end of the transaction


class Event(Base):
    """One act: what (`act` as room:thing:verb), when, who, from where, on what, how it ended (CJIS AU-3).

    `details` holds ids, hashes, sizes and codes, never narrative or transcript text (C15).
    `hash` is SHA-256 over the canonical JSON of every other column, `previous_hash` included.
    """

    __tablename__ = "ledger_event"

    seq: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: orm.Mapped[datetime]
    act: orm.Mapped[str] = orm.mapped_column(sa.String(80), index=True)
    outcome: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    actor_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(index=True)
    actor_label: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    session_id: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    address: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    device: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    subject_kind: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    subject_id: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    incident_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(index=True)
    details: orm.Mapped[dict[str, Any]]
    previous_hash: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    hash: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)

    __table_args__ = (sa.Index("ix_ledger_event_subject", "subject_kind", "subject_id"),)

    def canonical(self) -> bytes:
        """The bytes that are hashed: JSON with sorted keys, no spaces, UTC times to 0.01 s."""
        content = {
            "seq": self.seq,
            "at": hundredths(self.at).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "act": self.act,
            "outcome": self.outcome,
            "actor_id": str(self.actor_id or ""),
            "actor_label": self.actor_label,
            "session_id": self.session_id,
            "address": self.address,
            "device": self.device,
            "subject_kind": self.subject_kind,
            "subject_id": self.subject_id,
            "incident_id": str(self.incident_id or ""),
            "details": self.details,
            "previous_hash": self.previous_hash,
        }
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def record(
    act: str,
    *,
    actor: Actor,
    subject_kind: str,
    subject_id: object,
    incident_id: uuid.UUID | None = None,
    outcome: str = "done",
    **details: Any,
) -> Event:
    """Appends one event to the open transaction: act and event are kept together or not at all (C16).

    Appenders wait for each other until the transaction ends, so record last and keep transactions short.
    """
    current = session()
    current.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    current.flush()
    last = current.execute(sa.select(Event.seq, Event.hash).order_by(Event.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    event = Event(
        seq=seq,
        at=hundredths(now()),
        act=act,
        outcome=outcome,
        actor_id=actor.officer_id,
        actor_label=actor.label,
        session_id=actor.session_id,
        address=actor.address,
        device=actor.device[:200],
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        incident_id=incident_id,
        details=_plain(details),
        previous_hash=previous,
    )
    event.hash = hashlib.sha256(event.canonical()).hexdigest()
    current.add(event)
    current.flush()
    return event


def _plain(details: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(details, default=str))


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain is broken and how."""

    seq: int
    reason: str


def faults() -> Iterator[Fault]:
    """Walks the whole chain and names every break: an edited, missing, reordered or inserted row (C19)."""
    expected, previous = 1, GENESIS
    query = sa.select(Event).order_by(Event.seq).execution_options(yield_per=2000)
    for event in session().scalars(query):
        if event.seq != expected:
            yield Fault(expected, f"event {expected} is missing: the next one kept is {event.seq}")
        if event.previous_hash != previous and event.seq == expected:
            yield Fault(event.seq, f"event {event.seq} does not follow from the one before it")
        if hashlib.sha256(event.canonical()).hexdigest() != event.hash:
            yield Fault(event.seq, f"event {event.seq} was changed after it was written")
        expected, previous = event.seq + 1, event.hash
        session().expunge(event)


def head() -> tuple[int, str]:
    """Number of events and the hash of the last one: note it down elsewhere and a cut tail shows."""
    last = session().execute(sa.select(Event.seq, Event.hash).order_by(Event.seq.desc()).limit(1)).first()
    return (last.seq, last.hash) if last else (0, GENESIS)


def custody(*, subject_kind: str, subject_id: object, limit: int = 500) -> list[Event]:
    """The events of one thing, oldest first."""
    query = (
        sa.select(Event)
        .where(Event.subject_kind == subject_kind, Event.subject_id == str(subject_id))
        .order_by(Event.seq)
        .limit(limit)
    )
    return list(session().scalars(query))
