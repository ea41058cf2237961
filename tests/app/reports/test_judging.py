"""Review beyond the happy way: reasons, comments, partiality, taking back, supplements, clocks, and the list."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.actor import Actor
from app.core.db import session, transaction
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.permissions import Role
from app.incidents import service as incidents
from app.incidents.models import Part
from app.reports import comments, notices, queries, queue, review, service, supplements
from app.reports.authorship import DISCLOSURE_CA, DISCLOSURE_UT
from app.reports.models import Authorship, Report, ReportState, ReturnReason, Signature, Version
from app.reports.queue import Order, ReportFilter, Shelf
from app.reports.work import NoticeKind
from tests.app.accounts.conftest import send
from tests.app.desk.scene import item, stop
from tests.app.reports.conftest import Desk, drafted, keep
from tests.people import PASSWORD, People, actor_for, signed_in


def another(desk: Desk, people: People, text: str = "", **given) -> Desk:
    """A second report of the same unit, submitted."""
    officer = people.one()
    incident = stop(officer, **given)
    evidence = item(incident, officer)
    with transaction():
        report = service.report_for(incident, author=officer)
    keep(report, evidence, drafted(evidence, *([text] if text else [])))
    made = Desk(officer, desk.supervisor, incident, evidence, report.id, desk.app)
    made.submit()
    return made


def file_it(desk: Desk, records: Actor) -> Version:
    desk.submit()
    desk.approve()
    with transaction():
        return review.file(desk.report, actor=records)


def test_a_return_has_codes_and_words_and_both_reach_the_author(app: Flask, desk: Desk) -> None:
    desk.submit()
    page = f"/reports/{desk.report_id}"
    browser = signed_in(app, desk.supervisor)
    answer = send(browser, f"{page}/return", page=page, notes="Say who was\nin the car.", reasons="facts")
    assert answer.status_code == 303
    last = desk.report.reviews[-1]
    assert (last.reasons, last.notes) == (["facts"], "Say who was\nin the car.")
    html = signed_in(app, desk.officer).get(page).get_data(as_text=True)
    assert ReturnReason.FACTS.title in html
    invented = send(browser, f"{page}/return", page=page, notes="Say who was in the car.", reasons="invented")
    assert invented.status_code == 409


def test_comments_are_said_answered_and_done_with(app: Flask, desk: Desk) -> None:
    desk.submit()
    page, one = f"/reports/{desk.report_id}", desk.sentence("greeted")
    sergeant, author = signed_in(app, desk.supervisor), signed_in(app, desk.officer)
    send(sergeant, f"{page}/comments", page=page, text="Did she <b>answer</b>?", sentence=str(one.id))
    [first] = comments.of(desk.report)
    send(author, f"{page}/comments", page=page, text="She did.", answers=str(first.id))
    assert [each.answers_id for each in comments.of(desk.report)] == [None, first.id]
    html = sergeant.get(page).get_data(as_text=True)
    assert "She did." in html
    assert "Did she &lt;b&gt;answer&lt;/b&gt;?" in html
    assert queue.page(desk.reviewer, ReportFilter()).rows[0].comments == 1
    assert send(author, f"{page}/comments/{first.id}/resolve", page=page).status_code == 303
    assert queue.page(desk.reviewer, ReportFilter()).rows[0].comments == 0
    told = sa.text("SELECT CAST(details AS text) FROM ledger_event WHERE act LIKE 'reports:comment:%'")
    assert "answer" not in " ".join(session().execute(told).scalars()).replace("answers", ""), (
        "C15: no words in the ledger"
    )


@pytest.mark.parametrize(("text", "why"), [("", "needs words"), ("x" * 2001, "the most is 2,000")])
def test_a_comment_that_cannot_be_used_is_refused(desk: Desk, text: str, why: str) -> None:
    with pytest.raises(Invalid, match=why), transaction():
        comments.say(desk.report, text=text, actor=desk.author)


def test_strangers_do_not_comment_and_nobody_does_on_what_is_filed(desk: Desk, people: People) -> None:
    stranger, records = actor_for(people.one()), actor_for(people.one(Role.RECORDS))
    with pytest.raises(Forbidden), transaction():
        comments.say(desk.report, text="Hello there.", actor=stranger)
    file_it(desk, records)
    with pytest.raises(Conflict, match="filed"), transaction():
        comments.say(desk.report, text="Too late.", actor=desk.author)


@pytest.mark.parametrize("part", ["assigned", "recorded", "named", "opened"])
def test_a_supervisor_who_took_part_is_blocked_and_told_why(app: Flask, desk: Desk, people: People, part: str) -> None:
    """Conflict of interest: who worked on the incident, recorded it, or is named in it does not judge its report."""
    desk.submit()
    with transaction():
        if part == "assigned":
            incidents.assign(desk.incident, officer=desk.supervisor, actor=desk.author)
        elif part == "named":
            incidents.add_participant(desk.incident, part=Part.WITNESS, name=desk.supervisor.name, actor=desk.author)
        elif part == "opened":
            session().get_one(type(desk.incident), desk.incident.id).opened_by = desk.supervisor.id
    if part == "recorded":
        item(desk.incident, desk.supervisor)
    page, browser = f"/reports/{desk.report_id}", signed_in(app, desk.supervisor)
    html = browser.get(page).get_data(as_text=True)
    assert "You cannot review this report" in html
    assert "data-approve" not in html
    for verb in ("approve", "return"):
        assert send(browser, f"{page}/{verb}", page="/account", notes="All of it is fine.").status_code == 403
    assert desk.report.state is ReportState.SUBMITTED
    other = actor_for(people.one(Role.SUPERVISOR))
    with transaction():
        review.return_to_author(desk.report, notes="Say who was in the car.", actor=other)


def test_c12_an_edit_after_approval_sends_it_back(app: Flask, desk: Desk) -> None:
    desk.submit()
    desk.approve()
    one = desk.sentence("greeted")
    with transaction():
        service.edit_sentence(one, desk.report, text="I greeted her.", edition=one.edition, actor=desk.author)
    assert desk.report.state is ReportState.RETURNED
    assert desk.report.approved_at is None
    assert "reports:report:reopen" in desk.acts()
    with pytest.raises(Conflict), transaction():
        review.file(desk.report, actor=desk.reviewer)
    assert [each.kind for each in notices.of(desk.supervisor.id)] == [NoticeKind.REOPENED]
    desk.submit()
    desk.approve()
    page = f"/reports/{desk.report_id}"
    assert send(signed_in(app, desk.officer), f"{page}/reopen", page=page).status_code == 303
    assert desk.report.state is ReportState.RETURNED
    with pytest.raises(Forbidden), transaction():
        service.reopen(desk.report, actor=desk.reviewer)


def test_a_filed_report_is_supplemented_never_edited(app: Flask, desk: Desk, people: People) -> None:
    """submit, return, approve, file, supplement: the supplement has a life of its own and changes nothing of the first."""
    records = actor_for(people.one(Role.RECORDS))
    with pytest.raises(Conflict, match="Only a filed report"), transaction():
        supplements.begin(desk.report, actor=desk.author)
    filed = file_it(desk, records)
    page, browser = f"/reports/{desk.report_id}", signed_in(app, desk.officer)
    answer = send(browser, f"{page}/supplement", page=page)
    assert answer.status_code == 303
    with transaction():
        again = supplements.begin(desk.report, actor=desk.author)
    assert answer.location.endswith(str(again.id)), "the one not filed yet is gone on with"
    more = Desk(desk.officer, desk.supervisor, desk.incident, desk.evidence, again.id, desk.app)
    assert more.report.title == "Supplement 1"
    with transaction():
        service.add_sentence(
            more.report, text="I found her glove in the car today.", section="Added", actor=more.author
        )
    more.submit()
    more.approve()
    with transaction():
        second = review.file(more.report, actor=records)
    assert second.content["supplements"] == str(desk.report_id)
    assert desk.report.versions[-1].sha256 == filed.sha256
    assert "Supplement 1" in browser.get(page).get_data(as_text=True)
    with transaction():
        third = supplements.begin(more.report, actor=desk.reviewer)
    assert (third.supplements_id, third.supplement_number) == (desk.report_id, 2), "it hangs on the first report"
    assert queries.of_incident(desk.author, desk.incident.id).id == desk.report_id
    with transaction():
        assert service.report_for(desk.incident, author=desk.officer).id == desk.report_id


def test_a_clock_set_back_breaks_neither_order_nor_age(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.submit()
    with transaction():
        review.return_to_author(desk.report, notes="First: say who was there.", actor=desk.reviewer)
    changed = desk.report.changed_at
    earlier = clock.now() - timedelta(days=3)
    for module in (review, service):
        monkeypatch.setattr(module, "now", lambda: earlier)
    desk.submit()
    with transaction():
        review.return_to_author(desk.report, notes="Second: say what she said.", actor=desk.reviewer)
    assert [one.notes.split(":")[0] for one in desk.report.reviews] == ["First", "Second"]
    assert desk.report.changed_at >= changed
    assert all(row.age >= timedelta() for row in queue.page(desk.author, ReportFilter()).rows)


def test_what_is_new_since_returned_is_counted_and_marked(app: Flask, desk: Desk) -> None:
    desk.submit()
    with transaction():
        review.return_to_author(desk.report, notes="Say who was in the car.", actor=desk.reviewer)
    one = desk.sentence("greeted")
    with transaction():
        service.edit_sentence(
            one, desk.report, text="Officer Test greeted Ms. Lopez.", edition=one.edition, actor=desk.author
        )
    desk.submit()
    [row] = queue.page(desk.reviewer, ReportFilter()).rows
    assert (row.new, row.returned) == (1, 1)
    html = signed_in(app, desk.supervisor).get(f"/reports/{desk.report_id}").get_data(as_text=True)
    assert html.count("New since returned") == 1
    assert NoticeKind.SUBMITTED in [each.kind for each in notices.of(desk.supervisor.id)], "who returned it is told"


def test_the_list_is_sorted_by_whatever_a_supervisor_asks(app: Flask, desk: Desk, people: People) -> None:
    desk.submit()
    long = another(
        desk, people, "A sure sentence of the machine's, quite long, about the stop and the car and the road."
    )
    ids = {desk.report_id: "first", long.report_id: "second"}

    def listed(order: Order, *, down: bool) -> list[str]:
        wanted = ReportFilter(order=order, descending=down)
        return [ids[row.report.id] for row in queue.page(desk.reviewer, wanted).rows]

    for order in Order:
        assert sorted(listed(order, down=True)) == ["first", "second"], order
    assert listed(Order.SHARE, down=True) == ["second", "first"]
    assert listed(Order.INCIDENT, down=False) == ["first", "second"]
    assert listed(Order.AGE, down=True) == ["first", "second"], "the longest waiting first"
    browser = signed_in(app, desk.supervisor)
    html = browser.get("/reports?sort=share&way=down").get_data(as_text=True)
    assert 'aria-sort="descending"' in html
    for nonsense in ("sort=x&way=y&page=-3", "page=99999999999999999999", "state=x&ai=maybe&shelf=%00", "text=%00%25_"):
        assert browser.get(f"/reports?{nonsense}").status_code == 200, nonsense


def test_a10_the_filter_by_ai_text_is_exact_whatever_was_edited(desk: Desk, people: People) -> None:
    """Against the sentences themselves, and against what the figures say."""
    desk.submit()
    for number in range(4):
        made = another(desk, people, "He ran.")
        with transaction():
            review.return_to_author(made.report, notes="Say who was in the car.", actor=desk.reviewer)
        for one in list(made.report.sentences):
            if number % 2 == 0:
                with transaction():
                    service.remove_sentence(one, made.report, actor=made.author)
            elif one.text == "He ran.":
                with transaction():
                    service.edit_sentence(one, made.report, text="He ran off.", edition=one.edition, actor=made.author)
        with transaction():
            service.add_sentence(made.report, text="I wrote this.", section="Contact", actor=made.author)
    found = {
        ai: {row.report.id for row in queue.page(desk.reviewer, ReportFilter(shelf=Shelf.ALL, ai=ai)).rows}
        for ai in (True, False)
    }
    everything = list(session().scalars(sa.select(Report).options(sa.orm.selectinload(Report.sentences))))
    truth = {one.id for one in everything if any(s.authorship is not Authorship.OFFICER for s in one.sentences)}
    assert found[True] == truth
    assert found[False] == {one.id for one in everything} - truth
    assert len(found[False]) == 2


def test_a7_a_search_returns_no_draft_to_anybody(app: Flask, desk: Desk, people: People) -> None:
    for actor in (desk.author, desk.reviewer):
        assert queue.page(actor, ReportFilter(text=desk.incident.number)).rows == []
    desk.submit()
    assert len(queue.page(desk.reviewer, ReportFilter(text=desk.incident.number)).rows) == 1
    records = people.one(Role.RECORDS)
    with transaction():
        review.return_to_author(desk.report, notes="Say who was in the car.", actor=desk.reviewer)
    assert queue.page(desk.author, ReportFilter(text=desk.incident.number)).rows == [], (
        "while it is reworked it is a draft again"
    )
    assert signed_in(app, records).get(f"/reports/{desk.report_id}").status_code == 404
    api = signed_in(app, desk.officer).get(f"/api/v1/reports/{desk.report_id}").json
    assert api["is_statement"] is False


@pytest.mark.parametrize("states", [("CA",), ("UT",), ("CA", "UT")])
def test_a2_what_utah_asks_is_in_what_is_signed(app: Flask, desk: Desk, people: People, states) -> None:
    """The disclaimer is inside the signed content, the author's certification beside it, and filing keeps both even
    when the setting changed meanwhile."""
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"disclosure_states": states})
    records = actor_for(people.one(Role.RECORDS))
    desk.complete()
    page, browser = f"/reports/{desk.report_id}/submit", signed_in(app, desk.officer)
    html = browser.get(page).get_data(as_text=True)
    assert (DISCLOSURE_UT in html) is ("UT" in states)
    assert send(browser, page, page=page, password=PASSWORD).status_code == 422
    assert desk.report.state is ReportState.DRAFT, "not without the certification"
    shown = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', html)[1]
    assert send(browser, page, page=page, certified="y", password=PASSWORD, shown=shown).status_code == 303
    version = queries.version(desk.report, 1)
    wanted = [{"CA": DISCLOSURE_CA, "UT": DISCLOSURE_UT}[one] for one in states]
    assert version.content["printed"]["disclosures"] == wanted
    signature = session().scalars(sa.select(Signature)).one()
    assert "read and reviewed" in signature.statement
    assert signature.content_sha256 == version.sha256
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"disclosure_states": ()})
    desk.approve()
    with transaction():
        filed = review.file(desk.report, actor=records)
    assert filed.content["printed"]["disclosures"] == wanted


def test_a5_any_two_drafts_and_versions_stand_side_by_side(app: Flask, desk: Desk) -> None:
    keep(desk.report, desk.evidence, drafted(desk.evidence, "A second reading heard more."), generation=2)
    desk.submit()
    browser = signed_in(app, desk.supervisor)
    names = [name for name, _ in queries.editions(desk.report)]
    assert names == ["d1", "d2", "v1", "now"]
    for old in names:
        for new in names:
            assert browser.get(f"/reports/{desk.report_id}/versions?old={old}&new={new}").status_code == 200
    html = browser.get(f"/reports/{desk.report_id}/versions?old=d1&new=d2").get_data(as_text=True)
    assert "<ins>A second reading heard more.</ins>" in html
    for nothing in ("d9", "v9", "x1", "d", "v-1", "d\u00b2", "v99999999999"):
        assert browser.get(f"/reports/{desk.report_id}/versions?old={nothing}&new=now").status_code == 404, nothing
