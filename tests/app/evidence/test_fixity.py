"""E6, C25: one flipped byte in a stored file is found, named, alarmed and made good; so is a file that is gone."""

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from app.config import Settings
from app.config import settings as current_settings
from app.core import ledger
from app.core.actor import machine
from app.core.clock import now
from app.core.db import session, transaction
from app.core.keys import KeyMissing
from app.core.outbox import Job
from app.core.permissions import Role
from app.core.storage import DiskStore, framing, purge, store
from app.evidence import fixity, queries, rounds
from app.evidence.commands import fixity_group
from app.evidence.models import Evidence, FixityState, StoredObject
from app.incidents.models import Incident
from tests.app.evidence.sending import Phone, acts, sealed, with_copy
from tests.people import People, actor_for, signed_in

CLOCK = machine("fixity")
CONTENT = hashlib.sha256(b"a film").digest() * 40_000  # five chunks


@pytest.fixture
def item(app: Flask, phone: Phone, incident: Incident) -> Evidence:
    """A sealed film with a working copy."""
    made = sealed(app, phone.send(incident, CONTENT))
    with_copy(app, made, "proxy", b"a proxy" * 1000, "video/mp4", "mp4")
    return session().get_one(Evidence, made.id, populate_existing=True)


@pytest.fixture
def replicated(settings: Settings, tmp_path: Path) -> Settings:
    """The same station with a replica store."""
    return settings.model_copy(update={"replica_dir": tmp_path / "elsewhere"})


def round_of(settings: Settings) -> list[rounds.Checked]:
    """One round of the clock."""
    return list(rounds.regular(settings, actor=CLOCK))


def fresh(item: Evidence) -> Evidence:
    session().rollback()
    return session().get_one(Evidence, item.id, populate_existing=True)


def flip(settings: Settings, key: str, at: int) -> Path:
    """Changes one byte of a stored file behind the product's back."""
    path = settings.objects / key
    path.chmod(0o600)
    handle = os.open(path, os.O_RDWR)
    byte = os.pread(handle, 1, at)
    os.pwrite(handle, bytes([byte[0] ^ 1]), at)
    os.close(handle)
    path.chmod(0o440)
    return path


def truncate(path: Path) -> None:
    path.chmod(0o600)
    os.truncate(path, path.stat().st_size - 1)


def events(act: str) -> list[ledger.Event]:
    session().rollback()
    return list(session().scalars(sa.select(ledger.Event).where(ledger.Event.act == act).order_by(ledger.Event.seq)))


def copy_key(item: Evidence) -> str:
    return fresh(item).renditions[0].storage_key


def test_a_round_reads_everything_back_and_notes_when(settings: Settings, item: Evidence) -> None:
    assert {one.found.state for one in round_of(settings)} == {FixityState.SOUND}
    kept = fresh(item)
    assert kept.fixity is FixityState.SOUND
    assert kept.fixity_at is not None
    told = fixity.report()
    assert (told.objects, told.checked_this_week, told.never, told.faulty) == (2, 2, 0, [])
    assert round_of(settings) == [], "nothing is read twice in a day"


def test_e6_one_flipped_byte_of_an_original_is_found_named_and_alarmed(
    app: Flask, settings: Settings, item: Evidence, caplog: pytest.LogCaptureFixture, people: People
) -> None:
    """E6: within one cycle; the object, the item and about where are named, and those who must know see it."""
    at = framing.HEADER + 3 * (framing.CHUNK + framing.TAG) + 17
    flip(settings, item.storage_key, at)
    with caplog.at_level(logging.ERROR, "blotter.fixity"):
        found = {one.taken.key: one for one in round_of(settings)}
    assert not found[item.storage_key].sound
    marked = fresh(item)
    assert marked.fixity is FixityState.ALTERED
    (event,) = events("evidence:fixity:fail")
    assert (event.subject_id, event.outcome, event.actor_label) == (str(item.id), "altered", "machine:fixity")
    assert event.details["key"] == item.storage_key
    assert event.details["near_byte"] == 3 * framing.CHUNK
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("FIXITY FAULT: original")
    assert str(item.id) in line
    assert f"near byte {3 * framing.CHUNK}" in line
    for role in (Role.ADMINISTRATOR, Role.RECORDS):
        html = signed_in(app, people.one(role)).get("/").get_data(as_text=True)
        assert "not what was sealed" in html
        assert str(item.id) in html or item.storage_key[-12:] in html
    owner = fresh(item).officer
    page = signed_in(app, owner).get(f"/evidence/{item.id}").get_data(as_text=True)
    assert "This original was altered in the store" in page


@pytest.mark.parametrize("hurt", ["flipped", "gone"])
def test_who_opens_a_damaged_original_is_told_so_and_gets_no_byte_of_it(
    app: Flask, settings: Settings, item: Evidence, hurt: str, caplog: pytest.LogCaptureFixture
) -> None:
    key, item_id = item.storage_key, item.id
    browser = signed_in(app, fresh(item).officer)
    if hurt == "flipped":
        flip(settings, key, 1000)
    else:
        (settings.objects / key).unlink()
    answer = browser.get(f"/evidence/{item_id}/original")
    assert answer.status_code == 500
    html = answer.get_data(as_text=True)
    assert "This file is damaged or missing in the store." in html
    assert "Tell an administrator" in html
    assert f"FIXITY FAULT while sending {key}" in caplog.text
    round_of(settings)
    page = browser.get(f"/evidence/{item_id}").get_data(as_text=True)
    assert "What lies in the store now is not that." in page or "gave no SHA-256" in page


@pytest.mark.parametrize("at", [0, 8, 12, framing.HEADER - 1, framing.HEADER, -1])
def test_e6_the_header_and_both_ends_are_no_blind_spots(settings: Settings, item: Evidence, at: int) -> None:
    size = (settings.objects / item.storage_key).stat().st_size
    flip(settings, item.storage_key, at % size)
    assert [one.taken.key for one in round_of(settings) if not one.sound] == [item.storage_key]


@pytest.mark.parametrize("cut", [lambda path: path.unlink(), truncate], ids=["gone", "cut"])
def test_e6_a_file_that_is_gone_or_cut_is_found(
    settings: Settings, item: Evidence, cut: Callable[[Path], None]
) -> None:
    cut(settings.objects / item.storage_key)
    (bad,) = [one for one in round_of(settings) if not one.sound]
    assert bad.found.state in (FixityState.MISSING, FixityState.ALTERED)
    assert fresh(item).fixity is bad.found.state


def test_e6_without_encryption_a_flipped_byte_is_found_too(
    settings: Settings, app: Flask, phone: Phone, incident: Incident, tmp_path: Path
) -> None:
    bare = settings.model_copy(update={"encrypt": False, "replica_dir": tmp_path / "elsewhere"})
    app.config["SETTINGS"] = bare
    item = sealed(app, phone.send(incident, CONTENT))
    assert rounds.replicate(bare, actor=CLOCK) == 1
    flip(bare, item.storage_key, 123_456)
    (bad,) = round_of(bare)
    assert bad.found.near_byte == 123_456, "told from the replica"
    assert bad.restored
    assert b"".join(store(bare).open(item.storage_key)) == CONTENT


def test_e6_an_original_is_restored_from_the_replica_and_the_damaged_bytes_are_kept(
    replicated: Settings, item: Evidence
) -> None:
    assert rounds.replicate(replicated, actor=CLOCK) == 1
    (copied,) = events("evidence:fixity:copy")
    assert copied.details["place"] == "replica"
    good = (replicated.objects / item.storage_key).read_bytes()
    assert (replicated.replica_dir or Path()).joinpath(item.storage_key).read_bytes() == good, "encrypted as it lies"
    damaged = flip(replicated, item.storage_key, 500_000).read_bytes()
    (bad,) = [one for one in round_of(replicated) if one.found.state in fixity.FAULTY]
    assert bad.restored
    assert (replicated.objects / item.storage_key).read_bytes() == good
    assert fresh(item).fixity is FixityState.SOUND
    (restored,) = events("evidence:fixity:restore")
    assert (replicated.objects / restored.details["damaged"]).read_bytes() == damaged
    assert [one.outcome for one in events("evidence:fixity:fail")] == ["altered"]
    assert b"".join(store(replicated).open(item.storage_key)) == CONTENT


def test_e6_a_missing_original_comes_back_from_the_replica(replicated: Settings, item: Evidence) -> None:
    rounds.replicate(replicated, actor=CLOCK)
    (replicated.objects / item.storage_key).unlink()
    (bad,) = [one for one in round_of(replicated) if one.found.state in fixity.FAULTY]
    assert (bad.found.state, bad.restored) == (FixityState.MISSING, True)
    assert b"".join(store(replicated).open(item.storage_key)) == CONTENT


def test_a_replica_that_is_damaged_itself_replaces_nothing(
    replicated: Settings, item: Evidence, caplog: pytest.LogCaptureFixture
) -> None:
    rounds.replicate(replicated, actor=CLOCK)
    assert replicated.replica_dir is not None
    elsewhere = replicated.model_copy(update={"home": replicated.home})
    _flip_file(replicated.replica_dir / item.storage_key, 400_000)
    damaged = flip(elsewhere, item.storage_key, 500_000).read_bytes()
    (bad,) = [one for one in round_of(replicated) if not one.sound]
    assert not bad.restored
    assert (replicated.objects / item.storage_key).read_bytes() == damaged, "left where it was"
    assert "could not be restored from the replica" in caplog.text
    assert fresh(item).fixity is FixityState.ALTERED


def test_a_damaged_copy_in_the_replica_is_found_and_made_anew(replicated: Settings, item: Evidence) -> None:
    rounds.replicate(replicated, actor=CLOCK)
    assert replicated.replica_dir is not None
    there = replicated.replica_dir / item.storage_key
    good = there.read_bytes()
    _flip_file(there, 400_000)
    assert all(one.sound for one in round_of(replicated))
    assert there.read_bytes() == good
    (event,) = events("evidence:fixity:fail")
    assert (event.outcome, event.details["place"]) == ("altered", "replica")
    assert (replicated.replica_dir / event.details["damaged"]).exists()
    assert fresh(item).fixity is FixityState.SOUND


def test_a_store_that_is_away_is_not_restored_into(replicated: Settings, item: Evidence) -> None:
    rounds.replicate(replicated, actor=CLOCK)
    replicated.objects.rename(replicated.home / "unmounted")
    found = round_of(replicated)
    assert {one.found.state for one in found} == {FixityState.MISSING}
    assert not any(one.restored for one in found)
    assert not (replicated.objects / "originals").exists()
    (replicated.home / "unmounted").rename(replicated.objects)
    again = list(rounds.now_at_once(replicated, None, actor=CLOCK))
    assert all(one.sound for one in again)
    assert len(events("evidence:fixity:recover")) == 2


def test_e6_a_damaged_working_copy_is_moved_aside_and_asked_for_anew(
    app: Flask, settings: Settings, item: Evidence
) -> None:
    key = copy_key(item)
    flip(settings, key, 100)
    (bad,) = [one for one in round_of(settings) if not one.sound]
    assert bad.taken.kind == fixity.RENDITION
    assert not (settings.objects / key).exists()
    assert (settings.objects / bad.found.aside).exists()
    (job,) = session().scalars(sa.select(Job).where(Job.task == "rebuild_renditions"))
    assert job.arguments == {"evidence_id": str(item.id)}
    assert fresh(item).fixity is FixityState.SOUND, "the original is not marked for its copy"
    with_copy(app, item, "proxy", b"a proxy" * 1000, "video/mp4", "mp4")
    (again,) = round_of(settings)
    assert (again.taken.key, again.found.state) == (key, FixityState.SOUND)
    (event,) = events("evidence:fixity:recover")
    assert event.details["kind"] == fixity.RENDITION


def test_a_working_copy_that_was_made_anew_with_other_bytes_takes_the_old_one_s_place(
    app: Flask, settings: Settings, item: Evidence
) -> None:
    flip(settings, copy_key(item), 100)
    round_of(settings)
    with_copy(app, item, "proxy", b"another encoder" * 1000, "video/mp4", "mp4")
    round_of(settings)
    session().rollback()
    told = fixity.report()
    assert told.faulty == []
    assert told.objects == 2
    states = session().scalars(sa.select(StoredObject.state).where(StoredObject.kind == fixity.RENDITION))
    assert set(states) == {FixityState.REPLACED, FixityState.SOUND}
    shown = queries.visible_evidence(actor_for(fresh(item).officer), item.id)
    made = queries.rendition(shown, "proxy")
    assert made is not None
    assert b"".join(store(settings).open(made.storage_key)) == b"another encoder" * 1000


def test_what_was_purged_is_no_fault(settings: Settings, replicated: Settings, item: Evidence) -> None:
    rounds.replicate(replicated, actor=CLOCK)
    round_of(settings)
    key = item.storage_key
    with transaction():
        session().get_one(Evidence, item.id).storage_key = ""
    purge(replicated, key)
    assert replicated.replica_dir is not None
    assert list(DiskStore(replicated.replica_dir).keys()) == []
    found = list(rounds.now_at_once(settings, None, actor=CLOCK))
    assert all(one.sound for one in found)
    assert events("evidence:fixity:fail") == []
    assert session().get(StoredObject, key) is None


def test_a_round_that_was_broken_off_is_gone_on_with(settings: Settings, item: Evidence) -> None:
    going = rounds.regular(settings, actor=CLOCK)
    first = next(going)
    going.close()
    (second,) = round_of(settings)
    assert {first.taken.key, second.taken.key} == {item.storage_key, copy_key(item)}


def test_one_who_died_over_an_object_loses_it_when_the_lease_ends(settings: Settings, item: Evidence) -> None:
    with transaction():
        fixity.enlist()
        taken = fixity.take(before=now())
        other = fixity.take(before=now())
        assert fixity.take(before=now()) is None, "nobody takes what is taken"
    assert taken is not None
    assert other is not None
    with transaction():
        session().execute(sa.update(StoredObject).values(taken_until=now() - timedelta(seconds=1)))
    assert len(round_of(settings)) == 2


def test_a_missing_agency_key_is_no_damage_to_any_object(settings: Settings, item: Evidence) -> None:
    (settings.keys / "agency.key").rename(settings.home / "away")
    with pytest.raises(KeyMissing, match="restore it from your copy"):
        round_of(settings)
    assert fresh(item).fixity is None
    (settings.home / "away").rename(settings.keys / "agency.key")
    assert all(one.sound for one in round_of(settings))


@pytest.fixture
def typed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """Types `blotter fixity …` on these settings."""
    monkeypatch.setenv("BLOTTER_HOME", str(settings.home))
    current_settings.cache_clear()
    yield lambda *words: CliRunner().invoke(fixity_group, words)
    monkeypatch.undo()
    current_settings.cache_clear()


def test_an_operator_checks_items_and_everything(
    settings: Settings, item: Evidence, typed: Callable[..., Result]
) -> None:
    answer = typed("check", str(item.id))
    assert (answer.exit_code, answer.output) == (0, "2 objects read back, 0 of them not what was sealed.\n")
    flip(settings, item.storage_key, 300_000)
    answer = typed("check", "--all")
    assert answer.exit_code == 1
    assert f"altered: original {item.storage_key} of {item.id} near byte 262144" in answer.output
    told = typed("report")
    assert told.exit_code == 1
    assert "2 objects, 2 read back this week, 0 never yet" in told.output
    rounds_noted: list[Any] = [(event.outcome, event.details) for event in events("evidence:fixity:round")]
    assert rounds_noted == [("done", {"objects": 2, "faults": 0}), ("failed", {"objects": 2, "faults": 1})]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Name items by their ids, or say --all."),
        (("--all", "0b8bd2d4-38a6-4b48-b4a3-b0a8e9b4a8ff"), "Name items by their ids, or say --all."),
        (("0b8bd2d4-38a6-4b48-b4a3-b0a8e9b4a8ff",), "Nothing is stored for these items: check the ids."),
    ],
)
def test_an_operator_s_mistake_is_named(
    app: Flask, typed: Callable[..., Result], words: tuple[str, ...], said: str
) -> None:
    answer = typed("check", *words)
    assert answer.exit_code != 0
    assert said in answer.output


def test_custody_tells_it_in_words(app: Flask, replicated: Settings, item: Evidence) -> None:
    rounds.replicate(replicated, actor=CLOCK)
    flip(replicated, item.storage_key, 300_000)
    round_of(replicated)
    assert acts()[-3:] == ["evidence:fixity:copy", "evidence:fixity:fail", "evidence:fixity:restore"]
    page = signed_in(app, fresh(item).officer).get(f"/evidence/{item.id}").get_data(as_text=True)
    for words in ("Copied to the replica store", "Found altered in the store", "Restored from the replica store"):
        assert words in page


def _flip_file(path: Path, at: int) -> None:
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
