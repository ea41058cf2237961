"""E6 on a running station: damage on the disk is found by the workers, and made good by them."""

from pathlib import Path

import cv2
import numpy as np
import sqlalchemy as sa

from app.analysis.models import StepState
from app.config import Settings
from app.core import storage
from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.outbox import enqueue
from app.core.storage import copies
from app.evidence.models import Evidence, FixityState, StoredObject
from samples.browser import await_value
from tests.journeys.station import TestStation


def test_e6_damage_is_found_and_made_good_by_the_workers(station: TestStation, tmp_path: Path) -> None:
    """A flipped byte in an original and one in its working copy: one round, and both are what they were."""
    picture = tmp_path / "scene.png"
    cv2.imwrite(str(picture), np.random.default_rng(7).integers(0, 255, (240, 320, 3), np.uint8))
    officer = station.person()
    phone = station.phone(officer)
    upload = phone.send(picture, incident=station.incident(officer), title="scene")
    evidence = str(phone.await_seal(upload)["url"]).rsplit("/", 1)[-1]
    assert station.await_steps(evidence)["renditions"].state is StepState.DONE
    original, copy = _keys(station, evidence)
    await_value(lambda: _replicated(station, original), bool, seconds=180)
    objects = station.station.settings.objects
    before = (objects / original).read_bytes()
    for key in (original, copy):
        _flip(objects / key)
    _a_day_passes_and_a_round_begins(station, [original, copy])
    acts = ["evidence:fixity:fail", "evidence:fixity:fail", "evidence:fixity:restore"]
    await_value(lambda: sorted(_acts(station, evidence)), lambda found: found == acts, seconds=180)
    assert (objects / original).read_bytes() == before
    await_value(lambda: _whole(station, copy), bool, seconds=180)
    assert station.await_steps(evidence)["renditions"].generation == 2
    _a_day_passes_and_a_round_begins(station, [])
    await_value(lambda: _state(station, copy), lambda state: state is FixityState.SOUND, seconds=180)
    with station.database():
        assert session().get_one(Evidence, evidence).fixity is FixityState.SOUND
    page = station.browser(officer).get(f"/evidence/{evidence}")
    for words in ("Found altered in the store", "Restored from the replica store", "Found whole again"):
        assert words in page


def _keys(station: TestStation, evidence: str) -> tuple[str, str]:
    with station.database():
        item = session().get_one(Evidence, evidence)
        return item.storage_key, item.renditions[0].storage_key


def _replicated(station: TestStation, key: str) -> bool:
    with station.database():
        row = session().get(StoredObject, key)
        return row is not None and row.replicated_at is not None


def _a_day_passes_and_a_round_begins(station: TestStation, keys: list[str]) -> None:
    with station.database(), transaction() as current:
        mine = sa.update(StoredObject).where(StoredObject.storage_key.in_(keys))
        current.execute(mine.values(turn_at=StoredObject.turn_at - sa.text("interval '2 days'")))
        enqueue("check_fixity", queue="default")


def _acts(station: TestStation, evidence: str) -> list[str]:
    with station.database():
        of_item = sa.select(Event.act).where(Event.subject_id == evidence, Event.act.startswith("evidence:fixity"))
        aside = ("evidence:fixity:copy", "evidence:fixity:recover")  # the clock's own round may be quicker than we look
        return [act for act in session().scalars(of_item) if act not in aside]


def _whole(station: TestStation, key: str) -> bool:
    settings: Settings = station.station.settings
    with station.database():
        row = session().get_one(StoredObject, key)
        store = storage.reader(settings, storage.shelf(settings))
        return store.exists(key) and copies.digest(store, key) == row.sha256


def _state(station: TestStation, key: str) -> FixityState | None:
    with station.database():
        return session().get_one(StoredObject, key).state


def _flip(path: Path) -> None:
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    path.chmod(0o440)
