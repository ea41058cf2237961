"""From recordings to alerts, by the task that does it every night: who is asked about, and what never counts."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts import queries as accounts
from app.accounts import service as accounts_service
from app.accounts.models import Officer
from app.analysis.models import Decision, Step, StepState
from app.core.actor import machine
from app.core.clock import now
from app.core.db import session, transaction
from app.core.errors import Invalid
from app.core.outbox import Job
from app.core.permissions import Role
from app.earlywarning import circumstances, dashboard, levels, patterns, queries, service
from app.earlywarning.alerts import ASK_AGAIN
from app.earlywarning.levels import Wanted
from app.earlywarning.models import Alert, AlertState, Exposure, PatternRun, Shift
from app.evidence.models import Evidence
from tests.agency import enrolled
from tests.agency import spoke as years
from tests.app.earlywarning.conftest import only_moment, read
from tests.people import People, actor_for
from tests.workers.conftest import task_room

assert task_room


@pytest.fixture
def compare(task_room: Callable[[str], ModuleType]) -> Callable[[], None]:
    """The nightly task, called as a worker calls it."""
    return lambda: task_room("patterns").find_patterns()


@pytest.fixture
def agency(people: People) -> list[Officer]:
    """Forty officers with a year of recordings; the first speaks aggressively four times as often."""
    first = people.one()
    officers = [first, *enrolled(first, 39)]
    years(officers, each=60, times={officers[0].id: 4.0})
    return officers


def opened() -> list[Alert]:
    """Every alert, as the database has it now."""
    session().expire_all()
    return list(session().scalars(sa.select(Alert).order_by(Alert.raised_at)))


def test_w1_an_alert_has_counts_exposure_peers_and_uncertainty(agency: list[Officer], compare: Callable) -> None:
    compare()
    [alert] = opened()
    assert alert.officer_id == agency[0].id
    assert alert.state is AlertState.NEW
    figures = alert.figures
    assert figures["events"] > figures["expected"] > 0
    assert figures["hours"] > 10
    assert 1.5 < figures["low"] < figures["ratio"] < figures["high"]
    assert figures["probability"] > 0.9
    assert alert.levels == Wanted().told()
    assert alert.engine["name"] == "blotter-patterns"
    standing = dashboard.standing(agency[0].id)
    assert sum(month[1] for month in standing.months) >= standing.events
    assert {name for name, *_ in standing.exposure} == {"unit", "shift", "kind"}


def test_a_second_run_raises_no_second_alert_and_changes_nothing(agency: list[Officer], compare: Callable) -> None:
    compare()
    compare()
    [alert] = opened()
    assert [one.act for one in dashboard.alert(alert.id).steps] == ["raise"]
    assert session().scalar(sa.select(sa.func.count()).select_from(PatternRun)) == 2


def test_w4_rejected_moments_leave_the_pattern_and_history_stays(agency: list[Officer], compare: Callable) -> None:
    compare()
    raised = opened()[0].figures
    with transaction() as db:
        db.execute(
            sa.text("UPDATE language_event SET decision = 'rejected' WHERE officer_id = :id"), {"id": agency[0].id}
        )
    compare()
    [alert] = opened()
    assert alert.latest["events"] == 0
    assert alert.latest["above"] is False
    assert alert.figures == raised, "what it was raised with stays"
    assert alert.state is AlertState.NEW, "people close alerts, machines do not"
    assert [one.act for one in dashboard.alert(alert.id).steps] == ["raise", "below"]


def test_an_officer_without_exposure_is_told_apart(agency: list[Officer], people: People, compare: Callable) -> None:
    silent = people.one()
    compare()
    assert silent.id in {one.id for one in dashboard.too_little().officers}
    assert silent.id not in {one.officer_id for one in dashboard.compared().standings}
    assert dashboard.standing(silent.id).hours == 0


def test_nobody_at_all_is_no_error(app: Flask, compare: Callable) -> None:
    compare()
    assert dashboard.newest_run().officers == 0
    assert opened() == []


def test_w3_a_doubtful_moment_counts_for_nothing_until_confirmed(people: People, spoke: Callable) -> None:
    officer = people.one()
    spoke(officer, minutes=60, moments=[("you idiot", {"confidence": 0.4})])
    [row] = patterns.counted_since(patterns.first_month(now(), 1))
    assert (row.events, row.hours) == (0, pytest.approx(1.0))
    with transaction():
        service.decide_event(
            only_moment(officer),
            decision=Decision.CONFIRMED,
            reason="Heard it clearly.",
            actor=actor_for(people.one(Role.INTERNAL_AFFAIRS)),
        )
    assert [one.events for one in patterns.counted_since(patterns.first_month(now(), 1))] == [1]


def test_a_recording_uploaded_twice_counts_once(people: People, spoke: Callable) -> None:
    officer = people.one()
    first = spoke(officer, minutes=30, moments=["you idiot"])
    second = spoke(officer, minutes=30, moments=["you idiot"])
    with transaction() as db:
        db.get(Evidence, second.id).duplicate_of = first.id
    [row] = patterns.counted_since(patterns.first_month(now(), 1))
    assert (row.events, row.hours, row.recordings) == (1, pytest.approx(0.5), 1)
    standing = queries.standing(officer.id)
    assert (standing.aggressive, standing.speech_s, standing.recordings) == (1, 1800, 1)
    assert len(queries.exposures_of(officer.id)) == 1


def test_a_re_transcription_replaces_what_is_counted(people: People, spoke: Callable) -> None:
    officer = people.one()
    recording = spoke(officer, minutes=30, moments=["you idiot", "shut up"])
    with transaction() as db:
        db.execute(sa.update(Step).where(Step.evidence_id == recording.id).values(state=StepState.SUPERSEDED))
    read(recording, minutes=20, moments=["you idiot"], generation=2)
    [row] = patterns.counted_since(patterns.first_month(now(), 1))
    assert (row.events, row.hours) == (1, pytest.approx(1 / 3))


def test_corrected_roles_after_an_alert_recompute_it(agency: list[Officer], compare: Callable) -> None:
    """The speaker was somebody else: the recordings are read again, without the officer's voice in them."""
    compare()
    [alert] = opened()
    mine = sa.select(Evidence.id).where(Evidence.officer_id == agency[0].id)
    with transaction() as db:
        db.execute(sa.update(Step).where(Step.evidence_id.in_(mine)).values(state=StepState.SUPERSEDED))
        db.execute(sa.update(Exposure).where(Exposure.officer_id == agency[0].id).values(speech_s=0, utterances=0))
    compare()
    steps = dashboard.alert(alert.id).steps
    assert [one.act for one in steps] == ["raise", "below"]
    assert (steps[0].figures["events"] > 0, steps[1].figures["events"]) == (True, 0)


def test_a_transfer_in_the_middle_leaves_each_recording_with_its_unit(people: People, spoke: Callable) -> None:
    officer, south = people.one(), people.unit("South Patrol")
    north = officer.unit_id
    recording = spoke(officer, minutes=30)
    with transaction() as db:
        moved = now() - timedelta(days=2)
        accounts_service.transfer(db.merge(officer), unit=south, since=moved, actor=machine("test"))
        db.get(Evidence, recording.id).recorded_at = now() - timedelta(days=9)
    late = session().get_one(Evidence, recording.id, populate_existing=True)
    assert circumstances.of_recording(late).unit_id == north, "recorded before the move, read after it"
    spoke(session().get_one(Officer, officer.id, populate_existing=True), minutes=30)
    units = {row.unit_id: row.recordings for row in patterns.counted_since(patterns.first_month(now(), 1))}
    assert units == {north: 1, south.id: 1}


def test_a_transfer_is_to_another_unit_and_not_in_the_future(people: People) -> None:
    officer, south = people.one(), people.unit("South Patrol")
    actor = machine("test")
    with pytest.raises(Invalid, match="already"), transaction():
        accounts_service.transfer(officer, unit=officer.unit, since=now(), actor=actor)
    with pytest.raises(Invalid, match="future"), transaction():
        accounts_service.transfer(officer, unit=south, since=now() + timedelta(hours=1), actor=actor)
    assert accounts.unit_at(officer, now()) != south.id


@pytest.mark.parametrize(
    ("hour", "shift"), [(6, Shift.NIGHT), (7, Shift.DAY), (14, Shift.DAY), (15, Shift.EVENING), (23, Shift.NIGHT)]
)
def test_the_shift_is_by_the_stations_own_clock(hour: int, shift: Shift) -> None:
    local = now().astimezone().replace(hour=hour, minute=30)
    assert circumstances.shift_at(local) is shift


def test_an_answered_question_rests_and_is_asked_again_when_something_new_was_said(
    agency: list[Officer], compare: Callable
) -> None:
    compare()
    with transaction() as db:
        db.execute(sa.update(Alert).values(state=AlertState.COACHING, decided_at=now()))
    compare()
    assert len(opened()) == 1
    with transaction() as db:
        db.execute(sa.update(Alert).values(decided_at=now() - ASK_AGAIN - timedelta(days=1)))
    compare()
    assert [one.state for one in opened()] == [AlertState.COACHING, AlertState.NEW]


def test_an_alert_keeps_the_levels_it_was_raised_by(
    agency: list[Officer], people: People, compare: Callable, task_room: Callable[[str], ModuleType]
) -> None:
    compare()
    first, second = (people.one(Role.INTERNAL_AFFAIRS) for _ in range(2))
    with transaction():
        made = levels.propose(
            Wanted(minimum_hours=900), reason="We want to see long histories only.", actor=actor_for(first)
        )
    task_room("patterns").preview_levels(str(made.id))
    preview = levels.proposal(made.id).preview
    assert preview["proposed"] == {"alerts": 0, "officers": 0}
    assert preview["present"]["officers"] >= 1
    assert preview["present"]["alerts"] >= preview["present"]["officers"]
    with transaction():
        levels.decide(levels.proposal(made.id), approve=True, actor=actor_for(second))
    compare()
    [alert] = opened()
    assert alert.levels["number"] == 0
    assert alert.latest["above"] is False
    assert dashboard.newest_run().levels["number"] == 1


def test_counts_read_before_a_newer_run_are_dropped(agency: list[Officer], compare: Callable) -> None:
    compare()
    newest = dashboard.newest_run()
    with transaction():
        late = patterns.keep(
            [],
            moment=newest.at - timedelta(seconds=1),
            levels=Wanted(),
            engine={},
            peers={},
            effects={},
            actor=machine("patterns"),
        )
    assert late is None
    assert dashboard.compared().total == 40


def test_what_people_decide_asks_for_one_computation(people: People, spoke: Callable) -> None:
    officer, reviewer = people.one(), people.one(Role.INTERNAL_AFFAIRS)
    spoke(officer, moments=["you idiot"])
    for decision in (Decision.REJECTED, Decision.CONFIRMED):
        with transaction():
            service.decide_event(
                only_moment(officer), decision=decision, reason="I listened twice.", actor=actor_for(reviewer)
            )
    asked = session().scalars(sa.select(Job.due_at).where(Job.task == "find_patterns").order_by(Job.due_at)).all()
    assert len(asked) == 2, "one an hour after the recording, one soon after the first decision"
    assert asked[0] < now() + service.SOON
