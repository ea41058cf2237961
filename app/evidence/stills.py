"""One small picture of a moment: cut out of the recording's sealed storyboard when it is asked for, and kept nowhere."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from app.core.errors import Absent
from app.evidence import queries
from app.evidence.models import Evidence, Rendition

QUALITY = 80
_CUE = re.compile(r"(\d+):(\d\d):(\d\d\.\d+) --> .*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)")
Read = Callable[[Rendition], bytes]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a moment's picture is: the sheet, and left, top, width and height on it in pixels."""

    sheet: str
    left: int
    top: int
    width: int
    height: int


def at(item: Evidence, second: float, *, read: Read) -> bytes:
    """The small picture that shows this second, as a JPEG: the last that begins before it. `read` gives a working copy's
    bytes. Absent where no storyboard was made."""
    listing = queries.rendition(item, "storyboard/index.vtt")
    place = place_of(read(listing).decode(), second) if listing else None
    sheet = queries.rendition(item, f"storyboard/{place.sheet}") if place else None
    if place is None or sheet is None:
        raise Absent("No small pictures have been made of this item.")
    return cut(read(sheet), place)


def place_of(listing: str, second: float) -> Place | None:
    """Where a storyboard's list (WebVTT, with #xywh as in Media Fragments) has the picture of this second; None for a list
    that names none."""
    found = None
    for hours, minutes, seconds, sheet, *spot in _CUE.findall(listing):
        if found is not None and int(hours) * 3600 + int(minutes) * 60 + float(seconds) > second:
            break
        found = Place(sheet, *map(int, spot))
    return found


def cut(sheet: bytes, place: Place) -> bytes:
    """One picture of a sheet by itself."""
    with Image.open(io.BytesIO(sheet), formats=["JPEG"]) as whole:
        box = (place.left, place.top, place.left + place.width, place.top + place.height)
        made = io.BytesIO()
        whole.crop(box).save(made, "JPEG", quality=QUALITY)
    return made.getvalue()
