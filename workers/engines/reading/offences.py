"""Offences by name, and sections of a code as they are written or said."""

import re
from collections.abc import Iterator
from functools import cache

from workers.engines.reading.found import Context, Found, phrase
from workers.engines.reading.lexicon import lists
from workers.engines.reading.spoken import DIGITS, cardinal

_SHORT = re.compile(r"(?:[a-z] ?){2,3}", re.IGNORECASE)
_SECTION = re.compile(r"\bsection\s+$", re.IGNORECASE)
_WRITTEN = re.compile(
    r"\s*(?:section|sec\.?|§)?\s*(\d{1,5}(?:[.-]\d{1,5}){0,3}(?:\([\da-z]{1,3}\)){0,4}(?:[a-z](?![a-z]))?)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:section\s+)?(\d{1,5}(?:[.-]\d{1,5}){0,3}(?:\([\da-z]{1,3}\)){0,4})\s+(?:of the\s+)?(?:[a-z]+ )?$",
    re.IGNORECASE,
)


def offences(line: Context) -> Iterator[Found]:
    """Offences and statutes in the line."""
    for match in _acts().finditer(line.text):
        value = " ".join(match.group().lower().split())
        if not is_no_deed(line.text, *match.span()):
            yield Found(
                "offence",
                value,
                match.start(),
                match.end(),
                0.72 + min(0.2, 0.06 * value.count(" ")),
                "rule:offence-word",
            )
    yield from _statutes(line)


def is_no_deed(text: str, start: int, end: int) -> bool:
    """Whether the words are a thing or a manner there, no offence: the battery of a car, a racing heart."""
    word, after = text[start:end].lower(), text[end : end + 20].lower()
    before = text[max(0, start - 16) : start].lower()
    if word == "battery":
        thing = re.search(r"(?:car|phone|the|a|dead|my|new|low) $", before)
        return bool(thing or re.match(r" (?:is|was|died|pack|charger|life)", after))
    listed = {"racing", "resisting", "evading", "fleeing", "speeding"}
    return word in listed and bool(re.match(r" (?:heart|thoughts|away|the scene)", after))


@cache
def _acts() -> re.Pattern[str]:
    return phrase([" ".join(act.split()) for act in lists()["offence"]["acts"].split(";")])


@cache
def _codes() -> re.Pattern[str]:
    names = sorted((" ".join(code.split()) for code in lists()["offence"]["codes"].split(";")), key=len, reverse=True)
    return re.compile(
        "(?<![\\w'])(?:" + "|".join(re.escape(n).replace(r"\ ", r"\s+") for n in names) + r")(?![\w'])", re.IGNORECASE
    )


def _statutes(line: Context) -> Iterator[Found]:
    for match in _codes().finditer(line.text):
        code = " ".join(match.group().split())
        short = len(code.replace(" ", "")) <= 3
        after = _after(line, match.end())
        before = _number_before(line, match.start()) if after is None or not short else None
        hit = before or after
        if hit is None:
            continue
        section, start, end = hit
        start, end = min(start, match.start()), max(end, match.end())
        name = (
            code.upper().replace(" ", "") if short else code.title().replace(" And ", " and ").replace(" Of ", " of ")
        )
        yield Found("offence", f"{name} {section}", start, end, 0.9, "rule:statute", {"code": name, "section": section})


def _after(line: Context, at: int) -> tuple[str, int, int] | None:
    written = _WRITTEN.match(line.text, at)
    if written:
        return written[1], at, written.end()
    first = line.word_from(at)
    if first < len(line.words) and line.words[first].low in {"section"}:
        first += 1
    said, after = _said(line, first)
    return (said, at, line.words[after - 1].end) if said else None


def _said(line: Context, at: int) -> tuple[str, int]:
    """The digits of a section said from word `at` on ("four five nine", "twenty two three fifty"), and the position after them."""
    digits = ""
    while at < len(line.words) and len(digits) < 6:
        word = line.words[at].low
        number = (DIGITS[word], at + 1) if word in DIGITS else cardinal(line.words, at)
        if number is None:
            break
        digits, at = digits + str(number[0]), number[1]
    return digits, at


def _number_before(line: Context, at: int) -> tuple[str, int, int] | None:
    """ "section 459 of the …", "459 …", "section four five nine of the …"."""
    written = _BEFORE.search(line.text[max(0, at - 60) : at])
    if written:
        return written[1], max(0, at - 60) + written.start(), at
    last = line.word_from(at)
    if last >= 2 and [word.low for word in line.words[last - 2 : last]] == ["of", "the"]:
        last -= 2
    for first in range(max(0, last - 7), last):
        said, after = _said(line, first)
        if said and after == last and first and line.words[first - 1].low == "section":
            return said, line.words[first - 1].start, at
    return None
