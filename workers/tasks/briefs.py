"""What the writing engine is given, from what the agency and the incident have."""

import uuid
from dataclasses import asdict

from app.reports.report_types import ReportType
from app.reports.schemas import DraftedSentence
from workers.engines import writing


def type_of(kind: ReportType) -> writing.ReportType:
    """An agency's type of report as the engine takes it."""
    return writing.ReportType(
        code=kind.code,
        opening=kind.opening,
        person=kind.person,
        asked=tuple(writing.Asked(one.section, one.text, one.found_by, one.words, one.when) for one in kind.asked),
        headings=dict(kind.headings),
        favours=kind.favours,
        most=kind.most,
        version=kind.version,
        sha256=kind.sha256,
    )


def sentence_of(sentence: writing.DraftSentence) -> DraftedSentence:
    """A sentence of the engine as reports take it."""
    return DraftedSentence(
        section=sentence.section,
        text=sentence.text,
        confidence=sentence.confidence,
        gap=sentence.gap,
        sources=[(uuid.UUID(one.evidence_id), one.start, one.end, one.quote) for one in sentence.sources],
        own=sentence.author == "officer",
        unconfirmed=sentence.unconfirmed,
        plain=sentence.plain,
        engine=asdict(sentence.engine) if sentence.engine else {},
    )
