"""The drafting step on a real database: whose words, what people decided, the agency's type and person, supplements, models."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Officer
from app.analysis.models import Decision, Mention, Step, StepState
from app.config import settings as current_settings
from app.core.db import session, transaction
from app.core.errors import Conflict, Forbidden
from app.core.permissions import Role
from app.evidence.models import Evidence, MediaKind
from app.incidents.models import Incident, Part
from app.incidents.service import add_participant
from app.reports import agency, queries, recollection, redrafting, report_types
from app.reports.agency import Rules
from app.reports.models import Authorship, Draft, Report
from tests.app.desk import scene
from tests.people import People, actor_for, csrf_token, signed_in
from tests.workers.test_rephrasing import Server, server  # noqa: F401  (a fixture)

TaskRoom = Callable[[str], ModuleType]
WHY = "Order 12 of the chief"
SAID = (
    "the reason i stopped you is you ran the red light",
    "my name is daniel ortiz",
    "what's your date of birth",
    "march third nineteen ninety one",
    "okay",
    "uh huh",
)


@dataclass
class Stop:
    """A stop whose recording was heard and read, and the step that drafts it."""

    officer: Officer
    incident: Incident
    item: Evidence
    room: ModuleType

    def draft(self, *, generation: int = 1, item: Evidence | None = None) -> Draft:
        """Runs the drafting step as a worker does; the draft it kept."""
        waiting = scene.step(item or self.item, "draft_report", StepState.QUEUED, generation=generation)
        self.room.draft_report(str(waiting.id))
        session().expire_all()
        return session().scalars(sa.select(Draft).where(Draft.step_id == waiting.id)).one()

    @property
    def report(self) -> Report:
        return session().scalars(sa.select(Report).where(Report.supplements_id.is_(None))).one()


@pytest.fixture
def stop(app: Flask, people: People, task_room: TaskRoom) -> Stop:
    officer = people.one(name="Ida Reyes")
    incident = scene.stop(officer)
    item = scene.item(incident, officer)
    scene.heard(scene.step(item, "transcribe"), *SAID)
    reading = scene.step(item, "find_entities", StepState.QUEUED)
    task_room("find_entities").find_entities(str(reading.id))
    return Stop(officer, incident, item, task_room("draft_report"))


def rows(draft: Draft, words: str) -> list[dict]:
    return [row for row in draft.content if words in row["text"]]


def test_a_draft_says_what_it_left_out_and_what_nobody_confirmed(stop: Stop, app: Flask) -> None:
    draft = stop.draft()
    [named] = rows(draft, "gave the name Daniel Ortiz")
    assert named["unconfirmed"] == ["Daniel Ortiz"]
    assert [[one[0], one[3]] for one in draft.left_out] == [[str(stop.item.id), "okay"], [str(stop.item.id), "uh huh"]]
    assert draft.untold == 2
    writer = draft.engines[-1]
    assert writer["parameters"]["type"] == "traffic_stop"
    assert writer["parameters"]["type_sha256"] == report_types.defaults()["traffic_stop"].sha256
    browser = signed_in(app, stop.officer)
    html = browser.get(f"/reports/{stop.report.id}").get_data(as_text=True)
    assert "/drafts/1#left-out" in html, "one click away"
    html = browser.get(f"/reports/{stop.report.id}/drafts/1").get_data(as_text=True)
    assert "uh huh" in html
    assert "proposed, not confirmed" in html


def test_what_a_person_confirmed_is_marked_so_and_what_they_rejected_is_not_told(stop: Stop) -> None:
    before = rows(stop.draft(), "gave the name Daniel Ortiz")[0]["confidence"]
    with transaction() as db:
        for kind, decision in (("person", Decision.CONFIRMED), ("date_of_birth", Decision.REJECTED)):
            db.execute(sa.update(Mention).where(Mention.kind == kind).values(decision=decision))
    after = stop.draft(generation=2)
    [named] = rows(after, "gave the name Daniel Ortiz")
    assert named["confidence"] >= before
    assert "unconfirmed" not in named
    assert not rows(after, "March 3, 1991")
    assert [one.number for one in stop.report.drafts] == [1, 2], "the first stays as it was (A5)"


def test_no_draft_quotes_what_was_dictated_and_the_one_after_the_lock_tells_the_rest(
    stop: Stop, people: People
) -> None:
    """A11: while it is awaited any sound recording of the author's may be the recollection; locked, only that one is."""
    admin = actor_for(people.one(Role.ADMINISTRATOR))
    with transaction():
        agency.change(Rules(recollection_first=True), reason=WHY, actor=admin)
    words = {
        "What I remember": "i remember a red cap on the seat",
        "The tow yard called": "the yard called about a green coat",
    }
    spoken = {title: scene.item(stop.incident, stop.officer, title=title, kind=MediaKind.AUDIO) for title in words}
    for title, item in spoken.items():
        scene.heard(scene.step(item, "transcribe"), words[title])
    before = stop.draft()
    assert not rows(before, "red cap")
    assert not rows(before, "green coat")
    assert rows(before, "ran the red light")
    dictated = spoken["What I remember"]
    with transaction():
        redrafting.remember(
            session().merge(stop.report),
            text="He had a red cap on the seat.",
            actor=actor_for(stop.officer),
            dictated=dictated.id,
        )
    again = session().scalars(sa.select(Step).where(Step.name == "draft_report", Step.state == StepState.QUEUED)).one()
    stop.room.draft_report(str(again.id))
    session().expire_all()
    after = session().scalars(sa.select(Draft).where(Draft.step_id == again.id)).one()
    assert rows(after, "He had a red cap on the seat.")[0]["author"] == "officer"
    assert not rows(after, "i remember")
    assert rows(after, "green coat")
    assert {one["evidence_id"] for one in after.inputs} == {str(stop.item.id), str(spoken["The tow yard called"].id)}


def test_the_recollection_comes_in_the_officers_own_words_and_closes_gaps(stop: Stop) -> None:
    first = stop.draft()
    assert rows(first, "[INSERT: weather")
    memory = "It was raining hard. I saw no passenger; nobody else was in the car."
    with transaction():
        kept = recollection.lock(session().merge(stop.incident), text=memory, actor=actor_for(stop.officer))
    second = stop.draft(generation=2)
    own = [row for row in second.content if row.get("author") == "officer"]
    assert [row["text"] for row in own] == ["It was raining hard.", "I saw no passenger; nobody else was in the car."]
    assert not rows(second, "[INSERT: weather")
    assert not rows(second, "who else was present")
    assert second.engines[-1]["parameters"]["recollection_sha256"] == kept.sha256
    sentences = {one.text: one for one in stop.report.sentences}
    mine = sentences["It was raining hard."]
    assert (mine.authorship, mine.machine_text, mine.machine_characters) == (Authorship.OFFICER, "", 0)


def test_the_agencys_type_and_person_write_it(stop: Stop, people: People) -> None:
    admin = actor_for(people.one(Role.ADMINISTRATOR))
    standing = report_types.standing("traffic_stop")
    with transaction():
        agency.change(Rules(narrative_person="first"), reason=WHY, actor=admin)
        wanted = report_types.from_content(
            standing.content() | {"opening": "pulled over a car", "headings": [["Contact", "Driver"]]}
        )
        report_types.change(wanted, over=0, reason=WHY, actor=admin)
    draft = stop.draft()
    assert draft.content[0]["section"] == "Driver", "what is named comes first"
    assert rows(draft, "I, Officer Ida Reyes (badge ")[0]["text"].count("pulled over a car") == 1
    assert rows(draft, "I gave the driver a reason for the stop")
    assert draft.engines[-1]["parameters"] | {"type_version": 1, "person": "first"} == draft.engines[-1]["parameters"]


def test_people_and_offenses_of_the_record_are_named_as_such(stop: Stop) -> None:
    with transaction():
        add_participant(
            session().merge(stop.incident), part=Part.PASSENGER, name="Eva Stone", actor=actor_for(stop.officer)
        )
    [named] = rows(stop.draft(), "Eva Stone")
    assert named["text"] == "The incident's record names Eva Stone (passenger)."


def test_a_new_draft_on_request_is_a_new_step_and_an_event(stop: Stop, app: Flask, people: People) -> None:
    browser = signed_in(app, stop.officer)
    stop.draft()
    here = f"/reports/{stop.report.id}"
    token = csrf_token(browser, here)
    assert browser.post(f"{here}/drafts", data={"csrf_token": token}).status_code == 303
    again = browser.post(f"{here}/drafts", data={"csrf_token": token})
    assert again.status_code == 409, "one is under way"
    with transaction():
        agency.change(
            Rules(blocked_kinds=("traffic_stop",)), reason=WHY, actor=actor_for(people.one(Role.ADMINISTRATOR))
        )
    assert browser.post(f"{here}/drafts", data={"csrf_token": token}).status_code == 403
    acts = [act for act, in session().execute(sa.text("SELECT act FROM ledger_event WHERE act LIKE 'reports:draft:ask' ORDER BY seq"))]  # fmt: skip
    assert acts == ["reports:draft:ask"] * 2, "the refused attempt too (A12)"
    with pytest.raises(Forbidden), transaction():
        redrafting.ask(stop.report, actor=actor_for(people.one()))


def test_a_supplement_is_drafted_from_what_came_after_the_report_was_filed(stop: Stop) -> None:
    stop.draft()
    first = stop.report
    session().execute(sa.text("UPDATE report SET state = 'filed', filed_at = now(), submitted_at = now()"))
    session().commit()
    session().expire_all()
    with transaction():
        from app.reports import supplements

        added = supplements.begin(session().get_one(Report, first.id), actor=actor_for(stop.officer))
    with pytest.raises(Conflict, match="nothing to write"), transaction():
        redrafting.ask(queries.visible_report(actor_for(stop.officer), added.id), actor=actor_for(stop.officer))
    later = scene.item(session().merge(stop.incident), stop.officer, title="Second look")
    scene.heard(scene.step(later, "transcribe"), "i found the knife under the seat")
    draft = stop.draft(item=later)
    assert draft.report_id == added.id
    assert [one["title"] for one in draft.inputs] == ["Second look"]
    assert draft.engines[-1]["parameters"]["type"] == "supplement"
    assert rows(draft, "I found the knife under the seat")
    assert not rows(draft, "ran the red light")


def test_a_rephrased_sentence_keeps_its_model_and_its_plain_words(
    stop: Stop,
    server: Server,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BLOTTER_REPHRASE_URL", server.url)
    monkeypatch.setenv("BLOTTER_REPHRASE_MODEL", "careful")
    current_settings.cache_clear()
    draft = stop.draft()
    taken = [row for row in draft.content if row.get("plain")]
    assert taken
    assert {row["engine"]["model"] for row in taken} == {"careful:7b"}
    assert draft.engines[-1]["parameters"]["rephrasing"]["taken"] == len(taken)
    sentence = next(one for one in stop.report.sentences if one.text == taken[0]["text"])
    assert [one["name"] for one in sentence.engines] == ["openai-compatible"], "it is named on the paper (A1)"


def test_a_mention_of_a_line_that_was_heard_anew_does_not_stop_the_draft(stop: Stop) -> None:
    """A transcript made again leaves mentions of the old one behind."""
    scene.heard(scene.step(stop.item, "transcribe", generation=2), "my name is ann lee")
    draft = stop.draft()
    assert rows(draft, "ann lee"), [
        row["text"] for row in draft.content
    ]  # in its words, for nothing was read in it yet"
    assert not rows(draft, "Daniel Ortiz")
