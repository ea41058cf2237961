"""A report's proof as a story over HTTP: drafted, signed, approved, filed, handed out, and checked by a stranger."""

import io
import itertools
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pypdf
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.core.db import session
from app.core.permissions import Role
from app.reports.printing import DRAFT
from samples.browser import Browser, await_value
from samples.demo import correct
from tests.app.reports.proving import checked
from tests.journeys.station import PASSWORD, TestStation
from tests.journeys.stop import Stop, sent_stop

DISCLOSURE = "This report was written either fully or in part using artificial intelligence."
REASON = "The defense has asked for it."


@pytest.fixture(scope="module")
def stop(station: TestStation, brief: Path) -> Stop:
    """A recording, from the phone to the draft."""
    return sent_stop(station, brief)


@dataclass(frozen=True, slots=True)
class Redrafted:
    """What the machine wrote first, as it was before it wrote again."""

    text: str
    sha256: str


@pytest.fixture(scope="module")
def redrafted(station: TestStation, stop: Stop) -> Redrafted:
    """A second recording comes, and the officer has the report drafted again from the first: three drafts in all."""
    officer, phone = station.browser(stop.officer), station.phone(stop.officer)
    first = Redrafted(officer.get(f"/reports/{stop.report}/drafts/1"), draft_hash(station, stop, 1))
    second = Path(__file__).parents[2] / "samples" / "clip_found_wallet.m4a"
    status = phone.await_seal(phone.send(second, incident=stop.incident, title="Radio"))
    station.await_steps(str(status["url"]).rsplit("/", 1)[-1])
    step = station.steps(stop.evidence)["draft_report"].id
    officer.submit(f"/evidence/{stop.evidence}/steps", action=f"/steps/{step}/retry")
    station.await_steps(stop.evidence)
    return first


def draft_hash(station: TestStation, stop: Stop, number: int) -> str:
    """What the database has as the hash of one draft."""
    with station.database():
        query = sa.text("SELECT sha256 FROM draft WHERE report_id = :one AND number = :number")
        return str(session().execute(query, {"one": stop.report, "number": number}).scalar_one())


@pytest.fixture(scope="module")
def filed(station: TestStation, stop: Stop, redrafted: Redrafted) -> Stop:
    """Drafted again, corrected, signed, approved and filed through the pages, by three people."""
    officer, sergeant = station.browser(stop.officer), station.browser(stop.supervisor)
    correct(officer, stop.report)
    page = f"/reports/{stop.report}"
    officer.submit(f"{page}/submit", certified="y", password=PASSWORD)
    sergeant.submit(f"{page}/approve", notes="Complete.", password=PASSWORD)
    station.browser(station.person(Role.RECORDS)).submit(page, action="/file")
    return stop


@pytest.fixture(scope="module")
def key(station: TestStation, stop: Stop) -> str:
    """The agency's public key, as anybody gets it."""
    return station.browser(stop.officer).get("/api/v1/key").strip()


def pages(browser: Browser, report: str) -> list[str]:
    """The text of each page of the PDF."""
    answer = browser.http.get(f"{browser.address}/reports/{report}/report.pdf", timeout=60)
    assert answer.headers["Content-Type"] == "application/pdf"
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages]


def test_a7_a_draft_on_paper_is_no_statement(station: TestStation, stop: Stop) -> None:
    for text in pages(station.browser(stop.officer), stop.report):
        assert DRAFT in text


def test_a4_a5_drafting_again_stores_another_draft_beside_the_first(
    station: TestStation, stop: Stop, redrafted: Redrafted
) -> None:
    officer = station.browser(stop.officer)
    assert station.count("SELECT count(*) FROM draft WHERE report_id = :one", one=stop.report) == 3
    assert draft_hash(station, stop, 1) == redrafted.sha256
    assert text_of(officer.get(f"/reports/{stop.report}/drafts/1")) == text_of(redrafted.text)
    choices = {f"d{number}" for number in (1, 2, 3)}
    for old, new in itertools.combinations(sorted(choices), 2):
        html = officer.get(f"/reports/{stop.report}/versions?old={old}&new={new}")
        assert all(f'value="{one}"' in html for one in choices), "any two can be chosen"
        assert ("is-added" in html) == (old == "d1"), "the second recording made sentences that the first draft lacks"


def text_of(html: str) -> list[str]:
    """The words of a draft's page, without what belongs to this one look at it."""
    return re.findall(r"(?s)<p class=\"sentence-text\"[^>]*>(.*?)</p>", html)


def test_a1_the_filed_report_discloses_on_every_page(station: TestStation, filed: Stop) -> None:
    found = pages(station.browser(filed.officer), filed.report)
    for text in found:
        assert DISCLOSURE in text
        assert "pocketsphinx" in text or "faster-whisper" in text
        assert DRAFT not in text


def test_a3_what_is_handed_out_is_checked_without_the_server(
    station: TestStation, filed: Stop, key: str, tmp_path: Path
) -> None:
    browser = station.browser(filed.supervisor)
    answer = browser.http.get(f"{browser.address}/reports/{filed.report}/proof", timeout=60)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path / "out")
    pdf = next((tmp_path / "out").glob("*.pdf"))
    code, said = checked(pdf, "--key", key)
    assert code == 0, said
    assert f"(#{filed.officer.badge})" in said
    assert f"(#{filed.supervisor.badge})" in said
    content = bytearray(pdf.read_bytes())
    content[len(content) // 2] ^= 1
    pdf.write_bytes(content)
    assert checked(pdf, "--key", key)[0] == 1


def test_a4_the_first_draft_is_kept_by_the_database(station: TestStation, filed: Stop) -> None:
    with station.database():
        for statement in (
            "DELETE FROM draft",
            "UPDATE draft SET content = '[]'",
            "DELETE FROM report",
            "DELETE FROM sentence",
        ):
            with pytest.raises(DBAPIError, match="refused"):
                session().execute(sa.text(statement))
            session().rollback()


def files(folder: Path) -> set[str]:
    """The names of every file in it."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a5_a_worker_makes_the_discovery_bundle(
    station: TestStation, filed: Stop, redrafted: Redrafted, key: str, tmp_path: Path
) -> None:
    records = station.browser(station.person(Role.RECORDS))
    page = f"/reports/{filed.report}/bundles"
    refused = records.submit(page, expect=422, case_number="", reason=REASON)
    assert "number of the case" in refused.text
    records.submit(page, case_number="CR-2026-17", reason=REASON, originals="y")
    state = "SELECT count(*) FROM bundle WHERE report_id = :one AND state = 'made'"
    await_value(lambda: station.count(state, one=filed.report), bool, seconds=120)
    with station.database():
        query = sa.text("SELECT id, sha256 FROM bundle WHERE report_id = :one")
        bundle, sha256 = session().execute(query, {"one": filed.report}).one()
    answer = records.http.get(f"{records.address}{page}/{bundle}", timeout=120)
    (tmp_path / "bundle.zip").write_bytes(answer.content)
    code, said = checked(tmp_path / "bundle.zip", "--key", key)
    assert code == 0, said
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        archive.extractall(tmp_path)
        top = archive.namelist()[0].split("/")[0]
    done = subprocess.run(
        [sys.executable, "-m", "bagit", "--validate", str(tmp_path / top)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    data = tmp_path / top / "data"
    assert any((data / "originals").rglob("*.mp4"))
    assert sha256
    told = json.loads((data / "drafts/draft-1.json").read_text())
    assert told["sha256"] == redrafted.sha256, "the first draft, as it was before the machine wrote again"
    assert {f"drafts/draft-{number}.txt" for number in (1, 2, 3)} <= files(data)
    assert {f"versions/version-{number}.json" for number in (1, 2)} <= files(data), "submitted, filed"
    media = json.loads((data / "media.json").read_text())
    assert len(media) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", one["sha256"]) for one in media)
    assert {f"transcripts/{one['id']}.txt" for one in media} <= files(data)
    models = json.loads((data / "models.json").read_text())
    assert [one["draft"] for one in models["drafts"]] == [1, 2, 3]
    named = [one["program"] for one in models["readings"] if one["reading"] == "transcribe"]
    assert all(one["name"] and one["version"] and "parameters" in one for one in named), named


def test_a6_the_audit_names_officer_device_recording_and_settings(station: TestStation, filed: Stop) -> None:
    records = station.browser(station.person(Role.RECORDS))
    with station.database():
        query = sa.text("SELECT number FROM incident WHERE id = :one")
        number = session().execute(query, {"one": filed.incident}).scalar_one()
    html = records.get(f"/ledger/ai?incident={number}")
    assert filed.officer.label.replace("'", "&#39;") in html
    assert "127.0.0.1" in html
    assert "Signed and submitted" in html
    assert "blotter-writing" in html or "extractive" in html
