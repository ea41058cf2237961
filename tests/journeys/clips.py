"""Small recordings made in code: pictures, tones, and files that are not what they say."""

import wave
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
