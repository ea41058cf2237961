"""Trains the small name finder from the GUM and WNUT-17 training splits: `python -m workers.engines.reading.train DATA`."""

import argparse
import json
import random
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example, biluo_tags_to_spans, iob_to_biluo
from spacy.util import minibatch
from thinc.api import compounding, fix_random_seed

HERE = Path(__file__).parent / "pipeline"
SEED = 20261124
GUM_KINDS = {"person": "person", "place": "place", "organization": "organisation"}
WNUT_KINDS = {"person": "person", "location": "place", "corporation": "organisation", "group": "organisation"}
KINDS = ("person", "place", "organisation")

NER_CONFIG = {
    "moves": None,
    "update_with_oracle_cut_size": 100,
    "model": {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "nO": None,
        "tok2vec": {
            "@architectures": "spacy.Tok2Vec.v2",
            "embed": {
                "@architectures": "spacy.MultiHashEmbed.v2",
                "width": 96,
                "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
                "rows": [4000, 1000, 2000, 1000],
                "include_static_vectors": False,
            },
            "encode": {
                "@architectures": "spacy.MaxoutWindowEncoder.v2",
                "width": 96,
                "depth": 4,
                "window_size": 1,
                "maxout_pieces": 3,
            },
        },
    },
}


@dataclass(frozen=True)
class Sample:
    """A sentence as words, the space after each, and one IOB tag each."""

    words: tuple[str, ...]
    spaces: tuple[bool, ...]
    tags: tuple[str, ...]

    def as_speech(self) -> "Sample":
        """The same sentence as a recognizer writes it: lower case, no punctuation."""
        kept = [i for i, word in enumerate(self.words) if any(c.isalnum() for c in word)]
        tags = [self.tags[i] for i in kept]
        for at, tag in enumerate(tags):
            if tag.startswith("I-") and (at == 0 or tags[at - 1] == "O"):
                tags[at] = "B-" + tag[2:]
        return Sample(tuple(self.words[i].lower() for i in kept), tuple(self.spaces[i] for i in kept), tuple(tags))


def wnut(path: Path) -> Iterator[Sample]:
    """Sentences of a WNUT-17 file; products and creative works count as nothing."""
    words: list[str] = []
    tags: list[str] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        cells = line.split("\t")
        if len(cells) < 2 or not cells[0].strip():
            if words:
                yield Sample(tuple(words), (True,) * len(words), tuple(tags))
            words, tags = [], []
            continue
        mark, _, kind = cells[1].split(",")[0].strip().partition("-")
        words.append(cells[0].strip())
        tags.append(f"{mark}-{WNUT_KINDS[kind]}" if kind in WNUT_KINDS else "O")


def gum_documents(folder: Path) -> dict[str, list[Path]]:
    """The documents by split: in each genre, sorted by name, number modulo 5 is 0 development, 1 test, else training."""
    splits: dict[str, list[Path]] = {"dev": [], "test": [], "train": []}
    genres: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.conllu")):
        genres.setdefault(path.name.split("_")[1], []).append(path)
    for paths in genres.values():
        for number, path in enumerate(paths):
            splits[{0: "dev", 1: "test"}.get(number % 5, "train")].append(path)
    return splits


def gum(path: Path) -> Iterator[Sample]:
    """Sentences of a GUM document with its named mentions (a mention whose head is a proper noun, cut to the name)."""
    rows: list[list[str]] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        cells = line.split("\t")
        if line and not line.startswith("#") and cells[0].isdigit():
            rows.append(cells)
        elif not line and rows:
            spaces = tuple("SpaceAfter=No" not in row[9] for row in rows)
            yield Sample(tuple(row[1] for row in rows), spaces, tuple(_tags(rows)))
            rows = []


def _tags(rows: list[list[str]]) -> list[str]:
    spans: set[tuple[int, int, int, str]] = set()
    for start, end, kind, head in _gum_mentions(rows):
        name = _name_around(rows, start, end, head)
        if name:
            spans.add((name[0] - name[1], end - start, name[0], kind))
    tags = ["O"] * len(rows)
    for length, _, start, kind in sorted(spans):  # the longest name first; of one name, its innermost mention
        end = start - length
        if all(tag == "O" for tag in tags[start:end]):
            tags[start:end] = [f"B-{kind}"] + [f"I-{kind}"] * (end - start - 1)
    return tags


def _gum_mentions(rows: list[list[str]]) -> Iterator[tuple[int, int, str, int]]:
    """Mentions as (first, after last, kind, head), positions in the sentence; see GUM's global.Entity format."""
    waiting: dict[str, list[tuple[int, list[str]]]] = {}
    for at, row in enumerate(rows):
        entity = next((part[7:] for part in row[9].split("|") if part.startswith("Entity=")), "")
        for mark in entity.replace("(", "\n(").replace(")", ")\n").split("\n"):
            fields = mark.strip("()").split("-")
            if mark.startswith("("):
                waiting.setdefault(fields[0], []).append((at, fields))
            if mark.endswith(")") and waiting.get(fields[0]):
                start, opened = waiting[fields[0]].pop()
                if opened[1] in GUM_KINDS:
                    yield start, at + 1, GUM_KINDS[opened[1]], start + _head(opened)


def _head(fields: list[str]) -> int:
    first = fields[5].split(",")[0] if len(fields) > 5 else "1"
    return int(first) - 1 if first.isdigit() else 0


def _name_around(rows: list[list[str]], start: int, end: int, head: int) -> tuple[int, int] | None:
    def proper(i: int) -> bool:
        return start <= i < end and rows[i][3] == "PROPN"

    if not proper(head):
        return None
    low, high = head, head + 1
    while proper(low - 1):
        low -= 1
    while proper(high) or (proper(high + 1) and rows[high][1].lower() in {"of", "de", "van", "-", "&"}):
        high += 1
    return low, high


def load(data: Path) -> dict[str, list[Sample]]:
    """Samples by split and source, as written: train, gum-dev, wnut-dev, gum-test, wnut-test."""
    splits = gum_documents(data / "gum" / "dep")
    read = {split: [s for path in paths for s in gum(path)] for split, paths in splits.items()}
    return {
        "train": [*read["train"], *wnut(data / "wnut17" / "wnut17train.conll")],
        "gum-dev": read["dev"],
        "wnut-dev": list(wnut(data / "wnut17" / "emerging.dev.conll")),
        "gum-test": read["test"],
        "wnut-test": list(wnut(data / "wnut17" / "emerging.test.annotated")),
    }


def examples(nlp: Language, samples: Iterable[Sample]) -> list[Example]:
    """spaCy's form of the samples."""
    made = []
    for sample in samples:
        if not sample.words:
            continue
        gold = Doc(nlp.vocab, words=list(sample.words), spaces=list(sample.spaces))
        gold.set_ents(biluo_tags_to_spans(gold, iob_to_biluo(list(sample.tags))))
        made.append(Example(Doc(nlp.vocab, words=list(sample.words), spaces=list(sample.spaces)), gold))
    return made


def figures(nlp: Language, samples: list[Sample]) -> dict[str, dict[str, float]]:
    """Precision, recall and F1 (0 to 1) of exact spans, overall and by kind."""
    scores = nlp.evaluate(examples(nlp, samples))
    by_kind = {"all": {"p": scores["ents_p"], "r": scores["ents_r"], "f": scores["ents_f"]}}
    by_kind |= scores["ents_per_type"] or {}
    return {kind: {name: round(value or 0.0, 4) for name, value in row.items()} for kind, row in by_kind.items()}


def train(data: Path, epochs: int) -> Language:
    """A fitted pipeline: the epoch that was best on the development splits, written and spoken form together."""
    fix_random_seed(SEED)
    splits = load(data)
    nlp = spacy.blank("en")
    ner = nlp.add_pipe("ner", config=NER_CONFIG)
    for kind in KINDS:
        ner.add_label(kind)  # type: ignore[attr-defined]
    learn = examples(nlp, [form for s in splits["train"] for form in (s, s.as_speech())])
    check = [form for name in ("gum-dev", "wnut-dev") for s in splits[name] for form in (s, s.as_speech())]
    optimizer = nlp.initialize(lambda: learn)
    best: tuple[float, bytes] = (-1.0, b"")
    for epoch in range(epochs):
        began, losses = time.monotonic(), {}  # type: ignore[var-annotated]
        random.shuffle(learn)
        for batch in minibatch(learn, size=compounding(16.0, 64.0, 1.002)):  # type: ignore[no-untyped-call]
            nlp.update(batch, sgd=optimizer, drop=0.35, losses=losses)
        with nlp.use_params(optimizer.averages):
            score = figures(nlp, check)["all"]["f"]
            if score > best[0]:
                best = (score, nlp.to_bytes())
        sys.stderr.write(
            f"epoch {epoch} loss {losses['ner']:.0f} dev F1 {score:.3f} {time.monotonic() - began:.0f} s\n"
        )
    return nlp.from_bytes(best[1])


def measure(nlp: Language, data: Path) -> dict[str, Any]:
    """Figures on each test split and on both together, as written and as speech."""
    splits = load(data)
    splits["both-tests"] = splits["gum-test"] + splits["wnut-test"]
    return {
        name: {"written": figures(nlp, splits[name]), "speech": figures(nlp, [s.as_speech() for s in splits[name]])}
        for name in ("gum-test", "wnut-test", "both-tests")
    }


def forget_words(folder: Path) -> None:
    """Leaves only the kinds in the saved word list: the model works on hashes, and the sources' words are others' words."""
    (folder / "vocab" / "strings.json").write_text(json.dumps(sorted(KINDS)), encoding="utf-8")


def main() -> None:
    """Trains, measures and saves the pipeline with its figures in meta.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder that holds gum/ and wnut17/")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--out", type=Path, default=HERE)
    args = parser.parse_args()
    nlp = train(args.data, args.epochs)
    nlp.meta.update(name="blotter_names", version="0.1.0", author="Blotter", license="Apache-2.0")
    nlp.meta["description"] = "Names of persons, places and organisations in written English and in recognized speech."
    nlp.meta["performance"] = measure(nlp, args.data)
    nlp.to_disk(args.out)
    forget_words(args.out)
    sys.stdout.write(json.dumps(nlp.meta["performance"], indent=2) + "\n")


if __name__ == "__main__":
    main()
