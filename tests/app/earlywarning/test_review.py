"""Alert, review, contest, answer; levels by two people; and who sees what of it."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.accounts.models import Officer
from app.analysis.models import Decision
from app.core.clock import now
from app.core.db import session, transaction
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.ledger import Event
from app.core.permissions import Role
from app.earlywarning import alerts, contests, dashboard, levels, queries, service
from app.earlywarning.levels import Wanted
from app.earlywarning.models import Alert, AlertState, ContestState, LanguageEvent, MomentDecision, Outcome
from tests.agency import enrolled
from tests.agency import spoke as years
from tests.app.accounts.conftest import send
from tests.app.earlywarning.conftest import only_moment
from tests.app.earlywarning.test_decisions_and_pages import svgs
from tests.people import People, actor_for, signed_in
from tests.workers.conftest import task_room

assert task_room
REASON = "We listened to all of it together."


@pytest.fixture
def reviewer(people: People) -> Officer:
    return people.one(Role.INTERNAL_AFFAIRS, unit="Standards")


@pytest.fixture
def asked(people: People, reviewer: Officer, task_room: Callable[[str], ModuleType]) -> Alert:
    """One open alert, about the first of forty officers."""
    first = people.one(name="Ida O'Neil")
    officers = [first, *enrolled(first, 39)]
    years(officers, each=60, times={officers[0].id: 5.0})
    task_room("patterns").find_patterns()
    [alert] = dashboard.attention()
    session().expunge_all()
    return alert


def text(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def confirm_one(officer_id: object, reviewer: Officer) -> LanguageEvent:
    query = sa.select(LanguageEvent).where(
        LanguageEvent.officer_id == officer_id, LanguageEvent.polarity == "aggressive"
    )
    event = session().scalars(query.limit(1)).one()
    with transaction():
        service.decide_event(event, decision=Decision.CONFIRMED, reason="Heard it clearly.", actor=actor_for(reviewer))
    return event


def test_the_whole_way_over_the_pages(app: Flask, asked: Alert, reviewer: Officer, people: People) -> None:
    browser, page = signed_in(app, reviewer), f"/early-warning/alerts/{asked.id}"
    home = text(browser, "/")
    assert "alerts nobody has yet" in home
    assert "O&#39;Neil" in home
    board = text(browser, "/early-warning/")
    for words in ("Needs attention", "times what is expected", "95 % interval", "eight of ten peers", "probability"):
        assert words in board, words
    assert send(browser, f"{page}/begin", page=page).status_code == 409
    assert send(browser, f"{page}/assign", page=page, assignee="nobody").status_code == 422
    assert send(browser, f"{page}/assign", page=page, assignee=str(reviewer.id)).status_code == 303
    assert send(browser, f"{page}/begin", page=page).status_code == 303
    refused = send(browser, f"{page}/answer", page=page, outcome="coaching", reason=REASON)
    assert refused.status_code == 422
    assert "confirmed" in refused.get_data(as_text=True)
    event = confirm_one(asked.officer_id, reviewer)
    assert send(browser, f"{page}/answer", page=page, outcome="coaching", reason="no").status_code == 422
    assert send(browser, f"{page}/answer", page=page, outcome="coaching", reason=REASON).status_code == 303
    assert "Coaching" in text(browser, page)
    officer = session().get_one(Officer, asked.officer_id)
    own = signed_in(app, officer)
    seen = text(own, "/early-warning/mine")
    assert REASON in seen
    assert "times what is expected" in seen
    where = f"/early-warning/mine/moments/{event.id}/contest"
    assert send(own, where, page="/early-warning/mine", statement="no").status_code == 422
    assert (
        send(own, where, page="/early-warning/mine", statement="I was reading his own words back.").status_code == 303
    )
    [made] = contests.waiting()
    answer = f"/early-warning/contests/{made.id}/answer"
    form = {"verdict": "upheld", "reason": "He reads from the note."}
    assert send(browser, answer, page=page, **form).status_code == 403, "who confirmed it does not answer"
    other = signed_in(app, people.one(Role.INTERNAL_AFFAIRS, unit="Standards"))
    assert send(other, answer, page=page, verdict="upheld", reason="no").status_code == 422
    assert "reading his own words" in text(other, "/early-warning/")
    assert send(other, answer, page=page, **form).status_code == 303
    assert "He reads from the note." in text(own, "/early-warning/mine")
    assert queries.moment(actor_for(reviewer), event.id).decision is Decision.REJECTED
    acts = set(session().scalars(sa.select(Event.act).where(Event.act.startswith("earlywarning:"))))
    assert acts >= {
        "earlywarning:alert:raised", "earlywarning:alert:viewed", "earlywarning:alert:assign",
        "earlywarning:alert:begin", "earlywarning:alert:answer", "earlywarning:contest:made", "earlywarning:contest:answered",
    }  # fmt: skip


def test_only_the_moves_of_the_table(asked: Alert, reviewer: Officer, people: People) -> None:
    actor, other = actor_for(reviewer), people.one(Role.INTERNAL_AFFAIRS)
    for act in (
        lambda: alerts.answer(asked, outcome=Outcome.NO_CONCERN, reason=REASON, actor=actor),
        lambda: alerts.begin(asked, actor=actor),
    ):
        with pytest.raises(Conflict), transaction():
            act()
    with transaction():
        alerts.assign(asked, to=reviewer, actor=actor)
    with pytest.raises(Forbidden, match="somebody else"), transaction():
        alerts.begin(asked, actor=actor_for(other))
    with transaction():
        alerts.begin(asked, actor=actor)
    with pytest.raises(Invalid), transaction():
        alerts.answer(asked, outcome=Outcome.NO_CONCERN, reason=" ", actor=actor)
    with transaction():
        alerts.answer(asked, outcome=Outcome.NO_CONCERN, reason=REASON, actor=actor)
    with pytest.raises(Conflict), transaction():
        alerts.assign(asked, to=other, actor=actor)
    assert [one.act for one in dashboard.alert(asked.id).steps] == ["raise", "assign", "begin", "answer"]


def test_nobody_reviews_themselves_and_only_internal_affairs_review(
    asked: Alert, reviewer: Officer, people: People
) -> None:
    with pytest.raises(Invalid, match="internal affairs"), transaction():
        alerts.assign(asked, to=people.one(Role.SUPERVISOR), actor=actor_for(reviewer))
    with transaction() as db:
        db.execute(sa.update(Alert).values(officer_id=reviewer.id))
    session().expire_all()
    mine = dashboard.alert(asked.id)
    with pytest.raises(Forbidden, match="themselves"), transaction():
        alerts.assign(mine, to=people.one(Role.INTERNAL_AFFAIRS), actor=actor_for(reviewer))
    other = people.one(Role.INTERNAL_AFFAIRS)
    with pytest.raises(Invalid, match="about themselves"), transaction():
        alerts.assign(mine, to=reviewer, actor=actor_for(other))
    assert dashboard.alert(asked.id).state is AlertState.NEW


def test_an_alert_nobody_moves_is_reminded_of(app: Flask, asked: Alert, reviewer: Officer) -> None:
    actor = actor_for(reviewer)
    assert (dashboard.waiting(actor).new, dashboard.waiting(actor).overdue) == (1, 0)
    with transaction() as db:
        db.execute(sa.update(Alert).values(touched_at=now() - timedelta(days=15)))
    assert dashboard.waiting(actor).overdue == 1
    assert "more than 14 days" in text(signed_in(app, reviewer), f"/early-warning/alerts/{asked.id}")


def test_w5_a_contest_is_on_a_confirmed_moment_of_ones_own(
    app: Flask, people: People, reviewer: Officer, spoke: Callable
) -> None:
    officer, other = people.one(), people.one()
    spoke(officer, moments=["you idiot"])
    moment, page = only_moment(officer), "/early-warning/mine"
    where, words = f"{page}/moments/{moment.id}/contest", {"statement": "I did not say this to him."}
    assert send(signed_in(app, officer), where, page=page, **words).status_code == 404, "not confirmed yet"
    confirm_one(officer.id, reviewer)
    assert send(signed_in(app, other), where, page=page, **words).status_code == 404
    with transaction():
        contests.contest(moment, statement=words["statement"], actor=actor_for(officer))
    assert send(signed_in(app, officer), where, page=page, **words).status_code == 409


def test_contested_then_re_opened_keeps_every_decision(people: People, reviewer: Officer, spoke: Callable) -> None:
    officer, second = people.one(), people.one(Role.INTERNAL_AFFAIRS)
    spoke(officer, moments=["you idiot"])
    moment = confirm_one(officer.id, reviewer)
    with transaction():
        made = contests.contest(moment, statement="I was quoting him.", actor=actor_for(officer))
    with pytest.raises(Conflict, match="contests"), transaction():
        service.decide_event(moment, decision=Decision.REJECTED, reason=REASON, actor=actor_for(reviewer))
    with transaction():
        contests.answer(made, uphold=True, reason="He quotes the caller.", actor=actor_for(second))
    assert queries.standing(officer.id).aggressive == 0
    with pytest.raises(Conflict), transaction():
        contests.answer(made, uphold=False, reason="On second thought.", actor=actor_for(second))
    third = people.one(Role.INTERNAL_AFFAIRS)
    with transaction():
        service.decide_event(moment, decision=Decision.CONFIRMED, reason="A clearer copy came.", actor=actor_for(third))
    assert queries.standing(officer.id).aggressive == 1
    with transaction():
        again = contests.contest(moment, statement="The copy shows it too: a quote.", actor=actor_for(officer))
        contests.answer(again, uphold=False, reason="It is addressed to him.", actor=actor_for(second))
    history = session().scalars(sa.select(MomentDecision.decision).order_by(MomentDecision.decided_at)).all()
    assert history == [Decision.CONFIRMED, Decision.REJECTED, Decision.CONFIRMED]
    assert [one.state for one in contests.of_officer(officer.id)] == [ContestState.UPHELD, ContestState.REFUSED]


def test_w5_a_supervisor_sees_what_is_asked_of_them_and_nothing_else(
    app: Flask, asked: Alert, reviewer: Officer, people: People
) -> None:
    supervisor, elsewhere = people.one(Role.SUPERVISOR), people.one(Role.SUPERVISOR, unit="South Patrol")
    page = f"/early-warning/unit/{asked.officer_id}"
    assert signed_in(app, supervisor).get(page).status_code == 404, "nothing is answered yet"
    event, actor = confirm_one(asked.officer_id, reviewer), actor_for(reviewer)
    with transaction():
        alerts.assign(asked, to=reviewer, actor=actor)
        alerts.begin(asked, actor=actor)
        alerts.answer(asked, outcome=Outcome.COACHING, reason=REASON, actor=actor)
    browser = signed_in(app, supervisor)
    assert REASON in text(browser, "/early-warning/unit")
    html = text(browser, page)
    assert f"m-{event.id}" in html
    assert html.count('id="m-') == 1, "only what was confirmed"
    assert "times what is expected" not in html, "no rates"
    assert signed_in(app, elsewhere).get(page).status_code == 404
    assert REASON not in text(signed_in(app, elsewhere), "/early-warning/unit")
    with transaction() as db:
        db.execute(sa.update(Alert).values(state=AlertState.NO_CONCERN))
    assert browser.get(page).status_code == 404, "no concern asks nothing of a supervisor"


def test_levels_take_two_people_and_a_preview(app: Flask, reviewer: Officer, people: People) -> None:
    second = people.one(Role.INTERNAL_AFFAIRS)
    browser, approver = signed_in(app, second), actor_for(second)
    wanted, actor = Wanted(percentile=0.95), actor_for(reviewer)
    for wrong, match in ((Wanted(percentile=1.2), "Between"), (Wanted(remind_days=0), "Between")):
        with pytest.raises(Invalid, match=match), transaction():
            levels.propose(wrong, reason=REASON, actor=actor)
    with pytest.raises(Conflict, match="in force"), transaction():
        levels.propose(Wanted(), reason=REASON, actor=actor)
    with transaction():
        made = levels.propose(wanted, reason=REASON, actor=actor)
    with pytest.raises(Conflict, match="waits"), transaction():
        levels.propose(Wanted(probability=0.8), reason=REASON, actor=actor)
    with pytest.raises(Conflict, match="preview"), transaction():
        levels.decide(made, approve=True, actor=approver)
    with transaction():
        found = {"alerts": 3, "officers": 2}
        levels.keep_preview(made.id, {"proposed": found, "present": found}, actor=actor)
    with pytest.raises(Forbidden, match="Somebody else"), transaction():
        levels.decide(made, approve=True, actor=actor)
    html = text(browser, "/early-warning/levels")
    assert "3 alerts for 2 officers" in html
    with transaction():
        levels.decide(made, approve=True, actor=approver)
    assert (levels.in_force().percentile, levels.in_force().number) == (0.95, 1)
    with pytest.raises(Conflict), transaction():
        levels.decide(made, approve=False, actor=actor)


def test_the_form_of_levels_names_the_field(app: Flask, reviewer: Officer) -> None:
    browser, page = signed_in(app, reviewer), "/early-warning/levels"
    good = {"percentile": "0.95", "probability": "0.9", "false_discovery_rate": "0.1", "minimum_hours": "1"}
    for wrong in ({"percentile": "7"}, {"percentile": "many"}, {"remind_days": ""}, {"reason": "no"}):
        form = {**good, "remind_days": "14", "reason": REASON, **wrong}
        answer = send(browser, page, page=page, **form)
        assert answer.status_code == 422, wrong
        assert f'id="{next(iter(wrong))}-error"' in answer.get_data(as_text=True)
    assert send(browser, page, page=page, **good, remind_days="14", reason=REASON).status_code == 303
    [made] = levels.versions()
    assert send(browser, f"{page}/{made.id}/reject", page=page).status_code == 303, "the proposer may withdraw"


def test_the_timeline_is_drawn_with_its_table_and_its_clips(app: Flask, asked: Alert, reviewer: Officer) -> None:
    browser = signed_in(app, reviewer)
    html = text(browser, f"/early-warning/officers/{asked.officer_id}")
    [plot] = svgs(html)
    links = [one.attrib["href"] for one in plot.iter() if one.tag.endswith("a")]
    assert links
    assert all(one.startswith("/evidence/") and "#t=5.0,7.0" in one for one in links)
    assert plot.attrib["aria-labelledby"] == "line-title"
    assert "The months as a table" in html
    assert "thanks" in html, "the courteous stands beside the aggressive (W8)"
    assert svgs(text(browser, "/early-warning/"))


def test_the_exports_have_the_figures_and_leave_an_event(app: Flask, asked: Alert, reviewer: Officer) -> None:
    browser = signed_in(app, reviewer)
    board = text(browser, "/early-warning/standings.csv").splitlines()
    assert board[0].startswith("badge,name,unit,enough exposure,counted moments,expected")
    assert len(board) == 1 + 41
    [silent] = [one for one in board if reviewer.name in one]
    assert ",no," in silent
    months = text(browser, f"/early-warning/officers/{asked.officer_id}/months.csv").splitlines()
    assert len(months) > 10
    taken = sa.select(sa.func.count()).where(Event.act == "earlywarning:officer:exported")
    assert session().scalar(taken) == 2


def test_the_list_of_those_without_speech_and_of_a_unit(
    app: Flask, asked: Alert, reviewer: Officer, people: People, spoke: Callable
) -> None:
    late = people.one(name="Heard After It")
    spoke(late, minutes=2)
    browser = signed_in(app, reviewer)
    little = text(browser, "/early-warning/?show=little")
    assert f"{reviewer.name} #{reviewer.badge}" in little
    assert "not heard yet" in little
    assert "Heard After It" in little, "who was heard after the comparison is found all the same"
    assert "too little speech" in little
    none = text(browser, f"/early-warning/?unit={reviewer.unit_id}&page=99")
    assert "below that no rate is shown" in none


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SUPERVISOR, Role.RECORDS, Role.ADMINISTRATOR])
def test_alerts_and_levels_are_for_internal_affairs_alone(
    app: Flask, people: People, spoke: Callable, role: Role
) -> None:
    browser = signed_in(app, people.one(role))
    for path in ("/early-warning/levels", "/early-warning/standings.csv"):
        assert browser.get(path).status_code == 403
