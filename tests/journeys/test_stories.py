"""The three stories over HTTP: the officer's, the supervisor's, internal affairs'. Real station, real worker."""

from pathlib import Path
from typing import Any

import pytest

from app.core.permissions import Role
from samples.browser import Browser
from samples.demo import correct
from tests.journeys.station import PASSWORD, TestStation
from tests.journeys.stop import Stop, sent_stop

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture(scope="module")
def stop(station: TestStation, sample: Path) -> Stop:
    """The sample, from the phone to the draft."""
    return sent_stop(station, sample)


def _sentences(browser: Browser, stop: Stop) -> list[dict[str, Any]]:
    return list(browser.json(f"/api/v1/reports/{stop.report}")["sentences"])


def test_the_recording_was_heard_seen_and_read(station: TestStation, stop: Stop) -> None:
    browser = station.browser(stop.officer)
    heard = browser.json(f"/api/v1/evidence/{stop.evidence}/transcript")
    assert heard["engine"]["name"]
    assert heard["engine"]["version"]
    assert "maria lopez" in " ".join(one["text"] for one in heard["utterances"]).lower()
    assert {one["role"] for one in heard["utterances"]} >= {"officer", "other"}
    tags = browser.json(f"/api/v1/evidence/{stop.evidence}/tags")["tags"]
    assert ("plate", "7ABC123") in {(tag["kind"], tag["label"]) for tag in tags}
    found = browser.json(f"/api/v1/evidence/{stop.evidence}/mentions")["mentions"]
    values = {(one["kind"], one["value"]) for one in found}
    assert {("person", "Maria Lopez"), ("date_of_birth", "1991-03-03")} <= values
    assert {one["decision"] for one in found} == {"proposed"}, "a machine decides nothing"


def test_a9_every_drafted_sentence_has_its_seconds_or_is_a_gap(station: TestStation, stop: Stop) -> None:
    drafted = [one for one in _sentences(station.browser(stop.officer), stop) if one["authorship"] == "machine"]
    assert len(drafted) >= 10
    assert all(one["sources"] or one["gap"] for one in drafted)


def test_from_draft_to_filed(station: TestStation, stop: Stop) -> None:
    """Gaps block; the officer corrects and signs; returned; signed again; approved; filed; never changed again."""
    officer, sergeant = station.browser(stop.officer), station.browser(stop.supervisor)
    page = f"/reports/{stop.report}"
    with pytest.raises(LookupError):
        officer.submit(f"{page}/submit", certified="y", password=PASSWORD)
    correct(officer, stop.report)
    wrong = officer.submit(f"{page}/submit", expect=422, certified="y", password="not my password")
    assert "not your password" in wrong.text
    officer.submit(f"{page}/submit", certified="y", password=PASSWORD)
    with pytest.raises(LookupError):
        officer.submit(page, action="/approve")
    refused = sergeant.submit(page, action="/return", expect=422, notes="no")
    assert "missing" in refused.text
    sergeant.submit(page, action="/return", notes="Say whether anybody was searched.")
    assert "Say whether anybody was searched." in officer.get("/reports/" + stop.report)
    officer.submit(page, action="/sentences", section="Actions and force", text="Nobody was searched.")
    officer.submit(f"{page}/submit", certified="y", password=PASSWORD)
    sergeant.submit(f"{page}/approve", notes="Complete.", password=PASSWORD)
    records = station.browser(station.person(Role.RECORDS))
    records.submit(page, action="/file")
    final = officer.json(f"/api/v1/reports/{stop.report}")
    assert final["state"] == "filed"
    assert {one["authorship"] for one in final["sentences"]} == {"machine", "edited", "officer"}
    assert not [form for form in officer.forms(page) if "/sentences" in form.action]


def test_a1_the_printed_page_discloses_and_names_the_programs(station: TestStation, stop: Stop) -> None:
    html = station.browser(stop.supervisor).get(f"/reports/{stop.report}/print")
    assert "This report was written either fully or in part using artificial intelligence." in html
    assert "pocketsphinx" in html or "faster-whisper" in html


def test_the_supervisor_sees_seconds_beside_every_sentence(station: TestStation, stop: Stop) -> None:
    html = station.browser(stop.supervisor).get(f"/incidents/{stop.incident}")
    assert html.count("<source-link") >= 10
    assert f'data-evidence="{stop.evidence}"' in html


def test_a_stranger_sees_nothing(station: TestStation, stop: Stop) -> None:
    stranger = station.browser(station.person(unit="South Patrol"))
    for path in (
        f"/incidents/{stop.incident}",
        f"/reports/{stop.report}",
        f"/evidence/{stop.evidence}",
        f"/evidence/{stop.evidence}/media",
        f"/api/v1/evidence/{stop.evidence}/transcript",
    ):
        assert stranger.http.get(stranger.address + path, timeout=60).status_code == 404, path


def test_internal_affairs_hear_the_outburst_and_decide(station: TestStation, stop: Stop) -> None:
    """W2, W4: counted with its exposure, played from its second, rejected with a reason it leaves the count."""
    browser = station.browser(station.person(Role.INTERNAL_AFFAIRS, unit="Standards"))
    page = f"/early-warning/officers/{stop.officer.id}"
    assert stop.officer.name in browser.get("/early-warning/?show=little")
    html = browser.get(page)
    assert "idiot" in html
    assert f'data-evidence="{stop.evidence}"' in html
    counted = "SELECT count(*) FROM language_event WHERE officer_id = :one AND polarity = 'aggressive' AND decision <> 'rejected'"
    before = station.count(counted, one=stop.officer.id)
    assert before >= 1
    moment = next(form.action for form in browser.forms(page) if "/moments/" in form.action)
    browser.submit(page, action=moment, decision="rejected", reason="The recogniser misheard this sentence.")
    browser.submit(
        page, action="/disposition", outcome="no_concern", reason="Listened to all of it; nothing to follow."
    )
    assert "The recogniser misheard this sentence." in browser.get(page)
    assert station.browser(stop.officer).http.get(station.address + page, timeout=60).status_code == 403


def test_the_custody_trail_names_every_act(station: TestStation, stop: Stop) -> None:
    """E4: received, sealed, read, derived from, viewed: each an event with its actor."""
    acts = {
        "evidence:item:receive",
        "evidence:item:seal",
        "evidence:rendition:derive",
        "analysis:step:done",
        "evidence:item:view",
    }
    for act in acts:
        query = "SELECT count(*) FROM ledger_event WHERE subject_id = :one AND act = :act"
        assert station.count(query, one=stop.evidence, act=act) >= 1, act
