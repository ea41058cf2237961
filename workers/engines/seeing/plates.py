"""Licence plates: what has the shape of one, US formats, and one reading out of many. Never more than a proposal."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from workers.engines.seeing.results import Sighting, Tag
from workers.engines.seeing.spans import boxes_of

FORMATS = Path(__file__).with_name("formats.toml")
TOGETHER_S = 8.0  # readings of one plate this far apart are still one stay in the picture
# US plates: 5 to 8 letters and digits, both present. Times, dates, frame counters and speeds are not plates.
_PLATE = re.compile(r"(?=.*[A-Z])(?=.*\d)[A-Z0-9]{5,8}")
_NOT_A_PLATE = re.compile(
    r"\d{1,4}(AM|PM)|\d+(ST|ND|RD|TH|MPH|KMH|FPS|HZ|KM|FT|MM|KG|LB)|(19|20)\d{2}[A-Z]{3}\d*|[A-Z]{3}(19|20)\d{2}"
)
_SEPARATORS = re.compile(r"[\s\-·•.:*'|]")
_AS_LETTER = {"0": "O", "1": "I", "2": "Z", "5": "S", "6": "G", "8": "B"}
_AS_DIGIT = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "G": "6", "B": "8"}
_DOUBTED = 0.9  # a character surer than this is not exchanged for one that looks alike
_NOTHING = 0.6  # a character less sure than this may be no character
Characters = tuple[tuple[str, float], ...]


@cache
def formats() -> dict[str, tuple[str, ...]]:
    """Shape (A a letter, 9 a digit) to the states that issue such plates."""
    return {shape: tuple(states) for shape, states in tomllib.loads(FORMATS.read_text()).items()}


def plate_in(text: str) -> str:
    """The text as a plate, without spaces and hyphens, when it has a US plate's shape; otherwise empty."""
    joined = _SEPARATORS.sub("", text.upper())
    return joined if _PLATE.fullmatch(joined) and not _NOT_A_PLATE.fullmatch(joined) else ""


def shape_of(plate: str) -> str:
    """The plate with every letter as A and every digit as 9."""
    return "".join("9" if sign.isdigit() else "A" for sign in plate)


def format_of(plate: str) -> str:
    """Its shape and the states that issue plates of this shape; empty when none is known."""
    states = formats().get(shape_of(plate))
    return f"{shape_of(plate)} ({', '.join(states)})" if states else ""


def settled(characters: Sequence[tuple[str, float]]) -> Characters:
    """The reading in a known format, where only doubtful characters that look alike (O and 0, B and 8) stand against it;
    otherwise as it is. An exchanged character keeps at most half a confidence."""
    plate = "".join(sign for sign, _ in characters)
    if shape_of(plate) in formats():
        return tuple(characters)
    best: Characters | None = None
    for shape in formats():
        if len(shape) == len(plate) and (changed := _into(shape, characters)):
            cost = sum(new != old for (new, _), (old, _) in zip(changed, characters, strict=True))
            if best is None or cost < sum(new != old for (new, _), (old, _) in zip(best, characters, strict=True)):
                best = changed
    return best or _without_the_least(characters)


def plate_tags(sightings: Iterable[Sighting], *, step: float, duration: float, method: str) -> list[Tag]:
    """One tag for each plate's stay in the picture: the readings of a plate are those that differ little and follow closely;
    each place goes to the character with most confidence in all of them."""
    tags = [_tag(group, step, duration, method) for group in _groups(sightings)]
    return sorted(tags, key=lambda tag: (tag.start, tag.label))


def voted(readings: Sequence[Sighting]) -> Characters:
    """The characters that readings of one plate agree on: those of the length that weighs most, place by place."""
    lengths: dict[int, float] = defaultdict(float)
    for one in readings:
        lengths[len(one.characters)] += one.confidence**2 * (1.5 if format_of(one.label) else 1.0)
    length = min(lengths, key=lambda size: (-lengths[size], size))
    places: list[dict[str, float]] = [defaultdict(float) for _ in range(length)]
    total = 0.0
    for one in readings:
        if len(one.characters) == length:
            total += one.confidence**2
            for place, (sign, confidence) in enumerate(one.characters):
                places[place][sign] += confidence * one.confidence**2
    return tuple(
        (sign := min(place, key=lambda one: (-place[one], one)), round(place[sign] / max(total, 1e-9), 3))
        for place in places
    )


def _groups(sightings: Iterable[Sighting]) -> list[list[Sighting]]:
    open_groups: list[list[Sighting]] = []
    ended: list[list[Sighting]] = []
    for one in sorted(sightings, key=lambda one: (one.at, -one.confidence)):
        ended += [group for group in open_groups if one.at - group[-1].at > TOGETHER_S]
        open_groups = [group for group in open_groups if one.at - group[-1].at <= TOGETHER_S]
        near = [
            (differing(one.label, other.label), number)
            for number, group in enumerate(open_groups)
            for other in group[-12:]
        ]
        few = min(near, default=(99, 0))
        if few[0] <= max(2, len(one.label) // 3):
            open_groups[few[1]].append(one)
        else:
            open_groups.append([one])
    return [*ended, *open_groups]


def _tag(readings: Sequence[Sighting], step: float, duration: float, method: str) -> Tag:
    characters = settled(voted(readings))
    plate = "".join(sign for sign, _ in characters)
    agreeing = [one for one in readings if one.label == plate] or list(readings)
    best = max(agreeing, key=lambda one: one.confidence)
    mean = sum(confidence for _, confidence in characters) / max(len(characters), 1)
    known = format_of(plate)
    detail: dict[str, object] = {
        "characters": [[sign, round(confidence, 3)] for sign, confidence in characters],
        "format": known,
        "frames": len({one.at for one in readings}),
        "boxes": boxes_of(readings),
    }
    end = min(readings[-1].at + step, max(duration, readings[-1].at))
    return Tag(
        "plate",
        plate,
        readings[0].at,
        end,
        round(min(mean, 0.97 if known else 0.8), 3),
        best.at,
        method,
        1,
        best.box,
        detail,
    )


def _without_the_least(characters: Sequence[tuple[str, float]]) -> Characters:
    """The reading without its one very doubtful character where that fits a format: a dot, a bolt or a picture between halves."""
    order = sorted(range(len(characters)), key=lambda place: characters[place][1])
    if len(order) > 5 and characters[order[0]][1] < _NOTHING <= characters[order[1]][1]:
        without = tuple(one for place, one in enumerate(characters) if place != order[0])
        if shape_of("".join(sign for sign, _ in without)) in formats():
            return without
    return tuple(characters)


def _into(shape: str, characters: Sequence[tuple[str, float]]) -> Characters | None:
    made = []
    for wanted, (sign, confidence) in zip(shape, characters, strict=True):
        if (wanted == "9") == sign.isdigit():
            made.append((sign, confidence))
            continue
        other = (_AS_DIGIT if wanted == "9" else _AS_LETTER).get(sign)
        if other is None or confidence > _DOUBTED:
            return None
        made.append((other, min(confidence, 0.5)))
    return tuple(made)


def differing(one: str, other: str) -> int:
    """How many characters must be changed, put in or left out to make one of the other (Levenshtein 1966)."""
    row = list(range(len(other) + 1))
    for place, sign in enumerate(one, 1):
        before, row[0] = row[0], place
        for column, against in enumerate(other, 1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (sign != against))
    return row[-1]
