"""Fits the two halves of the pipeline, names and grammar, each on its own core; the best round on the development parts is kept."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example, biluo_tags_to_spans, iob_to_biluo
from spacy.util import minibatch
from thinc.api import compounding, fix_random_seed

from workers.engines.reading.training.incidents import Writer, sample_of
from workers.engines.reading.training.samples import Sample, misheard, renamed

NAMED = ("person", "place", "organisation")  # what the corpora know, too
LEARNED = (*NAMED, "vehicle", "property", "offence", "injury", "weapon", "drug")
GRAMMAR = ("tok2vec", "tagger", "senter", "parser")
Report = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """How long and how much: the same plan, data and library versions give the same pipeline."""

    seed: int = 20261125
    rounds: int = 10
    lines: int = 5000  # of our own text in each round
    syntax_rounds: int = 12
    width: int = 96


def _reader(width: int, rows: list[int]) -> dict[str, Any]:
    return {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": width,
            "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
            "rows": rows,
            "include_static_vectors": False,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": width,
            "depth": 4,
            "window_size": 1,
            "maxout_pieces": 3,
        },
    }


def _transitions(state: str, reader: dict[str, Any]) -> dict[str, Any]:
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": state,
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "nO": None,
        "tok2vec": reader,
    }


def blank(plan: Plan) -> Language:
    """The pipeline before training: a reader shared by tagger and parser, names with a reader of their own."""
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config={"model": _reader(plan.width, [5000, 1000, 2500, 500])})
    shared = {"@architectures": "spacy.Tok2VecListener.v1", "width": plan.width, "upstream": "tok2vec"}
    nlp.add_pipe(
        "tagger",
        config={"model": {"@architectures": "spacy.Tagger.v2", "nO": None, "normalize": False, "tok2vec": shared}},
    )
    nlp.add_pipe(
        "senter",
        config={"model": {"@architectures": "spacy.Tagger.v2", "nO": None, "normalize": False, "tok2vec": shared}},
    )
    nlp.add_pipe("parser", config={"model": _transitions("parser", shared), "min_action_freq": 15})
    names = _transitions("ner", _reader(plan.width, [10000, 1500, 4000, 1000]))
    nlp.add_pipe("ner", config={"model": names, "update_with_oracle_cut_size": 100})
    return nlp


def named(nlp: Language, samples: Iterable[Sample], kinds: Sequence[str] = LEARNED) -> list[Example]:
    """spaCy's form of the samples with the names of these kinds."""
    made = []
    for sample in samples:
        if not sample.words:
            continue
        tags = [tag if tag[2:] in kinds else "O" for tag in sample.tags]
        gold = Doc(nlp.vocab, words=list(sample.words), spaces=list(sample.spaces))
        gold.set_ents(biluo_tags_to_spans(gold, iob_to_biluo(tags)))
        made.append(Example(Doc(nlp.vocab, words=list(sample.words), spaces=list(sample.spaces)), gold))
    return made


def parsed(nlp: Language, samples: Sequence[Sample], sizes: Iterator[int]) -> list[Example]:
    """Documents of a few sentences each, with their grammar, so that the parser learns where a sentence ends."""
    made, at = [], 0
    while at < len(samples):
        group = samples[at : at + next(sizes)]
        at += len(group)
        words, spaces, heads, deps, tags, starts = [], [], [], [], [], []  # type: ignore[var-annotated]
        for sample in group:
            if not sample.words:
                continue
            offset = len(words)
            words += sample.words
            spaces += [*sample.spaces[:-1], True]
            heads += [head + offset for head in sample.heads]
            deps += sample.deps
            tags += sample.parts
            starts += [True] + [False] * (len(sample.words) - 1)
        if words:
            gold = Doc(nlp.vocab, words=words, spaces=spaces, heads=heads, deps=deps, tags=tags)
            made.append(Example(Doc(nlp.vocab, words=words, spaces=spaces), gold))
    return made


def _round_of_names(nlp: Language, corpus: Sequence[Sample], writer: Writer, lines: int) -> Iterator[Sample]:
    """One round's text: the corpora as they are and with other names, our own lines, most of it also as speech."""
    rng = writer.rng
    for sample in corpus:
        yield sample
        yield sample.as_speech()
        if sample.spans():
            other = renamed(sample, writer.name_for)
            yield other if rng.random() < 0.5 else misheard(other.as_speech(), rng)
    for marked, form in writer.lines(lines):
        sample = sample_of(nlp, marked)
        spoken = sample.as_speech()
        if form == "written" and rng.random() < 0.5:
            yield sample
        yield misheard(spoken, rng) if rng.random() < 0.5 else spoken


def fit_names(splits: dict[str, list[Sample]], plan: Plan, report: Report) -> bytes:
    """The trained names component, by development F1 over both forms of both corpora and lines of our own."""
    fix_random_seed(plan.seed)
    nlp, writer = blank(plan), Writer("learn", plan.seed)
    corpus = [*splits["gum-train"], *splits["wnut-train"]]
    check = named(nlp, (form for p in ("gum-dev", "wnut-dev") for s in splits[p] for form in (s, s.as_speech())), NAMED)
    for kind in LEARNED:
        nlp.get_pipe("ner").add_label(kind)  # type: ignore[attr-defined]
    with nlp.select_pipes(enable=["ner"]):
        first = named(nlp, corpus[:200])
        optimizer = nlp.initialize(lambda: first)
        best = (-1.0, b"")
        for number in range(plan.rounds):
            began, losses = time.monotonic(), {}  # type: ignore[var-annotated]
            learn = named(nlp, _round_of_names(nlp, corpus, writer, plan.lines))
            random.shuffle(learn)
            for batch in minibatch(learn, size=compounding(16.0, 96.0, 1.003)):  # type: ignore[no-untyped-call]
                nlp.update(batch, sgd=optimizer, drop=0.3, losses=losses)
            with nlp.use_params(optimizer.averages):
                score = nlp.evaluate(check)["ents_f"] or 0.0
                if score > best[0]:
                    best = (score, nlp.get_pipe("ner").to_bytes())  # type: ignore[attr-defined]
            report(
                f"names {number + 1}/{plan.rounds} loss {losses['ner']:.0f} dev F1 {score:.3f} {time.monotonic() - began:.0f} s"
            )
    return best[1]


def fit_syntax(splits: dict[str, list[Sample]], plan: Plan, report: Report) -> dict[str, bytes]:
    """The trained reader, tagger and parser, by attachment on the development part, written and spoken alike."""
    fix_random_seed(plan.seed)
    nlp, rng = blank(plan), random.Random(plan.seed)  # noqa: S311
    written = splits["gum-train"]
    spoken = [s.as_speech() for s in written]
    fours = iter(lambda: 4, 0)
    check = [*parsed(nlp, splits["gum-dev"], fours), *parsed(nlp, [s.as_speech() for s in splits["gum-dev"]], fours)]
    with nlp.select_pipes(enable=list(GRAMMAR)):
        sizes = iter(lambda: rng.choice([1, 1, 2, 3, 5]), 0)
        optimizer = nlp.initialize(lambda: [*parsed(nlp, written, fours), *parsed(nlp, spoken, fours)])
        best: tuple[float, dict[str, bytes]] = (-1.0, {})
        for number in range(plan.syntax_rounds):
            began, losses = time.monotonic(), {}  # type: ignore[var-annotated]
            learn = [*parsed(nlp, written, sizes), *parsed(nlp, spoken, sizes)]
            random.shuffle(learn)
            for batch in minibatch(learn, size=compounding(8.0, 32.0, 1.002)):  # type: ignore[no-untyped-call]
                nlp.update(batch, sgd=optimizer, drop=0.2, losses=losses)
            with nlp.use_params(optimizer.averages):
                scores = nlp.evaluate(check)
                score = (scores["dep_las"] or 0.0) + (scores["sents_f"] or 0.0)
                if score > best[0]:
                    best = (score, {name: nlp.get_pipe(name).to_bytes() for name in GRAMMAR})  # type: ignore[attr-defined]
            report(
                f"grammar {number + 1}/{plan.syntax_rounds} dev LAS {scores['dep_las']:.3f} sentences {scores['sents_f']:.3f} "
                f"tags {scores['tag_acc']:.3f} {time.monotonic() - began:.0f} s"
            )
    return best[1]
