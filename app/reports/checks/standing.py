"""Checks of what stands: gaps, doubtful and unsupported sentences, planted mistakes, recordings that are gone."""

import uuid

import sqlalchemy as sa

from app.core.db import session
from app.core.phrases import N_, phrase
from app.evidence.models import Evidence, EvidenceState
from app.reports import agency, planted
from app.reports.checks.finding import Finding, error, register, warning
from app.reports.models import Authorship, Report, Sentence

DEFAULT_LEAST_CONFIDENCE = agency.Rules().least_confidence


@register
def something_written(report: Report) -> list[Finding]:
    """A report has at least one sentence."""
    return [] if report.sentences else [error("empty", N_("The report has no sentence yet."))]


@register
def gaps(report: Report) -> list[Finding]:
    """No `[INSERT` is left open (A8)."""
    return [
        error("gap", phrase("Fill in: %(text)s (%(section)s)", text=_gap(one.text), section=one.section), one.id)
        for one in report.sentences
        if one.gap
    ]


@register
def doubtful_sentences(report: Report) -> list[Finding]:
    """Every sentence the machine was unsure of was edited or acknowledged (A8)."""
    limit = agency.rules().least_confidence
    return [
        error(
            "doubtful",
            phrase(
                "Check this doubtful sentence against its recording: “%(text)s” (%(section)s)",
                text=short(one.text),
                section=one.section,
            ),
            one.id,
        )
        for one in report.sentences
        if doubtful(one, limit)
    ]


@register
def planted_mistakes(report: Report) -> list[Finding]:
    """Every planted mistake was found (A8). Where they are is for the author to see."""
    left = len(planted.unfound(report))
    some = phrase("%(count)s sentences that are plainly untrue", count=left)
    many = phrase("a sentence that is plainly untrue") if left == 1 else some
    return (
        [
            error(
                "planted",
                phrase("Your agency planted %(many)s: read every sentence, and remove what cannot be.", many=many),
            )
        ]
        if left
        else []
    )


@register
def unsupported_sentences(report: Report) -> list[Finding]:
    """A machine's sentence names its seconds (A9), and the recording they are in is still there."""
    there = _sealed({source.evidence_id for one in report.sentences for source in one.sources})
    found = []
    for one in report.sentences:
        if one.authorship is Authorship.OFFICER or one.gap:
            continue
        if not one.sources:
            found.append(
                warning(
                    "unsupported",
                    phrase("No recording supports this sentence: “%(text)s”", text=short(one.text)),
                    one.id,
                )
            )
        elif not any(source.evidence_id in there for source in one.sources):
            found.append(
                warning(
                    "source-gone",
                    phrase("The recording that supports this sentence is gone: “%(text)s”", text=short(one.text)),
                    one.id,
                )
            )
    return found


def doubtful(sentence: Sentence, limit: float = DEFAULT_LEAST_CONFIDENCE) -> bool:
    """Whether the machine was unsure of a sentence that nobody has edited or acknowledged."""
    return (
        sentence.authorship is Authorship.MACHINE
        and not sentence.gap
        and sentence.acknowledged_at is None
        and sentence.confidence is not None
        and sentence.confidence < limit
    )


def short(text: str, most: int = 80) -> str:
    """The beginning of a long sentence."""
    return text if len(text) <= most else f"{text[: most - 3]}…"


def _gap(text: str) -> str:
    start = text.find("[INSERT")
    end = text.find("]", start)
    return text[start : end + 1 if end > 0 else None]


def _sealed(evidence_ids: set[uuid.UUID]) -> set[uuid.UUID]:
    if not evidence_ids:
        return set()
    query = sa.select(Evidence.id).where(Evidence.id.in_(evidence_ids), Evidence.state == EvidenceState.SEALED)
    return set(session().scalars(query))
