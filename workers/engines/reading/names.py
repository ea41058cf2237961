"""Names of persons, places and organisations: what rules know from the words around them."""

import re
from collections.abc import Iterator
from functools import cache

from workers.engines.reading.found import Context, Found, phrase
from workers.engines.reading.lexicon import lists, not_names
from workers.engines.reading.spoken import ORDINALS, Token, cardinal

_OWN_NAME = re.compile(
    r"\b(?:(?P<own>my(?: full)? name(?: is|'s)|name(?: is|'s)|i am called|they call me)|(?P<part>(?:first|last|middle|sur) ?name(?: is|'s)?)|(?P<me>i'?m|i am|this is))\s+",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\b(your|full|last|first|his|her) name\b|\bwho (are|is) (you|this|that)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.?!](?:\s|$)")
_SHORT_ANSWER = 7
_LEAD = {
    "it's",
    "its",
    "it",
    "is",
    "uh",
    "um",
    "uhm",
    "my",
    "name",
    "name's",
    "i'm",
    "yes",
    "yeah",
    "sir",
    "sure",
    "officer",
}
_PREPOSITIONS = {
    "on",
    "at",
    "to",
    "near",
    "from",
    "of",
    "off",
    "and",
    "onto",
    "past",
    "toward",
    "by",
    "is",
    "in",
    "down",
    "along",
}


def names(line: Context) -> Iterator[Found]:
    """Persons, places and organisations that the wording itself gives away."""
    yield from _introduced(line)
    yield from _titled(line)
    yield from _answered(line)
    yield from _streets(line)
    yield from _numbered_roads(line)
    yield from _organisations(line)


def can_be_name(word: Token) -> bool:
    """Whether a word could be part of a name: letters, longer than one, not an everyday word."""
    letters = word.low.replace("'", "")
    return (
        len(letters) > 1
        and letters.isalpha()
        and word.low not in not_names()
        and word.low.removesuffix("'s") not in not_names()
    )


def titled(text: str) -> str:
    """A name with capitals: "o'neil" as O'Neil; what has capitals already stays."""
    if text != text.lower():
        return text
    return re.sub(r"(^|[\s'’-])(\w)(?=\w)", lambda m: m[1] + m[2].upper(), text)


def _name_from(line: Context, at: int, most: int) -> tuple[int, int] | None:
    """Up to `most` neighbouring words from word `at` that can be one name."""
    end = at
    while end < len(line.words) and end - at < most and can_be_name(line.words[end]):
        if end > at and line.text[line.words[end - 1].end : line.words[end].start].strip(" -"):
            break
        end += 1
    return (at, end) if end > at else None


def _person(line: Context, first: int, last: int, sure: float, how: str) -> Found:
    start, end = line.span(first, last)
    return Found("person", titled(line.text[start:end]), start, end, sure, f"rule:{how}")


def _introduced(line: Context) -> Iterator[Found]:
    for match in _OWN_NAME.finditer(line.text):
        at = line.word_from(match.end())
        cased = at < len(line.words) and line.words[at].text[:1].isupper() and line.text != line.text.upper()
        if match["me"] and not cased:
            continue
        name = _name_from(line, at, 1 if match["part"] else 3 if cased else 2)
        if name:
            sure = 0.88 if match["own"] or match["part"] else 0.65
            yield _person(line, *name, sure, "introduced")
        elif match["own"] or match["part"]:
            yield from _spelled(line, at)


def _spelled(line: Context, at: int) -> Iterator[Found]:
    end = at
    while end < len(line.words) and len(line.words[end].low) == 1 and line.words[end].low.isalpha():
        end += 1
    if end - at >= 3:
        start, stop = line.span(at, end)
        value = "".join(word.low for word in line.words[at:end]).title()
        yield Found("person", value, start, stop, 0.8, "rule:name-spelled")


def _titled(line: Context) -> Iterator[Found]:
    titles = set(lists()["person"]["titles"])
    for at, word in enumerate(line.words[:-1]):
        if word.low not in titles or line.text[word.end : line.words[at + 1].start].strip(" ."):
            continue
        cased = line.words[at + 1].text[:1].isupper()
        name = _name_from(line, at + 1, 1)
        if name and cased and at + 2 < len(line.words) and line.words[at + 2].text[:1].isupper():
            name = _name_from(line, at + 1, 2) or name
        if name and (cased or line.text == line.text.lower()):
            yield _person(line, *name, 0.85 if cased else 0.75, "titled")


def _answered(line: Context) -> Iterator[Found]:
    """A short answer, or a short first sentence of one, that is nothing but a name, after a question for one."""
    if not _ASKED.search(line.before):
        return
    stop = _SENTENCE_END.search(line.text)
    last = line.word_from(stop.start()) if stop else len(line.words)
    at = 0
    while at < last and line.words[at].low in _LEAD:
        at += 1
    name = _name_from(line, at, 3)
    if name and last <= _SHORT_ANSWER and name[1] <= last <= name[1] + 1:
        yield _person(line, *name, 0.75, "answer-to-name")


@cache
def _street_types() -> tuple[frozenset[str], frozenset[str], dict[str, str]]:
    place = lists()["place"]
    return frozenset(place["street_types"]), frozenset(place["common_street_types"]), place["short_types"]


def _streets(line: Context) -> Iterator[Found]:
    sure_types, common_types, short = _street_types()
    words = line.words
    for at, word in enumerate(words):
        if at == 0 or (word.low not in sure_types and word.low not in common_types):
            continue
        first = _street_name(line, at)
        if first is None:
            continue
        house = _house_number(line, first)
        led = first > 0 and words[first - 1].low in _PREPOSITIONS
        if word.low in common_types and not house and not led:
            continue
        start, end = line.span(house[1] if house else first, at + 1)
        name = " ".join([*(titled(w.text) for w in words[first:at]), short.get(word.low, titled(word.text))])
        value = f"{house[0]} {name}" if house else name
        yield Found(
            "place",
            value,
            start,
            end,
            0.9 if house else 0.82 if led else 0.6,
            "rule:address" if house else "rule:street",
        )


def _street_name(line: Context, at: int) -> int | None:
    """The first word of the street's name that ends before word `at`, at most three words back."""
    first = at
    while first > 0 and at - first < 3 and (_in_street(line.words[first - 1])):
        if line.text[line.words[first - 1].end : line.words[first].start].strip(" ."):
            break
        first -= 1
    return first if first < at else None


def _in_street(word: Token) -> bool:
    directions = {"north", "south", "east", "west", "n", "s", "e", "w", "main", "first", "second", "third"}
    ordinal = word.low in ORDINALS or re.fullmatch(r"\d{1,3}(?:st|nd|rd|th)", word.low)
    return bool(word.low in directions or ordinal or can_be_name(word))


def _house_number(line: Context, first: int) -> tuple[str, int] | None:
    """The number said just before the street's name, and its first word: "fourteen twenty", "1420", "nine oh one"."""
    for start in range(max(0, first - 5), first):
        at, pieces = start, ""
        while at < first:
            step = _zero(line, at) or cardinal(line.words, at)
            if step is None or step[1] > first:
                break
            pieces += str(step[0])
            at = step[1]
        if at == first and 1 <= len(pieces) <= 6 and pieces[0] != "0":
            return pieces, start
    return None


def _zero(line: Context, at: int) -> tuple[int, int] | None:
    return (0, at + 1) if line.words[at].low in {"oh", "o"} else None


def _numbered_roads(line: Context) -> Iterator[Found]:
    for at, word in enumerate(line.words[:-1]):
        if word.low not in {"highway", "interstate", "route", "hwy"}:
            continue
        number, after = _road_number(line, at + 1)
        if number:
            start, end = line.span(at, after)
            name = "Highway" if word.low == "hwy" else word.low.title()
            yield Found("place", f"{name} {number}", start, end, 0.8, "rule:numbered-road")


def _road_number(line: Context, at: int) -> tuple[str, int]:
    """Up to three digits said from word `at` on, "one oh one" or "eighty", and the position after them."""
    pieces = ""
    while at < len(line.words):
        step = _zero(line, at) if pieces else None
        step = step or cardinal(line.words, at)
        if step is None or len(pieces + str(step[0])) > 3:
            break
        pieces, at = pieces + str(step[0]), step[1]
    return pieces, at


@cache
def _organisation_heads() -> re.Pattern[str]:
    return phrase(lists()["organisation"]["heads"])


def _organisations(line: Context) -> Iterator[Found]:
    for match in _organisation_heads().finditer(line.text):
        last = line.word_from(match.start())
        first = last
        while first > 0 and last - first < 2 and _part_of_organisation(line, first - 1):
            first -= 1
        if first < last:
            value = " ".join(titled(word.text) for word in line.words[first:last]) + " " + titled(match.group())
            yield Found("organisation", value, line.words[first].start, match.end(), 0.85, "rule:organisation-head")


def _part_of_organisation(line: Context, at: int) -> bool:
    gap = line.text[line.words[at].end : line.words[at + 1].start]
    return not gap.strip() and (can_be_name(line.words[at]) or line.words[at].low in {"county", "city", "state"})
