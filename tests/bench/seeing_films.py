"""Films for the benches of seeing: real clips put together at 1920 x 1080, loops of them, and scenes made from real pictures."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

VISION = Path(__file__).resolve().parents[3] / "shared" / "data" / "vision"
DASH = VISION / "video_dashcam_udacity" / "solidWhiteRight.mp4"
CARS = VISION / "video_intel" / "car-detection.mp4"
PEOPLE = VISION / "video_intel" / "one-by-one-person-detection.mp4"
BOTTLES = VISION / "video_intel" / "bottle-detection.mp4"
LABELS = VISION / "video_intel" / "hand_labels.json"
Picture = np.ndarray


def pictures(
    film: Path, *, first: float = 0.0, until: float = 1e9, size: tuple[int, int] | None = None
) -> Iterator[Picture]:
    """Every frame of some seconds of a film, in BGR."""
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            at = float(frame.time or 0)
            if at >= until:
                return
            if at >= first:
                yield (
                    frame.to_ndarray(format="bgr24")
                    if size is None
                    else frame.reformat(width=size[0], height=size[1], format="bgr24").to_ndarray()
                )


def write(path: Path, frames: Iterable[Picture], *, rate: int = 30, codec: str = "libx264", **options: str) -> Path:
    """A film of these pictures: H.264 with a key picture every two seconds, as cameras make."""
    with av.open(str(path), "w") as target:
        stream: Any = None
        for index, picture in enumerate(frames):
            if stream is None:
                given = {"preset": "veryfast", "crf": "23", "g": str(2 * rate), **options}
                stream = target.add_stream(codec, rate=rate, options=given)
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = "yuv420p"
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, rate)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


def street_1080p(path: Path) -> Path:
    """30 s of 1920 x 1080 at 30 a second: 9 s on the road, 21 s of people coming by, from the real clips."""
    size = (1920, 1080)

    def shown() -> Iterator[Picture]:
        yield from pictures(DASH, size=size)
        for picture in pictures(PEOPLE, first=6.0, until=27.0, size=size):
            for _ in range(3):  # ten a second there
                yield picture

    return write(path, shown())


def looped(path: Path, film: Path, seconds: float) -> Path:
    """A film of at least so many seconds: its packets over and over, nothing encoded again."""
    with av.open(str(film)) as source, av.open(str(path), "w", format="mp4") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        packets = [
            (bytes(one), one.pts, one.dts, one.is_keyframe, one.time_base) for one in source.demux(video=0) if one.size
        ]
        base = packets[0][4]
        whole = round(float(source.duration) / av.time_base / base)
        for turn in range(max(1, round(seconds * av.time_base / source.duration))):
            for content, pts, dts, key, _ in packets:
                packet = av.Packet(content)
                packet.pts, packet.dts = pts + turn * whole, dts + turn * whole
                packet.time_base, packet.is_keyframe, packet.stream = base, key, stream
                target.mux(packet)
    return path


def carried(still: Picture, *, seconds: float, rate: int, sway: float, hz: float, ahead: float) -> Iterator[Picture]:
    """A still picture as a carried camera sees it: up and down `sway` of its width `hz` times a second, growing `ahead` a second."""
    height, width = still.shape[:2]
    rng = np.random.default_rng(7)
    for index in range(round(seconds * rate)):
        at = index / rate
        scale = 1.25 + ahead * (at % 4)
        dy = sway * width * np.sin(2 * np.pi * hz * at)
        dx = 0.5 * sway * width * np.sin(np.pi * hz * at) + rng.normal(0, 0.4)
        turn = np.array(
            [[scale, 0, width * (1 - scale) / 2 + dx], [0, scale, height * (1 - scale) / 2 + dy]], dtype=np.float64
        )
        yield cv2.warpAffine(still, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
