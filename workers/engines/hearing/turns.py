"""Where the speaker changes within a span of speech, and how unlike two shapes are (Bayesian information criterion).

Chen and Gopalakrishnan 1998: two Gaussians against one, less a penalty for the parameters more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workers.engines.hearing.acoustics import FRAMES_PER_S, Table
from workers.engines.hearing.stretches import Shape

CUT_DIMENSIONS = 12  # loudness and the first cepstra
CUT_PENALTY = 1.3  # of the criterion; chosen on the tuned scenes of tests/bench/hearing_scenes.py and the AMI excerpts
PAUSE_S, PAUSED_SIDE_S = 0.2, 1.2
LOOK_S, LEAST_SIDE_S, STEP_S = 2.0, 0.6, 0.1
LONGEST_S = (
    3.0  # what is longer is cut all the same: clustering puts it together again, and a change missed stays small
)
ENOUGH_FRAMES = 1000  # more speech than this is no more evidence: in hours any voice differs a little from itself
_RIDGE = 1e-2


@dataclass(frozen=True, slots=True)
class Shapes:
    """Many shapes, stacked; `volumes` are the log determinants of their covariances."""

    frames: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    volumes: NDArray[np.float64]

    def put(self, place: int, shape: Shape) -> None:
        """Puts a shape in the place of another."""
        self.frames[place], self.means[place], self.covariances[place] = shape.frames, shape.mean, shape.covariance
        self.volumes[place] = _volumes(shape.covariance[None])[0]


def stacked(shapes: Sequence[Shape]) -> Shapes:
    """The shapes as arrays."""
    covariances = np.stack([shape.covariance for shape in shapes]).astype(np.float64)
    return Shapes(
        np.array([shape.frames for shape in shapes], dtype=np.float64),
        np.stack([shape.mean for shape in shapes]).astype(np.float64),
        covariances,
        _volumes(covariances),
    )


def cuts(looks: Table, speech: NDArray[np.bool_]) -> list[int]:
    """The frames at which a span is cut: where the speaker seems to change, at pauses, and at least every LONGEST_S."""
    last = len(speech)
    points = list(range(0, last, int(STEP_S * FRAMES_PER_S)))
    scores = dict(zip(points, _changes(looks[:last, :CUT_DIMENSIONS], speech, points).tolist(), strict=True))
    found: list[int] = []
    for at in sorted(points, key=lambda point: -scores[point]):
        if scores[at] <= 0:
            break
        if all(abs(at - other) >= LEAST_SIDE_S * FRAMES_PER_S for other in found):
            found.append(at)
    for at in _pauses(speech, points):
        if all(abs(at - other) >= PAUSED_SIDE_S * FRAMES_PER_S for other in (0, last, *found)):
            found.append(at)
    more = [at for first, end in pairwise([0, *sorted(found), last]) for at in _evenly(first, end, points)]
    return sorted({*found, *more})


def unlike(one: Shape, others: Shapes, penalty: float) -> NDArray[np.float64]:
    """The criterion in favour of two speakers, of one shape against many: above 0 they differ."""
    return _apart(stacked([one]), others, penalty)


def _apart(one: Shapes, other: Shapes, penalty: float) -> NDArray[np.float64]:
    """The criterion of pairs of shapes, or of a single one against many."""
    count, counts = np.minimum(one.frames, ENOUGH_FRAMES), np.minimum(other.frames, ENOUGH_FRAMES)
    total = counts + count
    share = (counts / total)[:, None, None]
    away = other.means - one.means
    both = share * other.covariances + (1 - share) * one.covariances
    both += share * (1 - share) * away[:, :, None] * away[:, None, :]
    size = one.means.shape[1]
    cost = penalty * 0.5 * (size + size * (size + 1) / 2) * np.log(total)
    apart = total * _volumes(both) - counts * other.volumes - count * one.volumes
    return np.asarray(0.5 * apart - cost)


def joined(shapes: Iterable[Shape]) -> Shape:
    """The shape of all their frames together."""
    many = stacked(list(shapes))
    total = many.frames.sum()
    share = many.frames / total
    mean = share @ many.means
    away = many.means - mean
    covariance = np.einsum("n,nij->ij", share, many.covariances) + np.einsum("n,ni,nj->ij", share, away, away)
    return Shape(int(total), mean.astype(np.float32), covariance.astype(np.float32))


def _pauses(speech: NDArray[np.bool_], points: Sequence[int]) -> list[int]:
    """The grid's points in the middle of pauses of at least PAUSE_S, the longest first: where people take turns."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], speech, [True]]).astype(np.int8)))
    spans = sorted(zip(edges[::2], edges[1::2], strict=False), key=lambda span: span[0] - span[1])
    found = []
    for first, end in spans:
        inside = [at for at in points if first <= at <= end]
        if end - first >= PAUSE_S * FRAMES_PER_S and inside:
            found.append(min(inside, key=lambda at: abs(at - (first + end) // 2)))
    return found


def _evenly(first: int, end: int, points: Sequence[int]) -> list[int]:
    """The grid's points nearest to an even division into parts of at most LONGEST_S."""
    parts = int(np.ceil((end - first) / FRAMES_PER_S / LONGEST_S))
    inside = [at for at in points if first < at < end]
    wanted = [first + (end - first) * part // parts for part in range(1, parts)]
    return [min(inside, key=lambda at: abs(at - place)) for place in wanted] if inside else []


def _changes(looks: Table, speech: NDArray[np.bool_], points: Sequence[int]) -> NDArray[np.float64]:
    """The criterion in favour of another speaker from each point on, by the speech LOOK_S before and behind it; -1 where there is
    too little on a side. Sums up to each frame give every window's mean and covariance at once."""
    look, least = int(LOOK_S * FRAMES_PER_S), LEAST_SIDE_S * FRAMES_PER_S * 0.7
    at = np.array(points, dtype=np.intp)
    heard = looks.astype(np.float64) * speech[:, None]
    sums = _summed(heard), _summed(heard[:, :, None] * heard[:, None, :]), _summed(speech.astype(np.float64))
    edges = np.maximum(0, at - look), at, np.minimum(len(speech), at + look)
    sides = [tuple(one[last] - one[first] for one in sums) for first, last in pairwise(edges)]
    scores = np.full(len(at), -1.0)
    enough = np.minimum(sides[0][2], sides[1][2]) >= least
    if enough.any():
        one, other = (_shapes(*(part[enough] for part in side)) for side in sides)
        scores[enough] = _apart(one, other, CUT_PENALTY)
    return scores


def _summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([np.zeros_like(values[:1]), values.cumsum(axis=0)])


def _shapes(sums: NDArray[np.float64], squares: NDArray[np.float64], frames: NDArray[np.float64]) -> Shapes:
    means = sums / frames[:, None]
    covariances = squares / frames[:, None, None] - means[:, :, None] * means[:, None, :]
    return Shapes(frames, means, covariances, _volumes(covariances))


def _volumes(covariances: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.slogdet(covariances + _RIDGE * np.eye(covariances.shape[-1]))[1], dtype=np.float64)
