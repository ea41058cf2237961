"""Walking the whole ledger: every fault by name, and a dump that others can check."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.core.db import session
from app.core.ledger import tree
from app.core.ledger.checkpoints import CheckpointRow
from app.core.ledger.events import GENESIS, Event, content_of
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
    grown, expected, previous, at = Tree(), 1, GENESIS, None
    for row, leaf in _rows():
        seq, content = row["seq"], canonical(content_of(row))
        found = leaf_hash(content)
        if seq != expected:
            yield Fault(expected, f"event {expected} is missing: the next one kept is {seq}")
        elif row["previous_hash"] != previous:
            yield Fault(seq, f"event {seq} does not follow from the one before it")
        if sha256_hex(content) != row["hash"]:
            yield Fault(seq, f"event {seq} was changed after it was written")
        if at is not None and row["at"] < at:
            yield Fault(seq, f"event {seq} is dated before the one before it")
        if leaf != found:
            yield Fault(seq, f"event {seq} is not the one in the tree" if leaf else f"event {seq} is not in the tree")
        grown.add(found)
        expected, previous, at = seq + 1, row["hash"], row["at"]
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
    for row, _ in _rows():
        yield canonical({"event": content_of(row), "hash": row["hash"]}).decode()


def _rows() -> Iterator[tuple[Any, bytes]]:
    """Every event with its leaf in the tree (empty when there is none), a few thousand at a time."""
    leaf = sa.and_(tree.Node.level == 0, tree.Node.index == Event.seq - 1)
    query = sa.select(*Event.__table__.columns, tree.Node.hash.label("leaf")).outerjoin(tree.Node, leaf)
    last = -1 << 62  # a row slipped in before the first is met too
    while rows := session().execute(query.where(Event.seq > last).order_by(Event.seq).limit(AT_ONCE)).mappings().all():
        for row in rows:
            yield row, bytes(row["leaf"] or b"")
        last = rows[-1]["seq"]
