"""Vehicles, weapons, drugs and injuries, by the lists of lexicon.toml."""

import re
from collections.abc import Iterator
from functools import cache
from typing import get_args

from workers.engines.reading.found import Context, Found
from workers.engines.reading.lexicon import Listed, lists, things
from workers.engines.reading.spoken import year

_SURE: dict[Listed, float] = {"weapon": 0.88, "drug": 0.8, "injury": 0.78}
_PARTS = ("shade", "colour", "second", "make", "model", "body")


def objects(line: Context) -> Iterator[Found]:
    """Everything in the line that the lists know."""
    for kind in get_args(Listed):
        yield from _listed(line, kind)
    yield from _vehicles(line)


def _listed(line: Context, kind: Listed) -> Iterator[Found]:
    known = things(kind)
    for match in known.pattern.finditer(line.text):
        said = re.sub(r"[\s-]+", " ", match.group().lower())
        value = next(
            (
                known.canonical[form]
                for form in (said, said.removesuffix("s"), said.removesuffix("es"))
                if form in known.canonical
            ),
            said,
        )
        yield Found(kind, value, match.start(), match.end(), _SURE[kind], f"rule:{kind}-word")


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
    return Found("vehicle", value, start, end, min(0.92, 0.62 + 0.1 * told), "rule:vehicle-description")


def _colour_before(line: Context, start: int) -> tuple[str, int] | None:
    """A colour said just before `start`, and its first character: "blue 2015 Honda"."""
    word = line.words[line.word_from(start) - 1] if line.word_from(start) else None
    if word and word.low in lists()["vehicle"]["colours"] and not line.text[word.end : start].strip(" ,"):
        return word.low, word.start
    return None


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
