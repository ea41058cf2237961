"""The vault: uploads, storage and the ledger, one part after the other; `tests.bench.vault_PART` says what each measures.

BLOTTER_BENCH_PARTS (uploads,storage,ledger) names the parts for a quick look.
"""

import importlib
import os
from typing import Any

from tests.bench.road import say

PARTS = ("uploads", "storage", "ledger")


def measure() -> dict[str, Any]:
    """The figures of every part in one. A part that is not there, or that measures what another did, is an error."""
    wanted = [part for part in os.environ.get("BLOTTER_BENCH_PARTS", ",".join(PARTS)).split(",") if part]
    figures: dict[str, Any] = {}
    for part in wanted:
        if part not in PARTS:
            raise SystemExit(f"BLOTTER_BENCH_PARTS: there is no part {part!r}; there are {', '.join(PARTS)}")
        say(f"vault: {part}")
        found = importlib.import_module(f"tests.bench.vault_{part}").measure()
        if twice := figures.keys() & found.keys():
            raise RuntimeError(f"measured twice: {', '.join(sorted(twice))}")
        figures |= found
    return figures
