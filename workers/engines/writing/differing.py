"""Statements that contradict each other: both are kept, side by side, and marked as differing. Nothing is decided."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from workers.engines.reading.text import Mention
from workers.engines.writing.offering import Candidate, fact, seconds_of, sentence_of
from workers.engines.writing.scene import Said, Scene
from workers.engines.writing.words import date_in_words, listed, plain, quotation

_WEIGHT = 11
_MOST = 6
_PLURAL = {"date_of_birth": "dates of birth", "person": "names", "phone": "telephone numbers", "place": "addresses"}
# Doing and denying: forms of one verb, so that "he hit me" and "I didn't hit her" are seen to differ.
_VERBS = {
    "hit": "hit|hits|hitting|punch|punched|slap|slapped|struck|strike",
    "push": "push|pushed|shove|shoved",
    "take": "take|took|taken|steal|stole|stolen",
    "drink": "drink|drank|drinking|drunk",
    "touch": "touch|touched",
    "threaten": "threaten|threatened|threatening",
    "throw": "throw|threw|thrown",
    "start": "start|started",
    "run": "run|ran",
    "stop": "stop|stopped",
}
_FORMS = {form: verb for verb, forms in _VERBS.items() for form in forms.split("|")}
_CLAUSE = re.compile(
    rf"(?<![\w'])(?P<who>i|he|she|they)(?:'ve|'d)?(?: (?:just|really|even|only))?(?P<no> (?:did not|didn't|never|haven't|have not|wasn't|was not))?(?: (?:even|ever|just|been|have|had|was))*"
    rf" (?P<verb>{'|'.join(_FORMS)})(?![\w'])[^.?!;]{{0,80}}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Claim:
    said: Said
    who: str
    verb: str
    denied: bool
    words: str


def differing(scene: Scene) -> Iterator[Candidate]:
    """A sentence for each pair of statements that cannot both be so, with the words and seconds of both.

    Two values of one kind given by one speaker; or one speaker's "I did not" beside another's "he did" (or their own).
    """
    yield from _values(scene)
    claims = [claim for said in scene.said if said.line.role != "officer" for claim in _claims(said)]
    pairs = ((a, b) for a, b in combinations(claims[:200], 2) if _differ(a, b))
    for number, (one, other) in enumerate(pairs):
        if number >= _MOST:
            return
        text = (
            f"The statements differ: {_stated(scene, one)}, and {_stated(scene, other)} "
            f"{seconds_of(one.said, other.said)}."
        )
        sure = min(one.said.sure, other.said.sure)
        sources = tuple(scene.source(claim.said) for claim in (one, other))
        yield Candidate(sentence_of("Statements", text, sources, sure), _WEIGHT, other.said.line.start, frozenset())


def _values(scene: Scene) -> Iterator[Candidate]:
    given: dict[tuple[str, str], dict[str, tuple[Said, Mention]]] = defaultdict(dict)
    for said in scene.said:
        for mention in said.mentions:
            if mention.kind in _PLURAL and said.line.role != "officer" and fact(said, mention):
                given[said.line.speaker, mention.kind].setdefault(plain(mention.value).casefold(), (said, mention))
    for (_, kind), values in given.items():
        told = _apart(list(values.values()))
        if len(told) < 2:
            continue
        lines = [said for said, _ in told]
        named = listed([date_in_words(plain(mention.value)) for _, mention in told])
        text = f"{scene.name_of(lines[0].line)} gave different {_PLURAL[kind]}: {named} {seconds_of(*lines)}."
        sure = min(min(said.sure, mention.confidence) for said, mention in told)
        sources = tuple(scene.source(said) for said in lines)
        yield Candidate(sentence_of("Statements", text, sources, sure), _WEIGHT, lines[-1].line.start, frozenset())


def _apart(values: list[tuple[Said, Mention]]) -> list[tuple[Said, Mention]]:
    """Those that are no part of another: "Maria" beside "Maria Lopez" is the same name, said shorter."""
    words = [set(plain(mention.value).casefold().split()) for _, mention in values]
    return [
        value
        for at, value in enumerate(values)
        if not any(words[at] < other for number, other in enumerate(words) if number != at)
    ][:_MOST]


def _claims(said: Said) -> Iterator[_Claim]:
    for match in _CLAUSE.finditer(said.text):
        verb = _FORMS[match["verb"].lower()]
        yield _Claim(said, match["who"].lower(), verb, bool(match["no"]), match.group().strip(" ,"))


def _differ(one: _Claim, other: _Claim) -> bool:
    if one.verb != other.verb or one.denied == other.denied or one.said is other.said:
        return False
    same = one.said.line.speaker == other.said.line.speaker
    return one.who == other.who if same else (one.who == "i") != (other.who == "i")


def _stated(scene: Scene, claim: _Claim) -> str:
    return f"{scene.name_of(claim.said.line)} stated, {quotation(claim.words, opening=True)}"
