"""The agency's key is changed while everything stays readable; broken off, it is gone on with."""

import hashlib
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from app.config import Settings
from app.config import settings as current_settings
from app.core import ledger
from app.core.db import session
from app.core.key_commands import keys_group
from app.core.keys import KeyMissing, Ring, renew, retired, wrapper
from app.core.storage import ObjectStore, objectkeys, store
from tests.app.core.test_keys import SERVICE

NAMES = [f"originals/ab/{number}" for number in range(7)]


@pytest.fixture
def objects(app: Flask, settings: Settings, tmp_path: Path) -> ObjectStore:
    """Seven sealed objects."""
    kept = store(settings)
    for name in NAMES:
        path = tmp_path / "made"
        path.write_text(name)
        kept.put_file(name, path, sha256=hashlib.sha256(name.encode()).hexdigest())
    return kept


@pytest.fixture
def typed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Types `blotter keys …` on these settings."""

    def answer(*words: str) -> Result:
        monkeypatch.setenv("BLOTTER_HOME", str(settings.home))
        current_settings.cache_clear()
        try:
            return CliRunner().invoke(keys_group, words)
        finally:
            current_settings.cache_clear()

    return answer


def readable(objects: ObjectStore) -> bool:
    return all(b"".join(objects.open(name)).decode() == name for name in NAMES)


def test_every_object_key_is_wrapped_anew_and_the_objects_stay_as_they_are(
    objects: ObjectStore, settings: Settings, typed: Callable[..., Result]
) -> None:
    before = {path: path.read_bytes() for path in settings.objects.rglob("*") if path.is_file()}
    old = wrapper(settings, used=objectkeys.any_kept).id
    answer = typed("rewrap")
    assert answer.exit_code == 0, answer.output
    new = wrapper(settings, used=objectkeys.any_kept).id
    assert new != old
    assert objectkeys.counted() == {new: 7}
    assert readable(objects)
    assert {path: path.read_bytes() for path in before} == before
    (kept,) = retired(settings)
    assert stat.S_IMODE(kept.stat().st_mode) == stat.S_IMODE((settings.keys / "agency.key").stat().st_mode) == 0o400
    (event,) = ledger.custody(subject_kind="key", subject_id=new)
    assert (event.act, event.details) == ("keys:agency:rewrap", {"objects": 7})
    session().rollback()
    kept.unlink()
    assert readable(store(settings))


def test_a_change_that_was_broken_off_leaves_all_readable_and_is_gone_on_with(
    objects: ObjectStore, settings: Settings, typed: Callable[..., Result]
) -> None:
    renew(settings)
    half = wrapper(settings, used=objectkeys.any_kept)
    assert isinstance(half, Ring)
    assert objectkeys.rewrap(half, most=3) == 3
    assert sorted(objectkeys.counted().values()) == [3, 4]
    assert readable(objects)
    assert typed("rewrap").exit_code == 0
    assert objectkeys.counted() == {half.id: 7}, "no second new key was made"
    assert len(retired(settings)) == 1


def test_without_the_old_key_nothing_is_lost_and_the_remedy_is_named(
    objects: ObjectStore, settings: Settings, typed: Callable[..., Result]
) -> None:
    renew(settings)
    (old,) = retired(settings)
    away = old.rename(settings.home / "away")
    answer = typed("rewrap")
    assert answer.exit_code == 1
    assert "restore the keys" in answer.output
    with pytest.raises(KeyMissing):
        readable(objects)
    listed = typed("list")
    assert listed.exit_code == 1
    assert "7 objects cannot be opened without it" in listed.output
    away.rename(old)
    assert typed("rewrap").exit_code == 0
    assert readable(objects)


def test_the_list_says_what_each_key_is_for_and_to_keep_a_copy(
    objects: ObjectStore, settings: Settings, typed: Callable[..., Result]
) -> None:
    answer = typed("list")
    assert answer.exit_code == 0
    assert "agency.key" in answer.output
    assert "opens 7 objects" in answer.output
    assert f"Keep a copy of {settings.keys} away from this machine" in answer.output
    (settings.keys / "agency.key").chmod(0o440)
    assert "OTHERS CAN READ IT" in typed("list").output


def test_from_a_file_to_a_key_service(objects: ObjectStore, settings: Settings, tmp_path: Path) -> None:
    program = tmp_path / "service.py"
    program.write_text(SERVICE)
    kms = settings.model_copy(update={"key_command": f"{sys.executable} {program}"})
    with pytest.raises(ValueError, match="BLOTTER_KEY_COMMAND"):
        renew(kms)
    own = wrapper(kms, used=objectkeys.any_kept)
    assert isinstance(own, Ring)
    wrapped = objectkeys.find(NAMES[0])
    assert wrapped is not None
    assert own.retired[0].unwrap(wrapped.wrapped, NAMES[0])


def test_the_commands_are_a_group_of_blotter() -> None:
    from app.cli import _add_room_commands, blotter

    _add_room_commands()
    group = blotter.commands["keys"]
    assert isinstance(group, click.Group)
    assert set(group.commands) == {"list", "rewrap"}
