"""Plates, vehicle identification numbers, telephone numbers and e-mail addresses, written or spelled out."""

import re
from collections.abc import Iterator
from functools import cache

from workers.engines.reading.found import Context, Found, phrase
from workers.engines.reading.lexicon import lists
from workers.engines.reading.spoken import Run, broken_runs, runs

_PLATE_CUE = re.compile(r"\b(plates?|tags?|registration|reg|bearing)\b", re.IGNORECASE)
_LICENSE_CUE = re.compile(
    r"\b(driver'?s? licen[sc]e|licen[sc]es?(?! plates?)|licen[sc]e number|d\.? ?l\.?|o\.? ?l\.? ?n\.?|i\.? ?d\.? number)(?!\w)",
    re.IGNORECASE,
)
_SOCIAL_CUE = re.compile(r"\b(social(?: security)?|s\.? ?s\.? ?n)\b", re.IGNORECASE)
_SOCIAL = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-])")
_VIN_CUE = re.compile(r"\b(vin|v i n|vehicle identification)\b", re.IGNORECASE)
_PHONE_CUE = re.compile(
    r"\b(phone|telephone|cell|mobile|number|call|reach|text) ?(\w+ ){0,3}$|\b(phone|telephone|cell)\b", re.IGNORECASE
)
_PHONE_NOUN = re.compile(r"\b(phone|telephone|cell|mobile)\b", re.IGNORECASE)
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63})*\.[a-z]{2,10}(?![\w-])", re.IGNORECASE
)
_SPOKEN_EMAIL = re.compile(
    r"(?<![\w'])((?:[a-z\d]+ (?:dot|underscore|dash) ){0,3}[a-z\d]+) at ((?:[a-z\d-]+ dot ){1,3}"
    r"(?:com|org|net|gov|edu|us|mil|info|io|co))(?!\w)",
    re.IGNORECASE,
)
# Common American layouts, longest first; a longer spelled run is cut to the one it starts with.
_LAYOUTS = [
    re.compile(shape)
    for shape in (
        r"\d[A-Z]{3}\d{3}",
        r"[A-Z]{3}\d{4}",
        r"[A-Z]{2}\d{5}",
        r"\d{3}[A-Z]{3}",
        r"[A-Z]{3}\d{3}",
        r"\d[A-Z]{2}\d{3}",
    )
]
_BROKEN_SURE = 0.93  # so that the whole stands before its parts; `reading` halves it, as of everything broken
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)


def vin_is_valid(vin: str) -> bool:
    """Whether 17 characters carry the check digit of 49 CFR 565.15 (position 9; I, O and Q do not occur)."""
    if len(vin) != 17 or not all(c in _VALUES or c in "0123456789" for c in vin):
        return False
    return vin == vin_with_check(vin)


def vin_with_check(vin: str) -> str:
    """17 characters with the check digit that belongs to them in the ninth place."""
    total = sum(weight * (_VALUES[c] if c in _VALUES else int(c)) for weight, c in zip(_WEIGHTS, vin, strict=True))
    return vin[:8] + "0123456789X"[total % 11] + vin[9:]


def identifiers(line: Context) -> Iterator[Found]:
    """Everything in the line that names a vehicle, a telephone or a mailbox."""
    yield from _emails(line)
    for run in runs(line.words, line.text):
        found = _vin(line, run) or _social(line, run) or _licence(line, run) or _phone(line, run) or _plate(line, run)
        if found:
            yield found
    for run in broken_runs(line.words, line.text):
        found = _broken_phone(line, run)
        if found:
            yield found


def _broken_phone(line: Context, run: Run) -> Found | None:
    """Ten digits of a possible number with one other word among them."""
    digits = run.string
    if len(digits) != 10 or not digits.isdigit() or digits[0] in "01" or digits[3] in "01":
        return None
    start, end = line.span(run.first, run.last)
    if not line.said_before(_PHONE_CUE, start):
        return None
    value = f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    return Found("phone", value, start, end, _BROKEN_SURE, "rule:phone-broken", {"area": digits[:3]})


def _emails(line: Context) -> Iterator[Found]:
    for match in _EMAIL.finditer(line.text):
        yield Found("email", match.group().lower(), match.start(), match.end(), 0.95, "rule:email")
    for match in _SPOKEN_EMAIL.finditer(line.text):
        value = f"{match[1]}@{match[2]}".lower()
        for word, sign in ((" dot ", "."), (" underscore ", "_"), (" dash ", "-")):
            value = value.replace(word, sign)
        yield Found("email", value, match.start(), match.end(), 0.8, "rule:email-spoken")


@cache
def _state_pattern() -> re.Pattern[str]:
    return phrase([name.strip() for name in lists()["states"]["names"].split(";")])


def state_before(line: Context, at: int) -> dict[str, str]:
    """The state named last in the 40 characters before `at`, as a part of what stands there; empty where none is."""
    named = [match.group().title() for match in _state_pattern().finditer(line.text[max(0, at - 40) : at])]
    return {"state": named[-1]} if named else {}


def _nearest(line: Context, at: int, *cues: re.Pattern[str]) -> re.Pattern[str] | None:
    """Which of the cues stands nearest before `at`, within 60 characters; in the line before only when none does here."""
    here = {cue: [match.end() for match in cue.finditer(line.text[max(0, at - 60) : at])] for cue in cues}
    best = max(cues, key=lambda cue: max(here[cue], default=-1))
    if here[best]:
        return best
    return next((cue for cue in cues if line.said_before(cue, at)), None)


def _social(line: Context, run: Run) -> Found | None:
    """Nine digits that the Social Security Administration can have given (no 000, 666, 9xx; no zero group), cued or dashed."""
    digits = run.string
    if len(digits) != 9 or not digits.isdigit():
        return None
    start, end = line.span(run.first, run.last)
    possible = digits[:3] not in {"000", "666"} and digits[0] != "9" and digits[3:5] != "00" and digits[5:] != "0000"
    dashed, cued = bool(_SOCIAL.fullmatch(line.text[start:end])), line.said_before(_SOCIAL_CUE, start)
    if not possible or not (dashed or cued):
        return None
    value, sure = f"{digits[:3]}-{digits[3:5]}-{digits[5:]}", 0.95 if cued else 0.85
    return Found(
        "ssn", value, start, end, sure, "rule:ssn-cued" if cued else "rule:ssn-dashed", {"last_four": digits[5:]}
    )


def _licence(line: Context, run: Run) -> Found | None:
    start, end = line.span(run.first, run.last)
    if not 6 <= len(run.string) <= 14 or sum(char.isdigit() for char in run.string) < 5:
        return None
    if _nearest(line, start, _PLATE_CUE, _VIN_CUE, _PHONE_NOUN, _SOCIAL_CUE, _LICENSE_CUE) is not _LICENSE_CUE:
        return None
    return Found("driver_licence", run.string, start, end, 0.86, "rule:licence-cued", state_before(line, start))


def _vin(line: Context, run: Run) -> Found | None:
    vin = run.string.replace("O", "0")
    if len(vin) != 17:
        return None
    start, end = line.span(run.first, run.last)
    if vin_is_valid(vin):
        return Found("vin", vin, start, end, 0.97, "rule:vin-check-digit", {"check": "right"})
    if line.said_before(_VIN_CUE, start):
        return Found("vin", vin, start, end, 0.3, "rule:vin-check-digit-wrong", {"check": "wrong"})
    return None


def _phone(line: Context, run: Run) -> Found | None:
    digits = run.string
    if not digits.isdigit():
        return None
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    start, end = line.span(run.first, run.last)
    start -= line.text[max(0, start - 1) : start] == "("
    cued = line.said_before(_PHONE_CUE, start)
    if len(digits) == 10:
        plausible = digits[0] not in "01" and digits[3] not in "01"
        sure = (0.95 if cued else 0.85) if plausible else (0.5 if cued else 0.0)
        value = f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"
        return Found("phone", value, start, end, sure, "rule:phone", {"area": digits[:3]}) if sure else None
    if len(digits) == 7 and cued and digits[0] not in "01":
        return Found("phone", f"{digits[:3]}-{digits[3:]}", start, end, 0.75, "rule:phone-local")
    return None


def _plate(line: Context, run: Run) -> Found | None:
    start, _ = line.span(run.first, run.last)
    cued = line.said_before(_PLATE_CUE, start)
    cut = _cut(run, cued=cued)
    if cut is None:
        return None
    first, last, plate = cut
    start, end = line.span(first, last)
    if "/" in line.text[start:end] or (last < len(line.words) and line.words[last].low in {"hours", "hrs"}):
        return None
    if (
        plate.isdigit()
        and len(line.words) > last - first + 3
        and not _PLATE_CUE.search(line.text[max(0, start - 60) : start])
    ):
        return None  # a plate of digits alone answers in few words or says that it is one
    if not cued and (re.fullmatch(r"[A-Z]\d{7}", plate) or line.said_before(_LICENSE_CUE, start)):
        return None  # a driver's license number looks like this
    how = "rule:plate-cued" if cued else "rule:plate-shaped"
    return Found("plate", plate, start, end, 0.92 if cued else 0.6, how, state_before(line, start))


def _cut(run: Run, *, cued: bool) -> tuple[int, int, str] | None:
    """The part of the run that can be a plate: words from, to, and its characters."""
    string, first = run.string, run.first
    if string[0] in "AI" and len(string) > 5 and run.sizes[0] == 1 and any(s.match(string[1:]) for s in _LAYOUTS):
        string, first = string[1:], first + 1  # "a", the article, or "i"
    letters, digits = sum(c.isalpha() for c in string), sum(c.isdigit() for c in string)
    if 5 <= len(string) <= 8 and letters and digits and (cued or (letters >= 2 and digits >= 2)):
        return first, run.last, string
    if len(string) > 8:
        return _leading_layout(run, string, first)
    if cued and 4 <= len(string) <= 8 and digits:
        return first, run.last, string
    return None


def _leading_layout(run: Run, string: str, first: int) -> tuple[int, int, str] | None:
    for layout in _LAYOUTS:
        match = layout.match(string)
        size, at = 0, first
        while match and size < len(match.group()):
            size += run.sizes[at - run.first]
            at += 1
        if match and size == len(match.group()):
            return first, at, match.group()
    return None
