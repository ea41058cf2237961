"""Recordings as real cameras and bad luck make them: odd rates, turned, interlaced, damaged; small, made in code."""

import struct
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray


def film(
    path: Path,
    times: list[float],
    *,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    size: tuple[int, int] = (320, 240),
    options: dict[str, str] | None = None,
    turn: int = 0,
    interlaced: bool = False,
    rate: int = 25,
) -> Path:
    """A film with a picture at each of `times` (seconds): a bar that goes down, brighter at the top left."""
    with av.open(str(path), "w") as target:
        stream = target.add_stream(codec, rate=rate, options={"preset": "ultrafast", **(options or {})})
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.time_base = stream.codec_context.time_base = Fraction(1, 12_800)
        if interlaced:
            stream.codec_context.flags |= av.codec.context.Flags.interlaced_dct
        if turn:
            stream.set_display_rotation(turn)
        for number, at in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(size, number), format="bgr24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = round(at * 12_800), Fraction(1, 12_800)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


def picture(size: tuple[int, int], number: int) -> NDArray[np.uint8]:
    """The picture with this number."""
    made = np.full((size[1], size[0], 3), 90, dtype=np.uint8)
    made[: size[1] // 3, : size[0] // 3] = 240
    top = number * 7 % (size[1] - 12)
    made[top : top + 12] = (20, 20, 220)
    return made


def steady(seconds: float, rate: float = 25) -> list[float]:
    """Times of pictures that come at one rate."""
    return [number / rate for number in range(round(seconds * rate))]


def damaged(path: Path, whole: Path, *, start: float, end: float) -> Path:
    """A copy of an MP4 in which the packets of the pictures from `start` to `end` seconds are overwritten."""
    content = bytearray(whole.read_bytes())
    with av.open(str(whole)) as source:
        spans = [
            (one.pos, one.size) for one in source.demux(video=0) if one.pts is not None and start <= _at(one) < end
        ]
    for at, size in spans:
        content[at + 4 : at + size] = b"\xff" * (size - 4)
    path.write_bytes(bytes(content))
    return path


def animation(path: Path, pictures: int = 3) -> Path:
    """An animated GIF."""
    with av.open(str(path), "w", format="gif") as target:
        stream = target.add_stream("gif", rate=5)
        stream.width, stream.height, stream.pix_fmt = 120, 90, "rgb8"
        for number in range(pictures):
            made = av.VideoFrame.from_ndarray(picture((120, 90), number), format="bgr24")
            target.mux(stream.encode(made.reformat(format="rgb8")))
        target.mux(stream.encode(None))
    return path


def bomb(path: Path, side: int = 60_000) -> Path:
    """A PNG of a few bytes that says it is `side` pixels wide and high."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\x00" * 100_000)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b""))
    return path


def gif_bomb(path: Path) -> Path:
    """A GIF of a few bytes that says it is 65,535 pixels wide and high."""
    screen = struct.pack("<HHBBB", 65_535, 65_535, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    place = b"\x2c" + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0) + b"\x02\x02\x44\x01\x00"
    path.write_bytes(b"GIF89a" + screen + place + b"\x3b")
    return path


def photo_with_exif(path: Path, *, orientation: int = 6) -> Path:
    """A JPEG as a phone writes it: camera, time, position, and that it is to be turned."""
    import PIL.Image

    image = PIL.Image.fromarray(cv2.cvtColor(picture((400, 300), 3), cv2.COLOR_BGR2RGB))
    exif = image.getexif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Acme", "Cam 7", orientation
    exif.get_ifd(0x8769)[0x9003] = "2026:01:05 22:41:07"
    exif.get_ifd(0x8825).update({1: "N", 2: (38.0, 34.0, 54.0), 3: "W", 4: (121.0, 29.0, 39.0)})
    image.save(path, exif=exif)
    return path


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _at(packet: Any) -> float:
    return float(packet.pts * packet.time_base)
