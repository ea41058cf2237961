"""What stands of machines' readings, and what people decided about it."""

import pytest
import sqlalchemy as sa

from app.analysis import queries
from app.analysis.mentions import deciding as decisions
from app.analysis.models import Decision, Failure, Mention, StepState
from app.core import ledger
from app.core.actor import machine
from app.core.db import session, transaction
from app.core.errors import Conflict, NotFound
from tests.app.desk import scene
from tests.people import People, actor_for


@pytest.fixture
def officer(people: People):
    return people.one()


@pytest.fixture
def recording(officer):
    return scene.item(scene.stop(officer), officer)


def test_steps_come_by_item_in_the_order_of_the_road(officer, recording) -> None:
    other = scene.item(scene.stop(officer), officer)
    scene.read_whole(recording)
    scene.step(other, "transcribe", StepState.RUNNING)
    found = queries.steps_of([recording.id, other.id])
    assert [s.name for s in found[recording.id]] == list(queries.ROAD)
    assert not queries.under_way(found[recording.id])
    assert queries.under_way(found[other.id])


def test_an_older_transcript_stands_until_the_newer_reading_is_done(recording) -> None:
    first = scene.step(recording, "transcribe", StepState.SUPERSEDED)
    scene.heard(first, "the first hearing")
    second = scene.step(recording, "transcribe", StepState.RUNNING, generation=2)
    assert queries.transcript_of(recording.id).step_id == first.id
    with transaction():
        second.state = StepState.DONE
        second.finished_at = first.finished_at
    scene.heard(second, "the second hearing")
    assert queries.transcript_of(recording.id).utterances[0].text == "the second hearing"


def test_a_failed_re_reading_does_not_hide_what_was_read_before(recording) -> None:
    first = scene.step(recording, "tag_video", StepState.SUPERSEDED)
    scene.seen(first)
    scene.step(recording, "tag_video", StepState.FAILED, generation=2, failure=Failure.NEVER, error="no picture")
    assert [t.label for t in queries.tags_of(recording.id)] == ["Car"]


def test_nothing_stands_where_nothing_was_read(recording) -> None:
    assert queries.transcript_of(recording.id) is None
    assert queries.tags_of(recording.id) == []
    assert queries.mentions_of(recording.id) == []


def test_confirming_says_who_and_when_and_is_an_event(officer, recording) -> None:
    mention = scene.found(scene.step(recording, "find_entities"))
    actor = actor_for(officer)
    with transaction():
        decisions.decide_mention(mention, evidence=recording, decision=Decision.CONFIRMED, actor=actor)
    [row] = queries.mentions_of(recording.id)
    assert (row.mention.decision, row.decider) == (Decision.CONFIRMED, officer.label)
    event = session().scalars(sa.select(ledger.Event).order_by(ledger.Event.seq.desc())).first()
    assert event.act == "analysis:mention:confirm"
    assert event.details["mention_id"] == str(mention.id)
    assert "7ABC123" not in str(event.details)


def test_a_decision_can_be_taken_back_but_not_made_twice(officer, recording) -> None:
    mention = scene.found(scene.step(recording, "find_entities"))
    actor = actor_for(officer)
    with transaction():
        decisions.decide_mention(mention, evidence=recording, decision=Decision.REJECTED, actor=actor)
    with pytest.raises(Conflict), transaction():
        decisions.decide_mention(mention, evidence=recording, decision=Decision.REJECTED, actor=actor)
    with transaction():
        decisions.decide_mention(mention, evidence=recording, decision=Decision.PROPOSED, actor=actor)
    assert mention.decided_by is None


def test_a_machine_cannot_decide(recording) -> None:
    mention = scene.found(scene.step(recording, "find_entities"))
    with pytest.raises(PermissionError), transaction():
        decisions.decide_mention(mention, evidence=recording, decision=Decision.CONFIRMED, actor=machine("reader"))
    assert session().get(Mention, mention.id).decision is Decision.PROPOSED


def test_a_persons_decision_outlives_a_re_reading(officer, recording) -> None:
    old = scene.step(recording, "find_entities", StepState.SUPERSEDED)
    kept, dropped = scene.found(old), scene.found(old, kind="person", value="Nobody", start=8)
    with transaction():
        decisions.decide_mention(kept, evidence=recording, decision=Decision.CONFIRMED, actor=actor_for(officer))
    new = scene.step(recording, "find_entities", generation=2)
    scene.found(new)
    fresh = scene.found(new, kind="person", value="Maria Lopez", start=20)
    assert [row.mention.id for row in queries.mentions_of(recording.id)] == [fresh.id, kept.id]
    assert dropped.id not in [row.mention.id for row in queries.mentions_of(recording.id)]


def test_steps_and_mentions_of_others_are_not_found(people: People, recording) -> None:
    stranger = actor_for(people.one(unit="South Patrol"))
    step = scene.step(recording, "find_entities")
    mention = scene.found(step)
    with pytest.raises(NotFound):
        queries.visible_step(stranger, step.id)
    with pytest.raises(NotFound):
        queries.visible_mention(stranger, mention.id)
