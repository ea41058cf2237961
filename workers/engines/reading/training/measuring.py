"""How good a pipeline is: names, grammar and sentences on the parts that were never trained on, written and as speech."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from workers.engines.reading.training.fitting import LEARNED, NAMED, parsed
from workers.engines.reading.training.incidents import Marked, held_incidents, sample_of
from workers.engines.reading.training.samples import Sample

HELD_SEED, HELD_ROUNDS = 77, 8  # forty incidents
CEILING = 0.6  # made-up text is easier than speech: a kind measured on nothing else is never called surer
Scores = dict[str, dict[str, float]]
_Span = tuple[int, int, str]


def scores(pairs: Iterable[tuple[Iterable[_Span], Iterable[_Span]]]) -> Scores:
    """Precision, recall and F1 (0 to 1) of exact spans with their kinds, overall (`all`) and by kind, and how many there are."""
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for gold, found in pairs:
        truth, proposed = set(gold), set(found)
        for counter, spans in ((right, truth & proposed), (said, proposed), (there, truth)):
            counter.update(kind for _, _, kind in spans)
    kinds = sorted(there.keys() | said.keys())
    return {"all": _score(right.total(), said.total(), there.total())} | {
        k: _score(right[k], said[k], there[k]) for k in kinds
    }


def _score(right: int, said: int, there: int) -> dict[str, float]:
    p, r = (right / said if said else 0.0), (right / there if there else 0.0)
    return {"p": round(p, 4), "r": round(r, 4), "f": round(2 * p * r / (p + r) if p + r else 0.0, 4), "n": there}


def names_by(nlp: Language, samples: Sequence[Sample], kinds: Sequence[str]) -> Scores:
    """Names that the pipeline finds in samples given word by word."""
    samples = [sample for sample in samples if sample.words]
    docs = nlp.pipe(Doc(nlp.vocab, words=list(s.words), spaces=list(s.spaces)) for s in samples)
    found = ([(e.start, e.end, e.label_) for e in doc.ents if e.label_ in kinds] for doc in docs)
    gold = ([span for span in s.spans() if span[2] in kinds] for s in samples)
    return scores(zip(gold, found, strict=True))


def held_lines() -> list[Marked]:
    """Every line of the forty held-out incidents, as written or as said."""
    return [line for one in held_incidents(HELD_SEED, HELD_ROUNDS) for line in (*one.writing, *one.talk)]


def measure(nlp: Language, splits: dict[str, list[Sample]]) -> dict[str, Any]:
    """Names on each held-out part in both forms, grammar and sentences on GUM's test part."""
    held = [sample_of(nlp, line) for line in held_lines()]
    parts = {
        "gum-test": (splits["gum-test"], NAMED),
        "wnut-test": (splits["wnut-test"], NAMED),
        "incidents": (held, LEARNED),
    }
    parts["both-tests"] = ([*splits["gum-test"], *splits["wnut-test"]], NAMED)
    with nlp.select_pipes(enable=["ner"]):
        made: dict[str, Any] = {
            name: {
                "written": names_by(nlp, samples, kinds),
                "speech": names_by(nlp, [s.as_speech() for s in samples], kinds),
            }
            for name, (samples, kinds) in parts.items()
        }
    return made | {"grammar": grammar_of(nlp, splits["gum-test"])}


def grammar_of(nlp: Language, samples: Sequence[Sample]) -> dict[str, dict[str, float]]:
    """Attachment (LAS, UAS), tags and sentence F1 in documents of five sentences, written and as speech, without punctuation's own arcs."""
    made = {}
    fives = iter(lambda: 5, 0)
    with nlp.select_pipes(enable=["tok2vec", "tagger", "senter", "parser"]):
        for form, some in (("written", samples), ("speech", [s.as_speech() for s in samples])):
            examples: list[Example] = parsed(nlp, some, fives)
            got = nlp.evaluate(examples)
            named = {"las": "dep_las", "uas": "dep_uas", "tags": "tag_acc", "sentences": "sents_f"}
            made[form] = {name: round(got[key] or 0.0, 4) for name, key in named.items()}
    return made


def precisions(figures: dict[str, Any]) -> dict[str, dict[str, float]]:
    """What a mention of each kind may claim: precision on real text for names, on our own, held down, for things."""
    made = {}
    for form in ("written", "speech"):
        real, ours = figures["both-tests"][form], figures["incidents"][form]
        made[form] = {kind: real.get(kind, {"p": 0.0})["p"] for kind in NAMED}
        made[form] |= {kind: min(CEILING, ours.get(kind, {"p": 0.0})["p"]) for kind in LEARNED if kind not in NAMED}
    return made
