"""Numbers, letters and years as people say them and recognizers write them: "seven adam boy", "nineteen ninety one"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DIGITS = {
    "zero": 0,
    "oh": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "niner": 9,
}


def _counted(words: str, start: int, step: int = 1) -> dict[str, int]:
    return {word: start + step * at for at, word in enumerate(words.split())}


TEENS = _counted("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10)
TENS = _counted("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10) | {"fourty": 40}
ORDINALS = _counted("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth", 1)
ORDINALS |= _counted("fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth", 14) | {
    "thirtieth": 30
}
# The ICAO/NATO alphabet and the one of American police radio (APCO Project 14), with the spellings recognizers use.
_PHONETIC = (
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa quebec "
    "romeo sierra tango uniform victor whiskey xray yankee zulu alfa "
    "adam boy charles david edward frank george henry ida john king lincoln mary nora ocean paul queen robert sam tom "
    "union william young zebra"
)
PHONETIC = {word: word[0].upper() for word in _PHONETIC.split()}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LABELS = {
    "VIN",
    "SSN",
    "DOB",
    "DL",
    "OLN",
    "ID",
    "TAG",
    "REG",
    "DUI",
    "DWI",
    "SUV",
    "ATM",
    "ER",
    "OK",
    "TV",
}  # no part of a number
_ORDINAL_DIGITS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_NUMBER = "|".join([*DIGITS, *TEENS, *TENS])
_CALL_SIGN = re.compile(
    rf"(?:\d{{1,2}}|{_NUMBER}) (?:{'|'.join(PHONETIC)}) (?:\d{{1,3}}|(?:{_NUMBER})(?: (?:{_NUMBER}))?)"
)
_MIXED = re.compile(r"(?=[a-z]*\d)[a-z\d]{2,17}")


@dataclass(frozen=True)
class Token:
    """A word with its characters in the line; `low` is its lower-case form with a straight apostrophe."""

    start: int
    end: int
    text: str
    low: str


@dataclass(frozen=True)
class Run:
    """Neighbouring tokens `first` to before `last` that spell characters; `sizes` says how many each token gave."""

    first: int
    last: int
    string: str
    sizes: tuple[int, ...]


def tokens(text: str) -> list[Token]:
    """The words of a line; punctuation is left out."""
    return [Token(m.start(), m.end(), m.group(), m.group().lower().replace("’", "'")) for m in _WORD.finditer(text)]


def cardinal(words: Sequence[Token], at: int) -> tuple[int, int] | None:
    """The number that starts at `at` ("two hundred and five", "42") and the position after it; below one million."""
    if at >= len(words):
        return None
    if words[at].low.isascii() and words[at].low.isdigit() and len(words[at].low) <= 6:
        return int(words[at].low), at + 1
    total, small = 0, _below_hundred(words, at)
    if small is None:
        return None
    value, here = small
    if _low(words, here) == "hundred":
        value, here = _with_tail(words, value * 100, here + 1)
    if _low(words, here) == "thousand":
        total, here = value * 1000, here + 1
        rest = cardinal(words, here + 1 if _low(words, here) == "and" else here)
        if rest and rest[0] < 1000 and not _low(words, here).isdigit():
            return total + rest[0], rest[1]
        return total, here
    return value, here


def _with_tail(words: Sequence[Token], hundreds: int, at: int) -> tuple[int, int]:
    tail = _below_hundred(words, at + 1 if _low(words, at) == "and" else at)
    return (hundreds + tail[0], tail[1]) if tail else (hundreds, at)


def _below_hundred(words: Sequence[Token], at: int) -> tuple[int, int] | None:
    word = _low(words, at)
    if word in TENS:
        unit = DIGITS.get(_low(words, at + 1), 0)
        return (TENS[word] + unit, at + 2) if unit else (TENS[word], at + 1)
    value = TEENS.get(word, DIGITS.get(word))
    return None if value is None else (value, at + 1)


def day_of_month(words: Sequence[Token], at: int) -> tuple[int, int, bool] | None:
    """A day 1 to 31 at `at`, the position after it, and whether it was said as an ordinal."""
    word = _low(words, at)
    written = _ORDINAL_DIGITS.fullmatch(word)
    if written:
        day, after, ordinal = int(written[1]), at + 1, True
    elif word in ORDINALS:
        day, after, ordinal = ORDINALS[word], at + 1, True
    elif word in TENS and _low(words, at + 1) in ORDINALS and ORDINALS[_low(words, at + 1)] < 10:
        day, after, ordinal = TENS[word] + ORDINALS[_low(words, at + 1)], at + 2, True
    else:
        small = _day_cardinal(words, at)
        if small is None:
            return None
        day, after, ordinal = *small, False
    return (day, after, ordinal) if 1 <= day <= 31 else None


def _day_cardinal(words: Sequence[Token], at: int) -> tuple[int, int] | None:
    word = _low(words, at)
    if word.isascii() and word.isdigit():
        return (int(word), at + 1) if len(word) <= 2 else None
    if word in {"oh", "zero"}:
        unit = DIGITS.get(_low(words, at + 1), 0)
        return (unit, at + 2) if unit else None
    return _below_hundred(words, at)


def year(words: Sequence[Token], at: int, *, short: bool = False) -> tuple[int, int] | None:
    """A year 1900 to 2099 at `at` and the position after it; with `short` also two digits ("ninety one": 1991)."""
    word = _low(words, at)
    if word.isascii() and word.isdigit() and (len(word) == 4 or (short and len(word) == 2)):
        return _year(int(word), at + 1, short=short)
    if word == "two" and _low(words, at + 1) == "thousand":
        spoken = cardinal(words, at)
        return _year(*spoken, short=False) if spoken else None
    if word in {"nineteen", "twenty"}:
        rest = _two_digits(words, at + 1)
        if rest:
            return (1900 if word == "nineteen" else 2000) + rest[0], rest[1]
    if not short:
        return None
    rest = _two_digits(words, at)
    return _year(rest[0], rest[1], short=True) if rest else None


def _two_digits(words: Sequence[Token], at: int) -> tuple[int, int] | None:
    word = _low(words, at)
    if word == "hundred":
        return 0, at + 1
    if word in {"oh", "zero", "o"}:
        unit = DIGITS.get(_low(words, at + 1))
        return (unit, at + 2) if unit is not None else None
    value = _below_hundred(words, at)
    if value and value[0] < 10 and _low(words, value[1]) in DIGITS:  # "nine one"
        return value[0] * 10 + DIGITS[_low(words, value[1])], value[1] + 1
    return value if value and value[0] >= 10 else None


def _year(value: int, after: int, *, short: bool) -> tuple[int, int] | None:
    if short and value < 100:
        value += 1900 if value > 30 else 2000
    return (value, after) if 1900 <= value <= 2099 else None


def runs(words: Sequence[Token], text: str) -> list[Run]:
    """The longest stretches that spell characters, at least four characters each."""
    found, at = [], 0
    while at < len(words):
        here, string, sizes = at, "", []  # type: int, str, list[int]
        while here < len(words) and not (here > at and _stops(text, words[here - 1].end, words[here].start)):
            step = _characters(words, here)
            if step is None or (here > at and _starts_afresh(words, text, at, here)):
                break
            string += step[0]
            sizes += [len(step[0])] + [0] * (step[1] - here - 1)
            here = step[1]
        if len(string) >= 4:
            found.append(Run(at, here, string, tuple(sizes)))
        at = max(here, at + 1)
    return found


def broken_runs(words: Sequence[Token], text: str) -> list[Run]:
    """Two stretches with exactly one word between them that spells nothing, as one: a recognizer put that word in, maybe."""
    found, at = [], 0
    while at < len(words):
        first = _stretch(words, text, at)
        after = first and _stretch(words, text, first.last + 1)
        if first and after:
            odd = words[first.last]
            if not (
                _stops(text, words[first.last - 1].end, odd.start) or _stops(text, odd.end, words[first.last + 1].start)
            ):
                found.append(Run(at, after.last, first.string + after.string, (*first.sizes, 0, *after.sizes)))
        at = first.last if first else at + 1
    return found


def _stretch(words: Sequence[Token], text: str, at: int) -> Run | None:
    """What is spelled from word `at` on, at least two characters."""
    here, string, sizes = at, "", []  # type: int, str, list[int]
    while here < len(words) and not (here > at and _stops(text, words[here - 1].end, words[here].start)):
        step = _characters(words, here)
        if step is None:
            break
        string += step[0]
        sizes += [len(step[0])] + [0] * (step[1] - here - 1)
        here = step[1]
    return Run(at, here, string, tuple(sizes)) if len(string) >= 2 else None


def _stops(text: str, end: int, start: int) -> bool:
    gap = text[end:start]
    return any(mark in gap for mark in "?!;\n") or len(gap.strip()) > 2


def _starts_afresh(words: Sequence[Token], text: str, at: int, here: int) -> bool:
    """After a comma or a colon: a written group ("12, 7ABC123"), or the end of a unit's number ("unit forty eight, eight …")."""
    if not text[words[here - 1].end : words[here].start].strip():
        return False
    written, said = words[here].text, " ".join(word.low for word in words[at:here])
    if _CALL_SIGN.fullmatch(said):
        return True
    grouped = _capitals(written) or (len(written) >= 4 and _MIXED.fullmatch(words[here].low) and not written.isdigit())
    return bool(grouped and "-" not in text[words[here - 1].end : words[here].start]) or _low(words, at - 1) == "unit"


def _characters(words: Sequence[Token], at: int) -> tuple[str, int] | None:
    """The characters spelled at `at` and the position after them."""
    word, following = words[at].low, _low(words, at + 1)
    if word in {"double", "triple"} and following in DIGITS:
        return str(DIGITS[following]) * (2 if word == "double" else 3), at + 2
    if len(word) == 1 and word.isascii() and word.isalpha():
        return word.upper(), _after_letter(words, at)
    if word in DIGITS:
        return str(DIGITS[word]) + {"hundred": "00", "thousand": "000"}.get(following, ""), at + 1 + (
            following in {"hundred", "thousand"}
        )
    if word in TENS or word in TEENS:
        value = _below_hundred(words, at)
        return (str(value[0]), value[1]) if value else None
    if word in PHONETIC:
        return PHONETIC[word], at + 1
    if word.isascii() and (word.isdigit() or _MIXED.fullmatch(word) or _capitals(words[at].text)):
        return word.upper(), at + 1
    return None


def _capitals(text: str) -> bool:
    return text.isupper() and 2 <= len(text) <= 4 and text not in _LABELS


def _after_letter(words: Sequence[Token], at: int) -> int:
    """Past "as in boy", "like boy", "for boy" or "x ray" when they only say the letter again."""
    letter = words[at].low
    if letter == "x" and _low(words, at + 1) == "ray":
        return at + 2
    for link in (("as", "in"), ("like",), ("for",)):
        names = at + 1 + len(link)
        said = tuple(_low(words, at + 1 + step) for step in range(len(link)))
        if said == link and _low(words, names).startswith(letter) and len(_low(words, names)) > 2:
            return names + 1
    return at + 1


def _low(words: Sequence[Token], at: int) -> str:
    return words[at].low if 0 <= at < len(words) else ""
