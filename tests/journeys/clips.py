"""Small recordings made in code: pictures, tones, and files that are not what they say."""

import struct
import wave
import zlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

RATE = 16_000


def video(path: Path, *, seconds: float = 2.0, sound: bool = True, size: tuple[int, int] = (320, 240)) -> Path:
    """An MP4 with a moving square, with a tone or without sound."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as target:
        picture = target.add_stream("libx264", rate=10)
        picture.width, picture.height, picture.pix_fmt = size[0], size[1], "yuv420p"
        tone = target.add_stream("aac", rate=RATE) if sound else None
        if tone is not None:
            tone.layout = "mono"
        for index in range(int(seconds * 10)):
            frame = np.full((size[1], size[0], 3), 120, dtype=np.uint8)
            left = (index * 12) % (size[0] - 40)
            frame[60:100, left : left + 40] = (20, 20, 220)
            target.mux(picture.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        target.mux(picture.encode(None))
        if tone is not None:
            wavy = (np.sin(np.arange(int(seconds * RATE)) * 0.1) * 0.1).astype(np.float32)[None, :]
            for start in range(0, wavy.shape[1], 1024):
                block = av.AudioFrame.from_ndarray(wavy[:, start : start + 1024], format="fltp", layout="mono")
                block.sample_rate, block.pts = RATE, start
                target.mux(tone.encode(block))
            target.mux(tone.encode(None))
    return path


def street(path: Path, *, seconds: float = 12.0) -> Path:
    """A drawn street at 10 pictures a second, 640x360: a plate, a box that moves half the time, night in the last third."""
    with av.open(str(path), "w", format="mp4") as target:
        picture = target.add_stream("libx264", rate=10, options={"preset": "veryfast", "g": "50"})
        picture.width, picture.height, picture.pix_fmt = 640, 360, "yuv420p"
        count = int(seconds * 10)
        for index in range(count):
            frame = np.full((360, 640, 3), 130, dtype=np.uint8)
            frame[220:] = (70, 90, 70)
            frame[40:60, ::40] = 30
            cv2.rectangle(frame, (40, 240), (300, 330), (235, 235, 235), -1)
            cv2.putText(frame, "7ABC123", (52, 300), cv2.FONT_HERSHEY_SIMPLEX, 1.8, (60, 20, 20), 5, cv2.LINE_AA)
            left = 320 + (index * 16) % 240 if (index // 50) % 2 else 400
            frame[100:180, left : left + 60] = (20, 20, 200)
            if index >= count * 2 // 3:
                frame //= 4
            target.mux(picture.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        target.mux(picture.encode(None))
    return path


def sign(
    path: Path,
    *,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    size: tuple[int, int] = (320, 240),
    times: Sequence[float] = tuple(place / 10 for place in range(30)),
    options: dict[str, str] | None = None,
) -> Path:
    """A film with a plate to be read and something that moves; a frame at each of `times` (s), coded as asked for."""
    with av.open(str(path), "w") as target:
        given = {"g": "10"} if codec == "libx264" else {}
        stream = target.add_stream(codec, rate=30, options={**given, **(options or {})})
        stream.width, stream.height, stream.pix_fmt = size[0], size[1], pixels
        stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
        for index, at in enumerate(times):
            picture = np.full((240, 320, 3), 205, dtype=np.uint8)
            picture[20:60, (index * 16) % 280 : (index * 16) % 280 + 40] = (30, 30, 200)
            cv2.putText(picture, "7ABC123", (18, 160), cv2.FONT_HERSHEY_SIMPLEX, 2.1, (60, 20, 20), 6, cv2.LINE_AA)
            frame = av.VideoFrame.from_ndarray(cv2.resize(picture, size), format="bgr24").reformat(format=pixels)
            frame.pts, frame.time_base = round(at * 1000), Fraction(1, 1000)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


def turned(path: Path, film: Path) -> Path:
    """An MP4 as a phone held upright makes it: the same frames, and a note to turn them by a quarter (its `tkhd` matrix)."""
    content = bytearray(film.read_bytes())
    place = content.index(b"tkhd") + 44
    content[place : place + 36] = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    path.write_bytes(bytes(content))
    return path


def damaged(path: Path, film: Path, *, first: float, last: float) -> Path:
    """The same film with noise in place of what its packets between two seconds hold."""
    noise = np.random.default_rng(3)
    with av.open(str(film)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is None:
                continue
            made = packet
            if first <= float(packet.pts * packet.time_base) < last:
                made = av.Packet(noise.integers(0, 256, packet.size, dtype=np.uint8).tobytes())
                made.pts, made.dts, made.time_base = packet.pts, packet.dts, packet.time_base
                made.is_keyframe = packet.is_keyframe
            made.stream = stream
            target.mux(made)
    return path


def bomb(path: Path, *, side: int = 20_000) -> Path:
    """A PNG of a few hundred kilobytes that would be `side` x `side` pixels."""
    packer, rows = zlib.compressobj(9), bytes(side + 1) * 100
    squeezed = b"".join(packer.compress(rows) for _ in range(side // 100)) + packer.flush()

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", squeezed) + chunk(b"IEND", b""))
    return path


def silence(path: Path, *, seconds: float) -> Path:
    """A WAV file of silence; 0 seconds is allowed."""
    with wave.open(str(path), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(RATE)
        target.writeframes(b"\x00\x00" * int(seconds * RATE))
    return path


def photo(path: Path) -> Path:
    """A JPEG with a readable plate on it."""
    picture = np.full((360, 640, 3), 90, dtype=np.uint8)
    cv2.rectangle(picture, (160, 140), (480, 230), (240, 240, 240), -1)
    cv2.putText(picture, "8XYZ456", (175, 205), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (40, 30, 20), 5, cv2.LINE_AA)
    assert cv2.imwrite(str(path), picture)
    return path


def beginning(path: Path, whole: Path, *, seconds: float) -> Path:
    """The first seconds of a recording, packet by packet."""
    with av.open(str(whole)) as source, av.open(str(path), "w", format="mp4") as target:
        into = {one.index: target.add_stream_from_template(one) for one in source.streams}
        for packet in source.demux():
            if packet.dts is not None and packet.dts * packet.time_base < seconds:
                packet.stream = into[packet.stream.index]
                target.mux(packet)
    return path


def truncated(path: Path, whole: Path) -> Path:
    """The first half of a recording whose index stands at its end, so that none of it can be decoded."""
    with av.open(str(whole)) as source, av.open(str(path), "w", format="mp4") as target:
        into = {one.index: target.add_stream_from_template(one) for one in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = into[packet.stream.index]
                target.mux(packet)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    return path


def text_named_mp4(path: Path) -> Path:
    """Words in a file that calls itself a film."""
    path.write_text("This is not a recording.\n" * 50)
    return path
