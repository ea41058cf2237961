"""Remarks on a sentence or the whole report, between its author and those who review it."""

import uuid

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, NotFound
from app.core.phrases import N_
from app.reports import figures, notices, service, wording
from app.reports.impartial import may_review
from app.reports.models import Report, ReportState, Review, Sentence
from app.reports.work import Comment, NoticeKind

LONGEST = 2000


def say(
    report: Report, *, text: str, actor: Actor, sentence: Sentence | None = None, answers: Comment | None = None
) -> Comment:
    """A remark by the author or a reviewer, or an answer to one. The other side is told; the words stay out of the ledger."""
    _may_speak(report, actor)
    clean = wording.words(text, field="text", most=LONGEST, what=N_("A comment"))
    if sentence is not None and sentence.report_id != report.id:
        raise NotFound(N_("There is no such sentence in this report."))
    last = session().scalar(sa.select(sa.func.max(Comment.number)).where(Comment.report_id == report.id)) or 0
    comment = Comment(
        id=uuid.uuid4(),
        report_id=report.id,
        sentence_id=answers.sentence_id if answers else sentence.id if sentence else None,
        answers_id=(answers.answers_id or answers.id) if answers else None,
        author_id=actor.id,
        number=last + 1,
        text=clean,
        at=now(),
    )
    session().add(comment)
    figures.refresh(report.id)
    service.record("reports:comment:say", report, actor, comment=comment.id, sentence=comment.sentence_id)
    for officer_id in _others(report, answers, actor):
        notices.tell(officer_id, NoticeKind.COMMENTED, report, actor=actor)
    return comment


def resolve(comment: Comment, report: Report, *, actor: Actor) -> None:
    """Done with: by either side. Resolving twice changes nothing."""
    _may_speak(report, actor)
    if comment.resolved_at is not None:
        return
    comment.resolved_at, comment.resolved_by = now(), actor.id
    figures.refresh(report.id)
    service.record("reports:comment:resolve", report, actor, comment=comment.id)


def of(report: Report) -> list[Comment]:
    """Every comment, in the order made."""
    return list(session().scalars(sa.select(Comment).where(Comment.report_id == report.id).order_by(Comment.number)))


def one(report: Report, comment_id: uuid.UUID) -> Comment:
    """A comment of this report."""
    found = session().get(Comment, comment_id)
    if found is None or found.report_id != report.id:
        raise NotFound(N_("There is no such comment."))
    return found


def may_speak(report: Report, actor: Actor) -> bool:
    """Whether this actor may comment: the author, or who may review it, until it is filed."""
    if report.state is ReportState.FILED:
        return False
    return report.author_id == actor.officer_id or may_review(report, actor)


def _may_speak(report: Report, actor: Actor) -> None:
    if report.state is ReportState.FILED:
        raise Conflict(N_("This report is filed."), remedy=N_("Write a supplement."))
    if not may_speak(report, actor):
        raise Forbidden(N_("The author of a report and those who review it comment on it."))


def _others(report: Report, answers: Comment | None, actor: Actor) -> set[uuid.UUID]:
    """Whom a comment concerns: the author, whoever is answered, and who reviewed it before."""
    reviewers = session().scalars(sa.select(Review.reviewer_id).where(Review.report_id == report.id).distinct())
    told = {report.author_id, *reviewers} | ({answers.author_id} if answers else set())
    return told - {actor.id}
