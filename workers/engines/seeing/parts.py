"""A part of a recording as plain data and back, exactly: what one chunk showed, to be kept as JSON."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from workers.engines.seeing.results import Part, Sample, Sighting, Window


def as_data(part: Part) -> dict[str, Any]:
    """The part as numbers, texts, lists and dicts."""
    return {**asdict(part), "small": b64encode(part.small).decode()}


def from_data(data: Mapping[str, Any]) -> Part:
    """The part that `as_data` was given."""
    sightings = (
        Sighting(
            **{
                **one,
                "box": tuple(one["box"]),
                "characters": tuple((sign, confidence) for sign, confidence in one["characters"]),
            }
        )
        for one in data["sightings"]
    )
    return Part(
        **{
            **data,
            "samples": tuple(Sample(**one) for one in data["samples"]),
            "windows": tuple(Window(**one) for one in data["windows"]),
            "sightings": tuple(sightings),
            "gaps": tuple((start, end) for start, end in data["gaps"]),
            "small": b64decode(data["small"]),
        }
    )
