"""Tags of one recording for a person to decide, the rejected ones too, and how often people agreed with each class."""

import math
import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import orm

from app.accounts.models import Officer
from app.analysis.findings import BY_HAND
from app.analysis.models import Decision, Tag
from app.analysis.queries import standing, standing_tags
from app.analysis.tags.kinds import QUIET, kind_of
from app.core.db import session

ROWS = 100  # a page
_Z = 1.959964  # 95 %


@dataclass(frozen=True, slots=True)
class Row:
    """A tag as its review shows it. `earlier`: decided on an earlier reading and not seen by the newest."""

    tag: Tag
    decider: str
    earlier: bool = False

    @property
    def by_hand(self) -> bool:
        """Whether a person added it."""
        return self.tag.method == BY_HAND


@dataclass(frozen=True, slots=True)
class Review:
    """One page of a recording's tags, and figures of all of them."""

    rows: list[Row]
    page: int
    pages: int
    total: int
    undecided: int
    kinds: list[tuple[str, int]] = field(default_factory=list)


def review(evidence_id: uuid.UUID, *, kind: str = "", state: str = "", page: int = 1) -> Review:
    """A recording's tags, undecided first, then by time; `kind` and `state` narrow. Cuts of the film are left out."""
    rows = [row for row in _rows(evidence_id) if row.tag.kind not in QUIET or row.by_hand]
    kinds: dict[str, int] = defaultdict(int)
    for row in rows:
        kinds[row.tag.kind] += 1
    fit = [row for row in rows if (not kind or row.tag.kind == kind) and (not state or row.tag.decision.value == state)]
    fit.sort(key=lambda row: (row.tag.decision is not Decision.PROPOSED, row.tag.start_s, row.tag.kind, row.tag.id))
    pages = max(math.ceil(len(fit) / ROWS), 1)
    page = min(max(page, 1), pages)
    return Review(
        rows=fit[(page - 1) * ROWS : page * ROWS],
        page=page,
        pages=pages,
        total=len(rows),
        undecided=sum(row.tag.decision is Decision.PROPOSED for row in rows),
        kinds=sorted(kinds.items()),
    )


def seen(evidence_id: uuid.UUID) -> tuple[list[Tag], list[Row]]:
    """What was seen in one item, by time, and what people rejected of it, each with who did: one query."""
    rows = _rows(evidence_id, told_apart=False)
    kept = [row.tag for row in rows if row.tag.decision is not Decision.REJECTED]
    return kept, [row for row in rows if row.tag.decision is Decision.REJECTED]


def row_of(tag: Tag) -> Row:
    """One tag as the review shows it."""
    return next(row for row in _rows(tag.evidence_id, only=tag.id) if row.tag.id == tag.id)


def of_item(evidence_id: uuid.UUID, ids: Collection[uuid.UUID]) -> list[Tag]:
    """Some tags of one recording; ids of another's are left out."""
    query = sa.select(Tag).where(Tag.evidence_id == evidence_id, Tag.id.in_(ids), Tag.carried_to.is_(None))
    return list(session().scalars(query.order_by(Tag.start_s, Tag.id)))


@dataclass(frozen=True, slots=True)
class Precision:
    """How often people who looked agreed with a class of one method: `low` and `high` are Wilson's 95 % limits (1927)."""

    kind: str
    label: str
    method: str
    confirmed: int
    rejected: int
    added: int
    low: float
    high: float

    @property
    def decided(self) -> int:
        """How many somebody decided."""
        return self.confirmed + self.rejected

    @property
    def value(self) -> float | None:
        """The share that was right; None where nothing was decided."""
        return self.confirmed / self.decided if self.decided else None


def precision() -> list[Precision]:
    """Each class that a machine proposed and a person decided, by method, and what people added of a class no machine
    saw. Of kinds whose label is what was read (plates, texts) the kind is the class. Most decided first."""
    query = (
        sa.select(Tag.kind, Tag.label, Tag.method, Tag.decision, sa.func.count())
        .where(Tag.decision != Decision.PROPOSED, Tag.carried_to.is_(None))
        .group_by(Tag.kind, Tag.label, Tag.method, Tag.decision)
    )
    counted: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for kind, label, method, decision, count in session().execute(query):
        column = "added" if method == BY_HAND else decision.value
        if method == BY_HAND and decision is Decision.REJECTED:
            continue
        nameless = kind_of(kind).free or method == BY_HAND  # what was read or typed leaves no recording
        counted[kind, "" if nameless else label.casefold(), method][column] += count
    rows = [_precision(key, counts) for key, counts in counted.items()]
    return sorted(rows, key=lambda one: (-one.decided, one.kind, one.label, one.method))


def wilson(count: int, of: int) -> tuple[float, float]:
    """The 95 % score limits of `count` out of `of` (Wilson 1927); 0 and 1 where there is nothing to divide by."""
    if not of:
        return 0.0, 1.0
    share = count / of
    middle = (share + _Z * _Z / (2 * of)) / (1 + _Z * _Z / of)
    half = _Z / (1 + _Z * _Z / of) * math.sqrt(share * (1 - share) / of + _Z * _Z / (4 * of * of))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _precision(key: tuple[str, str, str], counts: dict[str, int]) -> Precision:
    confirmed, thrown_out = counts["confirmed"], counts["rejected"]
    low, high = wilson(confirmed, confirmed + thrown_out)
    return Precision(*key, confirmed, thrown_out, counts["added"], low, high)


def _rows(evidence_id: uuid.UUID, *, only: uuid.UUID | None = None, told_apart: bool = True) -> list[Row]:
    """`told_apart`: whether it is asked which of them are of an earlier reading."""
    now_standing = set(session().scalars(standing([evidence_id]))) if told_apart else None
    query = (
        sa.select(Tag, Officer)
        .outerjoin(Officer, Officer.id == Tag.decided_by)
        .options(orm.lazyload(Officer.unit))
        .where(Tag.evidence_id == evidence_id, standing_tags([evidence_id]))
        .order_by(Tag.start_s, Tag.kind, Tag.label, Tag.id)
    )
    if only is not None:
        query = query.where(Tag.id == only)
    return [
        Row(
            tag,
            officer.label if officer else "",
            now_standing is not None and tag.step_id is not None and tag.step_id not in now_standing,
        )
        for tag, officer in session().execute(query)
    ]
