"""What a file says of itself (camera, time, position), in words; the words of a text. As found, never altered (E7)."""

import re
from dataclasses import dataclass

from app.core.storage import ObjectStore, StorageError
from app.evidence.models import Evidence, EvidenceState

MOST_TEXT = 64 * 1024
_CAMERA = (("exif.Make", "exif.Model"), ("com.apple.quicktime.make", "com.apple.quicktime.model"), ("make", "model"))
_TIMES = ("exif.DateTimeOriginal", "exif.DateTime", "com.apple.quicktime.creationdate", "creation_time", "date")
_PLACES = ("com.apple.quicktime.location.ISO6709", "location", "location-eng")
_DULL = ("major_brand", "minor_version", "compatible_brands", "video.", "audio.", "data.", "subtitle.")
_ISO6709 = re.compile(r"([+-]\d{1,3}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Found:
    """Camera, time and position as the file has them (empty where it has none), and everything else by its own name."""

    camera: str
    time: str
    position: str
    rest: list[tuple[str, str]]

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.camera or self.time or self.position or self.rest)


def in_file(item: Evidence) -> Found:
    """What intake read in the file, for people. The time is the camera's own, which nobody set right."""
    told: dict[str, str] = item.facts.get("metadata") or {}
    lower = {name.lower(): value for name, value in told.items()}
    camera = next((found for pair in _CAMERA if (found := _joined(lower, pair))), "")
    time = next((lower[name.lower()] for name in _TIMES if lower.get(name.lower())), "")
    rest = sorted((name, value) for name, value in told.items() if value and not name.startswith(_DULL))
    return Found(camera, time, _position(told), rest)


def text_of(item: Evidence, objects: ObjectStore) -> tuple[str, bool]:
    """The beginning of a sealed plain text, and whether that is all; empty for everything else, and where it cannot be read.

    What looks like a page or a drawing full of programs is text like any other here: it is shown, never run.
    """
    if item.state is not EvidenceState.SEALED or item.media_type != "text/plain":
        return "", True
    try:
        content = b"".join(objects.open(item.storage_key, 0, min(item.size, MOST_TEXT)))
    except StorageError:
        return "", True
    return content.decode("utf-8", "replace"), item.size <= MOST_TEXT


def _joined(told: dict[str, str], names: tuple[str, str]) -> str:
    make, model = (told.get(name.lower(), "").strip() for name in names)
    return model if make and model.startswith(make) else f"{make} {model}".strip()


def _position(told: dict[str, str]) -> str:
    for name in _PLACES:
        if found := _ISO6709.match(told.get(name, "")):
            north, east = (float(part) for part in found.groups())
            return f"{abs(north):.5f}° {'N' if north >= 0 else 'S'}, {abs(east):.5f}° {'E' if east >= 0 else 'W'}"
    sides = [_degrees(told, "Latitude", "N"), _degrees(told, "Longitude", "E")]
    return ", ".join(sides) if all(sides) else ""


def _degrees(told: dict[str, str], name: str, usual: str) -> str:
    """Degrees, minutes and seconds of EXIF as decimal degrees; empty where they are not numbers."""
    try:
        parts = [float(part) for part in told.get(f"exif.GPS{name}", "").split(",")]
    except ValueError:
        return ""
    value = sum(part / 60**place for place, part in enumerate(parts[:3]))
    return f"{value:.5f}° {told.get(f'exif.GPS{name}Ref', usual)}"
