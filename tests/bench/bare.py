"""The bare engines run one after the other on a file, with nothing of ours around them: the floor of the road."""

import json
import sys
import tempfile
import time
from pathlib import Path

from workers.engines import media
from workers.engines.hearing import Transcriber, best_transcriber, hear
from workers.engines.language import listen_for
from workers.engines.packs import PackShelf
from workers.engines.reading import Line, read
from workers.engines.seeing import watch
from workers.engines.writing import Brief, IncidentFacts, Recording, compose


def once(path: Path, shelf: PackShelf, transcriber: Transcriber) -> float:
    """Seconds to run every engine of the pipeline once."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        media.sniff(path)
        media.probe(path)
        media.make_copies(path, out)
    watch(path, shelf=shelf)
    heard = hear(path, transcriber=transcriber)
    lines = [
        Line(
            index=index,
            start=one.start,
            end=one.end,
            text=one.text,
            role=one.role,
            speaker=one.speaker,
            confidence=one.confidence,
            speaker_confidence=one.speaker_confidence,
        )
        for index, one in enumerate(heard.utterances)
    ]
    mentions = read(lines).mentions
    listen_for(lines)
    recording = Recording(
        evidence_id="1",
        title="stop",
        kind="video",
        started_at=None,
        duration=heard.duration,
        lines=tuple(lines),
        tags=(),
        mentions=mentions,
    )
    facts = IncidentFacts(
        number="1", kind="traffic_stop", occurred_at=None, place="", officer_name="Officer A", badge="1"
    )
    compose(Brief(incident=facts, recordings=(recording,)))
    return time.monotonic() - began


def main() -> None:
    """Prints a JSON list of seconds: one warm-up that is not counted, then as many runs as asked for."""
    path, packs, runs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    shelf = PackShelf(packs)
    transcriber = best_transcriber(shelf)
    once(path, shelf, transcriber)
    print(json.dumps([once(path, shelf, transcriber) for _ in range(runs)]))


if __name__ == "__main__":
    main()
