"""A process that tells the speakers of one recording apart, and says what that took."""

import json
import sys
import time
from pathlib import Path

from tests.bench.road import high_water
from workers.engines.hearing.results import Utterance
from workers.engines.hearing.speakers import tell_apart


def main() -> None:
    """Prints peak_mb, seconds and speakers of `AUDIO SPANS.json`."""
    spans = json.loads(Path(sys.argv[2]).read_text())
    began = time.process_time()
    told = tell_apart(Path(sys.argv[1]), [Utterance(start, end, "x", (), 1.0) for start, end in spans])
    found = {"peak_mb": round(high_water("self")), "cpu_s": round(time.process_time() - began, 1)}
    print(json.dumps(found | {"found": len({one.speaker for one in told})}))


if __name__ == "__main__":
    main()
