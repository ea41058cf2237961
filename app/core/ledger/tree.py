"""The tree over the ledger: one row for each complete subtree; roots and proofs come from a few of them.

RFC 6962 section 2.1 and RFC 9162 sections 2.1.3 and 2.1.4. The database adds the rows when it appends an event.
"""

from collections.abc import Iterable, Sequence
from functools import reduce

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.db import Base, session
from app.core.verifier import EMPTY_ROOT, node_hash

Span = tuple[int, int]  # leaves from the first to before the second
_AT_ONCE = 5000


class Node(Base):
    """The hash of the complete subtree over the leaves index * 2**level and on, 2**level of them."""

    __tablename__ = "ledger_node"

    level: orm.Mapped[int] = orm.mapped_column(sa.SmallInteger, primary_key=True)
    index: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, primary_key=True)
    hash: orm.Mapped[bytes]


def size() -> int:
    """How many leaves the tree has."""
    return int(session().scalar(sa.select(sa.func.max(Node.index) + 1).where(Node.level == 0)) or 0)


def root(leaves: int) -> bytes:
    """The root of the tree of the first `leaves` leaves."""
    return _hashes([(0, leaves)])[(0, leaves)] if leaves else EMPTY_ROOT


def inclusion(places: Iterable[int], leaves: int) -> dict[int, list[bytes]]:
    """For each place (from 0) its proof of inclusion in the tree of `leaves`, lowest sibling first."""
    spans = {place: inclusion_spans(place, leaves) for place in places}
    found = _hashes(sorted({span for one in spans.values() for span in one}))
    return {place: [found[span] for span in one] for place, one in spans.items()}


def consistency(old: int, new: int) -> list[bytes]:
    """The proof that the tree of `new` leaves begins with that of `old`."""
    spans = consistency_spans(old, new) if 0 < old < new else []
    found = _hashes(spans)
    return [found[span] for span in spans]


def inclusion_spans(place: int, leaves: int) -> list[Span]:
    """Which subtrees make the proof (RFC 9162 section 2.1.3.1), lowest first."""
    if not 0 <= place < leaves:
        raise ValueError(f"place {place} is outside a tree of {leaves}")
    start, end, spans = 0, leaves, list[Span]()
    while end - start > 1:
        middle = start + _split(end - start)
        if place < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """Which subtrees make the proof (RFC 9162 section 2.1.4.1), 0 < old < new."""
    start, end, whole, spans = 0, new, True, list[Span]()
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start, whole = middle, False
    if not whole:
        spans.append((start, end))
    return spans[::-1]


def subtrees(span: Span) -> list[tuple[int, int]]:
    """The complete subtrees (level, index) that make up a span, largest first: the ones that are kept."""
    start, end = span
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def _split(leaves: int) -> int:
    """The largest power of two below `leaves`."""
    return 1 << ((leaves - 1).bit_length() - 1)


def _hashes(spans: Sequence[Span]) -> dict[Span, bytes]:
    made = {span: subtrees(span) for span in spans}
    wanted = sorted({one for parts in made.values() for one in parts})
    kept: dict[tuple[int, int], bytes] = {}
    for at in range(0, len(wanted), _AT_ONCE):
        query = sa.select(Node).where(sa.tuple_(Node.level, Node.index).in_(wanted[at : at + _AT_ONCE]))
        kept |= {(node.level, node.index): bytes(node.hash) for node in session().scalars(query)}
    return {span: _fold([kept[one] for one in parts]) for span, parts in made.items()}


def _fold(hashes: list[bytes]) -> bytes:
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes))
