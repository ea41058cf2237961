"""The trained pipeline (pipeline/), or a larger one from the shelf for text with capitals; its confidence is measured precision."""

import logging
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from workers.engines.info import EngineInfo
from workers.engines.packs import PackShelf
from workers.engines.reading.found import Found
from workers.engines.reading.names import can_be_name, titled
from workers.engines.reading.offences import is_no_deed
from workers.engines.reading.spoken import tokens
from workers.engines.reading.text import Kind

if TYPE_CHECKING:  # spaCy takes a second to come: whoever reads waits for it, not everyone who may be asked to
    from spacy.language import Language
    from spacy.tokens import Doc, Span

log = logging.getLogger("blotter.reading")
PIPELINE = Path(__file__).parent / "pipeline"
PACKS = ("en_core_web_lg", "en_core_web_md", "en_core_web_sm")  # the largest that is there
Form = Literal["written", "speech"]
NAMES_ONLY = ("tok2vec", "tagger", "senter", "parser")  # parts that finding names does without
_PACK_KINDS = {"PERSON": "person", "GPE": "place", "LOC": "place", "FAC": "place", "ORG": "organisation"}
_NAMED = {"person", "place", "organisation"}
_SAME = {"appos", "nsubj", "flat"}
_PATTERN_SURE = 0.6  # of a span rule, set by hand
_BARE_MARGIN = -1.5  # best on GUM's development part: where nothing is punctuated a weaker sign opens a sentence
_MOST_CHARACTERS = 20_000
_BATCH = 256


@dataclass(frozen=True)
class Model:
    """A loaded pipeline and the mark that its mentions carry."""

    nlp: "Language"
    method: str

    @property
    def info(self) -> EngineInfo:
        """Which model it is."""
        meta = self.nlp.meta
        name = meta["name"] if self.method == "model:ner" else f"{meta['lang']}_{meta['name']}"
        return EngineInfo("spacy", name, meta["version"], {"spacy": version("spacy"), "marks": self.method})


@cache
def pipeline() -> "Language":
    """Our own trained pipeline, from the repository; nothing is fetched."""
    import spacy

    return spacy.load(PIPELINE)


@cache
def _precision(form: Form) -> dict[str, float]:
    """Measured precision by kind."""
    measured: dict[str, float] = pipeline().meta["performance"]["precision"][form]
    return measured


def models(shelf: PackShelf | None = None) -> tuple[Model, ...]:
    """Our own pipeline, and first the largest `en_core_web_*` pack on the shelf where there is one that loads."""
    own = Model(pipeline(), "model:ner")
    for name in PACKS if shelf else ():
        folder = shelf.find(name) if shelf else None
        nlp = _from_wheel(folder) if folder else None
        if nlp is not None:
            return Model(nlp, "model:pack"), own
    return (own,)


@lru_cache(maxsize=2)
def _from_wheel(folder: Path) -> "Language | None":
    """The pipeline inside a pack's wheel; None, with a line in the log, when it cannot be read by this spaCy."""
    import spacy

    wheel = next(folder.glob("*.whl"), folder / "no wheel")
    try:
        with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(wheel) as archive:
            archive.extractall(place)
            (config,) = Path(place).glob("*/*/config.cfg")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # a pack of a neighbouring spaCy version says so and works
                return spacy.load(config.parent, exclude=["lemmatizer"])
    except (OSError, ValueError, KeyError, ImportError, zipfile.BadZipFile) as error:
        log.warning("the pack %s cannot be used (%s): the built-in pipeline reads instead", folder.name, error)
        return None


def form_of(text: str) -> Form:
    """ "speech" where no word but the first and "I" has a capital: what a recogniser writes; else "written"."""
    words = text.split()
    inner = (word for word in words[1:] if not word.startswith(("I'", "I’")) and word.strip(".,?!") != "I")
    return "written" if any(char.isupper() for word in inner for char in word) else "speech"


def names_in(texts: Sequence[str], shelf: PackShelf | None = None) -> Iterator[list[Found]]:
    """For each text, what the model sees in it. `sure` is the precision measured for that kind and form.

    A pack reads only text with capitals, where it is better than our own; our own was trained on text without.
    """
    chosen = models(shelf)
    for first in range(
        0, len(texts), _BATCH
    ):  # a batch at a time: five hours of speech need no more memory than five minutes
        yield from _batch(texts[first : first + _BATCH], chosen)


def _batch(texts: Sequence[str], chosen: Sequence[Model]) -> Iterator[list[Found]]:
    found: list[list[Found]] = [[] for _ in texts]
    forms = [form_of(text) for text in texts]
    for model, wanted in ((chosen[0], "written"), (chosen[-1], "speech")):
        pieces = [(at, *piece) for at, text in enumerate(texts) if forms[at] == wanted for piece in _pieces(text)]
        off = [name for name in NAMES_ONLY if name in model.nlp.pipe_names] if model.method == "model:ner" else []
        readable = (_unmarked(piece[2]) if wanted == "speech" else piece[2] for piece in pieces)
        for (at, offset, _), doc in zip(pieces, model.nlp.pipe(readable, disable=off), strict=True):
            found[at] += _names(doc, offset, forms[at], model.method)
    yield from found


def sentences(texts: Sequence[str]) -> list[list[tuple[int, int]]]:
    """For each text its sentences as (first character, after the last), also where nothing is punctuated."""
    return [
        [(offset + a, offset + b) for offset, piece in _pieces(text) for a, b in _sentences(piece)] for text in texts
    ]


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    bare = form_of(text) == "speech" and not _has_marks(text)
    doc = pipeline().get_pipe("tok2vec")(pipeline().make_doc(_unmarked(text) if bare else text))
    if not len(doc):
        return
    (scores,) = pipeline().get_pipe("senter").model.predict([doc])  # type: ignore[attr-defined]
    opens = [at for at in range(len(doc)) if not at or scores[at][1] - scores[at][0] > (_BARE_MARGIN if bare else 0.0)]
    for first, last in zip(opens, [*opens[1:], len(doc)], strict=True):
        span = doc[first:last]
        if span.text.strip():
            yield span.start_char, span.end_char


def parse(text: str) -> "Doc":
    """The text with parts of speech, grammar and sentences; at most the first 20,000 characters."""
    return pipeline()(text[:_MOST_CHARACTERS])


def tied(text: str, one: Found, other: Found) -> bool:
    """Whether the grammar says that two mentions are one and the same: apposition, or one is predicated of the other."""
    doc = _parsed(text)
    spans = [doc.char_span(m.start, m.end, alignment_mode="expand") for m in (one, other)]
    if any(span is None or not len(span) for span in spans):
        return False
    first, second = (span.root for span in spans if span is not None)
    pair = ((first, second), (second, first))
    return any(child.head == head and child.dep_ in _SAME for child, head in pair) and first.sent == second.sent


@lru_cache(maxsize=64)
def _parsed(text: str) -> "Doc":
    return parse(_unmarked(text) if form_of(text) == "speech" else text)


def _has_marks(text: str) -> bool:
    return any(mark in text.rstrip(" .?!") for mark in ".?!")


def _unmarked(text: str) -> str:
    """Speech as it was trained on: lower case and no mark at the end. As long as the text, so that places stay."""
    lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    body = lowered.rstrip(" .?!")
    return body + " " * (len(lowered) - len(body))


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """The text in parts the model can hold, cut at spaces, with the place of each; what UTF-8 cannot say becomes "?"."""
    text, at = text.encode("utf-8", "replace").decode("utf-8"), 0
    while at < len(text):
        end = at + _MOST_CHARACTERS
        if end < len(text) and " " in text[at + 1 : end]:
            end = text.rindex(" ", at + 1, end)
        yield at, text[at:end]
        at = end


def _names(doc: "Doc", offset: int, form: Form, method: str) -> Iterator[Found]:
    precision = _precision(form)
    for name in doc.ents:
        kind = name.label_ if method == "model:ner" else _PACK_KINDS.get(name.label_, "")
        if (
            kind
            and _plausible(name, kind)
            and not (kind == "offence" and is_no_deed(doc.text, name.start_char, name.end_char))
        ):
            yield _found(name, kind, offset, precision.get(kind, 0.0), method)
    for name in doc.spans.get("rules", ()) if form == "written" else ():
        if not name.text.isupper():
            yield _found(name, name.label_, offset, _PATTERN_SURE, "rule:span-pattern")


def _plausible(name: "Span", kind: str) -> bool:
    return kind not in _NAMED or any(can_be_name(word) for word in tokens(name.text))


def _found(name: "Span", kind: str, offset: int, sure: float, method: str) -> Found:
    text = name.text.strip()
    value = titled(text) if kind in _NAMED else text.lower()
    start = offset + name.start_char
    return Found(cast("Kind", kind), value, start, start + len(name.text), sure, method)
