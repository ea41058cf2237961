"""What people hold in their hands, measured in Chromium."""

from typing import Any

from tests.bench.parts import measure as in_parts

PARTS = ("pages", "library", "queue")


def measure() -> dict[str, Any]:
    """The figures of every part."""
    return in_parts("faces", PARTS)
