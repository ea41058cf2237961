"""Frames as upright pictures of a wanted size, and JPEG files of them."""

from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from workers.engines.media.facts import rotation_of

Picture = NDArray[np.uint8]
_TURNS = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


def upright(frame: Any) -> Picture:
    """A frame as a BGR picture (height, width, 3), turned as the phone asked."""
    return _turned(frame.to_ndarray(format="bgr24"), rotation_of(frame))


def upright_frame(frame: Any, width: int, height: int) -> Any:
    """The frame as yuv420p of `width` x `height`, turned as the phone asked: made small first, turned then."""
    turn = rotation_of(frame)
    if not turn:
        return frame.reformat(width=width, height=height, format="yuv420p")
    lying = (height, width) if turn in (90, 270) else (width, height)
    small = frame.reformat(width=lying[0], height=lying[1], format="bgr24")
    made = av.VideoFrame.from_ndarray(_turned(small.to_ndarray(), turn), "bgr24")
    return made.reformat(format="yuv420p")


def upright_size(frame: Any) -> tuple[int, int]:
    """(width, height) of the frame once it is turned as the phone asked."""
    turned = rotation_of(frame) in (90, 270)
    return (frame.height, frame.width) if turned else (frame.width, frame.height)


def within(size: tuple[int, int], lines: int) -> tuple[int, int]:
    """`size` made smaller, never larger, until its shorter side is at most `lines`; both sides even, as H.264 wants."""
    scale = min(1.0, lines / min(size))
    return max(2, int(size[0] * scale) // 2 * 2), max(2, int(size[1] * scale) // 2 * 2)


def fit(picture: Picture, height: int) -> Picture:
    """The picture, no higher than `height`."""
    if picture.shape[0] <= height:
        return picture
    width = max(1, round(picture.shape[1] * height / picture.shape[0]))
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def write_jpeg(picture: Picture, out: Path, quality: int = 85) -> None:
    """Writes the picture at `out`. OSError when it cannot be written."""
    if not cv2.imwrite(str(out), picture, [cv2.IMWRITE_JPEG_QUALITY, quality]):
        raise OSError(f"the picture could not be written to {out.name}")


def _turned(picture: Picture, degrees: int) -> Picture:
    turn = _TURNS.get(degrees)
    return picture if turn is None else np.asarray(cv2.rotate(picture, turn), dtype=np.uint8)
