"""Keys of officers and what they sign: made at the first signature, ended by an administrator, never another's."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.accounts import signing
from app.accounts.models import RevocationReason, SigningKey
from app.core import verify_report
from app.core.clock import now
from app.core.db import close_session, session, transaction
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.permissions import Role
from app.core.verifier import Key
from app.incidents.models import Part, Participant
from app.reports import review, service, signatures
from app.reports.canonical import digest
from app.reports.models import ReportState, Sentence, SentenceSource, Signature, SignaturePart
from tests.app.accounts.conftest import send
from tests.app.reports.conftest import TERMS, Desk
from tests.app.reports.proving import agency_key
from tests.people import PASSWORD, People, actor_for, signed_in


def ended(desk: Desk, officer, since: datetime | None = None) -> SigningKey:
    """The officer's key, ended by an administrator."""
    with transaction():
        return signing.revoke(
            signing.newest_key(officer),
            reason=RevocationReason.COMPROMISED,
            since=since,
            agency=signing.agency(desk.app.config["SETTINGS"]),
            actor=desk.reviewer,
        )


def shown_on(browser, path: str) -> str:
    """The hash of the content that a page shows."""
    return re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', browser.get(path).get_data(as_text=True)).group(1)


def test_a3_both_sign_with_keys_of_their_own_that_the_agency_vouches_for(desk: Desk) -> None:
    version = desk.submit()
    desk.approve()
    signed = signatures.of_version(version)
    agency = agency_key(desk.app.config["SETTINGS"])
    for one, officer in ((signed.author, desk.officer), (signed.approver, desk.supervisor)):
        vouched = verify_report.read(one.key.certificate, verify_report.CERTIFICATE, agency)
        told = verify_report.read(one.note, verify_report.SIGNATURE, Key.read(vouched["key"]))
        assert told["officer"] == vouched["officer"] == str(officer.id)
        assert told["content_sha256"] == version.sha256 == digest(version.content)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d0000Z", told["at"])
    assert signed.author.key.public != signed.approver.key.public


def test_the_first_signature_makes_the_key_and_the_next_uses_it(desk: Desk) -> None:
    first, second = desk.pen(desk.officer), desk.pen(desk.officer)
    assert first.key_id == second.key_id
    kept = session().get_one(SigningKey, first.key_id)
    assert first.signer.private.private_bytes_raw() not in kept.wrapped, "the private half lies there wrapped"


def test_a_wrong_password_gives_no_pen_and_counts_as_a_wrong_sign_in(app: Flask, desk: Desk) -> None:
    """C1: five guesses at a signature lock the account as five guesses at the door do."""
    desk.complete()
    browser, path = signed_in(app, desk.officer), f"/reports/{desk.report_id}/submit"
    shown = shown_on(browser, path)
    for _ in range(5):
        assert send(browser, path, page="/account", certified="y", password="wrong", shown=shown).status_code == 422
    assert browser.get("/account").status_code == 303, "the session ended with the account"
    assert desk.report.state is ReportState.DRAFT


def test_nobody_signs_with_anothers_pen(desk: Desk) -> None:
    desk.complete()
    with pytest.raises(Forbidden, match="another officer"), transaction():
        review.submit(desk.report, certified=True, terms=TERMS, pen=desk.pen(desk.supervisor), actor=desk.author)
    session().rollback()
    assert desk.report.state is ReportState.DRAFT


def test_bad_input_an_ended_key_signs_nothing_and_what_it_signed_before_stands(desk: Desk, people: People) -> None:
    version = desk.submit()
    pen = desk.pen(desk.supervisor)
    ended(desk, desk.supervisor)
    ended(desk, desk.officer)
    with pytest.raises(Conflict, match="ended"):
        desk.approve()
    with pytest.raises(Conflict, match="ended"), transaction():
        review.approve(desk.report, notes="", pen=pen, actor=desk.reviewer)
    session().rollback()
    assert desk.report.state is ReportState.SUBMITTED
    assert signatures.of_version(version).author.stands
    with transaction():
        signing.make_key(desk.supervisor, agency=signing.agency(desk.app.config["SETTINGS"]), actor=desk.author)
    desk.approve()
    assert desk.report.state is ReportState.APPROVED


def test_a_key_ended_from_an_earlier_time_on_takes_its_later_signatures_with_it(desk: Desk) -> None:
    version = desk.submit()
    ended(desk, desk.officer, since=session().scalars(sa.select(SigningKey)).one().created_at)
    close_session()
    assert not signatures.of_version(version).author.stands


@pytest.mark.parametrize("hours", [-24, 1])
def test_a_key_is_not_ended_before_it_was_made_nor_in_time_to_come(desk: Desk, hours: int) -> None:
    desk.submit()
    with pytest.raises(Invalid, match="time") as refusal:
        ended(desk, desk.officer, since=now() + timedelta(hours=hours))
    assert refusal.value.field == "since"


def test_an_administrator_ends_a_key_and_gives_a_new_one(app: Flask, desk: Desk, people: People) -> None:
    desk.submit()
    browser, page = signed_in(app, people.one(Role.ADMINISTRATOR)), f"/accounts/{desk.officer.id}"
    assert "in use" in browser.get(page).get_data(as_text=True)
    early = send(browser, f"{page}/key/end", page=page, reason="compromised", since="2001-01-01T00:00")
    assert early.status_code == 422
    assert "The key was made" in early.get_data(as_text=True)
    assert send(browser, f"{page}/key/end", page=page, reason="compromised", since="").status_code == 303
    assert "ended from" in browser.get(page).get_data(as_text=True)
    assert send(browser, f"{page}/key/end", page=page, reason="compromised").status_code == 409
    kept = session().scalars(sa.select(SigningKey).where(SigningKey.officer_id == desk.officer.id)).one()
    assert kept.wrapped == b"", "its private half is destroyed"
    assert send(browser, f"{page}/key/new", page=page).status_code == 303
    assert send(browser, f"{page}/key/new", page=page).status_code == 409
    assert desk.pen(desk.officer).key_id != kept.id


def test_only_an_administrator_ends_keys(app: Flask, desk: Desk) -> None:
    desk.submit()
    for officer in (desk.officer, desk.supervisor):
        answer = send(signed_in(app, officer), f"/accounts/{desk.officer.id}/key/end", page="/account", reason="left")
        assert answer.status_code == 403


def test_bad_input_the_clock_goes_backwards(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signature would say a time before what is on record: nothing is signed, and the page says whom to tell."""
    desk.complete()
    pen = desk.pen(desk.officer)
    monkeypatch.setattr(signatures, "now", lambda: now() - timedelta(minutes=10))
    with pytest.raises(Conflict, match="clock"), transaction():
        review.submit(desk.report, certified=True, terms=TERMS, pen=pen, actor=desk.author)
    session().rollback()
    monkeypatch.setattr(signatures, "now", lambda: now() - timedelta(seconds=1))
    version = desk.submit()
    assert signatures.of_version(version).author.at >= version.created_at, "machines may differ by a little"


def test_a_signature_over_what_changed_since_it_was_shown_is_refused(app: Flask, desk: Desk) -> None:
    """Somebody adds a witness while the author reads: the page comes back with what stands now."""
    desk.complete()
    browser, path = signed_in(app, desk.officer), f"/reports/{desk.report_id}/submit"
    shown = shown_on(browser, path)
    with transaction():
        service.add_sentence(desk.report, text="A second car stopped.", section="Contact", actor=desk.author)
    answer = send(browser, path, page=path, certified="y", password=PASSWORD, shown=shown)
    assert answer.status_code == 409
    assert "changed since this page was shown" in answer.get_data(as_text=True)
    assert "A second car stopped." in answer.get_data(as_text=True)
    assert desk.report.state is ReportState.DRAFT
    assert send(browser, path, page=path, certified="y", password=PASSWORD).status_code == 409, "nothing was shown"
    again = shown_on(browser, path)
    assert send(browser, path, page=path, certified="y", password=PASSWORD, shown=again).status_code == 303


def test_an_approval_of_another_version_than_was_shown_is_refused(app: Flask, desk: Desk) -> None:
    desk.submit()
    browser, path = signed_in(app, desk.supervisor), f"/reports/{desk.report_id}/approve"
    shown = shown_on(browser, path)
    with transaction():
        review.return_to_author(desk.report, notes="Say who was in the car.", actor=desk.reviewer)
    with transaction():
        service.add_sentence(desk.report, text="She was alone in the car.", section="Contact", actor=desk.author)
    desk.submit()
    answer = send(browser, path, page=path, password=PASSWORD, shown=shown)
    assert answer.status_code == 409
    assert "She was alone" in answer.get_data(as_text=True)
    assert desk.report.state is ReportState.SUBMITTED


def test_the_approver_is_asked_for_the_password_and_keeps_the_notes(app: Flask, desk: Desk) -> None:
    desk.submit()
    browser, page = signed_in(app, desk.supervisor), f"/reports/{desk.report_id}"
    asked = send(browser, f"{page}/approve", page=page, notes="Complete & clear.")
    assert asked.status_code == 200
    assert "Complete &amp; clear." in asked.get_data(as_text=True)
    assert desk.report.state is ReportState.SUBMITTED
    path = f"{page}/approve"
    shown = shown_on(browser, path)
    assert send(browser, path, page=path, password="wrong", shown=shown).status_code == 422
    assert send(browser, path, page=path, password=PASSWORD, shown=shown, notes="Complete.").status_code == 303
    assert desk.report.reviews[-1].notes == "Complete."


def test_what_is_filed_is_what_was_signed(desk: Desk, people: People) -> None:
    """A witness added after the approval is no part of what the officer signed."""
    signed = desk.submit()
    desk.approve()
    with transaction() as db:
        db.add(
            Participant(
                incident_id=desk.incident.id,
                part=Part.WITNESS,
                name="Too Late",
                entered_by=desk.officer.id,
                created_at=now(),
            )
        )
    with transaction():
        filed = review.file(desk.report, actor=actor_for(people.one(Role.RECORDS)))
    assert filed.sha256 == signed.sha256
    assert "Too Late" not in str(filed.content)
    assert {one.part for one in signatures.of_version(filed)} == {SignaturePart.AUTHOR, SignaturePart.APPROVER}


def test_the_terms_of_the_day_are_frozen_with_the_content(desk: Desk) -> None:
    version = desk.submit()
    assert version.content["printed"]["agency"] == TERMS.agency
    assert version.content["printed"]["disclosures"]


FILED = (
    "UPDATE report SET state = 'returned' WHERE id = :one",
    "UPDATE report SET filed_at = now() WHERE id = :one",
    "UPDATE report SET author_id = (SELECT id FROM officer WHERE id <> author_id LIMIT 1) WHERE id = :one",
    "DELETE FROM report WHERE id = :one",
    "UPDATE sentence SET text = 'x' WHERE report_id = :one",
    "DELETE FROM sentence_source WHERE sentence_id IN (SELECT id FROM sentence WHERE report_id = :one)",
    "DELETE FROM sentence WHERE report_id = :one",
    (
        "INSERT INTO sentence (id, report_id, position, section, text, machine_text, authorship, edition)"
        " VALUES (gen_random_uuid(), :one, 9, 'x', 'x', '', 'officer', 1)"
    ),
    "UPDATE version SET content = '{}' WHERE report_id = :one",
    "DELETE FROM version WHERE report_id = :one",
    "UPDATE signature SET note = '' WHERE report_id = :one",
    "DELETE FROM signature WHERE report_id = :one",
    "UPDATE draft SET content = '[]' WHERE report_id = :one",
    "DELETE FROM draft WHERE report_id = :one",
    "TRUNCATE draft CASCADE",
    "TRUNCATE report CASCADE",
    "UPDATE signing_key SET public = 'x'",
    "UPDATE signing_key SET officer_id = (SELECT id FROM officer WHERE id <> officer_id LIMIT 1)",
    "DELETE FROM signing_key",
)


def test_a4_filed_signed_and_drafted_content_is_kept_by_the_database_itself(desk: Desk, people: People) -> None:
    """Whoever holds the product's own database role cannot change or delete it."""
    desk.filed(people.one(Role.RECORDS))
    for statement in FILED:
        with pytest.raises(DBAPIError, match="refused"), transaction() as db:
            db.execute(sa.text(statement), {"one": desk.report_id} if ":one" in statement else {})
    assert session().scalar(sa.select(sa.func.count()).select_from(Sentence)) == 3
    assert session().scalar(sa.select(sa.func.count()).select_from(SentenceSource)) == 2


def test_an_ended_key_is_not_taken_up_again_by_the_database(desk: Desk) -> None:
    desk.submit()
    ended(desk, desk.officer)
    for values in ("revoked_at = NULL", "revoked_from = now()", "wrapped = 'x'"):
        with pytest.raises(DBAPIError, match="refused"), transaction() as db:
            db.execute(sa.text(f"UPDATE signing_key SET {values}"))


def test_a4_no_door_deletes_or_changes_a_draft(app: Flask, desk: Desk) -> None:
    """A4, A5: API and pages have no such verb, and what is offered is only to begin again from it, or another one."""
    browser, path = signed_in(app, desk.officer), f"/reports/{desk.report_id}/drafts/1"
    for method in ("delete", "put", "patch", "post"):
        assert getattr(browser, method)(path).status_code in (400, 405), method
        assert getattr(browser, method)(f"/api/v1{path}").status_code in (400, 404, 405), method
    methods = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if "draft" in rule.rule and method not in ("GET", "HEAD", "OPTIONS")
    }
    assert methods == {
        ("/reports/<uuid:report_id>/drafts", "POST"),  # asks for one more
        ("/reports/<uuid:report_id>/drafts/<int:number>/use", "POST"),
    }


def test_signatures_from_before_officers_had_keys_stay_what_they_were(desk: Desk) -> None:
    """A row as the last release wrote it: no key, no note."""
    version = desk.submit()
    old = Signature(
        report_id=desk.report_id,
        version_id=version.id,
        officer_id=desk.officer.id,
        statement="I certify.",
        content_sha256=version.sha256,
        at=datetime.now(UTC) + timedelta(seconds=1),
    )
    with transaction() as db:
        db.add(old)
    found = signatures.of_version(version).author
    assert (found.id, found.note, found.stands) == (old.id, "", True)
