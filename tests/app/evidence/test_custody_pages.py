"""The custody of an item as people read it and take it away; exports from the page; why an original is taken (E4, E5)."""

import csv
import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.config import Settings
from app.core import verifier
from app.core.db import close_session, session, transaction
from app.core.keys import signer
from app.core.ledger import Event, checkpoints
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.incidents.models import Incident
from tests.app.evidence.sending import Phone, an_incident, sealed
from tests.people import People, csrf_token, signed_in

CONTENT = bytes(range(256)) * 40


@pytest.fixture
def item(app: Flask, phone: Phone, incident: Incident) -> Evidence:
    return sealed(app, phone.send(incident, CONTENT, filename="stop.mp4", title="The stop"))


@pytest.fixture
def clerk(app: Flask, people: People) -> FlaskClient:
    return signed_in(app, people.one(Role.RECORDS))


def text(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def test_the_page_says_every_event_in_words_and_proves_it(
    app: Flask, clerk: FlaskClient, item: Evidence, settings: Settings
) -> None:
    html = text(clerk.get(f"/evidence/{item.id}/custody"))
    assert "Sealed" in html
    assert "the next checkpoint will cover it" in html
    with transaction():
        size = checkpoints.sign(signer(settings, used=lambda: False)).size
    html = text(clerk.get(f"/evidence/{item.id}/custody"))
    assert f"proven in the checkpoint of {size:,} events" in html
    seal = session().scalars(sa.select(Event).where(Event.act == "evidence:item:seal")).one()
    assert seal.at.strftime("%Y-%m-%d %H:%M:%S") in html
    assert f"{seal.at.astimezone():%d %b %Y, %H:%M:%S}" in html
    assert seal.hash in html


def test_an_event_that_is_not_the_signed_one_is_shown_so(
    app: Flask, clerk: FlaskClient, item: Evidence, settings: Settings
) -> None:
    with transaction():
        checkpoints.sign(signer(settings, used=lambda: False))
    with transaction() as current:
        current.execute(sa.text("SET LOCAL session_replication_role = replica"))
        current.execute(sa.text("UPDATE ledger_event SET actor_label = 'nobody' WHERE act = 'evidence:item:seal'"))
    close_session()
    assert "NOT the event that was signed" in text(clerk.get(f"/evidence/{item.id}/custody"))


def test_it_is_narrowed_and_read_page_by_page(clerk: FlaskClient, item: Evidence) -> None:
    for _ in range(60):
        clerk.get(f"/evidence/{item.id}/custody")
    first = text(clerk.get(f"/evidence/{item.id}/custody"))
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in text(clerk.get(f"/evidence/{item.id}/custody?page=2"))
    narrowed = text(clerk.get(f"/evidence/{item.id}/custody?act=evidence:item:seal"))
    assert "1 event of this kind" in narrowed
    assert narrowed.count("<tr>") == 2
    assert "No such event" in text(clerk.get(f"/evidence/{item.id}/custody?act=nothing:of:this&page=9"))


@pytest.mark.parametrize("kind", ["csv", "pdf"])
def test_it_is_taken_away_as_a_file_and_that_is_an_event(clerk: FlaskClient, item: Evidence, kind: str) -> None:
    answer = clerk.get(f"/evidence/{item.id}/custody.{kind}")
    content = answer.get_data()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    if kind == "csv":
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        assert [row["act"] for row in rows][-1] == "evidence:item:seal"
    else:
        said = " ".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split())
        assert "Chain of custody" in said
        assert item.sha256 in said.replace(" ", "")
    event = session().scalars(sa.select(Event).where(Event.act == "evidence:custody:download")).one()
    assert (event.details["format"], event.details["bytes_out"]) == (kind, len(content))


def test_the_item_leads_to_its_custody_and_strangers_see_none(
    app: Flask, phone: Phone, people: People, item: Evidence
) -> None:
    assert f"/evidence/{item.id}/custody" in text(phone.get(f"/evidence/{item.id}"))
    stranger = signed_in(app, people.one(unit="South"))
    for door in ("custody", "custody.csv", "custody.pdf", "original/why"):
        assert stranger.get(f"/evidence/{item.id}/{door}").status_code == 404


def test_who_was_not_assigned_says_why_before_the_original_is_given(clerk: FlaskClient, item: Evidence) -> None:
    asked = clerk.get(f"/evidence/{item.id}/original")
    assert (asked.status_code, asked.location) == (303, f"/evidence/{item.id}/original/why")
    assert "You are not assigned" in text(clerk.get(asked.location))
    refused = clerk.get(f"/evidence/{item.id}/original/why?reason=curiosity&case=%3Cscript%3E")
    assert refused.status_code == 422
    wrong = clerk.get(f"/evidence/{item.id}/original/why?reason=discovery&case=%3Cscript%3E")
    assert (wrong.status_code, "case number" in wrong.get_data(as_text=True)) == (422, True)
    onward = clerk.get(f"/evidence/{item.id}/original/why?reason=discovery&case=2026-CR-17")
    assert clerk.get(onward.location).get_data() == CONTENT
    assert clerk.get(f"/evidence/{item.id}/original?reason=because&case=1").status_code == 422
    assert clerk.get(f"/evidence/{item.id}/original", headers={"Accept": "application/json"}).status_code == 422
    event = session().scalars(sa.select(Event).where(Event.act == "evidence:item:download")).one()
    assert (event.details["reason"], event.details["case"], event.details["assigned"]) == (
        "discovery",
        "2026-CR-17",
        False,
    )


def test_the_assigned_are_not_asked(
    app: Flask, phone: Phone, people: People, incident: Incident, item: Evidence
) -> None:
    from app.incidents import service
    from tests.people import actor_for

    assert phone.get(f"/evidence/{item.id}/original").get_data() == CONTENT
    partner = people.one()
    with transaction():
        service.assign(session().get_one(Incident, incident.id), officer=partner, actor=actor_for(phone.officer))
    assert signed_in(app, partner).get(f"/evidence/{item.id}/original").get_data() == CONTENT


def test_e5_an_export_from_the_page_is_checked_by_a_stranger(
    app: Flask, clerk: FlaskClient, phone: Phone, incident: Incident, item: Evidence, settings: Settings, tmp_path: Path
) -> None:
    other = sealed(app, phone.send(incident, b"another", filename="b.mp4"))
    where = f"/incidents/{incident.id}/export"
    html = text(clerk.get(where))
    assert "The stop" in html
    form = {
        "csrf_token": csrf_token(clerk, where),
        "items": [str(item.id)],
        "reason": "discovery",
        "case": "2026-CR-17",
    }
    answer = clerk.post(where, data=form)
    assert answer.is_streamed
    (tmp_path / "export.zip").write_bytes(answer.get_data())
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        assert archive.testzip() is None
        assert archive.read(f"originals/{item.id}/stop.mp4") == CONTENT
        assert not any(str(other.id) in name for name in archive.namelist() if name.startswith("originals"))
    key = str(signer(settings, used=lambda: True).key)
    alone = tmp_path / "verify.py"
    alone.write_text(Path(verifier.__file__).read_text())
    done = subprocess.run(
        [sys.executable, "-I", str(alone), str(tmp_path / "export.zip"), "--key", key], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "The export holds: every hash, every signature, every event.\n")
    event = session().scalars(sa.select(Event).where(Event.act == "evidence:item:export")).one()
    assert (event.details["reason"], event.details["case"], event.details["bytes_out"]) == (
        "discovery",
        "2026-CR-17",
        len(CONTENT),
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"items": []}, "Choose at least one item."),
        ({"reason": ""}, "Choose what it is for."),
        ({"case": ""}, "Give the case number."),
        ({"case": "a; b"}, "Up to 40 letters"),
        ({"items": ["00000000-0000-0000-0000-000000000000"]}, "not"),
    ],
    ids=["nothing", "no reason", "no case", "no such case", "another's item"],
)
def test_an_export_that_lacks_something_says_what(
    clerk: FlaskClient, incident: Incident, item: Evidence, change: dict, said: str
) -> None:
    where = f"/incidents/{incident.id}/export"
    form = {"csrf_token": csrf_token(clerk, where), "items": [str(item.id)], "reason": "discovery", "case": "1"}
    answer = clerk.post(where, data=form | change)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert session().scalars(sa.select(Event).where(Event.act == "evidence:item:export")).all() == []


def test_exports_are_for_those_whose_work_it_is(
    app: Flask, phone: Phone, people: People, incident: Incident, item: Evidence
) -> None:
    assert phone.get(f"/incidents/{incident.id}/export").status_code == 403
    assert signed_in(app, people.one(Role.SUPERVISOR)).get(f"/incidents/{incident.id}/export").status_code == 200
    assert (
        signed_in(app, people.one(Role.SUPERVISOR, unit="South")).get(f"/incidents/{incident.id}/export").status_code
        == 404
    )
    bare = an_incident(phone.officer)
    assert "Nothing to export" in text(signed_in(app, people.one(Role.RECORDS)).get(f"/incidents/{bare.id}/export"))
