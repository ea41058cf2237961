"""Words as they are compared: aligned, counted (word error rate), timed anew after an edit. Pure: no database."""

import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rapidfuzz.distance import Levenshtein

DOUBT = 0.5  # a machine's word below this confidence is shown as doubtful
LONGEST = 5_000  # characters in one line
_AT_ONCE = 9_000_000  # words times words that are aligned without looking for anchors first
_RUN = 3  # words in a row that must be the only ones of their kind in both texts to be an anchor

Word = list[Any]
Pair = tuple[int, int]


def as_written(text: str, words: Sequence[Word]) -> Sequence[Word]:
    """The words with the marks and capitals that their text gives them ("Sam," for "sam"), where it has one for each."""
    tokens = text.split()
    if len(tokens) != len(words):
        return words
    return [
        [token, *word[1:]] if _bare(token) == _bare(word[0]) else word
        for token, word in zip(tokens, words, strict=True)
    ]


def _bare(word: str) -> str:
    return "".join(sign for sign in word.casefold() if sign.isalnum())


@dataclass(frozen=True, slots=True)
class Errors:
    """How far apart two texts are. `rate` is substitutions, deletions and insertions over the words of the second."""

    words: int
    changed: int

    @property
    def rate(self) -> float:
        """Word error rate; 0 for two empty texts, 1 where only the first has words."""
        return self.changed / self.words if self.words else float(self.changed > 0)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: same, added or removed."""

    kind: str
    text: str


def plain(word: str) -> str:
    """A word as it is compared: without case and without the punctuation round it; pure punctuation stays itself."""
    folded = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
    return folded.strip("".join({sign for sign in folded if not sign.isalnum()})) or folded


def cleaned(text: str) -> str:
    """A person's text in one line: composed (NFC), without control signs, with single spaces."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(" " if unicodedata.category(s) in ("Cc", "Zl", "Zp") else s for s in composed).split())


def word_errors(machine: str, person: str) -> Errors:
    """Word error rate of the first text against the second, without regard to case and punctuation.

    The least number of words to change, as NIST's sclite and jiwer count it, by Levenshtein distance over words.
    """
    before, after = _counted(machine), _counted(person)
    return Errors(len(after), Levenshtein.distance(before, after))


def matches(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Pair]:
    """Pairs of places that hold the same, rising in both. Long texts are cut at runs that occur once in each first,
    so that hours of speech stay within a few megabytes; what lies between two anchors too far apart stays unpaired."""
    if len(before) * len(after) <= _AT_ONCE:
        return _aligned(before, after, 0, 0)
    found: list[Pair] = []
    anchors = [(-1, -1), *_anchors(before, after), (len(before), len(after))]
    for (i, j), (k, m) in pairwise(anchors):
        if (k - i) * (m - j) <= _AT_ONCE:
            found += _aligned(before[i + 1 : k], after[j + 1 : m], i + 1, j + 1)
        found += [(k, m)] if k < len(before) else []
    return found


def timed(old: Sequence[Word], text: str, *, start: float, end: float) -> tuple[list[Word], list[Pair]]:
    """The words of a new text with times: kept where a word was there before, spread between its neighbours where not.

    A word a person wrote has no confidence (None). Also the pairs of places that hold the same word.
    """
    tokens = text.split()
    pairs = matches([plain(str(word[0])) for word in old], [plain(token) for token in tokens])
    words: list[Word] = []
    for (i, j), (k, m) in pairwise([(-1, -1), *pairs, (len(old), len(tokens))]):
        left = float(old[i][2]) if i >= 0 else min([start, *(float(w[1]) for w in old[:1])])
        right = float(old[k][1]) if k < len(old) else max([end, *(float(w[2]) for w in old[-1:])])
        words += _spread(tokens[j + 1 : m], left, max(left, right))
        if k < len(old):
            words.append([tokens[m], *old[k][1:]])
    return words, pairs


def confidence(words: Sequence[Word]) -> float:
    """The mean confidence of a line; a word that a person wrote or checked counts as sure."""
    sure = [1.0 if word[3] is None else float(word[3]) for word in words]
    return sum(sure) / len(sure) if sure else 1.0


def doubtful(words: Sequence[Word]) -> int:
    """How many words the machine doubts."""
    return sum(word[3] is not None and word[3] < DOUBT for word in words)


def moved(spans: Sequence[Sequence[Any]], pairs: Sequence[Pair], length: int) -> list[list[Any]]:
    """Redactions after an edit: each from behind the last word before it that stayed to the first behind it that did.

    So what was typed inside or at the edge of one is hidden too: rather too much than too little.
    """
    found = []
    for first, behind, reason in spans:
        start = max((j + 1 for i, j in pairs if i < first), default=0)
        end = min((j for i, j in pairs if i >= behind), default=length)
        if end > start:
            found.append([start, end, reason])
    return found


def line_differences(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, list[Piece]]]:
    """Line by line of the second text what it holds, has more, and has lost: (number of the line, pieces).

    What was lost behind the last word stands with the last line.
    """
    old = [word for line in before for word in line.split()]
    new = [(number, word) for number, line in enumerate(after) for word in line.split()]
    pairs = matches([plain(word) for word in old], [plain(word) for _, word in new])
    rows: dict[int, list[Piece]] = {number: [] for number in range(len(after))}
    last = max(len(after) - 1, 0)
    for (i, j), (k, m) in pairwise([(-1, -1), *pairs, (len(old), len(new))]):
        here = new[m][0] if m < len(new) else last
        lost = old[i + 1 : k]
        for place, (number, word) in enumerate(new[j + 1 : m]):
            if place == 0 and lost:
                rows[number].append(Piece("removed", " ".join(lost)))
                lost = []
            rows[number].append(Piece("added", word))
        if lost:
            rows.setdefault(here, []).append(Piece("removed", " ".join(lost)))
        if k < len(old):
            same = old[k] == new[m][1]
            rows[here] += [Piece("same", old[k])] if same else [Piece("removed", old[k]), Piece("added", new[m][1])]
    return ((number, _joined(pieces)) for number, pieces in rows.items())


def _joined(pieces: list[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].kind == piece.kind:
            joined[-1] = Piece(piece.kind, f"{joined[-1].text} {piece.text}")
        else:
            joined.append(piece)
    return joined


def _counted(text: str) -> list[str]:
    return [word for word in map(plain, text.split()) if any(sign.isalnum() for sign in word)]


def _aligned(before: Sequence[Hashable], after: Sequence[Hashable], i: int, j: int) -> list[Pair]:
    found: list[Pair] = []
    for block in Levenshtein.opcodes(before, after):
        if block.tag == "equal":
            length = block.src_end - block.src_start
            found += [(i + block.src_start + n, j + block.dest_start + n) for n in range(length)]
    return found


def _anchors(before: Sequence[Hashable], after: Sequence[Hashable]) -> list[Pair]:
    """Places of runs of words that occur once in each text, the longest row of them that rises (patience sorting)."""
    places = []
    for words in (before, after):
        runs = [tuple(words[n : n + _RUN]) for n in range(len(words) - _RUN + 1)]
        counts = Counter(runs)
        places.append({run: n for n, run in enumerate(runs) if counts[run] == 1})
    pairs = sorted((n, places[1][run]) for run, n in places[0].items() if run in places[1])
    tops: list[int] = []
    back: list[int] = []
    heads: list[int] = []
    for n, (_, j) in enumerate(pairs):
        at = bisect_left(tops, j)
        tops[at:] = [j, *tops[at + 1 :]]
        heads[at:] = [n, *heads[at + 1 :]]
        back.append(heads[at - 1] if at else -1)
    row, n = [], heads[-1] if heads else -1
    while n >= 0:
        row.append(pairs[n])
        n = back[n]
    return row[::-1]


def _spread(tokens: Sequence[str], start: float, end: float) -> list[Word]:
    """Words nobody timed, over the time there is, by their length."""
    whole = sum(len(token) for token in tokens) or 1
    words, at = [], start
    for token in tokens:
        until = at + (end - start) * len(token) / whole
        words.append([token, round(at, 3), round(until, 3), None])
        at = until
    return words
