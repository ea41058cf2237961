"""Writing pictures and sound once encoded into several files at once: a plain MP4 and the stream of the same size."""

import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import av
from av.video.frame import PictureType

from workers.engines.media.pictures import within

SOUND_RATE = 48_000
SOUND_BITS = 96_000
SEGMENT_S = 4.0
# Without B-frames the first picture is at second 0 in MP4 and in HLS alike, and a step to the next is a step.
ENCODED = {"crf": "24", "preset": "veryfast", "bf": "0"}
TICKS = Fraction(1, 90_000)
_NOMINAL = Fraction(60)


class Files:
    """Where one size of a recording goes: a plain MP4 with its index in front, HLS in one fMP4 file, or both."""

    def __init__(self, *, plain: Path | None, listing: Path | None) -> None:
        self._targets = [av.open(str(plain), "w", format="mp4", options={"movflags": "+faststart"})] if plain else []
        if listing:
            self._targets.append(av.open(str(listing), "w", format="hls", options=_hls(listing)))
        self._into: list[dict[str, Any]] = [{} for _ in self._targets]
        self._held: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        for name, packet in self._held.items():
            self._write(name, packet)
        for target in self._targets:
            target.close()

    def carry(self, **streams: Any) -> None:
        """The streams to be carried, by name, None left out; those that are encoded here must be open already."""
        for target, into in zip(self._targets, self._into, strict=True):
            there = {name: stream for name, stream in streams.items() if stream is not None}
            into |= {name: target.add_stream_from_template(stream) for name, stream in there.items()}

    def put(self, name: str, packet: Any) -> None:
        """One packet of a stream into every file. It waits for the next, which says how long it lasts: a segment is
        closed before that is known, and what comes after a picture that stood long would move."""
        if name == "sound" and packet.pts is not None and packet.pts < 0:
            return  # an AAC encoder's running-up: kept, it would move everything else behind it in HLS
        held = self._held.get(name)
        if held is not None:
            if packet.dts > held.dts:
                held.duration = packet.dts - held.dts
            self._write(name, held)
        self._held[name] = packet

    def until(self, name: str, ticks: int) -> None:
        """The last packet of a stream lasts until then."""
        held = self._held.get(name)
        if held is not None and held.dts is not None and ticks > held.dts:
            held.duration = ticks - held.dts

    def _write(self, name: str, packet: Any) -> None:
        """The packet's times are put back each time: every file counts in ticks of its own."""
        times = packet.pts, packet.dts, packet.duration, packet.time_base
        for target, into in zip(self._targets, self._into, strict=True):
            packet.stream = into[name]
            packet.pts, packet.dts, packet.duration, packet.time_base = times
            target.mux(packet)
        packet.pts, packet.dts, packet.duration, packet.time_base = times


class Encoders:
    """H.264 pictures and AAC sound, encoded for nobody in particular: `picture` and `sound` are what `Files` carry.

    They belong to a file that is never written, because only the streams of a file can be carried over to others.
    """

    def __init__(self, *, picture: "Size | None", sound: bool, options: dict[str, str] = ENCODED) -> None:
        self._options = options
        self._nowhere = av.open(io.BytesIO(), "w", format="mp4", options={"movflags": "empty_moov"})
        self.picture = self._picture(picture) if picture else None
        self.sound = self._sound() if sound else None
        self._nowhere.start_encoding()

    def _picture(self, size: "Size") -> Any:
        stream = self._nowhere.add_stream("libx264", rate=size.rate, options=self._options)
        stream.width, stream.height, stream.pix_fmt = size.width, size.height, "yuv420p"
        stream.time_base = stream.codec_context.time_base = TICKS
        return stream

    def _sound(self) -> Any:
        stream = self._nowhere.add_stream("aac", rate=SOUND_RATE)
        stream.layout, stream.bit_rate = "stereo", SOUND_BITS
        return stream


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels, and how many pictures come in a second where they come steadily."""

    width: int
    height: int
    rate: Fraction

    @property
    def lines(self) -> int:
        """How many, on the shorter side."""
        return min(self.width, self.height)

    @classmethod
    def of(cls, size: tuple[int, int], lines: int, rate: Fraction) -> "Size":
        """`size` (width, height) with at most `lines` on its shorter side."""
        return cls(*within(size, lines), min(rate, _NOMINAL))


class PictureTrack:
    """Pictures into files, with their own times: a phone's come at no steady rate. Without an encoder's `stream` it knows
    the size only: the packets of the source are copied."""

    def __init__(self, files: Files, stream: Any, size: Size) -> None:
        self.size = size
        self._files, self._stream, self._last = files, stream, -1

    def write(self, made: Any, at: float, *, key: bool) -> None:
        """Encodes a picture of this size shown at second `at`; as a place to start from when `key`."""
        ticks = round(at / TICKS)
        if self._stream is None or ticks <= self._last:
            return
        self._last = ticks
        made.pts, made.time_base = ticks, TICKS
        made.pict_type = PictureType.I if key else PictureType.NONE
        self._put(self._stream.encode(made))

    def finish(self, *, end_s: float | None = None) -> None:
        """Writes what the encoder still holds. With `end_s` the last picture stands until then."""
        if self._last >= 0:
            self._put(self._stream.encode(None))
        if end_s is not None:
            self._files.until("picture", round(end_s / TICKS))

    def _put(self, packets: list[Any]) -> None:
        for packet in packets:
            self._files.put("picture", packet)


class SoundTrack:
    """AAC in stereo at 48 kHz, encoded once for all `files`; silence is not invented where the source has a gap."""

    def __init__(self, files: list[Files], stream: Any) -> None:
        self._files, self._stream = files, stream
        self._resampler = av.AudioResampler("fltp", "stereo", SOUND_RATE)

    def take(self, frame: Any) -> None:
        """Encodes one frame of sound; None ends it."""
        for piece in self._resampler.resample(frame):
            self._put(self._stream.encode(piece))
        if frame is None:
            self._put(self._stream.encode(None))

    def _put(self, packets: list[Any]) -> None:
        for packet in packets:
            for files in self._files:
                files.put("sound", packet)


def _hls(listing: Path) -> dict[str, str]:
    """One fMP4 file and a list of byte ranges in it: few objects to store, however long the recording (RFC 8216)."""
    return {
        "hls_segment_type": "fmp4",
        "hls_flags": "single_file",
        "hls_playlist_type": "vod",
        "hls_list_size": "0",
        "hls_time": str(SEGMENT_S),
        "hls_segment_filename": str(listing.with_suffix(".mp4")),
    }
