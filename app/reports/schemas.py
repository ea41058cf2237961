"""What comes in from the back room, and what goes out to phones."""

import uuid
from dataclasses import dataclass, field
from typing import Any

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


def report_card(report: Report, url: str) -> dict[str, object]:
    """A report as a phone lists it: no text, so that a draft never passes for a statement (A7)."""
    return {
        "id": str(report.id),
        "title": report.title,
        "incident": report.incident.number,
        "kind": report.incident.kind.value,
        "place": report.incident.place,
        "state": report.state.value,
        "changed_at": report.changed_at.isoformat(),
        "url": url,
    }


def report_text(report: Report, url: str) -> dict[str, object]:
    """A report sentence by sentence, each with author, doubt and seconds."""
    return {
        **report_card(report, url),
        "is_statement": report.is_statement,
        "sentences": [
            {
                "id": str(one.id),
                "section": one.section,
                "text": one.text,
                "authorship": one.authorship.value,
                "confidence": one.confidence,
                "gap": one.gap,
                "sources": [
                    {"evidence_id": str(source.evidence_id), "start_s": source.start_s, "end_s": source.end_s}
                    for source in one.sources
                ],
            }
            for one in report.sentences
        ],
    }
