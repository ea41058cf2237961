"""Clips and stills cut from an original, which is only ever read: some seconds of it, or the picture of one moment."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import av
import av.error
import cv2

from workers.engines.media.decoding import Clock, Damage, Deinterlacer, Opening, begin, first, packets, streams_of
from workers.engines.media.pictures import upright, upright_frame
from workers.engines.media.progress import Forward, Progress
from workers.engines.media.renditions import Rendition, by_ffmpeg
from workers.engines.media.sniffing import Unreadable, opened
from workers.engines.media.tracks import Encoders, Files, PictureTrack, Size, SoundTrack

FINE = {"crf": "18", "preset": "veryfast", "bf": "0"}
_KEYS_APART_S = 1.0
_ALL_LINES = 100_000
_SAME_S = 0.0005
_BACK_S = (0.0, 10.0, 60.0, 600.0)


def cut_clip(
    path: Path, out: Path, *, start_s: float, end_s: float, progress: Progress = lambda share: None
) -> Rendition:
    """The seconds from `start_s` up to `end_s` as an MP4 (M4A of sound alone) in the size of the original, encoded anew.

    Its first picture is the one on the screen at `start_s`; sound begins with the first whole frame of it, at most 0.1 s later.
    Raises Unreadable where nothing can be decoded there.
    """
    opening = begin(path)
    with ExitStack() as stack:
        cut = _Cut(stack.enter_context(_opened_at(path, opening, start_s)), out, opening, start_s, end_s, stack)
        cut.run(Forward(progress))
    if not cut.wrote:
        raise Unreadable("nothing between these seconds can be decoded")
    progress(1.0)
    media_type = "video/mp4" if opening.size else "audio/mp4"
    told = cut.damage.told()
    return by_ffmpeg("clip", media_type, out, start_s=start_s, end_s=end_s, **FINE, **told)


def take_still(path: Path, out: Path, *, at_s: float) -> Rendition:
    """The picture on the screen at second `at_s`, upright, in the size of the original, as PNG: no further loss.

    Raises Unreadable where no picture can be decoded up to there.
    """
    opening = begin(path)
    if opening.size is None:
        raise Unreadable("there is no picture in it")
    with _opened_at(path, opening, at_s) as source:
        picture = streams_of(source)[0]
        clock, found, found_s = Clock(picture, opening.start_s), None, 0.0
        for _packet, frames in packets(source, [picture], Damage()):
            for frame in frames:
                at = clock.of(frame)
                if at is None:
                    continue
                if at > at_s + _SAME_S and found is not None:
                    return _still(found, out, at_s, found_s)
                found, found_s = frame, at
    if found is None:
        raise Unreadable("no picture can be decoded there")
    return _still(found, out, at_s, found_s)


def _still(frame: Any, out: Path, at_s: float, shown_s: float) -> Rendition:
    if not cv2.imwrite(str(out), upright(frame)):
        raise OSError(f"the picture could not be written to {out.name}")
    return by_ffmpeg("still", "image/png", out, at_s=at_s, shown_from_s=round(shown_s, 4))


class _Cut:
    """One clip while it is made. `wrote` says whether anything is in it."""

    def __init__(
        self, source: Any, out: Path, opening: Opening, start_s: float, end_s: float, stack: ExitStack
    ) -> None:
        self.source, self.opening, self.start, self.end = source, opening, start_s, end_s
        picture, sound = streams_of(source)
        self.picture, self.sound = picture if opening.size else None, sound if opening.sounds else None
        self.damage, self.wrote = Damage(), False
        size = Size.of(opening.size, _ALL_LINES, Clock(picture, 0.0).rate) if opening.size else None
        encoders = Encoders(picture=size, sound=self.sound is not None, options=FINE)
        files = stack.enter_context(Files(plain=out, listing=None))
        files.carry(picture=encoders.picture, sound=encoders.sound)
        self.track = PictureTrack(files, encoders.picture, size) if size else None
        self.voice = SoundTrack([files], encoders.sound) if self.sound is not None else None
        self.clock = Clock(picture, opening.start_s) if size else None
        self.halves = Deinterlacer(picture) if opening.interlaced else None
        self.before: Any = None
        self.cut_s = -_KEYS_APART_S

    def run(self, progress: Progress) -> None:
        """Reads from the last whole picture before the start until picture and sound are past the end."""
        waiting = {one.type for one in (self.picture, self.sound) if one is not None}
        if self.picture is not None:
            self.picture.thread_type = "AUTO"
        chosen = [one for one in (self.picture, self.sound) if one is not None]
        for packet, frames in packets(self.source, chosen, self.damage):
            kind = packet.stream.type
            for frame in frames:
                at = self._see(frame) if kind == "video" else self._hear(frame)
                if at is not None and at >= self.end:
                    waiting.discard(kind)
                elif at is not None and at > self.start:
                    progress((at - self.start) / (self.end - self.start))
            if not waiting:
                break
        self._finish()

    def _see(self, frame: Any) -> float | None:
        at = None
        for whole in self.halves.whole(frame) if self.halves else [frame]:
            at = self.clock.of(whole) if self.clock else None
            if at is not None:
                self._give(whole, at)
        return at

    def _give(self, frame: Any, at: float) -> None:
        if at < self.start - _SAME_S:
            self.before = frame  # on the screen at the start, unless another comes in time
            return
        if self.before is not None and at > self.start + _SAME_S:
            self._write(self.before, 0.0)
        self.before = None
        if at < self.end - _SAME_S:
            self._write(frame, max(at - self.start, 0.0))

    def _write(self, frame: Any, at: float) -> None:
        if self.track is None:
            return
        key = at - self.cut_s >= _KEYS_APART_S
        self.cut_s = at if key else self.cut_s
        self.track.write(upright_frame(frame, self.track.size.width, self.track.size.height), at, key=key)
        self.wrote = True

    def _hear(self, frame: Any) -> float | None:
        at = float(frame.time) - self.opening.start_s if frame.time is not None else None
        if at is not None and self.start <= at < self.end and self.voice is not None:
            frame.pts -= round((self.start + self.opening.start_s) / frame.time_base)
            self.voice.take(frame)
            self.wrote = self.wrote or self.track is None
        return at

    def _finish(self) -> None:
        for whole in self.halves.whole(None) if self.halves else []:
            at = self.clock.of(whole) if self.clock else None
            if at is not None:
                self._give(whole, at)
        if self.before is not None:
            self._write(self.before, 0.0)  # the last picture stood still through all of it
        if self.track is not None:
            self.track.finish(end_s=self.end - self.start)
        if self.voice is not None:
            self.voice.take(None)


@contextmanager
def _opened_at(path: Path, opening: Opening, at_s: float) -> Iterator[Any]:
    """The recording, to be read from a place before `at_s` from which can be decoded: near it where that is found, for
    files without an index further back, and from the front where nothing else is to be had."""
    start = next((place for back in _BACK_S if _begins(path, opening, place := max(at_s - back, 0.0), at_s)), None)
    with opened(path) as source:
        if start is not None:
            _go_to(source, start + opening.start_s)
        yield source


def _begins(path: Path, opening: Opening, place: float, at_s: float) -> bool:
    """Whether what is read from `place` on begins no later than `at_s`."""
    with opened(path) as source:
        if not _go_to(source, place + opening.start_s):
            return False
        picture, sound = streams_of(source)
        frame = first(source, picture if opening.size else sound)
    return frame is not None and frame.time is not None and frame.time - opening.start_s <= at_s + _SAME_S


def _go_to(source: Any, at_s: float) -> bool:
    try:
        source.seek(max(int(at_s * av.time_base), 0))
    except av.error.FFmpegError:
        return False
    return True
