"""Long recordings: heard chunk by chunk, shown as far as they are heard, and going on after a kill where they stopped."""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from flask import Flask

from app.accounts.models import Officer
from app.analysis import chunks, keeping, queries, service
from app.analysis.models import HeardChunk, Step, StepState, Transcript
from app.config import Settings
from app.core.clock import now
from app.core.db import close_session, session, transaction
from app.core.errors import Invalid
from app.core.ledger import Event
from app.core.storage import store
from app.evidence.models import Evidence
from tests.app.desk.scene import heard, item, step, stop
from tests.people import People, actor_for, signed_in

CLIP = Path(__file__).resolve().parents[2] / "samples" / "clip_noise_complaint.m4a"
CHUNK_S = 4.0
CHILD = """
import os, sys
from app.core import db
from workers.celery_app import database_address
from workers.tasks import transcribe
db.connect(database_address(), pool_size=2)
transcribe.CHUNK_S = float(sys.argv[2])
transcribe.transcribe(sys.argv[1])
"""
TaskRoom = Callable[[str], ModuleType]


@pytest.fixture
def officer(people: People) -> Officer:
    return people.one()


@pytest.fixture
def recording(app: Flask, settings: Settings, officer: Officer, tmp_path: Path) -> Evidence:
    """A sealed recording whose bytes are in the store."""
    made = item(stop(officer), officer)
    copy = Path(shutil.copy(CLIP, tmp_path / "clip.m4a"))
    sha256 = hashlib.sha256(copy.read_bytes()).hexdigest()
    with transaction() as db:
        made = db.get_one(Evidence, made.id)
        made.sha256, made.storage_key = sha256, f"originals/{sha256[:2]}/{uuid.uuid4().hex}"
    store(settings).put_file(made.storage_key, copy, sha256=sha256)
    return made


def said(step_id: uuid.UUID) -> list[tuple[object, ...]]:
    """Every line of a step's transcript, word for word."""
    session().expire_all()
    transcript = session().scalars(sa.select(Transcript).where(Transcript.step_id == step_id)).one()
    return [(one.start_s, one.end_s, one.text, one.words, one.speaker, one.role) for one in transcript.utterances]


def kept() -> int:
    """How many chunks are in the database."""
    close_session()
    return session().scalar(sa.select(sa.func.count()).select_from(HeardChunk)) or 0


def test_a_killed_worker_goes_on_and_ends_with_the_same_words(
    recording: Evidence, task_room: TaskRoom, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 after the first chunks; the next worker hears only the rest; the transcript is that of an unbroken run."""
    monkeypatch.setenv("BLOTTER_STEP_LEASE_SECONDS", "2")
    room = task_room("transcribe")
    monkeypatch.setattr(room, "CHUNK_S", CHUNK_S)
    broken = step(recording, "transcribe", StepState.QUEUED)
    worker = subprocess.Popen([sys.executable, "-c", CHILD, str(broken.id), str(CHUNK_S)], env={**os.environ})
    until = time.monotonic() + 120
    while kept() < 2 and worker.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL, "it was killed in the middle"
    before = kept()
    assert before >= 2
    so_far = chunks.heard_so_far(recording.id)
    assert so_far is not None
    assert so_far.until_s >= CHUNK_S

    heard_again: list[int] = []
    fresh = room.KeptChunks.put
    monkeypatch.setattr(
        room.KeptChunks, "put", lambda self, number, part: (heard_again.append(number), fresh(self, number, part))[1]
    )
    session().rollback()
    with transaction():
        session().execute(sa.update(Step).where(Step.id == broken.id).values(lease_until=sa.func.now()))
    room.transcribe(str(broken.id))
    assert heard_again[0] == before, "what was heard before is not heard again"
    assert kept() == 0, "the transcript is there: the chunks are gone"
    whole = step(recording, "transcribe", StepState.QUEUED, generation=2)
    room.transcribe(str(whole.id))
    assert said(broken.id) == said(whole.id)
    assert said(whole.id)


def test_another_language_or_other_names_do_not_go_on_from_these_chunks(
    recording: Evidence, task_room: TaskRoom
) -> None:
    room = task_room("transcribe")

    class Quiet:
        info = room.transcriber().info

    def key(**changed: object) -> str:
        given = {"hints": ("Lopez",), "language": "", "sha256": "a"} | changed
        asked = room.Asked(recording.id, "k", given["sha256"], given["hints"], given["language"])
        return str(room.KeptChunks(asked, Quiet, 240.0)._key)

    keys = {key(), key(hints=("Reed",)), key(language="en"), key(sha256="b")}
    assert len(keys) == 4
    assert key() == key()


def one_chunk(recording: Evidence) -> None:
    with transaction():
        lines = [{"start": 1.0, "text": "Step out of the car."}]
        chunks.keep_chunk(recording.id, "k", 0, language="en", end_s=240.0, utterances=lines)
        chunks.keep_chunk(recording.id, "k", 0, language="en", end_s=240.0, utterances=lines)


def test_what_is_heard_so_far_is_shown_and_looking_is_an_event(
    app: Flask, recording: Evidence, officer: Officer
) -> None:
    one_chunk(recording)
    path, client = f"/evidence/{recording.id}/heard", signed_in(app, officer)
    assert "Nothing is heard yet" in client.get(path).text, "nobody listens: a rest of a run that failed is not shown"
    running = step(recording, "transcribe", StepState.RUNNING)
    page = client.get(path).text
    assert "Step out of the car." in page
    assert "Heard up to" in page
    events = session().scalars(sa.select(Event).where(Event.act == "evidence:item:view")).all()
    assert [event.details["what"] for event in events] == ["heard so far"] * 2
    assert "car" not in str([event.details for event in events])
    steps = client.get(f"/evidence/{recording.id}/steps").text
    assert path in steps
    assert running.seconds_left is None, "it has not begun"


def test_the_time_left_goes_by_the_pace_so_far(app: Flask, recording: Evidence, officer: Officer) -> None:
    """Two fifths in five minutes: seven and a half are left. Nothing is said before a fiftieth, or when it is over."""
    running = step(recording, "transcribe", StepState.RUNNING, started_at=now() - timedelta(minutes=5))
    page = f"/evidence/{recording.id}/steps"
    assert running.seconds_left == pytest.approx(450, abs=90)
    left = re.search(r"About (\d+) min", signed_in(app, officer).get(page).text)
    assert left is not None
    assert 7 <= int(left[1]) <= 9
    with transaction() as db:
        db.get_one(Step, running.id).progress = 0.01
    assert "About" not in signed_in(app, officer).get(page).text
    assert step(recording, "tag_video", StepState.DONE, started_at=now()).seconds_left is None


def test_a_stranger_sees_nothing_of_it(app: Flask, recording: Evidence, people: People) -> None:
    assert signed_in(app, people.one()).get(f"/evidence/{recording.id}/heard").status_code == 404


def test_a_purge_takes_the_chunks_too(recording: Evidence) -> None:
    one_chunk(recording)
    with transaction():
        assert keeping.removes(recording.id)["chunks"] == 1
    assert kept() == 0


def test_a_person_sets_the_language_and_the_ledger_says_so(
    app: Flask, recording: Evidence, officer: Officer, task_room: TaskRoom
) -> None:
    """The built-in engine knows English only: it says so, and invents nothing."""
    done = step(recording, "transcribe")
    heard(done, "step out of the car")
    desk = signed_in(app, officer).get(f"/evidence/{recording.id}/steps").text
    assert "Spanish" in desk
    with transaction():
        again = service.rerun(done, actor=actor_for(officer), language="es")
    assert again.asked == {"language": "es"}
    [event] = session().scalars(sa.select(Event).where(Event.act == "analysis:step:rerun"))
    assert event.details["language"] == "es"
    task_room("transcribe").transcribe(str(again.id))
    session().expire_all()
    failed = session().get_one(Step, again.id)
    assert failed.state is StepState.FAILED
    assert "knows English only" in failed.error
    standing = queries.transcript_of(recording.id)
    assert standing is not None
    assert standing.step_id == done.id, "what was heard before still stands"


@pytest.mark.parametrize(
    ("name", "language", "words"),
    [("transcribe", "xx", "cannot|not a language"), ("tag_video", "es", "Only a transcript")],
)
def test_a_language_that_cannot_be_set_is_refused(
    recording: Evidence, officer: Officer, name: str, language: str, words: str
) -> None:
    done = step(recording, name)
    with pytest.raises(Invalid, match=words) as refused, transaction():
        service.rerun(done, actor=actor_for(officer), language=language)
    assert refused.value.field == "language"
