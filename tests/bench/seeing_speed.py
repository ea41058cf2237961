"""How fast 1920 x 1080 is seen with all eyes open, beside plain decoding and beside a bare detector."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import av
import cv2

from tests.bench.road import high_water, say
from tests.bench.seeing_films import looped, street_1080p
from workers.engines.packs import PackShelf
from workers.engines.seeing import watch
from workers.engines.seeing.objects import best_detector

PACKS = Path(__file__).resolve().parents[2] / "var" / "packs"
SECONDS = 60.0
RUNS = 3


def measure() -> dict[str, Any]:
    """Each way three times in turn, each in a process of its own; the middle run counts."""
    with tempfile.TemporaryDirectory() as folder:
        say("making a minute of 1920 x 1080 from the real clips")
        film = looped(Path(folder) / "minute.mp4", street_1080p(Path(folder) / "part.mp4"), SECONDS)
        runs: dict[str, list[dict[str, float]]] = {"decode": [], "bare": [], "watch": []}
        for _ in range(RUNS):
            for way, found in runs.items():
                found.append(apart(way, film))
                say(f"{way}: {found[-1]['wall_s']:.1f} s, {found[-1]['cpu_s']:.1f} s of processor")
    wall = {way: statistics.median(one["wall_s"] for one in found) for way, found in runs.items()}
    cpu = {way: statistics.median(one["cpu_s"] for one in found) for way, found in runs.items()}
    length = runs["watch"][0]["seconds"]
    return {
        "speed_x_realtime_1080p": round(length / wall["watch"], 2),
        "speed_x_by_processor_time": round(2 * length / cpu["watch"], 2),
        "decode_share": round(wall["decode"] / wall["watch"], 2),
        "decode_share_cpu": round(cpu["decode"] / cpu["watch"], 2),
        "overhead_vs_bare_detector": round(wall["watch"] / wall["bare"], 2),
        "overhead_vs_bare_detector_cpu": round(cpu["watch"] / cpu["bare"], 2),
    }


def apart(way: str, film: Path) -> dict[str, float]:
    """wall_s, cpu_s, peak_mb, seconds and tags of one way in a fresh process; the models are loaded before the clock starts."""
    command = [sys.executable, "-m", "tests.bench.seeing_speed", way, str(film)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=PACKS.parents[1])
    return dict(json.loads(said.stdout.splitlines()[-1]))


def _decode(film: Path, every: float = 0.0) -> tuple[float, int]:
    """Decodes every frame with all threads; with `every`, runs the bare detector on one picture each so many seconds."""
    detector = best_detector(PackShelf(PACKS))
    due, count = 0.0, 0
    with av.open(str(film)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for frame in container.decode(video=0):
            if every and frame.time >= due:
                due += every
                picture = frame.to_ndarray(format="bgr24")
                scale = detector.side / max(picture.shape[:2])
                count += len(detector.find([cv2.resize(picture, None, fx=scale, fy=scale)], [frame.time]))
        return float(container.duration) / av.time_base, count


def _watch(film: Path) -> tuple[float, int]:
    tenths = 0

    def progress(share: float) -> None:
        nonlocal tenths
        if int(share * 10) > tenths:
            tenths = int(share * 10)
            print(f"  {tenths * 10} % seen, {high_water('self'):.0f} MB at the peak", file=sys.stderr, flush=True)

    seen = watch(film, shelf=PackShelf(PACKS), progress=progress)
    return seen.duration, len(seen.tags)


def main() -> None:
    """One way over one film; prints its figures."""
    way, film = sys.argv[1], Path(sys.argv[2])
    ways = {"decode": _decode, "bare": lambda one: _decode(one, 0.5), "watch": _watch}
    if way == "watch":
        from workers.engines.seeing.text import reader

        reader()
    best_detector(PackShelf(PACKS))
    wall, cpu = time.monotonic(), time.process_time()
    seconds, count = ways[way](film)
    found = {"wall_s": time.monotonic() - wall, "cpu_s": time.process_time() - cpu, "peak_mb": high_water("self")}
    print(json.dumps(found | {"seconds": seconds, "count": count}))


if __name__ == "__main__":
    main()
