"""Drafts of invented incidents with known facts: what they recall, what they claim beyond them, what they ask for.

What is said, by whom and when is given (no recogniser and no telling apart of speakers takes part); entities are read by
the real reading engine and the draft is written by the real writing engine. The ten incidents of `held.toml` were never
used to change the writer; the headline figures are theirs.
"""

import re
import statistics
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from tests.bench.incidents import REQUIRED, Fact, Incident, garbled, incidents
from tests.bench.judging import holds, tokens, unsupported_claims
from workers.engines.reading import Line, read
from workers.engines.writing import Draft, compose

ERRORS, SEEDS = 0.15, (1, 2, 3)
ENOUGH = 2 / 3  # of a phrase's words, where words were misheard
HALF_AN_HOUR_S = 1800.0


@dataclass
class Tally:
    """What was counted over incidents."""

    facts: int = 0
    recalled: int = 0
    sentences: int = 0
    claims: list[str] = field(default_factory=list)
    missing: int = 0
    asked: int = 0
    told: int = 0
    needless: int = 0
    forgotten: list[str] = field(default_factory=list)

    def figures(self, mark: str = "") -> dict[str, float]:
        """Shares, each name followed by `mark`."""
        return {
            f"fact_recall{mark}": round(self.recalled / self.facts, 4),
            f"unsupported_claims_per_100_sentences{mark}": round(100 * len(self.claims) / self.sentences, 3),
            f"gaps_raised{mark}": round(self.asked / self.missing, 4),
            f"gaps_needless{mark}": round(self.needless / self.told, 4),
        }


def figures() -> dict[str, Any]:
    """Everything measured: the ten held incidents as they are and with word errors, then the ten that were shown."""
    found: dict[str, Any] = {}
    for name, mark in (("held", ""), ("shown", "_shown")):
        scripts = incidents(name)
        clean = tally(scripts, None)
        noisy = tally(scripts, ERRORS)
        found |= clean.figures(mark) | noisy.figures(f"{mark}_wer15")
        found |= {f"sentences{mark}": clean.sentences, f"facts{mark}": clean.facts, f"incidents{mark}": len(scripts)}
        for line in [*clean.forgotten, *clean.claims, *noisy.claims][:20] if name == "shown" else ():
            print(f"  {line}", flush=True)
        print(name, clean.figures(mark), flush=True)
    return found | speed()


measure = figures


def tally(scripts: list[Incident], errors: float | None, seeds: tuple[int, ...] = SEEDS) -> Tally:
    """Counts over the incidents, once as they are or once per seed with word errors."""
    counted = Tally()
    for incident in scripts:
        for seed in seeds if errors else (0,):
            heard = garbled(incident, rate=errors, seed=seed) if errors else incident.lines
            _count(counted, incident, heard, compose(incident.heard(heard)), exact=not errors)
    return counted


def _count(counted: Tally, incident: Incident, heard: tuple[Line, ...], draft: Draft, *, exact: bool) -> None:
    told = [one for one in draft.sentences if not one.gap]
    counted.sentences += len(told)
    for sentence in told:
        claims = unsupported_claims(sentence, incident, heard)
        counted.claims += [f"{incident.code}: {sentence.text} <- {claim}" for claim in claims]
    for fact in incident.facts:
        known = recalled(fact, incident, draft, exact=exact)
        counted.facts += 1
        counted.recalled += known
        if not known:
            counted.forgotten.append(f"{incident.code}: not told: {fact.value or fact.words}")
    gaps = " ".join(one.text.casefold() for one in draft.sentences if one.gap)
    for code, words in REQUIRED[incident.kind].items():
        raised = words in gaps
        if code in incident.spoken:
            counted.told += 1
            counted.needless += raised
            if raised:
                counted.forgotten.append(f"{incident.code}: asked needlessly: {code}")
        else:
            counted.missing += 1
            counted.asked += raised
            if not raised:
                counted.forgotten.append(f"{incident.code}: not asked: {code}")


def recalled(fact: Fact, incident: Incident, draft: Draft, *, exact: bool) -> bool:
    """Whether a sentence that points at the fact's seconds tells it: a value exactly, a phrase word for word, or where
    words were misheard by two thirds of them."""
    start = incident.lines[fact.line].start
    telling = [
        one.text for one in draft.sentences if any(source.start == start and source.quote for source in one.sources)
    ]
    if fact.value:
        return any(holds(text, fact.value) for text in telling)
    if exact:
        return any(holds(text, fact.words) for text in telling)
    words = Counter(tokens(fact.words))
    return any((words & Counter(tokens(text))).total() >= ENOUGH * words.total() for text in telling)


def speed() -> dict[str, float]:
    """Seconds to read and to write up half an hour of speech (all shown scripts, one after the other, again and again)."""
    scripts, lines, clock = incidents("shown"), [], 0.0
    while clock < HALF_AN_HOUR_S:
        for incident in scripts:
            for line in incident.lines:
                moved = replace(line, index=len(lines), start=clock + line.start, end=clock + line.end)
                lines.append(replace(moved, text=f"{line.text} {len(lines)}") if len(lines) % 7 == 0 else moved)
            clock = lines[-1].end + 1.0
    half = tuple(line for line in lines if line.start < HALF_AN_HOUR_S)
    began = time.perf_counter()
    mentions = read(half).mentions
    reading = time.perf_counter() - began
    brief = scripts[0].heard(half[:1])
    brief = replace(brief, recordings=(replace(brief.recordings[0], lines=half, mentions=mentions, duration=1800.0),))
    times = []
    for _ in range(3):
        began = time.perf_counter()
        compose(brief)
        times.append(time.perf_counter() - began)
    words = sum(len(re.findall(r"\S+", line.text)) for line in half)
    return {"draft_s": round(statistics.median(times), 3), "entities_s": round(reading, 3), "words_30min": words}
