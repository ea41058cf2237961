"""The language of searches: what a person types, read into parts; what cannot be read is said, never guessed."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from app.core.errors import Invalid
from app.incidents.models import IncidentKind
from app.search.parts import Asked, Part, Sort, Term, Unread, Where
from app.search.times import clock, day_of, midnight, minute_of

LONGEST = 300
MOST_PARTS = 16
_TOKEN = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')
_QUOTES = str.maketrans("“”„«»", '"""""')
_NUMBER = re.compile(r"(\d{4})-(\d{1,6})")
_WORD = re.compile(r"\w+")
_EDGES = re.compile(r"^\W+|\W+$")
_ENDS_PLACE = frozenset(
    (
        "street",
        "st",
        "avenue",
        "ave",
        "road",
        "rd",
        "drive",
        "dr",
        "boulevard",
        "blvd",
        "lane",
        "ln",
        "way",
        "court",
        "ct",
        "highway",
        "hwy",
        "park",
        "plaza",
        "square",
        "alley",
        "bridge",
        "parkway",
        "pkwy",
        "terrace",
        "place",
        "pl",
        "circle",
        "trail",
    )
)
_KINDS = {kind.title.casefold(): kind for kind in IncidentKind} | {kind.value: kind for kind in IncidentKind}
_LONGEST_PLACE = 6


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a quoted phrase and where it stands. `minus`: a - was before it."""

    text: str
    start: int
    end: int
    quoted: bool = False
    minus: bool = False

    @property
    def word(self) -> str:
        """As an operator is compared; nothing for what was quoted."""
        return "" if self.quoted else self.text.casefold().rstrip(",;")


def read(text: str) -> Asked:
    """What was typed, understood. Invalid for more than LONGEST characters or MOST_PARTS parts."""
    clean = "".join(c if c.isprintable() else " " for c in text.translate(_QUOTES))
    if len(clean) > LONGEST:
        raise Invalid(
            f"At most {LONGEST} characters; this has {len(clean)}.", field="q", remedy="Search for less at once."
        )
    return _Reader(clean).read()


class _Reader:
    """Goes through the tokens once, from left to right."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.tokens = _tokens(text)
        self.parts: list[Part] = []
        self.unread: list[Unread] = []

    def read(self) -> Asked:
        while self.at < len(self.tokens):
            self.one()
        if len(self.parts) > MOST_PARTS:
            raise Invalid(
                f"At most {MOST_PARTS} conditions; this has {len(self.parts)}.",
                field="q",
                remedy="“Double quotes” make several words one.",
            )
        return Asked(self.text, tuple(self.parts), tuple(self.unread))

    def one(self) -> None:
        """The next part, with what stands before it."""
        token = self.tokens[self.at]
        if token.word == "and":
            self.at += 1
        elif token.word == "or":
            self.alternative(token)
        elif token.word == "not" or token.minus:
            self.negated(token)
        else:
            part = self.part()
            if part is not None:
                self.parts.append(part)

    def part(self) -> Part | None:
        """One condition from here; None where it is not understood, which is noted."""
        token = self.tokens[self.at]
        self.at += 1
        operator = _OPERATORS.get(token.word)
        if operator is not None:
            return operator(self, token)
        if not token.quoted and (number := _NUMBER.fullmatch(token.text)):
            return _incident(token, token, number)
        return self.words(token, Where.ANY)

    def words(self, token: Token, where: Where, first: Token | None = None) -> Part | None:
        term = _term(token, where)
        if term is None:
            return self.lost(token, "There is no letter or digit in it.")
        said = f"{where.value} " if where is not Where.ANY else ""
        shown = f"“{term.text}”" if term.phrase else f"“{term.text}{'…' if term.begins else ''}”"
        return Part(Sort.WORDS, (first or token).start, token.end, f"{said}{shown}", terms=(term,))

    def alternative(self, token: Token) -> None:
        """`a or b`: one part of which any will do."""
        self.at += 1
        before = self.parts[-1] if self.parts else None
        if before is None or before.sort is not Sort.WORDS or before.negated or self.at >= len(self.tokens):
            self.lost(token, "“or” stands between two words: car or truck.")
            return
        following = self.part()
        if following is None or following.sort is not Sort.WORDS:
            self.lost(token, "“or” stands between two words: car or truck.")
            if following is not None:
                self.parts.append(following)
            return
        self.parts[-1] = replace(
            before, end=following.end, said=f"{before.said} or {following.said}", terms=before.terms + following.terms
        )

    def negated(self, token: Token) -> None:
        """`not car`, `-car`: leaves out."""
        if token.minus:
            self.tokens[self.at] = replace(token, minus=False)
        else:
            self.at += 1
        if self.at >= len(self.tokens):
            self.lost(token, "Say what to leave out: not car.")
            return
        part = self.part()
        if part is None:
            return
        if part.sort in (Sort.CLOCK, Sort.DAYS):
            self.lost(
                Token(self.text[token.start : part.end], token.start, part.end), "Say the other side: before 22:00."
            )
            return
        self.parts.append(replace(part, negated=True, start=token.start, said=f"not {part.said}"))

    def taken(self) -> Token | None:
        """The next token, if there is one."""
        if self.at >= len(self.tokens):
            return None
        self.at += 1
        return self.tokens[self.at - 1]

    def lost(self, token: Token, why: str) -> Part | None:
        """Notes what was not understood; there is no part then."""
        self.unread.append(Unread(token.text, why))
        return None

    def time_or_day(self) -> tuple[int | date, Token] | None:
        """A time of day or a day from here; None, and nothing taken, where there is none. “10 pm” is two words."""
        if self.at >= len(self.tokens):
            return None
        token = self.tokens[self.at]
        if self.at + 1 < len(self.tokens):
            following = self.tokens[self.at + 1]
            minute = (
                minute_of(f"{token.text} {following.text}") if following.word in ("am", "pm", "a.m.", "p.m.") else None
            )
            if minute is not None:
                self.at += 2
                return minute, replace(following, start=token.start)
        for found in (minute_of(token.text.rstrip(",;")), day_of(token.text.rstrip(",;"))):
            if found is not None:
                self.at += 1
                return found, token
        return None


def _tokens(text: str) -> list[Token]:
    found = []
    for match in _TOKEN.finditer(text):
        quoted = match[2] is not None
        body = match[2] if quoted else match[3]
        minus = bool(match[1]) and bool(_WORD.search(body or ""))
        body = body if quoted or minus else match[0]
        name, colon, rest = (body or "").partition(":")
        if not quoted and colon and name.casefold() in _NAMES and rest:  # plate:7ABC123
            middle = match.end() - len(rest)
            found.append(Token(name, match.start(), middle, minus=minus))
            found.append(Token(rest, middle, match.end()))
        elif body:
            found.append(Token(body, match.start(), match.end(), quoted, minus))
    return _with_quotes_behind_a_colon(found)


def _with_quotes_behind_a_colon(tokens: list[Token]) -> list[Token]:
    """said:"get out" comes as one word and pieces of a phrase: the quotes bind them."""
    bound: list[Token] = []
    for token in tokens:
        last = bound[-1] if bound else None
        if last is not None and not last.quoted and last.text.startswith('"') and not last.text.endswith('"'):
            bound[-1] = Token(f"{last.text} {token.text}", last.start, token.end)
        else:
            bound.append(token)
        if not bound[-1].quoted and len(bound[-1].text) > 2 and bound[-1].text[0] == bound[-1].text[-1] == '"':
            bound[-1] = replace(bound[-1], text=bound[-1].text[1:-1], quoted=True)
    return bound


def _term(token: Token, where: Where) -> Term | None:
    begins = not token.quoted and token.text.endswith("*")
    text = _EDGES.sub("", " ".join(token.text.split()))
    words = _WORD.findall(text)
    if not words:
        return None
    return Term(text, where, phrase=len(words) > 1, begins=begins and len(words) == 1)


def _where(where: Where) -> Callable[[_Reader, Token], Part | None]:
    def operator(reader: _Reader, token: Token) -> Part | None:
        following = reader.taken()
        if following is None:
            return reader.lost(token, f"Say what was {where.value}: {where.value} gun.")
        return reader.words(following, where, token)

    return operator


def _plate(reader: _Reader, token: Token) -> Part | None:
    following = reader.taken()
    typed = following.text if following else ""
    body = typed.rstrip("*")
    value = re.sub(r"[\s.-]", "", body).upper()
    if (
        following is None
        or not value.isascii()
        or not value.isalnum()
        or "*" in body
        or (len(body) < len(typed) and len(value) < 2)
    ):
        whole = Token(f"{token.text} {typed}".strip(), token.start, following.end if following else token.end)
        return reader.lost(whole, "Write plate 7ABC123, or how it begins, two signs at least: plate 7A*.")
    begins = len(body) < len(typed)
    return Part(
        Sort.PLATE, token.start, following.end, f"plate {value}{'…' if begins else ''}", value=value, begins=begins
    )


def _near(reader: _Reader, token: Token) -> Part | None:
    taken: list[Token] = []
    while len(taken) < _LONGEST_PLACE:
        following = reader.tokens[reader.at] if reader.at < len(reader.tokens) else None
        if following is None or following.minus or following.word in _STOPS:
            break
        if following.quoted and taken:
            break
        taken.append(following)
        reader.at += 1
        if following.quoted or following.word.rstrip(".") in _ENDS_PLACE or following.text.endswith((",", ";")):
            break
    value = " ".join(one.text.strip(",;") for one in taken)
    if not _WORD.search(value):
        return reader.lost(token, "Say which place: near Main Street.")
    return Part(Sort.PLACE, token.start, taken[-1].end, f"near {value}", value=value)


def _officer(reader: _Reader, token: Token) -> Part | None:
    following = reader.taken()
    if following is None or not _WORD.search(following.text):
        return reader.lost(token, "Say who: officer Reyes, or a badge; “double quotes” for a name of several words.")
    return Part(Sort.OFFICER, token.start, following.end, f"officer {following.text}", value=following.text.strip(",;"))


def _number(reader: _Reader, token: Token) -> Part | None:
    following = reader.tokens[reader.at] if reader.at < len(reader.tokens) else None
    number = _NUMBER.fullmatch(following.text) if following else None
    if following is None or number is None:
        return reader.lost(token, "Give its number: incident 2026-000123.")
    reader.at += 1
    return _incident(token, following, number)


def _incident(first: Token, last: Token, number: re.Match[str]) -> Part:
    value = f"{number[1]}-{int(number[2]):06d}"
    return Part(Sort.INCIDENT, first.start, last.end, f"incident {value}", value=value)


def _kind(reader: _Reader, token: Token) -> Part | None:
    for length in (3, 2, 1):
        some = reader.tokens[reader.at : reader.at + length]
        kind = _KINDS.get(" ".join(one.text for one in some).casefold()) if len(some) == length else None
        if kind is not None:
            reader.at += length
            return Part(Sort.KIND, token.start, some[-1].end, f"kind {kind.title.lower()}", kind=kind)
    return reader.lost(token, "Kinds are " + ", ".join(kind.title.lower() for kind in IncidentKind) + ".")


def _side(word: str) -> Callable[[_Reader, Token], Part | None]:
    def operator(reader: _Reader, token: Token) -> Part | None:
        found = reader.time_or_day()
        if found is None:
            if word == "on":
                return reader.lost(token, "Say which day: on 2026-11-24.")
            return reader.lost(token, f"Say a time or a day: {word} 22:00, {word} 2026-11-24.")
        value, last = found
        if word in ("from", "between"):
            return _span(reader, token, value, last, word)
        return _one_side(word, token, last, value) or reader.lost(
            Token(f"{word} {last.text}", token.start, last.end), "Say which day: on 2026-11-24."
        )

    return operator


def _one_side(word: str, first: Token, last: Token, value: int | date) -> Part | None:
    if isinstance(value, int):
        if word == "on":
            return None
        later = word in ("after", "since", "from")
        minutes = (value, None) if later else (None, value)
        return Part(
            Sort.CLOCK, first.start, last.end, f"{'after' if later else 'before'} {clock(value)}", minutes=minutes
        )
    since, until = {
        "after": (midnight(value, later=1), None),
        "since": (midnight(value), None),
        "from": (midnight(value), None),
        "before": (None, midnight(value)),
        "until": (None, midnight(value, later=1)),
        "on": (midnight(value), midnight(value, later=1)),
    }[word]
    return Part(Sort.DAYS, first.start, last.end, f"{word} {value:%d %b %Y}", days=(since, until))


def _span(reader: _Reader, token: Token, value: int | date, last: Token, word: str) -> Part | None:
    """between 22:00 and 06:00, from 2026-11-01 to 2026-11-24."""
    link = reader.tokens[reader.at].word if reader.at < len(reader.tokens) else ""
    if link in ("and", "to", "until"):
        reader.at += 1
        second = reader.time_or_day()
        if second is not None and isinstance(second[0], int) is isinstance(value, int):
            return _both_sides(token, value, *second)
        reader.at -= 1
    if word == "from":
        return _one_side(word, token, last, value)
    return reader.lost(
        Token(reader.text[token.start : last.end], token.start, last.end), "Write between 22:00 and 06:00, or two days."
    )


def _both_sides(first: Token, value: int | date, other: int | date, last: Token) -> Part:
    if isinstance(value, int) and isinstance(other, int):
        said = f"between {clock(value)} and {clock(other)}"
        return Part(Sort.CLOCK, first.start, last.end, said, minutes=(value, other))
    assert isinstance(value, date) and isinstance(other, date)  # noqa: S101, PT018  (told apart by the caller)
    early, late = sorted((value, other))
    said = f"from {early:%d %b %Y} to {late:%d %b %Y}"
    return Part(Sort.DAYS, first.start, last.end, said, days=(midnight(early), midnight(late, later=1)))


_OPERATORS: dict[str, Callable[[_Reader, Token], Part | None]] = {
    "said": _where(Where.SAID),
    "seen": _where(Where.SEEN),
    "plate": _plate,
    "near": _near,
    "officer": _officer,
    "incident": _number,
    "kind": _kind,
    **{word: _side(word) for word in ("after", "since", "from", "before", "until", "on", "between")},
}
_NAMES = frozenset(_OPERATORS)
_STOPS = _NAMES | {"not", "and", "or"}
