"""Events: how an act is written down, once and for ever, and how the events of one thing are read."""

import json
import logging
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.core import watches
from app.core.actor import Actor
from app.core.clock import hundredths, now
from app.core.db import Base, release_early, session
from app.core.errors import Unrecorded
from app.core.verifier import GENESIS, canonical

__all__ = ["GENESIS", "Entry", "Event", "custody", "head", "record"]
log = logging.getLogger(__name__)
WRITING = "ledger writing"  # the watch over whether events can be kept
SEARCHED = ("act", "actor_label", "address", "outcome", "incident_id")  # each can be read newest first
_EXACT = 10**15  # beyond this a float and the database's numeric are written differently


class Event(Base):
    """One act: what (`act` as room:thing:verb), when, who, from where, on what, how it ended (CJIS AU-3).

    `details` holds ids, hashes, sizes and codes, never narrative or transcript text (C15).
    `nth` counts the events of one subject from 1, so that a list of them can be shown to be whole.
    `hash` is SHA-256 over the canonical JSON of every other column, `previous_hash` included.
    """

    __tablename__ = "ledger_event"

    seq: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: orm.Mapped[datetime]
    act: orm.Mapped[str] = orm.mapped_column(sa.String(80))
    outcome: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    actor_id: orm.Mapped[uuid.UUID | None] = orm.mapped_column(index=True)
    actor_label: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    session_id: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    address: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    device: orm.Mapped[str] = orm.mapped_column(sa.String(200))
    subject_kind: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    subject_id: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    nth: orm.Mapped[int | None]  # None in events from before it was counted
    incident_id: orm.Mapped[uuid.UUID | None]
    details: orm.Mapped[dict[str, Any]]
    previous_hash: orm.Mapped[str] = orm.mapped_column(sa.String(64))
    hash: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)

    __table_args__ = (
        sa.Index("ix_ledger_event_subject", "subject_kind", "subject_id", "seq"),
        sa.Index("ix_ledger_event_at", "at"),
        *(sa.Index(f"ix_ledger_event_{column}_seq", column, "seq") for column in SEARCHED),
    )

    def content(self) -> dict[str, Any]:
        """The event as it is hashed and exported: UTC times to 0.01 s, ids as text."""
        return content_of({name: getattr(self, name) for name in COLUMNS})

    def canonical(self) -> bytes:
        """The bytes that are hashed."""
        return canonical(self.content())


COLUMNS = tuple(name for name in Event.__table__.columns.keys() if name != "hash")  # noqa: SIM118


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an event stands: its number from 1, its hash, and its leaf in the tree (both hex)."""

    seq: int
    at: datetime
    hash: str
    leaf: str


def content_of(row: Any) -> dict[str, Any]:
    """A row's columns as they are hashed. `row` maps names to values."""
    content = {
        "seq": row["seq"],
        "at": written(row["at"]),
        "act": row["act"],
        "outcome": row["outcome"],
        "actor_id": str(row["actor_id"] or ""),
        "actor_label": row["actor_label"],
        "session_id": row["session_id"],
        "address": row["address"],
        "device": row["device"],
        "subject_kind": row["subject_kind"],
        "subject_id": row["subject_id"],
        "incident_id": str(row["incident_id"] or ""),
        "details": row["details"],
        "previous_hash": row["previous_hash"],
    }
    if row["nth"] is not None:
        content["nth"] = row["nth"]
    return content


def written(at: datetime) -> str:
    """A time as events write it: UTC, hundredths of a second."""
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 10_000:02d}0000Z"


_GIVEN = (
    *("act", "outcome", "actor_id", "actor_label", "session_id", "address", "device"),
    *("subject_kind", "subject_id", "incident_id", "details"),
)
_APPEND = (
    "SELECT seq, at, hash, leaf FROM blotter_ledger_append("
    "%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, ARRAY[%s, %s, %s, %s, %s])"
)
_SIMPLE = (str, int, bool, type(None))  # what JSON gives back as it was given


def record(
    act: str,
    *,
    actor: Actor,
    subject_kind: str,
    subject_id: object,
    incident_id: uuid.UUID | None = None,
    outcome: str = "done",
    **details: Any,
) -> Entry:
    """Appends one event to the open transaction: act and event are kept together or not at all (C16).

    The database numbers, chains and hashes it in one call. Appenders wait for each other until the transaction is
    committed, though not until it is on disk: record last and keep transactions short.
    """
    current = session()
    current.flush()
    try:
        return append(
            current,
            act,
            actor=actor,
            subject_kind=subject_kind,
            subject_id=subject_id,
            incident_id=incident_id,
            outcome=outcome,
            details=details,
        )
    except (sa.exc.OperationalError, sa.exc.InterfaceError):
        raise  # the database is away or busy: whoever can wait for it does
    except sa.exc.DBAPIError as error:
        raise _unrecorded(act, error) from error


def append(
    current: orm.Session,
    act: str,
    *,
    actor: Actor,
    subject_kind: str,
    subject_id: object,
    details: dict[str, Any],
    incident_id: uuid.UUID | None = None,
    outcome: str = "done",
) -> Entry:
    """Appends one event to the transaction of `current`. Verbs call `record`."""
    plain = _plain(details | ({"to": actor.to} if actor.to else {}))
    told: dict[str, Any] = {
        "act": act,
        "outcome": outcome,
        "actor_id": str(actor.officer_id or ""),
        "actor_label": actor.label,
        "session_id": actor.session_id,
        "address": actor.address,
        "device": actor.device[:200],
        "subject_kind": subject_kind,
        "subject_id": str(subject_id),
        "incident_id": str(incident_id or ""),
        "details": plain,
    }
    pieces = _pieces(told)
    told |= {"actor_id": actor.officer_id, "incident_id": incident_id, "details": canonical(plain).decode()}
    release_early(current)
    given = (hundredths(now()), *(told[name] for name in _GIVEN), *pieces)
    row = current.connection().exec_driver_sql(_APPEND, given).one()
    return Entry(row.seq, row.at, row.hash, bytes(row.leaf).hex())


def _unrecorded(act: str, error: sa.exc.DBAPIError) -> Unrecorded:
    """The refusal, once the alarm is raised: in the log, and on the administrator's page."""
    reason = f"{type(error.orig).__name__} when {act} was to be recorded"
    log.error("LEDGER NOT WRITTEN: %s", reason, exc_info=error)
    try:
        watches.failed(WRITING, reason)
    except sa.exc.SQLAlchemyError:
        log.exception("the alarm could not be kept either")
    return Unrecorded(
        "The record of acts cannot be written, so nothing was done.",
        remedy="Tell your administrator now. Try again when it has been put right.",
    )


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


def _pieces(told: dict[str, Any]) -> list[str]:
    """The canonical JSON in five parts: between them the database puts what only it knows.

    In the order of sorted keys these are at, nth, previous_hash and seq.
    """

    def part(*names: str) -> str:
        return canonical({name: told[name] for name in names}).decode()[1:-1]

    return [
        "{" + part("act", "actor_id", "actor_label", "address") + ',"at":"',
        '",' + part("details", "device", "incident_id") + ',"nth":',
        "," + part("outcome") + ',"previous_hash":"',
        '","seq":',
        "," + part("session_id", "subject_id", "subject_kind") + "}",
    ]


def _plain(details: dict[str, Any]) -> dict[str, Any]:
    """Details as the database gives them back: ids as text, no float too large to be written one way only."""
    if all(type(value) in _SIMPLE for value in details.values()):
        return details
    return dict(json.loads(json.dumps(details, default=str, allow_nan=False), parse_float=_number))


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if abs(value) >= _EXACT else value
