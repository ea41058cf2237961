"""Who speaks and how: utterances cut where the speaker changes, grouped by voice, the wearer of the camera told by nearness.

What describes a voice lives as long as this call and is compared within this recording only: no voice print is kept.
"""

import importlib.metadata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path

from workers.engines.hearing.acoustics import Table
from workers.engines.hearing.channels import channel_blocks
from workers.engines.hearing.grouping import APART, grouped
from workers.engines.hearing.results import Utterance, Word
from workers.engines.hearing.sound import blocks
from workers.engines.hearing.speaker_pack import SpeakerPack
from workers.engines.hearing.stretches import Heard, Stretch, listen
from workers.engines.hearing.turns import CUT_PENALTY, cuts
from workers.engines.hearing.voices import Ordinary, ordinary, overlapped, voice_of
from workers.engines.hearing.wearer import ALONE_LIKELY, DEPTH, GAP, PEAKED, STANDARD_ERRORS, TWO_PEOPLE, Part, parts_of
from workers.engines.info import EngineInfo

LEAST_RUN_FRAMES = 40  # less speech than this within an utterance is no turn of somebody else's
BY_SHAPE = "by voice and nearness"


def speakers_info(pack: SpeakerPack | None = None) -> EngineInfo:
    """What tells speakers apart, as the record shows it."""
    parameters: dict[str, object] = {
        "voices_by": "loudness and mel cepstra; Bayesian information criterion",
        "cut_penalty": CUT_PENALTY,
        "apart": APART,
        "near_gap": GAP,
        "near_by": [DEPTH, PEAKED],
        "standard_errors": STANDARD_ERRORS,
        "two_people": TWO_PEOPLE,
        "alone_likely": ALONE_LIKELY,
    }
    if pack is not None:
        parameters["pack"] = pack.name
    parameters |= {name: importlib.metadata.version(name) for name in ("numpy", "scipy")}
    return EngineInfo("Blotter speakers", pack.name if pack else BY_SHAPE, "5", parameters)


INFO = speakers_info()


def tell_apart(
    audio: Path, utterances: Sequence[Utterance], *, wordless: Sequence[Utterance] = (), pack: SpeakerPack | None = None
) -> list[Utterance]:
    """The utterances with speaker, role, confidence and voice, cut where the speaker changes; time linear in their number.

    Utterances that name the `channel` they were heard in have a speaker a channel. Those with too little speech to tell
    anything by stay as they are. `wordless` is speech without words: who is near is told by it too, but it is not given back.
    """
    stretches, groups = _heard(audio, [*utterances, *wordless], pack)
    parts, groups = parts_of(stretches, groups)
    names = _named(stretches, groups, parts, worded=len(utterances))
    own = _ordinary(stretches, names)
    by_utterance: dict[int, list[tuple[Stretch, str, Part]]] = {}
    for told in sorted(zip(stretches, names, parts, strict=True), key=lambda one: one[0].start):
        by_utterance.setdefault(told[0].job, []).append(told)
    said = [
        one for number, utterance in enumerate(utterances) for one in _cut(utterance, by_utterance.get(number, []), own)
    ]
    shares = overlapped(said)
    return [
        replace(one, voice=replace(one.voice, overlap=share)) if one.voice else one
        for one, share in zip(said, shares, strict=True)
    ]


def _heard(audio: Path, utterances: Sequence[Utterance], pack: SpeakerPack | None) -> tuple[list[Stretch], list[int]]:
    """All stretches with their groups. A channel that has utterances of its own is listened to by itself."""
    stretches: list[Stretch] = []
    groups: list[int] = []
    channels = [_channel(one) for one in utterances]
    for channel in sorted(set(channels), key=lambda one: -1 if one is None else one):
        chosen = [number for number, one in enumerate(channels) if one == channel]
        spans = [(utterances[number].start, utterances[number].end) for number in chosen]
        sound = blocks(audio) if channel is None else channel_blocks(audio, channel)
        own = [replace(one, job=chosen[one.job]) for one in listen(sound, spans, _split, pack.vector if pack else None)]
        first = max(groups, default=-1) + 1
        stretches += own
        groups += [first + (group if channel is None else 0) for group in grouped(own)]
    return stretches, groups


def _split(_job: int, heard: Heard, looks: Table) -> list[int]:
    """Not only between words: where much is misheard the words are few. They go to who speaks at their middle."""
    return cuts(looks, heard.speech())


def _channel(utterance: Utterance) -> int | None:
    channel = getattr(utterance, "channel", None)
    return channel if isinstance(channel, int) else None


def _named(stretches: Sequence[Stretch], groups: Sequence[int], parts: Sequence[Part], *, worded: int) -> list[str]:
    """S1 is the wearer; the others, or everybody where that is not known, follow as they are first heard in words."""
    keys = [-1 if part.role == "officer" else group for group, part in zip(groups, parts, strict=True)]
    order_of = sorted(zip(keys, stretches, strict=True), key=lambda one: (one[1].job >= worded, one[1].start))
    heard = dict.fromkeys(key for key, _ in order_of)
    order = [*(key for key in heard if key == -1), *(key for key in heard if key != -1)]
    return [f"S{order.index(key) + 1}" for key in keys]


def _ordinary(stretches: Sequence[Stretch], names: Sequence[str]) -> dict[str, Ordinary | None]:
    return {
        name: ordinary([one for one, other in zip(stretches, names, strict=True) if other == name])
        for name in set(names)
    }


def _cut(
    utterance: Utterance, told: list[tuple[Stretch, str, Part]], own: dict[str, Ordinary | None]
) -> list[Utterance]:
    """An utterance as one for each run of stretches by the same speaker."""
    runs = _runs(told)
    if not runs:
        return [utterance]
    edges = [(before[-1][0].end + after[0][0].start) / 2 for before, after in pairwise(runs)]
    words = _shared(utterance.words, edges)
    kept = [place for place, some in enumerate(words) if some or not utterance.words]
    starts, ends = [utterance.start, *edges], [*edges, utterance.end]
    tokens = _tokens(utterance)
    made = []
    for place in kept:
        run, some = runs[place], words[place]
        whole = len(kept) == 1
        made.append(
            replace(
                utterance,
                start=utterance.start if whole else some[0].start if some else starts[place],
                end=utterance.end if whole else some[-1].end if some else ends[place],
                text=utterance.text if whole else _text(utterance, tokens, some),
                words=some,
                confidence=utterance.confidence if whole else _confidence(utterance, some),
                speaker=run[0][1],
                role=run[0][2].role,
                speaker_confidence=_sure(run),
                voice=voice_of([stretch for stretch, _, _ in run], own[run[0][1]], some),
            )
        )
    return made


def _runs(told: list[tuple[Stretch, str, Part]]) -> list[list[tuple[Stretch, str, Part]]]:
    """Neighbours by one speaker together; a run too short to be a turn goes with the longer of those beside it.

    Inside one utterance, with no pause in it, stretches of the same known role are one speaker's, whoever has most of it:
    one voice is heard as two more often than two bystanders speak in one breath.
    """
    runs = [list(run) for _, run in groupby(told, key=lambda one: one[1])]
    while len(runs) > 1:
        frames = [sum(stretch.frames for stretch, _, _ in run) for run in runs]
        shortest = min(range(len(runs)), key=lambda place: frames[place])
        if frames[shortest] >= LEAST_RUN_FRAMES:
            break
        beside = [place for place in (shortest - 1, shortest + 1) if 0 <= place < len(runs)]
        taker = max(beside, key=lambda place: frames[place])
        _, name, part = runs[taker][0]
        runs[shortest] = [(stretch, name, part) for stretch, _, _ in runs[shortest]]
        runs = [list(run) for _, run in groupby((one for run in runs for one in run), key=lambda one: one[1])]
    joined: list[list[tuple[Stretch, str, Part]]] = []
    for one in (one for run in runs for one in run):
        if joined and _alike(joined[-1][-1], one):
            joined[-1].append(one)
        else:
            joined.append([one])
    return [_led(run) for run in _unbroken(joined)]


def _unbroken(runs: list[list[tuple[Stretch, str, Part]]]) -> list[list[tuple[Stretch, str, Part]]]:
    """Who speaks before and after a shorter run in one breath spoke in between, too: nobody gets a word in there."""
    for at in range(1, len(runs) - 1):
        before, between, after = runs[at - 1 : at + 2]
        around = sum(stretch.frames for stretch, _, _ in before + after)
        if _alike(before[-1], after[0]) and sum(stretch.frames for stretch, _, _ in between) < around:
            name, part = before[-1][1:]
            whole = [*before, *((stretch, name, part) for stretch, _, _ in between), *after]
            return _unbroken([*runs[: at - 1], whole, *runs[at + 2 :]])
    return runs


def _alike(one: tuple[Stretch, str, Part], other: tuple[Stretch, str, Part]) -> bool:
    return one[1] == other[1] or (one[2].role == other[2].role and one[2].role != "unknown")


def _led(run: list[tuple[Stretch, str, Part]]) -> list[tuple[Stretch, str, Part]]:
    """The run, all of it by the speaker who has most of it."""
    seconds: Counter[str] = Counter()
    for stretch, name, _ in run:
        seconds[name] += round(1000 * (stretch.end - stretch.start))
    leader = seconds.most_common(1)[0][0]
    return [(stretch, leader, part) for stretch, _, part in run]


def _sure(run: list[tuple[Stretch, str, Part]]) -> float:
    """How sure the part is; less for what is too short to tell much by."""
    frames = sum(stretch.frames for stretch, _, _ in run)
    sure = sum(stretch.frames * part.sure for stretch, _, part in run) / frames
    return round(sure * (0.7 + 0.3 * min(1.0, frames / 150)), 3)


def _shared(words: Sequence[Word], edges: Sequence[float]) -> list[tuple[Word, ...]]:
    """The words between the edges, by their middles."""
    shares: list[list[Word]] = [[] for _ in range(len(edges) + 1)]
    for word in words:
        shares[sum((word.start + word.end) / 2 >= edge for edge in edges)].append(word)
    return [tuple(share) for share in shares]


def _tokens(utterance: Utterance) -> dict[Word, str] | None:
    """What the text has for each word, where that is one for one: its marks and capitals."""
    tokens = utterance.text.split()
    return dict(zip(utterance.words, tokens, strict=True)) if len(tokens) == len(utterance.words) else None


def _text(utterance: Utterance, tokens: dict[Word, str] | None, words: Sequence[Word]) -> str:
    """The text of some of an utterance's words, opened by a capital and ended by a mark where the whole was."""
    if not words:
        return utterance.text
    text = " ".join(tokens[word] if tokens else word.text for word in words)
    if utterance.text[:1].isupper():
        text = text[:1].upper() + text[1:]
    if utterance.text.endswith((".", "?", "!")) and not text.endswith((".", "?", "!")):
        text = text.rstrip(",;:") + "."
    return text


def _confidence(utterance: Utterance, words: Sequence[Word]) -> float:
    """The utterance's confidence, by how its part's words compare with all of them."""
    if not words or not utterance.words:
        return utterance.confidence
    part, whole = (sum(word.confidence for word in some) / len(some) for some in (words, utterance.words))
    return round(min(1.0, utterance.confidence * part / whole), 3) if whole else utterance.confidence
