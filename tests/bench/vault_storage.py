"""What encryption at rest and fixity cost: sealed and plain side by side on the same disk, in the same rounds.

`python -m tests.bench.vault_storage` prints progress and, as its last line, the figures as JSON. Times are wall times of
one process; whatever fits is in the page cache, so the ratios show the cost of the work, not of the disk.
"""

import contextlib
import hashlib
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from app import embedded, migrate
from app.config import Settings
from app.core import db, storage
from app.core.storage import DiskStore, ObjectStore, copies
from tests.bench.road import say

SIZE = 1 << 30
RANGE = 1_000_000
RANGES = 300
ROUNDS = 3
MB = 1e6


def measure() -> dict[str, Any]:
    """range_read_mb_s (random 1 MB ranges of a sealed 1 GB object), sequential_read_mb_s, seal_cost_ratio and
    open_cost_ratio (sealed over plain, medians of alternating rounds), fixity_cost_ratio (the same when what is read is
    hashed too, as it always is where it matters), fixity_mb_s."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        url = embedded.database_url(home)
        try:
            migrate.upgrade(url)
            with db.connected(url):
                return _measure(Settings(home=home), home)
        finally:
            embedded.stop_database(home)


def _measure(settings: Settings, home: Path) -> dict[str, Any]:
    path, sha256 = _made(home / "film")
    plain, sealed = DiskStore(home / "plain"), storage.store(settings)
    plain.prepare()
    sealed.prepare()
    writes: dict[str, list[float]] = {"plain": [], "sealed": []}
    reads: dict[str, list[float]] = {"plain": [], "sealed": []}
    checks: dict[str, list[float]] = {"plain": [], "sealed": []}
    ranges: list[float] = []
    for turn in range(ROUNDS):
        key = f"originals/ab/{turn}"
        for name, store in _in_turn(turn, plain, sealed):
            writes[name].append(_timed(partial(store.put_file, key, path, sha256=sha256)))
        for name, store in _in_turn(turn, plain, sealed):
            reads[name].append(_timed(partial(_read, store, key)))
            checks[name].append(_timed(partial(_checked, store, key, sha256)))
        ranges.append(_timed(partial(_ranges, sealed, key)))
        say(
            f"round {turn + 1}: write {writes['plain'][-1]:.2f} s plain, {writes['sealed'][-1]:.2f} s sealed;"
            f" read {reads['plain'][-1]:.2f} s plain, {reads['sealed'][-1]:.2f} s sealed;"
            f" read and hashed {checks['plain'][-1]:.2f} s plain, {checks['sealed'][-1]:.2f} s sealed"
        )
        for _, store in _in_turn(0, plain, sealed):
            store.purge(key)
    middle = statistics.median
    return {
        "range_read_mb_s": round(RANGES * RANGE / MB / middle(ranges), 1),
        "sequential_read_mb_s": round(SIZE / MB / middle(reads["sealed"]), 1),
        "plain_read_mb_s": round(SIZE / MB / middle(reads["plain"]), 1),
        "sealed_write_mb_s": round(SIZE / MB / middle(writes["sealed"]), 1),
        "seal_cost_ratio": round(middle(writes["sealed"]) / middle(writes["plain"]), 3),
        "open_cost_ratio": round(middle(reads["sealed"]) / middle(reads["plain"]), 3),
        "fixity_cost_ratio": round(middle(checks["sealed"]) / middle(checks["plain"]), 3),
        "fixity_mb_s": round(SIZE / MB / middle(checks["sealed"]), 1),
    }


def _made(path: Path) -> tuple[Path, str]:
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(SIZE // (1 << 20)):
            block = os.urandom(1 << 20)
            digest.update(block)
            file.write(block)
    say(f"{SIZE / MB:,.0f} MB are made")
    return path, digest.hexdigest()


def _in_turn(turn: int, plain: ObjectStore, sealed: ObjectStore) -> list[tuple[str, ObjectStore]]:
    """Both stores, now the one first and now the other."""
    both = [("plain", plain), ("sealed", sealed)]
    return both if turn % 2 == 0 else both[::-1]


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _read(store: ObjectStore, key: str, start: int = 0, length: int | None = None) -> int:
    with contextlib.closing(store.open(key, start, length)) as pieces:
        return sum(len(piece) for piece in pieces)


def _ranges(store: ObjectStore, key: str) -> None:
    places = random.Random(5)
    for _ in range(RANGES):
        assert _read(store, key, places.randrange(SIZE - RANGE), RANGE) == RANGE


def _checked(store: ObjectStore, key: str, sha256: str) -> None:
    assert copies.digest(store, key) == sha256


if __name__ == "__main__":
    print(json.dumps(measure()))
