"""Working copies: poster, thumbnail, proxy, waveform. Each names its tool, version and parameters (E3)."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

from workers.engines.media.facts import probe, rotation_of
from workers.engines.media.sniffing import Unreadable, opened

PROXY_HEIGHT = 720
SOUND_RATE = 48_000
Progress = Callable[[float], None]
Picture = NDArray[np.uint8]
_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


@dataclass(frozen=True, slots=True)
class Rendition:
    """A working copy at `path`: poster, thumbnail, proxy or peaks."""

    kind: str
    media_type: str
    tool: str
    version: str
    path: Path
    parameters: dict[str, object] = field(default_factory=dict)


def make_poster(path: Path, out: Path, *, height: int = 480) -> Rendition:
    """A JPEG of a moment one tenth into the recording, at most a minute in, upright."""
    with opened(path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        if container.duration:
            container.seek(int(min(container.duration // 10, 60 * av.time_base)))
        for frame in _frames(container, stream):
            at = float(frame.time or 0)
            _write_jpeg(_fit(_upright(frame), height), out)
            return _described("poster", "image/jpeg", out, at_s=round(at, 3), height=height)
    raise Unreadable("not one picture in it can be decoded")


def make_thumbnail(path: Path, out: Path, *, height: int = 720) -> Rendition:
    """A JPEG of a picture, upright as its EXIF says, no higher than `height` pixels."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)  # OpenCV turns it as EXIF says
    if picture is None:
        with opened(path) as container:
            picture = next((_upright(frame) for frame in _frames(container, container.streams.video[0])), None)
    if picture is None:
        raise Unreadable("the picture cannot be decoded")
    _write_jpeg(_fit(np.asarray(picture, dtype=np.uint8), height), out)
    return Rendition("thumbnail", "image/jpeg", "OpenCV", cv2.__version__, out, {"height": height, "quality": 85})


def make_proxy(path: Path, out: Path, *, progress: Progress = lambda share: None) -> Rendition:
    """An MP4 every browser plays: H.264 of at most 720 lines and AAC, index first. Without a picture, AAC alone.

    A source that is that already is copied packet by packet, not encoded again. Damaged packets are left out.
    """
    facts = probe(path)
    copied = (
        facts.video_codec in ("h264", "")
        and facts.audio_codec in ("aac", "")
        and facts.rotation == 0
        and facts.height <= PROXY_HEIGHT
        and facts.container.startswith("mov")
    )
    if copied:
        _remux(path, out, facts.duration_s or 0.0, progress)
    else:
        _encode(path, out, facts.duration_s or 0.0, progress)
    media_type = "video/mp4" if facts.has_video else "audio/mp4"
    how: dict[str, object] = {"copied": True} if copied else {"height": PROXY_HEIGHT, "crf": 24, "preset": "veryfast"}
    return _described("proxy", media_type, out, **how)


def waveform_peaks(path: Path, out: Path, *, per_second: int = 20) -> Rendition:
    """JSON with the loudest sample (0 to 1) of each 1/`per_second` s: {"per_second": 20, "peaks": [...]}."""
    rate = 8000
    block = rate // per_second
    peaks: list[float] = []
    rest = np.zeros(0, dtype=np.float32)
    with opened(path) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
        for frame in _frames(container, container.streams.audio[0]):
            for piece in resampler.resample(frame):
                rest = np.concatenate([rest, piece.to_ndarray().reshape(-1)])
                whole = len(rest) // block * block
                peaks += np.abs(rest[:whole]).reshape(-1, block).max(axis=1).tolist() if whole else []
                rest = rest[whole:]
    if len(rest):
        peaks.append(float(np.abs(rest).max()))
    out.write_text(json.dumps({"per_second": per_second, "peaks": [round(min(one, 1.0), 3) for one in peaks]}))
    return _described("peaks", "application/json", out, per_second=per_second)


def upright(frame: Any) -> Picture:
    """A frame as a BGR picture (height, width, 3), turned as the phone asked."""
    return _upright(frame)


def _remux(path: Path, out: Path, duration: float, progress: Progress) -> None:
    with opened(path) as source, av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as target:
        chosen = [*source.streams.video[:1], *source.streams.audio[:1]]
        into = {one.index: target.add_stream_from_template(one) for one in chosen}
        reached = 0.0
        for packet in source.demux(chosen):
            if packet.dts is None or packet.is_corrupt:
                continue
            if packet.pts is not None and duration and packet.pts * packet.time_base > reached:
                reached = float(packet.pts * packet.time_base)
                progress(min(reached / duration, 1.0))
            packet.stream = into[packet.stream.index]
            target.mux(packet)
    progress(1.0)


def _encode(path: Path, out: Path, duration: float, progress: Progress) -> None:
    with opened(path) as source, av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as target:
        pictures = source.streams.video[0] if source.streams.video else None
        sound = source.streams.audio[0] if source.streams.audio else None
        writers: dict[int, Any] = {}
        reached = 0.0
        if pictures is not None:
            pictures.thread_type = "AUTO"
            writers[pictures.index] = _PictureWriter(target, pictures, _upright_size(path))
        if sound is not None:
            writers[sound.index] = _SoundWriter(target)
        for packet in source.demux([one for one in (pictures, sound) if one is not None]):
            for frame in _decoded(packet):
                writers[packet.stream.index].write(frame)
                if frame.time is not None and duration and frame.time > reached:
                    reached = frame.time  # pictures and sound come out of step; progress only goes forward
                    progress(min(reached / duration, 1.0))
        for writer in writers.values():
            writer.finish()
    progress(1.0)


def _upright_size(path: Path) -> tuple[int, int]:
    """(width, height) of the first picture that can be decoded, turned as the phone asked. Raises Unreadable."""
    with opened(path) as container:
        for frame in _frames(container, container.streams.video[0]):
            turned = rotation_of(frame) in (90, 270)
            return (frame.height, frame.width) if turned else (frame.width, frame.height)
    raise Unreadable("not one picture in it can be decoded")


class _PictureWriter:
    """H.264 at most PROXY_HEIGHT lines high, of a picture of `size` (width, height)."""

    def __init__(self, target: Any, source: Any, size: tuple[int, int]) -> None:
        self.target = target
        rate = source.average_rate or source.guessed_rate or Fraction(30)
        self.rate = min(Fraction(rate).limit_denominator(1001), Fraction(60))
        # The stream is added now: a container's streams must all be there before the first packet is written.
        self.stream = target.add_stream("libx264", rate=self.rate, options={"crf": "24", "preset": "veryfast"})
        self.stream.pix_fmt = "yuv420p"
        self.stream.time_base = Fraction(1, 90_000)
        self.stream.codec_context.time_base = Fraction(1, 90_000)
        # So must its size: the first sound that is written opens the picture's codec too.
        scale = min(1.0, PROXY_HEIGHT / size[1])
        self.stream.width = max(2, int(size[0] * scale) // 2 * 2)
        self.stream.height = max(2, int(size[1] * scale) // 2 * 2)
        self.last = -1

    def write(self, frame: Any) -> None:
        """Encodes one frame, keeping its time: a phone's frames come at no steady rate."""
        turn = rotation_of(frame)
        at = int((frame.time or 0) * 90_000)
        if at <= self.last:
            return
        self.last = at
        if turn:
            made = av.VideoFrame.from_ndarray(_fit_to(_upright(frame), self.stream.width, self.stream.height), "bgr24")
            made = made.reformat(format="yuv420p")
        else:
            made = frame.reformat(width=self.stream.width, height=self.stream.height, format="yuv420p")
        made.pts, made.time_base = at, Fraction(1, 90_000)
        self.target.mux(self.stream.encode(made))

    def finish(self) -> None:
        """Writes what the encoder still holds."""
        if self.last >= 0:
            self.target.mux(self.stream.encode(None))


class _SoundWriter:
    """AAC in stereo or mono at 48 kHz; silence is not invented where the source has a gap."""

    def __init__(self, target: Any) -> None:
        self.target = target
        self.stream = target.add_stream("aac", rate=SOUND_RATE)
        self.stream.layout = "stereo"
        self.stream.bit_rate = 96_000
        self.resampler = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)

    def write(self, frame: Any) -> None:
        """Encodes one frame of sound."""
        for piece in self.resampler.resample(frame):
            self.target.mux(self.stream.encode(piece))

    def finish(self) -> None:
        """Writes what resampler and encoder still hold."""
        for piece in self.resampler.resample(None):
            self.target.mux(self.stream.encode(piece))
        self.target.mux(self.stream.encode(None))


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """Every frame that can be decoded; damage in the middle is passed over."""
    try:
        for packet in container.demux(stream):
            yield from _decoded(packet)
    except av.error.FFmpegError:
        return  # the end is missing: what was there has been given


def _decoded(packet: Any) -> list[Any]:
    try:
        return list(packet.decode())
    except av.error.FFmpegError:
        return []


def _upright(frame: Any) -> Picture:
    picture: Picture = frame.to_ndarray(format="bgr24")
    turn = _TURNS.get(rotation_of(frame))
    return picture if turn is None else np.asarray(cv2.rotate(picture, turn), dtype=np.uint8)


def _fit(picture: Picture, height: int) -> Picture:
    if picture.shape[0] <= height:
        return picture
    width = max(1, round(picture.shape[1] * height / picture.shape[0]))
    return _fit_to(picture, width, height)


def _fit_to(picture: Picture, width: int, height: int) -> Picture:
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _write_jpeg(picture: Picture, out: Path) -> None:
    if not cv2.imwrite(str(out), picture, [cv2.IMWRITE_JPEG_QUALITY, 85]):
        raise OSError(f"the picture could not be written to {out.name}")


def _described(kind: str, media_type: str, out: Path, **parameters: object) -> Rendition:
    return Rendition(kind, media_type, "PyAV/FFmpeg", av.__version__, out, parameters)
