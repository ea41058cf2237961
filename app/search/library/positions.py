"""Where an item was recorded, as its file or the phone that sent it claims: degrees north and east (WGS 84)."""

import re
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.core.db import session

Position = tuple[float, float]
_ISO6709 = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)")
_PLACES = ("com.apple.quicktime.location.ISO6709", "location", "location-eng")
# The claim of the phone is a column of the upload where this version keeps one: asked for so that it may be missing.
_KNOWN = sa.text(
    "SELECT e.id, e.facts, to_jsonb(u) -> 'position' AS claimed FROM evidence e JOIN upload u ON u.id = e.upload_id"
    " WHERE e.id = ANY(:ids)"
)


def positions(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Position]:
    """The position of each of these items that has one."""
    known = {row.id: position(row.facts, row.claimed) for row in session().execute(_KNOWN, {"ids": list(ids)})}
    return {one: found for one, found in known.items() if found}


def position(facts: Mapping[str, Any], claimed: object = None) -> Position | None:
    """From what is known of an item: `facts["position"]` {lat, lon}; else what the camera wrote (ISO 6709, or EXIF in
    degrees, minutes and seconds); else the phone's claim {latitude, longitude}. None where nothing says a place on Earth.
    """
    metadata = facts.get("metadata")
    told = metadata if isinstance(metadata, Mapping) else {}
    for found in (
        _pair(facts.get("position"), "lat", "lon"),
        _iso(told),
        _exif(told),
        _pair(claimed, "latitude", "longitude"),
    ):
        if found and abs(found[0]) <= 90 and abs(found[1]) <= 180:
            return found
    return None


def _pair(given: object, north: str, east: str) -> Position | None:
    if not isinstance(given, Mapping):
        return None
    values = given.get(north), given.get(east)
    if all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        return float(values[0]), float(values[1])  # type: ignore[arg-type]
    return None


def _iso(told: Mapping[str, Any]) -> Position | None:
    for name in _PLACES:
        if found := _ISO6709.match(str(told.get(name, ""))):
            return float(found[1]), float(found[2])
    return None


def _exif(told: Mapping[str, Any]) -> Position | None:
    north, east = _degrees(told, "Latitude", "S"), _degrees(told, "Longitude", "W")
    return None if north is None or east is None else (north, east)


def _degrees(told: Mapping[str, Any], name: str, negative: str) -> float | None:
    try:
        parts = [float(part) for part in str(told.get(f"exif.GPS{name}", "")).split(",")]
    except ValueError:
        return None
    value = sum(part / 60**place for place, part in enumerate(parts[:3]))
    return -value if told.get(f"exif.GPS{name}Ref") == negative else value
