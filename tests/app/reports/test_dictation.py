"""A recollection that was dictated: the words of one's own sound recording, put right, locked, and no draft made of it (A11)."""

import uuid

import pytest
import sqlalchemy as sa
from flask import Flask

from app.analysis.models import Step, StepState
from app.core.db import session, transaction
from app.core.errors import Invalid
from app.evidence.models import MediaKind
from app.reports import recollection, redrafting
from app.reports.models import Report
from tests.app.accounts.conftest import send
from tests.app.desk.scene import heard, item, step
from tests.app.reports.conftest import Desk
from tests.app.reports.test_agency_rules import MEMORY, set_rules
from tests.people import People, signed_in


def report_of(desk: Desk) -> Report:
    """The report, whether or not its author may open it."""
    return session().get_one(Report, desk.report_id)


def told_of(desk: Desk) -> set[uuid.UUID]:
    """The recordings that a draft is made of."""
    return {one.id for one in redrafting.recordings(desk.incident.id, report_of(desk))}


def test_a11_the_words_of_ones_own_recording_are_taken_over_put_right_and_locked(
    app: Flask, desk: Desk, people: People
) -> None:
    set_rules(people, recollection_first=True)
    spoken = item(desk.incident, desk.officer, title="What I remember", kind=MediaKind.AUDIO)
    browser, page = signed_in(app, desk.officer), f"/reports/{desk.report_id}"
    assert "is being heard" in browser.get(page).get_data(as_text=True)
    heard(step(spoken, "transcribe"), "the driver was alone", "he gave me his license")
    offered = browser.get(page).get_data(as_text=True)
    assert f"{page}?dictated={spoken.id}" in offered
    assert "the driver was alone" not in offered, "not before it is asked for"
    begun = browser.get(f"{page}?dictated={spoken.id}").get_data(as_text=True)
    assert "the driver was alone he gave me his license</textarea>" in begun
    refused = send(browser, f"{page}/recollection", page=page, text="Too short.", dictated=str(spoken.id))
    assert (refused.status_code, "Too short." in refused.get_data(as_text=True)) == (422, True)
    assert f'name="dictated" value="{spoken.id}"' in refused.get_data(as_text=True), "and where it was dictated"
    assert spoken.id not in told_of(desk), "it may be what they remember: nothing of it is told before it is known"
    assert send(browser, f"{page}/recollection", page=page, text=MEMORY, dictated=str(spoken.id)).status_code == 303
    kept = recollection.of(desk.incident.id, desk.officer.id)
    assert kept is not None
    assert (kept.text, kept.dictated_id) == (MEMORY, spoken.id)
    assert spoken.id not in told_of(desk), "it is no recording of what happened"
    assert desk.evidence.id in told_of(desk)
    assert "Dictated in this recording" in browser.get(page).get_data(as_text=True)


def test_a11_ones_own_sound_recordings_wait_for_the_recollection_and_only_ones_own(desk: Desk, people: People) -> None:
    own = item(desk.incident, desk.officer, title="Mine", kind=MediaKind.AUDIO)
    theirs = item(desk.incident, people.one(), title="Theirs", kind=MediaKind.AUDIO)
    assert told_of(desk) == {desk.evidence.id, own.id, theirs.id}, "without the rule nothing waits"
    set_rules(people, recollection_first=True)
    assert told_of(desk) == {desk.evidence.id, theirs.id}
    with transaction():
        redrafting.remember(report_of(desk), text=MEMORY, actor=desk.author)
    assert told_of(desk) == {desk.evidence.id, own.id, theirs.id}, "typed: none of them is it"


@pytest.mark.parametrize("before", [StepState.DONE, StepState.RUNNING, StepState.QUEUED])
def test_a11_the_lock_has_the_draft_written_again(desk: Desk, people: People, before: StepState) -> None:
    set_rules(people, recollection_first=True)
    first = session().scalars(sa.select(Step).where(Step.name == "draft_report")).one()
    with transaction():
        first.state = before
    with transaction():
        redrafting.remember(report_of(desk), text=MEMORY, actor=desk.author)
    steps = session().scalars(sa.select(Step).where(Step.name == "draft_report").order_by(Step.generation)).all()
    if before is StepState.QUEUED:
        assert [one.id for one in steps] == [first.id], "it will read what is locked anyway"
        assert "reports:draft:ask" not in desk.acts()
    else:
        assert [one.state for one in steps] == [StepState.SUPERSEDED, StepState.QUEUED], "what it made is thrown away"
        assert "reports:draft:ask" in desk.acts()


@pytest.mark.parametrize("strange", ["a video", "another's", "nonsense"])
def test_what_is_no_sound_recording_of_ones_own_is_refused_and_nothing_is_lost(
    app: Flask, desk: Desk, people: People, strange: str
) -> None:
    set_rules(people, recollection_first=True)
    theirs = item(desk.incident, people.one(), title="Theirs", kind=MediaKind.AUDIO)
    chosen = {"a video": str(desk.evidence.id), "another's": str(theirs.id), "nonsense": "1"}[strange]
    browser, page = signed_in(app, desk.officer), f"/reports/{desk.report_id}"
    assert "Theirs" not in browser.get(page).get_data(as_text=True)
    answer = send(browser, f"{page}/recollection", page=page, text=MEMORY, dictated=chosen)
    assert answer.status_code == 422
    said = answer.get_data(as_text=True)
    assert MEMORY in said
    assert "no sound recording of yours" in said
    assert recollection.of(desk.incident.id, desk.officer.id) is None
    with pytest.raises(Invalid), transaction():
        recollection.lock(desk.incident, text=MEMORY, actor=desk.author, dictated=theirs.id)
