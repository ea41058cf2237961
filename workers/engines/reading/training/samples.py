"""A sentence as words with the names and the grammar in it, and the forms it is learned in: written, as speech, misheard, renamed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

SILENT = 0.03  # share of words that a recogniser of middling quality leaves out, swaps, or hears where none was said
_FILLERS = ("uh", "um", "you know", "like", "okay", "and")
_SWAPS = {
    "there": "their", "their": "there", "to": "two", "two": "to", "for": "four", "your": "you're", "you're": "your",
    "he's": "his", "his": "he's", "its": "it's", "than": "then", "then": "than", "an": "and", "and": "in", "in": "and",
    "is": "as", "was": "what's", "the": "a", "a": "the", "of": "off", "off": "of", "on": "own", "were": "where",
    "where": "were", "right": "write", "know": "no", "by": "buy", "at": "that", "from": "for", "him": "them", "saw": "so",
    "her": "here", "this": "the", "with": "what", "i": "i'd", "we": "he", "hear": "here", "are": "our", "said": "set",
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """Words, the space after each, one IOB tag each; `heads` (positions), `deps` and `tags_of_speech` where the grammar is known."""

    words: tuple[str, ...]
    spaces: tuple[bool, ...]
    tags: tuple[str, ...]
    heads: tuple[int, ...] = ()
    deps: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sentence as one line."""
        return "".join(word + " " * space for word, space in zip(self.words, self.spaces, strict=True)).rstrip()

    def spans(self) -> list[tuple[int, int, str]]:
        """The names as (first word, after the last, kind)."""
        found: list[tuple[int, int, str]] = []
        for at, tag in enumerate(self.tags):
            if tag.startswith("B-"):
                found.append((at, at + 1, tag[2:]))
            elif tag.startswith("I-") and found and found[-1][1] == at:
                found[-1] = (found[-1][0], at + 1, tag[2:])
        return found

    def places(self) -> list[tuple[int, int, str]]:
        """The names as (first character, after the last, kind) of `text`."""
        starts, at = [], 0
        for word, space in zip(self.words, self.spaces, strict=True):
            starts.append(at)
            at += len(word) + space
        return [(starts[a], starts[b - 1] + len(self.words[b - 1]), kind) for a, b, kind in self.spans()]

    def as_speech(self) -> "Sample":
        """The same sentence as a recognizer writes it: lower case, no punctuation; what hung on a mark hangs on its head."""
        kept = [i for i, word in enumerate(self.words) if any(c.isalnum() for c in word)]
        new = {old: at for at, old in enumerate(kept)}
        tags = [self.tags[i] for i in kept]
        for at, tag in enumerate(tags):
            if tag.startswith("I-") and (at == 0 or tags[at - 1] == "O"):
                tags[at] = "B-" + tag[2:]
        spaces = [self.spaces[i] or i + 1 not in new for i in kept]
        heads, deps = _without_marks(self, kept, new) if self.heads else ((), ())
        return Sample(
            tuple(self.words[i].lower() for i in kept),
            tuple(spaces),
            tuple(tags),
            heads,
            deps,
            tuple(self.parts[i] for i in kept) if self.parts else (),
        )


def _without_marks(sample: Sample, kept: Sequence[int], new: dict[int, int]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    heads, deps, root = [], [], -1
    for at, old in enumerate(kept):
        head, steps = sample.heads[old], 0
        while head not in new and sample.heads[head] != head and steps < len(sample.words):
            head, steps = sample.heads[head], steps + 1
        if head not in new:  # its sentence hung on a mark: the first such word takes the mark's place
            root = at if root < 0 else root
            head_at = root
        else:
            head_at = new[head]
        heads.append(head_at)
        deps.append("ROOT" if head_at == at else sample.deps[old])
    return tuple(heads), tuple(deps)


def misheard(sample: Sample, rng: Random) -> Sample:
    """A spoken sentence with the small errors of a recogniser outside its names, and one letter in forty names astray."""
    words: list[str] = []
    tags: list[str] = []
    for word, tag in zip(sample.words, sample.tags, strict=True):
        luck = rng.random()
        if tag == "O":
            following = words and luck > 1 - SILENT
            if luck < SILENT and len(word) <= 4:
                continue
            if luck < 3 * SILENT:
                word = _SWAPS.get(word, word)
            if following and not (tags and tags[-1] != "O"):
                filler = rng.choice(_FILLERS).split()
                words += filler
                tags += ["O"] * len(filler)
        elif luck < 0.025 and word.isalpha() and len(word) > 4:
            at = rng.randrange(1, len(word) - 1)
            word = word[:at] + rng.choice("aeiou") + word[at + 1 :]
        words.append(word)
        tags.append(tag)
    for at, tag in enumerate(tags):
        if tag.startswith("I-") and (at == 0 or tags[at - 1] == "O"):
            tags[at] = "B-" + tag[2:]
    return Sample(tuple(words), (True,) * len(words), tuple(tags))


def renamed(sample: Sample, name_for: Callable[[str, int], str]) -> Sample:
    """The sentence with each name replaced by `name_for(kind, how many words)`; its grammar is dropped."""
    words: list[str] = []
    spaces: list[bool] = []
    tags: list[str] = []
    at = 0
    for first, last, kind in sample.spans():
        words += sample.words[at:first]
        spaces += sample.spaces[at:first]
        tags += sample.tags[at:first]
        fresh = name_for(kind, last - first).replace("'s", " 's").split()
        words += fresh
        spaces += [fresh[i + 1] != "'s" for i in range(len(fresh) - 1)] + [sample.spaces[last - 1]]
        tags += [f"B-{kind}"] + [f"I-{kind}"] * (len(fresh) - 1)
        at = last
    return Sample((*words, *sample.words[at:]), (*spaces, *sample.spaces[at:]), (*tags, *sample.tags[at:]))
