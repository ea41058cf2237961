"""Rephrasing by a language model, sentence by sentence, each checked against the plain one; what fails is not taken.

A rephrasing may move the time and the quotation, choose among words that mean the same, and change little words. It may
not add or drop a word that carries meaning, nor change who did what to whom. That is narrow, and meant to be.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from workers.engines.writing.brief import Brief, Draft, DraftSentence
from workers.engines.writing.checking import unsupported
from workers.engines.writing.local_model import Answer, Unanswered

_QUOTED = re.compile(r'"([^"]*)"')
_CLOCKS = re.compile(r"\(\d+:\d\d[\d:, to]*\)")
_WORD = re.compile(r"[^\W_]+(?:['’.@:-][^\W_]+)*")
_STRANGE = re.compile(r"[\[\]<>{}`*#|\\“”\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
# Little words that say nothing by themselves. Pronouns, negations, "by" and words of doubt are not among them.
_LITTLE = frozenset(["the", "a", "an", "and", "that", "to", "for", "from", "with", "when", "as", "then", "in", "of", "on", "at", "which", "was", "were", "is", "had", "has", "there"])  # fmt: skip
_SAME = (
    {"asked", "requested", "inquired"},
    {"told", "instructed", "directed"},
    {"said", "stated"},
    {"answered", "replied", "responded"},
    {"gave", "provided", "supplied"},
    {"reported", "radioed"},
    {"recorded", "documented"},
    {"described"},
    {"advised"},
    {"greeted"},
    {"thanked"},
    {"apologized"},
    {"marked"},
)
_MEANT = {word: group[0] for group in (sorted(one) for one in _SAME) for word in group}
_VERBS = frozenset(_MEANT.values())
_PEOPLE = frozenset(["driver", "person", "speaker", "officer", "officers", "i", "me", "another", "subject", "finder", "statements"])  # fmt: skip
_GIVE_UP_AFTER = 3  # answers missed in a row


class Rephraser(Protocol):
    """What asks a model."""

    def rephrase(self, sentence: str) -> Answer:
        """A rephrasing, or Unanswered."""


def rephrase(draft: Draft, brief: Brief, model: Rephraser, progress: Callable[[float], None] = lambda _share: None) -> Draft:  # fmt: skip
    """The draft with those sentences rephrased whose rephrasing passes `faults`; every other sentence stays plain.

    After three answers missed in a row the model is not asked again. The counts stand in the engine's parameters.
    """
    counted: Counter[str] = Counter()
    sentences, missed = [], 0
    for number, sentence in enumerate(draft.sentences):
        if sentence.gap or sentence.author != "machine" or missed >= _GIVE_UP_AFTER:
            counted["not_asked"] += 1
            sentences.append(sentence)
            continue
        progress(number / len(draft.sentences))
        try:
            answer = model.rephrase(sentence.text)
        except Unanswered:
            counted["unanswered"] += 1
            missed += 1
            sentences.append(sentence)
            continue
        missed = 0
        made = _taken(sentence, answer, brief)
        counted["unchanged" if made.text == sentence.text and answer.text == sentence.text else "taken" if made.plain else "refused"] += 1  # fmt: skip
        sentences.append(made)
    engine = replace(draft.engine, parameters={**draft.engine.parameters, "rephrasing": dict(sorted(counted.items()))})
    return replace(draft, engine=engine, sentences=tuple(sentences))


def _taken(sentence: DraftSentence, answer: Answer, brief: Brief) -> DraftSentence:
    if answer.text == sentence.text:
        return sentence
    made = replace(sentence, text=answer.text, plain=sentence.text, engine=answer.engine)
    return sentence if faults(sentence.text, answer.text) or unsupported(made, brief) else made


def faults(plain: str, said: str) -> list[str]:
    """What is wrong with a rephrasing of a plain sentence; empty when it says the same and nothing else."""
    if not said or "\n" in said or _STRANGE.search(said) or said.count('"') % 2:
        return ["not one plain sentence"]
    found = []
    if len(said) > 2 * len(plain) + 40:
        found.append("too long")
    if _quotations(plain) != _quotations(said):
        found.append("quotation changed")
    if sorted(_CLOCKS.findall(plain)) != sorted(_CLOCKS.findall(said)):
        found.append("time changed")
    before, after = _bare(plain), _bare(said)
    found += [f"added: {word}" for word in (_weighty(after) - _weighty(before))]
    found += [f"dropped: {word}" for word in (_weighty(before) - _weighty(after))]
    if _who(before) != _who(after):
        found.append("who did what changed")
    return found


def _quotations(text: str) -> list[str]:
    return [quoted.rstrip(".,") for quoted in _QUOTED.findall(text)]


def _bare(text: str) -> list[str]:
    """The words outside quotations and times."""
    return [word.replace("’", "'") for word in _WORD.findall(_CLOCKS.sub(" ", _QUOTED.sub(" ", text)))]


def _weighty(words: list[str]) -> Counter[str]:
    """The words that carry meaning, words that mean the same counted as one."""
    kept = [_meant(word) for word in words]
    return Counter(word for word in kept if word not in _LITTLE)


def _meant(word: str) -> str:
    low = word.casefold()
    return _MEANT.get(low, low)


def _who(words: list[str]) -> list[str]:
    """People and what they do, in their order: "asked" moved before another name would change who asked."""
    names = {word.casefold() for word in words[1:] if word[:1].isupper()}
    return [meant for word in words if (meant := _meant(word)) in _VERBS or meant in _PEOPLE or meant in names]
