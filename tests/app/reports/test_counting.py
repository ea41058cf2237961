"""The list's “Checks” column: counted at every move, and by a worker a moment after anything that checks look at changed."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from app.analysis.mentions.deciding import decide_mention
from app.analysis.models import Decision, Mention
from app.core.clock import now
from app.core.db import close_session, session, transaction
from app.core.outbox import Job
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.incidents import service as incidents
from app.incidents.models import Incident, Part
from app.reports import agency, checks, editing, planted, queue, service
from app.reports.models import ReportState
from tests.app.desk import scene
from tests.app.reports.conftest import Desk, drafted, keep
from tests.people import People, actor_for
from tests.workers.conftest import task_room

assert task_room


@pytest.fixture
def count(app: Flask, task_room: Callable[[str], ModuleType]) -> Callable[[], int]:
    """Runs the jobs that wait to count checks, as relay and worker do; returns how many there were."""

    def counted() -> int:
        with transaction():
            jobs = session().scalars(sa.select(Job).where(Job.task == "count_checks", Job.sent_at.is_(None))).all()
            asked = [job.arguments for job in jobs]
            for job in jobs:
                job.sent_at = now()
        for arguments in asked:
            task_room("checks").count_checks(**arguments)
        return len(asked)

    return counted


def shown(desk: Desk) -> tuple[int, int]:
    """(errors, warnings) in the list of every report."""
    [row] = queue.page(desk.reviewer, queue.ReportFilter(shelf=queue.Shelf.ALL)).rows
    return row.errors, row.warnings


def true(desk: Desk) -> tuple[int, int]:
    found = checks.findings(desk.report)
    return sum(one.is_error for one in found), sum(not one.is_error for one in found)


def test_a_new_draft_is_counted(desk: Desk, count: Callable[[], int]) -> None:
    assert count() == 1
    assert shown(desk) == true(desk)
    assert shown(desk)[0] == 2, "a gap and a doubtful sentence"


def test_an_edit_is_counted_once_for_all_that_is_typed(desk: Desk, count: Callable[[], int]) -> None:
    count()
    for turn in range(4):
        gap = next(one for one in desk.report.sentences if one.position == 3.0)
        with transaction():
            service.edit_sentence(gap, desk.report, text=f"{turn} were hurt.", edition=gap.edition, actor=desk.author)
    pasted = "I stopped the car.\nIt was red.\nI gave a warning."
    with transaction():
        editing.add_paragraphs(desk.report, text=pasted, section="Narrative", actor=desk.author)
    assert count() == 1, "four saves and a paste ask for one job"
    assert shown(desk) == true(desk)
    assert shown(desk)[0] == 1, "the gap is filled"
    with transaction():
        service.acknowledge(desk.sentence("mumbled"), desk.report, actor=desk.author)
    count()
    assert shown(desk) == true(desk)
    assert shown(desk)[0] == 0
    for one in list(desk.report.sentences):
        with transaction():
            service.remove_sentence(one, desk.report, actor=desk.author)
    count()
    assert shown(desk) == true(desk) == (1, 0), "nothing is written any more"


def test_what_changes_around_a_submitted_report_is_counted(desk: Desk, count: Callable[[], int]) -> None:
    mention = scene.found(scene.step(desk.evidence, "find_entities"), kind="person", value="Maria Lopex")
    desk.submit()
    before = shown(desk)
    assert before == true(desk), "the move counts by itself"
    incident = session().get_one(Incident, desk.incident.id)
    with transaction():
        person = incidents.add_participant(incident, part=Part.WITNESS, name="Zed Quill", actor=desk.author)
        offence = incidents.add_offence(incident, description="Jaywalking", actor=desk.author)
    count()
    assert shown(desk) == true(desk) == (before[0], before[1] + 2)
    with transaction():
        incidents.remove_participant(incident, participant=session().merge(person), actor=desk.author)
        incidents.remove_offence(incident, offence=session().merge(offence), actor=desk.author)
    count()
    assert shown(desk) == true(desk) == before
    with transaction():
        known, item = session().get_one(Mention, mention.id), session().get_one(Evidence, desk.evidence.id)
        decide_mention(known, evidence=item, decision=Decision.CONFIRMED, actor=desk.author)
    assert count() == 1, "a decision on a finding may contradict the text"


def test_a_new_rule_of_the_agency_counts_every_report_that_is_not_filed(
    desk: Desk, people: People, count: Callable[[], int]
) -> None:
    count()
    with transaction():
        stricter = agency.Rules(least_confidence=0.95)
        admin = actor_for(people.one(Role.ADMINISTRATOR))
        agency.change(stricter, reason="Order 12 of the chief", actor=admin)
    assert count() == 1
    assert shown(desk) == true(desk)
    assert shown(desk)[0] == 3, "the sure sentence is to be checked too"


def test_a_planted_mistake_that_was_found_is_counted(desk: Desk, people: People, count: Callable[[], int]) -> None:
    with transaction():
        admin = actor_for(people.one(Role.ADMINISTRATOR))
        agency.change(agency.Rules(planted_mistakes=1), reason="Order 12 of the chief", actor=admin)
    keep(desk.report, desk.evidence, drafted(desk.evidence), generation=2)
    count()
    assert shown(desk) == true(desk)
    before = shown(desk)[0]
    [mistake] = planted.unfound(desk.report)
    with transaction():
        service.find_planted(mistake, desk.report, actor=desk.author)
    count()
    assert shown(desk)[0] == before - 1


def test_an_edit_while_a_worker_counts_is_not_lost(desk: Desk, count: Callable[[], int]) -> None:
    """A job that may begin before the edit is committed is not enough: there is another."""
    count()
    gap = desk.sentence("[INSERT")
    with transaction():
        service.edit_sentence(gap, desk.report, text="Nobody.", edition=gap.edition, actor=desk.author)
    with transaction() as current:
        current.execute(sa.update(Job).where(Job.sent_at.is_(None)).values(due_at=now() + timedelta(milliseconds=100)))
    with transaction():
        service.acknowledge(desk.sentence("mumbled"), desk.report, actor=desk.author)
    assert count() == 2
    assert shown(desk) == true(desk)


def test_a_filed_report_is_left_alone(desk: Desk, people: People, count: Callable[[], int]) -> None:
    desk.filed(people.one(Role.RECORDS))
    count()
    before = shown(desk)
    with transaction():
        incident = session().get_one(Incident, desk.incident.id)
        incidents.add_participant(incident, part=Part.WITNESS, name="Zed Quill", actor=desk.author)
    count()
    assert shown(desk) == before
    assert desk.report.state is ReportState.FILED


def test_the_list_asks_as_much_for_many_reports_as_for_one(app: Flask, desk: Desk, people: People) -> None:
    def asked() -> int:
        statements: list[str] = []
        close_session()
        engine = session().get_bind()

        def note(*told: object) -> None:
            statements.append(str(told[2]))

        sa.event.listen(engine, "before_cursor_execute", note)
        queue.page(desk.reviewer, queue.ReportFilter(shelf=queue.Shelf.ALL))
        sa.event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    one = asked()
    for _ in range(5):
        with transaction():
            service.report_for(scene.stop(desk.officer), author=session().merge(desk.officer))
    assert asked() == one
