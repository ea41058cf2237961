"""How facts are put into words: plain text, clock times, dates, durations, quotations."""

import math
import re
import unicodedata
from datetime import datetime

from workers.engines.reading.spoken import MONTHS

_SIGNS = str.maketrans(
    {"“": "'", "”": "'", '"': "'", "’": "'", "‘": "'", "«": "'", "»": "'", "[": "(", "]": ")", "…": " "}
)
_LONE_I = re.compile(r"(?<![\w'])i(?=$|[^\w-])")
QUOTE_WORDS = 32


def plain(text: str) -> str:
    """One line of text without control, direction or half characters; no double quotation marks, no square brackets.

    So that what somebody said can neither end its quotation, nor pass for a gap, nor turn the line around.
    """
    kept = "".join(
        " " if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c
        for c in unicodedata.normalize("NFC", text)
    )
    return " ".join(kept.translate(_SIGNS).split())


def clock(seconds: float) -> str:
    """Seconds as 00:21, or 1:02:03 from an hour on."""
    whole = max(0, int(seconds)) if math.isfinite(seconds) else 0
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60:02}:{rest % 60:02}"


def date_in_words(iso: str) -> str:
    """1991-03-03 as "March 3, 1991", --05-05 as "May 5", 1991-03 as "March 1991"; anything else unchanged."""
    match = re.fullmatch(r"(\d{4}|-)-(\d\d)(?:-(\d\d))?", iso)
    if not match or not 1 <= int(match[2]) <= 12:
        return iso
    month = MONTHS[int(match[2]) - 1]
    if not match[3]:
        return f"{month} {match[1]}"
    day = f"{month} {int(match[3])}"
    return day if match[1] == "-" else f"{day}, {match[1]}"


def moment_in_words(when: datetime) -> str:
    """ "November 24, 2026, at 02:14 UTC", in the zone the moment carries."""
    return f"{MONTHS[when.month - 1]} {when.day}, {when.year}, at {when:%H:%M} {when.tzname() or ''}".rstrip()


def duration_in_words(seconds: float) -> str:
    """75 as "1 minute 15 seconds"."""
    whole = max(0, round(seconds)) if math.isfinite(seconds) else 0
    parts = ((whole // 3600, "hour"), (whole % 3600 // 60, "minute"), (whole % 60, "second"))
    said = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in parts if number]
    return " ".join(said) or "0 seconds"


def quotation(text: str, *, opening: bool) -> str:
    """The words in quotation marks, at most `QUOTE_WORDS` of them; `opening` gives the first a capital."""
    words = text.strip(" ,;:").split(" ")
    said = " ".join(words[:QUOTE_WORDS]).rstrip(" .,;:")
    said = _LONE_I.sub("I", said)
    if opening:
        said = said[:1].upper() + said[1:]
    elif said[1:2].islower():
        said = said[:1].lower() + said[1:]
    return f'"{said}…"' if len(words) > QUOTE_WORDS else f'"{said}"'


def listed(items: list[str]) -> str:
    """ "a, b and c"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def with_article(noun: str) -> str:
    """ "a traffic stop", "an assault"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


_ENDS = re.compile(r"(?<=[.!?])\s+(?=[\"'A-Z\d])")
LONGEST = 4000


def sentences_of(text: str) -> list[str]:
    """A person's own text as sentences, word for word; each at most `LONGEST` characters, cut between words.

    Only what cannot be seen is taken out. Square brackets stay: what a person left open is open still.
    """
    found = []
    for line in re.split(r"[\r\n]+", text):
        seen = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c for c in line)
        for one in _ENDS.split(" ".join(seen.split())):
            while len(one) > LONGEST:
                cut = one.rfind(" ", 1, LONGEST)
                cut = cut if cut > 0 else LONGEST
                found.append(one[:cut])
                one = one[cut:].strip()
            if one:
                found.append(one)
    return found
