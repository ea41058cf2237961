"""`reading`: names, grammar, speed and size of the reading pipeline on the parts that nothing was trained on.

Corpora: GUM's and WNUT-17's test parts, read where they lie. Incidents: forty made-up ones with sentences, names and lists of
their own, through the whole of reading, rules and model. `before` is the pipeline this one replaced (0.1.0), measured by the same
code on the same parts. Lower-cased means without capitals and without punctuation. Wants ../shared/data/text.
"""

import importlib.util
import json
import resource
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from workers.engines.reading import Line, read, sentences
from workers.engines.reading.model import PIPELINE, pipeline
from workers.engines.reading.training.corpora import corpora
from workers.engines.reading.training.fitting import NAMED
from workers.engines.reading.training.incidents import Marked, held_incidents, sample_of
from workers.engines.reading.training.measuring import HELD_ROUNDS, HELD_SEED, grammar_of, names_by, scores
from workers.engines.reading.training.samples import Sample

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "text"
BEFORE = Path(__file__).parent / "reading_before.json"
LEAST_TOKENS = 60_000


def measure() -> dict[str, Any]:
    """All figures; F1 from 0 to 1, points from 0 to 100."""
    if not DATA.is_dir():
        raise SystemExit("reading: ../shared/data/text is not here; nothing was measured")
    splits = corpora(DATA)
    _say("names in GUM's and WNUT-17's test parts")
    parts = names_in_corpora(splits)
    _say("everything in forty incidents")
    parts["incidents"] = in_incidents()
    _say("grammar")
    grammar = grammar_of(pipeline(), splits["gum-test"])
    _say("speed")
    figures: dict[str, Any] = {
        "ner_f1": {form: _f1(parts["corpora"][form]) for form in ("clean", "lower")},
        "ner_f1_drop_points": _drop(parts["corpora"]),
        "ner_f1_by_part": {
            name: {form: _f1(part[form]) for form in ("clean", "lower")} for name, part in parts.items()
        },
        "incidents_drop_points": _drop(parts["incidents"]),
        "before": json.loads(BEFORE.read_text(encoding="utf-8")),
        "parse_las": grammar["written"]["las"],
        "grammar": grammar,
        "sentence_starts_f1": {form: sentence_starts(splits["gum-test"], form) for form in ("clean", "lower")},
        **speed(splits["gum-test"]),
        "five_hours": _alone(five_hours),
        "model_mb": round(sum(f.stat().st_size for f in PIPELINE.rglob("*") if f.is_file()) / 1e6, 2),
    }
    return figures | _drafts()


def names_in_corpora(splits: dict[str, list[Sample]]) -> dict[str, Any]:
    """The pipeline alone on the words of each test part and of both together."""
    tests = {"gum-test": splits["gum-test"], "wnut-test": splits["wnut-test"]}
    tests["corpora"] = [*splits["gum-test"], *splits["wnut-test"]]
    with pipeline().select_pipes(enable=["ner"]):
        return {
            name: {
                "clean": names_by(pipeline(), samples, NAMED),
                "lower": names_by(pipeline(), [s.as_speech() for s in samples], NAMED),
            }
            for name, samples in tests.items()
        }


def in_incidents() -> dict[str, Any]:
    """Rules and model together on the held-out incidents, each read from its first line to its last."""
    stories = [(*one.writing, *one.talk) for one in held_incidents(HELD_SEED, HELD_ROUNDS)]
    return {"clean": _read_all(stories), "lower": _read_all([[lowered(line) for line in story] for story in stories])}


def lowered(marked: Marked) -> Marked:
    """The line in lower case without tokens that are nothing but punctuation."""
    sample = sample_of(pipeline(), marked)
    kept = [i for i, word in enumerate(sample.words) if not all(unicodedata.category(c).startswith("P") for c in word)]
    spaces = tuple(sample.spaces[i] or i + 1 not in kept for i in kept)
    low = Sample(tuple(sample.words[i].lower() for i in kept), spaces, tuple(sample.tags[i] for i in kept))
    return Marked(low.text, tuple(low.places()))


def _read_all(stories: Sequence[Sequence[Marked]]) -> dict[str, dict[str, float]]:
    def pairs() -> Iterator[tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]]]:
        for story in stories:
            lines = [
                Line(at, at * 4.0, at * 4.0 + 3.5, one.text, "unknown", "", 1.0, 1.0) for at, one in enumerate(story)
            ]
            found: list[list[tuple[int, int, str]]] = [[] for _ in story]
            for mention in read(lines).mentions:
                found[mention.line].append((mention.start_char, mention.end_char, mention.kind))
            yield from zip((list(one.spans) for one in story), found, strict=True)

    return scores(pairs())


def speed(samples: Sequence[Sample]) -> dict[str, float]:
    """Words read a second, rules and model, by two processes at once; and by a second of one processor's time."""
    texts = [sample.text for sample in samples]
    words = sum(len(text.split()) for text in texts)
    texts *= -(-LEAST_TOKENS // max(1, words))
    halves = [texts[::2], texts[1::2]]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(_reads, [["warm up"], ["warm up"]]))
        began = time.monotonic()
        cpu = sum(pool.map(_reads, halves))
        wall = time.monotonic() - began
    total = sum(len(text.split()) for text in texts)
    return {"tokens_per_s": round(total / wall), "tokens_per_cpu_s": round(total / cpu)}


def five_hours() -> dict[str, float]:
    """6,000 lines of talk: seconds of one processor, how many times those of half an hour (10 would be linear), and memory added."""
    said = [line.text.lower() for one in held_incidents(HELD_SEED, HELD_ROUNDS) for line in one.talk]
    half_hour = _reads([said[at % len(said)] for at in range(600)])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    whole = _reads([said[at % len(said)] for at in range(6000)])
    added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return {
        "lines": 6000,
        "cpu_s": round(whole, 1),
        "times_half_an_hour": round(whole / half_hour, 1),
        "added_mb": round(added, 1),
    }


def _alone(work: Callable[[], dict[str, float]]) -> dict[str, float]:
    """The work in a process of its own, so that nothing done before counts as its memory."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work).result()


def sentence_starts(samples: Sequence[Sample], form: str) -> float:
    """F1 of where sentences start inside stretches of five, by `reading.sentences`."""
    right = said = there = 0
    said_as = [sample if form == "clean" else sample.as_speech() for sample in samples]
    for at in range(0, len(said_as), 5):
        texts = [sample.text for sample in said_as[at : at + 5] if sample.text]
        gold = set(accumulate(len(text) + 1 for text in texts[:-1]))
        (spans,) = sentences([" ".join(texts)])
        found = {start for start, _ in spans[1:]}
        right, said, there = right + len(gold & found), said + len(found), there + len(gold)
    return round(2 * right / max(1, said + there), 4)


def _reads(texts: list[str]) -> float:
    began = time.process_time()
    read([Line(at, 0.0, 1.0, text, "unknown", "", 1.0, 1.0) for at, text in enumerate(texts)])
    return time.process_time() - began


def _f1(part: dict[str, dict[str, float]]) -> dict[str, float]:
    return {("overall" if kind == "all" else kind): row["f"] for kind, row in part.items()}


def _drop(part: dict[str, Any]) -> float:
    return round(100 * (part["clean"]["all"]["f"] - part["lower"]["all"]["f"]), 1)


def _drafts() -> dict[str, Any]:
    """The figures of drafting, by its own file beside this one where there is one."""
    if importlib.util.find_spec("tests.bench.reading_drafts") is None:
        return {}
    _say("drafts")
    figures: dict[str, Any] = importlib.import_module("tests.bench.reading_drafts").figures()
    return figures


def _say(what: str) -> None:
    sys.stderr.write(f"reading: {what}\n")
