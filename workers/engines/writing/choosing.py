"""Which of the offered sentences are told, by weight, and the list of what is not, with the reason."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from workers.engines.writing.acts import MUST
from workers.engines.writing.brief import LeftOut
from workers.engines.writing.offering import Candidate
from workers.engines.writing.scene import Said, Scene
from workers.engines.writing.telling import FILLER, UNTOLD_TAGS, candidates, seen
from workers.engines.writing.words import plain

_LEAST, _MOST_OF_ALL, _ENOUGH = 12, 120, 3
_REPEATED = 2
_CLOCKS = re.compile(r"\(\d+:\d\d[\d:, to]*\)\.$")
_REST = 3  # words of a line that may stay untold without being listed

SHORT = "a word or two"
AGAIN = "said before in the same words"
LIGHTER = "other sentences weighed more"
IN_PART = "told in part; this is the whole"
UNSUPPORTED = "the sentence made of it failed its own check"
MARK = "other marks in the picture were surer"


def choose(scenes: Iterable[Scene], *, most: int) -> list[Candidate]:
    """The weightiest sentences of all recordings, in order of recording and time; about ten a minute, `most` at most
    unless more must be told."""
    chosen: list[Candidate] = []
    for scene in scenes:
        lasted = max(scene.recording.duration, *(said.line.end for said in scene.said), 0.0) if scene.said else 0.0
        room = max(min(_LEAST, most), min(most, round(10 + 8 * lasted / 60)))
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


def left_out(scenes: Iterable[Scene], chosen: Sequence[Candidate], supported: set[int]) -> list[LeftOut]:
    """Every line that no sentence tells, or not whole, and every mark of the picture, in order, with the reason.

    `supported` are the ids of the sentences that stand; a line told only by one that fell is named so.
    """
    quotes: dict[tuple[str, float, float], list[str]] = defaultdict(list)
    fell: set[tuple[str, float, float]] = set()
    for one in chosen:
        for source in one.sentence.sources:
            key = source.evidence_id, source.start, source.end
            if id(one.sentence) in supported:
                quotes[key].append(source.quote)
            else:
                fell.add(key)
    found: list[LeftOut] = []
    for scene in scenes:
        texts: set[str] = set()
        for said in scene.said:
            key = scene.recording.evidence_id, said.line.start, said.line.end
            reason = _reason(said, quotes.get(key, []), fell=key in fell, again=said.text.casefold() in texts)
            texts.add(said.text.casefold())
            if reason:
                found.append(LeftOut(*key, said.text, reason))
        found += _marks(scene, quotes)
    return found


def _reason(said: Said, quotes: list[str], *, fell: bool, again: bool) -> str:
    """Why a line is not told; nothing when it is."""
    words = len(said.text.split())
    if quotes:
        told = sum(len(quote.split()) for quote in set(quotes))
        whole = any(quote == said.text for quote in quotes) or told >= words - _REST
        return "" if whole else IN_PART
    if fell:
        return UNSUPPORTED
    if again:
        return AGAIN
    return SHORT if words <= 2 else LIGHTER


def _marks(scene: Scene, quotes: dict[tuple[str, float, float], list[str]]) -> Iterator[LeftOut]:
    """Marks that no sentence tells, one of each kind and label."""
    told = {plain(quote).casefold() for said in quotes.values() for quote in said}
    known: set[tuple[str, str]] = set()
    for tag in scene.recording.tags:
        label = plain(tag.label)
        key = tag.kind.lower(), label.casefold()
        if label and key[0] not in UNTOLD_TAGS and key not in known and label.casefold() not in told:
            known.add(key)
            yield LeftOut(scene.recording.evidence_id, tag.start, tag.end, f"{tag.kind}: {label}", MARK)
