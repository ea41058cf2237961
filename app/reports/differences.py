"""What changed between two versions, sentence by sentence and within a sentence word by word."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from app.reports.authorship import GAP


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: same, added or removed."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One sentence of either version: same, changed, added or removed, and its pieces."""

    kind: str
    pieces: list[Piece]

    @property
    def before(self) -> list[Piece]:
        """The older version's side."""
        return [piece for piece in self.pieces if piece.kind != "added"]

    @property
    def after(self) -> list[Piece]:
        """The newer version's side."""
        return [piece for piece in self.pieces if piece.kind != "removed"]


def sentence_differences(old: list[str], new: list[str]) -> list[Difference]:
    """The two versions side by side; sentences that were reworded are shown word by word."""
    found: list[Difference] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Difference("same", [Piece("same", text)]) for text in old[a:b]]
            continue
        found += _block(old[a:b], new[c:d])
    return found


def _block(before: list[str], after: list[str]) -> list[Difference]:
    """Sentences that were replaced: each new one beside the next old one that has most of its words, if there is one."""
    found: list[Difference] = []
    start = 0
    for text in after:
        here = next((at for at in range(start, len(before)) if _alike(before[at], text)), None)
        if here is None:
            found.append(Difference("added", [Piece("added", text)]))
            continue
        found += [Difference("removed", [Piece("removed", one)]) for one in before[start:here]]
        found.append(Difference("changed", _words(before[here], text)))
        start = here + 1
    return found + [Difference("removed", [Piece("removed", one)]) for one in before[start:]]


def _alike(one: str, other: str) -> bool:
    """Whether two sentences share at least half the words of the shorter: enough to be the same one, reworded. What a gap
    asks for is none of its words: a sentence with an answer in its place is the same one, filled."""
    a, b = (set(GAP.sub("", text).split()) for text in (one, other))
    return 2 * len(a & b) >= max(min(len(a), len(b)), 1)


def _words(old: str, new: str) -> list[Piece]:
    before, after = old.split(), new.split()
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", " ".join(before[a:b])))
            continue
        pieces += [Piece("removed", " ".join(before[a:b]))] if b > a else []
        pieces += [Piece("added", " ".join(after[c:d]))] if d > c else []
    return pieces
