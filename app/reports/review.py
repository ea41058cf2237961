"""Submitting, returning, approving, filing: each freezes or judges a version, and the author never approves."""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import hundredths, now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.permissions import Permission
from app.evidence.models import Evidence, EvidenceState
from app.incidents.models import Incident
from app.reports import agency, figures, notices, recollection, wording
from app.reports.authorship import CERTIFICATION, DISCLOSURES, has_ai_text, machine_share, programs, spans_of
from app.reports.canonical import digest
from app.reports.differences import sentence_differences
from app.reports.impartial import check_impartial, supervises
from app.reports.models import REPORT_MOVES, Draft, Report, ReportState, ReturnReason, Review, Signature, Version
from app.reports.obstacles import obstacles, standing
from app.reports.work import NoticeKind

LEAST_NOTES = 10


def submit(report: Report, *, certified: bool, actor: Actor, states: Sequence[str] = ("CA",)) -> Version:
    """The author certifies and signs exactly what stands, and hands it to a supervisor (A2, A3).

    `states` are those whose disclosure the agency owes; their sentences are frozen into the version.
    """
    if report.author_id != actor.officer_id:
        raise Forbidden("Only its author submits a report.")
    if not certified:
        raise Invalid("Certify that you have read and reviewed the report.", field="certified")
    recollection.check(report, actor)
    _nothing_in_the_way(report)
    before = latest_version(report)
    report.state = REPORT_MOVES.check(report.state, ReportState.SUBMITTED)
    report.submitted_at = report.changed_at = max(now(), report.changed_at)
    version = _freeze(report, actor, states)
    signature = Signature(
        id=uuid.uuid4(),
        report_id=report.id,
        version_id=version.id,
        officer_id=actor.id,
        statement=CERTIFICATION,
        content_sha256=version.sha256,
        at=hundredths(now()),
        address=actor.address,
    )
    session().add(signature)
    _record(
        "reports:report:submit", report, actor, version=version.number, sha256=version.sha256, signature=signature.id
    )
    _count(report, changed_since_return=_changed_since(before, version))
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
        raise Invalid("Say what is missing or wrong.", field="notes", remedy=f"At least {LEAST_NOTES} characters.")
    if not reasons:
        raise Invalid("Choose at least one reason.", field="reasons", remedy="“Other” will do.")
    review = _judge(report, ReportState.RETURNED, said, actor, reasons)
    notices.tell(report.author_id, NoticeKind.RETURNED, report, actor=actor)
    return review


def approve(report: Report, *, notes: str, actor: Actor) -> Review:
    """A supervisor stands by what was submitted. Checks are run again: what was coded since may contradict the text."""
    said = wording.words(notes, field="notes", most=4000, least=0)
    review = _judge(report, ReportState.APPROVED, said, actor)
    report.approved_at = review.at
    notices.tell(report.author_id, NoticeKind.APPROVED, report, actor=actor)
    return review


def file(report: Report, *, actor: Actor) -> Version:
    """The approved report becomes the record. Nothing of it is ever changed again."""
    if not (actor.may(Permission.REPORT_FILE) or supervises(report, actor)):
        raise Forbidden("Records or a supervisor of the unit file reports.")
    if report.author_id == actor.officer_id:
        raise Forbidden("The author never files their own report.")
    report.state = REPORT_MOVES.check(report.state, ReportState.FILED)
    report.filed_at = report.changed_at = max(now(), report.changed_at)
    version = _freeze(report, actor, _disclosures_signed(report))
    _record("reports:report:file", report, actor, version=version.number, sha256=version.sha256)
    notices.tell(report.author_id, NoticeKind.FILED, report, actor=actor)
    return version


def latest_version(report: Report) -> Version | None:
    """The newest frozen version."""
    query = sa.select(Version).where(Version.report_id == report.id).order_by(Version.number.desc()).limit(1)
    return session().scalars(query).one_or_none()


def content_of(report: Report, states: Sequence[str] = ()) -> dict[str, Any]:
    """Everything the printed page is made from, as plain data: what is hashed and signed.

    It is made from the report's sentences alone: a planted mistake is none. `spans` says of each run of characters
    whether the machine or the officer wrote it (A9).
    """
    incident, author = report.incident, report.author
    sentences = list(report.sentences)
    with_ai = has_ai_text(sentences)
    return {
        "report": str(report.id),
        "title": report.title,
        "supplements": str(report.supplements_id or ""),
        "incident": {
            "number": incident.number,
            "kind": incident.kind.title,
            "title": incident.title,
            "place": incident.place,
            "occurred_at": incident.occurred_at.isoformat(),
            "unit": incident.unit.name,
        },
        "author": {"badge": author.badge, "name": author.name, "rank": author.rank},
        "ai": {
            "used": with_ai,
            "programs": programs(_engines(report)) if with_ai else [],
            "machine_share": round(machine_share(sentences), 4),
            "disclosures": [DISCLOSURES[state] for state in states] if with_ai else [],
        },
        "sentences": [
            {
                "section": one.section,
                "text": one.text,
                "authorship": one.authorship.value,
                "confidence": one.confidence,
                "machine_text": one.machine_text,
                "spans": [[span.start, span.end, span.author] for span in spans_of(one)],
                "sources": [[str(src.evidence_id), src.start_s, src.end_s] for src in one.sources],
            }
            for one in sentences
        ],
        "people": [
            {"part": one.part.value, "name": one.name, "date_of_birth": str(one.date_of_birth or "")}
            for one in incident.participants
        ],
        "offences": [{"code": one.code, "description": one.description} for one in incident.offences],
        "exhibits": _exhibits(incident),
    }


def _judge(
    report: Report, decision: ReportState, notes: str, actor: Actor, reasons: Sequence[ReturnReason] = ()
) -> Review:
    check_impartial(report, actor)
    version = latest_version(report)
    if version is None:
        raise Conflict("Nothing was submitted yet.")
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
    _record(
        f"reports:report:{'return' if decision is ReportState.RETURNED else 'approve'}",
        report,
        actor,
        version=version.number,
        review=review.id,
        reasons=review.reasons,
    )
    _count(report)
    return review


def _nothing_in_the_way(report: Report) -> None:
    """Invalid while a check finds an error, or a warning that nobody acknowledged (A8)."""
    open_things = obstacles(report)
    if open_things:
        raise Invalid(open_things[0], field="report", remedy=f"{len(open_things)} things are open.")


def _last_review(report: Report) -> Review | None:
    query = sa.select(Review).where(Review.report_id == report.id).order_by(Review.number.desc()).limit(1)
    return session().scalars(query).one_or_none()


def _changed_since(before: Version | None, after: Version) -> int:
    """How many sentences are not as the version before had them."""
    if before is None:
        return 0
    old, new = ([row["text"] for row in one.content.get("sentences", [])] for one in (before, after))
    return sum(one.kind != "same" for one in sentence_differences(old, new))


def _count(report: Report, **given: int) -> None:
    """Brings the figures for the lists up to date after a move."""
    found = standing(report)
    returns = sa.select(sa.func.count()).where(Review.report_id == report.id, Review.decision == ReportState.RETURNED)
    figures.refresh(
        report.id,
        least_confidence=agency.rules().least_confidence,
        errors=len(found.errors),
        warnings=len(found.open) + len(found.acknowledged),
        returns=session().scalar(returns) or 0,
        **given,
    )


def _disclosures_signed(report: Report) -> list[str]:
    """The states whose disclosure the author signed: what is filed says the same, whatever was set since."""
    signed = latest_version(report)
    held = signed.content.get("ai", {}).get("disclosures", []) if signed else []
    return [state for state, sentence in DISCLOSURES.items() if sentence in held]


def _freeze(report: Report, actor: Actor, states: Sequence[str]) -> Version:
    content = content_of(report, states)
    last = session().scalar(sa.select(sa.func.max(Version.number)).where(Version.report_id == report.id)) or 0
    version = Version(
        id=uuid.uuid4(),
        report_id=report.id,
        number=last + 1,
        state=report.state,
        content=content,
        sha256=digest(content),
        created_by=actor.id,
        created_at=hundredths(now()),
    )
    session().add(version)
    session().flush()
    return version


def _engines(report: Report) -> list[dict[str, Any]]:
    """The programs behind every draft a standing sentence came from, and behind every quotation."""
    used = {one.draft_id for one in report.sentences if one.draft_id is not None}
    drafts = session().scalars(sa.select(Draft).where(Draft.id.in_(used)).order_by(Draft.number))
    quoted = [engine for one in report.sentences for engine in one.engines]
    return [*(engine for draft in drafts for engine in draft.engines), *quoted]


def _exhibits(incident: Incident) -> list[dict[str, Any]]:
    items = session().scalars(
        sa.select(Evidence)
        .where(Evidence.incident_id == incident.id, Evidence.state == EvidenceState.SEALED)
        .order_by(Evidence.received_at)
    )
    return [
        {
            "id": str(one.id),
            "title": one.title,
            "name": one.original_name,
            "sha256": one.sha256,
            "size": one.size,
            "duration_s": one.duration_s,
        }
        for one in items
    ]


def _record(act: str, report: Report, actor: Actor, **details: Any) -> None:
    session().flush()
    ledger.record(
        act, actor=actor, subject_kind="report", subject_id=report.id, incident_id=report.incident_id, **details
    )
