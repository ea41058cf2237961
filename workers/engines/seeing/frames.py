"""One decode: the frames of a recording in order, decoded in a thread beside the detectors; damage and limits are said."""

import math
import queue
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error
import cv2
import numpy as np
from av.codec.hwaccel import HWAccel

from workers.engines.info import EngineInfo
from workers.engines.media import Unreadable
from workers.engines.media.decoding import zero_of
from workers.engines.media.facts import rotation_of
from workers.engines.media.renditions import upright
from workers.engines.media.sniffing import opened
from workers.engines.seeing.results import NothingToSee, Picture

SMALL = (160, 90)
SLOTS = 10  # small pictures a second at most: the first frame of every tenth of a second
MOST_PIXELS = 36_000_000  # of one frame of a film: 8K UHD is 33 million
MOST_PHOTO_PIXELS = 210_000_000  # of a photograph: phones make 200 million
MOST_FRAMES = 6_000_000  # of one recording: 24 hours at 60 a second are 5.2 million
WAITING = 6  # frames decoded ahead of the detectors
SEEK_BACK_S = 10.0
SPARSE = 20.0  # frames a second from which on frames that no other needs are not decoded
_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


@dataclass(frozen=True, slots=True)
class Shown:
    """One frame at second `at`: `small` is its upright picture in SMALL pixels (BGR); the frame itself is kept for who needs more."""

    at: float
    small: Picture
    frame: Any

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, upright."""
        turned = rotation_of(self.frame) in (90, 270)
        return (self.frame.height, self.frame.width) if turned else (self.frame.width, self.frame.height)

    def within(self, side: int) -> Picture:
        """The upright BGR picture scaled to fit a square of `side` pixels; never larger than it is."""
        width, height = self.frame.width, self.frame.height
        scale = min(1.0, side / max(width, height))
        return _scaled(self.frame, max(2, round(width * scale)), max(2, round(height * scale)))

    def whole(self) -> Picture:
        """The upright BGR picture in all its pixels."""
        return upright(self.frame)


@dataclass(frozen=True, slots=True)
class Gap:
    """From `start` to `end` (s) nothing, or nothing whole, could be decoded."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Film:
    """A recording that is open: its length in seconds (0: unknown), the time stamp of its second 0, and how it is decoded."""

    container: Any
    stream: Any
    length: float
    zero: float
    info: EngineInfo


@contextmanager
def film(video: Path, *, decoder: str = "software", most_pixels: int = 0) -> Iterator[Film]:
    """Opens a recording whose frames have at most `most_pixels` (0: MOST_PIXELS). `decoder` names hardware of FFmpeg's (cuda, qsv, vaapi, videotoolbox, ...); where it is not there or does
    not know the codec, software decodes, and the engine's parameters say so. Raises NothingToSee, Unreadable."""
    with _container(video, decoder) as (container, why):
        if not container.streams.video:
            raise NothingToSee("There is no picture in this recording.")
        stream = container.streams.video[0]
        size = stream.codec_context.width, stream.codec_context.height
        _within_limits(*size, stream.frames, most_pixels or MOST_PIXELS)
        stream.thread_type = "AUTO"
        rate = float(stream.average_rate or stream.guessed_rate or 0)
        skipped = rate >= SPARSE
        if skipped:
            stream.codec_context.skip_frame = "NONREF"
        used = decoder if decoder != "software" and not why else "software"
        parameters: dict[str, object] = {"decoder": used, "frames": "needed by others" if skipped else "all"}
        if why:
            parameters |= {"asked": decoder, "why_not": why}
        info = EngineInfo("PyAV/FFmpeg", str(stream.codec_context.name), av.__version__, parameters)
        yield Film(container, stream, _length(container, stream), zero_of(container), info)


def frames(open_film: Film, *, start: float = 0.0) -> Generator[Shown | Gap]:
    """Frames at most SLOTS a second, and the gaps between them, from second `start` on: always the same ones from there,
    wherever decoding began. Second 0 is the player's (`media.decoding.zero_of`)."""
    waiting: queue.Queue[Shown | Gap | BaseException | None] = queue.Queue(WAITING)
    over = threading.Event()

    def put(one: Shown | Gap | BaseException | None) -> bool:
        while not over.is_set():
            try:
                waiting.put(one, timeout=0.2)
            except queue.Full:
                continue
            return True
        return False

    def work() -> None:
        try:
            for one in _decoded(open_film, start):
                if not put(one):
                    return
            put(None)
        except BaseException as error:
            put(error)

    thread = threading.Thread(target=work, name="decoder", daemon=True)
    thread.start()
    try:
        while (one := waiting.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one
    finally:
        over.set()
        thread.join()


def _decoded(open_film: Film, start: float) -> Iterator[Shown | Gap]:
    last, at, slot, number = start, start, -1, 0
    damaged: list[
        float
    ] = []  # seconds of what is known to be lost; frames still come out of the decoder after it is known
    for frame in _frames_from(open_film, start):
        if isinstance(frame, float):
            damaged.append(frame - open_film.zero)
            continue
        number += 1
        _within_limits(frame.width, frame.height, number, MOST_PIXELS)
        at = max(0.0, float(frame.time) - open_film.zero) if frame.time is not None else at + 1 / SLOTS
        if at < start - 1e-6:
            continue
        if frame.is_corrupt:
            damaged.append(at)
            continue
        if at > last and any(last < lost <= at for lost in damaged):
            yield Gap(last, at)
        damaged, last = [lost for lost in damaged if lost > at], at
        if (now := int(at * SLOTS + 1e-6)) != slot:
            slot = now
            yield Shown(at, _small(frame), frame)
    if any(lost > last for lost in damaged) and open_film.length > last:
        yield Gap(last, open_film.length)


def _frames_from(open_film: Film, start: float) -> Iterator[Any]:
    """As `_frames`, from a frame at or before second `start` on. Where there is no index (transport streams) a seek may end behind the
    last place to decode from: then it is sought further back, at worst from the beginning."""
    back = 0.0
    while start > 0:
        place = max(start - back, -1.0)
        open_film.container.seek(int((place + open_film.zero) * av.time_base), backward=True)
        found = _frames(open_film)
        before: list[Any] = []
        while not before or isinstance(before[-1], float):
            if (one := next(found, None)) is None:
                break
            before.append(one)
        stamp = before[-1].time if before and not isinstance(before[-1], float) else math.inf
        if place <= 0 or stamp is None or stamp - open_film.zero <= start + 1e-6:
            yield from before
            yield from found
            return
        back = 2 * back + SEEK_BACK_S
    yield from _frames(open_film)


def _frames(open_film: Film) -> Iterator[Any]:
    """Every frame that can be decoded, and the time stamp (s) of every packet that cannot."""
    stamp = 0.0
    try:
        for packet in open_film.container.demux(open_film.stream):
            stamp = float(packet.pts * packet.time_base) if packet.pts is not None else stamp
            if packet.is_corrupt:
                yield stamp
            try:
                yield from packet.decode()
            except av.error.FFmpegError:
                yield stamp
    except av.error.FFmpegError:
        yield stamp + 1 / SLOTS  # the end is missing


@contextmanager
def _container(video: Path, decoder: str) -> Iterator[tuple[Any, str]]:
    """The open container, and why the hardware asked for is not used (empty: it is, or none was asked for)."""
    why = ""
    if decoder != "software":
        try:
            container = av.open(
                str(video), metadata_errors="replace", hwaccel=HWAccel(decoder, allow_software_fallback=True)
            )
        except (av.error.FFmpegError, ValueError, RuntimeError, NotImplementedError) as error:
            why = str(error)[:160] or type(error).__name__
        else:
            try:
                streams = container.streams.video
                hardware = bool(streams) and bool(streams[0].codec_context.is_hwaccel)
                yield container, "" if hardware else "this codec is not decoded by it here"
            finally:
                container.close()
            return
    with opened(video) as plain:
        yield plain, why


def _within_limits(width: int, height: int, count: int, most_pixels: int) -> None:
    if width * height > most_pixels:
        raise Unreadable(
            f"its picture of {width} x {height} pixels is larger than the limit of {most_pixels} pixels: "
            "it may be made to exhaust the machine"
        )
    if count > MOST_FRAMES:
        raise Unreadable(f"it has more pictures than the limit of {MOST_FRAMES}: cut it into shorter recordings")


def _small(frame: Any) -> Picture:
    turned = rotation_of(frame) in (90, 270)
    return _scaled(frame, *((SMALL[1], SMALL[0]) if turned else SMALL))


def _scaled(frame: Any, width: int, height: int) -> Picture:
    picture = frame.reformat(width=width, height=height, format="bgr24", interpolation="AREA").to_ndarray()
    turn = _TURNS.get(rotation_of(frame))
    return np.asarray(picture if turn is None else cv2.rotate(picture, turn), dtype=np.uint8)


def _length(container: Any, stream: Any) -> float:
    if container.duration:
        return float(container.duration) / av.time_base
    return float(stream.duration * stream.time_base) if stream.duration else 0.0
