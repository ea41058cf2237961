"""Writing: a draft made of what was heard and seen, every sentence with its sources. Extractive; nothing is invented."""

from dataclasses import replace

from workers.engines.info import EngineInfo
from workers.engines.writing.brief import (
    Brief,
    Draft,
    DraftSentence,
    IncidentFacts,
    LeftOut,
    PersonFact,
    Recording,
    Source,
    TagFact,
)
from workers.engines.writing.checking import unsupported
from workers.engines.writing.choosing import choose, left_out
from workers.engines.writing.framing import closing, gaps, notes, opening
from workers.engines.writing.scene import Scene, is_traffic
from workers.engines.writing.types import SECTIONS, Asked, ReportType, general

__all__ = [
    "SECTIONS",
    "Asked",
    "Brief",
    "Draft",
    "DraftSentence",
    "IncidentFacts",
    "LeftOut",
    "PersonFact",
    "Recording",
    "ReportType",
    "Source",
    "TagFact",
    "compose",
    "engine",
    "unsupported",
]

VERSION = "0.3.0"


def engine(kind: ReportType, *, first_person: bool = False, dropped: int = 0, untold: int = 0) -> EngineInfo:
    """What writes, with everything that decided how. It is a set of rules, no language model."""
    parameters: dict[str, object] = {
        "type": kind.code,
        "type_version": kind.version,
        "type_sha256": kind.sha256,
        "person": "first" if first_person else "third",
        "dropped": dropped,
        "left_out": untold,
    }
    return EngineInfo(name="blotter-writer", model="extractive", version=VERSION, parameters=parameters)


def compose(brief: Brief) -> Draft:
    """A draft of the incident. `unsupported` is empty for each of its sentences; what would fail it is dropped and counted.

    Selection is by weight: what a report must have (force, threats, weapons, rights, admissions, the outcome) comes
    first, then the rest as far as about ten sentences a minute allow. What is not told is listed with the reason. Time
    grows linearly with the lines.
    """
    kind = brief.type or general(brief.incident.kind, traffic=is_traffic(brief.incident.kind))
    scenes = [
        Scene(recording, brief.incident, kind.person, brief.first_person, kind.favours)
        for recording in brief.recordings
    ]
    chosen = choose(scenes, most=kind.most)
    supported = [one.sentence for one in chosen if not unsupported(one.sentence, brief)]
    untold = left_out(scenes, chosen, {id(sentence) for sentence in supported})
    around = [
        *opening(brief, scenes, kind),
        *notes(brief),
        *gaps(brief, scenes, supported, kind),
        *closing(scenes, {one.evidence_id for one in untold}),
    ]
    told = [*around[:1], *supported, *around[1:]] if around and not around[0].gap else [*supported, *around]
    kept = [sentence for sentence in told if not unsupported(sentence, brief)]
    dropped = len(around) + len(chosen) - len(kept)
    order = {section: at for at, section in enumerate(kind.order)}
    kept.sort(key=lambda sentence: order.get(sentence.section, len(order)))
    info = engine(kind, first_person=brief.first_person, dropped=dropped, untold=len(untold))
    return Draft(info, tuple(_headed(sentence, kind) for sentence in kept), tuple(untold))


def _headed(sentence: DraftSentence, kind: ReportType) -> DraftSentence:
    """The sentence under the heading that the type of report gives its section."""
    return replace(sentence, section=kind.headings.get(sentence.section, sentence.section))
