"""What a file says of itself: size, length, streams, and its metadata exactly as found."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error

from workers.engines.media.photos import exif
from workers.engines.media.sniffing import Unreadable, _is_cover, opened

MOST_METADATA = 200


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """Duration in seconds (None for pictures), picture in pixels, sound in Hz; `metadata` as found in the file (E7)."""

    duration_s: float | None
    width: int
    height: int
    frame_rate: float
    rotation: int
    has_video: bool
    has_audio: bool
    video_codec: str
    audio_codec: str
    sample_rate: int
    channels: int
    container: str
    metadata: dict[str, str] = field(default_factory=dict)


def probe(path: Path) -> MediaFacts:
    """The facts of a recording or picture. Raises Unreadable when it has no length or cannot be opened."""
    with opened(path) as container:
        videos = [one for one in container.streams.video if not _is_cover(one)]
        video = videos[0] if videos else None
        sound = container.streams.audio[0] if container.streams.audio else None
        still = video is not None and sound is None and _is_picture(container)
        duration = None if still else _duration(container, video, sound)
        if duration is not None and duration <= 0:
            raise Unreadable("it is 0 seconds long: nothing was recorded")
        metadata = dict(list(container.metadata.items())[:MOST_METADATA])
        for stream in container.streams:
            metadata |= {f"{stream.type}.{name}": value for name, value in stream.metadata.items()}
        if duration is None:
            metadata |= {f"exif.{name}": value for name, value in exif(path).items()}
        return MediaFacts(
            duration_s=duration,
            width=video.codec_context.width if video else 0,
            height=video.codec_context.height if video else 0,
            frame_rate=_rate(video),
            rotation=_rotation(path, video),
            has_video=video is not None,
            has_audio=sound is not None,
            video_codec=video.codec_context.name if video else "",
            audio_codec=sound.codec_context.name if sound else "",
            sample_rate=sound.codec_context.sample_rate if sound else 0,
            channels=sound.codec_context.channels if sound else 0,
            container=container.format.name,
            metadata={name: str(value)[:500] for name, value in metadata.items()},
        )


def rotation_of(frame: Any) -> int:
    """Degrees counter-clockwise that a phone asks its picture to be turned by: 0, 90, 180 or 270."""
    return int(round((getattr(frame, "rotation", 0) or 0) / 90) * 90) % 360


def _is_picture(container: Any) -> bool:
    name = container.format.name
    return bool(name.startswith("image2") or name.endswith("_pipe"))


def _duration(container: Any, video: Any, sound: Any) -> float:
    """From the container, else from a stream, else by reading to the end."""
    if container.duration:
        return float(container.duration) / av.time_base
    for stream in (video, sound):
        if stream is not None and stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
    return _measured(container, video or sound)


def _measured(container: Any, stream: Any) -> float:
    end = Fraction(0)
    try:
        for packet in container.demux(stream):
            if packet.pts is not None:
                end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
    except av.error.FFmpegError:
        return float(end)  # what was read up to the damage is what there is
    return float(end)


def _rate(video: Any) -> float:
    rate = video.average_rate or video.guessed_rate if video is not None else None
    return round(float(rate), 3) if rate else 0.0


def _rotation(path: Path, video: Any) -> int:
    if video is None:
        return 0
    with opened(path) as container:
        try:
            for frame in container.decode(video=0):
                return rotation_of(frame)
        except av.error.FFmpegError:
            return 0
    return 0
