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
from app.core.errors import Conflict, Forbidden
from app.core.outbox import enqueue_once
from app.core.phrases import N_, phrase
from app.incidents.models import Incident
from app.reports import agency, figures, notices, planted, recollection, wording
from app.reports.authorship import authored, machine_characters
from app.reports.canonical import digest
from app.reports.models import REPORT_MOVES, Authorship, Draft, Report, ReportState, Review, Sentence, SentenceSource
from app.reports.schemas import DraftedSentence
from app.reports.work import NoticeKind, PlantedMistake

EDITABLE = (ReportState.DRAFT, ReportState.RETURNED)
LONGEST_SENTENCE = wording.LONGEST_SENTENCE


def report_for(incident: Incident, *, author: Officer) -> Report:
    """The incident's report, begun when there is none."""
    first = sa.select(Report).where(Report.incident_id == incident.id, Report.supplements_id.is_(None))
    known = session().scalars(first).one_or_none()
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
    changed(report)
    return report


def refuse_draft(incident: Incident, *, author: Officer, actor: Actor) -> Report:
    """What the drafting step does where the agency lets no machine draft: an empty report for the officer to write,
    and the attempt on record (A12)."""
    report = report_for(incident, author=author)
    ledger.record(
        "reports:draft:refuse",
        actor=actor,
        subject_kind="report",
        subject_id=report.id,
        incident_id=incident.id,
        outcome="refused",
        kind=incident.kind.value,
    )
    return report


def keep_draft(
    report: Report,
    *,
    step_id: uuid.UUID,
    engines: list[dict[str, Any]],
    inputs: list[dict[str, Any]],
    sentences: Sequence[DraftedSentence],
    actor: Actor,
    left_out: Sequence[Sequence[Any]] = (),
) -> Draft:
    """Keeps what the machine wrote, unaltered and before anybody sees it (A4). Never overwrites a draft (A5).

    While nobody has touched the report, it takes the new draft's sentences; afterwards the draft is only offered.
    Forbidden for a kind of incident that the agency blocked.
    """
    if agency.rules().blocks(report.incident.kind):
        raise Forbidden(N_("The agency lets no machine draft reports of this kind."))
    content, untold = [one.row() for one in sentences], [list(one) for one in left_out]
    last = session().scalar(sa.select(sa.func.max(Draft.number)).where(Draft.report_id == report.id)) or 0
    draft = Draft(
        id=uuid.uuid4(),
        report_id=report.id,
        number=last + 1,
        step_id=step_id,
        engines=engines,
        inputs=inputs,
        content=content,
        left_out=untold,
        sha256=digest(
            {"content": content, "engines": engines, "inputs": inputs} | ({"left_out": untold} if untold else {})
        ),
        created_at=now(),
    )
    session().add(draft)
    session().flush()
    taken = report.state is ReportState.DRAFT and not _touched(report)
    if taken:
        _forget_untouched(report)
        _take(report, draft, actor)
    enqueue_once("count_checks", incident_id=report.incident_id)  # recordings came since, taken or not
    record(
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
    """The author takes a newer draft instead of what stands; what stood is kept as removed.

    Forbidden for a kind of incident that the agency blocked since; `try_draft` puts the attempt on record.
    """
    editable(report, actor)
    if agency.rules().blocks(report.incident.kind):
        raise Forbidden(
            N_("The agency lets no machine draft reports of this kind."), remedy=N_("Write it in your own words.")
        )
    moment = now()
    session().execute(
        sa.update(Sentence)
        .where(Sentence.report_id == report.id, Sentence.removed_at.is_(None))
        .values(removed_at=moment, edited_by=actor.id, edited_at=moment)
    )
    session().expire(report)
    _take(report, draft, actor)
    changed(report)
    record("reports:draft:use", report, actor, draft=draft.id, number=draft.number)


def edit_sentence(sentence: Sentence, report: Report, *, text: str, edition: int, actor: Actor) -> Sentence:
    """The author's wording. Conflict when somebody changed the sentence since it was read (`edition`).

    Saving what stands already changes nothing and is no act: a page that saves by itself may ask for it often.
    """
    clean = wording.sentence(text)
    same_edition(sentence, edition)
    editable(report, actor, only_check=clean == sentence.text)
    if clean == sentence.text:
        return sentence
    sentence.text = clean
    sentence.authorship = authored(sentence.machine_text, clean)
    sentence.machine_characters = machine_characters(sentence)
    sentence.edited_by, sentence.edited_at = actor.id, now()
    changed(report)
    record(
        "reports:sentence:edit",
        report,
        actor,
        sentence=sentence.id,
        authorship=sentence.authorship.value,
        machine=sentence.machine_characters,
        characters=len(clean),
        sha256=digest(clean),
    )
    return sentence


def add_sentence(report: Report, *, text: str, section: str, actor: Actor) -> Sentence:
    """The officer's own sentence at the end of a section."""
    editable(report, actor)
    sentence = own_sentence(
        report, text=wording.sentence(text), section=section, position=after(report, section), actor=actor
    )
    changed(report)
    return sentence


def own_sentence(report: Report, *, text: str, section: str, position: float, actor: Actor) -> Sentence:
    """A sentence of the officer's at `position`; `text` is plain already, the report known to be editable, and `changed`
    called by who adds the last of them."""
    sentence = Sentence(
        id=uuid.uuid4(),
        report_id=report.id,
        position=position,
        section=section_name(section),
        text=text,
        authorship=Authorship.OFFICER,
        confidence=None,
        edited_by=actor.id,
        edited_at=now(),
    )
    session().add(sentence)
    record("reports:sentence:add", report, actor, sentence=sentence.id, sha256=digest(text))
    return sentence


def remove_sentence(sentence: Sentence, report: Report, *, actor: Actor) -> None:
    """Takes a sentence out of the report; the row stays, and so does the draft it came from."""
    editable(report, actor)
    sentence.removed_at = sentence.edited_at = now()
    sentence.edited_by = actor.id
    changed(report)
    record("reports:sentence:remove", report, actor, sentence=sentence.id, authorship=sentence.authorship.value)


def find_planted(mistake: PlantedMistake, report: Report, *, actor: Actor) -> None:
    """The author saw a planted mistake and changed or removed it (A8)."""
    planted.find(mistake, report, actor=actor)
    enqueue_once("count_checks", incident_id=report.incident_id)


def acknowledge(sentence: Sentence, report: Report, *, actor: Actor) -> Sentence:
    """The author has compared a doubtful sentence with its recording and stands by it (A8)."""
    editable(report, actor)
    sentence.acknowledged_at = now()
    changed(report)
    record("reports:sentence:acknowledge", report, actor, sentence=sentence.id, confidence=sentence.confidence)
    return sentence


def editable(report: Report, actor: Actor, *, only_check: bool = False) -> None:
    """Whether `actor` may change the report now; Forbidden or Conflict otherwise.

    An approved report goes back by the change itself: nothing unapproved is ever filed (C12).
    """
    if report.author_id != actor.officer_id:
        raise Forbidden(N_("Only its author changes a report."), remedy=N_("Return it with notes instead."))
    recollection.check(report, actor)
    if report.state is ReportState.APPROVED:
        if not only_check:
            reopen(report, actor=actor)
    elif report.state not in EDITABLE:
        raise Conflict(
            phrase("This report is %(value)s: it is not changed any more.", value=phrase(report.state.value)),
            remedy=N_("Write a supplement.")
            if report.state is ReportState.FILED
            else N_("Ask your supervisor to return it."),
        )


def reopen(report: Report, *, actor: Actor) -> None:
    """The author takes an approved report back to change it; it must be signed and approved again."""
    if report.author_id != actor.officer_id:
        raise Forbidden(N_("Only its author takes an approved report back."), remedy=N_("A supervisor can return it."))
    if report.state is not ReportState.APPROVED:
        raise Conflict(phrase("This report is %(value)s, not approved.", value=phrase(report.state.value)))
    report.state = REPORT_MOVES.check(report.state, ReportState.RETURNED)
    report.approved_at = None
    changed(report)
    record("reports:report:reopen", report, actor)
    newest = sa.select(Review.reviewer_id).where(Review.report_id == report.id).order_by(Review.number.desc()).limit(1)
    reviewer = session().scalar(newest)
    if reviewer is not None:
        notices.tell(reviewer, NoticeKind.REOPENED, report, actor=actor)


def _take(report: Report, draft: Draft, actor: Actor) -> None:
    taken = []
    for position, row in enumerate(draft.content, 1):
        own = row.get("author") == "officer"
        sentence = Sentence(
            id=uuid.uuid4(),
            report_id=report.id,
            draft_id=draft.id,
            position=float(position),
            section=row["section"],
            text=row["text"],
            machine_text="" if own else row["text"],
            authorship=Authorship.OFFICER if own else Authorship.MACHINE,
            machine_characters=0 if own else len(row["text"]),
            confidence=None if own else row["confidence"],
            engines=[row["engine"]] if row.get("engine") else [],
        )
        sentence.sources = [
            SentenceSource(evidence_id=uuid.UUID(evidence_id), start_s=start, end_s=end, quote=quote)
            for evidence_id, start, end, quote in row["sources"]
        ]
        session().add(sentence)
        taken.append(sentence)
    changed(report)
    planted.plant(report, taken, actor=actor)


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


def same_edition(sentence: Sentence, edition: int) -> None:
    """Conflict unless the sentence stands as it was read."""
    if sentence.removed_at is not None or sentence.edition != edition:
        raise Conflict(
            N_("This sentence was changed since you opened it."),
            field="text",
            remedy=N_("Your words are kept in the box; compare, then save again."),
        )


def after(report: Report, section: str) -> float:
    """A position behind the section's last sentence and before whatever follows."""
    return places(report, count=1, section=section)[0]


def places(report: Report, *, count: int, section: str = "", behind: Sentence | None = None) -> list[float]:
    """`count` positions behind a sentence, or at the end of a section (the report's own end when it is a new one).

    When the room between two neighbours is used up, all are set one apart again first: order never hangs on rounding.
    """
    for _ in range(2):
        standing = _standing(report)
        inside = [position for position, name in standing if name == section]
        last = behind.position if behind else inside[-1] if inside else standing[-1][0] if standing else 0.0
        following = next((position for position, _ in standing if position > last), last + count + 1.0)
        gap = (following - last) / (count + 1)
        if gap > 1e-6:
            break
        _spread(report)
        if behind is not None:
            session().refresh(behind, ["position"])
    return [last + gap * number for number in range(1, count + 1)]


def _standing(report: Report) -> list[tuple[float, str]]:
    """Where each sentence is and in which section, the removed ones too."""
    query = sa.select(Sentence.position, Sentence.section).where(Sentence.report_id == report.id)
    return [(row.position, row.section) for row in session().execute(query.order_by(Sentence.position))]


def _spread(report: Report) -> None:
    ranked = sa.select(Sentence.id, sa.func.row_number().over(order_by=[Sentence.position, Sentence.id]).label("place"))
    counted = ranked.where(Sentence.report_id == report.id).subquery()
    statement = sa.update(Sentence).where(Sentence.id == counted.c.id).values(position=counted.c.place)
    session().execute(statement.execution_options(synchronize_session=False))


def section_name(section: str) -> str:
    """A heading as it is kept."""
    return wording.plain(section)[:60].strip() or "Narrative"


def changed(report: Report) -> None:
    """Notes that the report changed, and counts it again for the lists; what the checks find in it, a worker counts in a
    moment, once for all that is typed until then. A clock set back never makes it older."""
    report.changed_at = max(now(), report.changed_at)
    figures.refresh(report.id)
    enqueue_once("count_checks", incident_id=report.incident_id)


def record(act: str, report: Report, actor: Actor, **details: Any) -> None:
    """The event of an act on a report."""
    session().flush()
    ledger.record(
        act, actor=actor, subject_kind="report", subject_id=report.id, incident_id=report.incident_id, **details
    )
