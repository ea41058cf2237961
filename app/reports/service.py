"""Drafts kept as written, and sentences corrected one by one. Review and signature are in review.py."""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Officer
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid
from app.incidents.models import Incident
from app.reports.authorship import authored
from app.reports.canonical import digest
from app.reports.models import Authorship, Draft, Report, ReportState, Sentence, SentenceSource
from app.reports.schemas import DraftedSentence

EDITABLE = (ReportState.DRAFT, ReportState.RETURNED)
LONGEST_SENTENCE = 5000


def report_for(incident: Incident, *, author: Officer) -> Report:
    """The incident's report, begun when there is none."""
    known = session().scalars(sa.select(Report).where(Report.incident_id == incident.id)).one_or_none()
    if known is not None:
        return known
    moment = now()
    report = Report(
        id=uuid.uuid4(),
        incident_id=incident.id,
        author_id=author.id,
        state=ReportState.DRAFT,
        created_at=moment,
        changed_at=moment,
    )
    session().add(report)
    session().flush()
    return report


def keep_draft(
    report: Report,
    *,
    step_id: uuid.UUID,
    engines: list[dict[str, Any]],
    inputs: list[dict[str, Any]],
    sentences: Sequence[DraftedSentence],
    actor: Actor,
) -> Draft:
    """Keeps what the machine wrote, unaltered and before anybody sees it (A4). Never overwrites a draft (A5).

    While nobody has touched the report, it takes the new draft's sentences; afterwards the draft is only offered.
    """
    content = [
        {
            "section": one.section,
            "text": one.text,
            "confidence": one.confidence,
            "gap": one.gap,
            "sources": [[str(evidence_id), start, end, quote] for evidence_id, start, end, quote in one.sources],
        }
        for one in sentences
    ]
    last = session().scalar(sa.select(sa.func.max(Draft.number)).where(Draft.report_id == report.id)) or 0
    draft = Draft(
        id=uuid.uuid4(),
        report_id=report.id,
        number=last + 1,
        step_id=step_id,
        engines=engines,
        inputs=inputs,
        content=content,
        sha256=digest({"content": content, "engines": engines, "inputs": inputs}),
        created_at=now(),
    )
    session().add(draft)
    session().flush()
    taken = report.state is ReportState.DRAFT and not _touched(report)
    if taken:
        _forget_untouched(report)
        _take(report, draft)
    _record(
        "reports:draft:keep",
        report,
        actor,
        draft=draft.id,
        number=draft.number,
        sha256=draft.sha256,
        taken=taken,
        sentences=len(content),
    )
    return draft


def use_draft(report: Report, draft: Draft, *, actor: Actor) -> None:
    """The author takes a newer draft instead of what stands; what stood is kept as removed."""
    _editable(report, actor)
    moment = now()
    session().execute(
        sa.update(Sentence)
        .where(Sentence.report_id == report.id, Sentence.removed_at.is_(None))
        .values(removed_at=moment, edited_by=actor.id, edited_at=moment)
    )
    session().expire(report)
    _take(report, draft)
    _changed(report)
    _record("reports:draft:use", report, actor, draft=draft.id, number=draft.number)


def edit_sentence(sentence: Sentence, report: Report, *, text: str, edition: int, actor: Actor) -> Sentence:
    """The author's wording. Conflict when somebody changed the sentence since it was read (`edition`)."""
    _editable(report, actor)
    _same_edition(sentence, edition)
    sentence.text = _clean(text)
    sentence.authorship = authored(sentence.machine_text, sentence.text)
    sentence.edited_by, sentence.edited_at = actor.id, now()
    _changed(report)
    _record(
        "reports:sentence:edit",
        report,
        actor,
        sentence=sentence.id,
        authorship=sentence.authorship.value,
        sha256=digest(sentence.text),
    )
    return sentence


def add_sentence(report: Report, *, text: str, section: str, actor: Actor) -> Sentence:
    """The officer's own sentence at the end of a section."""
    _editable(report, actor)
    moment = now()
    sentence = Sentence(
        id=uuid.uuid4(),
        report_id=report.id,
        position=_after(report, section),
        section=section.strip()[:60] or "Narrative",
        text=_clean(text),
        authorship=Authorship.OFFICER,
        confidence=None,
        edited_by=actor.id,
        edited_at=moment,
    )
    session().add(sentence)
    _changed(report)
    _record("reports:sentence:add", report, actor, sentence=sentence.id, sha256=digest(sentence.text))
    return sentence


def remove_sentence(sentence: Sentence, report: Report, *, actor: Actor) -> None:
    """Takes a sentence out of the report; the row stays, and so does the draft it came from."""
    _editable(report, actor)
    sentence.removed_at = sentence.edited_at = now()
    sentence.edited_by = actor.id
    _changed(report)
    _record("reports:sentence:remove", report, actor, sentence=sentence.id, authorship=sentence.authorship.value)


def acknowledge(sentence: Sentence, report: Report, *, actor: Actor) -> Sentence:
    """The author has compared a doubtful sentence with its recording and stands by it (A8)."""
    _editable(report, actor)
    sentence.acknowledged_at = now()
    _changed(report)
    _record("reports:sentence:acknowledge", report, actor, sentence=sentence.id, confidence=sentence.confidence)
    return sentence


def _take(report: Report, draft: Draft) -> None:
    for position, row in enumerate(draft.content, 1):
        sentence = Sentence(
            id=uuid.uuid4(),
            report_id=report.id,
            draft_id=draft.id,
            position=float(position),
            section=row["section"],
            text=row["text"],
            machine_text=row["text"],
            authorship=Authorship.MACHINE,
            confidence=row["confidence"],
        )
        sentence.sources = [
            SentenceSource(evidence_id=uuid.UUID(evidence_id), start_s=start, end_s=end, quote=quote)
            for evidence_id, start, end, quote in row["sources"]
        ]
        session().add(sentence)
    _changed(report)


def _touched(report: Report) -> bool:
    """Whether a person has changed, added, removed or acknowledged anything."""
    marks = sa.or_(
        Sentence.edited_by.is_not(None), Sentence.removed_at.is_not(None), Sentence.acknowledged_at.is_not(None)
    )
    found = session().scalar(sa.select(Sentence.id).where(Sentence.report_id == report.id, marks).limit(1))
    return found is not None


def _forget_untouched(report: Report) -> None:
    """Sentences nobody touched are copies of a draft that is kept; they make room for the newer draft's."""
    mine = sa.select(Sentence.id).where(Sentence.report_id == report.id)
    session().execute(sa.delete(SentenceSource).where(SentenceSource.sentence_id.in_(mine)))
    session().execute(sa.delete(Sentence).where(Sentence.report_id == report.id))


def _editable(report: Report, actor: Actor) -> None:
    if report.author_id != actor.officer_id:
        raise Forbidden("Only its author changes a report.", remedy="Return it with notes instead.")
    if report.state not in EDITABLE:
        raise Conflict(f"This report is {report.state.value}: it is not changed any more.")


def _same_edition(sentence: Sentence, edition: int) -> None:
    if sentence.removed_at is not None or sentence.edition != edition:
        raise Conflict(
            "This sentence was changed since you opened it.",
            field="text",
            remedy="Your words are kept in the box; compare, then save again.",
        )


def _after(report: Report, section: str) -> float:
    """A position behind the section's last sentence and before whatever follows."""
    standing = list(
        session().execute(
            sa.select(Sentence.position, Sentence.section)
            .where(Sentence.report_id == report.id)
            .order_by(Sentence.position)
        )
    )
    inside = [position for position, name in standing if name == section]
    last = inside[-1] if inside else (standing[-1].position if standing else 0.0)
    following = [position for position, _ in standing if position > last]
    return (last + following[0]) / 2 if following else last + 1.0


def _clean(text: str) -> str:
    """Plain text: control characters out, white space folded, not empty, not endless."""
    clean = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not clean:
        raise Invalid("A sentence needs words.", field="text", remedy="To take it out, use Remove.")
    if len(clean) > LONGEST_SENTENCE:
        raise Invalid(f"A sentence has at most {LONGEST_SENTENCE} characters.", field="text", remedy="Make it two.")
    return clean


def _changed(report: Report) -> None:
    report.changed_at = now()
    session().flush()


def _record(act: str, report: Report, actor: Actor, **details: Any) -> None:
    session().flush()
    ledger.record(
        act, actor=actor, subject_kind="report", subject_id=report.id, incident_id=report.incident_id, **details
    )
