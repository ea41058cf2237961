"""Stretches of speech grouped by voice, within one recording: agglomerative clustering, linear in their number."""

from collections.abc import Sequence

import numpy as np
import scipy
from numpy.typing import NDArray

from workers.engines.hearing.stretches import Shape, Stretch
from workers.engines.hearing.turns import joined, stacked, unlike

APART = 1.3  # penalty of the criterion by which two groups are two voices; chosen as CUT_PENALTY is
APART_COSINE = 0.6  # of the pack's vectors: average distance (1 - cosine) between groups
LONG_FRAMES = 100  # frames of speech a stretch must have to found a group; shorter ones join the nearest
AT_ONCE = 150  # what is clustered together; the groups of such blocks are clustered again
MOST = 8


def grouped(stretches: Sequence[Stretch]) -> list[int]:
    """A group (0, 1, …) for each stretch: by the speaker pack's vectors where all long ones have one, else by shape."""
    if not stretches:
        return []
    founding = [index for index, one in enumerate(stretches) if one.frames >= LONG_FRAMES] or list(
        range(len(stretches))
    )
    if all(stretches[index].vector is not None for index in founding):
        return _by_vector(stretches, founding)
    shapes = [stretches[index].shape for index in founding]
    parts, shapes = _clustered(stretches, founding)
    groups = _numbered(parts, len(stretches))
    known, strangers = stacked(shapes), []
    for index in (index for index, group in enumerate(groups) if group < 0):
        apart = unlike(stretches[index].shape, known, APART)
        groups[index] = int(np.argmin(apart))
        if apart.min() > 0:
            strangers.append(index)
    return _with_strangers(stretches, groups, strangers, len(parts))


def _with_strangers(stretches: Sequence[Stretch], groups: list[int], strangers: list[int], first: int) -> list[int]:
    """Short stretches that are like no group are voices of their own, where there is enough of them together."""
    if strangers:
        parts, shapes = _clustered(stretches, strangers)
        heard = [part for part, shape in zip(parts, shapes, strict=True) if shape.frames >= LONG_FRAMES]
        for number, part in enumerate(heard):
            for index in part:
                groups[index] = first + number
    return groups


def _clustered(stretches: Sequence[Stretch], chosen: list[int]) -> tuple[list[list[int]], list[Shape]]:
    shapes = [stretches[index].shape for index in chosen]
    parts = [[index] for index in chosen]
    while len(parts) > AT_ONCE:
        parts, shapes, before = *_blocks(parts, shapes), len(parts)
        if len(parts) == before:
            break
    return _merged(parts, shapes)


def _blocks(parts: list[list[int]], shapes: list[Shape]) -> tuple[list[list[int]], list[Shape]]:
    fewer: list[list[int]] = []
    together: list[Shape] = []
    for at in range(0, len(parts), AT_ONCE):
        some, shape = _merged(parts[at : at + AT_ONCE], shapes[at : at + AT_ONCE])
        fewer += some
        together += shape
    return fewer, together


def _merged(parts: list[list[int]], shapes: list[Shape]) -> tuple[list[list[int]], list[Shape]]:
    """The two most alike are put together until all that are left differ, and are few enough."""
    parts, shapes = [list(part) for part in parts], list(shapes)
    known = stacked(shapes)
    table = np.stack([unlike(shape, known, APART) for shape in shapes])
    np.fill_diagonal(table, np.inf)
    for alive in range(len(shapes), 1, -1):
        row, column = sorted(divmod(int(table.argmin()), len(shapes)))
        if table[row, column] > 0 and alive <= MOST:
            break
        shapes[row] = joined([shapes[row], shapes[column]])
        known.put(row, shapes[row])
        parts[row] += parts[column]
        parts[column] = []
        fresh = unlike(shapes[row], known, APART)
        fresh[[place for place, part in enumerate(parts) if not part or place == row]] = np.inf
        table[row], table[:, row] = fresh, fresh
        table[column], table[:, column] = np.inf, np.inf
    left = [place for place, part in enumerate(parts) if part]
    return [parts[place] for place in left], [shapes[place] for place in left]


def _by_vector(stretches: Sequence[Stretch], founding: list[int]) -> list[int]:
    parts, centres = [[index] for index in founding], np.stack([_unit(stretches[index].vector) for index in founding])
    while True:
        before = len(parts)
        fewer: list[list[int]] = []
        for at in range(0, before, AT_ONCE):
            fewer += _linked(parts[at : at + AT_ONCE], centres[at : at + AT_ONCE])
        parts = fewer
        centres = np.stack([_unit(np.sum([_unit(stretches[i].vector) for i in part], axis=0)) for part in parts])
        if before <= AT_ONCE or len(parts) == before:
            break
    groups = _numbered(parts, len(stretches))
    for index in (index for index, group in enumerate(groups) if group < 0):
        vector = stretches[index].vector
        groups[index] = int(np.argmax(centres @ _unit(vector))) if vector is not None else groups[max(index - 1, 0)]
    return [max(group, 0) for group in groups]


def _linked(parts: list[list[int]], centres: NDArray[np.float32]) -> list[list[int]]:
    if len(parts) < 2:
        return parts
    tree = scipy.cluster.hierarchy.linkage(centres, "average", metric="cosine")
    labels = scipy.cluster.hierarchy.fcluster(tree, APART_COSINE, "distance")
    if labels.max() > MOST:
        labels = scipy.cluster.hierarchy.fcluster(tree, MOST, "maxclust")
    return [
        [i for part, one in zip(parts, labels, strict=True) if one == label for i in part]
        for label in np.unique(labels)
    ]


def _unit(vector: NDArray[np.float32] | None) -> NDArray[np.float32]:
    if vector is None:
        raise ValueError("a stretch without a vector")
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)


def _numbered(parts: list[list[int]], size: int) -> list[int]:
    groups = [-1] * size
    for number, part in enumerate(parts):
        for index in part:
            groups[index] = number
    return groups
