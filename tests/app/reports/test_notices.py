"""Notices: who is told of what, seen once, an address by each officer's own wish, and never a word of the text."""

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.db import session, transaction
from app.core.errors import Invalid
from app.core.outbox import Job
from app.core.permissions import Role
from app.reports import notices, review
from app.reports.work import NoticeKind
from tests.app.accounts.conftest import send
from tests.app.reports.conftest import Desk
from tests.people import People, actor_for, signed_in


def kinds(desk: Desk) -> list[NoticeKind]:
    return [one.kind for one in reversed(notices.of(desk.officer.id))]


def judge(desk: Desk, people: People) -> None:
    """Returned, signed again, approved, filed."""
    desk.submit()
    with transaction():
        review.return_to_author(desk.report, notes="Say who was in the car.", actor=desk.reviewer)
    desk.submit()
    desk.approve()
    with transaction():
        review.file(desk.report, actor=actor_for(people.one(Role.RECORDS)))


def test_the_author_is_told_of_each_decision_and_nobody_of_their_own_acts(desk: Desk, people: People) -> None:
    judge(desk, people)
    assert kinds(desk) == [NoticeKind.RETURNED, NoticeKind.APPROVED, NoticeKind.FILED]
    assert [one.kind for one in notices.of(desk.supervisor.id)] == [NoticeKind.SUBMITTED], (
        "signed again after the return"
    )


def test_they_are_counted_listed_and_seen(app: Flask, desk: Desk, people: People) -> None:
    judge(desk, people)
    browser = signed_in(app, desk.officer)
    home = browser.get("/").get_data(as_text=True)
    assert "Notices" in home
    html = browser.get("/notices").get_data(as_text=True)
    assert f"Report {desk.incident.number}" in html
    assert html.count("is-new") == 3
    browser.get(f"/reports/{desk.report_id}")
    assert session().scalar(notices.unseen(desk.officer.id)) == 0, "reading the report is seeing its notices"
    assert send(browser, "/notices/seen", page="/notices").status_code == 303


def test_mail_is_queued_only_for_who_gave_an_address(app: Flask, desk: Desk) -> None:
    desk.submit()
    with transaction():
        review.return_to_author(desk.report, notes="Say who was in the car.", actor=desk.reviewer)
    jobs = sa.select(Job).where(Job.task == "send_notice")
    assert list(session().scalars(jobs)) == []
    browser = signed_in(app, desk.officer)
    assert send(browser, "/notices/address", page="/notices", address=" i.reyes@agency.example ").status_code == 303
    assert notices.address_of(desk.officer.id) == "i.reyes@agency.example"
    desk.submit()
    desk.approve()
    [job] = session().scalars(jobs)
    assert set(job.arguments) == {"notice_id"}, "the job holds an id and nothing else"
    assert send(browser, "/notices/address", page="/notices", address="").status_code == 303
    assert notices.address_of(desk.officer.id) == ""


@pytest.mark.parametrize(
    "address",
    [
        "x",
        "a@",
        "@b",
        "a b@c.example",
        "a@b\r\nBcc: all@c.example",
        "a@b..c",
        "é@b.example",
        "a@" + "b" * 300,
        "<a@b.c>",
    ],
)
def test_an_address_that_is_none_is_refused_beside_its_field(app: Flask, desk: Desk, address: str) -> None:
    with pytest.raises(Invalid) as refused, transaction():
        notices.set_address(address, actor=desk.author)
    assert refused.value.field == "address"
    answer = send(signed_in(app, desk.officer), "/notices/address", page="/notices", address=address)
    assert answer.status_code == 422
