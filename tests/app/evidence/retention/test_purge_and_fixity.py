"""Purges beside fixity and replica: what was purged never comes back, what is damaged is never purged by the clock."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.config import Settings
from app.core.actor import machine
from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.storage import DiskStore, Locked, Shelf, copies, objectkeys, purge
from app.evidence import fixity, rounds
from app.evidence.models import Evidence, EvidenceState, FixityState, StoredObject
from app.evidence.retention import queue
from app.evidence.retention.explaining import explain
from app.evidence.retention.standing import standing
from tests.app.evidence.retention.conftest import Shelf as Retention
from tests.app.evidence.sending import with_copy

CLOCK = machine("fixity")


@pytest.fixture
def replicated(shelf: Retention, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The station of these tests with a replica store, purges included."""
    settings: Settings = shelf.app.config["SETTINGS"].model_copy(update={"replica_dir": tmp_path / "replica"})
    monkeypatch.setattr(shelf.tasks.retention, "settings", lambda: settings)
    return settings


def everything(settings: Settings) -> list[rounds.Checked]:
    """All objects are read back now."""
    return list(rounds.now_at_once(settings, None, actor=CLOCK))


def lying(settings: Settings) -> list[str]:
    """Every key of both stores."""
    assert settings.replica_dir is not None
    return [*DiskStore(settings.objects).keys(), *DiskStore(settings.replica_dir).keys()]


def damage(path: Path) -> bytes:
    """Changes the last byte of a stored file; what lies there then."""
    path.chmod(0o600)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    return path.read_bytes()


def count(act: str) -> int:
    session().rollback()
    return session().scalar(sa.select(sa.func.count()).select_from(Event).where(Event.act == act)) or 0


def over(shelf: Retention, item: Evidence) -> Evidence:
    """The item goes the whole way from its date to its purge."""
    shelf.sweep()
    shelf.week_passes(item)
    return shelf.purge(item)


def test_fixity_neither_restores_nor_flags_what_was_purged(shelf: Retention, replicated: Settings) -> None:
    item = shelf.recording("short")
    with_copy(shelf.app, item, "proxy", b"copy", "video/mp4", "mp4")
    assert rounds.replicate(replicated, actor=CLOCK) == 1
    assert len(everything(replicated)) == 2
    assert len(lying(replicated)) == 3, "original, working copy, and the original's second copy"
    assert over(shelf, item).state is EvidenceState.PURGED
    assert lying(replicated) == []
    for _ in range(2):
        assert everything(replicated) == []
        assert rounds.replicate(replicated, actor=CLOCK) == 0
    assert lying(replicated) == []
    assert (count("evidence:fixity:fail"), count("evidence:fixity:restore")) == (0, 0)
    assert session().scalars(sa.select(StoredObject)).all() == []
    assert (fixity.report().faulty, fixity.damaged()) == ([], [])
    assert shelf.again(item).fixity is FixityState.SOUND, "as it was found last"


def test_a_round_between_the_record_and_the_bytes_finds_no_fault(
    shelf: Retention, replicated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The purge is on record, the bytes are gone, the row of the object is not yet: nothing is missing."""
    item = shelf.recording("short")
    rounds.replicate(replicated, actor=CLOCK)
    tasks = shelf.tasks.retention
    real = tasks.purging.over

    def dies(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tasks.purging, "over", dies)
    with pytest.raises(KeyboardInterrupt):
        over(shelf, item)
    assert [one.found.state for one in everything(replicated)] == [FixityState.REPLACED]
    assert lying(replicated) == []
    assert count("evidence:fixity:fail") == 0
    monkeypatch.setattr(tasks.purging, "over", real)
    shelf.purge(item)
    assert count("evidence:item:destroy") == 1


def test_a_copy_that_was_under_way_to_the_replica_as_its_item_was_purged_does_not_stay(
    shelf: Retention, replicated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = shelf.recording("short")
    shelf.sweep()
    shelf.week_passes(item)
    real: Callable[[Shelf, Shelf, str], None] = copies.copy

    def purged_meanwhile(source: Shelf, target: Shelf, key: str) -> None:
        with transaction():
            assert shelf.tasks.retention.purging.begin(item.id, actor=CLOCK)
        real(source, target, key)

    monkeypatch.setattr(rounds.copies, "copy", purged_meanwhile)
    assert rounds.replicate(replicated, actor=CLOCK) == 0
    assert replicated.replica_dir is not None
    assert list(DiskStore(replicated.replica_dir).keys()) == []
    assert count("evidence:fixity:copy") == 0


def test_a_damaged_original_is_not_purged_until_it_is_whole_again(shelf: Retention, replicated: Settings) -> None:
    """It waits in the queue, is found damaged, and stays; restored, it goes by its rule."""
    item = shelf.recording("short")
    path = replicated.objects / item.storage_key
    shelf.sweep()
    assert shelf.queued(item) is not None
    whole = path.read_bytes()
    bare = replicated.model_copy(update={"replica_dir": None})
    damage(path)
    assert [one.found.state for one in everything(bare)] == [FixityState.ALTERED]
    said = explain(standing(item.id))
    assert said.text.startswith("It is kept whatever its date says"), "also before the queue is judged again"
    assert said.reasons == ("It is not what was sealed: a person must look at it first.",)
    shelf.week_passes(item)
    assert shelf.purge(item).state is EvidenceState.SEALED
    assert path.exists()
    assert shelf.queued(item) is None
    assert [one.code for one in standing(item.id).verdict.reasons] == ["damage"]
    left = session().scalars(sa.select(Event).where(Event.act == "evidence:item:unqueue")).one()
    assert left.details["why"] == "damage"
    shelf.sweep()
    assert shelf.queued(item) is None
    path.write_bytes(whole)
    assert all(one.sound for one in everything(bare))
    assert over(shelf, item).state is EvidenceState.PURGED
    assert not path.exists()


def test_the_hourly_run_takes_a_damaged_original_out_of_the_queue(shelf: Retention, replicated: Settings) -> None:
    item = shelf.recording("short")
    shelf.sweep()
    damage(replicated.objects / item.storage_key)
    everything(replicated.model_copy(update={"replica_dir": None}))
    shelf.sweep()
    assert shelf.queued(item) is None
    assert queue.candidates() == [item.id], "looked at again each time"


def test_damaged_copies_that_were_set_aside_go_with_their_item(shelf: Retention, replicated: Settings) -> None:
    """Of the original here, of its second copy, and of a working copy; those of other items stay."""
    item, other = shelf.recording("short"), shelf.recording("ever", content=b"other")
    with_copy(shelf.app, item, "proxy", b"copy", "video/mp4", "mp4")
    copy = shelf.again(item).renditions[0].storage_key
    assert rounds.replicate(replicated, actor=CLOCK) == 2
    assert replicated.replica_dir is not None
    for path in (
        replicated.objects / item.storage_key,
        replicated.objects / copy,
        replicated.objects / other.storage_key,
    ):
        damage(path)
    everything(replicated)
    damage(replicated.replica_dir / item.storage_key)
    everything(replicated)
    aside = [key for key in lying(replicated) if key.startswith(copies.ASIDE)]
    assert sorted(key.split("/", 2)[2] for key in aside) == sorted(
        [item.storage_key, item.storage_key, copy, other.storage_key]
    )
    assert over(shelf, item).state is EvidenceState.PURGED
    left = lying(replicated)
    assert [key for key in left if item.storage_key in key or copy in key] == []
    assert [key.split("/", 2)[2] for key in left if key.startswith(copies.ASIDE)] == [other.storage_key]


def test_what_a_server_keeps_does_not_keep_the_rest(
    shelf: Retention, replicated: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A locked original: its key, its damaged copies and its second copy are gone all the same, and it is told."""
    item = shelf.recording("short")
    rounds.replicate(replicated, actor=CLOCK)
    damage(replicated.objects / item.storage_key)
    everything(replicated)
    real = DiskStore.purge

    def locked(store: DiskStore, key: str) -> None:
        if (store.root, key) == (replicated.objects, item.storage_key):
            raise Locked(key)
        real(store, key)

    monkeypatch.setattr(DiskStore, "purge", locked)
    with pytest.raises(Locked):
        purge(replicated, item.storage_key)
    assert lying(replicated) == [item.storage_key]
    assert objectkeys.find(item.storage_key) is None
