"""One decode, many eyes: the frames of a recording go to all detectors, chunk by chunk, and nothing is decoded twice."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import av
import cv2
import numpy as np

from workers.engines.info import EngineInfo
from workers.engines.media import Unreadable
from workers.engines.media.renditions import upright
from workers.engines.media.sniffing import opened
from workers.engines.packs import PackShelf
from workers.engines.seeing.camera import camera_tags, covered_tags
from workers.engines.seeing.eyes import OBJECT_STEP_S, READ_EVERY_S, Eyes
from workers.engines.seeing.frames import MOST_PHOTO_PIXELS, SMALL, Film, Gap, Shown, film, frames
from workers.engines.seeing.memory import given_back
from workers.engines.seeing.objects import SURE, Detector, best_detector
from workers.engines.seeing.plates import plate_tags
from workers.engines.seeing.results import Kept, Part, Picture, Progress, Seeing, Sighting, Tag
from workers.engines.seeing.scenes import INFO as SCENES_INFO
from workers.engines.seeing.scenes import scene_tags
from workers.engines.seeing.spans import merge, merge_readings, thing_tags
from workers.engines.seeing.text import reader

CHUNK_S = 120.0  # whole windows and samples: no figure reaches over a border


def watch(
    video: Path,
    *,
    shelf: PackShelf,
    progress: Progress = lambda share: None,
    kept: Kept | None = None,
    chunk_s: float = CHUNK_S,
    decoder: str = "software",
) -> Seeing:
    """Everything seen in a recording. It is seen chunk by chunk: each is given to `kept` when it is done, and not seen again when
    `kept` has it; the tags are the same either way. Damage is passed over and marked as a gap.

    `chunk_s` is a multiple of two seconds. Raises NothingToSee when there is no picture in it, Unreadable when none can be decoded
    or it goes beyond the limits of `frames`.
    """
    cv2.setNumThreads(1)
    detector = best_detector(shelf)
    with given_back(), film(video, decoder=decoder) as open_film:
        parts = _seen_before(kept)
        # Closed whatever happens: the decoder's thread must end before the film is closed under it.
        with closing(_watched(open_film, detector, parts[-1] if parts else None, chunk_s, progress)) as seen:
            for part in seen:
                if kept is not None:
                    kept.put(part.number, part)
                parts.append(part)
        if not any(part.frames for part in parts):
            raise Unreadable("not one picture in it can be decoded")
        duration = max(open_film.length, *(part.end for part in parts))
        engines = (detector.info, reader().info, SCENES_INFO, open_film.info)
    progress(1.0)
    width, height = next((part.width, part.height) for part in parts if part.frames)
    return Seeing(engines, duration, width, height, tuple(tags_of(parts, duration, detector.info, OBJECT_STEP_S)))


def seers(shelf: PackShelf, decoder: str = "software") -> tuple[EngineInfo, ...]:
    """Who would look now: only what the same engines saw before may be gone on from."""
    decoding = EngineInfo("PyAV/FFmpeg", "", av.__version__, {"asked": decoder, "zero": "the player's"})
    return (best_detector(shelf).info, reader().info, SCENES_INFO, decoding)


def look(image: Path, *, shelf: PackShelf) -> Seeing:
    """Everything seen in a photograph; its tags stand at second 0. An animated picture is watched like a film."""
    cv2.setNumThreads(1)
    if _moves(image):
        return watch(image, shelf=shelf)
    picture = _photograph(image)
    detector = best_detector(shelf)
    side = max(picture.shape[:2])
    scale = min(1.0, detector.side / side)
    small = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    things = detector.find([small], [0.0])
    sightings = [one for one in things if one.confidence >= SURE] + _read_closely(picture)
    eyes = Eyes(detector, Part(-1, 0.0, 0, 0, 0))
    eyes.small(np.asarray(cv2.resize(picture, SMALL, interpolation=cv2.INTER_AREA), dtype=np.uint8), 0.0)
    part = Part(
        0, 0.0, picture.shape[1], picture.shape[0], 1, tuple(eyes.scenes.samples), (), tuple(sightings), (), b""
    )
    tags = [tag for tag in tags_of([part], 0.0, detector.info, 0.0) if tag.kind not in ("shot", "motion")]
    engines = (detector.info, reader().info, SCENES_INFO)
    return Seeing(engines, 0.0, picture.shape[1], picture.shape[0], tuple(tags))


def tags_of(parts: Sequence[Part], duration: float, detector: EngineInfo, step: float) -> list[Tag]:
    """The tags of all parts together, by time. `step`: how long one look at things lasts (s)."""
    sightings = [one for part in parts for one in part.sightings]
    things = [one for one in sightings if one.kind not in ("text", "plate")]
    texts = merge_readings(one for one in sightings if one.kind == "text")
    by = reader().info.name
    samples = [one for part in parts for one in part.samples]
    windows = [one for part in parts for one in part.windows]
    tags = [
        *scene_tags(samples, duration, hidden=covered_tags(windows, duration)),
        *camera_tags(windows, duration),
        *thing_tags(things, step=step, duration=duration, method=detector.name),
        *merge(texts, gap=READ_EVERY_S * 1.5, step=step, duration=duration, method=by),
        *plate_tags((one for one in sightings if one.kind == "plate"), step=step, duration=duration, method=by),
        *_gap_tags([gap for part in parts for gap in part.gaps]),
    ]
    return sorted(tags, key=lambda tag: (tag.start, tag.kind, tag.label, tag.end))


def _seen_before(kept: Kept | None) -> list[Part]:
    parts: list[Part] = []
    while kept is not None and (part := kept.get(len(parts))) is not None:
        parts.append(part)
    return parts


def _watched(
    open_film: Film, detector: Detector, before: Part | None, chunk_s: float, progress: Progress
) -> Generator[Part]:
    """The parts after `before`, one by one."""
    number = before.number + 1 if before else 0
    eyes = Eyes(detector, before)
    with closing(frames(open_film, start=number * chunk_s)) as shown:
        try:
            for at, one in _cut_at_borders(shown, chunk_s):
                while at >= (number + 1) * chunk_s - 1e-6:
                    part = eyes.part(number, (number + 1) * chunk_s)
                    yield part
                    number, eyes = number + 1, Eyes(detector, part)
                if isinstance(one, Gap):
                    eyes.gap(one)
                else:
                    eyes.see(one)
                if open_film.length:
                    progress(min(0.99, at / open_film.length))
            yield eyes.part(number, eyes.until)
        finally:
            eyes.close()


def _cut_at_borders(shown: Iterator[Shown | Gap], chunk_s: float) -> Iterator[tuple[float, Shown | Gap]]:
    """(second, what is there); a gap over a border becomes two."""
    for one in shown:
        if isinstance(one, Shown):
            yield one.at, one
            continue
        start = one.start
        while (border := (int(start / chunk_s + 1e-6) + 1) * chunk_s) < one.end:
            yield start, Gap(start, border)
            start = border
        yield start, Gap(start, one.end)


def _gap_tags(gaps: Sequence[tuple[float, float]]) -> list[Tag]:
    """Gaps that touch are one."""
    joined: list[list[float]] = []
    for start, end in sorted(gaps):
        if joined and start <= joined[-1][1] + 1e-6:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return [Tag("gap", "damaged picture", start, end, 1.0, start, "PyAV/FFmpeg") for start, end in joined]


def _moves(image: Path) -> bool:
    """Whether a picture file holds more than one picture (an animated GIF)."""
    with opened(image) as container:
        if container.format.name not in ("gif", "apng", "webp_pipe"):
            return False
        packets = (packet for packet in container.demux(video=0) if packet.size)
        return sum(1 for _ in zip(range(2), packets, strict=False)) > 1


def _photograph(image: Path) -> Picture:
    """The picture, upright as EXIF says. Raises Unreadable, also where it is larger than the limit."""
    with film(image, most_pixels=MOST_PHOTO_PIXELS) as opened_film:  # its size is looked at before it is decoded
        if not opened_film.stream.codec_context.width:
            raise Unreadable(f"its size cannot be told, or is above the limit of {MOST_PHOTO_PIXELS} pixels")
    picture = cv2.imread(str(image), cv2.IMREAD_COLOR)
    if picture is None:
        with opened(image) as container:
            frame = next(iter(container.decode(video=0)), None)
            if frame is None:
                raise Unreadable("the picture cannot be decoded")
            picture = upright(frame)
    return np.asarray(picture, dtype=np.uint8)


def _read_closely(picture: Picture) -> list[Sighting]:
    """Text of a photograph; there is time to look for plates again with more contrast and, where it is small, enlarged."""
    found = reader().read(picture, 0.0)
    if any(one.kind == "plate" for one in found):
        return found
    return found + (reader().plates(picture, 0.0) or reader().plates_closely(picture, 0.0))
