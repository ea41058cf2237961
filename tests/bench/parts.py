"""A bench in parts, one after the other: its last line has the figures of all."""

import importlib
import os
from typing import Any

from tests.bench.road import say


def measure(bench: str, parts: tuple[str, ...]) -> dict[str, Any]:
    """The figures of every part (`tests.bench.BENCH_PART`) in one; BLOTTER_BENCH_PARTS names some for a quick look.

    A part that is not there, or that measures what another did, is an error.
    """
    wanted = [part for part in os.environ.get("BLOTTER_BENCH_PARTS", ",".join(parts)).split(",") if part]
    figures: dict[str, Any] = {}
    for part in wanted:
        if part not in parts:
            raise SystemExit(f"BLOTTER_BENCH_PARTS: there is no part {part!r}; there are {', '.join(parts)}")
        say(f"{bench}: {part}")
        found = importlib.import_module(f"tests.bench.{bench}_{part}").measure()
        if twice := figures.keys() & found.keys():
            raise RuntimeError(f"measured twice: {', '.join(sorted(twice))}")
        figures |= found
    return figures
