"""Acts that were misheard: words close to a phrase that officers or others use, one word wrong, missing or too many.

What is found so is only ever told by the very words that were heard, less surely, and answers nothing that a report must
have: the officer is asked for it all the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from workers.engines.reading.spoken import Token, tokens

_LEAST_SHARE = 2 / 3  # of a phrase's words, in their order
_PLAIN_SHARE = 3 / 4  # from here on, one word that says something may be missing
_LEAST_WORDS = 2  # of them that say something
_TOO_MANY = 2  # words that may stand between them
_MISHEARD = 0.75  # how sure an act is whose words were not all heard
_LIKE = 84  # of 100, how alike a word must be to pass for another; only words of four letters and more
_SMALL_WORDS = (
    "a an the to of in on at i i'm you you're he she they it is are was my your me him her for and do not going have"
)
_SMALL = frozenset(_SMALL_WORDS.split())

_SAID = {
    "officer": {
        ("orders", "Actions and force", 7): "show me your hands; keep your hands on the wheel; keep your hands where i can see them; step out of the car; step out of the vehicle; get out of the car; get on the ground; turn around; sit down on the curb; stay in the car; stay right there; drop the knife; drop the gun; put it down; put the bottle down; come over here; turn the engine off; roll down the window; do not move; get back in the car",
        ("restrains", "Actions and force", 9): "put your hands behind your back; put your hands behind your head; you are being detained; you're being detained; stop resisting; stop fighting; put the handcuffs on; give me your hands",
        ("arrest", "Actions and force", 12): "you are under arrest; you're under arrest; placing you under arrest",
        ("rights", "Actions and force", 12): "you have the right to remain silent; you have the right to an attorney; anything you say can be used against you",
        ("uses_force", "Actions and force", 11): "i deployed my taser; i used my taser; took him to the ground; took her to the ground; pepper sprayed him; i struck him",
        ("calls_aid", "Actions and force", 9): "start an ambulance; send an ambulance; i need an ambulance; start medics; medics are on the way; get me an ambulance",
        ("searches", "Search and seizure", 9): "i'm going to search you; i'm going to pat you down; patting you down for weapons; search incident to arrest",
        ("finds", "Search and seizure", 9): "i found a; we found a; booked into evidence; taking it to the property room; keeping it as evidence",
        ("gives_reason", "Contact", 8): "i stopped you because; the reason i stopped you; i pulled you over because; reason for the stop is; we're here because; you have a warrant",
        ("observes", "Observations", 8): "tried to swing at me; tried to hit me; he ran from me; i smell alcohol; i smell marijuana; i can see",
        ("notifies", "Disposition", 8): "i notified the sergeant; i notified the lieutenant; i told the sergeant; i called my supervisor; supervisor is on his way",
        ("decides", "Disposition", 9): "you're free to go; you are free to leave; give you a warning; write you a citation; writing you a ticket; going to jail; to the county jail; your court date is; going to central booking; your car will be towed",
        ("introduces", "Contact", 5): "with the police department; with the sheriff's office",
        ("asks_documents", "Contact", 6): "license and registration; license registration and insurance; proof of insurance; driver's license",
    },
    "other": {
        ("refuses", "Statements", 9): "get away from me; leave me alone; don't touch me; let go of me; i want a lawyer; i don't consent; you can't search; i don't want to talk",
        ("denies", "Statements", 7): "that's not mine; that is not mine; i didn't do anything; i did not do it; i didn't touch him; i didn't touch her; i didn't take it; i don't know him",
        ("admits", "Statements", 9): "i didn't see the sign; i was looking at my phone; it was my fault; i only had two beers; i had a few beers; i ran the light; i took it",
        ("is_hurt", "Statements", 9): "i can't breathe; you're hurting me; call an ambulance; my head hurts; my wrist hurts; i'm bleeding",
        ("accuses", "Statements", 9): "he hit me; she hit me; he pushed me; he took my; she took my; he threatened me; they stole my; he kicked the door",
        ("tells_of_loss", "Statements", 8): "somebody stole my; my car was broken into; got stolen; it was stolen",
        ("tells_of_weapon", "Statements", 10): "there's a gun; there is a knife; he has a gun; he had a knife",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Faint:
    """A stretch that comes near a phrase: characters `start` to `end`, whose act it would be, and how near (1: word for word)."""

    name: str
    section: str
    weight: int
    start: int
    end: int
    near: float


@dataclass(frozen=True)
class _Phrase:
    name: str
    section: str
    weight: int
    words: tuple[str, ...]
    telling: frozenset[str]


@cache
def _phrases(role: str) -> tuple[_Phrase, ...]:
    """Of the role, weightiest first."""
    phrases = (
        _Phrase(name, section, weight, words, frozenset(words) - _SMALL)
        for (name, section, weight), said in _SAID["officer" if role == "officer" else "other"].items()
        for words in (tuple(one.split()) for one in said.split("; "))
    )
    return tuple(sorted(phrases, key=lambda one: -one.weight))


@cache
def _vocabulary() -> tuple[str, ...]:
    return tuple(
        sorted({word for role in _SAID for phrase in _phrases(role) for word in phrase.words if len(word) > 3})
    )


@cache
def _known() -> frozenset[str]:
    return frozenset(_vocabulary())


@lru_cache(maxsize=20_000)
def _meant(word: str) -> str:
    """The word of a phrase that a word is close to, or the word itself."""
    if len(word) < 4 or word in _known():
        return word
    best = process.extractOne(word, _vocabulary(), scorer=fuzz.ratio, score_cutoff=_LIKE)
    return str(best[0]) if best else word


def faint_in(text: str, role: str) -> Iterator[Faint]:
    """Where the text comes near a phrase without being one, weightiest first; time grows linearly with the text."""
    words = tokens(text)
    heard = [_meant(word.low) for word in words]
    there = frozenset(heard)
    for phrase in _phrases(role):
        if phrase.telling & there and len(there) >= _LEAST_WORDS:
            yield from _near(phrase, words, heard)


def _near(phrase: _Phrase, words: list[Token], heard: list[str]) -> Iterator[Faint]:
    reach = len(phrase.words) + _TOO_MANY
    for first, word in enumerate(heard):
        if word not in phrase.words:
            continue
        places = _in_order(phrase.words, heard[first : first + reach])
        told = {heard[first + at] for at in places}
        share = len(places) / len(phrase.words)
        telling = min(_LEAST_WORDS, len(phrase.telling)) - (share >= _PLAIN_SHARE and len(phrase.telling) > 1)
        if share >= _LEAST_SHARE - 1e-9 and len(told & phrase.telling) >= telling:
            whole = places == list(range(len(phrase.words)))
            where = words[first].start, words[first + places[-1]].end
            yield Faint(phrase.name, phrase.section, phrase.weight, *where, 1.0 if whole else _MISHEARD)
            return


def _in_order(wanted: tuple[str, ...], heard: list[str]) -> list[int]:
    """Places in `heard` of the longest row of wanted words in their order (longest common subsequence)."""
    longest = [[0] * (len(heard) + 1) for _ in range(len(wanted) + 1)]
    for a in range(len(wanted) - 1, -1, -1):
        for b in range(len(heard) - 1, -1, -1):
            same = wanted[a] == heard[b]
            longest[a][b] = longest[a + 1][b + 1] + 1 if same else max(longest[a + 1][b], longest[a][b + 1])
    places, a, b = [], 0, 0
    while a < len(wanted) and b < len(heard):
        if wanted[a] == heard[b]:
            places.append(b)
            a, b = a + 1, b + 1
        elif longest[a + 1][b] >= longest[a][b + 1]:
            a += 1
        else:
            b += 1
    return places
