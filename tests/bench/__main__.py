"""`python -m tests.bench NAME`: prints progress, and as its last line one JSON object with the figures."""

import importlib
import json
import sys

BENCHES = (
    "faces",
    "hearing",
    "hearing_speakers",
    "library",
    "moments",
    "people",
    "reading",
    "reading_drafts",
    "reports",
    "road",
    "seeing",
    "vault",
    "warning",
)


def main() -> None:
    """Runs one bench."""
    if len(sys.argv) != 2 or sys.argv[1] not in BENCHES:
        raise SystemExit(f"usage: python -m tests.bench {'|'.join(BENCHES)}")
    figures = importlib.import_module(f"tests.bench.{sys.argv[1]}").measure()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
