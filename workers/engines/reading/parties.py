"""Who somebody is in the matter (victim, driver …), badges and radio units; and which name belongs to which role."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from workers.engines.reading.found import Context, Found, phrase
from workers.engines.reading.lexicon import lists
from workers.engines.reading.spoken import DIGITS, PHONETIC, cardinal

Grammar = Callable[[str, Found, Found], bool]
_NOT_AFTER = re.compile(  # "driver's license", "passenger side", "suspect vehicle", "witness stand"
    r"(?:'s)?[ -](?:licen[sc]es?|side|seat|door|window|window's|airbag|stand|vehicle|car|statement form)\b|'s$",
    re.IGNORECASE,
)
_VERB_BEFORE = re.compile(r"\b(?:i|we|you|they|did|do|does|would|to|don't|didn't|could|not|who) $", re.IGNORECASE)
_VERBS = {"suspect", "witness"}
_BADGE = re.compile(r"\b(?:badge|shield|serial)(?:,? (?:number|no\.?|is|number is)| ?#)?[ ,:#]*$|#$", re.IGNORECASE)
_UNITS = {"unit", "squad", "engine", "medic", "ladder", "battalion", "sector", "k9", "air"}
_TITLE = r"(?:(?:mr|mrs|ms|miss|dr|officer|deputy|sergeant|sgt|lieutenant|captain|detective|trooper|corporal)\.?\s+)?"
_NAMED_AS = (
    r"(?:(?:is|was) )?(?:later )?(?:identified (?:himself |herself |themselves )?(?:to me )?as|named|called|as)|is|was"
)
_ROLE_THEN_NAME = re.compile(
    rf"(?: in (?:this|the) (?:case|matter|incident))?(?:\s*[,(:]\s*|,? (?:{_NAMED_AS})\s+|'s name is\s+|\s+){_TITLE}",
    re.IGNORECASE,
)
_NAME_THEN_ROLE = re.compile(r"^(?:,| \(|,? (?:is|was|as|being))?\s*(?:the|a|our|my|one)?\s*$", re.IGNORECASE)


def parties(line: Context) -> Iterator[Found]:
    """Roles, badges and units in the line."""
    yield from _roles(line)
    yield from _badges(line)
    yield from _units(line)


@cache
def _role_pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    ways = {said: role for role, said_so in lists()["relation"].items() for said in said_so}
    return phrase(list(ways)), ways


def _roles(line: Context) -> Iterator[Found]:
    pattern, ways = _role_pattern()
    for match in pattern.finditer(line.text):
        said = match.group().lower()
        role = next(ways[form] for form in (said, said.removesuffix("s"), said.removesuffix("es")) if form in ways)
        if _NOT_AFTER.match(line.text[match.end() :]):
            continue
        if role in _VERBS and _VERB_BEFORE.search(line.text[: match.start()]):
            continue
        yield Found("relation", role, match.start(), match.end(), 0.85, "rule:role-word", {"relation": role})


def _badges(line: Context) -> Iterator[Found]:
    for at, word in enumerate(line.words):
        if not _BADGE.search(line.text[max(0, word.start - 24) : word.start]):
            continue
        number, after = _digits(line, at)
        if 2 <= len(number) <= 6:
            start, end = line.span(at, after)
            yield Found("badge", number, start, end, 0.94, "rule:badge", {"type": "badge", "number": number})


def _digits(line: Context, at: int) -> tuple[str, int]:
    """The digits said from word `at` on, and the position after them."""
    said = ""
    while at < len(line.words) and len(said) < 7:
        word = line.words[at].low
        step = (str(DIGITS[word]), at + 1) if word in DIGITS else None
        if step is None:
            number = cardinal(line.words, at)
            step = (word if word.isdigit() else str(number[0]), number[1]) if number else None
        if step is None or (said and line.text[line.words[at - 1].end : line.words[at].start].strip(" -")):
            break
        said, at = said + step[0], step[1]
    return said, at


def _units(line: Context) -> Iterator[Found]:
    for at, word in enumerate(line.words[:-1]):
        if word.low in _UNITS:
            number, after = _digits(line, at + 1)
            if 1 <= len(number) <= 4 and not line.text[word.end : line.words[at + 1].start].strip(" -#"):
                start, end = line.span(at, after)
                parts = {"type": "unit", "number": number}
                yield Found("badge", f"{word.text.title()} {number}", start, end, 0.85, "rule:unit", parts)
        else:
            yield from _call_sign(line, at)


def _call_sign(line: Context, at: int) -> Iterator[Found]:
    """ "3-Adam-12", "three adam twelve": a number, one letter by its radio word, a number, and nothing more spelled around."""
    words = line.words
    area = cardinal(words, at)
    if not area or area[1] != at + 1 or area[0] > 99 or area[1] + 1 >= len(words):
        return
    letter = PHONETIC.get(words[area[1]].low)
    beat = cardinal(words, area[1] + 1)
    if not letter or not beat or beat[0] > 999 or words[area[1]].low != words[area[1]].text.lower():
        return
    after = beat[1]
    if after < len(words) and (words[after].low in DIGITS or words[after].low in PHONETIC) and _joined(line, after):
        return
    if at and (words[at - 1].low in DIGITS or words[at - 1].low in PHONETIC) and _joined(line, at):
        return
    value = f"{area[0]}-{words[area[1]].low.title()}-{beat[0]}"
    yield Found("badge", value, *line.span(at, after), 0.8, "rule:call-sign", {"type": "unit", "number": value})


def _joined(line: Context, at: int) -> bool:
    return not line.text[line.words[at - 1].end : line.words[at].start].strip(" -")


def with_names(text: str, found: Sequence[Found], *, grammar: Grammar | None = None) -> list[Found]:
    """The mentions, each role with the name that the wording gives it: "the driver, Maria Lopez", "Lopez was the driver".

    Where the words between do not say it, the grammar may: apposition, or one is what the sentence says of the other.
    """
    people = [one for one in found if one.kind == "person"]
    if not people:
        return list(found)
    return [_named(text, one, people, grammar) if one.kind == "relation" else one for one in found]


def _named(text: str, role: Found, people: Sequence[Found], grammar: Grammar | None) -> Found:
    for person in people:
        if role.end <= person.start <= role.end + 60 and _ROLE_THEN_NAME.fullmatch(text[role.end : person.start]):
            return replace(role, detail={**role.detail, "person": person.value})
        between = text[person.end : role.start] if 0 <= role.start - person.end <= 30 else ""
        if between.strip() and _NAME_THEN_ROLE.fullmatch(between):
            return replace(role, detail={**role.detail, "person": person.value})
    tied = [p for p in people if grammar and abs(p.start - role.start) <= 200 and grammar(text, role, p)]
    return replace(role, detail={**role.detail, "person": tied[0].value}) if len(tied) == 1 else role
