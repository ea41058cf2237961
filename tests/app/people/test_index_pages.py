"""The master index over HTTP: searched for a reason, masked numbers, merged in two steps, and only what is confirmed."""

import re

import pytest
import sqlalchemy as sa

from app.analysis.mentions import deciding as decisions
from app.analysis.mentions import linking as mentions_linking
from app.analysis.mentions import queries as mentions_queries
from app.analysis.mentions.linking import Into
from app.analysis.models import Decision
from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.permissions import Role
from app.evidence.models import Evidence, EvidenceState
from app.people import queries, service
from app.people.models import EntryKind, FactKind, IndexEntry, Merge
from tests.app.desk import scene
from tests.people import actor_for, csrf_token


@pytest.fixture
def officer(people):
    return people.one()


@pytest.fixture
def entry(officer) -> IndexEntry:
    return make(officer, "<i>Maria</i> Lopez", date_of_birth="1984-03-09", ssn="123-45-6789")


def make(officer, name: str, **facts: str) -> IndexEntry:
    actor = actor_for(officer)
    with transaction():
        made = service.make_entry(EntryKind.PERSON, name, actor=actor)
        service.add_fact(made, kind=FactKind.NAME, value=name, actor=actor)
        for kind, value in facts.items():
            service.add_fact(made, kind=FactKind(kind), value=value, actor=actor)
    return made


def post(client, url: str, **data):
    return client.post(url, data={"csrf_token": csrf_token(client, "/account"), **data})


def acts() -> list[str]:
    session().rollback()
    return list(session().scalars(sa.select(Event.act).where(Event.act.like("people:%")).order_by(Event.seq)))


def test_a_search_needs_a_reason_and_a_case_number_and_its_words_are_in_no_event(sign_in, officer, entry) -> None:
    """T5."""
    client = sign_in(officer)
    assert client.get("/people").status_code == 200
    for missing in (
        {"text": "Lopez"},
        {"text": "Lopez", "reason": "investigation"},
        {"text": "Lopez", "case": "1"},
        {"reason": "investigation", "case": "1"},
    ):
        assert post(client, "/people", **missing).status_code == 422
    assert (
        post(client, "/people", text="Lopez", reason="investigation", case="a sentence, told here!").status_code == 422
    )
    assert "people:index:search" not in acts()
    found = post(client, "/people", text="Lopez", reason="investigation", case="2026-17")
    assert "&lt;i&gt;Maria&lt;/i&gt; Lopez" in found.text
    assert "<i>Maria" not in found.text
    event = session().scalars(sa.select(Event).where(Event.act == "people:index:search")).one()
    assert (event.details["reason"], event.details["case"], event.details["found"]) == ("investigation", "2026-17", 1)
    assert "Lopez" not in str(event.details)
    assert "Nobody and nothing like this" in post(client, "/people", text="Zzz", reason="investigation", case="1").text


def test_only_some_roles_see_an_ssn_whole_and_each_look_is_an_event(sign_in, officer, people, entry) -> None:
    [fact] = [one for one in queries.facts_of([entry.id]) if one.kind is FactKind.SSN]
    client = sign_in(officer)
    html = client.get(f"/people/{entry.id}").text
    assert "•••• 6789" in html
    assert "123-45-6789" not in html
    assert post(client, f"/people/facts/{fact.id}/show").status_code == 403
    assert "people:identifier:view" not in acts()
    clerk = sign_in(people.one(Role.RECORDS))
    assert "123-45-6789" in post(clerk, f"/people/facts/{fact.id}/show").text
    assert acts()[-1] == "people:identifier:view"
    assert sign_in(people.one(Role.ADMINISTRATOR)).get(f"/people/{entry.id}").status_code == 403


def test_a_merge_is_looked_at_first_then_done_by_a_supervisor_and_taken_back(sign_in, officer, people, entry) -> None:
    other = make(officer, "Mariya Lopes", date_of_birth="1991-01-02")
    kept, gone = entry.id, other.id
    assert sign_in(officer).get(f"/people/{kept}/merge").status_code == 403
    client = sign_in(people.one(Role.SUPERVISOR))
    look = client.get(f"/people/{kept}/merge?with={gone}").text
    assert "They differ" in look
    assert "1991-01-02" in look
    assert post(client, f"/people/{kept}/merge").status_code == 404
    assert post(client, f"/people/{kept}/merge", **{"with": str(kept)}).status_code == 409
    assert post(client, f"/people/{kept}/merge", **{"with": str(gone)}).status_code == 303
    assert post(client, f"/people/{kept}/merge", **{"with": str(gone)}).status_code == 409
    assert "Mariya Lopes" in client.get(f"/people/{kept}").text
    assert "was merged into another" in client.get(f"/people/{gone}").text
    done = session().scalars(sa.select(Merge.id)).one()
    assert post(client, f"/people/merges/{done}/undo").status_code == 303
    assert post(client, f"/people/merges/{done}/undo").status_code == 409
    assert "Mariya Lopes" not in client.get(f"/people/{kept}").text


def test_bad_facts_and_partings_are_answered_beside_the_field(sign_in, officer, people, entry) -> None:
    client = sign_in(officer)
    answer = post(client, f"/people/{entry.id}/facts", kind="date_of_birth", value="soon")
    assert answer.status_code == 422
    assert "Write it as 1984-03-09." in answer.text
    assert post(client, f"/people/{entry.id}/facts", kind="name", value="n" * 500).status_code == 422
    assert post(client, f"/people/{entry.id}/facts", kind="plate", value="7ABC").status_code == 422
    clerk = sign_in(people.one(Role.RECORDS))
    assert "Choose what belongs to the other one." in post(clerk, f"/people/{entry.id}/split", label="Ana").text
    facts = [str(one.id) for one in queries.facts_of([entry.id])]
    assert "Something must stay." in post(clerk, f"/people/{entry.id}/split", label="Ana", facts=facts).text


def test_an_incident_that_is_not_theirs_is_not_told_and_a_deleted_recording_is_said(
    sign_in, officer, people, entry
) -> None:
    item = scene.item(scene.stop(officer, title="Secret stop", place="Elm"), officer)
    actor = actor_for(officer)
    with transaction():
        made = scene_mention(item, actor)
        pile = mentions_queries.pile_of(made, item.incident_id)
        mentions_linking.link(
            pile, incident=item.incident, into=Into(session().get(IndexEntry, entry.id), "witness"), actor=actor
        )
    mine = sign_in(officer).get(f"/people/{entry.id}").text
    assert "Secret stop" in mine
    assert f"/evidence/{item.id}#t=5.0" in mine
    theirs = sign_in(people.one(unit="South Patrol")).get(f"/people/{entry.id}").text
    assert "Secret stop" not in theirs
    assert "not yours to see" in theirs
    with transaction() as db:
        db.get(Evidence, item.id).state = EvidenceState.PURGED
    assert "deleted by its rule" in sign_in(officer).get(f"/people/{entry.id}").text


def scene_mention(item: Evidence, actor):
    made = decisions.add_mention(item, marked=decisions.Marked("person", "Maria Lopez", 5.0, 6.0), actor=actor)
    assert made.decision is Decision.CONFIRMED
    return made


def test_the_list_answers_by_role_and_the_invisible_is_not_there(sign_in, officer, people) -> None:
    item = scene.item(scene.stop(officer), officer)
    mention = scene.found(scene.step(item, "find_entities"), kind="person", value="<script>x</script>")
    client, auditor = sign_in(officer), sign_in(people.one(Role.INTERNAL_AFFAIRS))
    html = client.get(f"/incidents/{item.incident_id}/mentions").text
    assert "&lt;script&gt;x" in html
    assert re.search(r'data-key="c"', html)
    assert not re.search(r'data-key="c"', auditor.get(f"/incidents/{item.incident_id}/mentions").text)
    stranger = sign_in(people.one(unit="South Patrol"))
    for path in (
        f"/incidents/{item.incident_id}/mentions",
        f"/mentions/{mention.id}/correct",
        f"/mentions/{mention.id}/link",
    ):
        assert stranger.get(path).status_code == 404
    wrong = post(client, f"/mentions/{mention.id}/correct", kind="person", value="n" * 500)
    assert wrong.status_code == 422
    assert "At most 400 characters." in wrong.text
    assert post(client, f"/mentions/{mention.id}/confirmed", edition="1", back="mentions").status_code == 303
    late = post(client, f"/mentions/{mention.id}/rejected", edition="1", back="mentions")
    assert late.status_code == 409
    assert "while you looked" in late.text


def test_times_and_seconds_typed_wrong_are_told(sign_in, officer) -> None:
    item = scene.item(scene.stop(officer), officer)
    client, here = sign_in(officer), f"/incidents/{item.incident_id}/mentions/add"
    good = {"evidence": str(item.id), "start": "0:05", "end": "6.5", "kind": "person", "value": "Maria Lopez"}
    for wrong, words in (
        ({"start": "soon"}, "no time in a recording"),
        ({"end": "0:01"}, "before the start"),
        ({"end": "9:00"}, "ends after 75"),
        ({"value": ""}, "Say what it is"),
        ({"evidence": "x"}, "Not a valid choice"),
    ):
        answer = post(client, here, **{**good, **wrong})
        assert answer.status_code == 422
        assert words in answer.text
    assert post(client, here, **good).status_code == 303
