"""Submitting, returning, approving, filing: each freezes or judges a version, and the author never approves."""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.accounts.signing import Pen
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import hundredths, now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.permissions import Permission
from app.core.phrases import N_, phrase
from app.core.verifier import sha256_hex
from app.reports import figures, notices, recollection, signatures, wording
from app.reports.authorship import APPROVAL, CERTIFICATION, Terms
from app.reports.canonical import digest
from app.reports.content import content_of, keep_version, latest_version, sentences_changed
from app.reports.impartial import check_impartial, supervises
from app.reports.models import REPORT_MOVES, Report, ReportState, ReturnReason, Review, SignaturePart, Version
from app.reports.obstacles import obstacles
from app.reports.work import NoticeKind

LEAST_NOTES = 10


def submit(
    report: Report, *, certified: bool, terms: Terms, pen: Pen, shown: str = "", actor: Actor, language: str = "en"
) -> Version:
    """The author certifies and signs exactly what stands, and hands it to a supervisor (A2, A3).

    `terms` say which disclosures the agency owes: their sentences are frozen into the version. `shown` is the SHA-256 of
    the content on the page that the author read; Conflict when something else stands now. `language` is the page's: the
    sentence that is signed is English, and the record says beside which reading it stood.
    """
    if report.author_id != actor.officer_id:
        raise Forbidden(N_("Only its author submits a report."))
    if not certified:
        raise Invalid(N_("Certify that you have read and reviewed the report."), field="certified")
    recollection.check(report, actor)
    _nothing_in_the_way(report)
    content, before = content_of(report, terms), latest_version(report)
    signatures.refuse_unseen(shown, digest(content))
    report.state = REPORT_MOVES.check(report.state, ReportState.SUBMITTED)
    report.submitted_at = report.changed_at = max(now(), report.changed_at)
    version = keep_version(report, content, actor)
    _sign(version, report, SignaturePart.AUTHOR, CERTIFICATION, pen, actor, language=language)
    _count(report, changed_since_return=sentences_changed(before, version))
    last = _last_review(report)
    if last is not None:
        notices.tell(last.reviewer_id, NoticeKind.SUBMITTED, report, actor=actor)
    return version


def return_to_author(
    report: Report, *, notes: str, actor: Actor, reasons: Sequence[ReturnReason] = (ReturnReason.OTHER,)
) -> Review:
    """A supervisor sends it back and says what is missing: codes to count by, and words."""
    said = wording.words(notes, field="notes", most=4000, least=0)
    if len(said) < LEAST_NOTES:
        raise Invalid(
            N_("Say what is missing or wrong."),
            field="notes",
            remedy=phrase("At least %(least_notes)s characters.", least_notes=LEAST_NOTES),
        )
    if not reasons:
        raise Invalid(N_("Choose at least one reason."), field="reasons", remedy=N_("“Other” will do."))
    review = _judge(report, ReportState.RETURNED, said, actor, reasons)
    version = session().get_one(Version, review.version_id)
    _record("reports:report:return", report, actor, version=version.number, review=review.id, reasons=review.reasons)
    _count(report)
    notices.tell(report.author_id, NoticeKind.RETURNED, report, actor=actor)
    return review


def approve(report: Report, *, notes: str, pen: Pen, shown: str = "", actor: Actor) -> Review:
    """A supervisor stands by what was submitted, and signs it. `shown` as in `submit`.

    Checks are run again, those of other rooms too: what was coded since may contradict the text.
    """
    said = wording.words(notes, field="notes", most=4000, least=0)
    review = _judge(report, ReportState.APPROVED, said, actor)
    report.approved_at = review.at
    version = session().get_one(Version, review.version_id)
    signatures.refuse_unseen(shown, version.sha256)
    _sign(version, report, SignaturePart.APPROVER, APPROVAL, pen, actor, review=review.id)
    _count(report)
    notices.tell(report.author_id, NoticeKind.APPROVED, report, actor=actor)
    return review


def file(report: Report, *, actor: Actor) -> Version:
    """The approved report becomes the record. Nothing of it is ever changed again."""
    if not (actor.may(Permission.REPORT_FILE) or supervises(report, actor)):
        raise Forbidden(N_("Records or a supervisor of the unit file reports."))
    if report.author_id == actor.officer_id:
        raise Forbidden(N_("The author never files their own report."))
    approved = latest_version(report)
    if approved is None:
        raise Conflict(N_("Nothing was submitted yet."))
    report.state = REPORT_MOVES.check(report.state, ReportState.FILED)
    report.filed_at = report.changed_at = max(now(), report.changed_at)
    # What is filed is what was signed and approved, to the letter; what came to the incident since is not in it.
    version = keep_version(report, approved.content, actor)
    _record("reports:report:file", report, actor, version=version.number, sha256=version.sha256)
    notices.tell(report.author_id, NoticeKind.FILED, report, actor=actor)
    return version


def _judge(
    report: Report, decision: ReportState, notes: str, actor: Actor, reasons: Sequence[ReturnReason] = ()
) -> Review:
    check_impartial(report, actor)
    version = latest_version(report)
    if version is None:
        raise Conflict(N_("Nothing was submitted yet."))
    report.state = REPORT_MOVES.check(report.state, decision)
    if decision is ReportState.APPROVED:
        _nothing_in_the_way(report)
    report.changed_at = max(now(), report.changed_at)
    last = _last_review(report)
    review = Review(
        id=uuid.uuid4(),
        report_id=report.id,
        version_id=version.id,
        reviewer_id=actor.id,
        number=last.number + 1 if last else 1,
        decision=decision,
        reasons=[one.value for one in reasons],
        notes=notes,
        at=hundredths(now()),
    )
    session().add(review)
    session().flush()
    return review


def _sign(
    version: Version,
    report: Report,
    part: SignaturePart,
    statement: str,
    pen: Pen,
    actor: Actor,
    **more: uuid.UUID | str,
) -> None:
    """Signs and leaves the event that bears the signature out: it names the hash of the signed note."""
    signature = signatures.sign(version, report, part=part, statement=statement, pen=pen, actor=actor)
    _record(
        f"reports:report:{'submit' if part is SignaturePart.AUTHOR else 'approve'}",
        report,
        actor,
        version=version.number,
        sha256=version.sha256,
        signature=signature.id,
        note_sha256=sha256_hex(signature.note.encode()),
        ai=version.content["ai"]["used"],
        **more,
    )


def _nothing_in_the_way(report: Report) -> None:
    """Invalid while a check finds an error, or a warning that nobody acknowledged (A8)."""
    open_things = obstacles(report)
    if open_things:
        raise Invalid(
            open_things[0],
            field="report",
            remedy=phrase("%(open_things)s things are open.", open_things=len(open_things)),
        )


def _last_review(report: Report) -> Review | None:
    query = sa.select(Review).where(Review.report_id == report.id).order_by(Review.number.desc()).limit(1)
    return session().scalars(query).one_or_none()


def _count(report: Report, **given: int) -> None:
    """Brings the figures for the lists up to date after a move."""
    returns = sa.select(sa.func.count()).where(Review.report_id == report.id, Review.decision == ReportState.RETURNED)
    figures.recount(report, returns=session().scalar(returns) or 0, **given)


def _record(act: str, report: Report, actor: Actor, **details: Any) -> None:
    session().flush()
    ledger.record(
        act, actor=actor, subject_kind="report", subject_id=report.id, incident_id=report.incident_id, **details
    )
