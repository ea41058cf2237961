"""Writing: a draft made of what was heard and seen, every sentence with its sources. Extractive; nothing is invented."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from workers.engines.info import EngineInfo
from workers.engines.writing.acts import MUST
from workers.engines.writing.brief import Brief, Draft, DraftSentence, IncidentFacts, Recording, Source, TagFact
from workers.engines.writing.checking import unsupported
from workers.engines.writing.framing import closing, gaps, opening
from workers.engines.writing.scene import Scene
from workers.engines.writing.telling import FILLER, Candidate, candidates, seen

__all__ = [
    "SECTIONS",
    "Brief",
    "Draft",
    "DraftSentence",
    "IncidentFacts",
    "Recording",
    "Source",
    "TagFact",
    "compose",
    "engine",
    "unsupported",
]

SECTIONS = ("Introduction", "Contact", "Statements", "Observations", "Actions and force", "Disposition", "Evidence")
VERSION = "0.1.0"
_LEAST, _MOST, _MOST_OF_ALL, _ENOUGH = 10, 45, 120, 4
_REPEATED = 2
_CLOCKS = re.compile(r"\(\d+:\d\d[\d:, to]*\)\.$")


def engine(dropped: int = 0) -> EngineInfo:
    """What writes. It is a set of rules, no language model."""
    return EngineInfo(name="blotter-writer", model="extractive", version=VERSION, parameters={"dropped": dropped})


def compose(brief: Brief) -> Draft:
    """A draft of the incident. `unsupported` is empty for each of its sentences; what would fail it is dropped and counted.

    Selection is by weight: what a report must have (force, threats, weapons, rights, admissions, the outcome) comes
    first, then the rest as far as about ten sentences a minute allow. Time grows linearly with the lines.
    """
    scenes = [Scene(recording, brief.incident) for recording in brief.recordings]
    chosen = [c.sentence for c in _select(scenes)]
    told = [*opening(brief, scenes), *chosen, *gaps(brief, scenes, chosen), *closing(scenes, _omitted(scenes, chosen))]
    kept = [sentence for sentence in told if not unsupported(sentence, brief)]
    return Draft(engine(dropped=len(told) - len(kept)), tuple(sorted(kept, key=lambda s: SECTIONS.index(s.section))))


def _select(scenes: Iterable[Scene]) -> list[Candidate]:
    """The weightiest sentences of all recordings, in order of recording and time."""
    chosen: list[Candidate] = []
    for scene in scenes:
        minutes = (
            max(scene.recording.duration, *(said.line.end for said in scene.said), 0.0) / 60 if scene.said else 0.0
        )
        room = max(_LEAST, min(_MOST, round(6 + 7 * minutes)))
        offered = list(_untold([*candidates(scene), *seen(scene)]))
        telling = [c for c in offered if c.weight > FILLER]
        ranked = sorted(telling if len(telling) >= _ENOUGH else offered, key=lambda c: (-c.weight, c.at))
        must = sum(c.weight >= MUST for c in ranked)
        picked = ranked[: max(room, min(must, _MOST_OF_ALL))]
        chosen += sorted(picked, key=lambda c: c.at)
    return chosen


def _untold(offered: list[Candidate]) -> Iterator[Candidate]:
    """The candidates, weightiest first, without those made of words that another already tells.

    The same words said again weigh little, so that an order repeated a hundred times does not crowd out the rest.
    """
    told: set[tuple[int, int]] = set()
    texts: set[str] = set()
    for candidate in sorted(offered, key=lambda c: (-c.weight, c.at, -len(c.about))):
        if not candidate.about & told:
            told |= candidate.about
            words = _CLOCKS.sub("", candidate.sentence.text)
            yield replace(candidate, weight=_REPEATED) if words in texts else candidate
            texts.add(words)


def _omitted(scenes: list[Scene], chosen: list[DraftSentence]) -> set[str]:
    """The recordings in which more was said than the draft repeats."""
    cited = {(source.evidence_id, source.start) for sentence in chosen for source in sentence.sources}
    return {
        scene.recording.evidence_id
        for scene in scenes
        if any((scene.recording.evidence_id, said.line.start) not in cited for said in scene.said)
    }
