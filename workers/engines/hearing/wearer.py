"""Which voice wears the camera: the one that is near. How little of the room, and of the noise, is in it.

Loudness alone is fooled by a camera's automatic gain and by people who shout. What an echo does to a voice is not: it fills the
pauses between its sounds, and the rest between its pulses. How bright a voice is says little here: the wearer's mouth is beside
and above the microphone, which dulls it as distance does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workers.engines.hearing.stretches import Shape, Stretch
from workers.engines.hearing.turns import joined

# Fitted by `python -m tests.bench.hearing_nearness` on 120 scenes of its own seeds: near and far voices against voices in one
# place, in standard deviations of the difference between two voices in one place.
DEPTH, PEAKED = 0.591, 5.81
# Voices nearer than this to one another are equally near. Of 60 pairs in one place none differs by more (2.5), of 60 near and far
# ones none by less (3.8).
GAP = 3.0
# A low voice has pulses that stand further apart and so out more: of real voices near a microphone, those an octave lower by
# about so much. So much nearer must a lower one be to be held for the nearer.
AN_OCTAVE_LOWER = 3.0
TWO_WAYS, TWO_HEAPS = 5.0, 4.2  # stretches in two heaps so far apart, also by their own spread, are two people
LEAST_HEAP = 3  # stretches
ALONE_NEAR = 28.0  # a voice alone in its recording that is as near as this is the wearer's, most likely
ALONE_SURE, NOT_KNOWN_SURE, MOST_SURE = 0.6, 0.3, 0.97
LEAST_FRAMES = 100  # a voice with less speech does not decide who is near


RAISED_DB, RAISED_ST = 5.0, 2.5  # a voice so much louder and higher than one that speaks more may be its shouting
CLEARLY, CLEARLY_SURE, DOUBTFUL_SURE = 0.6, 0.75, 0.45  # under half: what a doubtful part says never counts alone


@dataclass(frozen=True, slots=True)
class Part:
    """What a stretch's speaker is: officer (wears the camera), other or unknown, and how sure that is, 0 to 1."""

    role: str
    sure: float


@dataclass(frozen=True, slots=True)
class Group:
    """What is known of one voice."""

    near: float
    frames: float
    level_db: float
    pitch_hz: float
    shape: Shape

    def raised_over(self, other: "Group") -> bool:
        """Whether this may be the other's raised voice."""
        if self.frames >= other.frames or not self.pitch_hz or not other.pitch_hz:
            return False
        higher = 12 * np.log2(self.pitch_hz / other.pitch_hz)
        return bool(self.level_db - other.level_db >= RAISED_DB and higher >= RAISED_ST)

    def gap_to(self, other: "Group") -> float:
        """How much nearer than the other this must sound to be nearer."""
        if not self.pitch_hz or not other.pitch_hz:
            return GAP
        return GAP + AN_OCTAVE_LOWER * max(0.0, float(np.log2(other.pitch_hz / self.pitch_hz)))

    def unlike(self, other: "Group") -> float:
        """How far apart the two spectra are, whatever the loudness (Mahalanobis, squared)."""
        away = (self.shape.mean - other.shape.mean)[1:].astype(np.float64)
        spread = (self.shape.covariance + other.shape.covariance)[1:, 1:].astype(np.float64) / 2
        return float(away @ np.linalg.solve(spread + 1e-3 * np.eye(len(away)), away))


def nearness(stretch: Stretch) -> float:
    """How near a stretch sounds; a scale within one recording."""
    return DEPTH * stretch.depth_db + PEAKED * stretch.peaked


def parts_of(stretches: Sequence[Stretch], groups: Sequence[int]) -> tuple[list[Part], list[int]]:
    """The part of each stretch's speaker, and the groups, with raised voices put to whose they are.

    Where everybody is equally near the part is unknown: not a guess. A raised voice seems nearer than it is, so it says
    nothing about who is near; whose it is goes by its spectrum, and where that is not clear the part is doubtful.
    """
    if not stretches:
        return [], []
    near = np.array([nearness(one) for one in stretches])
    known = _known(stretches, groups, near)
    raised = {
        name: [other for other in known if group.raised_over(known[other])] for name, group in sorted(known.items())
    }
    calm = {name: group for name, group in known.items() if not raised[name]}
    middle = _between_groups(calm)
    if middle is None and len(calm) < len(known):  # a voice may also be loud and high because it is near, and another's
        calm, middle = known, _between_groups(known)
    if middle is None:
        return _alike(stretches, near, known), list(groups)
    owners = {name: _owner(known[name], calm, middle) for name in known if name not in calm}
    parts, named = [], []
    for name, value in zip(groups, near, strict=True):
        owner, sure = owners.get(name, (name, MOST_SURE))
        own = known[owner].near
        # A stretch says less than its voice: one without a pause in it seems to have no depth.
        away = 0.0 if name in owners else 0.25 * float(np.clip(value - own, -GAP, GAP))
        part = _decided(own + away - middle)
        parts.append(Part(part.role, min(sure, part.sure)))
        named.append(owner)
    return parts, named


def _known(stretches: Sequence[Stretch], groups: Sequence[int], near: NDArray[np.float64]) -> dict[int, Group]:
    known = {}
    for name in sorted(set(groups)):
        own = [place for place, group in enumerate(groups) if group == name]
        frames = np.array([stretches[place].frames for place in own], dtype=np.float64)
        pitch = [stretches[place].pitch_hz for place in own if stretches[place].pitch_hz]
        known[name] = Group(
            float(np.average(near[own], weights=frames)),
            float(frames.sum()),
            float(np.average([stretches[place].level_db for place in own], weights=frames)),
            float(np.median(pitch)) if pitch else 0.0,
            joined(stretches[place].shape for place in own),
        )
    return known


def _alike(stretches: Sequence[Stretch], near: NDArray[np.float64], known: dict[int, Group]) -> list[Part]:
    """The parts where no voice is nearer than another: voices that were taken for one, or mixed up, still lie in two heaps."""
    unknown = [Part("unknown", NOT_KNOWN_SURE)] * len(stretches)
    middle = _between_heaps(near, np.array([one.frames for one in stretches], dtype=np.float64))
    if middle is not None:
        return [_decided(score) for score in near - middle]
    if len(known) > 1:
        return unknown
    alone = next(iter(known.values()))
    return [Part("officer", ALONE_SURE)] * len(stretches) if alone.near >= ALONE_NEAR else unknown


def _owner(raised: Group, calm: dict[int, Group], middle: float) -> tuple[int, float]:
    """Whose a raised voice is, by its spectrum, and how sure that can be at most."""
    apart = {name: raised.unlike(group) for name, group in calm.items()}
    owner = min(apart, key=lambda name: apart[name])
    side = calm[owner].near > middle
    others = [apart[name] for name, group in calm.items() if (group.near > middle) is not side]
    clear = not others or apart[owner] < CLEARLY * min(others)
    return owner, CLEARLY_SURE if clear else DOUBTFUL_SURE


def _between_groups(known: dict[int, Group]) -> float | None:
    """The nearness halfway between the nearest voice, with those that are as near, and the next; None without a gap."""
    voting = [one for one in known.values() if one.frames >= LEAST_FRAMES] or list(known.values())
    nearest = max(voting, key=lambda one: one.near)
    far = [one.near for one in voting if nearest.near - one.near >= nearest.gap_to(one)]
    if not far:
        return None
    near = [one for one in voting if one.near > max(far)]
    centre = float(np.average([one.near for one in near], weights=[one.frames for one in near]))
    return (centre + max(far)) / 2


def _between_heaps(near: NDArray[np.float64], frames: NDArray[np.float64]) -> float | None:
    """One voice's stretches in two heaps (Otsu 1979): the nearness between them; None where they are one."""
    order = np.argsort(near)
    values, weights = near[order], frames[order]
    halves = [_halves(values, weights, at) for at in range(LEAST_HEAP, len(values) - LEAST_HEAP + 1)]
    if not halves:
        return None
    low, high, within = min(halves, key=lambda one: one[2])
    apart = high - low
    return (low + high) / 2 if apart >= TWO_WAYS and apart >= TWO_HEAPS * np.sqrt(within + 0.05) else None


def _halves(values: NDArray[np.float64], weights: NDArray[np.float64], at: int) -> tuple[float, float, float]:
    """Means below and above a place, and the variance that is left within the two."""
    total, left = weights.sum(), 0.0
    means = []
    for side in (slice(0, at), slice(at, None)):
        mean = float(np.average(values[side], weights=weights[side]))
        left += float(np.sum(weights[side] * (values[side] - mean) ** 2))
        means.append(mean)
    return means[0], means[1], left / total


def _decided(score: float) -> Part:
    sure = 1 / (1 + np.exp(0.3 - 0.9 * abs(float(score))))
    return Part("officer" if score > 0 else "other", round(float(min(MOST_SURE, max(0.5, sure))), 3))
