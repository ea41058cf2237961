"""How well language events are found and patterns told, how fairly, and what word errors do to it.

Held-out parts: tests/bench/lines/test.tsv and fresh.tsv (the project's own; fresh.tsv was written when the rules with gaps were
closed) and rows 1 and 2 modulo 10 of the Davidson posts, when those are there.
"""

import html
import os
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from app.earlywarning.intervals import share
from tests.bench import warning_agencies, warning_pages
from tests.bench.warning_lines import COUNTS, Sample, events, pairs, said_instead, samples, scores, spoken, swaps
from workers.engines.language import listen_for
from workers.engines.language.classifier import classifier
from workers.engines.language.rules import POLARITY, Category
from workers.engines.language.train import Posts, auc, bias, ece, figures, read

TEXTS = Path(os.environ.get("BLOTTER_TEXTS", Path(__file__).parents[2] / "../shared/data/text")).resolve()
LEVELS = (0, 15, 30, 45)
ROUNDS = 5
# Shouting is told by sound, not by lines of text: tests.bench.hearing_speakers measures it.
LISTENED = [name for name, polarity in POLARITY.items() if polarity != "neutral" and name != "shouting"]


def measure() -> dict[str, Any]:
    """Everything issue 8 asks of language, then of patterns."""
    found: dict[str, Any] = {"categories": categories(samples("test"))}
    for name, row in found["categories"].items():
        print(f"{name}: {row}", flush=True)
    found |= fairness()
    print(
        {name: found[name] for name in ("fp_undirected_profanity", "fp_dialect_gap", "counterfactual_flips")},
        flush=True,
    )
    for part in ("test", "fresh"):
        found[f"any_aggression_{part}"] = any_aggression(samples(part))
        print(f"{part}: {found[f'any_aggression_{part}']}", flush=True)
    found["recall_at_wer"] = recall_at_wer("aggressive")
    found["recall_at_wer_fresh"] = recall_at_wer("aggressive", "fresh")
    found["recall_at_wer_courteous"] = recall_at_wer("courteous")
    found["false_alarms_at_wer"] = {f"{level}": false_alarms(level) for level in LEVELS}
    print(found["recall_at_wer"], found["recall_at_wer_fresh"], flush=True)
    found |= outside()
    found |= warning_agencies.measure()
    print("pages and recomputing at the size of a large agency", flush=True)
    return found | warning_pages.measure()


def any_aggression(part: tuple[Sample, ...]) -> dict[str, Any]:
    """Whether anything harsh is counted in a line, whatever its category: recall and precision with 95 % intervals."""
    harsh = [_harsh(sample.lines) for sample in part]
    there = [any(POLARITY[label] == "aggressive" for label in sample.labels) for sample in part]  # type: ignore[index]
    right = sum(said and true for said, true in zip(harsh, there, strict=True))
    recall, precision = share(right, sum(there)), share(right, sum(harsh))
    return {
        "recall": [round(one, 3) for one in (recall.value or 0.0, recall.low, recall.high)],
        "precision": [round(one, 3) for one in (precision.value or 0.0, precision.low, precision.high)],
        "lines": len(part),
        "aggressive": sum(there),
    }


def categories(part: tuple[Sample, ...]) -> dict[str, dict[str, float]]:
    """precision and recall of events that count, auc over all lines, ece over proposals; and how many lines are labelled so."""
    heard = [(sample.labels, scores(sample.lines)) for sample in part]
    return {name: _category(name, heard) for name in LISTENED}


def _category(name: Category, heard: list[tuple[frozenset[str], dict[str, float]]]) -> dict[str, float]:
    truth = np.array([name in labels for labels, _ in heard], dtype=float)
    said = np.array([found.get(name, 0.0) for _, found in heard])
    yes, proposed = said >= COUNTS, said > 0
    return {
        "precision": round(float(truth[yes].mean()), 3) if yes.any() else 0.0,
        "recall": round(float(yes[truth == 1].mean()), 3),
        "auc": round(auc(truth, said), 3),
        "ece": round(ece(truth[proposed], said[proposed]), 3) if proposed.any() else 0.0,
        "lines": int(truth.sum()),
    }


def fairness() -> dict[str, Any]:
    """What must not count, and what must not change: profanity at nobody, dialect, names, groups, topics, places."""
    swears = [sample for sample in samples("test") if sample.kind == "undirected"]
    harmless = [pair for pair in pairs() if pair.label == "-"]
    aae, sae = (
        [_harsh(spoken(text)) for text in texts] for texts in zip(*((p.aae, p.sae) for p in harmless), strict=True)
    )
    said = [(classifier().heard(pair.aae), classifier().heard(pair.sae)) for pair in pairs()]
    return {
        "fp_undirected_profanity": round(float(np.mean([_harsh(sample.lines) for sample in swears])), 3),
        "fp_by_kind": {
            kind: round(float(np.mean([_harsh(sample.lines) for sample in samples("test") if sample.kind == kind])), 3)
            for kind in ("quoted", "reading", "radio", "joking", "lawful", "everyday")
        },
        "fp_dialect_gap": round(float(np.mean(aae) - np.mean(sae)), 3),
        "classifier_dialect_gap": round(float(np.mean([one - other for one, other in said])), 4),
        "respect_dialect_gap": round(float(np.mean([_respect(p.aae) - _respect(p.sae) for p in pairs()])), 3),
        "counterfactual_flips": sum(flips(group) for group in swaps())
        + sum(_flagged(p.aae) != _flagged(p.sae) for p in pairs()),
    }


def flips(group: list[str]) -> int:
    """Sentences of a group in which anything (rule, confidence, probability, respect) differs from the first."""
    seen = [
        (
            [(e.rule, e.confidence, e.probability) for e in events(spoken(text))],
            _respect(text),
            classifier().heard(text),
        )
        for text in group
    ]
    return sum(one != seen[0] for one in seen)


def _harsh(lines: Any) -> bool:
    return any(event.polarity == "aggressive" and event.confidence >= COUNTS for event in events(lines))


def _flagged(text: str) -> set[str]:
    return {event.category for event in events(spoken(text)) if event.polarity == "aggressive"}


def _respect(text: str) -> float:
    return listen_for(spoken(text)).respect[0]


def recall_at_wer(side: str, name: str = "test") -> dict[str, float]:
    """Labelled events of one side still found with so many percent of the words wrong; the mean of seeded rounds."""
    part = [sample for sample in samples(name) if any(POLARITY[label] == side for label in sample.labels)]  # type: ignore[index]
    found = {}
    for level in LEVELS:
        hits, there = 0, 0
        for sample in (misheard(one, level, seed) for seed in range(ROUNDS) for one in part):
            said = scores(sample.lines)
            hits += sum(said.get(label, 0.0) >= COUNTS for label in sample.labels)
            there += len(sample.labels)
        found[f"{level}"] = round(hits / there, 3)
    return found


def false_alarms(level: int) -> float:
    """Share of harmless lines that turn into aggression with so many percent of the words wrong."""
    part = [sample for sample in samples("test") if not sample.labels]
    return round(float(np.mean([_harsh(misheard(s, level, seed).lines) for seed in range(ROUNDS) for s in part])), 3)


def misheard(sample: Sample, percent: int, seed: int) -> Sample:
    """The lines with that share of words replaced (6 of 10), lost (3) or added (1) at random, from the words of all lines."""
    rng = random.Random(f"{percent} {seed} {[line.text for line in sample.lines]}")
    words = sorted({word for one in samples("test") for line in one.lines for word in line.text.split()})
    texts = []
    for line in sample.lines:
        said: list[str] = []
        for word in line.text.split():
            wrong = rng.choices("-xla", (100 - percent, percent * 0.6, percent * 0.3, percent * 0.1))[0]
            said += {"-": [word], "x": [rng.choice(words)], "l": [], "a": [word, rng.choice(words)]}[wrong]
        texts.append(" ".join(said))
    return said_instead(sample, texts)


def outside() -> dict[str, Any]:
    """Other people's texts, where they are there: classifier and rules on the Davidson test part, the rules on talk (GUM's
    interviews, whose sentences are spoken)."""
    if not (TEXTS / "davidson_offensive").is_dir():
        print(f"no texts at {TEXTS}: the classifier's own figures are left out", flush=True)
        return {}
    part = read(TEXTS / "davidson_offensive")["test"]
    talk = [
        line.removeprefix("# text = ")
        for path in sorted((TEXTS / "gum").rglob("GUM_interview_*.conllu"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("# text = ")
    ]
    flagged = sum(_harsh((replace(spoken("x")[0], text=text),)) for text in talk)
    found = {
        "classifier": figures(classifier().abusive, part),
        "classifier_harmless": bias(classifier().abusive, part),
        "rules_on_addressed_posts": addressed(part),
        "talk_sentences": len(talk),
        "talk_flags_per_1000": round(1000 * flagged / max(1, len(talk)), 2),
    }
    print(found, flush=True)
    return found


def addressed(part: Posts) -> dict[str, list[float]]:
    """Share of test posts that address somebody ('you') in which a rule counts anything but a slur: those that raters called
    hateful or offensive, and those they called neither, with 95 % intervals. Many of the first use words in friendship."""
    found = {}
    for name, labels in (("abusive", (0, 1)), ("neither", (2,))):
        texts = [
            _bare(text)
            for text, label in zip(part.texts, part.labels, strict=True)
            if label in labels and re.search(r"\b(?:you|your|u|ur|ya|y'all|yo)\b", _bare(text))
        ]
        counted = sum(
            any(
                e.polarity == "aggressive" and e.confidence >= COUNTS and e.category != "slur"
                for e in events(spoken(one))
            )
            for one in (text.replace(" / ", " ") for text in texts)
        )
        one = share(counted, len(texts))
        found[name] = [round(value, 3) for value in (one.value or 0.0, one.low, one.high)]
    return found


def _bare(text: str) -> str:
    return re.sub(r"@\w+|https?://\S+|\brt\b", "", html.unescape(text).lower()).strip()
