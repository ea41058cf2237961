"""What people do with the master index: make an entry, confirm and withdraw facts, link and unlink, merge, split, look."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.people import keys
from app.people.models import FACTS_OF, ROLES, Appearance, EntryKind, Fact, FactKind, IndexEntry, IndexKey, Merge

OLDEST_BIRTH = date(1890, 1, 1)
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was said: the finding, the recording, its incident, and the second. Empty for what a person knew."""

    mention_id: uuid.UUID | None = None
    evidence_id: uuid.UUID | None = None
    incident_id: uuid.UUID | None = None
    start_s: float | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the person who linked saw: the score, the reasons in words, and which engine proposed."""

    score: float | None = None
    reasons: Sequence[str] = ()
    engine: Mapping[str, Any] | None = None


def make_entry(kind: EntryKind, label: str, *, actor: Actor) -> IndexEntry:
    """A new entry, by a person. Invalid when the label is empty or over 200 characters."""
    entry = IndexEntry(id=uuid.uuid4(), kind=kind, label=_clean(label, "label"), made_by=actor.id, made_at=now())
    session().add(entry)
    session().flush()
    _note("people:entry:make", entry, actor, kind=kind.value)
    return entry


def add_fact(entry: IndexEntry, *, kind: FactKind, value: str, source: Source = Source(), actor: Actor) -> Fact:
    """Something the actor, a person, confirms of an entry, with where it was said. The same finding is taken once.

    Invalid for a value that is none of its kind: a day that is no birth date, a phone without seven digits.
    """
    clean = checked(entry.kind, kind, value)
    there = session().scalars(
        sa.select(Fact).where(
            Fact.entry_id == entry.id, Fact.kind == kind, Fact.value == clean, Fact.withdrawn_at.is_(None),
            Fact.mention_id.is_not_distinct_from(source.mention_id),
        )
    ).first()  # fmt: skip
    if there is not None:
        return there
    fact = Fact(
        id=uuid.uuid4(),
        entry_id=entry.id,
        kind=kind,
        value=clean,
        mention_id=source.mention_id,
        evidence_id=source.evidence_id,
        incident_id=source.incident_id,
        start_s=source.start_s,
        confirmed_by=actor.id,
        confirmed_at=now(),
    )
    session().add(fact)
    session().flush()
    session().add_all(
        IndexKey(fact_id=fact.id, key=key, entry_id=entry.id) for key in keys.keys(entry.kind, kind, clean)
    )
    _note("people:fact:add", entry, actor, fact_id=fact.id, kind=kind.value, mention_id=source.mention_id)
    return fact


def checked(entry: EntryKind, kind: FactKind, value: str) -> str:
    """The value cleaned for its kind; Invalid names the field `value` and the remedy."""
    if kind not in FACTS_OF[entry]:
        raise Invalid(f"A {entry.value} has no {kind.title.lower()}.", field="kind")
    clean = _clean(value, "value")
    plain = keys.normal(kind, clean)
    if kind is FactKind.BIRTH:
        return _birth(clean)
    if kind is FactKind.PHONE and len(plain) < 7:
        raise Invalid("A phone number has at least seven digits.", field="value")
    if kind is FactKind.SSN and (len(plain) != 9 or not plain.isdigit()):
        raise Invalid("An SSN has nine digits.", field="value")
    if kind in (FactKind.PLATE, FactKind.VIN, FactKind.LICENCE) and not plain:
        raise Invalid(f"This is no {kind.title.lower()}.", field="value", remedy="Letters and digits.")
    return clean


def withdraw(fact: Fact, *, actor: Actor) -> None:
    """Takes a fact out again: it stays as history and finds nobody. Conflict when it is out already."""
    if fact.withdrawn_at is not None:
        raise Conflict("This was taken out already.")
    fact.withdrawn_by, fact.withdrawn_at = actor.id, now()
    session().execute(sa.delete(IndexKey).where(IndexKey.fact_id == fact.id))
    _note(
        "people:fact:withdraw",
        session().get_one(IndexEntry, fact.entry_id),
        actor,
        fact_id=fact.id,
        kind=fact.kind.value,
    )


def hold_facts(mention_ids: Collection[uuid.UUID]) -> None:
    """Locks what rests on some findings, to be called before the first event of an act that withdraws several."""
    query = sa.select(Fact.id).where(Fact.mention_id.in_(mention_ids)).order_by(Fact.id)
    session().execute(query.with_for_update(key_share=True))


def withdraw_mention(mention_id: uuid.UUID, *, actor: Actor) -> int:
    """Takes out every fact that rests on a finding that is not confirmed any more; returns how many."""
    standing = sa.select(Fact).where(Fact.mention_id == mention_id, Fact.withdrawn_at.is_(None))
    facts = session().scalars(standing).all()
    for fact in facts:
        withdraw(fact, actor=actor)
    return len(facts)


def link(
    entry: IndexEntry,
    *,
    incident_id: uuid.UUID,
    role: str,
    group_id: uuid.UUID | None = None,
    participant_id: uuid.UUID | None = None,
    chosen: Chosen = Chosen(),
    actor: Actor,
) -> Appearance:
    """Says that an entry is who or what an incident speaks of, in a role. Only ever by a person.

    Conflict when the entry was merged away, or the group is linked already; Invalid for an unknown role.
    """
    person = actor.id
    if role not in ROLES[entry.kind]:
        raise Invalid("Choose what part it had.", field="role", remedy="One of: " + ", ".join(ROLES[entry.kind]))
    _stands(entry)
    if group_id is not None and _linked(group_id):
        raise Conflict("This is linked already.", remedy="Take that link back first.")
    made = Appearance(
        id=uuid.uuid4(),
        entry_id=entry.id,
        incident_id=incident_id,
        group_id=group_id,
        participant_id=participant_id,
        role=role,
        score=chosen.score,
        reasons=list(chosen.reasons),
        engine=dict(chosen.engine or {}),
        linked_by=person,
        linked_at=now(),
    )
    session().add(made)
    session().flush()
    _note("people:entry:link", entry, actor, incident_id=incident_id, group_id=group_id, role=role, score=chosen.score)
    return made


def unlink(appearance: Appearance, *, actor: Actor) -> None:
    """Takes a link back; it stays as history. Conflict when that was done already."""
    session().refresh(appearance, with_for_update={"key_share": True})
    if appearance.unlinked_at is not None:
        raise Conflict("This link was taken back already.")
    appearance.unlinked_by, appearance.unlinked_at = actor.id, now()
    entry = session().get_one(IndexEntry, appearance.entry_id)
    _note("people:entry:unlink", entry, actor, incident_id=appearance.incident_id, group_id=appearance.group_id)


def merge(kept: IndexEntry, *, merged: IndexEntry, actor: Actor) -> Merge:
    """Says that two entries are one: `merged` points to `kept` from now on and keeps all of its own, so that `unmerge`
    brings back exactly what was. Conflict for the same entry, another kind, or one that was merged meanwhile."""
    if kept.id == merged.id:
        raise Conflict("This is the same entry.")
    for one in sorted((kept, merged), key=lambda entry: entry.id):
        session().refresh(one, with_for_update={"key_share": True})
    if kept.kind is not merged.kind:
        raise Conflict(f"A {merged.kind.value} cannot be merged into a {kept.kind.value}.")
    _stands(kept)
    _stands(merged)
    done = Merge(id=uuid.uuid4(), kept_id=kept.id, merged_id=merged.id, merged_by=actor.id, merged_at=now())
    merged.merged_into = kept.id
    session().add(done)
    session().flush()
    _note("people:entry:merge", kept, actor, merged_id=merged.id, merge_id=done.id)
    return done


def unmerge(done: Merge, *, actor: Actor) -> IndexEntry:
    """Takes a merge back: both are again what they were; what came to the kept one since stays with it."""
    merged = session().get_one(IndexEntry, done.merged_id)
    session().refresh(merged, with_for_update={"key_share": True})
    if done.undone_at is not None or merged.merged_into != done.kept_id:
        raise Conflict("This merge was taken back already.")
    merged.merged_into = None
    done.undone_by, done.undone_at = actor.id, now()
    _note(
        "people:entry:unmerge",
        session().get_one(IndexEntry, done.kept_id),
        actor,
        merged_id=merged.id,
        merge_id=done.id,
    )
    return merged


def split(
    entry: IndexEntry, *, label: str, facts: Collection[Fact], appearances: Collection[Appearance], actor: Actor
) -> IndexEntry:
    """Takes chosen facts and appearances out of an entry into a new one: two persons had been taken for one.

    Invalid when nothing is chosen, or everything. Merging the two again undoes it.
    """
    _stands(entry)
    all_facts = sa.select(sa.func.count()).where(Fact.entry_id == entry.id, Fact.withdrawn_at.is_(None))
    if not facts and not appearances:
        raise Invalid("Choose what belongs to the other one.", field="facts")
    if facts and len(facts) == session().scalar(all_facts):
        raise Invalid("Something must stay.", field="facts", remedy="Leave at least one fact where it is.")
    owners = {one.entry_id for one in facts} | {one.entry_id for one in appearances}
    if owners != {entry.id}:
        raise Conflict("Some of this belongs to an entry merged into this one.", remedy="Take that merge back instead.")
    held = sa.select(Fact.id).where(Fact.entry_id == entry.id).order_by(Fact.id)
    session().execute(held.with_for_update(key_share=True))
    fresh = make_entry(entry.kind, label, actor=actor)
    for fact in facts:
        fact.entry_id = fresh.id
        session().execute(sa.update(IndexKey).where(IndexKey.fact_id == fact.id).values(entry_id=fresh.id))
    for appearance in appearances:
        appearance.entry_id = fresh.id
    told = {"facts": [str(one.id) for one in facts], "appearances": [str(one.id) for one in appearances]}
    _note("people:entry:split", entry, actor, into=fresh.id, moved=told)
    return fresh


def note_view(entry: IndexEntry, *, actor: Actor) -> None:
    """Records that the actor opened an entry."""
    _note("people:entry:view", entry, actor)


def note_shown(fact: Fact, *, actor: Actor) -> None:
    """Records that the actor saw an SSN or license whole."""
    _note(
        "people:identifier:view",
        session().get_one(IndexEntry, fact.entry_id),
        actor,
        fact_id=fact.id,
        kind=fact.kind.value,
    )


def birth_of(text: str) -> date | None:
    """A confirmed birth date as a day; None for one that is none."""
    try:
        return date.fromisoformat(_birth(text))
    except Invalid:
        return None


def _birth(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("This is no date of birth.", field="value", remedy="Write it as 1984-03-09.") from None
    if not OLDEST_BIRTH <= day <= now().date():
        raise Invalid("This cannot be a date of birth.", field="value")
    return day.isoformat()


def _clean(text: str, field: str) -> str:
    clean = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    if not clean:
        raise Invalid(f"The {field} is missing.", field=field)
    if len(clean) > LONGEST:
        raise Invalid(
            f"The {field} has at most {LONGEST} characters; this has {len(clean)}.", field=field, remedy="Shorten it."
        )
    return clean


def _stands(entry: IndexEntry) -> None:
    if entry.merged_into is not None:
        raise Conflict("This entry was merged into another.", remedy="Use the one it was merged into.")


def _linked(group_id: uuid.UUID) -> bool:
    query = sa.select(Appearance.id).where(Appearance.group_id == group_id, Appearance.unlinked_at.is_(None))
    return session().scalar(sa.select(query.exists())) or False


def _note(act: str, entry: IndexEntry, actor: Actor, *, incident_id: uuid.UUID | None = None, **details: Any) -> None:
    ledger.record(
        act, actor=actor, subject_kind="entry", subject_id=entry.id, incident_id=incident_id,
        **{name: value for name, value in details.items() if value is not None},
    )  # fmt: skip
