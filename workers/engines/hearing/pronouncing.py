"""How words are said that the dictionary does not have: names and streets of an incident, by their parts and letters."""

import re
from collections.abc import Callable, Iterable

Lookup = Callable[[str], str | None]
_WORD = re.compile(r"[a-z']+")
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
LEAST_PART = 3
# Spelling to ARPAbet, longest first: the usual sounds of English and of Spanish names in English mouths.
_SOUNDS = {
    "tch": "CH", "sch": "SH", "ough": "OW", "augh": "AO", "eigh": "EY", "igh": "AY", "tion": "SH AH N",
    "ch": "CH", "sh": "SH", "th": "TH", "ph": "F", "gh": "G", "wh": "W", "ck": "K", "ng": "NG", "qu": "K W",
    "kn": "N", "wr": "R", "dg": "JH", "ll": "L", "ss": "S", "tt": "T", "rr": "R", "nn": "N", "mm": "M", "pp": "P",
    "ff": "F", "zz": "Z", "bb": "B", "dd": "D", "gg": "G", "cc": "K",
    "ee": "IY", "ea": "IY", "ie": "IY", "ei": "EY", "ai": "EY", "ay": "EY", "ey": "IY", "oa": "OW", "oo": "UW",
    "ou": "AW", "ow": "OW", "oi": "OY", "oy": "OY", "au": "AO", "aw": "AO", "ew": "UW", "ue": "UW", "ia": "IY AH",
    "io": "IY OW", "er": "ER", "ir": "ER", "ur": "ER", "or": "AO R", "ar": "AA R", "ce": "S", "ci": "S IH",
    "cy": "S IY", "ge": "JH", "gi": "JH IH",
    "a": "AE", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH", "j": "JH", "k": "K",
    "l": "L", "m": "M", "n": "N", "o": "AA", "p": "P", "q": "K", "r": "R", "s": "S", "t": "T", "u": "AH", "v": "V",
    "w": "W", "x": "K S", "y": "Y", "z": "Z", "'": "",
}  # fmt: skip
_AT_END = {"a": "AH", "e": "", "i": "IY", "o": "OW", "u": "UW", "y": "IY", "ez": "EH Z", "es": "EH Z", "s": "Z"}


def plain_words(hints: Iterable[str]) -> Iterable[str]:
    """The words of hints as the recogniser writes them: lower case, digits said one by one."""
    for hint in hints:
        spelled = re.sub(r"\d", lambda digit: f" {_NUMBERS[int(digit.group())]} ", hint.lower())
        yield from (word.strip("'") for word in _WORD.findall(spelled) if len(word.strip("'")) > 1)


def pronunciation(word: str, lookup: Lookup) -> str:
    """ARPAbet phones of a word the dictionary lacks: of two known parts where it is made of such, else by its letters."""
    for cut in range(len(word) - LEAST_PART, LEAST_PART - 1, -1):
        front, back = lookup(word[:cut]), lookup(word[cut:])
        if front and back:
            return f"{front} {back}"
    return _by_letters(word)


def _by_letters(word: str) -> str:
    phones: list[str] = []
    at = 0
    while at < len(word):
        rest = word[at:]
        if rest in _AT_END and at:
            phones.append(_AT_END[rest])
            break
        size = next(size for size in (4, 3, 2, 1) if rest[:size] in _SOUNDS or size == 1)
        phones.append(_SOUNDS.get(rest[:size], ""))
        at += size
    return " ".join(" ".join(phones).split())
