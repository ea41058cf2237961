"""Places in one form, so that St and Street are one: for what is kept and for what is asked."""

import re

_SHORT = {
    "st": "street",
    "ave": "avenue",
    "av": "avenue",
    "rd": "road",
    "dr": "drive",
    "blvd": "boulevard",
    "ln": "lane",
    "hwy": "highway",
    "ct": "court",
    "sq": "square",
    "pkwy": "parkway",
    "pl": "place",
    "n": "north",
    "s": "south",
    "e": "east",
    "w": "west",
}
_WORD = re.compile(r"\w+")


def place_words(text: str) -> str:
    """The words of a place, small, short forms written out."""
    return " ".join(_SHORT.get(word, word) for word in _WORD.findall(text.casefold()))
