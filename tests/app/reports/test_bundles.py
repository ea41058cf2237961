"""Discovery bundles: whole by the library's own check and by the stand-alone one; whatever is taken out or changed shows."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.analysis.models import Step, Transcript, Utterance
from app.analysis.transcripts import correcting
from app.core.clock import now
from app.core.db import session, transaction
from app.core.errors import Conflict, Invalid
from app.core.outbox import Job
from app.core.permissions import Role
from app.core.storage import store
from app.evidence.models import Evidence
from app.reports import aiuse, bagging, bundles, editing, service, supplements
from app.reports.models import Bundle, BundleState
from tests.app.accounts.conftest import send
from tests.app.desk.scene import heard, step
from tests.app.evidence.sending import Phone, sealed
from tests.app.reports.bundling import REASON, change, desk_draft, made, rebagged
from tests.app.reports.conftest import Desk, drafted, keep
from tests.app.reports.proving import agency_key, checked, said
from tests.people import People, signed_in


@pytest.fixture
def filed(app: Flask, desk: Desk, people: People) -> Desk:
    """A filed report on a recording that is really in the store, with two drafts and a transcript."""
    content = b"\x00\x01recording" * 5000
    phone = Phone(app, desk.officer)
    item = sealed(app, phone.send(desk.incident, content, filename="=2+2 stop.mp4"))
    heard(step(item, "transcribe"), "good evening officer", "what did I do")
    keep(desk.report, item, drafted(item, "A second car came."))
    with transaction():
        service.use_draft(desk.report, desk_draft(desk, 2), actor=desk.author)
    with transaction() as db:  # the scene's own item has no file behind it
        db.execute(sa.update(Evidence).where(Evidence.id == desk.evidence.id).values(state="quarantined"))
    desk.filed(people.one(Role.RECORDS))
    return desk


def test_a5_a_bundle_holds_by_its_own_verifier_and_by_the_librarys(filed: Desk, tmp_path: Path) -> None:
    bag = made(filed, tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", str(bag)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    key = str(agency_key(filed.app.config["SETTINGS"]))
    code, told = checked(bag, "--key", key)
    assert code == 0, told
    inside = bag / "data"
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", ".", "--key", key], cwd=inside, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout
    target = tmp_path / "bag.zip"
    bagging.pack(bag, target, top="discovery-1", beat=lambda: None)
    assert said(target, "--key", key)[0] == 0, "zipped as well"


def test_a5_everything_a_court_may_ask_is_in_it(filed: Desk, tmp_path: Path) -> None:
    transcript = session().scalars(sa.select(Transcript)).one()
    recording = session().get_one(Evidence, transcript.evidence_id)
    with transaction():
        correcting.correct(
            transcript.utterances[1], transcript, recording, text="What did I do?", edition=1, actor=filed.author
        )
    session().expire_all()
    data = made(filed, tmp_path) / "data"
    names = {str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()}
    assert {
        "report/report.pdf",
        "report/report.sig",
        "report/content.json",
        "drafts/draft-1.json",
        "drafts/draft-2.txt",
        "versions/version-1.json",
        "versions/version-2.txt",
        "differences/draft-1-to-draft-2.txt",
        "differences/draft-2-to-version-1.txt",
        "differences/version-1-to-version-2.txt",
        "differences/draft-1-to-version-2.txt",
        "models.json",
        "ai-use.json",
        "media.csv",
        "custody/report.csv",
        "verify.py",
        "verify_report.py",
    } <= names
    assert (data.parent / "README.txt").is_file()
    assert "not an officer's statement" in (data / "drafts/draft-1.txt").read_text()
    assert "+ A second car came." in (data / "differences/draft-1-to-draft-2.txt").read_text()
    media = {one["name"]: one for one in json.loads((data / "media.json").read_text()) if one["name"]}
    item = media["=2+2 stop.mp4"]
    assert len(item["sha256"]) == 64
    assert (data / f"transcripts/{item['id']}.txt").read_text().startswith("00:00  officer: good evening")
    assert json.loads((data / f"transcripts/{item['id']}.json").read_text())["program"]["version"] == "5.1.1"
    spoken = [
        json.loads((data / f"transcripts/{item['id']}{which}.json").read_text())["utterances"][1]["text"]
        for which in ("", ".machine")
    ]
    assert spoken == ["What did I do?", "what did I do"], "as corrected, and as the machine heard it"
    assert "'=2+2" in (data / "media.csv").read_text(), "a spreadsheet runs nothing of it"
    models = json.loads((data / "models.json").read_text())
    assert [one["draft"] for one in models["drafts"]] == [1, 2]
    assert {"reading": "transcribe"}.items() <= models["readings"][-1].items()
    told = json.loads((data / "export.json").read_text())
    assert told["bundle"]["case_number"] == "CR-1"
    acts = {entry["event"]["act"] for entry in told["events"]}
    assert {"reports:draft:keep", "reports:report:file", "reports:bundle:make", "evidence:item:export"} <= acts
    by = [entry["event"]["actor_label"] for entry in told["events"] if entry["event"]["act"] == "evidence:item:export"]
    assert by == [filed.supervisor.label], "custody names who asked, not the machine that packed"


def test_transcripts_say_the_channel_and_bundles_from_before_they_did_still_hold(filed: Desk, tmp_path: Path) -> None:
    transcript = session().scalars(sa.select(Transcript)).one()
    with transaction():
        first, second = transcript.utterances
        session().execute(sa.update(Utterance).where(Utterance.id == second.id).values(channel=1))
        recording = session().get_one(Evidence, transcript.evidence_id)
        correcting.correct(first, transcript, recording, text="Good day", edition=1, actor=filed.author)
    session().expire_all()
    bag, key = made(filed, tmp_path), str(agency_key(filed.app.config["SETTINGS"]))
    for which in ("", ".machine"):
        path = bag / f"data/transcripts/{transcript.evidence_id}{which}.json"
        assert [one["channel"] for one in json.loads(path.read_text())["utterances"]] == [None, 1]
        change(path, lambda told: [one.pop("channel") for one in told["utterances"]])
    rebagged(bag)
    code, told = checked(bag, "--key", key)
    assert code == 0, told


def supplemented(desk: Desk, people: People, *, written: str) -> Desk:
    """A supplement to the filed report, in the author's own words, filed as well."""
    with transaction():
        begun = supplements.begin(desk.report, actor=desk.author)
    more = replace(desk, report_id=begun.id)
    with transaction():
        service.add_sentence(more.report, text=written, section="Narrative", actor=more.author)
    more.filed(people.one(Role.RECORDS))
    return more


def test_a_filed_reports_supplements_are_in_its_bundle_each_with_its_proof(
    filed: Desk, people: People, tmp_path: Path
) -> None:
    supplemented(filed, people, written="I found the other glove on 2026-11-26.")
    supplemented(filed, people, written="I gave the glove back.")
    with transaction():
        supplements.begin(filed.report, actor=filed.author)  # a third one, which nobody signed
    bag, key = made(filed, tmp_path), str(agency_key(filed.app.config["SETTINGS"]))
    data = bag / "data"
    assert {one.name for one in (data / "supplements").iterdir()} == {"1", "2"}, "an unsigned one is no statement"
    code, told = checked(bag, "--key", key)
    assert code == 0, told
    assert told.count(f"author: {filed.officer.rank}") == 3, "three reports, each signed by its author"
    for number, words in (("1", "other glove"), ("2", "gave the glove back")):
        folder = data / "supplements" / number
        assert words in (folder / "versions/version-2.txt").read_text()
        assert (folder / "differences/version-1-to-version-2.txt").is_file()
        assert "reports:bundle:make" in (folder / "custody/report.csv").read_text()
        code, told = said(folder / "report/report.pdf", "--key", key)
        assert code == 0, told
    forgeries: tuple[tuple[Callable[[Path], object], str], ...] = (
        (lambda d: shutil.rmtree(d / "supplements/2"), "supplements/2: missing"),
        (lambda d: (d / "supplements/1/report/report.pdf").write_bytes(b"%PDF other"), "the PDF was changed"),
        (lambda d: (d / "supplements/1/versions/version-1.json").unlink(), "supplements/1/versions/version-1.json: m"),
    )
    for forge, expected in forgeries:
        copy = tmp_path / "copy"
        shutil.copytree(bag, copy)
        forge(copy / "data")
        rebagged(copy)
        code, told = said(copy, "--key", key)
        assert (code, expected in told) == (1, True), (expected, told)
        shutil.rmtree(copy)


def test_a_supplements_own_bundle_is_about_it_alone(filed: Desk, people: People, tmp_path: Path) -> None:
    """It was written without a machine: that no draft is there is no fault."""
    more = supplemented(filed, people, written="I found the other glove.")
    bag = made(more, tmp_path)
    code, told = said(bag, "--key", str(agency_key(filed.app.config["SETTINGS"])))
    assert code == 0, told
    assert not (bag / "data/supplements").exists()
    assert not (bag / "data/drafts").exists()


def test_the_bundle_alone_is_enough_for_a_stranger(filed: Desk, tmp_path: Path) -> None:
    """Whatever README.txt says to type works in the unpacked folder, without our packages, and with the .zip."""
    bag, key = made(filed, tmp_path), str(agency_key(filed.app.config["SETTINGS"]))
    target = tmp_path / "bag.zip"
    bagging.pack(bag, target, top="discovery-1", beat=lambda: None)
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path / "unpacked")
    here = tmp_path / "unpacked" / "discovery-1"
    typed = re.findall(r"python (data/verify_report\.py .*?) --key KEY", (here / "README.txt").read_text())
    assert len(typed) == 2
    for words in [*typed, f"data/verify_report.py {target}"]:
        done = subprocess.run(
            [sys.executable, "-I", *words.split(), "--key", key], cwd=here, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    library = [sys.executable, "-m", "bagit", "--validate", "."]
    done = subprocess.run(library, cwd=here, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, "checking it left nothing in it"
    wrong = [sys.executable, "-I", "data/verify.py", "data/report/report.pdf"]
    done = subprocess.run(wrong, cwd=here, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "verify_report.py" in done.stderr) == (2, True), "the other program says which to run"
    bare = [sys.executable, "-I", "-S", "data/verify_report.py", "."]
    done = subprocess.run(bare, cwd=here, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "pip install cryptography" in done.stderr) == (2, True), "a missing library is no fault"


FORGERIES: tuple[tuple[str, Callable[[Path], object], str], ...] = (
    (
        "a draft",
        lambda d: change(d / "drafts/draft-1.json", lambda t: t["content"].pop()),
        "not what the machine wrote",
    ),
    ("a draft left out", lambda d: (d / "drafts/draft-2.json").unlink(), "draft-2.json: missing"),
    (
        "a version",
        lambda d: change(d / "versions/version-1.json", lambda t: t["content"].update(people=[1])),
        "frozen then",
    ),
    ("the paper", lambda d: (d / "report/report.pdf").write_bytes(b"%PDF-1.7 other"), "the PDF was changed"),
    ("a recording", lambda d: next((d / "originals").rglob("*.mp4")).write_bytes(b"other"), "altered; its SHA-256"),
    ("an event left out", lambda d: change(d / "export.json", lambda t: t["events"].pop(3)), "some are missing"),
    (
        "who did it",
        lambda d: change(d / "export.json", lambda t: t["events"][3]["event"].update(actor_label="x")),
        "does not lead",
    ),
)


def test_a5_whatever_is_changed_is_found_though_the_manifests_fit(filed: Desk, tmp_path: Path) -> None:
    bag, key = made(filed, tmp_path), str(agency_key(filed.app.config["SETTINGS"]))
    for what, forge, expected in FORGERIES:
        copy = tmp_path / "copy"
        shutil.copytree(bag, copy)
        forge(copy / "data")
        code, told = said(copy, "--key", key)
        assert (code, ": altered" in told or ": missing" in told) == (1, True), what
        rebagged(copy)
        code, told = said(copy, "--key", key)
        assert (code, expected in told) == (1, True), (what, told)
        shutil.rmtree(copy)
    (bag / "data" / "note.txt").write_text("found in a drawer")
    assert "data/note.txt: was put there" in said(bag, "--key", key)[1]
    assert said(tmp_path / "alone" if (tmp_path / "alone").exists() else tmp_path, "--key", key)[0] == 1


def test_without_originals_the_hashes_are_there(filed: Desk, tmp_path: Path) -> None:
    bag = made(filed, tmp_path, originals=False)
    assert not (bag / "data" / "originals").exists()
    code, told = said(bag, "--key", str(agency_key(filed.app.config["SETTINGS"])))
    assert code == 0, told


def test_a_bundle_is_asked_for_with_case_and_reason(app: Flask, filed: Desk, people: People) -> None:
    records = signed_in(app, people.one(Role.RECORDS))
    page = f"/reports/{filed.report_id}/bundles"
    for values, field in (
        ({"reason": REASON}, "number of the case"),
        ({"case_number": "CR-1", "reason": "short"}, "Say why"),
    ):
        answer = send(records, page, page=page, **values)
        assert answer.status_code == 422
        assert field in answer.get_data(as_text=True)
    assert send(records, page, page=page, case_number="CR-1", reason=REASON).status_code == 303
    assert "CR-1" in records.get(page).get_data(as_text=True)
    bundle = session().scalars(sa.select(Bundle)).one()
    assert session().scalars(sa.select(Job).where(Job.task == "make_bundle")).one().arguments == {
        "bundle_id": str(bundle.id)
    }
    assert records.get(f"{page}/{bundle.id}").status_code == 409
    assert "reports:bundle:ask" in filed.acts()
    assert signed_in(app, filed.officer).get(page).status_code == 403


def test_a7_no_bundle_of_what_is_not_approved(desk: Desk) -> None:
    desk.submit()
    with pytest.raises(Conflict, match="approved"), transaction():
        bundles.ask(desk.report, case_number="CR-1", reason=REASON, originals=False, actor=desk.reviewer)


@pytest.mark.parametrize("case", ["", " \x00\x07 ", "x" * 61])
def test_bad_input_case_numbers(filed: Desk, case: str) -> None:
    with pytest.raises(Invalid) as refusal, transaction():
        bundles.ask(filed.report, case_number=case, reason=REASON, originals=False, actor=filed.reviewer)
    assert refusal.value.field == "case_number"


def test_one_worker_makes_it_and_a_dead_ones_comes_back(filed: Desk) -> None:
    with transaction():
        bundle = bundles.ask(filed.report, case_number="CR-1", reason=REASON, originals=False, actor=filed.reviewer)
    with transaction():
        assert bundles.claim(bundle.id) is not None
    with transaction():
        assert bundles.claim(bundle.id) is None, "somebody is at it"
    for attempt in (1, 2, 3):
        with transaction() as db:
            db.execute(sa.update(Bundle).values(lease_until=now()))
        with transaction():
            assert bundles.come_back() == (1 if attempt < 3 else 0)
        with transaction():
            assert (bundles.claim(bundle.id) is not None) == (attempt < 3)
    assert bundles.of_report(filed.report)[0].state is BundleState.FAILED


def test_a6_who_used_ai_when_from_where_on_what_with_which_settings(app: Flask, filed: Desk, people: People) -> None:
    """One statement answers for readings and for what people made of them; the page shows it to those who read the ledger."""
    with transaction() as db:
        db.execute(sa.update(Step).values(started_at=now()))
    statements: list[str] = []
    engine = session().get_bind()
    sa.event.listen(engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    found = aiuse.uses(aiuse.Wanted(reports=(filed.report.id,)))
    assert len([one for one in statements if "ledger_event" in one]) == 1
    acts = {one.what: one for one in reversed(found)}
    heard_it = acts["transcribe"]
    assert (heard_it.who, heard_it.how) == (filed.officer.label, "evidence:item:receive")
    assert heard_it.address
    assert heard_it.device
    assert (acts["reports:draft:use"].draft, acts["reports:draft:use"].who) == (2, filed.officer.label)
    assert acts["reports:report:submit"].programs[0]["version"] == "1.2"
    assert acts["reports:report:approve"].who == filed.supervisor.label
    assert len(acts["reports:draft:use"].media[0]["sha256"]) == 64
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    pages = [aiuse.uses(aiuse.Wanted(reports=(filed.report.id,)), limit=2, offset=offset) for offset in range(0, 20, 2)]
    assert found == [one for some in pages for one in some], "page by page it is the same"
    html = signed_in(app, people.one(Role.RECORDS)).get(f"/ledger/ai?incident={filed.incident.number}")
    assert "blotter-writing" in html.get_data(as_text=True)
    assert "Took a draft, draft 2" in html.get_data(as_text=True)
    blind = signed_in(app, people.one(Role.ADMINISTRATOR)).get("/ledger/ai").get_data(as_text=True)
    assert "Took a draft" in blind
    assert f"/reports/{filed.report_id}" not in blind, "who reads no report is offered none"
    assert "2+2 stop" not in blind, "no title of a recording either"


def test_a6_a_quotation_is_a_use_and_signing_ones_own_words_is_none(app: Flask, desk: Desk) -> None:
    with transaction():
        said = heard(step(desk.evidence, "transcribe"), "I was in a hurry").utterances[0].id
    with transaction():
        editing.quote(desk.report, said, actor=desk.author)
    [use] = aiuse.uses(aiuse.Wanted(what="reports:sentence:quote"))
    assert use.programs[0]["version"] == "5.1.1"
    assert use.media == [{"evidence_id": str(desk.evidence.id), "sha256": desk.evidence.sha256}]
    for one in list(desk.report.sentences):
        with transaction():
            service.remove_sentence(one, desk.report, actor=desk.author)
    with transaction():
        service.add_sentence(desk.report, text="I was there.", section="Narrative", actor=desk.author)
    desk.submit()
    assert aiuse.uses(aiuse.Wanted(what="reports:report:submit")) == []


def test_a_bundle_that_is_made_is_taken_along_and_noted(
    app: Flask, filed: Desk, tmp_path: Path, people: People
) -> None:
    """The whole way of the worker's task, with its own settings."""
    with transaction():
        bundle = bundles.ask(filed.report, case_number="CR-9", reason=REASON, originals=True, actor=filed.reviewer)
    bag = made(filed, tmp_path)
    target = tmp_path / "made.zip"
    bagging.pack(bag, target, top="discovery-x", beat=lambda: None)
    sha256 = __import__("hashlib").sha256(target.read_bytes()).hexdigest()
    store(app.config["SETTINGS"]).put_file("bundles/x/1.zip", target, sha256=sha256)
    with transaction():
        kept = session().get_one(Bundle, bundle.id)
        bundles.keep(
            kept, storage_key="bundles/x/1.zip", size=target.stat().st_size, sha256=sha256, actor=filed.reviewer
        )
    answer = signed_in(app, filed.supervisor).get(f"/reports/{filed.report_id}/bundles/{bundle.id}")
    (tmp_path / "got.zip").write_bytes(answer.get_data())
    assert zipfile.is_zipfile(tmp_path / "got.zip")
    assert said(tmp_path / "got.zip", "--key", str(agency_key(app.config["SETTINGS"])))[0] == 0
    assert filed.acts()[-1] == "reports:bundle:download"
    assert (
        signed_in(app, people.one(Role.SUPERVISOR, unit="South"))
        .get(f"/reports/{filed.report_id}/bundles/{bundle.id}")
        .status_code
        == 404
    )
