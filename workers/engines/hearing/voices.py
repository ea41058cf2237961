"""How things were said: loudness, pitch and effort against the speaker's own ordinary voice, rate, overlap, shouting.

A shout is louder AND higher AND has more of its power above 1 kHz than the same speaker's ordinary voice; one of these alone
is a step nearer, a changed gain, wind, or a lively tone. Sizes after Traunmueller and Eriksson 2000 and Raitio et al. 2013.
What the figures prove, and what not: docs/models/voices.md.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workers.engines.hearing.results import Utterance, Voice, Word
from workers.engines.hearing.stretches import Stretch

ORDINARY = 0.35  # the quantile of a speaker's stretches that is the ordinary voice: below the middle, for who shouts half the time
LEAST_BASELINE_S, LEAST_STRETCHES = 5.0, 4
FAR_UP_ST = 24.0  # a pitch further than this from the ordinary one is an octave error or a siren, not a voice
# Half-way point and slope of each sign of a shout: dB, semitones, dB.
LOUDER, HIGHER, HARDER = (7.0, 1.2), (3.5, 0.6), (0.8, 0.7)
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^l]e|[^td]ed|[^sxz]es)$")


@dataclass(frozen=True, slots=True)
class Ordinary:
    """A speaker's ordinary voice in one recording; it is dropped with the call that found it."""

    level_db: float
    pitch_hz: float
    effort_db: float


def ordinary(stretches: Sequence[Stretch]) -> Ordinary | None:
    """The ordinary voice of who said all these; None where there is too little of it."""
    frames = np.array([one.frames for one in stretches], dtype=np.float64)
    if len(stretches) < LEAST_STRETCHES or frames.sum() / 100 < LEAST_BASELINE_S:
        return None
    sung = [one for one in stretches if one.pitch_hz]
    return Ordinary(
        _quantile([one.level_db for one in stretches], frames),
        _quantile([one.pitch_hz for one in sung], np.array([one.frames for one in sung])) if sung else 0.0,
        _quantile([one.emphasis_db for one in stretches], frames),
    )


def voice_of(stretches: Sequence[Stretch], own: Ordinary | None, words: Sequence[Word]) -> Voice:
    """How one utterance was said; at least one stretch."""
    frames = np.array([one.frames for one in stretches], dtype=np.float64)
    level = 10 * np.log10(np.average([10 ** (one.level_db / 10) for one in stretches], weights=frames))
    effort = float(np.average([one.emphasis_db for one in stretches], weights=frames))
    sung = [one for one in stretches if one.pitch_hz]
    pitch = _quantile([one.pitch_hz for one in sung], np.array([one.frames for one in sung]), 0.5) if sung else None
    said = Voice(
        round(float(level), 1), pitch_hz=None if pitch is None else round(pitch, 1), rate=syllables_a_second(words)
    )
    if own is None:
        return said
    louder, harder = float(level) - own.level_db, effort - own.effort_db
    higher = 12 * float(np.log2(pitch / own.pitch_hz)) if pitch and own.pitch_hz else None
    return replace(
        said,
        loudness_db=round(louder, 1),
        pitch_over_st=None if higher is None else round(higher, 1),
        effort_db=round(harder, 1),
        shouting=shouting(louder, higher, harder),
    )


def shouting(louder_db: float, higher_st: float | None, harder_db: float) -> float | None:
    """Confidence, 0 to 1, that what is so much louder, higher and harder than the ordinary voice is shouted.

    The product of three logistic curves: no sign makes up for another. None where there is no pitch to judge by.
    """
    if higher_st is None or abs(higher_st) > FAR_UP_ST:
        return None
    signs = ((louder_db, LOUDER), (higher_st, HIGHER), (harder_db, HARDER))
    sure = np.prod([1 / (1 + np.exp(-(value - middle) / slope)) for value, (middle, slope) in signs])
    return round(float(sure), 3)


def syllables_a_second(words: Sequence[Word]) -> float | None:
    """By the vowels of English spelling, over the time the words take; None without words."""
    seconds = sum(word.end - word.start for word in words)
    if seconds <= 0:
        return None
    return round(sum(syllables(word.text) for word in words) / seconds, 1)


def syllables(word: str) -> int:
    """Groups of vowels, less a silent ending; at least one."""
    plain = re.sub(r"[^a-z]", "", word.lower())
    return max(1, len(_VOWELS.findall(plain)) - bool(_SILENT.search(plain)))


def overlapped(utterances: Sequence[Utterance]) -> list[float]:
    """The share of each utterance's time in which another speaker's utterance goes on too."""
    order = sorted(range(len(utterances)), key=lambda index: utterances[index].start)
    starts = [utterances[index].start for index in order]
    longest = max((one.end - one.start for one in utterances), default=0.0)
    shares = []
    for one in utterances:
        first, last = bisect_left(starts, one.start - longest), bisect_left(starts, one.end)
        others = sorted(
            (max(one.start, other.start), min(one.end, other.end))
            for other in (utterances[order[place]] for place in range(first, last))
            if other.speaker != one.speaker and other.end > one.start
        )
        shares.append(round(_covered(others) / (one.end - one.start), 3) if one.end > one.start else 0.0)
    return shares


def _covered(spans: Sequence[tuple[float, float]]) -> float:
    total, reached = 0.0, -1.0
    for start, end in spans:
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _quantile(values: Sequence[float], weights: NDArray[np.floating], share: float = ORDINARY) -> float:
    order = np.argsort(values)
    reached = np.cumsum(np.asarray(weights, dtype=np.float64)[order])
    return float(np.asarray(values)[order][np.searchsorted(reached, share * reached[-1])])
