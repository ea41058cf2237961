"""Planted mistakes: they must be found before submitting (A8), and no path leads one into a report."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import Base, session, transaction
from app.core.errors import Invalid
from app.core.permissions import Role
from app.reports import agency, obstacles, planted, queries, review, service
from app.reports.agency import Rules
from app.reports.work import PlantedMistake
from tests.app.accounts.conftest import send
from tests.app.reports.conftest import TERMS, Desk, drafted, keep
from tests.people import PASSWORD, People, actor_for, signed_in


@pytest.fixture
def tricked(desk: Desk, people: People) -> Desk:
    """A report whose draft has two planted mistakes."""
    set_rules(people, planted_mistakes=2)
    keep(desk.report, desk.evidence, drafted(desk.evidence, "She gave her license."), generation=2)
    return desk


def set_rules(people: People, **given) -> None:
    with transaction():
        agency.change(Rules(**given), reason="Order 12 of the chief", actor=actor_for(people.one(Role.ADMINISTRATOR)))


def find_all(desk: Desk) -> None:
    for one in planted.unfound(desk.report):
        with transaction():
            planted.find(one, desk.report, actor=desk.author)


def test_the_author_sees_them_among_the_sentences_and_nobody_else_does(app: Flask, tricked: Desk) -> None:
    mistakes = planted.unfound(tricked.report)
    assert len(mistakes) == 2
    mine = signed_in(app, tricked.officer).get(f"/reports/{tricked.report_id}").get_data(as_text=True)
    theirs = signed_in(app, tricked.supervisor).get(f"/reports/{tricked.report_id}").get_data(as_text=True)
    for one in mistakes:
        assert f'id="s-{one.id}"' in mine
        assert one.text in mine
        assert one.text not in theirs
    assert "planted" not in mine.split('id="findings"')[0].lower(), "nothing in the text gives them away"


def test_a8_submitting_is_blocked_until_each_is_found(app: Flask, tricked: Desk) -> None:
    browser, page = signed_in(app, tricked.officer), f"/reports/{tricked.report_id}"
    author = tricked.author
    tricked.complete()
    with pytest.raises(Invalid, match="plainly untrue"), transaction():
        review.submit(tricked.report, certified=True, terms=TERMS, pen=tricked.pen(tricked.officer), actor=author)
    first, second = planted.unfound(tricked.report)
    assert send(browser, f"/sentences/{first.id}/remove", page=page).status_code == 303
    unchanged = send(browser, f"/sentences/{second.id}", page=page, text=second.text, edition="1")
    assert unchanged.status_code == 303
    assert len(planted.unfound(tricked.report)) == 1, "saving it as it is finds nothing"
    assert send(browser, f"/sentences/{second.id}", page=page, text="This is wrong.", edition="1").status_code == 303
    assert planted.unfound(tricked.report) == []
    assert tricked.acts().count("reports:mistake:find") == 2
    shown = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', browser.get(f"{page}/submit").get_data(as_text=True))
    signed = {"certified": "y", "password": PASSWORD, "shown": shown[1]}
    sent = send(browser, f"{page}/submit", page=f"{page}/submit", **signed)
    assert sent.status_code == 303


def test_no_path_leads_one_into_a_report(app: Flask, tricked: Desk, people: People) -> None:
    """Every page, print, version, draft and API answer of a report, at each stage of its life, for each who may see it;
    and every table of the database but their own."""
    texts = [one.text for one in session().scalars(sa.select(PlantedMistake))]
    records = people.one(Role.RECORDS)
    browsers = {one: signed_in(app, one) for one in (tricked.officer, tricked.supervisor, records)}
    editor = {f"/reports/{tricked.report_id}", f"/incidents/{tricked.incident.id}"}

    def look(stage: str) -> None:
        paths = editor | {
            f"/reports/{tricked.report_id}/{rest}"
            for rest in ("print", "submit", "versions", "drafts/1", "drafts/2", "findings", "versions?old=d1&new=now")
        }
        paths |= {f"/api/v1/reports/{tricked.report_id}", "/api/v1/reports", "/reports?shelf=all", "/"}
        for officer, browser in browsers.items():
            for path in paths:
                seen = browser.get(path).get_data(as_text=True)
                if officer is tricked.officer and path in editor and stage in ("draft", "returned"):
                    continue
                assert not [text for text in texts if text in seen], (stage, path)
        for table in Base.metadata.sorted_tables:
            if table.name != "planted_mistake":
                kept = session().execute(sa.text(f'SELECT CAST(t AS text) FROM "{table.name}" AS t')).scalars()
                assert not [row for row in kept for text in texts if text in row], (stage, table.name)
        assert not [text for text in texts if text in str(review.content_of(tricked.report))]

    look("draft")
    find_all(tricked)
    tricked.submit()
    look("submitted")
    with transaction():
        review.return_to_author(tricked.report, notes="Say who was in the car.", actor=tricked.reviewer)
    look("returned")
    with transaction():
        service.use_draft(tricked.report, queries.draft(tricked.report, 1), actor=tricked.author)
    texts += [one.text for one in planted.unfound(tricked.report)]
    look("returned")
    find_all(tricked)
    tricked.submit()
    tricked.approve()
    look("approved")
    with transaction():
        review.file(tricked.report, actor=actor_for(records))
    look("filed")


def test_a_new_draft_voids_those_of_the_old_one_and_the_rule_off_ends_them(tricked: Desk, people: People) -> None:
    old = {one.id for one in planted.unfound(tricked.report)}
    keep(tricked.report, tricked.evidence, drafted(tricked.evidence, "A third reading."), generation=3)
    fresh = {one.id for one in planted.unfound(tricked.report)}
    assert len(fresh) == 2
    assert not old & fresh
    set_rules(people)
    assert planted.unfound(tricked.report) == []
    assert "planted" not in {one.code for one in obstacles.standing(tricked.report).errors}


def test_a_stranger_finds_nothing(app: Flask, tricked: Desk, people: People) -> None:
    one = planted.unfound(tricked.report)[0]
    stranger = signed_in(app, people.one(unit="South Patrol"))
    assert send(stranger, f"/sentences/{one.id}/remove", page="/account").status_code == 404
    reviewer = signed_in(app, tricked.supervisor)
    assert send(reviewer, f"/sentences/{one.id}/remove", page="/account").status_code == 403
