"""Drafts are kept as the machine wrote them, for ever; the report takes one only while nobody has touched it."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.core.db import session, transaction
from app.core.errors import Forbidden, NotFound
from app.core.permissions import Role
from app.reports import queries, queue, service
from app.reports.canonical import digest
from app.reports.models import Authorship, Draft
from tests.app.reports.conftest import ENGINES, GAP, Desk, drafted, keep
from tests.people import People, actor_for


def test_a4_the_first_draft_is_kept_before_anybody_sees_it(desk: Desk) -> None:
    draft = queries.draft(desk.report, 1)
    assert [row["text"] for row in draft.content] == [
        "Officer Test greeted the driver.",
        "The driver mumbled a name.",
        GAP,
    ]
    assert draft.sha256 == digest({"content": draft.content, "engines": draft.engines, "inputs": draft.inputs})
    assert draft.engines == ENGINES
    assert draft.inputs == [{"evidence": str(desk.evidence.id), "sha256": desk.evidence.sha256}]
    assert desk.acts()[0] == "reports:draft:keep"


@pytest.mark.parametrize(
    "change", [sa.update(Draft).values(sha256="0" * 64), sa.delete(Draft)], ids=["update", "delete"]
)
def test_a4_the_database_itself_refuses_to_change_or_delete_a_draft(desk: Desk, change) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)append|immutable|never|refuse"), transaction() as db:
        db.execute(change)
    assert queries.draft(desk.report, 1).content[0]["text"] == "Officer Test greeted the driver."


def test_a5_every_new_draft_is_a_draft_of_its_own(desk: Desk) -> None:
    keep(desk.report, desk.evidence, drafted(desk.evidence, "A second reading heard more."), generation=2)
    assert [draft.number for draft in desk.report.drafts] == [1, 2]
    assert len(queries.draft(desk.report, 1).content) == 3
    assert desk.sentence("second reading"), "nobody had touched it, so the report took the new one"


def test_a_touched_report_is_not_rewritten_by_a_newer_draft(desk: Desk) -> None:
    one = desk.sentence("greeted")
    with transaction():
        service.edit_sentence(
            one, desk.report, text="I greeted the driver by name.", edition=one.edition, actor=desk.author
        )
    keep(desk.report, desk.evidence, drafted(desk.evidence, "A second reading heard more."), generation=2)
    assert desk.sentence("I greeted the driver by name.")
    assert not [one for one in desk.report.sentences if "second reading" in one.text]


def test_the_author_may_take_the_newer_draft_and_what_stood_is_kept(desk: Desk) -> None:
    one = desk.sentence("greeted")
    with transaction():
        service.edit_sentence(
            one, desk.report, text="I greeted the driver by name.", edition=one.edition, actor=desk.author
        )
    newer = keep(desk.report, desk.evidence, drafted(desk.evidence, "A second reading heard more."), generation=2)
    with transaction():
        service.use_draft(desk.report, newer, actor=desk.author)
    assert desk.sentence("second reading")
    kept = session().execute(sa.text("SELECT text FROM sentence WHERE removed_at IS NOT NULL")).scalars()
    assert "I greeted the driver by name." in set(kept)
    assert desk.acts()[-1] == "reports:draft:use"


def test_nobody_else_takes_a_draft(desk: Desk) -> None:
    draft = queries.draft(desk.report, 1)
    with pytest.raises(Forbidden), transaction():
        service.use_draft(desk.report, draft, actor=desk.reviewer)


def test_every_drafted_sentence_starts_as_the_machines(desk: Desk) -> None:
    assert {one.authorship for one in desk.report.sentences} == {Authorship.MACHINE}
    assert all(one.machine_text == one.text for one in desk.report.sentences)


def test_a7_an_unsubmitted_draft_is_in_no_list_outside_the_work_on_it(desk: Desk, people: People) -> None:
    for role in (Role.RECORDS, Role.INTERNAL_AFFAIRS):
        reader = actor_for(people.one(role))
        assert queue.page(reader, queue.ReportFilter(shelf=queue.Shelf.ALL)).rows == []
        with pytest.raises(NotFound):
            queries.visible_report(reader, desk.report_id)
    desk.submit()
    reader = actor_for(people.one(Role.RECORDS))
    assert [row.report.id for row in queue.page(reader, queue.ReportFilter(shelf=queue.Shelf.ALL)).rows] == [
        desk.report_id
    ]


def test_a10_the_filter_by_machine_text_is_exact(desk: Desk, people: People) -> None:
    """Edited still counts; a report whose every sentence is the officer's own does not."""

    def found(ai: bool) -> list[object]:
        wanted = queue.ReportFilter(shelf=queue.Shelf.ALL, ai=ai)
        return [row.report.id for row in queue.page(desk.author, wanted).rows]

    assert (found(ai=True), found(ai=False)) == ([desk.report_id], [])
    with transaction():
        service.add_sentence(desk.report, text="I wrote all of this myself.", section="Contact", actor=desk.author)
    for one in list(desk.report.sentences):
        if one.authorship is not Authorship.OFFICER:
            assert found(ai=True) == [desk.report_id]
            with transaction():
                service.remove_sentence(one, desk.report, actor=desk.author)
    assert (found(ai=True), found(ai=False)) == ([], [desk.report_id])
