"""What counts and what it is divided by: own speech, the present reading, no rejected moment, every doubt shown."""

from collections.abc import Callable

import pytest

from app.analysis.models import Decision, StepState
from app.core.db import session, transaction
from app.core.permissions import Role
from app.earlywarning import plots, queries, service
from tests.app.earlywarning.conftest import only_moment, read
from tests.people import People, actor_for


def test_w2_a_rate_is_moments_per_hour_of_own_speech(people: People, spoke: Callable) -> None:
    officer = people.one()
    spoke(officer, minutes=30, moments=["you idiot"])
    spoke(officer, minutes=90, moments=["shut up", "you idiot"])
    standing = queries.standing(officer.id)
    assert (standing.aggressive, standing.speech_s, standing.recordings) == (3, 7200, 2)
    assert standing.rate.per_hour == pytest.approx(1.5)
    assert standing.rate.low < 1.5 < standing.rate.high


def test_w2_too_little_speech_gives_no_rate(people: People, spoke: Callable) -> None:
    officer = people.one()
    spoke(officer, minutes=9.9, moments=["you idiot"])
    assert not queries.standing(officer.id).enough(10)
    assert plots.peers(queries.standings(), minimum_minutes=10) is None


def test_w3_a_doubtful_moment_is_shown_but_not_counted_until_confirmed(people: People, spoke: Callable) -> None:
    officer, reviewer = people.one(), people.one(Role.INTERNAL_AFFAIRS)
    spoke(officer, moments=[("you idiot", {"confidence": 0.4})])
    standing = queries.standing(officer.id)
    assert (standing.aggressive, standing.doubtful) == (0, 1)
    with transaction():
        service.decide_event(
            only_moment(officer), decision=Decision.CONFIRMED, reason="Heard it clearly.", actor=actor_for(reviewer)
        )
    standing = queries.standing(officer.id)
    assert (standing.aggressive, standing.doubtful) == (1, 0)


def test_w4_a_rejected_moment_leaves_every_count(people: People, spoke: Callable) -> None:
    officer, reviewer = people.one(), people.one(Role.INTERNAL_AFFAIRS)
    spoke(officer, moments=["you idiot"])
    with transaction():
        service.decide_event(
            only_moment(officer), decision=Decision.REJECTED, reason="He quoted the caller.", actor=actor_for(reviewer)
        )
    assert queries.standing(officer.id).aggressive == 0
    assert [harsh for _, _, harsh in queries.exposures_of(officer.id)] == [0]
    assert queries.precision_by_rule() == [("insult-called", 0, 1)]
    assert only_moment(officer).decision_reason == "He quoted the caller.", "shown, marked, not hidden"


def test_courtesy_is_counted_apart_and_commands_not_at_all(people: People, spoke: Callable) -> None:
    officer = people.one()
    spoke(
        officer,
        moments=[("thank you ma'am", {"polarity": "courteous"}), ("step out of the car", {"polarity": "neutral"})],
    )
    standing = queries.standing(officer.id)
    assert (standing.aggressive, standing.courteous) == (0, 1)
    assert [one.phrase for one in queries.moments_of(officer.id)] == ["thank you ma'am"]


def test_an_officer_without_a_moment_has_exposure_and_a_zero(people: People, spoke: Callable) -> None:
    quiet, silent = people.one(), people.one()
    spoke(quiet, minutes=60)
    standing = queries.standing(quiet.id)
    assert (standing.aggressive, standing.rate.per_hour) == (0, 0)
    assert standing.rate.high == pytest.approx(3.6889, abs=1e-4)
    assert queries.standing(silent.id) is None


def test_a_second_reading_replaces_the_first_in_every_count(people: People, spoke: Callable) -> None:
    officer = people.one()
    recording = spoke(officer, minutes=30, moments=["you idiot", "shut up"])
    with transaction() as db:
        from app.analysis.models import Step

        for old in db.query(Step).filter_by(evidence_id=recording.id):
            old.state = StepState.SUPERSEDED
    read(recording, minutes=20, moments=["you idiot"], generation=2)
    standing = queries.standing(officer.id)
    assert (standing.aggressive, standing.speech_s, standing.recordings) == (1, 1200, 1)
    assert len(queries.moments_of(officer.id)) == 1


def test_a_decision_is_carried_over_to_the_same_words_at_the_same_second(people: People, spoke: Callable) -> None:
    officer, reviewer = people.one(), people.one(Role.INTERNAL_AFFAIRS)
    recording = spoke(officer, moments=["you idiot"])
    with transaction():
        service.decide_event(
            only_moment(officer), decision=Decision.REJECTED, reason="He quoted the caller.", actor=actor_for(reviewer)
        )
    with transaction() as db:
        from app.analysis.models import Step

        for old in db.query(Step).filter_by(evidence_id=recording.id):
            old.state = StepState.SUPERSEDED
    read(recording, minutes=30, moments=["you idiot", "shut up"], generation=2)
    session().expire_all()
    decided = {one.phrase: one.decision for one in queries.moments_of(officer.id)}
    assert decided == {"you idiot": Decision.REJECTED, "shut up": Decision.PROPOSED}
    assert queries.standing(officer.id).aggressive == 1


def test_the_peers_are_in_badge_order_and_never_a_league_table(people: People, spoke: Callable) -> None:
    officers = [people.one() for _ in range(4)]
    for place, officer in enumerate(reversed(officers)):
        spoke(officer, minutes=60, moments=["you idiot"] * (place + 1))
    plot = plots.peers(queries.standings(), minimum_minutes=10)
    assert [bar.label.rsplit("#", 1)[1] for bar in plot.bars] == sorted(officer.badge for officer in officers)
    assert plot.median_rate == 2.5
    assert all(bar.low <= bar.x <= bar.high <= plot.width for bar in plot.bars)
    assert [float(text) for _, text in plot.ticks] == sorted(float(text) for _, text in plot.ticks)


def test_one_recording_stands_in_the_middle_of_its_line_of_time(people: People, spoke: Callable) -> None:
    officer = people.one()
    assert plots.over_time([]) == []
    spoke(officer, minutes=30, moments=["you idiot"])
    [dot] = plots.over_time(queries.exposures_of(officer.id))
    assert (dot.x, dot.harsh, dot.minutes) == (320.0, 1, 30)
