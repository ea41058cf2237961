"""The agency's rules: changed by an administrator with a reason, kept for ever; blocked kinds (A12); recollection (A11)."""

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from app.core.db import session, transaction
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.ledger import Event
from app.core.permissions import Role
from app.incidents.models import IncidentKind
from app.reports import agency, queries, recollection, review, service
from app.reports.agency import Rules
from app.reports.work import AgencyRule, Recollection
from tests.app.accounts.conftest import send
from tests.app.reports.conftest import Desk, drafted, keep
from tests.people import People, actor_for, csrf_token, signed_in

MEMORY = "I stopped a red sedan for a red light. She was calm."


def set_rules(people: People, **given) -> None:
    with transaction():
        agency.change(Rules(**given), reason="Order 12 of the chief", actor=actor_for(people.one(Role.ADMINISTRATOR)))


def test_a12_every_change_says_who_when_why_and_is_an_event(app: Flask, people: People) -> None:
    admin = people.one(Role.ADMINISTRATOR)
    browser = signed_in(app, admin)
    token = csrf_token(browser, "/agency/rules")
    given = {"csrf_token": token, "planted_mistakes": "2", "least_confidence": "60", "recollection_first": "y"}
    given["narrative_person"] = "first"
    kinds = {"blocked_kinds": ["use_of_force", "domestic_disturbance"], "reason": "Order 12 of the chief"}
    assert browser.post("/agency/rules", data=given | kinds).status_code == 303
    assert agency.rules() == Rules(("domestic_disturbance", "use_of_force"), True, 2, 0.6, "first")
    assert {(one.name, one.reason, one.officer_id) for one in agency.history()} == {
        (name, "Order 12 of the chief", admin.id) for name in agency.TITLES
    }
    events = list(session().scalars(sa.select(Event).where(Event.act == "reports:rule:change")))
    assert {event.subject_id for event in events} == set(agency.TITLES)
    assert [event.details["before"] for event in events if event.subject_id == "planted_mistakes"] == [0]
    html = browser.get("/agency/rules").get_data(as_text=True)
    assert "Domestic disturbance, Use of force" in html
    again = browser.post("/agency/rules", data=given | kinds)
    assert again.status_code == 303
    assert len(agency.history()) == 5, "nothing differed, nothing was written"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"planted_mistakes": "4"}, "from 0 to 3"),
        ({"planted_mistakes": "many"}, "from 0 to 3"),
        ({"least_confidence": "5"}, "30 % and 95 %"),
        ({"least_confidence": ""}, "30 % and 95 %"),
        ({"blocked_kinds": "picnic"}, "no such kind"),
        ({"narrative_person": "fourth"}, "first or third person"),
        ({"reason": "no"}, "needs words"),
        ({"reason": "x" * 500}, "the most is 400"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_beside_its_field(app: Flask, people: People, wrong, why: str) -> None:
    browser = signed_in(app, people.one(Role.ADMINISTRATOR))
    good = {"planted_mistakes": "1", "least_confidence": "60", "reason": "Order 12 of the chief"}
    answer = send(browser, "/agency/rules", page="/agency/rules", **(good | wrong))
    assert answer.status_code == 422
    assert why in answer.get_data(as_text=True)
    assert agency.history() == []


def test_nobody_but_an_administrator_sets_them_and_nobody_unwrites_them(app: Flask, people: People) -> None:
    for role in (Role.OFFICER, Role.SUPERVISOR, Role.RECORDS, Role.INTERNAL_AFFAIRS):
        officer = people.one(role)
        assert signed_in(app, officer).get("/agency/rules").status_code == 403
        with pytest.raises(Forbidden), transaction():
            agency.change(Rules(planted_mistakes=1), reason="Because I can", actor=actor_for(officer))
    set_rules(people, planted_mistakes=1)
    for change in (sa.update(AgencyRule).values(reason="x"), sa.delete(AgencyRule)):
        with pytest.raises(DBAPIError), transaction() as db:
            db.execute(change)


def test_a8_the_limit_of_doubt_is_the_agencys(desk: Desk, people: People) -> None:
    from app.reports import obstacles

    doubts = [one for one in obstacles.standing(desk.report).errors if one.code == "doubtful"]
    set_rules(people, least_confidence=0.95)
    assert len([one for one in obstacles.standing(desk.report).errors if one.code == "doubtful"]) == len(doubts) + 1


def test_a12_a_blocked_kind_gets_no_draft_and_each_attempt_is_on_record(app: Flask, desk: Desk, people: People) -> None:
    set_rules(people, blocked_kinds=(IncidentKind.TRAFFIC_STOP.value,))
    with pytest.raises(Forbidden, match="no machine draft"):
        keep(desk.report, desk.evidence, drafted(desk.evidence), generation=2)
    browser, page = signed_in(app, desk.officer), f"/reports/{desk.report_id}"
    for _ in range(2):
        assert send(browser, f"{page}/drafts/1/use", page=page).status_code == 403
    events = list(session().scalars(sa.select(Event).where(Event.act == "reports:draft:use")))
    assert [(event.outcome, event.actor_id) for event in events] == [("refused", desk.officer.id)] * 2
    from app.core.actor import machine

    with transaction():
        service.refuse_draft(desk.incident, author=desk.officer, actor=machine("draft_report"))
    assert desk.acts()[-1] == "reports:draft:refuse"


def test_a11_the_draft_opens_only_after_what_the_officer_remembers_is_locked(
    app: Flask, desk: Desk, people: People
) -> None:
    set_rules(people, recollection_first=True)
    browser, page = signed_in(app, desk.officer), f"/reports/{desk.report_id}"
    closed = browser.get(page).get_data(as_text=True)
    assert "First, what you remember" in closed
    assert "greeted the driver" not in closed
    assert "greeted the driver" not in browser.get(f"/incidents/{desk.incident.id}").get_data(as_text=True)
    for path in ("drafts/1", "print", "versions", "submit", "findings"):
        answer = browser.get(f"{page}/{path}")
        assert answer.status_code == 409, path
        assert "greeted the driver" not in answer.get_data(as_text=True)
    assert browser.get(f"/api/v1/reports/{desk.report_id}").status_code == 409
    one = session().scalars(sa.select(service.Sentence.id)).first()
    assert send(browser, f"/sentences/{one}", page=page, text="I greeted her.", edition="1").status_code == 409
    refused = send(browser, f"{page}/recollection", page=page, text="Too short.")
    assert refused.status_code == 422
    assert "Too short." in refused.get_data(as_text=True), "what was typed is still in the box"
    assert send(browser, f"{page}/recollection", page=page, text=MEMORY).status_code == 303
    opened = browser.get(page).get_data(as_text=True)
    assert "greeted the driver" in opened
    assert MEMORY in opened
    acts = desk.acts()
    assert acts.index("reports:recollection:lock") < acts.index(
        "reports:report:view", acts.index("reports:recollection:lock")
    )


def test_a11_the_time_order_is_provable_from_the_ledger(app: Flask, desk: Desk, people: People) -> None:
    """Before the lock the author never saw the draft: no view of its text, no draft opened; the hash of what was locked
    is in the event."""
    set_rules(people, recollection_first=True)
    browser, page = signed_in(app, desk.officer), f"/reports/{desk.report_id}"
    browser.get(f"{page}/drafts/1")
    send(browser, f"{page}/recollection", page=page, text=MEMORY)
    browser.get(f"{page}/drafts/1")
    mine = sa.select(Event).where(Event.actor_id == desk.officer.id, Event.subject_id == str(desk.report_id))
    events = list(session().scalars(mine.order_by(Event.seq)))
    [locked] = [event for event in events if event.act == "reports:recollection:lock"]
    opened = [event for event in events if event.details.get("what") == "draft"]
    assert len(opened) == 1
    assert locked.seq < opened[0].seq
    assert locked.at <= opened[0].at
    kept = recollection.of(desk.incident.id, desk.officer.id)
    assert kept is not None
    assert locked.details["sha256"] == kept.sha256


def test_a11_a_recollection_is_locked_for_good_and_once(desk: Desk, people: People) -> None:
    set_rules(people, recollection_first=True)
    with transaction():
        recollection.lock(desk.incident, text=MEMORY, actor=desk.author)
    with pytest.raises(Conflict, match="locked already"), transaction():
        recollection.lock(desk.incident, text=MEMORY + " And more.", actor=desk.author)
    for change in (sa.update(Recollection).values(text="x"), sa.delete(Recollection)):
        with pytest.raises(DBAPIError), transaction() as db:
            db.execute(change)
    with pytest.raises(Forbidden), transaction():
        recollection.lock(desk.incident, text=MEMORY, actor=actor_for(people.one()))


def test_a11_the_supervisor_reads_the_draft_all_the_same_and_the_rule_is_for_new_work(
    desk: Desk, people: People
) -> None:
    desk.submit()
    with transaction():
        review.return_to_author(desk.report, notes="Say who was in the car.", actor=desk.reviewer)
    set_rules(people, recollection_first=True)
    assert queries.visible_report(desk.author, desk.report_id).sentences, "it was submitted before: the author knows it"
    assert queries.visible_report(desk.reviewer, desk.report_id).sentences


@given(text=st.text(max_size=200))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_recollection_takes_anything_or_says_what_is_wrong(desk: Desk, text: str) -> None:
    try:
        recollection.lock(desk.incident, text=text, actor=desk.author)
        field = ""
    except Invalid as error:
        field = error.field
    session().rollback()
    assert field in ("", "text")
