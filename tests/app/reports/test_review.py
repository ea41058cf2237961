"""Submitting, returning, approving, filing: what blocks, who may, and what can never be changed afterwards."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.core.db import session, transaction
from app.core.errors import Conflict, DomainError, Forbidden, Invalid
from app.core.permissions import Role
from app.reports import obstacles, queries, review, service
from app.reports.canonical import digest
from app.reports.models import ReportState, Signature, Version
from tests.app.accounts.conftest import send
from tests.app.desk.scene import stop
from tests.app.reports.conftest import TERMS, Desk, drafted, item, keep
from tests.people import PASSWORD, People, actor_for, signed_in


def test_a8_gaps_and_doubtful_sentences_block_and_are_named(desk: Desk) -> None:
    open_things = [one.message for one in obstacles.standing(desk.report).errors]
    assert open_things == [
        "Fill in: [INSERT: was anybody injured?] (Injuries)",
        "Check this doubtful sentence against its recording: “The driver mumbled a name.” (Contact)",
    ]
    with pytest.raises(Invalid, match="Fill in"), transaction():
        review.submit(desk.report, certified=True, terms=TERMS, pen=desk.pen(desk.officer), actor=desk.author)
    desk.complete()
    assert review.obstacles(desk.report) == []


def test_an_empty_report_is_not_submitted(desk: Desk) -> None:
    for one in list(desk.report.sentences):
        with transaction():
            service.remove_sentence(one, desk.report, actor=desk.author)
    assert review.obstacles(desk.report) == ["The report has no sentence yet."]


def test_a2_nothing_is_submitted_without_the_certification(desk: Desk) -> None:
    desk.complete()
    with pytest.raises(Invalid, match="Certify"), transaction():
        review.submit(desk.report, certified=False, terms=TERMS, pen=desk.pen(desk.officer), actor=desk.author)


def test_a3_the_signature_is_over_exactly_what_stands(desk: Desk) -> None:
    version = desk.submit()
    signature = queries.signature_of(version)
    assert signature is not None
    assert signature.officer_id == desk.officer.id
    assert signature.content_sha256 == version.sha256 == digest(version.content)
    assert signature.at.microsecond % 10_000 == 0
    assert signature.at.utcoffset().total_seconds() == 0
    assert digest({**version.content, "author": {}}) != signature.content_sha256


def test_a3_signing_asks_for_the_password_again(app: Flask, desk: Desk) -> None:
    desk.complete()
    browser, path = signed_in(app, desk.officer), f"/reports/{desk.report_id}/submit"
    wrong = send(browser, path, page=path, certified="y", password="not this one")
    assert wrong.status_code == 422
    assert "This is not your password." in wrong.get_data(as_text=True)
    unticked = send(browser, path, page=path, password=PASSWORD)
    assert unticked.status_code == 422
    assert desk.report.state is ReportState.DRAFT
    shown = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', browser.get(path).get_data(as_text=True)).group(1)
    assert send(browser, path, page=path, certified="y", password=PASSWORD, shown=shown).status_code == 303
    assert desk.report.state is ReportState.SUBMITTED


def test_c12_nobody_approves_their_own_report_not_even_a_supervisor(app: Flask, people: People) -> None:
    chief = people.one(Role.SUPERVISOR)
    incident = stop(chief)
    evidence = item(incident, chief)
    with transaction():
        report = service.report_for(incident, author=chief)
    keep(report, evidence, drafted(evidence))
    own = Desk(chief, chief, incident, evidence, report.id, app)
    own.submit()
    assert send(signed_in(app, chief), f"/reports/{report.id}/approve", page="/account").status_code == 403
    with pytest.raises(Forbidden, match="own report"):
        own.approve()
    with pytest.raises(Forbidden, match="own report"), transaction():
        review.return_to_author(own.report, notes="All of it is fine.", actor=own.author)


def test_only_a_supervisor_of_the_unit_reviews(desk: Desk, people: People) -> None:
    desk.submit()
    for other in (people.one(), people.one(Role.SUPERVISOR, unit="South Patrol"), people.one(Role.RECORDS)):
        with pytest.raises(Forbidden), transaction():
            review.approve(desk.report, notes="", pen=desk.pen(other), actor=actor_for(other))


def test_a_return_says_what_is_missing_and_reaches_the_author(app: Flask, desk: Desk) -> None:
    desk.submit()
    browser, page = signed_in(app, desk.supervisor), f"/reports/{desk.report_id}"
    refused = send(browser, f"{page}/return", page=page, notes="no")
    assert refused.status_code == 422
    assert desk.report.state is ReportState.SUBMITTED
    assert send(browser, f"{page}/return", page=page, notes="Say who was in the car.").status_code == 303
    assert desk.report.state is ReportState.RETURNED
    officer = signed_in(app, desk.officer)
    assert "Say who was in the car." in officer.get(page).get_data(as_text=True)
    assert "Returned" in officer.get("/").get_data(as_text=True)


def test_the_whole_life_leaves_versions_reviews_and_events(desk: Desk, people: People) -> None:
    desk.submit()
    with transaction():
        review.return_to_author(desk.report, notes="Say who was in the car.", actor=desk.reviewer)
    with transaction():
        service.add_sentence(desk.report, text="She was alone in the car.", section="Contact", actor=desk.author)
    desk.submit()
    desk.approve()
    with transaction():
        review.file(desk.report, actor=actor_for(people.one(Role.RECORDS)))
    report = desk.report
    assert report.state is ReportState.FILED
    assert [version.state.value for version in report.versions] == ["submitted", "submitted", "filed"]
    assert [one.decision.value for one in report.reviews] == ["returned", "approved"]
    acts = [act.removeprefix("reports:report:") for act in desk.acts() if act.startswith("reports:report:")]
    assert acts == ["submit", "return", "submit", "approve", "file"]


@pytest.mark.parametrize("state", [ReportState.DRAFT, ReportState.APPROVED, ReportState.FILED])
def test_moves_that_are_not_in_the_table_are_refused(desk: Desk, people: People, state: ReportState) -> None:
    records = actor_for(people.one(Role.RECORDS))
    if state is not ReportState.DRAFT:
        desk.submit()
        desk.approve()
    if state is ReportState.FILED:
        with transaction():
            review.file(desk.report, actor=records)
    tries = {
        ReportState.DRAFT: desk.approve,
        ReportState.APPROVED: desk.submit,
        ReportState.FILED: lambda: review.return_to_author(desk.report, notes="Too late, sadly.", actor=desk.reviewer),
    }
    with pytest.raises(Conflict), transaction():
        tries[state]()
    session().rollback()
    assert desk.report.state is state


def test_the_author_never_files(desk: Desk) -> None:
    desk.submit()
    desk.approve()
    with pytest.raises(Forbidden), transaction():
        review.file(desk.report, actor=desk.author)


def test_filed_is_immutable_for_everybody(desk: Desk, people: People) -> None:
    desk.submit()
    desk.approve()
    with transaction():
        version = review.file(desk.report, actor=actor_for(people.one(Role.RECORDS)))
    one = desk.sentence("greeted")
    verbs = (
        lambda: service.edit_sentence(one, desk.report, text="x y z", edition=one.edition, actor=desk.author),
        lambda: service.add_sentence(desk.report, text="x y z", section="Contact", actor=desk.author),
        lambda: service.remove_sentence(one, desk.report, actor=desk.author),
        lambda: service.acknowledge(one, desk.report, actor=desk.author),
        lambda: service.use_draft(desk.report, queries.draft(desk.report, 1), actor=desk.author),
    )
    for verb in verbs:
        with pytest.raises(DomainError), transaction():
            verb()
    assert desk.report.state is ReportState.FILED
    assert version.sha256 == digest(version.content)


@pytest.mark.parametrize("table", [Version, Signature], ids=["version", "signature"])
def test_the_database_refuses_to_change_what_was_frozen(desk: Desk, table) -> None:
    desk.submit()
    for change in (sa.delete(table), sa.update(table).values(report_id=desk.report_id)):
        with pytest.raises(DBAPIError), transaction() as db:
            db.execute(change)
    assert session().scalar(sa.select(sa.func.count()).select_from(table)) == 1


def test_a10_the_api_gives_cards_and_says_what_is_only_a_draft(app: Flask, desk: Desk) -> None:
    browser = signed_in(app, desk.officer)
    card = browser.get("/api/v1/reports").json["reports"][0]
    assert "sentences" not in card
    whole = browser.get(f"/api/v1/reports/{desk.report_id}").json
    assert whole["is_statement"] is False
    assert {tuple(sorted(one)) for one in whole["sentences"]}
    assert whole["sentences"][0]["sources"][0]["evidence_id"] == str(desk.evidence.id)
    desk.submit()
    assert browser.get(f"/api/v1/reports/{desk.report_id}").json["is_statement"] is True
    assert re.search("reports:report:view", " ".join(desk.acts()))
