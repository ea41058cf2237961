"""Capitals and end marks for engines that give none: readers and the entity rules need sentences."""

from collections.abc import Collection, Sequence

from workers.engines.hearing.results import Word

PAUSE_S = 0.35  # a pause this long inside an utterance may end a sentence
_ASKING = {
    "what", "who", "where", "when", "why", "how", "which", "whose", "is", "are", "do", "does", "did", "can", "could",
    "would", "will", "may", "have", "has",
}  # fmt: skip
_NOT_ASKING = {("have", "a"), ("do", "not"), ("will", "you")}
_NEVER_FIRST = {"and", "or", "of", "to", "the", "a", "an", "in", "on", "at", "with", "for", "than", "is", "was", "that"}
_NEVER_LAST = {"the", "a", "an", "of", "to", "and", "or", "my", "your", "with", "for", "in", "on", "at", "i", "is"}
_ALWAYS = {"i": "I", "i'm": "I'm", "i'll": "I'll", "i've": "I've", "i'd": "I'd"} | {
    name: name.capitalize()
    for name in [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "english",
        "spanish",
        "american",
    ]
}
_TITLES = {"mister", "mrs", "mr", "ms", "miss", "doctor"}


def restored(words: Sequence[Word], names: Collection[str] = ()) -> str:
    """The words as sentences: one ends where the utterance does, or at a pause between words that allow it. `names` are
    plain words of names that are expected: they get capitals, the others keep those they always have."""
    if not words:
        return ""
    parts: list[list[str]] = [[]]
    for word, later in zip(words, [*words[1:], None], strict=True):
        parts[-1].append(word.text)
        if later is not None and _ends(word, later):
            parts.append([])
    return " ".join(sentence(part, names) for part in parts if part)


def sentence(words: Sequence[str], names: Collection[str] = ()) -> str:
    """The words as one sentence: a capital, I in capitals, and a question mark after words that open a question."""
    if not words:
        return ""
    written = [_cased(word, before, names) for before, word in zip(["", *words], words, strict=False)]
    written[0] = written[0][:1].upper() + written[0][1:]
    asks = words[0] in _ASKING and tuple(words[:2]) not in _NOT_ASKING
    return " ".join(written) + ("?" if asks else ".")


def _cased(word: str, before: str, names: Collection[str]) -> str:
    if (word in names and word not in _NEVER_FIRST) or before in _TITLES:
        return word.capitalize()
    return _ALWAYS.get(word, word)


def _ends(word: Word, later: Word) -> bool:
    return later.start - word.end >= PAUSE_S and word.text not in _NEVER_LAST and later.text not in _NEVER_FIRST
