"""Clips and stills: asked for by who may export, cut by a worker from the original, sealed, taken along; each of it an event."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.core.clock import now
from app.core.db import session, transaction
from app.core.errors import Conflict, Invalid
from app.core.ledger import Event
from app.core.outbox import Job
from app.core.permissions import Role
from app.evidence import excerpts, fixity, service
from app.evidence.models import (
    Evidence,
    EvidenceState,
    Excerpt,
    ExcerptKind,
    ExcerptState,
    FixityState,
    MediaKind,
    Rendition,
    StoredObject,
)
from app.evidence.reasons import Reason, ReasonCode
from app.incidents.models import Incident
from tests.app.evidence.sending import INTAKE, Phone, sealed
from tests.browser.filmed import Rooms, done
from tests.conftest import nobody
from tests.journeys import clips
from tests.people import People, actor_for, csrf_token, signed_in
from tests.workers.conftest import task_room  # noqa: F401  (fixture)

HOUR = timedelta(hours=1)
WHY = Reason(ReasonCode.PROSECUTION, "2026-CR-17")
FORM = {"kind": "clip", "start": "0:01", "end": "2.5", "reason": "prosecution", "case": "2026-CR-17"}


@pytest.fixture
def film(tmp_path: Path) -> bytes:
    return clips.video(tmp_path / "film.mp4", seconds=4).read_bytes()


@pytest.fixture
def item(app: Flask, phone: Phone, incident: Incident, film: bytes) -> Evidence:
    return sealed(app, phone.send(incident, film, filename="stop.mp4"))


@pytest.fixture
def boss(people: People) -> Any:
    return people.one(Role.SUPERVISOR)


@pytest.fixture
def browser(app: Flask, boss: Any) -> FlaskClient:
    return signed_in(app, boss)


def post(browser: FlaskClient, item: Evidence, **changed: str) -> Any:
    form = {**FORM, **changed, "csrf_token": csrf_token(browser, "/account")}
    return browser.post(f"/evidence/{item.id}/excerpts", data=form)


def cut(rooms: Rooms) -> Excerpt:
    """The worker does what was asked for; the one excerpt, as it is then."""
    session().rollback()
    [asked] = session().scalars(
        sa.select(Job.arguments).where(Job.task == "cut_excerpt").order_by(Job.id.desc()).limit(1)
    )
    done(rooms("excerpts").cut_excerpt, asked["excerpt_id"])
    session().rollback()
    return session().scalars(sa.select(Excerpt), execution_options={"populate_existing": True}).one()


def events(act: str) -> list[Event]:
    session().rollback()
    return list(session().scalars(sa.select(Event).where(Event.act == act).order_by(Event.seq)))


def test_a_clip_from_asking_to_taking_it_along(
    browser: FlaskClient,
    boss: Any,
    item: Evidence,
    film: bytes,
    task_room: Rooms,  # noqa: F811
) -> None:
    answer = post(browser, item)
    assert answer.status_code == 303
    assert "Being cut" in browser.get(f"/evidence/{item.id}/excerpts").get_data(as_text=True)
    assert 'hx-trigger="every 2s"' in browser.get(f"/evidence/{item.id}/excerpts/made").get_data(as_text=True)
    made = cut(task_room)
    assert (made.state, made.start_s, made.end_s) == (ExcerptState.MADE, 1.0, 2.5)
    clip = made.rendition
    assert clip is not None
    assert (clip.parent_sha256, clip.media_type, clip.tool) == (item.sha256, "video/mp4", "PyAV/FFmpeg")
    assert clip.parameters["operator"] == boss.label
    html = browser.get(f"/evidence/{item.id}/excerpts").get_data(as_text=True)
    assert clip.sha256 in html
    assert "every 2s" not in html
    taken = browser.get(f"/evidence/{item.id}/excerpts/{made.id}")
    assert hashlib.sha256(taken.data).hexdigest() == clip.sha256
    assert taken.headers["Content-Disposition"] == 'attachment; filename="stop clip 1.00-2.50s.mp4"'
    assert taken.headers["Content-Type"] == "application/octet-stream"
    (asked,), (derived,), (export,) = (
        events(act) for act in ("evidence:item:clip", "evidence:rendition:derive", "evidence:item:export")
    )
    assert (asked.details["from_s"], asked.details["to_s"], asked.details["reason"]) == (1.0, 2.5, "prosecution")
    assert (asked.actor_id, asked.details["case"], asked.details["assigned"]) == (boss.id, "2026-CR-17", False)
    assert (derived.details["sha256"], derived.details["parent_sha256"]) == (clip.sha256, item.sha256)
    assert (export.details["sha256"], export.details["what"], export.actor_id) == (clip.sha256, "clip", boss.id)
    untouched = browser.get(f"/evidence/{item.id}/original?reason=prosecution&case=1")
    assert untouched.data == film


def test_a_still(browser: FlaskClient, item: Evidence, task_room: Rooms) -> None:  # noqa: F811
    assert post(browser, item, kind="still", start="1.23", end="").status_code == 303
    made = cut(task_room)
    assert made.rendition is not None
    assert (made.rendition.media_type, made.rendition.parameters["shown_from_s"]) == ("image/png", 1.2)
    taken = browser.get(f"/evidence/{item.id}/excerpts/{made.id}")
    assert taken.data.startswith(b"\x89PNG")
    assert "stop still 1.23s.png" in taken.headers["Content-Disposition"]
    assert len(events("evidence:item:still")) == 1


def test_only_who_may_export_cuts(app: Flask, phone: Phone, item: Evidence, people: People) -> None:
    for path in (f"/evidence/{item.id}/excerpts", f"/evidence/{item.id}/excerpts/{nobody()}"):
        assert phone.get(path).status_code == 403, "an officer plays, and does not export"
    assert "Clips and stills" not in phone.get(f"/evidence/{item.id}").get_data(as_text=True)
    assert "data-excerpts" not in phone.get(f"/evidence/{item.id}").get_data(as_text=True)
    elsewhere = signed_in(app, people.one(Role.SUPERVISOR, unit="South"))
    assert elsewhere.get(f"/evidence/{item.id}/excerpts").status_code == 404
    assert post(elsewhere, item).status_code == 404


REFUSED = (
    ({"start": "soon"}, "That is no time in a recording. As 1:05.4"),
    ({"start": "1:75"}, "There are 60 seconds in a minute."),
    ({"start": "99"}, "The recording is 12.5 seconds long."),
    ({"end": ""}, "That is no time in a recording."),
    ({"end": "0:01"}, "The clip ends before it begins."),
    ({"end": "0:59"}, "The recording is 12.5 seconds long."),
    ({"reason": ""}, "Choose what it is for."),
    ({"case": "because I say so!"}, "Up to 40 letters"),
    ({"kind": "film"}, "Not a valid choice"),
)


def test_what_cannot_be_cut_says_which_field_and_why(browser: FlaskClient, item: Evidence) -> None:
    for changed, words in REFUSED:
        answer = post(browser, item, **changed)
        assert answer.status_code == 422, changed
        assert words in answer.get_data(as_text=True), changed
    assert session().scalar(sa.select(sa.func.count()).select_from(Excerpt)) == 0


@pytest.mark.parametrize(("text", "seconds"), [("65.4", 65.4), ("1:05.4", 65.4), ("1:02:03", 3723.0), (" 0 ", 0.0)])
def test_times_as_people_write_them(text: str, seconds: float) -> None:
    assert excerpts.seconds(text, field="start") == seconds


@pytest.mark.parametrize("text", ["", "-1", "1:2:3:4", "nan", "1e5", "٣", "1:60"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        excerpts.seconds(text, field="end")
    assert refused.value.field == "end"


def test_a_clip_has_at_most_an_hour(item: Evidence, boss: Any) -> None:
    with transaction():
        session().get_one(Evidence, item.id).duration_s = 9000.0
    with transaction(), pytest.raises(Invalid, match="at most one hour"):
        ask(item, boss, end_s=3700.0)


def ask(item: Evidence, boss: Any, kind: ExcerptKind = ExcerptKind.CLIP, end_s: float = 2.0) -> Excerpt:
    fresh = session().get_one(Evidence, item.id, populate_existing=True)
    return excerpts.ask(fresh, kind=kind, start_s=1.0, end_s=end_s, reason=WHY, actor=actor_for(boss))


def test_of_what_is_no_recording_nothing_is_cut(app: Flask, phone: Phone, incident: Incident, boss: Any) -> None:
    text = sealed(
        app, phone.send(incident, b"words", filename="n.txt"), kind=MediaKind.DOCUMENT, media_type="text/plain"
    )
    sound = sealed(app, phone.send(incident, b"sound", filename="n.m4a"), kind=MediaKind.AUDIO, media_type="audio/mp4")
    unsealed = phone.send(incident, b"more", filename="m.mp4")
    for one, kind in ((text, ExcerptKind.CLIP), (sound, ExcerptKind.STILL), (unsealed, ExcerptKind.CLIP)):
        with transaction(), pytest.raises(Conflict):
            ask(one, boss, kind)


def test_what_cannot_be_decoded_there_fails_with_the_reason(
    app: Flask,
    phone: Phone,
    incident: Incident,
    browser: FlaskClient,
    task_room: Rooms,  # noqa: F811
) -> None:
    broken = sealed(app, phone.send(incident, b"no film at all" * 100, filename="b.mp4"))
    post(browser, broken)
    made = cut(task_room)
    assert (made.state, made.rendition_id) == (ExcerptState.FAILED, None)
    assert made.error.startswith("It cannot be cut:")
    assert "Not cut" in browser.get(f"/evidence/{broken.id}/excerpts").get_data(as_text=True)
    assert browser.get(f"/evidence/{broken.id}/excerpts/{made.id}").status_code == 409
    assert events("evidence:item:clip")[-1].outcome == "failed"


def test_one_of_another_recording_is_not_there(browser: FlaskClient, app: Flask, phone: Phone, incident: Incident, item: Evidence, boss: Any) -> None:  # fmt: skip
    other = sealed(app, phone.send(incident, b"other", filename="o.mp4"))
    with transaction():
        made = ask(item, boss)
    assert browser.get(f"/evidence/{other.id}/excerpts/{made.id}").status_code == 404
    assert browser.get(f"/evidence/{item.id}/excerpts/{made.id}").status_code == 409, "not cut yet"


def test_a_dead_worker_s_is_cut_by_another_and_given_up_after_three(item: Evidence, boss: Any) -> None:
    with transaction():
        made = ask(item, boss)
    for attempt in (1, 2, 3):
        with transaction():
            assert excerpts.claim(made.id) is not None
        with transaction():
            assert excerpts.claim(made.id) is None, "another has it"
            assert excerpts.come_back(older_than=HOUR) == 0, "its worker may live"
        with transaction():
            session().get_one(Excerpt, made.id, populate_existing=True).lease_until = now()
        with transaction():
            assert excerpts.come_back(older_than=HOUR) == (0 if attempt == 3 else 1)
    given_up = session().get_one(Excerpt, made.id, populate_existing=True)
    assert (given_up.state, given_up.attempts) == (ExcerptState.FAILED, 3)


def test_one_whose_job_was_lost_is_asked_for_again_once(item: Evidence, boss: Any) -> None:
    with transaction():
        made = ask(item, boss)
    with transaction():
        assert excerpts.come_back(older_than=HOUR) == 0, "its job waits"
    with transaction() as db:
        db.execute(sa.update(Job).values(created_at=now() - 2 * HOUR, sent_at=now()))
        session().get_one(Excerpt, made.id, populate_existing=True).asked_at = now() - 2 * HOUR
    for expected in (1, 0):
        with transaction():
            assert excerpts.come_back(older_than=HOUR) == expected


def test_a_damaged_one_is_cut_anew_and_leaves_the_other_copies_alone(
    browser: FlaskClient,
    item: Evidence,
    task_room: Rooms,  # noqa: F811
) -> None:
    post(browser, item)
    first = cut(task_room)
    assert first.rendition is not None
    key, sha256 = first.rendition.storage_key, first.rendition.sha256
    with transaction():
        fixity.enlist()
    with transaction():
        session().get_one(StoredObject, key).state = FixityState.ALTERED
    before = session().scalar(sa.select(sa.func.count()).select_from(Job).where(Job.task == "renditions"))
    done(task_room("fixity").rebuild_renditions, item.id)
    again = cut(task_room)
    assert (again.state, again.rendition and again.rendition.sha256) == (ExcerptState.MADE, sha256), "the same bytes"
    after = session().scalar(sa.select(sa.func.count()).select_from(Job).where(Job.task == "renditions"))
    assert after == before


def test_excerpts_go_with_their_recording(item: Evidence, boss: Any) -> None:
    """What a purge takes out of the tables: the excerpt before the working copy that it is."""
    from app.evidence.retention import purging

    with transaction():
        made = ask(item, boss)
        kept = service.add_rendition(
            session().get_one(Evidence, item.id),
            step_id=None, kind="clip/0123456789ab", media_type="video/mp4", storage_key="renditions/x.mp4", size=1,
            sha256="1" * 64, tool="t", version="1", parameters={}, actor=INTAKE,
        )  # fmt: skip
        excerpts.keep(made, kept)
    with transaction():
        assert purging.take_out_copies(session().get_one(Evidence, item.id)) == ["renditions/x.mp4"]
    assert session().scalar(sa.select(sa.func.count()).select_from(Rendition)) == 0
    assert session().scalar(sa.select(sa.func.count()).select_from(Excerpt)) == 0
    assert session().get_one(Evidence, item.id).state is EvidenceState.SEALED
