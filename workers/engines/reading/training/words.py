"""Numbers, letters and years as they are said aloud: the way back from spoken.py, for text that we write ourselves."""

from random import Random

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
]
_ONES += ["seventeen", "eighteen", "nineteen"]
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
]
_ORDINALS += ["fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"]
_APCO = (
    "adam boy charles david edward frank george henry ida john king lincoln mary nora ocean paul queen robert sam tom"
)
_APCO += " union victor william xray young zebra"
_NATO = "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo"
_NATO += " sierra tango uniform victor whiskey xray yankee zulu"
ALPHABETS = {name: {word[0]: word for word in words.split()} for name, words in (("apco", _APCO), ("nato", _NATO))}


def number(value: int) -> str:
    """A whole number below a million in words."""
    if value < 20:
        return _ONES[value]
    if value < 100:
        return _TENS[value // 10] + (f" {_ONES[value % 10]}" if value % 10 else "")
    if value < 1000:
        return f"{_ONES[value // 100]} hundred" + (f" {number(value % 100)}" if value % 100 else "")
    return f"{number(value // 1000)} thousand" + (f" {number(value % 1000)}" if value % 1000 else "")


def ordinal(value: int) -> str:
    """1 to 99 as first, second …"""
    if value < 20:
        return _ORDINALS[value]
    if value % 10 == 0:
        return _TENS[value // 10][:-1] + "ieth"
    return f"{_TENS[value // 10]} {_ORDINALS[value % 10]}"


def year(value: int, rng: Random) -> str:
    """1991 as "nineteen ninety one", 2005 as "two thousand five" or "twenty oh five"."""
    century, rest = divmod(value, 100)
    if value == 2000 or (value < 2010 and century == 20 and rng.random() < 0.7):
        return "two thousand" + (f" {_ONES[rest]}" if rest else "")
    if rest == 0:
        return f"{number(century)} hundred"
    return f"{number(century)} " + (f"oh {_ONES[rest]}" if rest < 10 else number(rest))


def digits(text: str, rng: Random) -> str:
    """Digits one by one, now and then in pairs; what is no digit is left out."""
    kept, said, at = [c for c in text if c.isdigit()], [], 0
    while at < len(kept):
        pair = "".join(kept[at : at + 2])
        if len(pair) == 2 and "0" not in pair and rng.random() < 0.15:
            said.append(number(int(pair)))
            at += 2
        else:
            said.append("oh" if kept[at] == "0" and rng.random() < 0.4 else _ONES[int(kept[at])])
            at += 1
    return " ".join(said)


def spelled(text: str, rng: Random) -> str:
    """Letters and digits as an officer reads a plate: by alphabet, bare, or "b as in boy"."""
    alphabet = ALPHABETS["apco" if rng.random() < 0.6 else "nato"]
    bare, said = rng.random(), []
    for char in text.lower():
        if char.isdigit():
            said.append("oh" if char == "0" and rng.random() < 0.2 else _ONES[int(char)])
        elif char.isalpha():
            named = alphabet[char]
            said.append(char if bare < 0.35 else f"{char} as in {named}" if bare < 0.42 else named)
    return " ".join(said)


def clock(hour: int, minute: int, rng: Random) -> str:
    """A time of day as people say it."""
    how, half = rng.random(), "a m" if hour < 12 else "p m"
    twelve = (hour - 1) % 12 + 1
    if how < 0.3:
        tail = "hundred" if minute == 0 else f"oh {_ONES[minute]}" if minute < 10 else number(minute)
        lead = f"oh {_ONES[hour]}" if 0 < hour < 10 else "zero zero" if hour == 0 else number(hour)
        return f"{lead} {tail} hours"
    if minute == 0:
        return f"{number(twelve)} o'clock" if how < 0.6 else f"{number(twelve)} {half}"
    if minute in {15, 30, 45} and how < 0.5:
        if minute == 45:
            return f"quarter to {number(twelve % 12 + 1)}"
        return f"{'half' if minute == 30 else 'quarter'} past {number(twelve)}"
    return f"{number(twelve)} {f'oh {_ONES[minute]}' if minute < 10 else number(minute)} {half}"
