"""Working copies: what each is and how it was made (E3); the thumbnail of a photograph."""

from dataclasses import dataclass, field
from pathlib import Path

import av
import cv2
import numpy as np

from workers.engines.media import decoding
from workers.engines.media.pictures import fit, upright, write_jpeg
from workers.engines.media.sniffing import Unreadable, opened, refuse_bombs

__all__ = ["Rendition", "by_ffmpeg", "make_thumbnail", "upright"]


@dataclass(frozen=True, slots=True)
class Rendition:
    """A working copy at `path`; `kind` is what it is for, and under which name it is asked for."""

    kind: str
    media_type: str
    tool: str
    version: str
    path: Path
    parameters: dict[str, object] = field(default_factory=dict)


def by_ffmpeg(kind: str, media_type: str, path: Path, **parameters: object) -> Rendition:
    """A copy that PyAV made."""
    return Rendition(kind, media_type, "PyAV/FFmpeg", av.__version__, path, parameters)


def make_thumbnail(path: Path, out: Path, *, height: int = 720) -> Rendition:
    """A JPEG of a picture (of an animation its first), upright as its EXIF says, no higher than `height` pixels.

    Raises Unreadable for what cannot be decoded, and before it is decoded for what is larger than any camera's.
    """
    refuse_bombs(path)
    try:
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)  # OpenCV turns it as EXIF says
    except cv2.error:
        picture = None
    if picture is None:
        with opened(path) as container:
            stream = decoding.streams_of(container)[0]
            frame = decoding.first(container, stream) if stream is not None else None
            picture = upright(frame) if frame is not None else None
    if picture is None:
        raise Unreadable("the picture cannot be decoded")
    write_jpeg(fit(np.asarray(picture, dtype=np.uint8), height), out)
    return Rendition("thumbnail", "image/jpeg", "OpenCV", cv2.__version__, out, {"height": height, "quality": 85})
