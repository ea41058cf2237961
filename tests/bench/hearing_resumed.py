"""An hour that is killed in the middle and heard on, against an hour heard without a break: `python -m ... SOUND FOLDER`.

The parts are kept in files by the very shape that the worker keeps them in the database (tests/workers shows that one).
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench.hearing_sets import RATE, Sound
from workers.engines.hearing import Part, Utterance, Word, hear
from workers.engines.hearing.builtin import Pocketsphinx

HOUR_MINUTES, CHUNKS_BEFORE = 60, 7
CLIPS = (("clip_noise_complaint", 0), ("clip_found_wallet", 0), ("clip_noise_complaint", 6))


class Files:
    """Parts as files of a folder; each is there whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, number: int) -> Part | None:
        """What was kept of this chunk."""
        path = self._folder / f"{number}.json"
        if not path.exists():
            return None
        row = json.loads(path.read_text())
        said = tuple(Utterance(**one | {"words": tuple(Word(**word) for word in one["words"])}) for one in row["said"])
        return Part(row["language"], row["end"], said)

    def put(self, number: int, part: Part) -> None:
        """Keeps it for good, and says that it was heard."""
        row = {"language": part.language, "end": part.end, "said": [asdict(one) for one in part.utterances]}
        fresh = self._folder / f"{number}.new"
        fresh.write_text(json.dumps(row))
        fresh.replace(self._folder / f"{number}.json")
        print(f"heard {number} {part.end}", flush=True)


def resumed(repeat: Callable[[Path, Sound, int], None]) -> dict[str, Any]:
    """Whether an hour with kill -9 after seven chunks ends with the words of an unbroken hour, and seconds heard twice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        repeat(folder / "hour.wav", _ten_minutes(), HOUR_MINUTES // 10)
        broken = _child(folder, "broken")
        while _count(folder / "broken") < CHUNKS_BEFORE and broken.poll() is None:
            time.sleep(0.05)
        broken.send_signal(signal.SIGKILL)
        before = [line for line in broken.communicate()[0].splitlines() if line.startswith("heard")]
        killed = broken.returncode == -signal.SIGKILL
        after = _whole(_child(folder, "broken"))
        whole = _whole(_child(folder, "whole"))
        twice = {line.split()[1] for line in before} & {line.split()[1] for line in after}
        same = (folder / "broken" / "said.json").read_text() == (folder / "whole" / "said.json").read_text()
        words = len(json.loads((folder / "whole" / "said.json").read_text()))
        return {
            "resumed_same_transcript": killed and same and len(after) < len(whole) and words > 0,
            "resumed_chunks_before_the_kill": len(before),
            "resumed_kept_chunks_heard_again": len(twice),
            "resumed_seconds_heard_again": round(_again(before, whole), 1),
            "resumed_utterances": words,
        }


def _again(before: list[str], whole: list[str]) -> float:
    """At most: the chunk that the kill fell into, whose beginning was lost."""
    at = float(before[-1].split()[2])
    return next(float(line.split()[2]) for line in whole if float(line.split()[2]) > at) - at


def _ten_minutes() -> Sound:
    """Road noise with three sayings in it."""
    from tests.workers import sounds

    ten = sounds.road(600) * 0.1
    for place, (name, first) in enumerate(CLIPS):
        clip = sounds.spoken(name)[first * RATE : (first + 6) * RATE]
        at = (20 + 190 * place) * RATE
        ten[at : at + len(clip)] += clip
    return np.asarray(ten)


def _child(folder: Path, name: str) -> "subprocess.Popen[str]":
    (folder / name).mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.bench.hearing_resumed", str(folder / "hour.wav"), str(folder / name)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _whole(child: "subprocess.Popen[str]") -> list[str]:
    lines = child.communicate()[0].splitlines()
    assert child.returncode == 0
    return [line for line in lines if line.startswith("heard")]


def _count(folder: Path) -> int:
    return len(list(folder.glob("*.json")))


if __name__ == "__main__":
    heard = hear(Path(sys.argv[1]), transcriber=Pocketsphinx(), kept=Files(Path(sys.argv[2])))
    said = [asdict(one) for one in heard.utterances]
    (Path(sys.argv[2]) / "said.json").write_text(json.dumps(said))
