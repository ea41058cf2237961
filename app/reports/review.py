"""Submitting, returning, approving, filing: each freezes or judges a version, and the author never approves."""

import uuid
from typing import Any

import sqlalchemy as sa

from app.accounts.signing import Pen
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import hundredths, now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.permissions import Permission, Role
from app.core.verifier import sha256_hex
from app.evidence.models import Evidence, EvidenceState
from app.incidents.models import Incident
from app.reports import approval, signatures
from app.reports.authorship import APPROVAL, CERTIFICATION, Terms, has_ai_text, machine_share, programs
from app.reports.canonical import digest
from app.reports.models import (
    REPORT_MOVES,
    Authorship,
    Draft,
    Report,
    ReportState,
    Review,
    Sentence,
    SignaturePart,
    Version,
)

LEAST_CONFIDENCE = 0.5  # a machine's sentence below this must be edited or acknowledged before submitting (A8)
LEAST_NOTES = 10


def obstacles(report: Report) -> list[str]:
    """Why a report cannot be submitted yet, each naming its place; empty when it can."""
    if not report.sentences:
        return ["The report has no sentence yet."]
    found = [f"Fill in: {_gap(one.text)} ({one.section})" for one in report.sentences if one.gap]
    found += [
        f"Check this doubtful sentence against its recording: “{_short(one.text)}” ({one.section})"
        for one in report.sentences
        if doubtful(one)
    ]
    return found


def doubtful(sentence: Sentence) -> bool:
    """Whether the machine was unsure of a sentence that nobody has edited or acknowledged."""
    return (
        sentence.authorship is Authorship.MACHINE
        and not sentence.gap
        and sentence.acknowledged_at is None
        and sentence.confidence is not None
        and sentence.confidence < LEAST_CONFIDENCE
    )


def submit(report: Report, *, certified: bool, terms: Terms, pen: Pen, shown: str = "", actor: Actor) -> Version:
    """The author certifies and signs exactly what stands, and hands it to a supervisor (A2, A3).

    `shown` is the SHA-256 of the content on the page that the author read; Conflict when something else stands now.
    """
    if report.author_id != actor.officer_id:
        raise Forbidden("Only its author submits a report.")
    if not certified:
        raise Invalid("Certify that you have read and reviewed the report.", field="certified")
    standing_in_the_way = obstacles(report)
    if standing_in_the_way:
        raise Invalid(standing_in_the_way[0], field="report", remedy=f"{len(standing_in_the_way)} things are open.")
    content = content_of(report, terms)
    signatures.refuse_unseen(shown, digest(content))
    report.state = REPORT_MOVES.check(report.state, ReportState.SUBMITTED)
    report.submitted_at = report.changed_at = now()
    version = _keep(report, content, actor)
    _sign(version, report, SignaturePart.AUTHOR, CERTIFICATION, pen, actor)
    return version


def return_to_author(report: Report, *, notes: str, actor: Actor) -> Review:
    """A supervisor sends it back and says what is missing."""
    if len(notes.strip()) < LEAST_NOTES:
        raise Invalid("Say what is missing or wrong.", field="notes", remedy=f"At least {LEAST_NOTES} characters.")
    review = _judge(report, ReportState.RETURNED, notes, actor)
    version = session().get_one(Version, review.version_id)
    _record("reports:report:return", report, actor, version=version.number, review=review.id)
    return review


def approve(report: Report, *, notes: str, pen: Pen, shown: str = "", actor: Actor) -> Review:
    """A supervisor stands by what was submitted, and signs it. `shown` as in `submit`. Conflict while a check of another
    room finds an error."""
    if may_review(report, actor):
        approval.refuse_on_errors(report)
    review = _judge(report, ReportState.APPROVED, notes, actor)
    report.approved_at = review.at
    version = session().get_one(Version, review.version_id)
    signatures.refuse_unseen(shown, version.sha256)
    _sign(version, report, SignaturePart.APPROVER, APPROVAL, pen, actor, review=review.id)
    return review


def file(report: Report, *, actor: Actor) -> Version:
    """The approved report becomes the record. Nothing of it is ever changed again."""
    if not (actor.may(Permission.REPORT_FILE) or _reviews(report, actor)):
        raise Forbidden("Records or a supervisor of the unit file reports.")
    if report.author_id == actor.officer_id:
        raise Forbidden("The author never files their own report.")
    approved = latest_version(report)
    report.state = REPORT_MOVES.check(report.state, ReportState.FILED)
    report.filed_at = report.changed_at = now()
    # What is filed is what was signed and approved, to the letter; what came to the incident since is not in it.
    version = _keep(report, approved.content if approved else content_of(report), actor)
    _record("reports:report:file", report, actor, version=version.number, sha256=version.sha256)
    return version


def may_review(report: Report, actor: Actor) -> bool:
    """Whether this actor may return or approve it: a supervisor of the incident's unit who did not write it."""
    return report.author_id != actor.officer_id and _reviews(report, actor)


def latest_version(report: Report) -> Version | None:
    """The newest frozen version."""
    query = sa.select(Version).where(Version.report_id == report.id).order_by(Version.number.desc()).limit(1)
    return session().scalars(query).one_or_none()


def content_of(report: Report, terms: Terms | None = None) -> dict[str, Any]:
    """Everything the printed page is made from, as plain data: what is hashed and signed."""
    incident, author = report.incident, report.author
    sentences = list(report.sentences)
    with_ai = has_ai_text(sentences)
    return {
        "report": str(report.id),
        "printed": terms.printed(with_ai=with_ai) if terms else {},
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
        },
        "sentences": [
            {
                "section": one.section,
                "text": one.text,
                "authorship": one.authorship.value,
                "confidence": one.confidence,
                "machine_text": one.machine_text,
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


def refuse_to_judge(report: Report, actor: Actor) -> None:
    """Raises Forbidden for the author and for whoever is no supervisor of the unit."""
    if report.author_id == actor.officer_id:
        raise Forbidden("Nobody reviews their own report.", remedy="Another supervisor of the unit must do it.")
    if not _reviews(report, actor):
        raise Forbidden("Supervisors of the incident's unit review its report.")


def _judge(report: Report, decision: ReportState, notes: str, actor: Actor) -> Review:
    refuse_to_judge(report, actor)
    version = latest_version(report)
    if version is None:
        raise Conflict("Nothing was submitted yet.")
    report.state = REPORT_MOVES.check(report.state, decision)
    report.changed_at = now()
    review = Review(
        id=uuid.uuid4(),
        report_id=report.id,
        version_id=version.id,
        reviewer_id=actor.id,
        decision=decision,
        notes=notes.strip(),
        at=hundredths(now()),
    )
    session().add(review)
    session().flush()
    return review


def _sign(
    version: Version, report: Report, part: SignaturePart, statement: str, pen: Pen, actor: Actor, **more: uuid.UUID
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


def _reviews(report: Report, actor: Actor) -> bool:
    return actor.role is Role.SUPERVISOR and actor.unit_id == report.incident.unit_id


def _keep(report: Report, content: dict[str, Any], actor: Actor) -> Version:
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
    """The programs behind every draft a standing sentence came from."""
    used = {one.draft_id for one in report.sentences if one.draft_id is not None}
    drafts = session().scalars(sa.select(Draft).where(Draft.id.in_(used)).order_by(Draft.number))
    return [engine for draft in drafts for engine in draft.engines]


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


def _gap(text: str) -> str:
    start = text.find("[INSERT")
    end = text.find("]", start)
    return text[start : end + 1 if end > 0 else None]


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}…"


def _record(act: str, report: Report, actor: Actor, **details: Any) -> None:
    session().flush()
    ledger.record(
        act, actor=actor, subject_kind="report", subject_id=report.id, incident_id=report.incident_id, **details
    )
