"""Findings decided by people: corrected, added, many at once, undone, by two at once; what survives a second reading."""

import threading
import uuid

import pytest
import sqlalchemy as sa

from app.analysis import queries, results
from app.analysis.keeping import removes
from app.analysis.mentions import deciding as decisions
from app.analysis.mentions import queries as mentions_queries
from app.analysis.mentions.deciding import Marked
from app.analysis.mentions.models import MentionAct
from app.analysis.models import Decision, Mention, Step, StepState
from app.core.actor import Actor
from app.core.db import close_session, session, transaction
from app.core.errors import Conflict, Invalid
from app.core.ledger import Event
from app.core.outbox import Job
from app.evidence.models import Evidence, EvidenceState
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


def decide(mention, recording, actor, decision=Decision.CONFIRMED, **more):
    with transaction():
        return decisions.decide_mention(mention, evidence=recording, decision=decision, actor=actor, **more)


def again(recording, *found: tuple[str, str, float]) -> list[Mention]:
    """A newer reading that found these; the one before is superseded."""
    with transaction() as db:
        old = db.scalars(sa.select(Step).where(Step.name == "find_entities").order_by(Step.generation.desc())).first()
        if old is not None:
            old.state = StepState.SUPERSEDED
    generation = old.generation + 1 if old else 1
    step = scene.step(recording, "find_entities", generation=generation)
    rows = [
        {"utterance_id": None, "kind": kind, "text": value.lower(), "value": value, "start_char": 0, "end_char": 3, "start": start, "end": start + 1,
         "confidence": 0.7, "method": "rule:test", "engine": {}, "detail": {"part": "x"}}
        for kind, value, start in found
    ]  # fmt: skip
    with transaction():
        results.keep_mentions(step, rows)
    return list(session().scalars(sa.select(Mention).where(Mention.step_id == step.id).order_by(Mention.start_s)))


def test_a_correction_confirms_and_keeps_what_the_machine_had_put(recording, actor) -> None:
    mention = scene.found(scene.step(recording, "find_entities"), kind="person", value="Maria Lopes")
    with transaction():
        decisions.correct_mention(mention, evidence=recording, kind="person", value=" Maria   Lopez ", actor=actor)
    assert (mention.value, mention.decision) == ("Maria Lopez", Decision.CONFIRMED)
    assert mention.said == {"kind": "person", "value": "Maria Lopes"}
    with pytest.raises(Conflict):
        decisions.correct_mention(mention, evidence=recording, kind="person", value="Maria Lopez", actor=actor)
    decide(mention, recording, actor, Decision.PROPOSED)
    assert (mention.value, mention.said) == ("Maria Lopes", {})
    event = session().scalars(sa.select(Event).where(Event.act == "analysis:mention:correct")).one()
    assert "Lopez" not in str(event.details)


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        ("person", " ", "value"),
        ("person", "n" * 500, "value"),
        ("date_of_birth", "soon", "value"),
        ("plate", "--", "value"),
        ("king", "x", "kind"),
    ],
)
def test_bad_corrections_name_the_field(recording, actor, kind: str, value: str, field: str) -> None:
    mention = scene.found(scene.step(recording, "find_entities"))
    with pytest.raises(Invalid) as refused:
        decisions.correct_mention(mention, evidence=recording, kind=kind, value=value, actor=actor)
    assert refused.value.field == field


def test_values_are_kept_in_one_form() -> None:
    assert decisions.canonical("date_of_birth", "3/9/1984") == "1984-03-09"
    assert decisions.canonical("plate", "7abc 123") == "7ABC123"
    assert decisions.canonical("person", "<b>Maria</b>\x00 Lopez") == "<b>Maria</b> Lopez"


def test_what_two_people_decide_at_once_is_decided_by_the_first_and_told_to_the_second(
    recording, actor, people
) -> None:
    mention = scene.found(scene.step(recording, "find_entities"))
    seen = mention.edition
    decide(mention, recording, actor, edition=seen)
    other = actor_for(people.one())
    with pytest.raises(Conflict) as refused:
        decide(mention, recording, other, Decision.REJECTED, edition=seen)
    assert "confirmed this while you looked" in refused.value.message
    assert refused.value.remedy
    session().refresh(mention)
    assert mention.decision is Decision.CONFIRMED


def test_of_two_who_press_at_the_same_moment_one_wins_and_the_other_is_told(recording, actor, people) -> None:
    step = scene.step(recording, "find_entities")
    ids = [scene.found(step, value=f"7ABC12{n}", start=n * 5.0).id for n in range(4)]
    session().commit()
    actors, start, told = [actor, actor_for(people.one())], threading.Barrier(2), []

    def press(who: Actor, order: list[uuid.UUID]) -> None:
        start.wait()
        try:
            with transaction() as db:
                item = db.get_one(Evidence, recording.id)
                rows = [(db.get_one(Mention, one), item) for one in order]
                decisions.confirm_many(rows, editions=dict.fromkeys(order, 1), actor=who)
            told.append("done")
        except Conflict:
            told.append("told")
        finally:
            close_session()

    threads = [
        threading.Thread(target=press, args=(who, order)) for who, order in zip(actors, (ids, ids[::-1]), strict=True)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(told) == ["done", "told"]
    session().expire_all()
    assert len({session().get(Mention, one).decided_by for one in ids}) == 1


def test_the_last_decision_is_undone_whole_and_not_over_somebody_elses(recording, actor, people) -> None:
    step = scene.step(recording, "find_entities")
    many = [scene.found(step, value=f"7ABC12{n}", start=n * 5.0) for n in range(3)]
    with transaction():
        decisions.confirm_many([(one, recording) for one in many], editions={one.id: 1 for one in many}, actor=actor)
    assert [one.decision for one in many] == [Decision.CONFIRMED] * 3
    with transaction():
        assert decisions.undo(recording.incident, actor=actor) == 3
    assert [one.decision for one in many] == [Decision.PROPOSED] * 3
    with pytest.raises(Conflict), transaction():
        decisions.undo(recording.incident, actor=actor)
    decide(many[0], recording, actor)
    decide(many[0], recording, actor_for(people.one()), Decision.REJECTED)
    with pytest.raises(Conflict), transaction():
        decisions.undo(recording.incident, actor=actor)
    assert many[0].decision is Decision.REJECTED


def test_many_at_once_are_all_confirmed_or_none(recording, actor) -> None:
    step = scene.step(recording, "find_entities")
    many = [scene.found(step, value=f"7ABC12{n}", start=n * 5.0) for n in range(3)]
    decide(many[1], recording, actor, Decision.REJECTED)
    with pytest.raises(Conflict), transaction():
        decisions.confirm_many([(one, recording) for one in many], editions={one.id: 1 for one in many}, actor=actor)
    session().expire_all()
    assert [session().get(Mention, one.id).decision for one in many] == [
        Decision.PROPOSED,
        Decision.REJECTED,
        Decision.PROPOSED,
    ]
    with pytest.raises(Invalid):
        decisions.confirm_many([], editions={}, actor=actor)


def test_a_person_adds_what_was_missed_by_words_or_by_seconds(recording, actor, officer) -> None:
    heard = scene.heard(scene.step(recording, "transcribe"), "she is called Wilhelmina Oyelaran")
    said = (
        heard.utterances[0]
        if heard.utterances
        else session().scalars(sa.select(type(heard)).limit(1)).first().utterances[0]
    )
    with transaction():
        words = decisions.add_mention(
            recording, marked=Marked("person", "Wilhelmina Oyelaran", 1.5, 2.4, said.id), actor=actor
        )
        span = decisions.add_mention(recording, marked=Marked("weapon", "knife", 20, 21), actor=actor)
    assert said.text[words.start_char : words.end_char] == "Wilhelmina Oyelaran"
    rows = mentions_queries.of_incident(recording.incident_id)
    assert [(row.by_hand, row.decider) for row in rows] == [(True, officer.label)] * 2
    assert {row.mention.id for row in queries.mentions_of(recording.id)} == {words.id, span.id}
    for wrong, field in (
        (Marked("weapon", "x", 5, 4), "end"),
        (Marked("weapon", "x", 70, 900), "end"),
        (Marked("weapon", "x", 1, 2, uuid.uuid4()), "utterance"),
    ):
        with pytest.raises(Invalid) as refused:
            decisions.add_mention(recording, marked=wrong, actor=actor)
        assert refused.value.field == field
    held = scene.item(recording.incident, officer, state=EvidenceState.QUARANTINED)
    with pytest.raises(Conflict):
        decisions.add_mention(held, marked=Marked("weapon", "x", 1, 2), actor=actor)


def test_decisions_survive_a_second_reading_of_the_same_words(recording, actor) -> None:
    first = again(recording, ("person", "Maria Lopes", 10.0), ("plate", "7ABC123", 20.0), ("person", "Ana Ruiz", 30.0))
    with transaction():
        decisions.correct_mention(first[0], evidence=recording, kind="person", value="Maria Lopez", actor=actor)
    decide(first[1], recording, actor, Decision.REJECTED)
    decide(first[2], recording, actor)
    second = again(
        recording, ("person", "Maria Lopes", 11.4), ("plate", "7ABC123", 19.2), ("person", "Anna Ruiz", 30.0)
    )
    assert [(one.value, one.decision) for one in second] == [
        ("Maria Lopez", Decision.CONFIRMED), ("7ABC123", Decision.REJECTED), ("Anna Ruiz", Decision.PROPOSED)]  # fmt: skip
    assert second[0].decided_by == actor.officer_id
    assert session().get(Mention, first[0].id, populate_existing=True).carried_to == second[0].id
    rows = {row.mention.id: row for row in mentions_queries.of_incident(recording.incident_id)}
    assert set(rows) == {one.id for one in second} | {first[2].id}
    assert rows[first[2].id].earlier
    assert rows[second[2].id].offer.value == "Ana Ruiz"
    third = again(recording, ("person", "Maria Lopes", 11.0))
    assert third[0].value == "Maria Lopez"
    with pytest.raises(Conflict):
        decide(first[0], recording, actor, Decision.REJECTED)
    [event, *_] = session().scalars(sa.select(Event).where(Event.act == "analysis:mentions:carry"))
    assert event.details["mentions"] == 2
    assert event.actor_label == "machine:find_entities"


def test_only_what_stands_confirmed_is_given_to_other_rooms(recording, actor) -> None:
    first = again(recording, ("weapon", "knife", 10.0), ("drug", "meth", 20.0))
    assert mentions_queries.confirmed(recording.incident_id) == []
    decide(first[0], recording, actor)
    second = again(recording, ("weapon", "knife", 10.0))
    assert [one.id for one, _ in mentions_queries.confirmed(recording.incident_id)] == [second[0].id]
    decide(second[0], recording, actor, Decision.REJECTED)
    assert mentions_queries.confirmed(recording.incident_id) == []


def test_a_reading_keeps_the_parts_of_a_value_and_asks_for_joining(recording) -> None:
    [mention] = again(recording, ("vehicle", "blue Honda", 3.0))
    assert mention.detail == {"part": "x"}
    jobs = session().scalars(sa.select(Job).where(Job.task == "join_mentions")).all()
    assert [one.arguments for one in jobs] == [{"incident_id": str(recording.incident_id)}]


def test_the_same_finding_twice_is_shown_twice_until_decided_then_once(recording, actor) -> None:
    rows = again(recording, ("plate", "7ABC123", 3.0), ("plate", "7ABC123", 3.2))
    decide(rows[0], recording, actor)
    assert [row.mention.id for row in mentions_queries.of_incident(recording.incident_id)] == [rows[0].id]


def test_a_deleted_recording_takes_its_findings_decisions_and_groups(recording, actor) -> None:
    [mention] = again(recording, ("plate", "7ABC123", 3.0))
    decide(mention, recording, actor)
    with transaction():
        assert removes(recording.id)["mentions"] == 1
    assert session().scalars(sa.select(MentionAct)).all() == []
    assert mentions_queries.of_incident(recording.incident_id) == []
