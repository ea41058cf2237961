"""How names are compared: without accents, case and order, in other scripts' letters, by their short forms, by their sound."""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

import jellyfish

TITLES = {
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "sir",
    "officer",
    "sgt",
    "sergeant",
    "detective",
    "det",
    "deputy",
    "lt",
    "captain",
}
_SPECIAL = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "Ł": "l",
        "đ": "d",
        "Đ": "d",
        "ı": "i",
        "þ": "th",
        "ð": "d",
        "ə": "a",
    }
)
_CYRILLIC = dict(
    zip(
        "абвгґдеєжзиіїйклмнопрстуфхцчшщъыьэюяё",
        (
            *(
                "a",
                "b",
                "v",
                "g",
                "g",
                "d",
                "e",
                "ye",
                "zh",
                "z",
                "i",
                "i",
                "yi",
                "i",
                "k",
                "l",
                "m",
                "n",
                "o",
                "p",
                "r",
                "s",
                "t",
                "u",
            ),
            *("f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu", "ya", "e"),
        ),
        strict=True,
    )
)
_VARIANTS = (  # one way of writing a sound for the several that romanization uses
    (r"ph", "f"), (r"kh", "k"), (r"ck", "k"), (r"tch|tsch", "ch"), (r"sch", "sh"), (r"ou|oo", "u"), (r"ee|iy|ij|yi", "i"), (r"e[iy]|a[iy]", "ai"), (r"y", "i"),
    (r"w", "v"), (r"dj", "j"), (r"dzh", "j"), (r"ts|tz", "z"), (r"(.)\1", r"\1"), (r"ff?$", "v"), (r"s$", "z"),
)  # fmt: skip


def tokens(name: str) -> list[str]:
    """The parts of a name, small, in Latin letters without accents, titles left out; “Lopez, Maria” is turned round."""
    if name.count(",") == 1:
        last, _, first = name.partition(",")
        name = f"{first} {last}"
    folded = "".join(_CYRILLIC.get(c, c) for c in name.casefold().translate(_SPECIAL))
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    parts = re.findall(r"[^\W\d_]+", re.sub(r"['’`-](?=\w)", "", plain))
    return [part for part in parts if part not in TITLES] or parts


def canonical(given: str) -> str:
    """What a given name is a form of: “bill” is william; an unknown one is itself."""
    return _given().get(given, (given,))[0]


def forms(given: str) -> frozenset[str]:
    """Every name a form may stand for: “alex” is alexander and alexandra."""
    return frozenset(_given().get(given, (given,)))


def sound(part: str) -> str:
    """How a part of a name sounds (Metaphone, by jellyfish); the part itself where nothing is left of it."""
    return jellyfish.metaphone(part) or part


def romanized(part: str) -> str:
    """One spelling for those that differ only by the romanization: youssef and yusuf, schevchenko and shevchenko."""
    for pattern, instead in _VARIANTS:
        part = re.sub(pattern, instead, part)
    return part


@cache
def _given() -> dict[str, tuple[str, ...]]:
    listed = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))["given"]
    found: dict[str, list[str]] = {}
    for line in listed:
        first, *others = line.split()
        for form in (first, *others):
            found.setdefault(form, []).append(first)
    return {form: tuple(dict.fromkeys(heads)) for form, heads in found.items()}
