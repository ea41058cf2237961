"""The purge: on record first (R2), key and bytes destroyed, shared bytes spared, finished after any interruption."""

import hashlib
import uuid

import pytest
import sqlalchemy as sa

from app.analysis.models import Mention, Step, StepState, Tag, Transcript, Utterance
from app.analysis.service import rerun
from app.config import Settings
from app.core import ledger, watches
from app.core.clock import now
from app.core.db import close_session, session, transaction
from app.core.errors import Conflict
from app.core.keys import signer
from app.core.ledger import Event
from app.core.storage import NotKept, objectkeys
from app.evidence import exports
from app.evidence.models import Evidence, EvidenceState
from app.evidence.retention import categories, holds, keeping, purging, queue
from app.evidence.retention.categories import Wanted
from app.evidence.retention.models import CountsFrom, DoomedObject, HoldReason, Queued, RuleVersion, Tombstone
from app.evidence.retention.standing import standing
from app.reports.models import Authorship, Report, ReportState, Sentence, SentenceSource
from tests.app.evidence.retention.conftest import Shelf
from tests.app.evidence.sending import Phone, acts, an_incident, with_copy
from tests.people import actor_for, signed_in


class Killed(BaseException):
    """What a worker that is killed does not survive."""


def test_r2_a_purge_is_on_record_and_leaves_a_tombstone(shelf: Shelf) -> None:
    """R2: hash, dates, rule and version; key and bytes of original and copies are gone; the event names them."""
    item = shelf.recording("short")
    with_copy(shelf.app, item, "proxy", b"copy", "video/mp4", "mp4")
    copy_key = shelf.again(item).renditions[0].storage_key
    stray = f"renditions/{item.id}/{'0' * 64}.jpg"
    path = shelf.app.config["SETTINGS"].scratch / "stray"
    path.write_bytes(b"stray")
    shelf.objects.put_file(stray, path, sha256=hashlib.sha256(b"stray").hexdigest())
    shelf.sweep()
    shelf.week_passes(item)
    purged = shelf.purge(item)
    assert (purged.state, purged.facts, purged.renditions) == (EvidenceState.PURGED, {}, [])
    stone = session().get_one(Tombstone, item.id)
    assert (stone.sha256, stone.size) == (hashlib.sha256(b"content").hexdigest(), 7)
    assert (stone.rule_code, stone.rule_name, stone.rule_number, stone.rule_days) == ("short", "Short", 1, 30)
    assert (stone.incident_number, stone.purged_by) == (item.incident.number, "machine:retention")
    for key in (item.storage_key, copy_key, stray):
        assert not shelf.objects.exists(key)
        assert objectkeys.find(key) is None
    event = session().scalars(sa.select(Event).where(Event.act == "evidence:item:purge")).one()
    assert (event.details["rule"], event.details["rule_number"], event.details["days"]) == ("short", 1, 30)
    assert event.details["sha256"] == stone.sha256
    last = session().scalars(sa.select(Event).where(Event.act == "evidence:item:destroy")).one()
    assert (last.details["destroyed"], last.details["shared"]) == (2, 0)
    assert list(ledger.faults()) == []


def test_the_version_in_force_is_the_one_that_is_named(shelf: Shelf, category) -> None:
    with transaction():
        wanted = Wanted(40, CountsFrom.RECORDED, "Policy 8", reason="The policy was renewed.")
        categories.change_rule(category("short"), wanted, actor=actor_for(shelf.records))
    item = shelf.gone()
    stone = session().get_one(Tombstone, item.id)
    assert (stone.rule_number, stone.rule_days) == (2, 40)


def test_killed_between_the_record_and_the_bytes_it_is_finished(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker dies with the first object destroyed and the second not; the hourly run asks again, once is enough."""
    item = shelf.recording("short")
    with_copy(shelf.app, item, "proxy", b"copy", "video/mp4", "mp4")
    shelf.sweep()
    shelf.week_passes(item)
    tasks = shelf.tasks.retention
    real, calls = tasks.purge, []

    def dies(settings: Settings, key: str) -> None:
        calls.append(key)
        if len(calls) == 2:
            raise Killed
        real(settings, key)

    monkeypatch.setattr(tasks, "purge", dies)
    with pytest.raises(Killed):
        tasks.purge_item(str(item.id))
    assert shelf.again(item).state is EvidenceState.PURGED
    assert len(purging.doomed(item.id)) == 1
    with pytest.raises(Conflict), transaction():
        holds.place(item.incident, item, reason=HoldReason.OTHER, reference="1", actor=actor_for(shelf.records))
    monkeypatch.setattr(tasks, "purge", real)
    with transaction():
        assert queue.ask_purges() == 1
    for _ in range(2):
        shelf.purge(item)
    assert purging.doomed(item.id) == []
    assert not shelf.objects.exists(item.storage_key)
    assert [act for act in acts() if act.endswith((":purge", ":destroy"))] == [
        "evidence:item:purge",
        "evidence:item:destroy",
    ]
    with transaction():
        assert queue.ask_purges() == 0


def test_killed_before_the_record_nothing_has_happened(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    item = shelf.recording("short")
    shelf.sweep()
    shelf.week_passes(item)

    def dies(*_args: object, **_more: object) -> None:
        raise Killed

    real = purging.note_item
    monkeypatch.setattr(purging, "note_item", dies)
    with pytest.raises(Killed):
        shelf.tasks.retention.purge_item(str(item.id))
    monkeypatch.setattr(purging, "note_item", real)
    assert shelf.again(item).state is EvidenceState.SEALED
    assert shelf.queued(item) is not None
    assert b"".join(shelf.objects.open(item.storage_key)) == b"content"


def test_bytes_that_another_item_shares_are_spared_until_the_last_is_purged(shelf: Shelf) -> None:
    first, second = shelf.recording("short"), shelf.recording("long")
    assert first.storage_key == second.storage_key
    shelf.sweep()
    shelf.week_passes(first)
    assert shelf.purge(first).state is EvidenceState.PURGED
    assert b"".join(shelf.objects.open(second.storage_key)) == b"content"
    outcome = sa.select(DoomedObject.outcome).where(DoomedObject.evidence_id == first.id)
    assert session().scalars(outcome).all() == ["shared"]
    with transaction():
        categories.choose(second, ["short"], actor=actor_for(shelf.records))
    shelf.sweep()
    shelf.week_passes(second)
    shelf.purge(second)
    with pytest.raises(NotKept):
        shelf.objects.open(second.storage_key)


def test_bytes_wait_while_the_same_content_may_be_arriving(shelf: Shelf) -> None:
    """An item of the same size is received and not sealed yet: it may be the same content and need these bytes."""
    intake = shelf.tasks.intake
    old = shelf.recording("short", content=b"the same words\n")
    shelf.sweep()
    shelf.week_passes(old)
    fresh = shelf.phone.send(an_incident(shelf.phone.officer), b"the same words\n", filename="note.txt")
    assert shelf.purge(old).state is EvidenceState.PURGED
    assert len(purging.doomed(old.id)) == 1
    intake.intake(str(fresh.id))
    assert shelf.again(fresh).state is EvidenceState.SEALED
    shelf.purge(old)
    assert b"".join(shelf.objects.open(shelf.again(fresh).storage_key)) == b"the same words\n"
    assert purging.doomed(old.id) == []


def test_an_intake_whose_bytes_a_purge_destroyed_keeps_them_again(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = shelf.tasks.intake
    item = shelf.phone.send(an_incident(shelf.phone.officer), b"words\n", filename="note.txt")
    real, purged = intake._decide, []

    def destroyed_first(evidence_id: uuid.UUID, finding: object, key: str) -> bool:
        if not purged:
            purged.append(shelf.objects.purge(key))
        return real(evidence_id, finding, key)

    monkeypatch.setattr(intake, "_decide", destroyed_first)
    intake.intake(str(item.id))
    sealed = shelf.again(item)
    assert sealed.state is EvidenceState.SEALED
    assert b"".join(shelf.objects.open(sealed.storage_key)) == b"words\n"


def test_what_machines_made_of_it_goes_and_the_steps_stay(shelf: Shelf) -> None:
    item = shelf.recording("short")
    _read(item)
    shelf.sweep()
    shelf.week_passes(item)
    shelf.purge(item)
    for table in (Transcript, Utterance, Mention, Tag):
        assert session().scalars(sa.select(table)).all() == []
    step = session().scalars(sa.select(Step)).one()
    assert session().get_one(Tombstone, item.id).removed["utterances"] == 1
    with pytest.raises(Conflict, match="purged"), transaction():
        rerun(step, actor=actor_for(shelf.phone.officer))


def test_a_machine_that_still_reads_the_incident_keeps_all_of_it(shelf: Shelf) -> None:
    incident = an_incident(shelf.phone.officer)
    item = shelf.recording("short", incident=incident, closed=False)
    other = shelf.recording("ever", incident=incident, content=b"other")
    _read(other, state=StepState.QUEUED)
    assert [one.code for one in standing(item.id).verdict.reasons] == ["being_read"]
    shelf.sweep()
    assert shelf.queued(item) is None


def test_a_report_that_cites_it_keeps_it_until_filed_and_let_go(shelf: Shelf) -> None:
    item = shelf.recording("short")
    report = _cite(item)
    assert [one.code for one in standing(item.id).verdict.reasons] == ["cited_at_work"]
    with pytest.raises(Conflict, match="No filed report"), transaction():
        queue.let_go(item, reason="Nobody needs it any more.", actor=actor_for(shelf.records))
    shelf.sweep()
    assert shelf.queued(item) is None
    with transaction() as current:
        current.get_one(Report, report.id).state = ReportState.FILED
    assert [one.code for one in standing(item.id).verdict.reasons] == ["cited_filed"]
    with transaction():
        queue.let_go(item, reason="Nobody needs it any more.", actor=actor_for(shelf.records))
    shelf.sweep()
    shelf.week_passes(item)
    assert shelf.purge(item).state is EvidenceState.PURGED
    assert session().scalars(sa.select(SentenceSource.quote)).all() == ["I stopped the car."], "the report stays whole"


def test_without_the_rooms_say_nothing_is_judged(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.recording("short")
    rooms = keeping._rooms
    monkeypatch.setattr(keeping, "_rooms", None)
    with pytest.raises(RuntimeError, match="No room was asked"):
        shelf.sweep()
    monkeypatch.setattr(keeping, "_rooms", rooms)
    assert session().scalars(sa.select(Queued)).all() == []
    assert "hourly run of retention does not hold" in signed_in(shelf.app, shelf.administrator).get("/").text.lower()
    shelf.sweep()
    session().rollback()
    assert watches.alarms() == []


def test_the_database_itself_keeps_the_record(shelf: Shelf) -> None:
    """Rows of evidence are never deleted, a purged one never changes, rules and tombstones are as written."""
    item = shelf.gone()
    kept = shelf.recording("long", content=b"kept")
    for statement in (
        sa.delete(Evidence).where(Evidence.id == kept.id),
        sa.update(Evidence).where(Evidence.id == item.id).values(state=EvidenceState.SEALED),
        sa.update(Tombstone).values(rule_number=9),
        sa.delete(Tombstone),
        sa.update(RuleVersion).values(days=1),
        sa.delete(RuleVersion),
        sa.text("TRUNCATE evidence CASCADE"),
    ):
        with pytest.raises(sa.exc.DatabaseError, match=r"kept as written|was purged"), transaction() as current:
            current.execute(statement)


def test_a_receipt_says_after_the_purge_what_it_said_before(shelf: Shelf) -> None:
    own = signer(shelf.app.config["SETTINGS"], used=lambda: False)
    item = shelf.recording("short")
    with transaction():
        before = exports.receipt(item, signer=own)
    shelf.sweep()
    shelf.week_passes(item)
    assert exports.receipt(shelf.purge(item), signer=own) == before


def test_pages_and_media_of_a_purged_item(shelf: Shelf, phone: Phone) -> None:
    item = shelf.gone()
    page = phone.get(f"/evidence/{item.id}")
    html = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "“Short”, version 1" in html
    assert item.sha256 in html
    for door in ("media", "original", "poster", "peaks"):
        assert phone.get(f"/evidence/{item.id}/{door}").status_code == 410, door
    assert phone.get(f"/api/v1/evidence/{item.id}").get_json()["state"] == "purged"
    desk = phone.get(f"/incidents/{item.incident_id}?evidence={item.id}").get_data(as_text=True)
    assert "This recording was deleted when its time was over" in desk
    assert "<video" not in desk


def _read(item: Evidence, *, state: StepState = StepState.DONE) -> None:
    """What a reading leaves: a step, a transcript with a sentence, a name in it, something seen."""
    with transaction() as current:
        step = Step(id=uuid.uuid4(), evidence_id=item.id, name="transcribe", generation=1, state=state, queue="default", after=[], input_hash="x")  # fmt: skip
        current.add(step)
        current.flush()
        heard = Transcript(id=uuid.uuid4(), evidence_id=item.id, step_id=step.id, engine={}, duration_s=1.0, created_at=now())  # fmt: skip
        current.add(heard)
        current.flush()
        words = Utterance(id=uuid.uuid4(), transcript_id=heard.id, position=0, start_s=0, end_s=1, text="Maria Lopez", words=[], confidence=1)  # fmt: skip
        current.add(words)
        current.flush()
        where = {"evidence_id": item.id, "step_id": step.id, "start_s": 0.0, "end_s": 1.0, "confidence": 1.0, "method": "m"}  # fmt: skip
        current.add(Mention(id=uuid.uuid4(), utterance_id=words.id, kind="person", text="Maria", value="Maria", start_char=0, end_char=5, **where))  # fmt: skip
        current.add(Tag(id=uuid.uuid4(), kind="plate", label="7ABC123", best_s=0.5, **where))


def _cite(item: Evidence) -> Report:
    """A draft report whose one sentence rests on the item."""
    with transaction() as current:
        report = Report(id=uuid.uuid4(), incident_id=item.incident_id, author_id=item.officer_id, created_at=now(), changed_at=now())  # fmt: skip
        current.add(report)
        current.flush()
        said = Sentence(id=uuid.uuid4(), report_id=report.id, position=1, section="Narrative", text="I stopped the car.", authorship=Authorship.OFFICER)  # fmt: skip
        current.add(said)
        current.flush()
        current.add(SentenceSource(sentence_id=said.id, evidence_id=item.id, start_s=0, end_s=1, quote="I stopped the car."))  # fmt: skip
    close_session()
    return report
