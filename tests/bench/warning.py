"""How well language events are found and patterns told, how fairly, and what word errors do to it.

Held-out parts: tests/bench/lines/test.tsv (the project's own) and rows 1 and 2 modulo 10 of the Davidson posts, when those are there.
"""

import os
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import warning_agencies
from tests.bench.warning_lines import COUNTS, Sample, events, pairs, said_instead, samples, scores, spoken, swaps
from workers.engines.language import listen_for
from workers.engines.language.classifier import classifier
from workers.engines.language.rules import POLARITY, Category
from workers.engines.language.train import auc, bias, ece, figures, read

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
    for side in ("aggressive", "courteous"):
        found["recall_at_wer" if side == "aggressive" else "recall_at_wer_courteous"] = recall_at_wer(side)
    found["false_alarms_at_wer"] = {f"{level}": false_alarms(level) for level in LEVELS}
    print(found["recall_at_wer"], flush=True)
    found |= outside()
    return found | warning_agencies.measure()


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


def recall_at_wer(side: str) -> dict[str, float]:
    """Labelled events of one side still found with so many percent of the words wrong; the mean of seeded rounds."""
    part = [sample for sample in samples("test") if any(POLARITY[label] == side for label in sample.labels)]  # type: ignore[index]
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
    """Other people's texts, where they are there: the classifier on the Davidson test part, and the rules on everyday talk (GUM)."""
    if not (TEXTS / "davidson_offensive").is_dir():
        print(f"no texts at {TEXTS}: the classifier's own figures are left out", flush=True)
        return {}
    part = read(TEXTS / "davidson_offensive")["test"]
    talk = [
        line.removeprefix("# text = ")
        for path in sorted((TEXTS / "gum").rglob("GUM_conversation_*.conllu"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("# text = ")
    ]
    flagged = sum(_harsh((replace(spoken("x")[0], text=text),)) for text in talk)
    found = {
        "classifier": figures(classifier().abusive, part),
        "classifier_harmless": bias(classifier().abusive, part),
        "talk_sentences": len(talk),
        "talk_flags_per_1000": round(1000 * flagged / max(1, len(talk)), 2),
    }
    print(found, flush=True)
    return found
