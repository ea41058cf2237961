"""`python -m tests.bench seeing`: how fast, with how much memory, and how rightly recordings are seen.

Parts (BLOTTER_BENCH_PARTS names some): speed, memory, labels, scenes, plates; with all of them moments, where that bench is there.
The memory part watches BLOTTER_SEEING_LONG_S seconds (7200) of 1920 x 1080; fewer are enough for a quick look.
"""

import importlib
import importlib.util
import os
from typing import Any

from tests.bench import parts

PARTS = ("speed", "memory", "labels", "scenes", "plates")


def measure() -> dict[str, Any]:
    """The figures of every part; when none is named also of the search of moments (tests/bench/moments.py)."""
    found = parts.measure("seeing", PARTS)
    if "BLOTTER_BENCH_PARTS" not in os.environ and importlib.util.find_spec("tests.bench.moments") is not None:
        found |= importlib.import_module("tests.bench.moments").measure()
    return found
