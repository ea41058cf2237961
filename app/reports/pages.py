"""What the pages of this room share: their blueprint, what each may offer to whom, and the way back."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Flask, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.core import ledger
from app.core.actor import Actor
from app.core.db import transaction
from app.core.permissions import Permission
from app.reports import (
    authorship,
    comments,
    obstacles,
    planted,
    queries,
    recollection,
    service,
    supplements,
    surroundings,
)
from app.reports.impartial import conflict_of_interest, may_review, supervises
from app.reports.models import Authorship, Report, ReportState, ReturnReason, Sentence, SentenceSource
from app.reports.work import Comment, PlantedMistake

bp = Blueprint("reports", __name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A planted mistake as the editor shows it: like a sentence of the machine's, so that only reading finds it."""

    id: uuid.UUID
    text: str
    section: str
    position: float
    confidence: float
    sources: Sequence[SentenceSource]
    report_id: uuid.UUID
    edition: int = 1
    gap: bool = False
    authorship: Authorship = Authorship.MACHINE
    acknowledged_at: datetime | None = None

    @property
    def machine_text(self) -> str:
        """The same as `text`: nobody has touched it."""
        return self.text


@dataclass(frozen=True, slots=True)
class Hands:
    """What a page may offer about a report, and what it must say."""

    may_edit: bool
    may_review: bool
    may_file: bool
    may_reopen: bool
    may_comment: bool
    may_supplement: bool
    part_taken: str
    recollection_due: bool
    recollection: Any
    dictations: list[recollection.Dictation]
    limit: float
    share: float
    shares: dict[str, float]
    sections: list[tuple[str, list[Sentence | Shown]]]
    looks_after: bool
    newer_draft: int
    last_return: Any
    changed: frozenset[uuid.UUID] = frozenset()
    first_to_check: list[Sentence] = field(default_factory=list)
    comments: dict[uuid.UUID | None, list[Comment]] = field(default_factory=dict)
    supplements: list[Report] = field(default_factory=list)


def hands(report: Report) -> Hands:
    """For templates: what the one who looks may do with `report`."""
    actor: Actor = g.actor
    own, around = report.author_id == actor.officer_id, surroundings.of(report)
    may_edit, due = may_edit_now(report, actor), around.recollection_due(report, actor)
    judges = report.state is ReportState.SUBMITTED and supervises(report, actor) and not own
    part_taken = conflict_of_interest(report, actor) if judges else ""
    returned = [one for one in report.reviews if one.decision is ReportState.RETURNED]
    return Hands(
        may_edit=may_edit and not due,
        may_review=judges and not part_taken,
        may_file=_may_file(report, actor),
        may_reopen=own and report.state is ReportState.APPROVED,
        may_comment=report.state is not ReportState.FILED and (own or (supervises(report, actor) and not part_taken)),
        may_supplement=supplements.may_begin(report, actor),
        part_taken=part_taken,
        recollection_due=due,
        recollection=recollection.of(report.incident_id, report.author_id) if around.recollected else None,
        dictations=recollection.dictations(report.incident_id, report.author_id) if due else [],
        limit=around.rules.least_confidence,
        share=authorship.machine_share(report.sentences),
        shares=authorship.shares(report.sentences),
        sections=[] if due else _sections(report, planted.unfound(report) if may_edit and around.planted else []),
        looks_after=(may_edit or judges) and not due,
        newer_draft=_newer_draft(report) if may_edit else 0,
        last_return=returned[-1] if returned and report.state is ReportState.RETURNED else None,
        changed=_changed_since_return(report) if judges else frozenset(),
        first_to_check=_first_to_check(report, around.rules.least_confidence) if judges else [],
        comments=_threads(report) if around.comments else {},
        supplements=queries.supplements_of(actor, report) if report.state is ReportState.FILED else [],
    )


def draft_sections(rows: Sequence[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """A draft's rows under their headings, in their order."""
    sections: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        sections.setdefault(row["section"], []).append(row)
    return list(sections.items())


def may_edit_now(report: Report, actor: Actor) -> bool:
    """Whether the actor's page is an editor."""
    return report.author_id == actor.officer_id and report.state in service.EDITABLE


def install_hands(app: Flask) -> None:
    """Gives templates of every room `report_hands` and `report_spans`: the incident page shows the report too."""
    app.jinja_env.globals["report_hands"] = hands
    app.jinja_env.globals["report_spans"] = _spans
    app.jinja_env.globals["draft_sections"] = draft_sections
    app.jinja_env.globals["report_standing"] = obstacles.standing
    app.jinja_env.globals["return_reasons"] = lambda: [(one.value, one.title) for one in ReturnReason]
    app.jinja_env.globals["reason_words"] = reason_words
    app.jinja_env.filters["reason_words"] = reason_words
    app.jinja_env.filters["age_words"] = age_words
    app.jinja_env.globals["may_edit_report"] = lambda report: may_edit_now(report, g.actor)


def _spans(one: Any) -> list[authorship.Span]:
    """The spans of a sentence; the page of styles shows sentences that are no rows."""
    if isinstance(one, Sentence):
        return authorship.spans_of(one)
    return authorship.spans(one["machine_text"], one["text"])


def reason_words(code: str) -> str:
    """A reason for a return in words; one that is no longer used, as it was kept."""
    return ReturnReason(code).title if code in list(ReturnReason) else code


def age_words(age: timedelta) -> str:
    """How long something waits: minutes in the first hour, hours in the first two days, then days."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 60:
        return f"{max(minutes, 0)} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} days"


def viewed(report: Report, actor: Actor, what: str) -> None:
    """The event of somebody reading a report."""
    with transaction():
        ledger.record(
            "reports:report:view",
            actor=actor,
            subject_kind="report",
            subject_id=report.id,
            incident_id=report.incident_id,
            what=what,
        )


def back_to(report: Report, sentence_id: uuid.UUID | None = None) -> ResponseReturnValue:
    """Where the form came from: the incident's page or the report's own, at the sentence."""
    anchor = f"s-{sentence_id}" if sentence_id is not None else None
    if request.form.get("back", "") == "incident":
        return redirect(f"/incidents/{report.incident_id}#{anchor or 'report'}", 303)
    return redirect(url_for("reports.show", report_id=report.id, _anchor=anchor), 303)


def known_id(text: str | None) -> uuid.UUID | None:
    """A UUID a form sent, or None when it is none."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def shown(mistake: PlantedMistake) -> Shown:
    """A mistake dressed as a sentence."""
    sources = list(mistake.beside.sources) if mistake.beside else []
    return Shown(
        mistake.id, mistake.text, mistake.section, mistake.position, mistake.confidence, sources, mistake.report_id
    )


def _sections(report: Report, mistakes: list[PlantedMistake]) -> list[tuple[str, list[Sentence | Shown]]]:
    """Sentences under their headings, in their order; a mistake stands behind the sentence it was planted beside."""
    beside: dict[uuid.UUID | None, list[Shown]] = {}
    for one in mistakes:
        beside.setdefault(one.beside_id, []).append(shown(one))
    sections: dict[str, list[Sentence | Shown]] = {}
    for sentence in report.sentences:
        sections.setdefault(sentence.section, []).extend([sentence, *beside.pop(sentence.id, [])])
    for left in beside.values():
        for orphan in left:
            sections.setdefault(orphan.section, []).append(orphan)
    if not sections:
        sections["Narrative"] = []
    return list(sections.items())


def _may_file(report: Report, actor: Actor) -> bool:
    if report.state is not ReportState.APPROVED or report.author_id == actor.officer_id:
        return False
    return actor.may(Permission.REPORT_FILE) or may_review(report, actor)


def _newer_draft(report: Report) -> int:
    """The number of a draft newer than those the text came from; 0 when there is none."""
    numbers = {draft.id: draft.number for draft in report.drafts}
    used = max((numbers.get(one.draft_id, 0) for one in report.sentences if one.draft_id), default=0)
    newest = report.drafts[-1].number if report.drafts else 0
    return newest if newest > used else 0


def _changed_since_return(report: Report) -> frozenset[uuid.UUID]:
    """The sentences that are not as the version last returned had them."""
    returned = [one.version_id for one in report.reviews if one.decision is ReportState.RETURNED]
    if not returned:
        return frozenset()
    before = next((one for one in report.versions if one.id == returned[-1]), None)
    content = queries.version(report, before.number).content if before else {}
    old = {row["text"] for row in content.get("sentences", [])}
    return frozenset(one.id for one in report.sentences if one.text not in old)


def _first_to_check(report: Report, limit: float) -> list[Sentence]:
    """The machine's sentences it was least sure of, the least sure first."""
    shaky = [
        one
        for one in report.sentences
        if one.authorship is Authorship.MACHINE and one.confidence is not None and one.confidence < limit
    ]
    return sorted(shaky, key=lambda one: one.confidence or 0.0)


def _threads(report: Report) -> dict[uuid.UUID | None, list[Comment]]:
    """Comments by the sentence they are on; None: on the whole report."""
    found: dict[uuid.UUID | None, list[Comment]] = {}
    for one in comments.of(report):
        found.setdefault(one.sentence_id, []).append(one)
    return found
