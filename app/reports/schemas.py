"""What comes in from the back room, and what goes out to phones."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pydantic

from app.reports.models import Report

Source = tuple[uuid.UUID, float, float, str]


@dataclass(frozen=True, slots=True)
class DraftedSentence:
    """One sentence as the machine wrote it; each source is (evidence id, start s, end s, words said).

    `own`: the words are the officer's, taken from what they wrote. `unconfirmed`: values a machine proposes and nobody
    confirmed. `plain` and `engine`: the sentence before a model rephrased it, and that model.
    """

    section: str
    text: str
    confidence: float
    gap: bool
    sources: list[Source]
    own: bool = False
    unconfirmed: tuple[str, ...] = ()
    plain: str = ""
    engine: dict[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """As it is kept in a draft; what does not apply is not there."""
        kept: dict[str, Any] = {
            "section": self.section,
            "text": self.text,
            "confidence": self.confidence,
            "gap": self.gap,
            "sources": [[str(evidence_id), start, end, quote] for evidence_id, start, end, quote in self.sources],
        }
        if self.own:
            kept["author"] = "officer"
        if self.unconfirmed:
            kept["unconfirmed"] = list(self.unconfirmed)
        return kept | ({"plain": self.plain, "engine": self.engine} if self.plain else {})


class ReportCard(pydantic.BaseModel):
    """A report as a phone lists it: no text, so that a draft never passes for a statement (A7)."""

    id: uuid.UUID
    title: str
    incident: str
    kind: str
    place: str
    state: str
    changed_at: datetime
    url: str


class ReportsQuery(pydantic.BaseModel):
    """Which page of the list: the cursor in `next` of the page before; none for the first."""

    cursor: str = ""


class ReportList(pydantic.BaseModel):
    """A page of reports, and `next`, the query that asks for the page after it; empty on the last."""

    reports: list[ReportCard]
    next: str = ""


class SentenceSource(pydantic.BaseModel):
    """The seconds of a recording that a sentence rests on."""

    evidence_id: uuid.UUID
    start_s: float
    end_s: float


class SentenceText(pydantic.BaseModel):
    """A sentence: who wrote it (machine, edited, officer), how sure the machine was (0 to 1), and whether it still is a gap."""

    id: uuid.UUID
    section: str
    text: str
    authorship: str
    confidence: float | None
    gap: bool
    sources: list[SentenceSource]


class ReportText(ReportCard):
    """A report sentence by sentence; `is_statement` is false while it is only a draft."""

    is_statement: bool
    sentences: list[SentenceText]


def report_card(report: Report, url: str) -> ReportCard:
    """The report without its text."""
    return ReportCard(
        id=report.id,
        title=report.title,
        incident=report.incident.number,
        kind=report.incident.kind.value,
        place=report.incident.place,
        state=report.state.value,
        changed_at=report.changed_at,
        url=url,
    )


def report_text(report: Report, url: str) -> ReportText:
    """The report sentence by sentence, each with author, doubt and seconds."""
    return ReportText(
        **report_card(report, url).model_dump(),
        is_statement=report.is_statement,
        sentences=[
            SentenceText(
                id=one.id,
                section=one.section,
                text=one.text,
                authorship=one.authorship.value,
                confidence=one.confidence,
                gap=one.gap,
                sources=[SentenceSource.model_validate(source, from_attributes=True) for source in one.sources],
            )
            for one in report.sentences
        ],
    )
