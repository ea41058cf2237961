"""Findings put together and linked: the machine's proposal, people's work on it, and what goes into the index."""

import importlib
import threading

import pytest
import sqlalchemy as sa

from app.analysis.mentions import deciding as decisions
from app.analysis.mentions import groups as mentions_groups
from app.analysis.mentions import joining as mentions_joining
from app.analysis.mentions import linking as mentions_linking
from app.analysis.mentions import queries as mentions_queries
from app.analysis.mentions.linking import Into
from app.analysis.mentions.models import GroupState, MentionGroup, MentionMember
from app.analysis.models import Decision, Mention, Step, StepState
from app.core.actor import machine
from app.core.db import session, transaction
from app.core.errors import Conflict, Invalid
from app.core.ledger import Event
from app.core.outbox import Job
from app.evidence.models import Evidence
from app.incidents.models import Participant
from app.people import queries as people
from app.people.models import FactKind
from tests.app.analysis.test_mentions_decided import again
from tests.app.desk import scene
from tests.people import People, actor_for


@pytest.fixture
def officer(people: People):
    return people.one()


@pytest.fixture
def actor(officer):
    return actor_for(officer)


@pytest.fixture
def recording(officer):
    return scene.item(scene.stop(officer), officer)


@pytest.fixture
def three(recording) -> list[Mention]:
    """Maria Lopez twice, and a plate."""
    found = again(
        recording, ("person", "Maria Lopez", 3.0), ("person", "Lopez, Maria", 9.0), ("plate", "7ABC123", 20.0)
    )
    joined(recording)
    return found


@pytest.fixture(autouse=True)
def in_the_back_room(task_room):
    """Tasks run on the database of the test."""


def task(name: str):
    """A task of the back room; imported late, once the settings of the test are in place."""
    return getattr(importlib.import_module(f"workers.tasks.{name}"), name)


def in_a_thread(task, *args: str, **named: str) -> None:
    """Runs a task with a session of its own, as a worker does."""
    session().commit()
    worker = threading.Thread(target=task, args=args, kwargs=named)
    worker.start()
    worker.join()
    session().expire_all()


def joined(recording) -> list[MentionGroup]:
    in_a_thread(task("join_mentions"), str(recording.incident_id))
    return list(session().scalars(sa.select(MentionGroup)))


def pile(mention: Mention) -> mentions_queries.Pile:
    evidence = session().get_one(Evidence, mention.evidence_id)
    return mentions_queries.pile_of(mention, evidence.incident_id)


def confirm(recording, actor, *mentions: Mention) -> None:
    with transaction():
        for one in mentions:
            decisions.decide_mention(
                session().get(Mention, one.id), evidence=recording, decision=Decision.CONFIRMED, actor=actor
            )


def link(recording, actor, mention: Mention, **into):
    given = {"entry": None, "role": "driver", **into}
    with transaction():
        return mentions_linking.link(pile(mention), incident=recording.incident, into=Into(**given), actor=actor)


def test_the_machine_proposes_a_group_with_method_version_and_reasons(three, recording) -> None:
    [group] = session().scalars(sa.select(MentionGroup))
    assert (group.state, group.kind, group.engine["name"], group.engine["version"]) == (
        GroupState.PROPOSED,
        "person",
        "blotter-joining",
        "1.0",
    )
    assert group.reasons == ["The same name as “Maria Lopez”."]
    assert 0 < group.confidence < 1
    again_joined = joined(recording)
    assert [one.id for one in again_joined] == [group.id], "the same findings keep their group"
    acts = session().scalars(sa.select(Event.actor_label).where(Event.act == "analysis:mentions:join")).all()
    assert set(acts) == {"machine:join_mentions"}


def test_people_confirm_split_and_move_and_the_machine_leaves_it_so(three, recording, actor) -> None:
    group = pile(three[0]).group
    with transaction():
        mentions_groups.confirm_group(group, actor=actor, edition=group.edition)
    with pytest.raises(Conflict), transaction():
        mentions_groups.confirm_group(group, actor=actor)
    with transaction():
        mentions_groups.take_out(three[1], evidence=recording, actor=actor)
    joined(recording)
    assert len(pile(three[0]).rows) == len(pile(three[1]).rows) == 1
    with pytest.raises(Conflict), transaction():
        mentions_groups.take_out(three[1], evidence=recording, actor=actor)
    with transaction():
        mentions_groups.move(three[1], to=pile(three[0]).group, evidence=recording, actor=actor)
    joined(recording)
    assert {row.mention.id for row in pile(three[0]).rows} == {three[0].id, three[1].id}
    assert len(session().scalars(sa.select(MentionGroup)).all()) == 1
    with pytest.raises(PermissionError), transaction():
        mentions_groups.new_group([three[2]], incident_id=recording.incident_id, kind="plate", actor=machine("x"))


def test_a_group_changed_by_somebody_else_is_a_conflict(three, recording, actor) -> None:
    group = pile(three[0]).group
    with pytest.raises(Conflict), transaction():
        mentions_groups.confirm_group(group, actor=actor, edition=group.edition + 1)


def test_a_proposal_made_from_old_findings_is_not_kept(three, recording, actor) -> None:
    gathered = mentions_joining.gather(recording.incident_id)
    confirm(recording, actor, three[0])
    with transaction():
        kept = mentions_joining.keep(
            recording.incident_id,
            fingerprint=gathered.fingerprint,
            engine={},
            groups=[],
            actor=machine("join_mentions"),
        )
    assert kept is False
    assert session().scalars(sa.select(MentionGroup)).all()


def test_a_persons_group_survives_a_second_reading_and_takes_new_findings_as_proposals(three, recording, actor) -> None:
    confirm(recording, actor, three[0], three[1])
    with transaction():
        mentions_groups.confirm_group(pile(three[0]).group, actor=actor)
    fresh = again(
        recording, ("person", "Maria Lopez", 3.0), ("person", "Lopez, Maria", 9.0), ("person", "Maria Lopez", 40.0)
    )
    joined(recording)
    members = {row.mention.start_s: row.member.placed_by for row in pile(fresh[0]).rows}
    assert members == {3.0: actor.officer_id, 9.0: actor.officer_id, 40.0: None}


def test_only_confirmed_findings_go_over_and_each_says_its_second(three, recording, actor, officer) -> None:
    with pytest.raises(Invalid), transaction():
        link(recording, actor, three[0])
    confirm(recording, actor, three[0])
    done = link(recording, actor, three[0], also_name=True)
    facts = people.facts_of([done.appearance.entry_id])
    assert [(one.kind, one.value, one.start_s, one.confirmed_by) for one in facts] == [
        (FactKind.NAME, "Maria Lopez", 3.0, officer.id)
    ]
    assert [(one.name, one.part.value, one.mention_id) for one in session().scalars(sa.select(Participant))] == [
        ("Maria Lopez", "driver", three[0].id)
    ]
    confirm(recording, actor, three[1])
    assert mentions_linking.missing(pile(three[0])) == 1
    with transaction():
        mentions_linking.take_over(
            pile(three[0]), entry=people.entry(done.appearance.entry_id), incident=recording.incident, actor=actor
        )
    assert len(people.facts_of([done.appearance.entry_id])) == 2
    with pytest.raises(Conflict), transaction():
        link(recording, actor, three[0])


def test_a_finding_thrown_out_later_leaves_the_index(three, recording, actor) -> None:
    confirm(recording, actor, three[0])
    done = link(recording, actor, three[0])
    with transaction():
        decisions.decide_mention(
            session().get(Mention, three[0].id), evidence=recording, decision=Decision.REJECTED, actor=actor
        )
    assert people.facts_of([done.appearance.entry_id]) == []
    assert people.candidates(done.appearance.entry.kind, {FactKind.NAME: ["Maria Lopez"]}).found == []


def test_the_next_incident_proposes_the_person_with_reasons_and_declined_ones_no_more(
    three, recording, actor, officer
) -> None:
    confirm(recording, actor, three[0])
    first = link(recording, actor, three[0]).appearance
    other = scene.item(scene.stop(officer), officer)
    [said] = again(other, ("person", "Mariya Lopes", 5.0))
    assert mentions_linking.candidates(pile(said), actor=actor).found == [], "nothing of it is confirmed"
    confirm(other, actor, said)
    with transaction():
        found = mentions_linking.candidates(pile(said), actor=actor).found
    assert [one.entry.id for one in found] == [first.entry_id]
    assert found[0].likeness.reasons[0].words.startswith("A short or other form of the name")
    done = link(other, actor, said, entry=found[0].entry, role="witness").appearance
    assert done.score == found[0].likeness.score
    assert done.reasons
    with transaction():
        mentions_linking.unlink(done, actor=actor)
    assert [one.value for one in people.facts_of([first.entry_id])] == ["Maria Lopez"]
    with transaction():
        mentions_linking.decline(pile(said), entries=[first.entry_id], incident=other.incident, actor=actor)
    assert mentions_linking.candidates(pile(said), actor=actor).found == []
    joined(other)
    assert mentions_linking.candidates(pile(said), actor=actor).found == []


def test_a_name_that_is_a_street_and_an_officer_as_victim_can_be_linked(recording, actor) -> None:
    street, name, officer_name = again(
        recording, ("place", "Madison Street", 3.0), ("person", "Madison", 9.0), ("person", "Officer Reyes", 12.0)
    )
    joined(recording)
    assert pile(name).group.marks == ["Also a street here: Madison Street."]
    confirm(recording, actor, street, name, officer_name)
    assert link(recording, actor, street, role="scene").appearance.entry.kind.value == "place"
    assert link(recording, actor, name, role="victim").appearance.entry.label == "Madison"
    assert link(recording, actor, officer_name, role="victim", also_name=True).appearance.role == "victim"
    with pytest.raises(Invalid):
        mentions_linking.link(
            pile(again(recording, ("date", "2026-01-01", 30.0))[0]),
            incident=recording.incident,
            into=Into(None, "other"),
            actor=actor,
        )


def test_hundreds_of_findings_are_read_in_a_few_queries_and_paged(recording) -> None:
    again(recording, *(("plate", f"PLT{n:04}", n / 30) for n in range(700)))
    seen = []
    engine = session().get_bind()
    sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: seen.append(args[2]))
    try:
        found = mentions_queries.review(recording.incident_id, mentions_queries.Wanted(page=3))
    finally:
        sa.event.remove(engine, "before_cursor_execute", listener)
    assert (found.total, found.pages, len(found.piles)) == (700, 7, 100)
    assert len(seen) <= 8
    assert session().scalars(sa.select(MentionMember)).all() == []


def test_from_words_heard_to_a_group_by_the_real_tasks(recording) -> None:
    """A transcript is read by the reading's task, which asks for joining in the transaction that ends it."""
    scene.heard(
        scene.step(recording, "transcribe"),
        "can i have your name please",
        "my name is Maria Lopez",
        "ok Ms. Lopez wait here",
    )
    step = scene.step(recording, "find_entities", StepState.QUEUED)
    in_a_thread(task("find_entities"), str(step.id))
    assert session().get_one(Step, step.id, populate_existing=True).state is StepState.DONE
    [job] = session().scalars(sa.select(Job).where(Job.task == "join_mentions"))
    celery_app = importlib.import_module("workers.celery_app")
    celery = celery_app.celery
    assert job.task in celery.tasks
    assert job.queue in celery_app.KNOWN_QUEUES
    in_a_thread(celery.tasks[job.task], **job.arguments)
    [group] = session().scalars(sa.select(MentionGroup))
    said = session().scalars(sa.select(Mention.value).join(MentionMember, MentionMember.mention_id == Mention.id)).all()
    assert (group.label, sorted(said)) == ("Maria Lopez", ["Lopez", "Maria Lopez"])
    assert "fits only Maria Lopez here" in " ".join(group.reasons)
