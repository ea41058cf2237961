"""Capitals and end marks for engines that give none: readers and the entity rules need sentences."""

from collections.abc import Sequence

_ASKING = {
    "what",
    "who",
    "where",
    "when",
    "why",
    "how",
    "which",
    "whose",
    "is",
    "are",
    "do",
    "does",
    "did",
    "can",
    "could",
    "would",
    "will",
    "may",
    "have",
    "has",
}
_NOT_ASKING = {("have", "a"), ("do", "not"), ("will", "you")}
_ALWAYS = {"i": "I", "i'm": "I'm", "i'll": "I'll", "i've": "I've", "i'd": "I'd"}


def sentence(words: Sequence[str]) -> str:
    """The words as one sentence: a capital, I in capitals, and a question mark after words that open a question."""
    if not words:
        return ""
    written = [_ALWAYS.get(word, word) for word in words]
    written[0] = written[0][:1].upper() + written[0][1:]
    asks = words[0] in _ASKING and tuple(words[:2]) not in _NOT_ASKING
    return " ".join(written) + ("?" if asks else ".")
