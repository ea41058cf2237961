"""Long recordings are seen chunk by chunk: after a kill the next worker goes on, and the tags are those of an unbroken run."""

import hashlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from app.analysis import keeping
from app.analysis.models import SeenChunk, Step, StepState, Tag
from app.config import Settings
from app.core.db import close_session, session, transaction
from app.core.storage import store
from app.evidence.models import Evidence
from tests.app.desk.scene import item, step, stop
from tests.journeys import clips
from tests.people import People
from workers.engines.packs import PackShelf
from workers.engines.seeing import Part, parts, watch

CHUNK_S = 2.0
CHILD = """
import sys
from app.core import db
from workers.celery_app import database_address
from workers.tasks import tag_video
db.connect(database_address(), pool_size=2)
tag_video.CHUNK_S = float(sys.argv[2])
tag_video.tag_video(sys.argv[1])
"""
TaskRoom = Callable[[str], ModuleType]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A quarter of a minute with a plate, a cut and something that moves."""
    return clips.street(tmp_path_factory.mktemp("clip") / "street.mp4", seconds=16)


@pytest.fixture
def recording(app: Flask, settings: Settings, people: People, clip: Path) -> Evidence:
    """A sealed recording whose bytes are in the store."""
    officer = people.one()
    made = item(stop(officer), officer)
    sha256 = hashlib.sha256(clip.read_bytes()).hexdigest()
    with transaction() as db:
        made = db.get_one(Evidence, made.id)
        made.sha256, made.storage_key = sha256, f"originals/{sha256[:2]}/{uuid.uuid4().hex}"
    store(settings).put_file(made.storage_key, clip, sha256=sha256)
    return made


def kept() -> int:
    """How many chunks are in the database."""
    close_session()
    return session().scalar(sa.select(sa.func.count()).select_from(SeenChunk)) or 0


def seen(step_id: uuid.UUID) -> list[tuple[object, ...]]:
    """Every tag of a step, with its boxes and figures."""
    session().expire_all()
    query = sa.select(Tag).where(Tag.step_id == step_id).order_by(Tag.start_s, Tag.kind, Tag.label, Tag.end_s)
    return [
        (one.kind, one.label, one.start_s, one.end_s, one.best_s, one.count, one.confidence, one.box, one.detail)
        for one in session().scalars(query)
    ]


def test_a_killed_worker_goes_on_and_ends_with_the_same_tags(
    recording: Evidence, task_room: TaskRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOTTER_STEP_LEASE_SECONDS", "2")
    room = task_room("tag_video")
    monkeypatch.setattr(room, "CHUNK_S", CHUNK_S)
    broken = step(recording, "tag_video", StepState.QUEUED)
    worker = subprocess.Popen([sys.executable, "-c", CHILD, str(broken.id), str(CHUNK_S)], env={**os.environ})
    until = time.monotonic() + 240
    while kept() < 2 and worker.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    worker.send_signal(signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL, "it was killed in the middle"
    before = kept()
    assert before >= 2

    seen_again: list[int] = []
    fresh = room.KeptChunks.put
    monkeypatch.setattr(
        room.KeptChunks, "put", lambda self, number, part: (seen_again.append(number), fresh(self, number, part))[1]
    )
    session().rollback()
    with transaction():
        session().execute(sa.update(Step).where(Step.id == broken.id).values(lease_until=sa.func.now()))
    room.tag_video(str(broken.id))
    assert seen_again[0] == before, "what was seen before is not seen again"
    assert kept() == 0, "the tags are there: the chunks are gone"
    whole = step(recording, "tag_video", StepState.QUEUED, generation=2)
    room.tag_video(str(whole.id))
    assert seen(broken.id) == seen(whole.id)
    kinds = {row[0] for row in seen(whole.id)}
    assert {"shot", "motion", "light", "plate", "camera"} <= kinds


class Held:
    """Parts in memory, through JSON's plain data."""

    def __init__(self) -> None:
        self.data: dict[int, dict[str, object]] = {}

    def get(self, number: int) -> Part | None:
        """The part, read back."""
        return parts.from_data(self.data[number]) if number in self.data else None

    def put(self, number: int, part: Part) -> None:
        """Keeps it."""
        self.data[number] = parts.as_data(part)


def test_going_on_at_any_border_gives_the_same_tags(clip: Path, tmp_path: Path) -> None:
    shelf, held = PackShelf(tmp_path), Held()
    whole = watch(clip, shelf=shelf, kept=held, chunk_s=4.0)
    assert sorted(held.data) == [0, 1, 2, 3]
    for number in (1, 3):
        rest = Held()
        rest.data = {key: value for key, value in held.data.items() if key < number}
        assert watch(clip, shelf=shelf, kept=rest, chunk_s=4.0) == whole


def test_other_engines_do_not_go_on_from_these_chunks(recording: Evidence, task_room: TaskRoom, tmp_path: Path) -> None:
    room = task_room("tag_video")

    def key(sha256: str = "a", decoder: str = "software", chunk_s: float = 120.0) -> str:
        shown = room.Shown(recording.id, "k", sha256, None)
        return str(room.KeptChunks(shown, room.seers(PackShelf(tmp_path), decoder), chunk_s)._key)

    assert len({key(), key("b"), key(decoder="cuda"), key(chunk_s=60.0)}) == 4
    assert key() == key()


def test_a_purge_takes_the_chunks_too(recording: Evidence, task_room: TaskRoom) -> None:
    room = task_room("tag_video")
    held = room.KeptChunks(room.Shown(recording.id, "k", "a", None), (), 2.0)
    held.put(0, Part(0, 2.0, 320, 240, 20))
    assert held.get(0) == Part(0, 2.0, 320, 240, 20)
    with transaction():
        assert keeping.removes(recording.id)["chunks"] == 1
    assert kept() == 0
