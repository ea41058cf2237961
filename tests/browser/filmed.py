"""A recording that really plays, with its working copies, a transcript and thousands of tags, put into the portal of a test."""

import hashlib
import threading
import uuid
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

from app.accounts.models import Officer
from app.analysis.models import StepState, Tag
from app.config import Settings
from app.core.actor import machine
from app.core.db import session, transaction
from app.core.storage import store
from app.evidence import service
from app.evidence.models import Evidence, EvidenceState, MediaKind
from tests.app.desk import scene
from workers.engines.media import probe

Rooms = Callable[[str], ModuleType]


def sealed_film(path: Path, officer: Officer, rooms: Rooms, settings: Settings, kind: str = "video") -> Evidence:
    """The film sealed in a fresh incident, with the working copies that the back room makes of it."""
    item = scene.item(scene.stop(officer, title="Tail light"), officer, state=EvidenceState.RECEIVED)
    facts, sha256 = probe(path), hashlib.sha256(path.read_bytes()).hexdigest()
    key = f"originals/{sha256[:2]}/{sha256}"
    settings.scratch.mkdir(parents=True, exist_ok=True)
    sent = settings.scratch / f"sent-{path.name}"
    sent.write_bytes(path.read_bytes())
    store(settings).put_file(key, sent, sha256=sha256)
    with transaction():
        service.seal(
            session().get_one(Evidence, item.id),
            sha256=sha256,
            size=path.stat().st_size,
            media_kind=MediaKind(kind),
            media_type=f"{kind}/mp4",
            duration_s=facts.duration_s,
            facts=asdict(facts),
            storage_key=key,
            actor=machine("intake"),
        )
    step = scene.step(item, "renditions", StepState.QUEUED)
    done(rooms("renditions").renditions, step.id)
    session().commit()
    return session().get_one(Evidence, item.id, populate_existing=True)


def done(task: Callable[[str], None], known: uuid.UUID) -> None:
    """Runs a task of the back room as a worker does: in a thread of its own, with a session of its own."""
    worker = threading.Thread(target=task, args=(str(known),))
    worker.start()
    worker.join()


def many_tags(item: Evidence, count: int) -> None:
    """So many tags all over the recording; every tenth is a plate, every third a person; cars move from left to right."""
    step, length = scene.step(item, "tag_video"), item.duration_s or 1.0
    with transaction() as db:
        for number in range(count):
            start = number * length / count
            kind = "plate" if number % 10 == 0 else "person" if number % 3 == 0 else "vehicle"
            end = min(length, start + (0.2 if kind == "plate" else 2.0))
            places = [[start + at * 0.5, 0.1 + 0.1 * at, 0.3, 0.2, 0.3, 0.8] for at in range(5)]
            db.add(
                Tag(
                    id=uuid.uuid4(),
                    evidence_id=item.id,
                    step_id=step.id,
                    kind=kind,
                    label={"plate": f"7ABC{number:04}", "person": "Person", "vehicle": "Car"}[kind],
                    start_s=start,
                    end_s=end,
                    best_s=start,
                    confidence=0.4 + number % 6 / 10,
                    box=[0.1, 0.3, 0.2, 0.3] if kind != "plate" else None,
                    method="test",
                    detail={"boxes": places} if kind == "vehicle" else {},
                )
            )
