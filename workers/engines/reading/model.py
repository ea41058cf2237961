"""The project's own small name finder (pipeline/), loaded once; its confidence is its measured precision."""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import cast

import spacy
from spacy.language import Language
from spacy.tokens import Doc

from workers.engines.info import EngineInfo
from workers.engines.reading.found import Found
from workers.engines.reading.names import can_be_name, titled
from workers.engines.reading.spoken import tokens
from workers.engines.reading.text import Kind

PIPELINE = Path(__file__).parent / "pipeline"
_MOST_CHARACTERS = 20_000


@cache
def pipeline() -> Language:
    """The trained pipeline, from the repository; nothing is fetched."""
    return spacy.load(PIPELINE)


def engine() -> EngineInfo:
    """Which model it is."""
    meta = pipeline().meta
    return EngineInfo(name="spacy", model=meta["name"], version=meta["version"], parameters={"spacy": version("spacy")})


def names_in(texts: list[str]) -> Iterator[list[Found]]:
    """For each text, the names the model sees in it. `sure` is the precision measured for that kind and form."""
    pieces = [(number, *piece) for number, text in enumerate(texts) for piece in _pieces(text)]
    docs = pipeline().pipe([piece[2] for piece in pieces], batch_size=256)
    found: list[list[Found]] = [[] for _ in texts]
    for (number, offset, piece), doc in zip(pieces, docs, strict=True):
        found[number] += _names(doc, piece, offset)
    yield from found


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text in parts the model can hold, cut at spaces, with the place of each; what UTF-8 cannot say becomes "?"."""
    text, at = text.encode("utf-8", "replace").decode("utf-8"), 0
    while at < len(text):
        end = at + _MOST_CHARACTERS
        if end < len(text) and " " in text[at + 1 : end]:
            end = text.rindex(" ", at + 1, end)
        yield at, text[at:end]
        at = end


def _names(doc: Doc, text: str, offset: int) -> Iterator[Found]:
    form = "speech" if text == text.lower() else "written"
    precision = pipeline().meta["performance"]["both-tests"][form]
    for name in doc.ents:
        if any(can_be_name(word) for word in tokens(name.text)):
            sure = precision.get(name.label_, {"p": 0.0})["p"]
            start, end = offset + name.start_char, offset + name.end_char
            yield Found(cast("Kind", name.label_), titled(name.text), start, end, sure, "model:ner")
