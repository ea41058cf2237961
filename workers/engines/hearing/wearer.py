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
# And by so many standard errors more: of few stretches the mean says little. Real voices vary more than flite's: with 1.25, of 25
# recordings of one person 3 were taken for a near and a far one, with 0 there were 12.
STANDARD_ERRORS = 1.25
# A low voice has pulses that stand further apart and so out more: of real voices near a microphone, those an octave lower by
# about so much. So much nearer must a lower one be to be held for the nearer; less where echo and noise have filled the
# pauses between its pulses (what stands out of them is over that of noise, of what it is for a voice near a microphone).
AN_OCTAVE_LOWER, NOISE_PEAKED, NEAR_PEAKED = 3.0, 1.07, 0.75
# Stretches of one voice in two heaps are two people's where this is reached: the logarithm of how far the heaps lie apart, by their
# own spread; how much nearer one is, over noise; of how many stretches the smaller is. Fitted by `python -m tests.bench.hearing_heaps`.
HEAP_OVER, HEAP_EACH, ENOUGH_STRETCHES, TWO_PEOPLE = 0.32, 0.326, 5, 3.362
LEAST_HEAP, LEAST_HEAP_FRAMES, LEAST_SPREAD = 2, 60, 0.22
NOISE_NEAR = 7.5  # the nearness of noise itself is a little over this
# A voice alone in its recording that is as near as this is the wearer's: most likely, or, as it is mostly the wearer who is heard
# alone, more likely than not, but that stays in doubt: in a dry and quiet place a far voice sounds so, too.
ALONE_NEAR, ALONE_LIKELY = 28.0, 15.0
ALONE_SURE, NOT_KNOWN_SURE, MOST_SURE = 0.6, 0.3, 0.97
UNKNOWN_VARIANCE = 4.0  # where no voice has two stretches
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
    off: tuple[float, ...]  # how far the nearness of each stretch lies from their median; none of a single one
    stretches: float  # as many, all equally long, would say as much
    frames: float
    level_db: float
    pitch_hz: float
    peaked: float
    shape: Shape

    def raised_over(self, other: "Group") -> bool:
        """Whether this may be the other's raised voice."""
        if self.frames >= other.frames or not self.pitch_hz or not other.pitch_hz:
            return False
        higher = 12 * np.log2(self.pitch_hz / other.pitch_hz)
        return bool(self.level_db - other.level_db >= RAISED_DB and higher >= RAISED_ST)

    def gap_to(self, other: "Group") -> float:
        """How much nearer than the other this must sound to be nearer, were it known exactly how near they sound."""
        if not self.pitch_hz or not other.pitch_hz:
            return GAP
        lower = max(0.0, float(np.log2(other.pitch_hz / self.pitch_hz)))
        return GAP + AN_OCTAVE_LOWER * lower * float(np.clip((self.peaked - NOISE_PEAKED) / NEAR_PEAKED, 0.0, 1.0))

    def unlike(self, other: "Group") -> float:
        """How far apart the two spectra are, whatever the loudness (Mahalanobis, squared)."""
        away = (self.shape.mean - other.shape.mean)[1:].astype(np.float64)
        spread = (self.shape.covariance + other.shape.covariance)[1:, 1:].astype(np.float64) / 2
        return float(away @ np.linalg.solve(spread + 1e-3 * np.eye(len(away)), away))


@dataclass(frozen=True, slots=True)
class Heaps:
    """Nearness in two heaps: the mean of either, the variance left within, how many stretches the smaller has."""

    low: float
    high: float
    within: float
    stretches: int

    def apart(self) -> float:
        """The logarithm of how far they lie apart, by their own spread."""
        return float(np.log(max(self.high - self.low, 1e-6) / np.sqrt(self.within + LEAST_SPREAD**2)))

    def over(self) -> float:
        """The logarithm of how much nearer the nearer is, over noise."""
        return float(np.log(max(self.high - NOISE_NEAR, 0.5) / max(self.low - NOISE_NEAR, 0.5)))

    def two_people(self) -> float:
        """How much speaks for two people."""
        return self.apart() + HEAP_OVER * self.over() + HEAP_EACH * min(self.stretches, ENOUGH_STRETCHES)


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
        mean = float(np.average(near[own], weights=frames))
        known[name] = Group(
            mean,
            _off(near[own]),
            float(frames.sum() ** 2 / (frames @ frames)),
            float(frames.sum()),
            float(np.average([stretches[place].level_db for place in own], weights=frames)),
            float(np.median(pitch)) if pitch else 0.0,
            float(np.average([stretches[place].peaked for place in own], weights=frames)),
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
    if alone.near < ALONE_LIKELY:
        return unknown
    return [Part("officer", ALONE_SURE if alone.near >= ALONE_NEAR else DOUBTFUL_SURE)] * len(stretches)


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
    variance = _variance(list(known.values()))
    nearest = max(voting, key=lambda one: one.near)
    far = [one.near for one in voting if nearest.near - one.near >= _gap(nearest, one, variance)]
    if not far:
        return None
    near = [one for one in voting if one.near > max(far)]
    centre = float(np.average([one.near for one in near], weights=[one.frames for one in near]))
    return (centre + max(far)) / 2


def _gap(one: Group, other: Group, variance: float) -> float:
    """How much nearer one must sound than the other, with the chance that is in so few stretches of this variance."""
    return one.gap_to(other) + STANDARD_ERRORS * float(np.sqrt(variance * (1 / one.stretches + 1 / other.stretches)))


def _variance(groups: Sequence[Group]) -> float:
    """Of the nearness of stretches of one voice, by all voices of the recording. By the median: a stretch without a pause has no
    depth, and a few of those are not what a voice varies by."""
    off = [one for group in groups for one in group.off]
    return float(1.4826 * np.median(off)) ** 2 if off else UNKNOWN_VARIANCE


def _off(near: NDArray[np.float64]) -> tuple[float, ...]:
    count = len(near)
    return tuple(np.abs(near - np.median(near)) * np.sqrt(count / (count - 1))) if count > 1 else ()


def _between_heaps(near: NDArray[np.float64], frames: NDArray[np.float64]) -> float | None:
    """The nearness between the two heaps of one voice's stretches; None where they are one person's."""
    heaps = heaps_of(near, frames)
    return (heaps.low + heaps.high) / 2 if heaps and heaps.two_people() >= TWO_PEOPLE else None


def heaps_of(near: NDArray[np.float64], frames: NDArray[np.float64]) -> Heaps | None:
    """The two heaps with the least variance in them (Otsu 1979); None where there are not enough stretches for two."""
    order = np.argsort(near)
    values, weights = near[order], frames[order]
    places = np.arange(LEAST_HEAP, len(values) - LEAST_HEAP + 1)
    if not len(places):
        return None
    below = np.stack([weights, weights * values, weights * values**2]).cumsum(axis=1)
    sides = np.stack([below[:, places - 1], below[:, -1:] - below[:, places - 1]])
    means = sides[:, 1] / sides[:, 0]
    within = (sides[:, 2] - sides[:, 1] * means).sum(axis=0) / below[0, -1]
    within[sides[:, 0].min(axis=0) < LEAST_HEAP_FRAMES] = np.inf
    at = int(within.argmin())
    if not np.isfinite(within[at]):
        return None
    low, high = (float(one) for one in means[:, at])
    return Heaps(low, high, max(0.0, float(within[at])), int(min(places[at], len(values) - places[at])))


def _decided(score: float) -> Part:
    sure = 1 / (1 + np.exp(0.3 - 0.9 * abs(float(score))))
    return Part("officer" if score > 0 else "other", round(float(min(MOST_SURE, max(0.5, sure))), 3))
