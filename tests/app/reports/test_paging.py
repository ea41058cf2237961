"""Lists of reports a page at a time: a cursor goes on behind the last row, whatever came, went or moved between two pages."""

import base64
import json
import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import cursors
from app.core.db import session, transaction
from app.core.errors import Invalid
from app.core.permissions import Role
from app.reports import queue, review
from app.reports.queue import Order, ReportFilter
from tests.app.reports.conftest import Desk
from tests.app.reports.test_judging import another
from tests.people import People, actor_for, signed_in


@pytest.fixture
def five(desk: Desk, people: People) -> list[Desk]:
    """Five submitted reports of the same supervisor's unit, the longest waiting first."""
    desk.submit()
    return [desk, *(another(desk, people, f"Sentence {n} of the machine's.") for n in range(4))]


def through(desk: Desk, wanted: ReportFilter, size: int) -> list[uuid.UUID]:
    """Every report of a list, by its pages."""
    ids, cursor = [], ""
    while True:
        found = queue.page(desk.reviewer, wanted, cursor, size)
        ids += [row.report.id for row in found.rows]
        cursor = found.next_cursor
        if not cursor:
            return ids


def test_every_order_goes_through_all_once_in_pages_of_any_size(five: list[Desk]) -> None:
    for order in Order:
        for down in (True, False):
            wanted = ReportFilter(order=order, descending=down)
            whole = through(five[0], wanted, 40)
            assert sorted(whole) == sorted(one.report_id for one in five)
            assert [through(five[0], wanted, size) for size in (1, 2, 4)] == [whole] * 3, (order, down)


def test_a_report_that_comes_or_goes_between_two_pages_moves_no_other(five: list[Desk], people: People) -> None:
    by_age = ReportFilter(order=Order.AGE)
    first = queue.page(five[0].reviewer, by_age, size=2)
    assert [row.report.id for row in first.rows] == [five[0].report_id, five[1].report_id]
    with transaction():
        review.return_to_author(five[0].report, notes="Say who was in the car.", actor=five[0].reviewer)
    newest = another(five[0], people, "It came between two pages.")
    second = queue.page(five[0].reviewer, by_age, first.next_cursor, size=2)
    assert [row.report.id for row in second.rows] == [five[2].report_id, five[3].report_id], "none twice, none left out"
    third = queue.page(five[0].reviewer, by_age, second.next_cursor, size=2)
    assert [row.report.id for row in third.rows] == [five[4].report_id, newest.report_id]
    assert third.next_cursor == ""


def test_a_program_follows_next_to_the_end(
    app: Flask, five: list[Desk], people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue.page, "__defaults__", ("", 2))
    browser, seen, query = signed_in(app, five[0].supervisor), [], ""
    for turn in range(4):
        answer = browser.get(f"/api/v1/reports{query}").json
        seen += [one["id"] for one in answer["reports"]]
        if turn == 0:
            another(five[0], people, "It came between two pages.")
        query = answer["next"]
        if not query:
            break
    assert len(seen) == len(set(seen))
    assert {str(one.report_id) for one in five} <= set(seen)
    html = browser.get("/reports").get_data(as_text=True)
    assert "cursor=" in html
    assert "To the start" not in html
    forward = html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "To the start" in browser.get(forward).get_data(as_text=True)


def test_a_cursor_that_none_gave_out_is_refused_by_its_name(app: Flask, five: list[Desk]) -> None:
    browser = signed_in(app, five[0].supervisor)
    good = queue.page(five[0].reviewer, ReportFilter(), size=1).next_cursor
    plain = json.loads(base64.urlsafe_b64decode(good + "=" * (-len(good) % 4)))
    forged = [
        cursors.write(*plain[:-1], "no-id"),
        cursors.write(plain[0], 2**40, *plain[2:]),
        cursors.write(plain[0], plain[1], "2026-11-25T10:00:00", plain[3]),
        cursors.write("author-", "A\0", *plain[2:]),
        cursors.write("age+", *plain[2:]),
        cursors.write(*plain, 1),
    ]
    for cursor in ("x", "%00", "☂", "W10", "A" * 2000, good[:-6], *forged):
        answer = browser.get("/api/v1/reports", query_string={"cursor": cursor})
        assert (answer.status_code, answer.json["field"]) == (422, "cursor"), cursor
        assert browser.get("/reports", query_string={"cursor": cursor}).status_code == 422
    with pytest.raises(Invalid, match="another order"):
        queue.page(five[0].reviewer, ReportFilter(order=Order.NEW), good)


def test_what_comes_next_is_behind_the_report_one_looks_at_and_in_the_end_the_first(five: list[Desk]) -> None:
    boss = five[0].reviewer
    order = [row.report.id for row in queue.page(boss, ReportFilter()).rows]
    by_id = {one.report_id: one for one in five}
    for here, then in zip(order, [*order[1:], order[0]], strict=True):
        assert queue.ahead(boss, by_id[here].report) == queue.Ahead(4, then)
    with transaction():
        review.return_to_author(by_id[order[1]].report, notes="Say who was in the car.", actor=boss)
    assert queue.ahead(boss, by_id[order[1]].report).waiting == 4, "a decided one is not counted"
    for one in (order[0], *order[2:]):
        with transaction():
            review.return_to_author(by_id[one].report, notes="Say who was in the car.", actor=boss)
    assert queue.ahead(boss, by_id[order[0]].report) == queue.Ahead(0, None)
    assert session().scalar(sa.text("SELECT count(*) FROM report")) == 5


def test_nothing_waits_for_who_only_reads(five: list[Desk], people: People) -> None:
    reader = actor_for(people.one(Role.INTERNAL_AFFAIRS))
    assert (queue.waiting(reader), queue.ahead(reader, five[0].report)) == (0, queue.Ahead(0, None))
    assert queue.waiting(five[0].reviewer) == 5
