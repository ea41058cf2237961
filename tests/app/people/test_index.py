"""The master index: facts with provenance, candidates by keys, links, merges and splits that can be taken back."""

import uuid

import pytest
import sqlalchemy as sa

from app.accounts.models import Officer
from app.core.actor import Actor, machine
from app.core.db import session, transaction
from app.core.errors import Conflict, Invalid
from app.core.ledger import Event
from app.people import queries, service
from app.people.models import EntryKind, Fact, FactKind, IndexEntry, IndexKey
from app.people.service import Source
from tests.people import People, actor_for

NAME, BIRTH = FactKind.NAME, FactKind.BIRTH


@pytest.fixture
def officer(people: People) -> Officer:
    return people.one()


@pytest.fixture
def actor(officer: Officer) -> Actor:
    return actor_for(officer)


def person(actor: Actor, name: str, **facts: str) -> IndexEntry:
    with transaction():
        entry = service.make_entry(EntryKind.PERSON, name, actor=actor)
        service.add_fact(entry, kind=NAME, value=name, actor=actor)
        for kind, value in facts.items():
            service.add_fact(entry, kind=FactKind(kind), value=value, actor=actor)
    return entry


def proposed(**wanted: str) -> list[tuple[str, float]]:
    found = queries.candidates(EntryKind.PERSON, {FactKind(kind): [value] for kind, value in wanted.items()})
    return [(one.entry.label, one.likeness.score) for one in found.found]


def test_candidates_come_by_name_order_form_sound_and_number(actor: Actor) -> None:
    person(actor, "Maria Lopez", date_of_birth="1984-03-09")
    person(actor, "William Clark", phone="555-123-4567")
    person(actor, "Yusuf Haddad")
    person(actor, "Somebody Else")
    assert [name for name, _ in proposed(name="Lopes Maria")] == ["Maria Lopez"]
    assert [name for name, _ in proposed(name="Bill Clarke")] == ["William Clark"]
    assert [name for name, _ in proposed(name="Youssef Hadad")] == ["Yusuf Haddad"]
    assert [name for name, _ in proposed(phone="(555) 123 4567")] == ["William Clark"]
    [(_, with_birth)] = proposed(name="Maria Lopez", date_of_birth="1984-03-09")
    [(_, without)] = proposed(name="Maria Lopez")
    assert with_birth > without
    assert proposed(name="Nobody Here") == []


def test_a_lone_surname_lists_few_and_a_crowd_is_said_not_shown(actor: Actor) -> None:
    for n in range(3):
        person(actor, f"Given{chr(97 + n)} Lopez")
    assert len(queries.candidates(EntryKind.PERSON, {NAME: ["Ms Lopez"]}).found) == 3
    with transaction():
        _bulk(actor, [f"G{n} Lopez" for n in range(queries.CROWD)])
    found = queries.candidates(EntryKind.PERSON, {NAME: ["Ms Lopez"]})
    assert found.crowd
    assert found.found == []


def test_bad_facts_are_refused_with_the_field(actor: Actor) -> None:
    entry = person(actor, "<b>Maria</b> Lopez")
    for kind, value in (
        (BIRTH, "9 March"),
        (BIRTH, "2990-01-01"),
        (FactKind.PHONE, "12"),
        (FactKind.SSN, "12-34"),
        (NAME, "n" * 500),
        (NAME, "  "),
        (FactKind.PLATE, "7ABC123"),
    ):
        with pytest.raises(Invalid) as refused:
            service.add_fact(entry, kind=kind, value=value, actor=actor)
        assert refused.value.field in ("value", "kind")


def test_a_machine_makes_and_links_nothing(actor: Actor) -> None:
    entry = person(actor, "Maria Lopez")
    robot = machine("joining")
    for act in (
        lambda: service.make_entry(EntryKind.PERSON, "X Y", actor=robot),
        lambda: service.link(entry, incident_id=uuid.uuid4(), role="driver", actor=robot),
        lambda: service.merge(entry, merged=person(actor, "Ana Ruiz"), actor=robot),
        lambda: service.add_fact(entry, kind=NAME, value="X", actor=robot),
    ):
        with pytest.raises(PermissionError), transaction():
            act()


def test_a_fact_says_who_confirmed_it_and_from_which_second_and_withdrawn_it_finds_nobody(
    actor: Actor, officer: Officer
) -> None:
    entry = person(actor, "Maria Lopez")
    mention, evidence = uuid.uuid4(), uuid.uuid4()
    source = Source(mention_id=mention, evidence_id=evidence, incident_id=uuid.uuid4(), start_s=12.5)
    with transaction():
        one = service.add_fact(entry, kind=FactKind.PHONE, value="555 123 4567", source=source, actor=actor)
        again = service.add_fact(entry, kind=FactKind.PHONE, value="555 123 4567", source=source, actor=actor)
    assert one.id == again.id
    [fact] = [f for f in queries.facts_of([entry.id]) if f.kind is FactKind.PHONE]
    assert (fact.confirmer.id, fact.evidence_id, fact.start_s) == (officer.id, evidence, 12.5)
    with transaction():
        assert service.withdraw_mention(mention, actor=actor) == 1
    assert proposed(phone="555 123 4567") == []
    with pytest.raises(Conflict):
        service.withdraw(one, actor=actor)


def test_a_link_is_an_event_without_names_and_can_be_taken_back_once(actor: Actor) -> None:
    entry, incident, group = person(actor, "Maria Lopez"), uuid.uuid4(), uuid.uuid4()
    with transaction():
        made = service.link(entry, incident_id=incident, role="driver", group_id=group, actor=actor)
    with pytest.raises(Conflict):
        service.link(entry, incident_id=incident, role="driver", group_id=group, actor=actor)
    with pytest.raises(Invalid):
        service.link(entry, incident_id=incident, role="king", actor=actor)
    with transaction():
        service.unlink(made, actor=actor)
    with pytest.raises(Conflict), transaction():
        service.unlink(made, actor=actor)
    acts = session().execute(sa.select(Event.act, Event.details).where(Event.subject_id == str(entry.id))).all()
    assert [act for act, _ in acts] == [
        "people:entry:make",
        "people:fact:add",
        "people:entry:link",
        "people:entry:unlink",
    ]
    assert all("Lopez" not in str(details) for _, details in acts)
    [kept] = queries.appearances_of([entry.id])
    assert kept.unlinked_at is not None


def test_a_merge_is_one_entry_and_taken_back_is_exactly_what_was(actor: Actor) -> None:
    kept, other = (
        person(actor, "Maria Lopez", date_of_birth="1984-03-09"),
        person(actor, "Mariya Lopes", phone="555 123 4567"),
    )
    third = person(actor, "M Lopez")
    with transaction():
        service.merge(other, merged=third, actor=actor)
    with transaction():
        done = service.merge(kept, merged=other, actor=actor)
    assert set(queries.family([kept.id])[kept.id]) == {kept.id, other.id, third.id}
    assert proposed(phone="555 123 4567")[0][0] == "Maria Lopez"
    for kept_now, merged_now in ((kept, kept), (other, kept), (kept, other)):
        with pytest.raises(Conflict), transaction():
            service.merge(kept_now, merged=merged_now, actor=actor)
    with transaction():
        service.unmerge(done, actor=actor)
    assert proposed(phone="555 123 4567")[0][0] == "Mariya Lopes"
    assert set(queries.family([other.id])[other.id]) == {other.id, third.id}
    with pytest.raises(Conflict), transaction():
        service.unmerge(done, actor=actor)


def test_two_taken_for_one_are_parted_with_their_facts_and_incidents(actor: Actor) -> None:
    entry = person(actor, "Maria Lopez", phone="555 123 4567")
    with transaction():
        there = service.link(entry, incident_id=uuid.uuid4(), role="witness", actor=actor)
    facts = queries.facts_of([entry.id])
    phone = [one for one in facts if one.kind is FactKind.PHONE]
    for chosen in ((), facts):
        with pytest.raises(Invalid):
            service.split(entry, label="Ana Lopez", facts=chosen, appearances=[], actor=actor)
    with transaction():
        fresh = service.split(entry, label="Ana Lopez", facts=phone, appearances=[there], actor=actor)
    assert proposed(phone="555 123 4567")[0][0] == "Ana Lopez"
    assert [one.entry_id for one in queries.appearances_of([fresh.id])] == [fresh.id]
    assert "people:entry:split" in session().scalars(sa.select(Event.act)).all()


def test_an_ssn_is_masked(actor: Actor) -> None:
    entry = person(actor, "Maria Lopez", ssn="123-45-6789", driver_licence="D1")
    shown = {row.kind: row.value for row in queries.shown(queries.facts_of([entry.id]))}
    assert shown[FactKind.SSN] == "•••• 6789"
    assert shown[FactKind.LICENCE] == "•••"


def test_candidates_take_the_same_few_queries_and_use_the_index_however_many_there_are(actor: Actor) -> None:
    """Ten times the people, the same statements; and the database reads the keys by their index."""
    counts = []
    for size in (200, 2000):
        with transaction():
            _bulk(actor, [f"Person{n} Family{n % 50}" for n in range(size)])
        session().execute(sa.text("ANALYZE index_key"))
        session().commit()
        counts.append(_queries(lambda: proposed(name="Person7 Family7", date_of_birth="1984-03-09")))
    assert counts[0] == counts[1] <= 6
    plan = session().execute(
        sa.text(
            "EXPLAIN SELECT entry_id FROM index_key WHERE key IN ('person:name:family7 person7', 'person:sound:PRSN7:f')"
        )
    )
    assert "ix_index_key_key" in str(plan.scalars().all())


def _queries(act) -> int:
    seen = []
    engine = session().get_bind()
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: seen.append(args[2]))
    try:
        act()
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
    return len([one for one in seen if one.lstrip().upper().startswith(("SELECT", "WITH"))])


def _bulk(actor: Actor, names: list[str]) -> None:
    from app.core.clock import now
    from app.people.keys import keys

    entries, facts, rows = [], [], []
    for name in names:
        entry, fact = uuid.uuid4(), uuid.uuid4()
        entries.append({"id": entry, "kind": EntryKind.PERSON, "label": name, "made_by": actor.id, "made_at": now()})
        facts.append(
            {
                "id": fact,
                "entry_id": entry,
                "kind": NAME,
                "value": name,
                "confirmed_by": actor.id,
                "confirmed_at": now(),
            }
        )
        rows += [{"fact_id": fact, "key": key, "entry_id": entry} for key in keys(EntryKind.PERSON, NAME, name)]
    for model, made in ((IndexEntry, entries), (Fact, facts), (IndexKey, rows)):
        session().execute(sa.insert(model), made)
