"""What changed between two versions, sentence by sentence and within a sentence word by word."""

from dataclasses import dataclass
from difflib import SequenceMatcher


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


def sentence_differences(old: list[str], new: list[str]) -> list[Difference]:
    """The two versions side by side; sentences that were reworded are shown word by word."""
    found: list[Difference] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [Difference("same", [Piece("same", text)]) for text in old[a:b]]
            continue
        before, after = old[a:b], new[c:d]
        paired = min(len(before), len(after))
        found += [Difference("changed", _words(before[index], after[index])) for index in range(paired)]
        found += [Difference("removed", [Piece("removed", text)]) for text in before[paired:]]
        found += [Difference("added", [Piece("added", text)]) for text in after[paired:]]
    return found


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
