"""Reads of the master index: an entry with all merged into it, its facts and appearances, and who might be meant."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.db import session
from app.core.errors import NotFound
from app.people.keys import keys
from app.people.matching import LEAST, Facts, Likeness, likeness
from app.people.models import FACTS_OF, MASKED, Appearance, EntryKind, Fact, FactKind, IndexEntry, IndexKey, Merge
from app.people.names import tokens

SHORTLIST = 120  # so many at most are compared in full: those that share most keys, exact ones counting three times
CROWD = 60  # more than so many who share a single name are not listed: one name says too little
SHOWN = 8


def entry(entry_id: uuid.UUID) -> IndexEntry:
    """The entry with that id. NotFound when there is none."""
    found = session().get(IndexEntry, entry_id)
    if found is None:
        raise NotFound("There is no such entry in the index.")
    return found


def head(of: IndexEntry) -> IndexEntry:
    """The entry that stands for this one now: itself, or what it was merged into."""
    while of.merged_into is not None:
        of = entry(of.merged_into)
    return of


def family(entry_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    """Of each of some entries, itself and everything merged into it, in one query."""
    start = (
        sa.select(IndexEntry.id.label("top"), IndexEntry.id.label("id"))
        .where(IndexEntry.id.in_(entry_ids))
        .cte(recursive=True)
    )
    whole = start.union(sa.select(start.c.top, IndexEntry.id).where(IndexEntry.merged_into == start.c.id))
    found: dict[uuid.UUID, list[uuid.UUID]] = {one: [] for one in entry_ids}
    for top, member in session().execute(sa.select(whole.c.top, whole.c.id)):
        found[top].append(member)
    return found


def facts_of(entry_ids: Collection[uuid.UUID]) -> list[Fact]:
    """Standing facts of some entries with who confirmed them, oldest first."""
    query = (
        sa.select(Fact)
        .where(Fact.entry_id.in_(entry_ids), Fact.withdrawn_at.is_(None))
        .options(orm.joinedload(Fact.confirmer))
        .order_by(Fact.confirmed_at, Fact.id)
    )
    return list(session().scalars(query))


def fact(fact_id: uuid.UUID) -> Fact:
    """A standing fact. NotFound when there is none, or it was withdrawn."""
    found = session().get(Fact, fact_id)
    if found is None or found.withdrawn_at is not None:
        raise NotFound("There is no such fact in the index.")
    return found


def appearance(appearance_id: uuid.UUID) -> Appearance:
    """One link of an entry and an incident. NotFound when there is none."""
    found = session().get(Appearance, appearance_id)
    if found is None:
        raise NotFound("There is no such link.")
    return found


def appearances_of(entry_ids: Collection[uuid.UUID]) -> list[Appearance]:
    """Every incident some entries were linked to, newest first, unlinked ones too."""
    query = sa.select(Appearance).where(Appearance.entry_id.in_(entry_ids)).options(orm.joinedload(Appearance.linker))
    return list(session().scalars(query.order_by(Appearance.linked_at.desc(), Appearance.id)))


def links_of_groups(group_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Appearance]:
    """The standing link of each of some groups of mentions, with its entry."""
    query = (
        sa.select(Appearance)
        .where(Appearance.group_id.in_(group_ids), Appearance.unlinked_at.is_(None))
        .options(orm.joinedload(Appearance.entry))
    )
    return {one.group_id: one for one in session().scalars(query) if one.group_id}


def merges_of(entry_ids: Collection[uuid.UUID]) -> list[Merge]:
    """Merges that stand among some entries, newest first."""
    query = sa.select(Merge).where(Merge.kept_id.in_(entry_ids), Merge.undone_at.is_(None))
    return list(session().scalars(query.order_by(Merge.merged_at.desc())))


def merge(merge_id: uuid.UUID) -> Merge:
    """One merge. NotFound when there is none."""
    found = session().get(Merge, merge_id)
    if found is None:
        raise NotFound("There is no such merge.")
    return found


def masked(kind: FactKind, value: str) -> str:
    """The value as pages show it: of an SSN or license the last four signs only."""
    if kind not in MASKED:
        return value
    plain = [c for c in value if c.isalnum()]
    return "•••" if len(plain) < 8 else "•••• " + "".join(plain[-4:])


@dataclass(frozen=True, slots=True)
class Shown:
    """One value of an entry as a page shows it, masked where it must be, with every confirmation of it."""

    kind: FactKind
    value: str
    hidden: bool
    facts: tuple[Fact, ...]

    @property
    def order(self) -> int:
        """Where its kind stands on a page: names first."""
        return list(FactKind).index(self.kind)


def shown(facts: Iterable[Fact]) -> list[Shown]:
    """Facts by kind in the order of FactKind, equal values once."""
    values: dict[tuple[FactKind, str], list[Fact]] = defaultdict(list)
    for one in facts:
        values[one.kind, one.value].append(one)
    rows = [Shown(kind, masked(kind, value), kind in MASKED, tuple(them)) for (kind, value), them in values.items()]
    return sorted(rows, key=lambda row: row.order)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be meant, how likely, and what is known of it."""

    entry: IndexEntry
    likeness: Likeness
    facts: list[Shown] = field(default_factory=list)
    appearances: int = 0


@dataclass(frozen=True, slots=True)
class Candidates:
    """Those proposed, likeliest first. `crowd`: too many share the only name that is known; nobody is listed for it."""

    found: list[Candidate]
    crowd: bool = False


def candidates(
    kind: EntryKind, wanted: Facts, *, without: Collection[uuid.UUID] = (), limit: int = SHOWN
) -> Candidates:
    """Entries of a kind that may be meant by what was confirmed, with reasons. Six queries however large the index is."""
    sought = [key for fact_kind, values in wanted.items() for value in values for key in keys(kind, fact_kind, value)]
    sought = [key for key in sought if ":part:" not in key]
    singles = [
        f"{kind.value}:part:{parts[0]}" for one in wanted.get(FactKind.NAME, ()) if len(parts := tokens(one)) == 1
    ]
    found = _holding(sought, SHORTLIST)
    crowd = False
    if singles:
        sharing = _holding(singles, CROWD + 1)
        crowd = len(sharing) > CROWD
        found += [] if crowd else sharing
    heads = {one.id: one for one in _heads(found) if one.id not in without}
    known = _known(heads)
    likely = [(likeness(wanted, _by_kind(known[one.id])), one) for one in heads.values()]
    best = sorted((row for row in likely if row[0].score >= LEAST), key=lambda row: (-row[0].score, row[1].label))[
        :limit
    ]
    counts = _counts([one.id for _, one in best])
    return Candidates([Candidate(one, how, shown(known[one.id]), counts[one.id]) for how, one in best], crowd)


def search(text: str, limit: int = 30) -> list[Candidate]:
    """Entries whose name, plate, number, address or birth date is what was typed, or sounds like it. By keys only."""
    found: list[Candidate] = []
    for kind in EntryKind:
        wanted: dict[FactKind, list[str]] = {
            fact_kind: [text] for fact_kind in FACTS_OF[kind] if fact_kind is not FactKind.DESCRIPTION
        }
        if kind is EntryKind.PERSON and len(parts := tokens(text)) == 1:
            sharing = _heads(_holding([f"person:part:{parts[0]}"], limit))
            known = _known({one.id: one for one in sharing})
            counts = _counts([one.id for one in sharing])
            found += [Candidate(o, Likeness(0.2, ()), shown(known[o.id]), counts[o.id]) for o in sharing]
        there = {one.entry.id for one in found}
        found += candidates(kind, wanted, without=there, limit=limit).found
    return found[:limit]


def _holding(sought: Sequence[str], most: int) -> list[uuid.UUID]:
    if not sought:
        return []
    exact = [key for key in sought if ":sound:" not in key and ":roman:" not in key]
    weight = sa.func.sum(sa.case((IndexKey.key.in_(exact), 3), else_=1))
    query = sa.select(IndexKey.entry_id).where(IndexKey.key.in_(set(sought))).group_by(IndexKey.entry_id)
    return list(session().scalars(query.order_by(weight.desc(), IndexKey.entry_id).limit(most)))


def _heads(entry_ids: Collection[uuid.UUID]) -> list[IndexEntry]:
    found = list(session().scalars(sa.select(IndexEntry).where(IndexEntry.id.in_(set(entry_ids)))))
    return list({one.id: one for one in map(head, found)}.values())


def _known(heads: Mapping[uuid.UUID, IndexEntry]) -> dict[uuid.UUID, list[Fact]]:
    families = family(list(heads)) if heads else {}
    of = {member: top for top, members in families.items() for member in members}
    known: dict[uuid.UUID, list[Fact]] = {top: [] for top in heads}
    for one in facts_of(list(of)):
        known[of[one.entry_id]].append(one)
    return known


def _by_kind(facts: Iterable[Fact]) -> Facts:
    found: dict[FactKind, list[str]] = defaultdict(list)
    for one in facts:
        found[one.kind].append(one.value)
    return found


def _counts(entry_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    query = (
        sa.select(Appearance.entry_id, sa.func.count(sa.distinct(Appearance.incident_id)))
        .where(Appearance.entry_id.in_(entry_ids), Appearance.unlinked_at.is_(None))
        .group_by(Appearance.entry_id)
    )
    counted = {row[0]: int(row[1]) for row in session().execute(query)} if entry_ids else {}
    return {one: counted.get(one, 0) for one in entry_ids}
