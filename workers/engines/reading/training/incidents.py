"""Incident text of our own: the lines of lines_learn.toml and lines_held.toml with drawn values, written and as said."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal

from spacy.language import Language

from workers.engines.reading.training.people import People
from workers.engines.reading.training.samples import Sample
from workers.engines.reading.training.values import Drawer, Values

Form = Literal["written", "said"]
_PIECE = re.compile(r"\{(?P<slot>\w+)\}|\[(?P<words>[^\]]+)\]\((?P<kind>\w+)\)")


@dataclass(frozen=True)
class Marked:
    """A line of text and the characters in it that are something: (start, end, kind)."""

    text: str
    spans: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True)
class Incident:
    """One made-up incident: what was written of it and what was said in it."""

    kind: str
    writing: tuple[Marked, ...]
    talk: tuple[Marked, ...]


@cache
def _lines(drawer: Drawer) -> dict[str, list[str]]:
    """The lines by manner, for training; the measuring file holds whole incidents."""
    table = tomllib.loads((Path(__file__).parent / f"lines_{drawer}.toml").read_text(encoding="utf-8"))
    return {manner: table[manner].strip().splitlines() for manner in ("writing", "talk")}


class Writer:
    """Writes lines with values of one drawer: `learn` for training, `held` for measuring. The same seed writes the same."""

    def __init__(self, drawer: Drawer, seed: int) -> None:
        self.rng = Random(seed)  # noqa: S311
        self.people = People(held=drawer == "held")
        self.values = Values(drawer, self.people, self.rng)

    def line(self, template: str, form: Form) -> Marked:
        """One line of a template, as written or as said."""
        text, spans, at = "", [], 0
        for match in _PIECE.finditer(template):
            text += template[at : match.start()]
            if match["slot"]:
                value = self.values.draw(match["slot"])
                words, kind = (value.written if form == "written" else self._as_heard(value.said)), value.kind
            else:
                words, kind = match["words"], match["kind"]
            if kind:
                spans.append((len(text), len(text) + len(words), kind))
            text, at = text + words, match.end()
        return Marked(text + template[at:], tuple(spans))

    def _as_heard(self, said: str) -> str:
        """Mostly without accents, which an English recogniser seldom writes."""
        if said.isascii() or self.rng.random() < 0.3:
            return said
        return "".join(c for c in unicodedata.normalize("NFD", said) if not unicodedata.combining(c))

    def lines(self, count: int) -> Iterator[tuple[Marked, Form]]:
        """Training lines: reports and notes as written; talk as said, or as a good recogniser writes it."""
        learned = _lines("learn")
        for _ in range(count):
            manner = "writing" if self.rng.random() < 0.4 else "talk"
            form: Form = "written" if manner == "writing" or self.rng.random() < 0.35 else "said"
            yield self.line(self.rng.choice(learned[manner]), form), form

    def name_for(self, kind: str, words: int) -> str:
        """Another name of a kind, of one word where there was one word."""
        if kind == "person":
            draw = "person" if words > 1 else "first" if self.rng.random() < 0.5 else "last"
        else:
            draw = "place" if kind == "place" else "org" if self.rng.random() < 0.7 else "body"
        return self.values.draw(draw).written


def held_incidents(seed: int, rounds: int) -> list[Incident]:
    """Incidents for measuring: each story of lines_held.toml `rounds` times with other values, none of them trained on."""
    writer = Writer("held", seed)
    stories = tomllib.loads((Path(__file__).parent / "lines_held.toml").read_text(encoding="utf-8"))["incident"]
    return [
        Incident(
            story["kind"],
            tuple(writer.line(line, "written") for line in story["writing"].strip().splitlines()),
            tuple(writer.line(line, "said") for line in story["talk"].strip().splitlines()),
        )
        for _ in range(rounds)
        for story in stories
    ]


def sample_of(nlp: Language, marked: Marked) -> Sample:
    """The line as words and tags by the pipeline's own tokenizer; a mark inside a word takes the whole word."""
    doc = nlp.make_doc(marked.text)
    tags = ["O"] * len(doc)
    for start, end, kind in marked.spans:
        span = doc.char_span(start, end, alignment_mode="expand")
        if span is not None and len(span):
            tags[span.start : span.end] = [f"B-{kind}"] + [f"I-{kind}"] * (len(span) - 1)
    return Sample(tuple(t.text for t in doc), tuple(bool(t.whitespace_) for t in doc), tuple(tags))
