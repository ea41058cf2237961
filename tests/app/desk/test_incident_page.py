"""The incident's page and the list, over HTTP."""

import re
import uuid

import pytest
import sqlalchemy as sa

from app.core import ledger
from app.core.clock import now
from app.core.db import close_session, session, transaction
from app.core.permissions import Role
from app.evidence.models import EvidenceState, MediaKind
from app.incidents.models import Incident, IncidentState, Participant
from tests.app.desk import scene
from tests.people import People, actor_for


@pytest.fixture
def officer(people: People):
    return people.one(name="Ana Reyes")


def token_on(client, url) -> str:
    """The CSRF token of a page."""
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(url).text).group(1)


def queries_of(client, url) -> int:
    """How many statements the server sends to the database to answer a GET."""
    counted = []

    def count(_connection, _cursor, statement, *_rest) -> None:
        counted.append(statement)

    engine = session().get_bind()
    close_session()
    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        assert client.get(url).status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
    return len(counted)


def test_the_page_shows_recording_words_tags_findings_and_people(sign_in, officer) -> None:
    incident = scene.stop(officer, title="Red sedan")
    recording = scene.item(incident, officer)
    scene.read_whole(recording)
    html = sign_in(officer).get(f"/incidents/{incident.id}").text
    assert f"/evidence/{recording.id}/media" in html
    assert (
        '<span class="w doubt" data-start="2.0" data-end="2.4">springfield<span class="visually-hidden"> (doubted)</span></span>'
        in html
    )
    assert '<span class="w" data-start="2.5" data-end="2.9">police</span>' in html
    assert "the built-in recognizer" in html
    assert "pocketsphinx" in html
    assert "7ABC123" in html
    assert "Maria Lopez" in html
    assert "Red sedan" in html
    assert "Ana Reyes" in html


@pytest.mark.parametrize("how_many", [1, 12])
def test_the_page_takes_at_most_15_queries_however_many_recordings(sign_in, officer, how_many: int) -> None:
    incident = scene.stop(officer)
    for n in range(how_many):
        recording = scene.item(incident, officer, title=f"Camera {n}")
        scene.read_whole(recording)
    scene.reported(recording, officer)
    client = sign_in(officer)
    assert "Say who called." in client.get(f"/incidents/{incident.id}").text
    client.get(f"/incidents/{incident.id}")
    assert queries_of(client, f"/incidents/{incident.id}") <= 15


def test_opening_the_page_is_one_custody_event_of_the_recording_shown(sign_in, officer) -> None:
    incident = scene.stop(officer)
    shown, other = scene.item(incident, officer), scene.item(incident, officer)
    client = sign_in(officer)
    client.get(f"/incidents/{incident.id}?evidence={shown.id}")
    for _ in range(3):
        client.get(f"/evidence/{shown.id}/steps")
    acts = sa.select(ledger.Event).where(ledger.Event.act == "evidence:item:view")
    events = list(session().scalars(acts))
    assert [e.subject_id for e in events] == [str(shown.id)]
    assert events[0].actor_id == officer.id
    assert str(other.id) not in [e.subject_id for e in events]


def test_the_event_names_the_report_that_was_shown_beside_the_recording(sign_in, officer) -> None:
    recording = scene.item(scene.stop(officer), officer)
    scene.read_whole(recording)
    report = scene.reported(recording, officer)
    sign_in(officer).get(f"/incidents/{recording.incident_id}")
    event = session().scalars(sa.select(ledger.Event).where(ledger.Event.act == "evidence:item:view")).one()
    assert event.details == {"what": "desk", "report_id": str(report.id), "to": "localhost:80"}


def test_an_incident_one_may_not_see_is_not_found_and_leaves_no_view(sign_in, people, officer) -> None:
    incident = scene.stop(officer)
    scene.item(incident, officer)
    for stranger in (people.one(unit="South Patrol"), people.one(Role.SUPERVISOR, unit="South Patrol")):
        assert sign_in(stranger).get(f"/incidents/{incident.id}").status_code == 404
    assert sign_in(people.one(Role.ADMINISTRATOR)).get(f"/incidents/{incident.id}").status_code == 403
    assert sign_in(officer).get(f"/incidents/{uuid.uuid4()}").status_code == 404
    close_session()
    assert session().scalars(sa.select(ledger.Event).where(ledger.Event.act == "evidence:item:view")).all() == []


def test_a_recording_of_another_incident_is_not_found_here(sign_in, officer) -> None:
    here, there = scene.stop(officer), scene.stop(officer)
    scene.item(here, officer)
    elsewhere = scene.item(there, officer)
    client = sign_in(officer)
    for wrong in (elsewhere.id, "nonsense"):
        assert client.get(f"/incidents/{here.id}?evidence={wrong}").status_code == 404


def test_an_incident_without_recordings_says_what_to_do(sign_in, officer) -> None:
    html = sign_in(officer).get(f"/incidents/{scene.stop(officer).id}").text
    assert "No recording yet" in html
    assert "Add a recording" in html


def test_quarantined_items_are_explained_and_not_played(sign_in, officer) -> None:
    incident = scene.stop(officer)
    held = scene.item(
        incident, officer, kind=None, state=EvidenceState.QUARANTINED, reason="The hash is not the one the phone gave."
    )
    html = sign_in(officer).get(f"/incidents/{incident.id}").text
    assert "in quarantine" in html
    assert "The hash is not the one the phone gave." in html
    assert f"/evidence/{held.id}/media" not in html


def test_photos_are_shown_and_documents_only_offered(sign_in, officer) -> None:
    incident = scene.stop(officer)
    photo = scene.item(incident, officer, kind=MediaKind.IMAGE)
    paper = scene.item(incident, officer, kind=MediaKind.DOCUMENT)
    client = sign_in(officer)
    assert f'<img src="/evidence/{photo.id}/media"' in client.get(f"/incidents/{incident.id}?evidence={photo.id}").text
    html = client.get(f"/incidents/{incident.id}?evidence={paper.id}").text
    assert f"/evidence/{paper.id}/original" in html
    assert f"/evidence/{paper.id}/media" not in html


def test_what_was_said_cannot_become_markup(sign_in, officer) -> None:
    incident = scene.stop(officer, title="<script>alert(1)</script>")
    recording = scene.item(incident, officer, title='"><img src=x>')
    scene.heard(scene.step(recording, "transcribe"), "<script>alert(2)</script> hello")
    scene.found(scene.step(recording, "find_entities"), value="<b>bold</b>")
    html = sign_in(officer).get(f"/incidents/{incident.id}").text
    assert "<script>alert" not in html
    assert "<img src=x>" not in html
    assert "<b>bold" not in html


def test_nothing_on_the_page_breaks_the_content_security_policy(sign_in, officer) -> None:
    incident = scene.stop(officer)
    scene.read_whole(scene.item(incident, officer))
    html = sign_in(officer).get(f"/incidents/{incident.id}").text
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))


def test_an_officer_opens_an_incident_from_the_form_and_lands_on_its_page(sign_in, officer) -> None:
    client = sign_in(officer)
    given = {
        "csrf_token": token_on(client, "/incidents/new"),
        "kind": "theft",
        "place": "5 Oak Avenue",
        "title": "Bicycle",
    }
    wrong = client.post("/incidents/new", data={**given, "occurred_at": "2999-01-01T10:00"})
    assert wrong.status_code == 422
    assert "This time has not come yet." in wrong.text
    answer = client.post("/incidents/new", data={**given, "occurred_at": "2026-01-02T10:00"})
    assert answer.status_code == 303
    made = session().scalars(sa.select(Incident)).one()
    assert answer.headers["Location"] == f"/incidents/{made.id}"
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_form_without_its_token_changes_nothing(sign_in, officer) -> None:
    client = sign_in(officer)
    given = {"kind": "theft", "place": "5 Oak Avenue", "occurred_at": "2026-01-02T10:00"}
    assert client.post("/incidents/new", data=given).status_code in (400, 422)
    close_session()
    assert session().scalars(sa.select(Incident)).all() == []


def test_people_offences_and_officers_are_added_by_form_and_mistakes_stand_beside_the_field(
    sign_in, people, officer
) -> None:
    other = people.one(unit="South Patrol")
    incident = scene.stop(officer)
    client = sign_in(officer)
    base = f"/incidents/{incident.id}"
    token = {"csrf_token": token_on(client, base)}
    person = {"part": "driver", "name": "Maria Lopez", "date_of_birth": "1991-03-03"}
    assert client.post(f"{base}/participants", data={**token, **person}).status_code == 303
    assert (
        client.post(f"{base}/offences", data={**token, "code": "VC 22350", "description": "Speeding"}).status_code
        == 303
    )
    assert client.post(f"{base}/assignments", data={**token, "badge": other.badge}).status_code == 303
    wrong = client.post(f"{base}/assignments", data={**token, "badge": "nobody"})
    assert wrong.status_code == 422
    assert "Nobody has this badge." in wrong.text
    assert client.post(f"{base}/participants", data={**token, "part": "driver", "name": ""}).status_code == 422
    html = sign_in(other).get(base).text
    assert "Maria Lopez" in html
    assert "VC 22350" in html
    made = session().scalars(sa.select(Participant)).one()
    assert client.post(f"{base}/participants/{made.id}/remove", data=token).status_code == 303
    assert "Maria Lopez" not in client.get(base).text


def test_an_entry_of_another_incident_cannot_be_removed_through_this_one(sign_in, officer) -> None:
    here, there = scene.stop(officer), scene.stop(officer)
    client = sign_in(officer)
    token = {"csrf_token": token_on(client, f"/incidents/{there.id}")}
    client.post(f"/incidents/{there.id}/participants", data={**token, "part": "driver", "name": "Maria"})
    made = session().scalars(sa.select(Participant)).one()
    assert client.post(f"/incidents/{here.id}/participants/{made.id}/remove", data=token).status_code == 404


def test_closing_and_reopening_by_the_page(sign_in, officer) -> None:
    incident = scene.stop(officer)
    client = sign_in(officer)
    token = {"csrf_token": token_on(client, f"/incidents/{incident.id}")}
    assert client.post(f"/incidents/{incident.id}/close", data=token).status_code == 303
    html = client.get(f"/incidents/{incident.id}").text
    assert "Reopen" in html
    assert "Add a recording" not in html
    assert client.post(f"/incidents/{incident.id}/close", data=token).status_code == 409
    assert client.post(f"/incidents/{incident.id}/reopen", data=token).status_code == 303
    close_session()
    assert session().get(Incident, incident.id).state is IncidentState.OPEN


def test_internal_affairs_reads_every_incident_and_is_offered_no_change(sign_in, people, officer) -> None:
    incident = scene.stop(officer)
    scene.read_whole(scene.item(incident, officer))
    client = sign_in(people.one(Role.INTERNAL_AFFAIRS, unit="South Patrol"))
    html = client.get(f"/incidents/{incident.id}").text
    for offered in ("/retry", "/confirmed", "/close", "/participants", "Add a recording"):
        assert offered not in html


def test_the_custody_trail_keeps_early_warning_to_internal_affairs(sign_in, people, officer) -> None:
    incident = scene.stop(officer)
    with transaction():
        ledger.record(
            "earlywarning:moment:decided",
            actor=actor_for(officer),
            subject_kind="evidence",
            subject_id=uuid.uuid4(),
            incident_id=incident.id,
        )
    for other in (officer, people.one(Role.SUPERVISOR)):
        html = sign_in(other).get(f"/incidents/{incident.id}").text
        assert "Opened the incident" in html
        assert "Moment decided" not in html
    assert "Moment decided" in sign_in(people.one(Role.INTERNAL_AFFAIRS)).get(f"/incidents/{incident.id}").text


def test_the_list_shows_items_and_narrows_by_its_form(sign_in, officer) -> None:
    one, two = scene.stop(officer, title="Red sedan"), scene.stop(officer, title="Blue truck")
    scene.item(one, officer)
    client = sign_in(officer)
    html = client.get("/incidents").text
    assert one.number in html
    assert two.number in html
    html = client.get(f"/incidents?text=sedan&state=open&badge={officer.badge}&since={now().date()}").text
    assert one.number in html
    assert two.number not in html
    assert "No incident is like that" in client.get("/incidents?text=zebra").text
    assert client.get("/incidents?since=yesterday").status_code == 422
    assert client.get("/incidents?cursor=zzz").status_code == 422


def test_the_list_goes_on_over_pages(sign_in, officer) -> None:
    for n in range(52):
        scene.stop(officer, title=f"Call number {n}")
    client = sign_in(officer)
    html = client.get("/incidents?kind=traffic_stop").text
    following = re.search(r'rel="next" href="([^"]+)"', html).group(1).replace("&amp;", "&")
    assert "kind=traffic_stop" in following
    rest = client.get(following).text
    assert len(set(re.findall(r"Call number \d+", html + rest))) == 52
