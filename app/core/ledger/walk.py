"""Walking the whole ledger: every fault by name, and a dump that others can check."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.core.db import session
from app.core.ledger import tree
from app.core.ledger.checkpoints import CheckpointRow
from app.core.ledger.events import COLUMNS, GENESIS, Event
from app.core.verifier import EMPTY_ROOT, Tree, canonical, leaf_hash, sha256_hex

AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the record is broken and how."""

    seq: int
    reason: str


def faults() -> Iterator[Fault]:
    """Walks events and tree and names every break: an edited, missing, reordered, inserted or cut-off row, an event
    the tree does not know, a history other than the one that was signed (C19). Memory stays flat."""
    points = session().execute(sa.select(CheckpointRow.size, CheckpointRow.root))
    signed = {point.size: bytes(point.root) for point in points}
    if signed.pop(0, EMPTY_ROOT) != EMPTY_ROOT:
        yield Fault(0, "a root other than that of an empty ledger was signed for no events")
    grown, expected, previous, at = Tree(), 1, GENESIS, ""
    for event, kept, leaf in _rows():
        seq, content = event["seq"], canonical(event)
        found = leaf_hash(content)
        if seq != expected:
            yield Fault(expected, f"event {expected} is missing: the next one kept is {seq}")
        elif event["previous_hash"] != previous:
            yield Fault(seq, f"event {seq} does not follow from the one before it")
        if sha256_hex(content) != kept:
            yield Fault(seq, f"event {seq} was changed after it was written")
        if event["at"] < at:
            yield Fault(seq, f"event {seq} is dated before the one before it")
        if leaf != found:
            yield Fault(seq, f"event {seq} is not the one in the tree" if leaf else f"event {seq} is not in the tree")
        grown.add(found)
        expected, previous, at = seq + 1, kept, event["at"]
        if grown.size in signed and signed.pop(grown.size) != grown.root():
            yield Fault(seq, f"the first {grown.size} events are not those whose root was signed")
    for size in sorted(signed):
        yield Fault(size, f"{size} events were signed, but only {grown.size} are kept: the tail was cut off")
    if tree.size() != grown.size or tree.root(grown.size) != grown.root():
        yield Fault(grown.size, f"the tree over {tree.size()} events is not that of the {grown.size} kept")


def dump(key: str, origin: str) -> Iterator[str]:
    """The ledger as lines of JSON, for the stand-alone verifier: a header with every checkpoint, then every event."""
    notes = session().scalars(sa.select(CheckpointRow.note).order_by(CheckpointRow.size)).all()
    header = {"format": "blotter-ledger-1", "origin": origin, "key": key, "checkpoints": list(notes)}
    yield json.dumps(header, ensure_ascii=False)
    for event, kept, _ in _rows():
        yield canonical({"event": event, "hash": kept}).decode()


def _rows() -> Iterator[tuple[dict[str, Any], str, bytes]]:
    """Every event as it is hashed, its hash, and its leaf in the tree (empty when there is none), a few thousand at a
    time. The database writes times and ids as text: that takes it a fraction of what it takes Python."""
    table, nodes = Event.__table__, tree.Node.__table__
    leaf = sa.and_(nodes.c.level == 0, nodes.c.index == table.c.seq - 1)
    columns = [_written(name, table.c[name]) for name in COLUMNS]
    query = sa.select(*columns, table.c.hash, nodes.c.hash).select_from(table.outerjoin(nodes, leaf))
    query = query.where(table.c.seq > sa.bindparam("last")).order_by(table.c.seq).limit(AT_ONCE)
    last = -1 << 62  # a row slipped in before the first is met too
    while rows := session().connection().execute(query, {"last": last}).all():
        for *values, kept, node in rows:
            event = dict(zip(COLUMNS, values, strict=True))
            event["details"] = json.loads(event["details"])
            if event["nth"] is None:
                del event["nth"]
            yield event, kept, node or b""
        last = rows[-1][0]


def _written(name: str, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A column as `content_of` writes it."""
    if name == "at":
        return sa.func.to_char(sa.func.timezone("UTC", column), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    if name == "details":
        return sa.cast(column, sa.Text)
    if name in ("actor_id", "incident_id"):
        return sa.func.coalesce(sa.cast(column, sa.Text), "")
    return column
