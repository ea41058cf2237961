"""What a crash leaves in the evidence store is removed or taken up; an original never is."""

import hashlib
import os
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.config import Settings
from app.core.db import transaction
from app.core.storage import Altered, ObjectStore, store
from app.evidence import strays
from app.incidents.models import Incident
from tests.app.evidence.sending import Phone

NOW = timedelta(0)


@pytest.fixture
def vault(app: Flask, settings: Settings) -> ObjectStore:
    """The encrypted store of the app."""
    kept = store(settings)
    kept.prepare()
    return kept


def keep(vault: ObjectStore, folder: Path, content: bytes, prefix: str) -> str:
    """Content put under its hash, as a worker does before its transaction."""
    path = folder / uuid.uuid4().hex
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"{prefix}/{sha256}"
    vault.put_file(key, path, sha256=sha256)
    return key


def test_what_an_interrupted_write_left_goes_after_a_day(vault: ObjectStore, settings: Settings) -> None:
    left = settings.objects / ".incoming" / uuid.uuid4().hex
    left.write_bytes(b"half an original")
    with transaction():
        strays.sweep(vault)
    assert left.exists()  # it may be being written at this moment
    os.utime(left, (time.time() - 25 * 3600,) * 2)
    with transaction():
        strays.sweep(vault)
    assert not left.exists()


def test_an_original_that_no_item_names_is_told_and_stays(vault: ObjectStore, tmp_path: Path) -> None:
    keys = [keep(vault, tmp_path, b"lost row", "originals/aa"), keep(vault, tmp_path, b"lost too", "quarantine")]
    with transaction():
        assert strays.sweep(vault, patience=NOW) == keys
        assert strays.sweep(vault) == []  # younger than a day: it may be work in progress
    assert all(vault.exists(key) for key in keys)


def test_an_original_whose_item_is_still_to_be_taken_in_is_not_told(
    vault: ObjectStore, tmp_path: Path, phone: Phone, incident: Incident
) -> None:
    content = b"put, then the worker died"
    key = keep(vault, tmp_path, content, "originals/bb")
    location = phone.open(incident, len(content), sha256=key.rpartition("/")[2])
    assert phone.patch(location, 0, content).status_code == 204
    with transaction():
        assert strays.sweep(vault, patience=NOW) == []


def test_a_working_copy_that_no_row_names_goes(vault: ObjectStore, tmp_path: Path) -> None:
    key = keep(vault, tmp_path, b"a poster of a step that died", "renditions/cc")
    with transaction():
        strays.sweep(vault)
        assert vault.exists(key)
        assert strays.sweep(vault, patience=NOW) == []
    assert not vault.exists(key)


def test_a_working_copy_of_unknown_age_stays(app: Flask, settings: Settings, tmp_path: Path) -> None:
    """Without encryption nobody knows whether a step is just about to name it."""
    plain = store(settings.model_copy(update={"encrypt": False}))
    plain.prepare()
    key = keep(plain, tmp_path, b"a poster", "renditions/ee")
    with transaction():
        strays.sweep(plain, patience=NOW)
    assert plain.exists(key)


def test_what_lies_there_is_taken_up_only_when_it_is_good(
    vault: ObjectStore, settings: Settings, tmp_path: Path
) -> None:
    """A landing file may be the last good copy: a spoiled object under its hash does not pass for it."""
    key = keep(vault, tmp_path, b"the same content", "originals/dd")
    assert keep(vault, tmp_path, b"the same content", "originals/dd") == key
    kept = settings.objects / key
    kept.chmod(0o600)
    spoiled = bytearray(kept.read_bytes())
    spoiled[-20] ^= 1
    kept.write_bytes(spoiled)
    with pytest.raises(Altered):
        keep(vault, tmp_path, b"the same content", "originals/dd")
