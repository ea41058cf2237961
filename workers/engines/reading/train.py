"""Trains the pipeline and measures it: `make model`, or `python -m workers.engines.reading.train DATA`.

Names and grammar are fitted at the same time, each on one core, then put together with the span rules. DATA holds gum/ and
wnut17/, which are read where they lie. The same data, plan and library versions give the same pipeline.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from spacy.language import Language

from workers.engines.reading.lexicon import lists
from workers.engines.reading.training.corpora import SHARE_ALIKE, corpora
from workers.engines.reading.training.fitting import LEARNED, Plan, blank, fit_names, fit_syntax
from workers.engines.reading.training.measuring import measure, precisions
from workers.engines.reading.training.samples import Sample

HERE = Path(__file__).parent / "pipeline"
NAME, VERSION = "blotter_english", "0.2.0"
DESCRIPTION = "Names, things, parts of speech, grammar and sentences of written and spoken police English."
Splits = dict[str, list[Sample]]


def train(splits: Splits, plan: Plan, *, cores: int = 2) -> Language:
    """A fitted pipeline with its span rules, not yet measured."""
    if cores < 2:
        return assembled(plan, fit_names(splits, plan, _tell), fit_syntax(splits, plan, _tell))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        names = pool.submit(fit_names, splits, plan, _tell)
        grammar = pool.submit(fit_syntax, splits, plan, _tell)
        return assembled(plan, names.result(), grammar.result())


def assembled(plan: Plan, names: bytes, grammar: dict[str, bytes]) -> Language:
    """The halves as one pipeline."""
    nlp = blank(plan)
    for name, content in [*grammar.items(), ("ner", names)]:
        nlp.get_pipe(name).from_bytes(content)  # type: ignore[attr-defined]
    add_rules(nlp)
    nlp.meta.update(name=NAME, version=VERSION, author="Blotter", license="Apache-2.0", description=DESCRIPTION)
    return nlp


def add_rules(nlp: Language) -> None:
    """The span rules of lexicon.toml: organisations and places by the word that ends or opens their name."""
    if "span_ruler" in nlp.pipe_names:
        nlp.remove_pipe("span_ruler")
    ruler = nlp.add_pipe("span_ruler", config={"spans_key": "rules", "overwrite": True})
    ruler.add_patterns(span_patterns())  # type: ignore[attr-defined]


def span_patterns() -> list[dict[str, Any]]:
    """Patterns over capitalised words, for spaCy's span ruler."""
    words = lists()["patterns"]
    title = {"IS_TITLE": True, "IS_SENT_START": False, "IS_STOP": False, "IS_ALPHA": True}
    lead = {"IS_TITLE": True, "IS_STOP": False, "IS_ALPHA": True}
    ends = {"organisation": words["organisation_heads"].split(), "place": words["place_heads"].split()}
    made: list[dict[str, Any]] = [
        {"label": kind, "pattern": [*lead_words, {"TEXT": {"IN": heads}}]}
        for kind, heads in ends.items()
        for lead_words in ([lead], [lead, lead])
    ]
    opened = {"TEXT": {"IN": words["place_leads"].split()}}
    return [*made, {"label": "place", "pattern": [opened, title]}]


def save(nlp: Language, out: Path) -> None:
    """Writes the pipeline without the words of its sources: it works on hashes, and only names of labels are kept.

    Words that the span rules spell out are ours and stay.
    """
    nlp.to_disk(out)
    own = {*LEARNED, *_label_names(nlp), *(word for pattern in span_patterns() for word in _spelled(pattern))}
    (out / "vocab" / "strings.json").write_text(json.dumps(sorted(own)), encoding="utf-8")


def _label_names(nlp: Language) -> list[str]:
    return [label for name in ("tagger", "parser", "ner") for label in nlp.get_pipe(name).labels]  # type: ignore[attr-defined]


def _spelled(pattern: dict[str, Any]) -> list[str]:
    texts: Sequence[Any] = [token.get("TEXT", {}) for token in pattern["pattern"]]
    return [pattern["label"], *(word for text in texts for word in text.get("IN", ()))]


def _tell(words: str) -> None:
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def main() -> None:
    """Trains, measures and saves the pipeline with its figures in meta.json."""
    args = _arguments()
    if args.rules_only:
        _rewrite_rules(args.out)
        return
    plan = Plan(width=args.width, rounds=args.rounds, lines=args.lines, syntax_rounds=args.rounds + args.rounds // 5)
    began = time.monotonic()
    splits = corpora(args.data, without=SHARE_ALIKE if args.no_share_alike else ())
    nlp = train(splits, plan, cores=args.cores)
    minutes = round((time.monotonic() - began) / 60, 1)
    finish(nlp, splits, plan, minutes, args.out)


def finish(nlp: Language, splits: Splits, plan: Plan, minutes: float, out: Path) -> None:
    """Measures the pipeline, writes it with its figures and its plan, and prints the figures."""
    figures = measure(nlp, splits)
    nlp.meta["performance"] = {"precision": precisions(figures), "figures": figures}
    nlp.meta["plan"] = {**asdict(plan), "minutes": minutes}
    save(nlp, out)
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder that holds gum/ and wnut17/")
    parser.add_argument("--rounds", type=int, default=Plan.rounds, help="over the names; a fifth more over the grammar")
    parser.add_argument("--lines", type=int, default=Plan.lines, help="of our own text in each round")
    parser.add_argument("--width", type=int, default=Plan.width, help="of the readers")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--no-share-alike", action="store_true", help="leave out GUM's CC BY-SA genres: bio, voyage")
    parser.add_argument("--rules-only", action="store_true", help="only write the span rules of lexicon.toml again")
    return parser.parse_args()


def _rewrite_rules(out: Path) -> None:
    import spacy

    nlp = spacy.load(out)
    add_rules(nlp)
    save(nlp, out)


if __name__ == "__main__":
    main()
