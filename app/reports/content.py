"""What of a report is hashed, signed and printed, as plain data, and how a version of it is frozen."""

import uuid
from typing import Any

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import hundredths, now
from app.core.db import session
from app.evidence.models import Evidence, EvidenceState
from app.incidents.models import Incident
from app.reports.authorship import Terms, has_ai_text, machine_share, programs, spans_of
from app.reports.canonical import digest
from app.reports.differences import sentence_differences
from app.reports.models import Draft, Report, Version


def content_of(report: Report, terms: Terms | None = None) -> dict[str, Any]:
    """Everything the printed page is made from, as plain data: what is hashed and signed.

    It is made from the report's sentences alone: a planted mistake is none. `spans` says of each run of characters
    whether the machine or the officer wrote it (A9). `printed` is what stands on the paper by the agency's terms: its
    name and the disclosures owed.
    """
    incident, author = report.incident, report.author
    sentences = list(report.sentences)
    with_ai = has_ai_text(sentences)
    return {
        "report": str(report.id),
        "printed": terms.printed(with_ai=with_ai) if terms else {},
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


def keep_version(report: Report, content: dict[str, Any], actor: Actor) -> Version:
    """Freezes `content` as the report's next version."""
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


def latest_version(report: Report) -> Version | None:
    """The newest frozen version."""
    query = sa.select(Version).where(Version.report_id == report.id).order_by(Version.number.desc()).limit(1)
    return session().scalars(query).one_or_none()


def sentences_changed(before: Version | None, after: Version) -> int:
    """How many sentences are not as the version before had them; 0 when there was none."""
    if before is None:
        return 0
    old, new = ([row["text"] for row in one.content.get("sentences", [])] for one in (before, after))
    return sum(one.kind != "same" for one in sentence_differences(old, new))


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
