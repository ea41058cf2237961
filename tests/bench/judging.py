"""A judge of drafts that shares nothing with the writer's own checker: it knows the script, and reads the draft against it.

A sentence is unsupported when it quotes what the lines it points at do not hold, names a time at which they do not
begin, puts words into the mouth of somebody else, or holds a word, a name or a value that is neither among the words by
which reports report nor in those lines nor in the incident's record.
"""

import itertools
import re
from collections.abc import Iterable

from tests.bench.incidents import Incident
from workers.engines.reading import Line
from workers.engines.writing import DraftSentence

_QUOTE = re.compile(r'"([^"]*)"')
_TIME = re.compile(r"\b\d{1,2}:\d\d(?::\d\d)?\b")
_TOKEN = re.compile(r"[a-z0-9]+")
_SUBJECT = re.compile(r"(?:^|, and |\band |: )(I|Another officer|another officer|Officer \w+|Deputy \w+|Sergeant \w+|Trooper \w+|[Tt]he speaker marked (S\d)|[Tt]he (?:driver|other person|arrested person|reporting person|subject|finder)) (asked|told|said|stated|gave|answered|reported|advised|greeted|thanked|apologized|described)\b")  # fmt: skip
_LABEL = re.compile(r"speaker marked S\d")
# The words by which reports report, written down here once more.
_REPORTING = frozenset(
    [
        "a",
        "an",
        "and",
        "the",
        "of",
        "to",
        "for",
        "in",
        "on",
        "at",
        "with",
        "by",
        "was",
        "is",
        "were",
        "he",
        "she",
        "they",
        "it",
        "that",
        "this",
        "from",
        "i",
        "me",
        "asked",
        "told",
        "said",
        "stated",
        "gave",
        "answered",
        "reported",
        "advised",
        "greeted",
        "thanked",
        "apologized",
        "described",
        "differ",
        "statements",
        "order",
        "reason",
        "contact",
        "words",
        "different",
        "names",
        "dates",
        "birth",
        "date",
        "name",
        "telephone",
        "number",
        "numbers",
        "e",
        "mail",
        "address",
        "addresses",
        "license",
        "plate",
        "registration",
        "insurance",
        "identification",
        "vehicle",
        "another",
        "officer",
        "officers",
        "driver",
        "other",
        "person",
        "arrested",
        "reporting",
        "subject",
        "finder",
        "speaker",
        "marked",
        "those",
        "present",
        "badge",
        "incident",
        "utc",
        "draft",
        "rests",
        "recording",
        "long",
        "begun",
        "speech",
        "transcript",
        "not",
        "repeated",
        "here",
        "its",
        "minute",
        "minutes",
        "second",
        "seconds",
        "conducted",
        "traffic",
        "stop",
        "made",
        "arrest",
        "responded",
        "report",
        "domestic",
        "disturbance",
        "took",
        "theft",
        "involved",
        "which",
        "force",
        "used",
        "found",
        "property",
        "recorded",
        "what",
        "may",
        "be",
    ]
)
_DIGITS = {
    w: str(n) for n, w in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
} | {"oh": "0"}
_TEENS = {w: n for n, w in enumerate(["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"], 10)}  # fmt: skip
_TENS = {
    w: n * 10 for n, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_ORDINALS = {w: n for n, w in enumerate(["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"], 1)}  # fmt: skip
_ORDINALS |= {"twentieth": 20, "thirtieth": 30, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19}  # fmt: skip


def tokens(text: str) -> list[str]:
    """Words and numbers alone, in small letters."""
    return _TOKEN.findall(text.casefold().replace("'", "").replace("’", ""))


def holds(text: str, part: str) -> bool:
    """Whether the words of `part` stand in `text` one after the other."""
    return f" {' '.join(tokens(part))} " in f" {' '.join(tokens(text))} "


def unsupported_claims(sentence: DraftSentence, incident: Incident, heard: tuple[Line, ...]) -> list[str]:
    """What a sentence claims that the script does not bear out; `heard` are the lines as the writer got them."""
    if not sentence.sources:
        return ["no source"]
    cited = [line for source in sentence.sources if source.quote for line in heard if line.start == source.start]
    whole = any(not source.quote for source in sentence.sources)
    rest = _QUOTE.sub(" ", sentence.text)
    found = [f"quote {q}" for q in _QUOTE.findall(sentence.text) if not _quoted(q, cited, whole=whole)]
    found += [f"time {at}" for at in _TIME.findall(rest) if not whole and at not in {_clock(line.start) for line in cited}]  # fmt: skip
    if cited:
        found += _wrong_speakers(sentence.text, incident, cited)
    known = _known(incident, cited, whole=whole)
    values = _values(cited)
    for token in tokens(_TIME.sub(" ", _LABEL.sub(" ", rest))):
        if token not in known and token not in values and token not in _REPORTING:
            found.append(f"word {token}")
    return found


def _quoted(quote: str, cited: Iterable[Line], *, whole: bool) -> bool:
    return any(holds(line.text, quote.rstrip("…")) for line in cited) or (whole and quote == "Body camera")


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:02}:{int(seconds) % 60:02}"


def _wrong_speakers(text: str, incident: Incident, cited: list[Line]) -> list[str]:
    """Who is said to speak, beside who does: in the order of the sentence, a line each."""
    rest = _QUOTE.sub('""', text)
    named = [(match[1], match[2]) for match in _SUBJECT.finditer(rest)]
    if not named:
        return ["nobody says it"]
    others = {letter for letter in incident.speakers if letter not in "OP"}
    wrong = []
    for (name, label), line in zip(named, cited, strict=False):
        letter = incident.speakers[line.index]
        if name.casefold() == "another officer":
            right = letter == "P"
        elif name.split()[0] in {"I", "Officer", "Deputy", "Sergeant", "Trooper"}:
            right = letter == "O" and (name == "I" or name.split()[-1] == incident.officer.split()[-1])
        elif label:
            right = line.speaker == label
        else:
            right = letter in others and len(others) == 1
        if not right:
            wrong.append(f"speaker {name} for {letter}")
    return wrong


def _known(incident: Incident, cited: list[Line], *, whole: bool) -> set[str]:
    known = set(tokens(f"{incident.officer} {incident.officer.split()[-1]}"))
    if whole:
        known |= set(tokens(f"{incident.place} 2026 000123 4127 November 24 utc {incident.kind.replace('_', ' ')}"))
        known |= {str(number) for number in range(60)}
    for line in cited:
        known |= set(tokens(line.text))
        known |= {token for fact in incident.facts if fact.line == line.index for token in tokens(fact.value)}
    return known


def _values(cited: Iterable[Line]) -> set[str]:
    """Plates, numbers and years as the words of the lines spell them: letters by their code words, numbers read out."""
    found: set[str] = set()
    for line in cited:
        words = tokens(re.sub(r"\bx[ -]ray\b", "xray", line.text, flags=re.IGNORECASE))
        joined = re.sub(
            r"(?<=[2-9])0(?: )(?=[1-9](?: |$))", "", " ".join(_spelled(word) for word in words)
        )  # "seventy five"
        spelled = joined.replace(" ", "")
        found |= {spelled[a:b] for a in range(len(spelled)) for b in range(a + 2, min(len(spelled), a + 17) + 1)}
        numbers = _numbers(words)
        found |= {str(number) for number in numbers}
        found |= {f"{a}{b:02}" for a, b in itertools.pairwise(numbers)}
    return found


def _spelled(word: str) -> str:
    """The sign a word stands for when something is spelled out."""
    if word in _DIGITS or word.isdigit():
        return _DIGITS.get(word, word)
    number = _TEENS.get(word) or _TENS.get(word)
    return str(number) if number else word[0]


def _numbers(words: list[str]) -> list[int]:
    """Numbers under a hundred, as said."""
    made: list[int] = []
    for word in words:
        if word in _TENS:
            made.append(_TENS[word])
        elif word in _TEENS or word in _ORDINALS or word in _DIGITS:
            unit = _TEENS.get(word) or _ORDINALS.get(word) or int(_DIGITS.get(word, "0"))
            if made and made[-1] in _TENS.values() and 0 < unit < 10:
                made[-1] += unit
            else:
                made.append(unit)
    return made
