"""The fragment of steps, reading again, deciding, and the same as JSON, over HTTP."""

import re

import pytest

from app.analysis.models import Decision, Failure, Mention, Step, StepState
from app.core.db import close_session, session
from app.core.permissions import Role
from app.evidence.models import EvidenceState
from app.incidents.models import Participant
from tests.app.desk import scene
from tests.people import People


@pytest.fixture
def officer(people: People):
    return people.one()


@pytest.fixture
def recording(officer):
    return scene.item(scene.stop(officer), officer)


def posted(client, url, **data):
    """A POST with the token of the page at /incidents/new."""
    html = client.get("/incidents/new").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html).group(1)
    return client.post(url, data={"csrf_token": token, **data})


def test_steps_under_way_ask_again_and_finished_ones_stop(sign_in, officer, recording) -> None:
    running = scene.step(recording, "transcribe", StepState.RUNNING)
    client = sign_in(officer)
    answer = client.get(f"/evidence/{recording.id}/steps")
    assert answer.status_code == 200
    assert "every 2s" in answer.text
    assert "40" in answer.text
    assert "<html" not in answer.text
    close_session()
    session().get(Step, running.id).state = StepState.DONE
    session().commit()
    answer = client.get(f"/evidence/{recording.id}/steps")
    assert "every 2s" not in answer.text
    assert answer.headers["HX-Trigger"] == "steps-done"


def test_a_failed_step_says_why_and_that_the_original_is_safe(sign_in, officer, recording) -> None:
    scene.step(recording, "tag_video", StepState.FAILED, failure=Failure.NEVER, error="There is no picture in it.")
    html = sign_in(officer).get(f"/evidence/{recording.id}/steps").text
    assert "There is no picture in it." in html
    assert "The original is safe and unchanged." in html
    assert "Try again" in html


def test_an_item_still_checked_asks_again_and_reloads_the_page_once_sealed(sign_in, officer, recording) -> None:
    fresh = scene.item(scene.stop(officer), officer, state=EvidenceState.RECEIVED, kind=None)
    client = sign_in(officer)
    assert "was=received" in client.get(f"/evidence/{fresh.id}/steps").text
    assert client.get(f"/evidence/{recording.id}/steps?was=received").headers["HX-Refresh"] == "true"


def test_reading_again_makes_a_new_generation(sign_in, officer, recording) -> None:
    steps = scene.read_whole(recording)
    answer = posted(sign_in(officer), f"/steps/{steps['transcribe'].id}/retry")
    assert answer.status_code == 303
    assert f"evidence={recording.id}" in answer.headers["Location"]
    fresh = session().query(Step).filter_by(evidence_id=recording.id, name="transcribe", generation=2).one()
    assert fresh.state is StepState.QUEUED


def test_internal_affairs_reads_but_neither_retries_nor_decides(sign_in, people, recording) -> None:
    steps = scene.read_whole(recording)
    mention = session().query(Mention).filter_by(kind="plate").one()
    client = sign_in(people.one(Role.INTERNAL_AFFAIRS))
    html = client.get(f"/evidence/{recording.id}/steps").text
    assert "Read again" not in html
    token = {"csrf_token": "any"}
    assert client.post(f"/steps/{steps['transcribe'].id}/retry", data=token).status_code in (400, 403)
    assert client.post(f"/mentions/{mention.id}/confirmed", data=token).status_code in (400, 403)
    close_session()
    assert session().get(Mention, mention.id).decision is Decision.PROPOSED
    assert session().query(Step).filter_by(name="transcribe").count() == 1


def test_confirming_over_http_shows_on_the_desk(sign_in, officer, recording) -> None:
    scene.read_whole(recording)
    mention = session().query(Mention).filter_by(kind="person").one()
    client = sign_in(officer)
    assert posted(client, f"/mentions/{mention.id}/confirmed").status_code == 303
    html = client.get(f"/incidents/{recording.incident_id}").text
    assert f"Confirmed by {officer.label}" in html
    assert "Name in the incident" in html
    assert posted(client, f"/mentions/{mention.id}/perhaps").status_code == 404
    assert posted(client, f"/mentions/{mention.id}/confirmed").status_code == 409


def test_a_found_name_is_carried_over_by_a_person_and_says_where_it_came_from(sign_in, officer, recording) -> None:
    scene.read_whole(recording)
    mention = session().query(Mention).filter_by(kind="person").one()
    client = sign_in(officer)
    html = client.get(f"/mentions/{mention.id}/name").text
    assert 'value="Maria Lopez"' in html
    assert session().query(Participant).count() == 0
    given = {"part": "driver", "name": "Maria Lopez", "mention_id": str(mention.id)}
    assert posted(client, f"/incidents/{recording.incident_id}/participants", **given).status_code == 303
    assert session().query(Participant).one().mention_id == mention.id


def test_json_names_engine_seconds_and_confidence(sign_in, officer, recording) -> None:
    scene.read_whole(recording)
    client = sign_in(officer)
    base = f"/api/v1/evidence/{recording.id}"
    transcript = client.get(f"{base}/transcript").get_json()
    assert transcript["engine"]["name"] == "pocketsphinx"
    assert transcript["utterances"][0]["words"][0] == ["good", 0.0, 0.4, 0.9]
    assert [t["kind"] for t in client.get(f"{base}/tags").get_json()["tags"]] == ["vehicle", "plate"]
    mentions = client.get(f"{base}/mentions").get_json()["mentions"]
    assert {m["decision"] for m in mentions} == {"proposed"}
    assert client.get(f"{base}/steps").get_json()["under_way"] is False


def test_json_of_what_is_not_there_or_not_yours_is_a_404_problem(sign_in, people, officer, recording) -> None:
    answer = sign_in(officer).get(f"/api/v1/evidence/{recording.id}/transcript")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    stranger = sign_in(people.one(unit="South Patrol"))
    for what in ("steps", "transcript", "tags", "mentions"):
        assert stranger.get(f"/api/v1/evidence/{recording.id}/{what}").status_code == 404
