"""How much memory five minutes take, and how much two hours (or BLOTTER_SEEING_LONG_S seconds)."""

import os
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.road import say
from tests.bench.seeing_films import looped, street_1080p
from tests.bench.seeing_speed import apart


def measure() -> dict[str, Any]:
    """peak_mb of both, and what the longer takes more, as a share."""
    long_s = float(os.environ.get("BLOTTER_SEEING_LONG_S", "7200"))
    with tempfile.TemporaryDirectory() as folder:
        part = street_1080p(Path(folder) / "part.mp4")
        found = {}
        for name, seconds in (("short", 300.0), ("long", long_s)):
            film = looped(Path(folder) / f"{name}.mp4", part, seconds)
            found[name] = apart("watch", film)
            film.unlink()
            say(f"{seconds:.0f} s: {found[name]['peak_mb']:.0f} MB at the peak, {found[name]['wall_s']:.0f} s")
    short, long = found["short"]["peak_mb"], found["long"]["peak_mb"]
    return {
        "peak_mb": {"300": round(short), f"{long_s:.0f}": round(long)},
        "peak_mb_growth": round(long / short - 1, 3),
        "long_speed_x_realtime": round(found["long"]["seconds"] / found["long"]["wall_s"], 2),
    }
