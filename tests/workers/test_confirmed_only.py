"""Extracted is not confirmed: NIBRS, the checks of a report and the draft know only what a person stands by."""

from datetime import date

from app.analysis.mentions import deciding as decisions
from app.analysis.models import Decision, Mention, Step
from app.core.db import session, transaction
from app.nibrs.codes import published
from app.nibrs.records import GroupAIncident, GroupBArrest, Offense, Victim
from app.nibrs.suggestions import Coding, suggestions
from tests.app.analysis.test_mentions_decided import again
from tests.app.desk import scene
from tests.people import People, actor_for


def decide(recording, mention: Mention, decision: Decision, actor) -> None:
    with transaction():
        decisions.decide_mention(session().get(Mention, mention.id), evidence=recording, decision=decision, actor=actor)


def test_nibrs_proposes_weapons_and_injuries_only_once_confirmed_and_as_corrected(people: People) -> None:
    officer = people.one()
    actor = actor_for(officer)
    recording = scene.item(scene.stop(officer), officer)
    coded = Coding(
        GroupAIncident(offenses=(Offense(code="13A"),), victims=(Victim(kind="I", offenses=("13A",)),)), GroupBArrest()
    )

    def proposed() -> set[str]:
        found = suggestions(recording.incident, coded, published(), date(2026, 11, 25))
        return {one.key for one in found if one.key.startswith(("weapon", "injury"))}

    weapon, other = again(recording, ("weapon", "knife", 3.0), ("weapon", "baseball bat", 9.0))
    assert proposed() == set()
    decide(recording, weapon, Decision.CONFIRMED, actor)
    assert proposed() == {"weapon:20"}
    with transaction():
        decisions.correct_mention(
            session().get(Mention, other.id), evidence=recording, kind="weapon", value="handgun", actor=actor
        )
    assert "weapon:12" in proposed()
    newer = again(recording, ("weapon", "knife", 3.0), ("weapon", "baseball bat", 9.0))
    assert proposed() == {"weapon:20", "weapon:12"}, "a newer reading takes nothing away and doubles nothing"
    for one in newer:
        decide(recording, one, Decision.REJECTED, actor)
    assert proposed() == set()


def test_what_a_person_threw_out_is_in_no_new_draft(people: People, task_room) -> None:
    officer = people.one()
    recording = scene.item(scene.stop(officer), officer)
    heard = scene.step(recording, "transcribe")
    words = scene.heard(heard, "the knife and the bat")
    said = session().get_one(type(words), words.id, populate_existing=True).utterances[0]
    rows = again(recording, ("weapon", "knife", 0.0), ("weapon", "bat", 2.0))
    with transaction():
        for row in rows:
            session().get(Mention, row.id).utterance_id = said.id
    decide(recording, rows[0], Decision.REJECTED, actor_for(officer))
    steps = list(session().query(Step).filter_by(evidence_id=recording.id))
    assert [one.value for one in task_room("draft_report")._recording(recording, steps).mentions] == ["bat"]
