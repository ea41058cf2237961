"""`python -m tests.bench seeing`: how fast, with how much memory, and how rightly recordings are seen.

Parts (BLOTTER_BENCH_PARTS names some): speed, memory, labels, scenes, plates, and moments where that bench is there.
The memory part watches BLOTTER_SEEING_LONG_S seconds (7200) of 1920 x 1080; fewer are enough for a quick look.
"""

import importlib
import importlib.util
from typing import Any

from tests.bench import parts

PARTS = ("speed", "memory", "labels", "scenes", "plates")


def measure() -> dict[str, Any]:
    """The figures of every part; those of the search of moments (tests/bench/moments.py) where it is there."""
    found = parts.measure("seeing", PARTS)
    if importlib.util.find_spec("tests.bench.moments") is not None:
        found |= importlib.import_module("tests.bench.moments").measure()
    return found
