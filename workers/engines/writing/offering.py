"""A sentence that could be in the draft: what it is made of, how much it weighs, and what counts as a fact that was given."""

import re
from dataclasses import dataclass, replace

from workers.engines.reading.found import BROKEN
from workers.engines.reading.spoken import cardinal, tokens
from workers.engines.reading.text import Mention
from workers.engines.writing.acts import Act
from workers.engines.writing.brief import DraftSentence, Source
from workers.engines.writing.scene import Said, Scene
from workers.engines.writing.words import clock, date_in_words, plain

GIVEN = {
    "date_of_birth": "the date of birth {value}",
    "phone": "the telephone number {value}",
    "email": "the e-mail address {value}",
    "vin": "the vehicle identification number {value}",
    "plate": "the license plate {value}",
}
_QUOTED = re.compile(r'"([^"]*)"')
_MOST_NAMED = 3
FACTS = -2  # what a candidate made of a line's facts uses up, in place of a character
NAME_GIVEN = {"rule:introduced", "rule:answer-to-name", "rule:name-spelled"}
_NEARLY_ALL = 0.6  # of a line's words
_LIVES = re.compile(r"\b(?:live|address|stay|reside)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Candidate:
    """A sentence that could be in the draft. `at` is its second, `about` what it was made of, so that nothing is told twice."""

    sentence: DraftSentence
    weight: int
    at: float
    about: frozenset[tuple[int, int]]


def sentence_of(section: str, text: str, sources: tuple[Source, ...], sure: float) -> DraftSentence:
    """A sentence with a capital at its beginning; `sure` from 0 to 1."""
    text = text[:1].upper() + text[1:]
    return DraftSentence(section, text, sources, round(sure, 4))


def seconds_of(*said: Said) -> str:
    """The times of lines as they stand at the end of a sentence."""
    return f"({', '.join(dict.fromkeys(clock(one.line.start) for one in said))})"


def marked(candidate: Candidate, scene: Scene) -> Candidate:
    """The candidate with the quoted words named that the recognizer doubted, unless they are so many that the sentence's
    confidence says enough."""
    sentence = candidate.sentence
    said = [scene.by_seconds.get((source.start, source.end)) for source in sentence.sources]
    quoted = [word for part in _QUOTED.findall(sentence.text) for word in part.casefold().split()]
    quoted = [word.strip(" .,?!;:…") for word in quoted]
    doubted = [word for one in said if one for word in one.unclear if word and word.casefold() in quoted]
    named = list(dict.fromkeys(doubted))
    if not named or len(named) > min(_MOST_NAMED, len(quoted) / 3) or not sentence.text.endswith(")."):
        return candidate
    words = ", ".join(f'"{word}"' for word in named)
    told, opened, clocks = sentence.text.rpartition(" (")
    return replace(candidate, sentence=replace(sentence, text=f"{told} (unclear: {words}){opened}{clocks}"))


def fact(said: Said, mention: Mention) -> str:
    """The mention as something that was given; empty where it is only spoken of. What was put together over a word that
    does not belong to it is told as what it may be."""
    told = _fact(said, mention)
    return f"what may be {told}" if told and mention.method.endswith(BROKEN) else told


def _fact(said: Said, mention: Mention) -> str:
    value = plain(mention.value)
    if mention.kind == "date_of_birth" and not _year_said(value, said.text):
        return ""
    if mention.kind in GIVEN:
        return GIVEN[mention.kind].format(value=date_in_words(value))
    if mention.kind == "person" and mention.method in NAME_GIVEN and said.line.role != "officer":
        return f"the name {value}"
    if mention.kind == "place" and mention.method == "rule:address" and _LIVES.search(said.text):
        return f"the address {value}"
    if mention.kind == "date" and said.line.role != "officer" and _is_whole_answer(said, mention):
        return f"the date {date_in_words(value)}"
    return ""


def _is_whole_answer(said: Said, mention: Mention) -> bool:
    """Whether a line says hardly more than a day with its year: what it is the date of was asked and not heard, maybe."""
    whole = re.fullmatch(r"\d{4}-\d\d-\d\d", mention.value) and _year_said(mention.value, said.text)
    return bool(whole) and len(mention.text.split()) >= _NEARLY_ALL * len(said.text.split())


def made_of(said: Said, act: Act | None) -> frozenset[tuple[int, int]]:
    """What a candidate uses up: one act of a line, or the line's facts."""
    return frozenset({(id(said), act.start if act else -1)})


def _year_said(iso: str, text: str) -> bool:
    """Whether the year of a date was said: "1991", "91", "nineteen ninety one". A date without a year needs none."""
    if not iso[:4].isdigit():
        return True
    year, words = int(iso[:4]), tokens(text)
    for at in range(len(words)):
        said = cardinal(words, at)
        rest = cardinal(words, said[1]) if said else None
        if said and (said[0] == year or (rest and (said[0], rest[0]) == divmod(year, 100))):
            return True
    return any(number in re.findall(r"\d+", text) for number in (str(year), f"{year % 100:02}"))
