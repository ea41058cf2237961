"""The same thing from frame to frame: detections are tied to tracks, sure ones first, unsure ones where a track expects them.

After ByteTrack (Zhang et al. 2022, "ByteTrack: Multi-Object Tracking by Associating Every Detection Box"), with constant speed in
place of its Kalman filter: pictures come only a few times a second, and a track must come out the same after an interruption.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import scipy

from workers.engines.seeing.results import Box, Sighting

SURE = 0.35  # a detection this sure begins a track
LEAST_FIT = 0.15  # overlap (generalised towards nearness, see `_fit`) under which two boxes are not one thing
LOST_S = 2.1  # a track not seen for this long has ended


@dataclass(slots=True)
class Track:
    """One thing followed: its sightings by time."""

    sightings: list[Sighting] = field(default_factory=list)

    @property
    def last(self) -> Sighting:
        """The latest."""
        return self.sightings[-1]

    def expected(self, at: float) -> Box:
        """Where its box will be at second `at` if it goes on as between the last two sightings."""
        last = self.last
        if len(self.sightings) < 2:
            return last.box
        before = self.sightings[-2]
        share = min((at - last.at) / max(last.at - before.at, 1e-3), 2.0)
        return (
            last.box[0] + (last.box[0] - before.box[0]) * share,
            last.box[1] + (last.box[1] - before.box[1]) * share,
            last.box[2],
            last.box[3],
        )


class Tracks:
    """Takes the sightings of one kind, frame by frame, and keeps them in tracks."""

    def __init__(self) -> None:
        self.ended: list[Track] = []
        self.open: list[Track] = []

    def take(self, seen: Sequence[Sighting], at: float) -> None:
        """Ties what was seen at second `at` to the tracks that are open."""
        self.ended += [one for one in self.open if at - one.last.at > LOST_S]
        self.open = [one for one in self.open if at - one.last.at <= LOST_S]
        free = list(self.open)
        for sure in (True, False):
            some = [one for one in seen if (one.confidence >= SURE) is sure]
            pairs = _pairs(free, some, at)
            taken = set()
            for track, number in pairs:
                track.sightings.append(some[number])
                taken.add(number)
            free = [one for one in free if one.last.at != at]
            if sure:
                self.open += [Track([one]) for number, one in enumerate(some) if number not in taken]

    def all(self) -> list[Track]:
        """Every track, ended or not."""
        return [*self.ended, *self.open]


def followed(sightings: Iterable[Sighting]) -> list[Track]:
    """The tracks of one kind's sightings. A car that is called a truck in between stays one track."""
    tracks = Tracks()
    for at, seen in groupby(sorted(sightings, key=lambda one: one.at), key=lambda one: one.at):
        tracks.take(list(seen), at)
    return tracks.all()


def _pairs(tracks: Sequence[Track], seen: Sequence[Sighting], at: float) -> list[tuple[Track, int]]:
    """The best pairs of tracks and detections together (Hungarian method), none that fits badly."""
    if not tracks or not seen:
        return []
    fits = np.array([[_fit(track.expected(at), one.box) for one in seen] for track in tracks])
    rows, columns = scipy.optimize.linear_sum_assignment(-fits)
    return [(tracks[r], int(c)) for r, c in zip(rows, columns, strict=True) if fits[r, c] >= LEAST_FIT]


def _fit(one: Box, other: Box) -> float:
    """Overlap (intersection over union); of boxes that hardly overlap, how near they are for their size: 0.3 where they touch
    centre to centre within a half of it, falling to 0 at a whole."""
    overlap = overlap_of(one, other)
    size = max(one[2], one[3], other[2], other[3], 1e-6)
    apart = float(
        np.hypot(one[0] + one[2] / 2 - other[0] - other[2] / 2, one[1] + one[3] / 2 - other[1] - other[3] / 2)
    )
    alike = min(one[2] * one[3], other[2] * other[3]) / max(one[2] * one[3], other[2] * other[3], 1e-9)
    return max(overlap, 0.6 * (1 - apart / size) * min(1.0, 2 * alike) if apart < size else 0.0)


def overlap_of(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    both = max(width, 0.0) * max(height, 0.0)
    return both / max(one[2] * one[3] + other[2] * other[3] - both, 1e-9)
