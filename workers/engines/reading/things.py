"""Vehicles, weapons, drugs, injuries and property, by the lists of lexicon.toml."""

import re
from collections.abc import Iterator
from functools import cache
from typing import get_args

from workers.engines.reading.found import Context, Found
from workers.engines.reading.lexicon import Listed, lists, things
from workers.engines.reading.spoken import year

_SURE: dict[Listed, float] = {"weapon": 0.88, "drug": 0.8, "injury": 0.78}
_BODY = re.compile(
    r"[ ](?:on|to|around|above|below|near|under|over|across)[ ]((?:(?:his|her|my|the|their|your|both|back|of)[ ])*(?:(?:left|right|upper|lower)[ ])*"
    r"(?:hands?|arms?|forearms?|wrists?|fingers?|legs?|knees?|ankles?|foot|feet|head|face|forehead|eyes?|eyebrow|cheek|nose|lips?|mouth|chin|neck|"
    r"throat|shoulders?|chest|ribs|back|stomach|abdomen|hip|elbows?|thigh|scalp|ears?))(?![\w'])",
    re.IGNORECASE,
)
_ALSO_NAMES = {"burn", "baton", "cut", "knot", "club", "brick", "bump"}  # "Mary Burns", "Baton Rouge"
_NOT_PROPERTY = re.compile(
    r"(?: |-)?(?:number|numbers|call|calls|company|records?|store|shop|repair|station|code)\b", re.IGNORECASE
)
_TAKEN_ELSEHOW = re.compile(
    r"\b(?:on (?:my|his|her|the|your)|by|over the|at the|drove (?:my|his|the)|safe) $", re.IGNORECASE
)
_PARTS = ("shade", "colour", "second", "make", "model", "body")


def objects(line: Context) -> Iterator[Found]:
    """Everything in the line that the lists know."""
    for kind in get_args(Listed):
        yield from _listed(line, kind)
    yield from _vehicles(line)
    yield from _property(line)


def _listed(line: Context, kind: Listed) -> Iterator[Found]:
    known = things(kind)
    for match in known.pattern.finditer(line.text):
        said = re.sub(r"[\s-]+", " ", match.group().lower())
        if said.removesuffix("s") in _ALSO_NAMES and match.group()[:1].isupper() and line.text[: match.start()].strip():
            continue
        value = next(
            (
                known.canonical[form]
                for form in (said, said.removesuffix("s"), said.removesuffix("es"))
                if form in known.canonical
            ),
            said,
        )
        end, detail = _where(line, match.end()) if kind == "injury" else (match.end(), {})
        yield Found(kind, value, match.start(), end, _SURE[kind], f"rule:{kind}-word", detail)


def _where(line: Context, end: int) -> tuple[int, dict[str, str]]:
    """The part of the body told after an injury, "on his left hand", with the new end; the old end where none is."""
    place = _BODY.match(line.text, end)
    return (place.end(), {"part": " ".join(place[1].lower().split())}) if place else (end, {})


@cache
def _property_pattern() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Colour, material and brand as they are said before an item, and the words that make it property of the case."""
    words = {name: [" ".join(one.split()) for one in text.split(";")] for name, text in lists()["property"].items()}

    def any_of(some: list[str]) -> str:
        return "|".join(re.escape(w).replace(r"\ ", r"[\s-]+") for w in sorted(some, key=len, reverse=True))

    colours = any_of([*lists()["vehicle"]["colours"], "pink", "dark blue"])
    item = rf"(?P<item>{any_of(words['items'])})(?:e?s)?(?![\w'-])"
    lead = rf"(?:(?P<colour>{colours})[ ,]+)?(?:(?P<material>{any_of(words['materials'])})[ ]+)?(?:(?P<brand>{any_of(words['brands'])})[ ]+)?"
    more = rf"(?:(?:{any_of(words['materials'])})[ ]+)?"
    cues = re.compile(rf"\b(?:{'|'.join(lists()['property']['cues'].split())})\b", re.IGNORECASE)
    return re.compile(rf"(?<![\w'-]){lead}{more}{item}", re.IGNORECASE), cues


def _property(line: Context) -> Iterator[Found]:
    pattern, cues = _property_pattern()
    for match in pattern.finditer(line.text):
        near = line.text[max(0, match.start() - 70) : match.end() + 60]
        if not cues.search(near.replace(match.group(), " ", 1)) or _NOT_PROPERTY.match(line.text, match.end()):
            continue
        if _TAKEN_ELSEHOW.search(line.text[max(0, match.start() - 25) : match.start()]):
            continue
        parts = {name: match[name].lower() for name in ("item", "brand", "colour") if match[name]}
        value = " ".join(match.group().lower().split())
        yield Found(
            "property", value, match.start(), match.end(), 0.66 + 0.06 * (len(parts) - 1), "rule:property-cued", parts
        )


@cache
def _vehicle_pattern() -> re.Pattern[str]:
    """Shade, colour, make, model, body in the order they are said; each may be missing."""
    vehicle = lists()["vehicle"]

    def any_of(words: list[str]) -> str:
        return "|".join(re.escape(word).replace(r"\ ", " ") for word in sorted(words, key=len, reverse=True))

    colours = any_of(vehicle["colours"])
    models = any_of(sorted({model for row in vehicle["makes"].values() for model in row}))
    return re.compile(
        rf"(?<![\w'])(?:(?P<shade>light|dark) )?(?:(?P<colour>{colours})[ ,]*(?:(?:and|over) (?P<second>{colours}) )?)?"
        rf"(?:(?:two|four|2|4)[ -]door )?(?:(?P<make>{any_of(list(vehicle['makes']))})(?![\w'])[ ,]*)?"
        rf"(?:(?P<model>{models})(?![\w'])[ ,]*)?(?:(?P<body>{any_of(vehicle['bodies'])})(?![\w']))?",
        re.IGNORECASE,
    )


def _vehicles(line: Context) -> Iterator[Found]:
    at = 0
    while at < len(line.text):
        match = _vehicle_pattern().search(line.text, at)
        if match is None:
            return
        at = match.end() if match.end() > match.start() else _next_word(line.text, match.start())
        found = _vehicle(line, match) if match.group().strip() else None
        if found:
            yield found


def _next_word(text: str, at: int) -> int:
    following = re.compile(r"(?<![\w'])(?=\w)").search(text, at + 1)
    return following.start() if following else len(text)


def _vehicle(line: Context, match: re.Match[str]) -> Found | None:
    parts = {name: match[name].lower() for name in _PARTS if match[name]}
    if not _is_vehicle(parts, model_year := _year_before(line, match.start())):
        return None
    start = model_year[1] if model_year else match.start()
    colour = _colour_before(line, start) if model_year and "colour" not in parts else None
    start = colour[1] if colour else start
    end = match.start() + len(match.group().rstrip(" ,"))
    leading = ([str(model_year[0])] if model_year else []) + ([colour[0]] if colour else [])
    value = " ".join(leading + [_cased(name, word) for name, word in parts.items()])
    told = len(parts) + len(leading)
    detail = _vehicle_detail(parts, model_year, colour)
    return Found("vehicle", value, start, end, min(0.92, 0.62 + 0.1 * told), "rule:vehicle-description", detail)


def _vehicle_detail(
    parts: dict[str, str], model_year: tuple[int, int] | None, colour: tuple[str, int] | None
) -> dict[str, str]:
    """Year, make, model, colour and body, each where it was said."""
    shade = " ".join(parts[name] for name in ("shade", "colour") if name in parts)
    told = {
        "year": str(model_year[0]) if model_year else "",
        "make": _cased("make", parts.get("make", "")),
        "model": _cased("model", parts.get("model", "")),
        "colour": shade if "colour" in parts else colour[0] if colour else "",
        "second_colour": parts.get("second", ""),
        "body": _cased("body", parts.get("body", "")),
    }
    return {name: word for name, word in told.items() if word}


def _colour_before(line: Context, start: int) -> tuple[str, int] | None:
    """A colour said just before `start`, and its first character: "blue 2015 Honda"."""
    at = line.word_from(start) - 1
    word = line.words[at] if at >= 0 else None
    if word is None or word.low not in lists()["vehicle"]["colours"] or line.text[word.end : start].strip(" ,"):
        return None
    if at and line.words[at - 1].low in {"light", "dark"}:
        return f"{line.words[at - 1].low} {word.low}", line.words[at - 1].start
    return word.low, word.start


def _is_vehicle(parts: dict[str, str], model_year: tuple[int, int] | None) -> bool:
    make, model = parts.get("make", ""), parts.get("model", "")
    vehicle = lists()["vehicle"]
    if make and model and model not in vehicle["makes"][make]:
        return True
    beside = bool(model_year or parts.get("colour") or parts.get("body"))
    if make:
        return make not in vehicle["common_word_makes"] or beside or bool(model)
    if model:
        return beside and not model[:1].isdigit() and len(model) > 3
    return bool(parts.get("colour") and parts.get("body"))


def _year_before(line: Context, start: int) -> tuple[int, int] | None:
    """A model year whose last word ends just before `start`: the year and its first character."""
    last = line.word_from(start) - 1
    if last < 0 or line.text[line.words[last].end : start].strip(" ,"):
        return None
    for first in range(max(0, last - 4), last + 1):
        said = year(line.words, first)
        if said and said[1] == last + 1:
            return said[0], line.words[first].start
    return None


def _cased(part: str, word: str) -> str:
    if part not in {"make", "model"}:
        return "SUV" if word == "suv" else word
    capitals = word in {"bmw", "gmc"} or any(c.isdigit() for c in word) or len(word) <= 2
    return word.upper() if capitals else word.title()
