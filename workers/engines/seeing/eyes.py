"""All detectors, shown the frames of one chunk: the cheap ones every frame, the others as often as there is something new."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import cv2
import numpy as np

from workers.engines.seeing.camera import CameraWatch
from workers.engines.seeing.frames import Gap, Shown
from workers.engines.seeing.objects import SURE, Detector
from workers.engines.seeing.results import Box, Part, Picture, Sighting
from workers.engines.seeing.scenes import Looked, Scenes
from workers.engines.seeing.text import reader
from workers.engines.seeing.tracks import Tracks

OBJECT_STEP_S = 0.5  # how often things are looked for while something moves
FAST_STEP_S = 0.3  # ... while much moves
SLOW_STEP_S = 2.0  # ... while nothing does
MUCH = 14.0  # mean grey change in half a second that is much
STANDING_STILL = 0.5  # summed grey change under which a picture is still the one that was looked at
READ_EVERY_S = 5.0
READ_AFTER_CHANGE = 6.0  # mean grey change under which a picture is steady enough to be read
PLATE_EVERY_S = 3.0  # how often the same vehicle is looked at for a plate
PLATE_READS = 5
NEAR_VEHICLE = 320  # pixels; a nearer vehicle is looked at twice when no plate is found at once
LEAST_VEHICLE = 180  # pixels a vehicle must be wide for its plate (about a sixth of that) to be read
READS_AHEAD = 3
PICTURES_AHEAD = 4  # pictures waiting for the detector: they go through together


@dataclass(slots=True)
class _Reading:
    """One picture being read; `again`: the later seconds at which nothing had moved."""

    found: Future[list[Sighting]]
    again: list[float]


class Eyes:
    """Sees one chunk. `before` is the chunk before it, for the first comparison; nothing else is carried over, so that a chunk
    comes out the same whether or not the one before was seen by this process."""

    def __init__(self, detector: Detector, before: Part | None) -> None:
        self.detector = detector
        self.scenes = Scenes(_looked(before.small) if before and before.small else None)
        self.camera = CameraWatch()
        self.frames, self.until = 0, before.end if before else 0.0
        self._size = (before.width, before.height) if before else (0, 0)
        self._gaps: list[tuple[float, float]] = []
        self._things: list[Sighting] = []
        self._plates: list[Future[list[Sighting]]] = []
        self._readings: list[_Reading] = []
        self._waiting: list[tuple[Shown, Picture]] = []
        self._tracks = Tracks()
        self._reads: dict[int, tuple[int, float, float]] = {}
        self._moved = self._moved_since_read = 0.0
        self._saw_at = self._read_at = -1e9
        self._unread_shot = True
        self._small: Picture | None = None
        self._asked: list[Future[list[Sighting]]] = []
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="reader")

    def see(self, shown: Shown) -> None:
        """Shows one frame to every eye that has use for it."""
        self.frames += 1
        self._size = shown.size
        cut, change = self.small(shown.small, shown.at)
        if cut:
            self._unread_shot = True
        self._look(shown, cut=cut, change=change)
        self._read(shown, cut=cut, change=change)

    def small(self, small: Picture, at: float) -> tuple[bool, float]:
        """Shows one small picture to the cheap eyes; whether it begins a shot, and what changed (see Scenes.take)."""
        looked = Looked(small)
        cut, change = self.scenes.take(looked, at)
        self.camera.take(looked, at, cut=cut)
        self._small, self.until = small, max(self.until, at)
        return cut, change

    def gap(self, gap: Gap) -> None:
        """Notes where nothing could be decoded."""
        self._gaps.append((round(gap.start, 3), round(gap.end, 3)))
        self.until = max(self.until, gap.end)

    def part(self, number: int, end: float) -> Part:
        """What this chunk showed, when every reader is done with it."""
        self._find()
        self.camera.finish()
        sightings = [*self._things]
        for reading in self._readings:
            found = reading.found.result()
            sightings += found
            sightings += [replace(one, at=at) for at in reading.again for one in found]
        for plates in self._plates:
            sightings += plates.result()
        self.close()
        png = cv2.imencode(".png", self._small)[1].tobytes() if self._small is not None else b""
        return Part(
            number,
            end,
            *self._size,
            self.frames,
            tuple(self.scenes.samples),
            tuple(self.camera.windows),
            tuple(sightings),
            tuple(self._gaps),
            png,
        )

    def close(self) -> None:
        """Lets the reader's thread go."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _soon(self, act: Callable[[], list[Sighting]]) -> Future[list[Sighting]]:
        """Has the reader's thread do it; waits while READS_AHEAD others wait, so that their pictures do not fill the memory."""
        self._asked = [one for one in self._asked if not one.done()]
        if len(self._asked) >= READS_AHEAD:
            self._asked[0].result()
        self._asked.append(self._pool.submit(act))
        return self._asked[-1]

    def _look(self, shown: Shown, *, cut: bool, change: float) -> None:
        """Things are looked for twice a second; oftener while much moves, seldom while nothing does."""
        self._moved = max(self._moved, change)
        waited = shown.at - self._saw_at
        step = FAST_STEP_S if self._moved > MUCH else OBJECT_STEP_S if self._moved > STANDING_STILL else SLOW_STEP_S
        if not cut and waited < step - 1e-6:
            return
        self._saw_at, self._moved = shown.at, 0.0
        self._waiting.append((shown, shown.within(self.detector.side)))
        if len(self._waiting) >= PICTURES_AHEAD:
            self._find()

    def _find(self) -> None:
        """The pictures that wait go through the detector together; vehicles are then read."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        found = self.detector.find([picture for _, picture in waiting], [shown.at for shown, _ in waiting])
        self._things += found
        for shown, _ in waiting:
            self._read_vehicles(shown, [one for one in found if one.at == shown.at and one.kind == "vehicle"])

    def _read_vehicles(self, shown: Shown, vehicles: Sequence[Sighting]) -> None:
        """Each vehicle that is large enough is looked at for a plate: again when it has come nearer or some seconds later,
        PLATE_READS times at most, and twice as closely when it is near."""
        self._tracks.take(vehicles, shown.at)
        for track in self._tracks.open:
            one = track.last
            wide = one.box[2] * shown.size[0]
            if one.at != shown.at or one.confidence < SURE or wide < LEAST_VEHICLE:
                continue
            count, at, before = self._reads.get(id(track), (0, -1e9, 0.0))
            waited = shown.at - at
            if count < PLATE_READS and (waited >= PLATE_EVERY_S or (waited >= 1.0 and wide >= 1.15 * before)):
                self._reads[id(track)] = (count + 1, shown.at, wide)
                crop, box = _cropped(shown.whole(), _lower(one.box))
                near = wide >= NEAR_VEHICLE and count % 2 == 0
                self._plates.append(self._soon(partial(reader().plates, crop, shown.at, box, twice=near)))

    def _read(self, shown: Shown, *, cut: bool, change: float) -> None:
        """A new shot is read when it is steady; then every few seconds, when something has changed. What stands still is not
        read again: what was read still stands."""
        self._moved_since_read = max(self._moved_since_read, change)
        waited = shown.at - self._read_at
        steady = change < READ_AFTER_CHANGE and not cut
        first = self._unread_shot and (steady or waited >= READ_EVERY_S)
        if not first and waited < READ_EVERY_S - 1e-6:
            return
        if not first and self._moved_since_read <= STANDING_STILL and self._readings:
            self._readings[-1].again.append(shown.at)
        elif first or steady or waited >= 2 * READ_EVERY_S:
            self._readings.append(_Reading(self._soon(partial(reader().read, shown.whole(), shown.at)), []))
            self._unread_shot = False
        else:
            return
        self._read_at, self._moved_since_read = shown.at, 0.0


def _lower(box: Box) -> Box:
    """The lower three quarters of a vehicle: no plate is on its roof."""
    return (box[0], box[1] + box[3] / 4, box[2], box[3] * 3 / 4)


def _cropped(picture: Picture, box: Box) -> tuple[Picture, Box]:
    """The part of a picture within a box and a little around it, and that part's own box."""
    height, width = picture.shape[:2]
    left, top = max(0.0, box[0] - 0.05 * box[2]), max(0.0, box[1] - 0.05 * box[3])
    right, bottom = min(1.0, box[0] + 1.05 * box[2]), min(1.0, box[1] + 1.05 * box[3])
    x, y, x2, y2 = round(left * width), round(top * height), round(right * width), round(bottom * height)
    return picture[y:y2, x:x2].copy(), (x / width, y / height, (x2 - x) / width, (y2 - y) / height)


def _looked(png: bytes) -> Looked:
    picture = cv2.imdecode(np.frombuffer(png, dtype=np.uint8), cv2.IMREAD_COLOR)
    return Looked(np.asarray(picture, dtype=np.uint8))
