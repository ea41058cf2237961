"""Coding on the incident's page: fields that apply, the rules' words beside them, proposals, two people at once (N5)."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import session, transaction
from app.core.errors import Invalid
from app.incidents import service as incidents
from app.incidents.models import Part
from app.nibrs import service
from app.nibrs.coding import group_a, judge
from app.nibrs.edits import check
from app.nibrs.models import Coding
from app.reports import review
from app.reports.checks import Finding, findings
from app.reports.impartial import may_review
from app.reports.models import Report
from app.reports.obstacles import obstacles
from tests.app.desk.scene import found, item, read_whole
from tests.app.nibrs.conftest import DAY, Office
from tests.app.nibrs.valid import ASSAULT, GROUP_B, REFERENCE, changed
from tests.app.reports.conftest import desk  # noqa: F401
from tests.people import PASSWORD, People, csrf_token

SignIn = Callable[..., FlaskClient]
OURS = {"date": DAY, "arrestees": ()}


def form(client: FlaskClient, office: Office, **fields: object) -> dict[str, object]:
    """What a browser sends: the page's token and edition, the incident's day, and `fields` (dots as __)."""
    path = f"/incidents/{office.incident.id}/nibrs"
    html = client.get(path).get_data(as_text=True)
    edition = re.search(r'name="edition" value="(\d+)"', html)
    sent: dict[str, object] = {"csrf_token": csrf_token(client, path), "edition": edition[1] if edition else "0"}
    sent |= {"a.date": f"{DAY[:4]}-{DAY[4:6]}-{DAY[6:]}", "a.hour": "21", "a.cleared": "N"}
    return sent | {name.replace("__", "."): value for name, value in fields.items()}


ASSAULT_FORM = {
    "a__offenses__0__code": "13A",
    "a__offenses__0__attempted": "C",
    "a__offenses__0__using": ["N", ""],
    "a__offenses__0__location": "20",
    "a__offenses__0__weapons": ["20", ""],
    "a__offenses__0__biases": ["88", ""],
    "a__victims__0__offenses": ["13A"],
    "a__victims__0__kind": "I",
    "a__victims__0__age": "34",
    "a__victims__0__sex": "F",
    "a__victims__0__race": "W",
    "a__victims__0__ethnicity": "N",
    "a__victims__0__resident": "R",
    "a__victims__0__injuries": ["B", ""],
    "a__victims__0__circumstances": ["06", ""],
    "a__victims__0__relations__0__offender": "01",
    "a__victims__0__relations__0__relationship": "BG",
    "a__offenders__0__sequence": "",
    "a__offenders__0__age": "35",
    "a__offenders__0__sex": "M",
    "a__offenders__0__race": "W",
    "a__offenders__0__ethnicity": "N",
}


def test_a_whole_assault_is_coded_in_the_form_and_passes(office: Office, sign_in: SignIn) -> None:
    client = sign_in(office.officer)
    answer = client.post(f"/incidents/{office.incident.id}/nibrs", data=form(client, office, do="save", **ASSAULT_FORM))
    assert answer.status_code == 303, answer.get_data(as_text=True)[:3000]
    kept = office.coding
    assert kept is not None
    assert group_a(kept.content) == changed(ASSAULT, {**OURS, "head": group_a(kept.content).head})
    assert "Nothing to put right" in client.get(f"/incidents/{office.incident.id}/nibrs").get_data(as_text=True)
    assert [act for act in office.acts() if act != "nibrs:coding:view"] == ["nibrs:coding:save"]


def test_only_fields_that_apply_are_shown(office: Office, sign_in: SignIn) -> None:
    client = sign_in(office.officer)
    path = f"/incidents/{office.incident.id}/nibrs"
    burglary = client.post(path, data=form(client, office, do="check", a__offenses__0__code="220"))
    html = burglary.get_data(as_text=True)
    assert burglary.status_code == 200
    assert "a.offenses.0.entry" in html
    assert "a.cargo" in html
    assert "a.offenses.0.weapons" not in html
    assault = client.post(path, data=form(client, office, do="check", a__offenses__0__code="13A")).get_data(
        as_text=True
    )
    assert "a.offenses.0.weapons" in assault
    assert "a.offenses.0.entry" not in assault
    assert "a.cargo" not in assault


def test_the_rules_words_stand_beside_the_field_before_anything_is_saved(office: Office, sign_in: SignIn) -> None:
    client = sign_in(office.officer)
    sent = form(client, office, do="check", **{**ASSAULT_FORM, "a__victims__0__age": "3X"})
    html = client.post(f"/incidents/{office.incident.id}/nibrs", data=sent).get_data(as_text=True)
    field = html[html.index('for="f-a-victims-0-age"') :]
    assert "is no age" in field[: field.index("</div>")]
    assert "NIBRS 404" in field[: field.index("</div>")]
    assert office.coding is None


def test_buttons_add_and_remove_without_saving(office: Office, sign_in: SignIn) -> None:
    client = sign_in(office.officer)
    path = f"/incidents/{office.incident.id}/nibrs"
    added = client.post(path, data=form(client, office, do="add:a.victims", **ASSAULT_FORM)).get_data(as_text=True)
    assert "Victim 2" in added
    assert "Not saved yet" in added
    removed = client.post(path, data=form(client, office, do="remove:a.victims.0", **ASSAULT_FORM))
    assert "Victim 1" not in removed.get_data(as_text=True)
    nonsense = client.post(path, data=form(client, office, do="remove:a.head.0", **ASSAULT_FORM))
    assert nonsense.status_code == 200
    assert office.coding is None


def test_somebody_faster_is_not_overwritten_and_nothing_typed_is_lost(office: Office, sign_in: SignIn) -> None:
    client = sign_in(office.officer)
    sent = form(client, office, do="save", **ASSAULT_FORM)
    office.code(changed(ASSAULT, {**OURS, "hour": "09"}))
    answer = client.post(f"/incidents/{office.incident.id}/nibrs", data=sent)
    assert answer.status_code == 409
    html = answer.get_data(as_text=True)
    assert "Somebody else changed the coding" in html
    assert 'value="34"' in html
    assert group_a(office.coding.content).hour == "09"


def test_a_warning_is_stood_by_and_an_error_is_not(office: Office, sign_in: SignIn) -> None:
    client = sign_in(office.officer)
    path = f"/incidents/{office.incident.id}/nibrs"
    rich = {
        **ASSAULT_FORM,
        "a__offenses__0__code": "23H",
        "a__offenses__0__weapons": [],
        "a__victims__0__offenses": ["23H"],
        "a__victims__0__injuries": [],
        "a__victims__0__circumstances": [],
        "a__victims__0__relations__0__offender": "",
        "a__victims__0__relations__0__relationship": "",
        "a__cargo": "N",
        "a__properties__0__loss": "7",
        "a__properties__0__items__0__description": "17",
        "a__properties__0__items__0__value": "$1,500,000",
    }
    html = client.post(path, data=form(client, office, do="save", **rich), follow_redirects=True).get_data(as_text=True)
    key = re.search(r'value="stand:([^"]+)"', html)
    assert key, html[:2000]
    assert [one.code for one in _open(office)] == ["nibrs:342"]
    client.post(path, data=form(client, office, do=f"stand:{key[1]}", **rich))
    assert _open(office) == []
    errors = [one for one in check(changed(ASSAULT, {"hour": "99"}), REFERENCE) if one.is_error]
    with pytest.raises(Invalid, match="put right"), transaction():
        service.acknowledge(office.coding, findings=errors, actor=office.author)


def _open(office: Office) -> list[Finding]:
    from app.nibrs.approving import open_findings

    return open_findings(office.coding, office.incident.number, office.terms)


def test_either_something_is_reported_or_it_is_said_why_not(office: Office) -> None:
    with pytest.raises(Invalid, match="Either"):
        office.code(ASSAULT, not_reportable="Found property.")
    with pytest.raises(Invalid, match="400"):
        office.code(None, not_reportable="x" * 401)
    assert office.code(None, not_reportable=" Found   property. ").not_reportable == "Found property."


def test_strangers_and_readers(office: Office, sign_in: SignIn, people: People) -> None:
    path = f"/incidents/{office.incident.id}/nibrs"
    assert sign_in(people.one(unit="South")).get(path).status_code == 404
    reader = sign_in(office.clerk)
    assert reader.get(path).status_code == 200
    assert reader.post(path, data={"csrf_token": csrf_token(reader, path)}).status_code == 403


NONSENSE = ("\x00\x01", "<script>", "9" * 5000, "é" * 50, "-1", "a.b.c")
FIELDS = ("a.victims.0.age", "a.date", "a.offenses.0.code", "a.properties.0.items.0.value", "b.arrestees.0.armed")


def test_nonsense_in_a_field_is_answered_with_words(office: Office, sign_in: SignIn) -> None:
    client = sign_in(office.officer)
    plain = form(client, office, do="check")
    for name in FIELDS:
        for bad in NONSENSE:
            answer = client.post(f"/incidents/{office.incident.id}/nibrs", data={**plain, name: bad})
            assert answer.status_code == 200, (name, bad)
            assert "to put right" in answer.get_data(as_text=True), (name, bad)


def test_control_characters_are_not_kept(office: Office, sign_in: SignIn) -> None:
    client = sign_in(office.officer)
    sent = form(client, office, do="save", not_reportable="Found\x00 \x07prop\u202eerty")
    assert client.post(f"/incidents/{office.incident.id}/nibrs", data=sent).status_code == 303
    assert office.coding.not_reportable == "Found prop erty"
    sent = form(client, office, do="save", **{**ASSAULT_FORM, "a__victims__0__age": "3\x004"})
    assert client.post(f"/incidents/{office.incident.id}/nibrs", data=sent).status_code == 303
    assert group_a(office.coding.content).victims[0].age == "3 4"


def test_proposals_come_from_what_people_noted_and_confirmed(office: Office, sign_in: SignIn) -> None:
    steps = read_whole(item(office.incident, office.officer))
    mention = found(steps["find_entities"], kind="weapon", value="knife", start=20)
    with transaction():
        incidents.add_offence(office.incident, description="Aggravated assault", code="PC 245", actor=office.author)
        incidents.add_participant(office.incident, part=Part.VICTIM, name="Maria Lopez", actor=office.author)
    client = sign_in(office.officer)
    path = f"/incidents/{office.incident.id}/nibrs"
    first = client.get(path).get_data(as_text=True)
    assert 'value="take:offense:13A"' in first
    assert "Aggravated assault” has “aggravated assault”" in first
    taken = client.post(path, data=form(client, office, do="take:offense:13A")).get_data(as_text=True)
    assert 'value="take:victim:00"' in taken
    assert "take:weapon" not in taken, "a machine's finding is no ground until somebody confirms it"
    from app.analysis.mentions.deciding import decide_mention
    from app.analysis.models import Decision
    from app.core.db import session
    from app.evidence.models import Evidence

    with transaction():
        evidence = session().get(Evidence, mention.evidence_id)
        decide_mention(session().merge(mention), evidence=evidence, decision=Decision.CONFIRMED, actor=office.author)
    again = client.post(path, data=form(client, office, do="take:offense:13A")).get_data(as_text=True)
    assert 'value="take:weapon:20"' in again
    assert "confirmed by a person" in again
    assert office.coding is None, "a proposal taken is not saved by itself"


def test_a_group_b_arrest_is_numbered_apart_from_the_incident(office: Office) -> None:
    office.code(changed(ASSAULT, OURS), changed(GROUP_B, {"arrestees.0.date": DAY}))
    judged = judge(
        office.coding.content,
        number=office.incident.number,
        terms=office.terms,
        today=REFERENCE.today.replace(year=2027),
    )
    numbers = {one.kind: one.report.head.number for one in judged}
    assert numbers == {"A": office.incident.number, "B": f"{office.incident.number}B"}


def test_the_incident_page_says_how_far_the_coding_is(office: Office, sign_in: SignIn) -> None:
    client = sign_in(office.officer)
    page = f"/incidents/{office.incident.id}"
    assert "Not coded yet" in client.get(page).get_data(as_text=True)
    office.code(changed(ASSAULT, {**OURS, "offenders": ()}))
    assert "to put right" in client.get(page).get_data(as_text=True)


def test_an_approval_waits_for_the_coding(app: Flask, office: Office) -> None:
    """Approval is blocked while the incident is uncoded or its coding has errors, and goes through when it has none."""
    with app.app_context():
        _an_approval_waits(office)


def _an_approval_waits(office: Office) -> None:
    report = office.approved()
    assert _said(report) == {"nibrs:uncoded"}
    office.code(changed(ASSAULT, {**OURS, "offenders": ()}))
    assert {"nibrs:075", "nibrs:070"} <= _said(report)
    assert any("NIBRS" in one for one in obstacles(report))
    office.code(changed(ASSAULT, OURS))
    assert _said(report) == set()
    office.code(None, not_reportable="Found property.")
    assert _said(report) == set()


def _said(report: Report) -> set[str]:
    """The codes of what NIBRS finds and nobody may acknowledge away."""
    return {one.code for one in findings(report) if one.code.startswith("nibrs:") and one.is_error}


def test_the_author_is_led_to_the_coding_before_signing(desk, settings, sign_in: SignIn) -> None:  # noqa: F811
    desk.complete()
    client = sign_in(desk.officer)
    page = client.get(f"/reports/{desk.report_id}/submit").get_data(as_text=True)
    assert "not coded for NIBRS" in page
    assert f'href="/incidents/{desk.incident.id}/nibrs"' in page
    assert 'name="password"' not in page


def test_the_supervisor_is_refused_with_the_rules_words(desk, settings, sign_in: SignIn) -> None:  # noqa: F811
    """A coding spoiled after the signature holds the approval up: no password is asked for."""
    with transaction():
        service.code(
            desk.incident, group_a=None, group_b=None, not_reportable="Found property.", edition=0, actor=desk.author
        )
    desk.submit()
    with transaction():
        coding = session().scalars(sa.select(Coding)).one()
        coding.not_reportable = ""
    client = sign_in(desk.supervisor)
    path = f"/reports/{desk.report_id}"
    signed = {"csrf_token": csrf_token(client, path), "notes": "", "password": PASSWORD}
    answer = client.post(f"{path}/approve", data=signed)
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert "not coded for NIBRS" in html
    assert 'name="password"' not in html
    pen = desk.pen(desk.supervisor)
    with desk.app.app_context(), pytest.raises(Invalid, match="not coded for NIBRS"), transaction():
        review.approve(desk.report, notes="", pen=pen, actor=desk.reviewer)
    assert desk.report.state.value == "submitted"
    assert may_review(desk.report, desk.reviewer)
