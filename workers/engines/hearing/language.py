"""The police language model of the built-in recogniser: trigrams of the project's own text, with an incident's names in it.

Likelihoods are Witten and Bell's (1991). The model is made when the recogniser loads, in a second, and is used beside the
general one: each utterance is taken as whichever of the two makes likelier, so that general speech does not suffer.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache

from workers.engines.hearing import policing

ORDER = 3
Gram = tuple[str, ...]
AROUND = (
    "{}", "my name is {}", "i am {}", "i'm {}", "officer {}", "this is {}", "{} is here", "where is {}", "on {}", "at {}",
    "{} dispatch", "dispatch {}", "traffic stop on {}", "run {}", "with {}",
)  # fmt: skip
OFTEN = 2  # times each line with an incident's own words is counted


def own_lines(expected: Sequence[str]) -> list[str]:
    """Lines with what an incident holds: each expected phrase, in plain words, in a few places where it may be said."""
    return [line.format(phrase) for phrase in expected for line in AROUND] * OFTEN


def arpa(own: Iterable[str] = ()) -> str:
    """A trigram model, in the ARPA format, of the police text and an incident's own lines."""
    counts = _police() + _counted(own)
    followers: defaultdict[Gram, set[str]] = defaultdict(set)
    totals: Counter[Gram] = Counter()
    for gram, count in counts.items():
        if gram != ("<s>",):
            followers[gram[:-1]].add(gram[-1])
            totals[gram[:-1]] += count
    found: dict[Gram, float] = {}
    for gram in sorted(counts, key=len):
        before = gram[:-1]
        kinds = len(followers[before])
        lower = found[gram[1:]] if before else 1 / kinds
        found[gram] = 1e-9 if gram == ("<s>",) else (counts[gram] + kinds * lower) / (totals[before] + kinds)
    back = {gram: len(after) / (totals[gram] + len(after)) for gram, after in followers.items() if gram}
    return _written(found, back)


@cache
def _police() -> Counter[Gram]:
    return _counted(policing.lines())


def _counted(lines: Iterable[str]) -> Counter[Gram]:
    counts: Counter[Gram] = Counter()
    for line in lines:
        said = ("<s>", *line.split(), "</s>")
        for order in range(1, ORDER + 1):
            counts.update(said[at : at + order] for at in range(len(said) - order + 1))
    return counts


def _written(found: dict[Gram, float], back: dict[Gram, float]) -> str:
    by_order = {order: sorted(gram for gram in found if len(gram) == order) for order in range(1, ORDER + 1)}
    parts = ["\\data\\", *(f"ngram {order}={len(grams)}" for order, grams in by_order.items()), ""]
    for order, grams in by_order.items():
        parts.append(f"\\{order}-grams:")
        for gram in grams:
            weight = "" if order == ORDER else f" {math.log10(back.get(gram, 1.0)):.4f}"
            parts.append(f"{math.log10(found[gram]):.4f} {' '.join(gram)}{weight}")
        parts.append("")
    return "\n".join([*parts, "\\end\\", ""])
