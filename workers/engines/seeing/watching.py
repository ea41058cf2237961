"""One decode, many eyes: every sampled frame is shown to all detectors, and nothing is decoded twice."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

from workers.engines.info import EngineInfo
from workers.engines.media import Unreadable
from workers.engines.media.renditions import upright
from workers.engines.media.sniffing import opened
from workers.engines.packs import PackShelf
from workers.engines.seeing.objects import Detector, best_detector
from workers.engines.seeing.results import NothingToSee, Seeing, Sighting, Tag
from workers.engines.seeing.scenes import INFO as SCENES_INFO
from workers.engines.seeing.scenes import Scenes
from workers.engines.seeing.spans import merge, merge_readings
from workers.engines.seeing.text import reader

Progress = Callable[[float], None]
OBJECT_WIDTH = 640
READ_EVERY_S = 5.0
READ_AFTER_CHANGE = 6.0  # mean grey change that makes a picture worth reading again before that
STANDING_STILL = 0.5  # summed grey change under which a picture is still the one that was read
GAP_S = 1.6


def watch(
    video: Path, *, shelf: PackShelf, progress: Progress = lambda share: None, sample_rate: float = 2.0
) -> Seeing:
    """Everything seen in a recording, from `sample_rate` pictures a second. Damaged packets are passed over.

    Raises NothingToSee when there is no picture in it, Unreadable when none can be decoded.
    """
    cv2.setNumThreads(1)
    eyes = _Eyes(best_detector(shelf), step=1 / sample_rate)
    with opened(video) as container:
        if not container.streams.video:
            raise NothingToSee("There is no picture in this recording.")
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        length = _length(container, stream)
        last = 0.0
        for at, frame in _sampled(container, stream, 1 / sample_rate):
            eyes.see(upright(frame), at)
            last = at
            if length:
                progress(min(at / length, 1.0))
        if not eyes.frames:
            raise Unreadable("not one picture in it can be decoded")
        size = eyes.size
    duration = max(length, last)
    return Seeing(eyes.engines, duration, size[0], size[1], tuple(eyes.tags(duration)))


def look(image: Path, *, shelf: PackShelf) -> Seeing:
    """Everything seen in a photograph; its tags stand at second 0."""
    cv2.setNumThreads(1)
    picture = cv2.imread(str(image), cv2.IMREAD_COLOR)  # upright, as EXIF says
    if picture is None:
        with opened(image) as container:
            frame = next(iter(container.decode(video=0)), None)
            if frame is None:
                raise Unreadable("the picture cannot be decoded")
            picture = upright(frame)
    eyes = _Eyes(best_detector(shelf), step=0.0)
    eyes.see(np.asarray(picture, dtype=np.uint8), 0.0)
    tags = [tag for tag in eyes.tags(0.0) if tag.kind not in ("shot", "motion")]
    return Seeing(eyes.engines, 0.0, picture.shape[1], picture.shape[0], tuple(tags))


class _Eyes:
    """All detectors, shown the same frames."""

    def __init__(self, detector: Detector, *, step: float) -> None:
        self.detector, self.step = detector, step
        self.scenes, self.reader = Scenes(), reader()
        self.objects: list[Sighting] = []
        self.texts: list[Sighting] = []
        self.frames = 0
        self.size = (0, 0)
        self._read_at = -READ_EVERY_S
        self._moved = 0.0
        self._unread_shot = False
        self._reading: list[Sighting] = []

    @property
    def engines(self) -> tuple[EngineInfo, ...]:
        """Who looked."""
        return (self.detector.info, self.reader.info, SCENES_INFO)

    def see(self, picture: NDArray[np.uint8], at: float) -> None:
        """Shows one upright BGR picture to every eye."""
        self.frames += 1
        self.size = (picture.shape[1], picture.shape[0])
        sample = self.scenes.take(picture, at)
        self.objects += self.detector.find(_narrow(picture), at)
        self._moved += sample.change
        if self._worth_reading(at, cut=sample.cut, steady=sample.change < READ_AFTER_CHANGE):
            self._reading = self.reader.read(picture, at)
            self.texts += self._reading
            self._read_at, self._moved, self._unread_shot = at, 0.0, False
        elif not self._unread_shot and self._moved <= STANDING_STILL and at - self._read_at >= READ_EVERY_S:
            self.texts += [replace(one, at=at) for one in self._reading]  # nothing moved: what was read still stands
            self._read_at = at

    def tags(self, duration: float) -> list[Tag]:
        """What all of them saw, by time."""
        found = merge(self.objects, gap=GAP_S, step=self.step, duration=duration, method=self.detector.info.name)
        readings = merge_readings(self.texts)
        read = merge(readings, gap=READ_EVERY_S * 1.5, step=self.step, duration=duration, method=self.reader.info.name)
        tags = [*self.scenes.tags(duration), *found, *read]
        return sorted(tags, key=lambda tag: (tag.start, tag.kind, tag.label))

    def _worth_reading(self, at: float, *, cut: bool, steady: bool) -> bool:
        """A new shot is read on its second picture (the first may be blurred); otherwise every few seconds, and
        sooner when much has changed and it is steady again. Reading is what costs most."""
        if cut or self.frames == 1:
            self._unread_shot = True
            return self.step == 0.0
        if self._unread_shot and steady:
            return True
        waited = at - self._read_at
        if waited < READ_EVERY_S / 2:
            return False
        return (waited >= READ_EVERY_S and self._moved > STANDING_STILL) or (
            steady and self._moved > 4 * READ_AFTER_CHANGE
        )


def _sampled(container: Any, stream: Any, every: float) -> Iterator[tuple[float, Any]]:
    """(second, frame) at most once per `every` s; frames without a time follow the one before."""
    due, at, first = 0.0, 0.0, None
    try:
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                continue  # damage in the middle: the rest is still seen
            for frame in frames:
                at = float(frame.time) if frame.time is not None else at + every
                first = at if first is None else first
                if at - first >= due:
                    yield at - first, frame
                    due = at - first + every - 1e-6
    except av.error.FFmpegError:
        return  # the end is missing


def _narrow(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    if width <= OBJECT_WIDTH:
        return picture
    size = (OBJECT_WIDTH, max(1, round(height * OBJECT_WIDTH / width)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _length(container: Any, stream: Any) -> float:
    if container.duration:
        return float(container.duration) / av.time_base
    return float(stream.duration * stream.time_base) if stream.duration else 0.0
