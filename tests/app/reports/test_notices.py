"""Notices: who is told of what, seen once, an address by each officer's own wish, and never a word of the text."""

import pytest
import sqlalchemy as sa
from flask import Flask

from app.analysis.models import StepState
from app.core.db import session, transaction
from app.core.errors import Invalid
from app.core.outbox import Job
from app.core.permissions import Role
from app.core.undoing import Undoable
from app.evidence.models import EvidenceState
from app.reports import notices, review, setbacks
from app.reports.setbacks import SetbackKind
from app.reports.work import NoticeKind
from tests.app.accounts.conftest import send
from tests.app.desk.scene import item, step
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
    assert html.count("is-new") == 1, "one line for a report, whatever happened to it"
    assert "was returned, was approved, was filed" in html
    assert "3 new" in html
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


def test_marking_as_seen_is_undone(app: Flask, desk: Desk, people: People) -> None:
    judge(desk, people)
    browser = signed_in(app, desk.officer)
    send(browser, "/notices/seen", page="/notices", report=str(desk.report_id))
    session().rollback()
    assert session().scalar(notices.unseen(desk.officer.id)) == 0
    act = session().scalar(sa.select(Undoable.id))
    assert "data-undo-last" in browser.get("/notices").get_data(as_text=True)
    assert send(browser, f"/undo/{act}", page="/notices").location == "/notices"
    session().rollback()
    assert session().scalar(notices.unseen(desk.officer.id)) == 3


def test_a_kind_that_is_muted_is_neither_counted_nor_listed_nor_mailed_but_kept(
    app: Flask, desk: Desk, people: People
) -> None:
    browser = signed_in(app, desk.officer)
    send(browser, "/notices/address", page="/notices", address="i.reyes@agency.example")
    wanted = [one for one in notices.KINDS if one not in ("approved", "filed", "unread")]
    assert send(browser, "/notices/choice", page="/notices", wanted=wanted).status_code == 303
    judge(desk, people)
    assert session().scalar(notices.unseen(desk.officer.id)) == 1
    assert kinds(desk) == [NoticeKind.RETURNED]
    assert session().scalar(sa.select(sa.func.count()).where(Job.task == "send_notice")) == 1
    send(browser, "/notices/choice", page="/notices", wanted=list(notices.KINDS))
    session().rollback()
    assert kinds(desk) == [NoticeKind.RETURNED, NoticeKind.APPROVED, NoticeKind.FILED], (
        "they were written down all the same"
    )
    with pytest.raises(Invalid, match="no kind"):
        notices.mute(["thunder"], actor=desk.author)


def test_what_went_wrong_with_ones_own_recordings_is_news_until_seen(app: Flask, desk: Desk, people: People) -> None:
    step(desk.evidence, "transcribe", StepState.FAILED)
    other = item(desk.incident, people.one(), title="A colleague's", state=EvidenceState.QUARANTINED)
    browser = signed_in(app, desk.officer)
    html = browser.get("/notices").get_data(as_text=True)
    assert "was not read by a machine" in html
    assert "colleague" not in html
    assert session().scalar(setbacks.unseen(desk.officer.id)) == 1
    assert session().scalar(setbacks.unseen(other.officer_id)) == 1
    assert [one.kind for one in setbacks.of(other.officer_id)] == [SetbackKind.SET_ASIDE]
    send(browser, "/notices/seen", page="/notices")
    session().rollback()
    assert session().scalar(setbacks.unseen(desk.officer.id)) == 0
    assert [one.is_new for one in setbacks.of(desk.officer.id)] == [False]
    act = session().scalar(sa.select(Undoable.id))
    send(browser, f"/undo/{act}", page="/notices")
    session().rollback()
    assert session().scalar(setbacks.unseen(desk.officer.id)) == 1
    step(desk.evidence, "transcribe", generation=2)
    assert setbacks.of(desk.officer.id) == [], "it is being read again"
