"""Computed checks: each finds what it is for, keeps quiet otherwise, blocks or asks, and is acknowledged as an event."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from app.analysis.models import Decision, Mention
from app.core.db import session, transaction
from app.core.errors import Conflict, Forbidden, Invalid
from app.evidence.models import Evidence, EvidenceState
from app.incidents import service as incidents
from app.incidents.models import IncidentKind, Part
from app.reports import checks, editing, obstacles, queries, review, service
from app.reports.checks import contradictions, elements, times
from app.reports.models import Report, SentenceSource
from tests.app.accounts.conftest import send
from tests.app.desk import scene
from tests.app.reports.conftest import TERMS, Desk
from tests.people import People, actor_for, signed_in

GOOD = (
    "I stopped the red sedan, plate 7ABC123, because it ran a red light at 21:14. The driver identified herself by her "
    "license. I gave her a verbal warning and she was free to go."
)


def write(desk: Desk, *texts: str) -> Report:
    """The report says this, in the officer's own words, and nothing else."""
    for one in list(desk.report.sentences):
        with transaction():
            service.remove_sentence(one, desk.report, actor=desk.author)
    with transaction():
        editing.add_paragraphs(desk.report, text="\n".join(texts), section="Narrative", actor=desk.author)
    return desk.report


def codes(report: Report) -> set[str]:
    return {one.code for one in checks.findings(report)}


def confirm(desk: Desk, kind: str, value: str) -> Mention:
    """A mention that a person confirmed."""
    steps = session().query(scene.Step).filter_by(evidence_id=desk.evidence.id, name="find_entities").all()
    mention = scene.found(steps[0] if steps else scene.step(desk.evidence, "find_entities"), kind=kind, value=value)
    with transaction() as db:
        db.merge(mention).decision = Decision.CONFIRMED
    return mention


def test_a_complete_report_has_no_findings(desk: Desk) -> None:
    confirm(desk, "plate", "7ABC123")
    assert codes(write(desk, GOOD)) == set()


@pytest.mark.parametrize("kind", list(IncidentKind))
def test_each_kind_asks_for_its_elements_by_name(desk: Desk, kind: IncidentKind) -> None:
    desk.incident.kind = kind
    with transaction() as db:
        db.merge(desk.incident)
    found = codes(write(desk, "Zzz."))
    assert {f"element-{one.code}" for one in elements.ELEMENTS[kind]} <= found
    assert len(elements.ELEMENTS[kind]) >= 1


def test_an_offence_asks_for_its_own_elements_and_to_be_told(desk: Desk) -> None:
    with transaction():
        incidents.add_offence(desk.incident, description="Driving under the influence", actor=desk.author)
    assert {"element-impairment", "offence-untold"} <= codes(write(desk, "I stopped a car because of its speed."))
    assert not {"element-impairment", "offence-untold"} & codes(
        write(desk, "She was driving with slurred speech, under the influence, I believe.")
    )


def test_an_arrest_without_an_offence_is_an_error(desk: Desk) -> None:
    desk.incident.kind = IncidentKind.ARREST
    with transaction() as db:
        db.merge(desk.incident)
    report = write(desk, "I placed him under arrest.")
    [error] = [one for one in checks.findings(report) if one.is_error]
    assert (error.code, error.field) == ("offence-missing", "offences")
    with pytest.raises(Invalid, match="offense"), transaction():
        review.submit(desk.report, certified=True, terms=TERMS, pen=desk.pen(desk.officer), actor=desk.author)


def test_an_arrest_told_but_not_coded_is_a_warning(desk: Desk) -> None:
    assert "arrest-uncoded" in codes(write(desk, GOOD, "He was arrested."))
    assert "arrest-uncoded" not in codes(write(desk, GOOD, "He was not detained."))


def test_the_officer_must_be_in_it_by_name_badge_or_as_i(desk: Desk) -> None:
    assert "officer-missing" in codes(write(desk, "The vehicle was stopped."))
    for text in ("I stopped it.", "Officer Reyes stopped it.", f"Badge {desk.officer.badge} stopped it."):
        assert "officer-missing" not in codes(write(desk, text)), text


@pytest.mark.parametrize(
    ("kind", "value", "text", "code"),
    [
        ("plate", "7ABC123", "The plate was 7ABC124.", "plate-differs"),
        ("plate", "7ABC123", "The plate was 7BAC123.", "plate-differs"),
        ("person", "Maria Lopez", "Ms. Lopes was calm.", "name-differs"),
        ("date_of_birth", "1991-03-03", "She was born on 03/04/1991.", "birth-differs"),
        ("date_of_birth", "1991-03-03", "Her date of birth is March 13, 1991.", "birth-differs"),
    ],
)
def test_what_almost_equals_a_confirmed_finding_is_a_contradiction(desk: Desk, kind, value, text, code) -> None:
    confirm(desk, kind, value)
    [found] = [one for one in checks.findings(write(desk, GOOD.replace("7ABC123", ""), text)) if one.code == code]
    assert found.sentence_id is not None
    assert not found.is_error


@pytest.mark.parametrize(
    ("kind", "value", "text", "code"),
    [
        ("plate", "7ABC123", "The plates were 7ABC123 and 4XYZ987.", "plate-differs"),
        ("person", "Maria Lopez", "Ms. Lopez and Ms. Johnson spoke.", "name-differs"),
        ("date_of_birth", "1991-03-03", "She was born on March 3, 1991.", "birth-differs"),
    ],
)
def test_what_is_right_or_quite_another_thing_is_none(desk: Desk, kind, value, text, code) -> None:
    confirm(desk, kind, value)
    assert code not in codes(write(desk, text))


def test_a_proposal_nobody_confirmed_contradicts_nothing(desk: Desk) -> None:
    scene.found(scene.step(desk.evidence, "find_entities"), kind="plate", value="7ABC123")
    assert "plate-differs" not in codes(write(desk, "The plate was 7ABC124."))


def test_people_named_in_the_incident_are_in_the_text(desk: Desk) -> None:
    with transaction():
        incidents.add_participant(
            desk.incident, part=Part.DRIVER, name="Maria Lopez", date_of_birth=date(1991, 3, 3), actor=desk.author
        )
    assert "person-missing" in codes(write(desk, GOOD))
    assert "person-missing" not in codes(write(desk, "I spoke with LOPEZ."))


def test_a_day_that_is_not_the_incidents(desk: Desk) -> None:
    day = desk.incident.occurred_at.astimezone().date()
    wrong, right = day - timedelta(days=20), day
    assert "date-differs" in codes(write(desk, f"On {wrong:%B} {wrong.day}, {wrong.year} I was on patrol."))
    assert "date-differs" not in codes(write(desk, f"On {right:%m/%d/%Y} I was on patrol."))
    assert "date-differs" not in codes(write(desk, "The law of 01/02/1985 applies to me."))


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        (("I arrived at 21:14.", "At 9:02 p.m. I left."), True),
        (("I arrived at 2114 hours.", "I left at 2102 hours."), True),
        (("I arrived at 21:14.", "I left at 21:40."), False),
        (("I arrived at 23:50.", "I left at 00:20."), False),
        (("I arrived at 21:14.", "Earlier, at 20:00, she had called."), False),
        (("I arrived at 21:14.", "At 0:12 of “Dash camera”, he said: “it was 3:15”"), False),
    ],
)
def test_times_out_of_order(desk: Desk, texts, wrong: bool) -> None:
    assert ("times-order" in codes(write(desk, *texts))) is wrong


def test_clock_times_are_read_in_the_shapes_officers_write() -> None:
    text = "At 9 p.m., 9:05 PM, 21:14, 21:14:30, 2114 hours, 12 a.m.; in 2026, at 2100 Main Street, ratio 3:1"
    assert times.clock_minutes(text) == [1260, 1265, 1274, 1274, 1274, 0]


def test_places_in_a_recording_are_no_times_of_day(desk: Desk) -> None:
    """The machine writes (01:04) behind what was said; an officer's own (21:14) is meant as the time."""
    write(desk, "It began (21:14).", "It ended (21:02).")
    assert "times-order" in codes(desk.report)
    for one in desk.report.sentences:
        with transaction() as db:
            db.add(SentenceSource(sentence_id=one.id, evidence_id=desk.evidence.id, start_s=1.0, end_s=2.0))
    assert "times-order" not in codes(desk.report)
    write(desk, "It began (00:37, 00:41).", "It was seen (00:00 to 00:20) at 21:14.")
    for one in desk.report.sentences:
        with transaction() as db:
            db.add(SentenceSource(sentence_id=one.id, evidence_id=desk.evidence.id, start_s=1.0, end_s=2.0))
    assert [times.times_told(one) for one in desk.report.sentences] == [[], [1274]]


def filmed(desk: Desk, evidence: Evidence, start: datetime, seconds: float) -> None:
    with transaction() as db:
        kept = db.get_one(Evidence, evidence.id)
        kept.recorded_at, kept.duration_s = start, seconds


def test_minutes_that_no_recording_covers(desk: Desk) -> None:
    """Local times in the text, UTC in the record: both are read in the station's zone."""
    start = datetime(2026, 5, 4, 12, 0).astimezone().astimezone(UTC)
    second = scene.item(desk.incident, desk.officer, title="Body camera")
    filmed(desk, desk.evidence, start, 300)
    filmed(desk, second, start + timedelta(minutes=30), 300)
    assert "footage-gap" in codes(write(desk, "At 12:15 I searched the car."))
    assert "footage-gap" not in codes(write(desk, "At 12:03 I searched the car."))
    assert "footage-gap" not in codes(write(desk, "At 14:00 I wrote this."))


def test_a_text_that_goes_from_one_recording_to_the_next_over_a_hole(desk: Desk) -> None:
    start = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
    second = scene.item(desk.incident, desk.officer, title="Body camera")
    filmed(desk, desk.evidence, start, 300)
    filmed(desk, second, start + timedelta(minutes=30), 300)
    one = desk.sentence("greeted")
    assert "footage-hole" not in codes(desk.report)
    with transaction() as db:
        db.add(SentenceSource(sentence_id=one.id, evidence_id=second.id, start_s=1.0, end_s=2.0))
    [found] = [each for each in checks.findings(desk.report) if each.code == "footage-hole"]
    assert "25 minutes" in found.message
    filmed(desk, second, start + timedelta(minutes=6), 300)
    assert "footage-hole" not in codes(desk.report)


def test_a9_a_machines_sentence_without_or_with_a_lost_source_is_marked(desk: Desk) -> None:
    """A recording that was purged, or that never was sealed, supports nothing."""
    assert not {"unsupported", "source-gone"} & codes(desk.report)
    with transaction() as db:
        db.get_one(Evidence, desk.evidence.id).state = EvidenceState.QUARANTINED
    assert "source-gone" in codes(desk.report)
    with transaction() as db:
        for source in db.query(SentenceSource).all():
            db.delete(source)
    session().expire_all()
    assert "unsupported" in codes(desk.report)


def test_warnings_block_until_acknowledged_and_the_event_says_which(app: Flask, desk: Desk) -> None:
    browser, page = signed_in(app, desk.officer), f"/reports/{desk.report_id}"
    author = desk.author
    standing = obstacles.standing(write(desk, "The vehicle was stopped."))
    assert standing.errors == []
    assert len(standing.open) >= 3
    with pytest.raises(Invalid, match="Read and acknowledge"), transaction():
        review.submit(desk.report, certified=True, terms=TERMS, pen=desk.pen(desk.officer), actor=author)
    for one in standing.open:
        assert send(browser, f"{page}/findings/{one.key}", page=page, back="submit").status_code == 303
    assert obstacles.standing(desk.report).in_the_way == []
    events = [act for act in desk.acts() if act == "reports:finding:acknowledge"]
    assert len(events) == len(standing.open)
    again = send(browser, f"{page}/findings/{standing.open[0].key}", page=page)
    assert again.status_code == 303
    assert len([act for act in desk.acts() if act == "reports:finding:acknowledge"]) == len(events)
    with transaction():
        review.submit(desk.report, certified=True, terms=TERMS, pen=desk.pen(desk.officer), actor=desk.author)


def test_changed_words_are_another_finding(desk: Desk) -> None:
    confirm(desk, "plate", "7ABC123")
    [first] = [one for one in checks.findings(write(desk, GOOD, "It was 7ABC124.")) if one.code == "plate-differs"]
    with transaction():
        obstacles.acknowledge_finding(desk.report, first.key, actor=desk.author)
    one = desk.sentence("7ABC124")
    with transaction():
        service.edit_sentence(one, desk.report, text="It was 7ABC125.", edition=one.edition, actor=desk.author)
    assert [each.code for each in obstacles.standing(desk.report).open] == ["plate-differs"]


def test_who_may_acknowledge_and_what(app: Flask, desk: Desk, people: People) -> None:
    warning = obstacles.standing(desk.report).open[0]
    error = obstacles.standing(desk.report).errors[0]
    with pytest.raises(Forbidden), transaction():
        obstacles.acknowledge_finding(desk.report, warning.key, actor=actor_for(people.one()))
    with pytest.raises(Invalid, match="mended"), transaction():
        obstacles.acknowledge_finding(desk.report, error.key, actor=desk.author)
    with pytest.raises(Conflict, match="not found any more"), transaction():
        obstacles.acknowledge_finding(desk.report, "0" * 64, actor=desk.author)
    reader = signed_in(app, people.one(unit="South Patrol"))
    assert reader.get(f"/reports/{desk.report_id}/findings").status_code == 404


def test_another_room_registers_a_check_and_its_error_blocks(desk: Desk) -> None:
    def no_red(report: Report) -> list[checks.Finding]:
        return [
            checks.Finding("no-red", checks.Severity.ERROR, "Say nothing of red.", one.id, "offences")
            for one in report.sentences
            if "red" in one.text
        ]

    checks.register(no_red)
    try:
        checks.register(no_red)
        assert checks.checks().count(no_red) == 1
        assert "no-red" in codes(write(desk, GOOD))
        with pytest.raises(Invalid, match="Say nothing of red"), transaction():
            review.submit(desk.report, certified=True, terms=TERMS, pen=desk.pen(desk.officer), actor=desk.author)
    finally:
        from app.reports.checks import finding

        finding._CHECKS.remove(no_red)


def test_approval_runs_the_checks_again_on_what_was_coded_since(app: Flask, desk: Desk) -> None:
    desk.submit()
    with transaction():
        incidents.add_participant(desk.incident, part=Part.WITNESS, name="Nora Quist", actor=desk.author)
    answer = send(
        signed_in(app, desk.supervisor), f"/reports/{desk.report_id}/approve", page=f"/reports/{desk.report_id}"
    )
    assert answer.status_code == 422
    assert "Nora Quist" in answer.get_data(as_text=True)
    for one in obstacles.standing(desk.report).open:
        with transaction():
            obstacles.acknowledge_finding(desk.report, one.key, actor=desk.reviewer)
    desk.approve()


@pytest.mark.parametrize(
    ("one", "other", "apart"), [("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("", "abc", 3)]
)
def test_the_distance_of_two_words(one: str, other: str, apart: int) -> None:
    assert contradictions.distance(one, other) == contradictions.distance(other, one) == apart


def test_nothing_is_asked_of_a_supplement_that_the_report_says(desk: Desk) -> None:
    assert queries.visible_report(desk.author, desk.report_id).supplements_id is None
    report = write(desk, "I add this.")
    report.supplements_id = report.id
    assert not [code for code in codes(report) if code.startswith("element-")]
    session().rollback()
