"""From findings to the master index: who may be meant, and a person's word for it. Only what is confirmed goes over."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.analysis.mentions import groups
from app.analysis.mentions.models import MentionGroup, MentionMember
from app.analysis.mentions.queries import Pile
from app.analysis.models import Decision, Mention
from app.core import ledger
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Conflict, DomainError, Invalid
from app.incidents import service as incidents
from app.incidents.models import Incident, Part
from app.people import queries as people
from app.people import service as index
from app.people.matching import ENGINE
from app.people.models import Appearance, EntryKind, Fact, FactKind, IndexEntry
from app.people.service import Chosen, Source

_PERSON, _VEHICLE, _PLACE, _PROPERTY = EntryKind.PERSON, EntryKind.VEHICLE, EntryKind.PLACE, EntryKind.PROPERTY
TAKEN = {
    "person": (_PERSON, FactKind.NAME),
    "date_of_birth": (_PERSON, FactKind.BIRTH),
    "phone": (_PERSON, FactKind.PHONE),
    "email": (_PERSON, FactKind.EMAIL),
    "ssn": (_PERSON, FactKind.SSN),
    "driver_licence": (_PERSON, FactKind.LICENCE),
    "vehicle": (_VEHICLE, FactKind.DESCRIPTION),
    "plate": (_VEHICLE, FactKind.PLATE),
    "vin": (_VEHICLE, FactKind.VIN),
    "place": (_PLACE, FactKind.ADDRESS),
    "weapon": (_PROPERTY, FactKind.DESCRIPTION),
    "drug": (_PROPERTY, FactKind.DESCRIPTION),
    "property": (_PROPERTY, FactKind.DESCRIPTION),
}
_LABELS = (FactKind.NAME, FactKind.DESCRIPTION, FactKind.ADDRESS, FactKind.PLATE, FactKind.VIN)


@dataclass(frozen=True, slots=True)
class Into:
    """Where a pile is linked to: an entry, or None for a new one; in what role; and whether a person is also named in
    the incident. `wanted_label` is what a new one is called, empty for the best finding."""

    entry: IndexEntry | None
    role: str
    also_name: bool = False
    wanted_label: str = ""


@dataclass(frozen=True, slots=True)
class Linked:
    """The link that was made, and the findings that could not be taken over, each with why."""

    appearance: Appearance
    left: tuple[str, ...]


def kind_of(pile: Pile) -> EntryKind | None:
    """What a pile is in the index; None for what has no place there (a date, an amount)."""
    known = TAKEN.get(pile.kind, (None, None))[0]
    return known or (_PERSON if pile.kind == "relation" else None)


def facts_of(pile: Pile) -> dict[FactKind, list[str]]:
    """What of a pile goes over: findings a person confirmed, by the kind of fact."""
    found: dict[FactKind, list[str]] = defaultdict(list)
    for row in pile.rows:
        mention = row.mention
        if mention.decision is Decision.CONFIRMED and mention.kind in TAKEN and TAKEN[mention.kind][0] is kind_of(pile):
            found[TAKEN[mention.kind][1]].append(mention.value)
    return dict(found)


def candidates(pile: Pile, *, actor: Actor) -> people.Candidates:
    """Entries of the index that may be meant by the confirmed findings, likeliest first; those declined are left out.
    That the actor was shown them is an event."""
    kind, wanted = kind_of(pile), facts_of(pile)
    if kind is None or not wanted:
        return people.Candidates([])
    declined = [uuid.UUID(one) for one in pile.group.declined] if pile.group else []
    found = people.candidates(kind, wanted, without=declined)
    ledger.record(
        "people:candidates:view",
        actor=actor,
        subject_kind="mention",
        subject_id=pile.rows[0].mention.id,
        incident_id=None,
        shown=[str(one.entry.id) for one in found.found],
    )
    return found


def link(pile: Pile, *, incident: Incident, into: Into, actor: Actor) -> Linked:
    """A person says who or what a pile is: the entry appears in the incident, and every confirmed finding becomes a fact
    with the second it was said. The pile becomes the person's. Nothing of it was the machine's decision.

    Invalid when nothing is confirmed, or a new entry has no name; Conflict when it is linked already.
    """
    kind, wanted = kind_of(pile), facts_of(pile)
    if kind is None:
        raise Invalid(f"A {pile.kind.replace('_', ' ')} has no place in the index.")
    if not wanted:
        raise Invalid("Nothing of this is confirmed yet.", remedy="Confirm what is right first; only that goes over.")
    if into.entry is not None and into.entry.kind is not kind:
        raise Invalid(f"This is a {kind.value}, that entry a {into.entry.kind.value}.", field="entry")
    group = _mine(pile, incident, actor)
    entry, chosen = _entry(pile, kind, wanted, into, actor)
    participant = _name(pile, incident, wanted, into, actor) if into.also_name and kind is _PERSON else None
    made = index.link(
        entry,
        incident_id=incident.id,
        role=into.role,
        group_id=group.id,
        participant_id=participant,
        chosen=chosen,
        actor=actor,
    )
    return Linked(made, tuple(take_over(pile, entry=entry, incident=incident, actor=actor)))


def take_over(pile: Pile, *, entry: IndexEntry, incident: Incident, actor: Actor) -> list[str]:
    """Makes every confirmed finding of a pile a fact of its entry, once; returns those that could not be, with why."""
    left = []
    for row in pile.rows:
        mention = row.mention
        if mention.decision is not Decision.CONFIRMED or mention.kind not in TAKEN:
            continue
        fact = TAKEN[mention.kind][1]
        source = Source(mention.id, mention.evidence_id, incident.id, mention.start_s)
        try:
            index.add_fact(entry, kind=fact, value=mention.value, source=source, actor=actor)
        except DomainError as error:
            left.append(f"{fact.title} “{mention.value[:60]}”: {error.message}")
    return left


def missing(pile: Pile) -> int:
    """How many confirmed findings of a linked pile are not facts of its entry yet."""
    if pile.link is None:
        return 0
    ids = [r.mention.id for r in pile.rows if r.mention.decision is Decision.CONFIRMED and r.mention.kind in TAKEN]
    there = session().scalars(
        sa.select(Fact.mention_id).distinct().where(Fact.mention_id.in_(ids), Fact.withdrawn_at.is_(None))
    )
    return len(ids) - len(there.all())


def unlink(appearance: Appearance, *, actor: Actor) -> None:
    """Takes a link back, and with it the facts that came from the findings of its group."""
    members = sa.select(MentionMember.mention_id).where(MentionMember.group_id == appearance.group_id)
    ids = session().scalars(members).all()
    index.hold_facts(ids)
    index.unlink(appearance, actor=actor)
    for mention_id in ids:
        index.withdraw_mention(mention_id, actor=actor)


def decline(pile: Pile, *, entries: Sequence[uuid.UUID], incident: Incident, actor: Actor) -> MentionGroup:
    """None of these: the entries are not proposed for this pile again. Invalid when none is named."""
    if not entries:
        raise Invalid("There is nobody to decline.")
    group = pile.group or groups.new_group(
        [row.mention for row in pile.rows], incident_id=incident.id, kind=pile.kind, actor=actor
    )
    group.declined = list(dict.fromkeys([*group.declined, *map(str, entries)]))
    ledger.record(
        "people:candidates:decline",
        actor=actor,
        subject_kind="incident",
        subject_id=incident.id,
        incident_id=incident.id,
        group_id=group.id,
        declined=[str(one) for one in entries],
    )
    return group


def _mine(pile: Pile, incident: Incident, actor: Actor) -> MentionGroup:
    groups.hold_incident(incident.id)
    if pile.group is None:
        mentions = [row.mention for row in pile.rows]
        if session().get(MentionMember, mentions[0].id, populate_existing=True) is not None:
            raise Conflict("This was put together with others meanwhile.", remedy="Open the list again.")
        return groups.new_group(mentions, incident_id=incident.id, kind=pile.kind, actor=actor)
    if pile.link is not None:
        raise Conflict("This is linked already.", remedy="Take that link back first.")
    if pile.group.decided_by is None or any(row.member and row.member.placed_by is None for row in pile.rows):
        groups.confirm_group(pile.group, actor=actor)
    return pile.group


def _entry(
    pile: Pile, kind: EntryKind, wanted: dict[FactKind, list[str]], into: Into, actor: Actor
) -> tuple[IndexEntry, Chosen]:
    if into.entry is not None:
        how = next((c for c in people.candidates(kind, wanted).found if c.entry.id == into.entry.id), None)
        if how is None:
            return into.entry, Chosen()
        reasons = [one.words for one in how.likeness.reasons]
        return into.entry, Chosen(how.likeness.score, reasons, ENGINE)
    best = next((max(wanted[one], key=len) for one in _LABELS if wanted.get(one)), "")
    label = into.wanted_label.strip() or best
    if not label:
        raise Invalid("Say what the new entry is called.", field="label", remedy="Type a name, or “unknown driver”.")
    return index.make_entry(kind, label, actor=actor), Chosen()


def _name(
    pile: Pile, incident: Incident, wanted: dict[FactKind, list[str]], into: Into, actor: Actor
) -> uuid.UUID | None:
    """The person named in the incident too, unless somebody of this name is."""
    part = Part(into.role) if into.role in set(Part) else Part.OTHER
    names = wanted.get(FactKind.NAME) or ([into.entry.label] if into.entry else [into.wanted_label])
    name = max(names, key=len)
    if not name.strip() or any(one.name.casefold() == name.casefold() for one in incident.participants):
        return None
    births = wanted.get(FactKind.BIRTH, [])
    born = index.birth_of(births[0]) if births else None
    first = next((row.mention for row in pile.rows if _is_name(row.mention)), pile.rows[0].mention)
    made = incidents.add_participant(
        incident, part=part, name=name, date_of_birth=born, mention_id=first.id, actor=actor
    )
    return made.id


def _is_name(mention: Mention) -> bool:
    return mention.kind == "person" and mention.decision is Decision.CONFIRMED
