"""Joining: which mentions of an incident are of one thing, each with the evidence that says so; what speaks against it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import JaroWinkler

from workers.engines.info import EngineInfo
from workers.engines.reading.joining_words import (
    ALIKE,
    ASKED_OWN,
    BETWEEN,
    NEAR,
    OF_VEHICLES,
    OWN,
    PERSON,
    PERSONAL,
    REACH,
    STREET,
    THING,
    VEHICLE,
    Said,
    agree,
    compatible,
    gave_own_name,
    name_of,
    part_of,
    plain,
    tokens,
    without_title,
)

__all__ = ["ENGINE", "Group", "Joined", "Member", "Said", "join"]

ENGINE = EngineInfo(name="blotter-joining", model="evidence rules", version="1.0", parameters={"near": 0.94})


@dataclass(frozen=True)
class Member:
    """One mention of a group, why it is in it (nothing for the first), and how sure that is, 0 to 1."""

    id: str
    reasons: tuple[str, ...]
    confidence: float


@dataclass(frozen=True)
class Group:
    """Mentions of one thing. `marks` says what a person should know before they believe it; `fixed` as in `Said`."""

    kind: str
    label: str
    members: tuple[Member, ...]
    confidence: float
    marks: tuple[str, ...]
    fixed: str


@dataclass(frozen=True)
class Joined:
    """Every mention in exactly one group, and the engine that put them there."""

    engine: EngineInfo
    groups: tuple[Group, ...]


@dataclass
class _Pile:
    ids: list[int]
    fixed: str = ""
    singles: dict[str, str] = field(default_factory=dict)
    names: set[tuple[str, ...]] = field(default_factory=set)
    police: bool | None = None


@dataclass(frozen=True)
class _Link:
    anchor: int
    other: int
    sure: float
    reason: str


def join(mentions: Sequence[Said]) -> Joined:
    """Groups of mentions with their evidence. What a person put together stays together and apart from other groups of
    theirs; two birth dates (SSNs, licenses, plates, VINs) never end in one group. Time grows about linearly."""
    table = _Table(mentions)
    table.keep_fixed()
    for links in (_attributes, _relations, _names, _short_names, _near_names, _same_numbers, _only_one, _same_words):
        for link in sorted(links(table), key=lambda one: -one.sure):
            table.unite(link)
    return Joined(ENGINE, tuple(table.groups()))


class _Table:
    """The mentions and the piles they lie in so far."""

    def __init__(self, mentions: Sequence[Said]) -> None:
        self.said = list(mentions)
        self.names = {n: name_of(one) for n, one in enumerate(self.said) if one.kind == PERSON}
        self.streets = [
            (one.value, set(tokens(STREET.sub(" ", one.value.casefold())))) for one in self.said if one.kind == "place"
        ]
        self.reasons: dict[int, list[str]] = defaultdict(list)
        self.marks: dict[int, list[str]] = defaultdict(list)
        self.sure: dict[int, float] = {}
        self._parent = list(range(len(self.said)))
        self._piles = {n: self._pile(n) for n in range(len(self.said))}

    def root(self, n: int) -> int:
        """The pile a mention lies in."""
        while self._parent[n] != n:
            self._parent[n] = self._parent[self._parent[n]]
            n = self._parent[n]
        return n

    def pile(self, n: int) -> _Pile:
        """The pile itself."""
        return self._piles[self.root(n)]

    def of(self, *kinds: str) -> list[int]:
        """The mentions of some kinds, in order."""
        return [n for n, one in enumerate(self.said) if one.kind in kinds]

    def mark(self, n: int, words: str) -> None:
        """Notes what a person should know, once."""
        if words not in self.marks[n]:
            self.marks[n].append(words)

    def keep_fixed(self) -> None:
        """What a person put together."""
        first: dict[str, int] = {}
        for n, one in enumerate(self.said):
            if one.fixed:
                anchor = first.setdefault(one.fixed, n)
                if anchor != n:
                    self._merge(anchor, n)
                self.reasons[n].append("Put here by a person.")

    def unite(self, link: _Link) -> None:
        """Puts two piles together unless something speaks against it, which is then marked on both."""
        if self.root(link.anchor) == self.root(link.other):
            return
        against = self._against(self.pile(link.anchor), self.pile(link.other))
        if against:
            for n in (link.anchor, link.other):
                if against != "apart":
                    self.mark(n, f"Not joined though {link.reason[0].lower()}{link.reason[1:].rstrip('.')}: {against}.")
            return
        self._merge(link.anchor, link.other)
        self.reasons[link.other].append(link.reason)
        self.sure[link.other] = min(link.sure, self.sure.get(link.other, 1.0))

    def _merge(self, anchor: int, other: int) -> None:
        first, second = self.root(anchor), self.root(other)
        into, gone = self._piles[first], self._piles.pop(second)
        self._parent[second] = first
        into.ids += gone.ids
        into.fixed = into.fixed or gone.fixed
        into.names |= gone.names
        into.police = gone.police if into.police is None else into.police
        into.singles = {**gone.singles, **into.singles}

    def _against(self, one: _Pile, other: _Pile) -> str:
        if one.fixed and other.fixed:
            return "apart"
        for kind in one.singles.keys() & other.singles.keys():
            if one.singles[kind] != other.singles[kind]:
                return f"two different {ALIKE[kind]}s" if kind != "date_of_birth" else "two different dates of birth"
        if one.police is not None and other.police is not None and one.police != other.police:
            return "one is an officer, the other is not"
        if any(not compatible(a, b) for a in one.names for b in other.names):
            return "different names"
        return ""

    def _pile(self, n: int) -> _Pile:
        one, name = self.said[n], self.names.get(n)
        pile = _Pile([n], fixed=one.fixed)
        if one.kind in ALIKE:
            pile.singles[one.kind] = plain(one.value)
        if name is not None:
            pile.police = name.police
            pile.names = {name.tokens} if name.tokens else set()
        return pile

    def groups(self) -> Iterator[Group]:
        """The piles as groups, in the order their first mention was given in."""
        for pile in sorted(self._piles.values(), key=lambda one: min(one.ids)):
            ids = sorted(pile.ids)
            members = tuple(
                Member(
                    self.said[n].id,
                    tuple(dict.fromkeys(self.reasons[n])),
                    round(self.sure.get(n, self.said[n].confidence), 3),
                )
                for n in ids
            )
            marks = [words for n in ids for words in self.marks[n]]
            marks += [words for n in ids if (words := self.street(n))]
            sure = min(one.confidence for one in members) * (0.7 if marks else 1.0)
            kind = THING.get(self.said[ids[0]].kind, self.said[ids[0]].kind)
            yield Group(kind, self._label(ids), members, round(sure, 3), tuple(dict.fromkeys(marks)), pile.fixed)

    def street(self, n: int) -> str:
        """A bare name that is also a street of this incident."""
        name = self.names.get(n)
        if name is None or not name.tokens or name.police is not None:
            return ""
        for value, words in self.streets:
            if set(name.tokens) <= words:
                return f"Also a street here: {value}."
        return ""

    def _label(self, ids: Sequence[int]) -> str:
        def weight(n: int) -> tuple[int, float]:
            rank = {PERSON: 40, VEHICLE: 30, "plate": 20, "relation": 10}.get(self.said[n].kind, 0)
            return rank + min(len(self.names[n].tokens), 4) if n in self.names else rank, self.said[n].confidence

        best = max(ids, key=weight)
        return (self.said[best].value or self.said[best].text)[:200]


def _attributes(table: _Table) -> Iterator[_Link]:
    """A birth date, number or plate and whose it is: said in one breath, or given by a voice that gave its name."""
    lines, voices = _lines(table), _voices(table)
    for n in table.of(*PERSONAL):
        one = table.said[n]
        own = bool(OWN.search(one.sentence[: one.start_char]) or ASKED_OWN.search(one.before))
        voice = voices.get((one.recording, one.speaker)) if one.speaker and own else None
        if voice is not None:
            yield _Link(
                voice,
                n,
                0.78,
                f"The voice that gave the name “{table.said[voice].value}” gave this {PERSONAL[one.kind]}.",
            )
            continue
        near = _one_before(table, n, lines[one.recording, one.line], PERSON) if not own else None
        if near is not None:
            yield _Link(near, n, 0.8, f"Said in one breath with “{table.said[near].text}”.")
    for n in table.of(*OF_VEHICLES):
        one = table.said[n]
        here = [m for m in lines[one.recording, one.line] if table.said[m].kind == VEHICLE]
        earlier = [m for m in lines.get((one.recording, one.line - 1), ()) if table.said[m].kind == VEHICLE]
        if len(here) == 1:
            yield _Link(here[0], n, 0.8, f"Said in one breath with “{table.said[here[0]].text}”.")
        elif not here and len(earlier) == 1:
            yield _Link(
                earlier[0], n, 0.6, f"Said right after “{table.said[earlier[0]].text}”, the only vehicle there."
            )


def _relations(table: _Table) -> Iterator[_Link]:
    """ "the driver, Maria Lopez": a part somebody had beside a name."""
    lines = _lines(table)
    for n in table.of("relation"):
        one = table.said[n]
        for m in lines[one.recording, one.line]:
            other = table.said[m]
            if other.kind == PERSON:
                first, last = sorted((one, other), key=lambda said: said.start_char)
                between = one.sentence[first.end_char : last.start_char]
                if len(between) <= 25 and BETWEEN.fullmatch(without_title(between)):
                    words = one.sentence[first.start_char : last.end_char]
                    yield _Link(m, n, 0.85, f"Said side by side: “{words}”.")


def _names(table: _Table) -> Iterator[_Link]:
    """The same full name, in whatever order; or with a middle name more."""
    whole: dict[tuple[str, ...], int] = {}
    ends: dict[tuple[str, str], int] = {}
    for n, name in table.names.items():
        if not name.full:
            continue
        anchor = whole.setdefault(tuple(sorted(name.tokens)), n)
        if anchor != n:
            yield _Link(anchor, n, 0.9, f"The same name as “{table.said[anchor].value}”.")
            continue
        anchor = ends.setdefault((name.tokens[0], name.tokens[-1]), n)
        if anchor != n:
            yield _Link(anchor, n, 0.82, f"The same first and last name as “{table.said[anchor].value}”.")


def _short_names(table: _Table) -> Iterator[_Link]:
    """ "Ms Lopez" or "Maria" where only one person of the incident can be meant; marked where several can."""
    bearers: dict[str, dict[int, int]] = defaultdict(dict)
    for n, name in table.names.items():
        if name.full:
            for token in (name.tokens[0], name.tokens[-1]):
                bearers[token].setdefault(table.root(n), n)
    alone: dict[tuple[str, bool | None], int] = {}
    for n, name in table.names.items():
        if len(name.tokens) != 1:
            continue
        token = name.tokens[0]
        fit = [m for m in bearers[token].values() if agree(name.police, table.pile(m).police)]
        if len(fit) == 1 and not (name.police is None and table.streets and table.street(n)):
            words = table.said[n].text
            yield _Link(
                fit[0],
                n,
                0.8 if name.police is not None else 0.65,
                f"“{words}” fits only {table.said[fit[0]].value} here.",
            )
        elif len(fit) > 1:
            table.mark(n, f"Fits more than one here: {', '.join(table.said[m].value for m in fit[:4])}.")
        elif not fit:
            anchor = alone.setdefault((token, name.police), n)
            if anchor != n:
                yield _Link(anchor, n, 0.7, f"The same name as “{table.said[anchor].value}”.")


def _near_names(table: _Table) -> Iterator[_Link]:
    """Full names a recognizer may have spelled two ways."""
    by_letter: dict[str, dict[tuple[str, ...], int]] = defaultdict(dict)
    for n, name in table.names.items():
        if name.full:
            by_letter[name.tokens[0][:1]].setdefault(name.tokens, n)
    for known in by_letter.values():
        each = [(" ".join(parts), n) for parts, n in known.items()]
        for place, (words, n) in enumerate(each):
            for other, m in each[place + 1 :]:
                if JaroWinkler.similarity(words, other, score_cutoff=NEAR) >= NEAR:
                    yield _Link(n, m, 0.6, f"Nearly the same name as “{table.said[n].value}”.")


def _same_numbers(table: _Table) -> Iterator[_Link]:
    """The same birth date, license, phone, plate …; piles with different names stay apart."""
    first: dict[tuple[str, str], int] = {}
    for n in table.of(*PERSONAL, *OF_VEHICLES):
        one = table.said[n]
        anchor = first.setdefault((one.kind, plain(one.value)), n)
        if anchor != n:
            what = {**PERSONAL, **OF_VEHICLES}[one.kind]
            yield _Link(anchor, n, 0.95 if one.kind in ALIKE else 0.85, f"The same {what}, {one.value}.")


def _only_one(table: _Table) -> Iterator[_Link]:
    """ "the driver" again, where the incident speaks of one driver only."""
    parts: dict[str, list[int]] = defaultdict(list)
    for n in table.of("relation"):
        parts[part_of(table.said[n])].append(n)
    for part, ids in parts.items():
        named = {table.root(n) for n in ids if table.pile(n).names}
        if len(named) > 1:
            for n in ids:
                if not table.pile(n).names:
                    table.mark(n, f"More than one {part} is named here.")
            continue
        anchor = next((n for n in ids if table.pile(n).names), ids[0])
        for n in ids:
            if n != anchor and table.said[n].text.casefold().startswith("the "):
                yield _Link(anchor, n, 0.6, f"Only one {part} is spoken of here.")


def _same_words(table: _Table) -> Iterator[_Link]:
    """Everything else: the same value again."""
    first: dict[tuple[str, str], int] = {}
    for n, one in enumerate(table.said):
        if THING.get(one.kind) == PERSON or one.kind in OF_VEHICLES:
            continue
        anchor = first.setdefault((one.kind, " ".join(tokens(one.value or one.text, digits=True))), n)
        if anchor != n:
            yield _Link(anchor, n, 0.55 if one.kind == VEHICLE else 0.75, "The same words.")


def _voices(table: _Table) -> dict[tuple[str, str], int]:
    """The name each voice gave as its own; a voice that gave two names gave none."""
    given: dict[tuple[str, str], list[int]] = defaultdict(list)
    for n in table.names:
        one = table.said[n]
        if one.speaker and gave_own_name(one):
            given[one.recording, one.speaker].append(n)
    kept = {}
    for voice, ids in given.items():
        best = max(ids, key=lambda n: len(table.names[n].tokens))
        if all(compatible(table.names[best].tokens, table.names[n].tokens) for n in ids):
            kept[voice] = best
    return kept


def _lines(table: _Table) -> dict[tuple[str, int], list[int]]:
    lines: dict[tuple[str, int], list[int]] = defaultdict(list)
    for n, one in enumerate(table.said):
        lines[one.recording, one.line].append(n)
    return lines


def _one_before(table: _Table, n: int, line: Sequence[int], kind: str) -> int | None:
    """The mention of a kind that ends shortly before this one; None where two different ones could be meant."""
    start = table.said[n].start_char
    near = [m for m in line if table.said[m].kind == kind and 0 <= start - table.said[m].end_char <= REACH]
    if len({plain(table.said[m].value) for m in near}) != 1:
        return None
    return max(near, key=lambda m: table.said[m].end_char)
