"""`blotter ledger …` as an operator types it: in a process of its own, against a real database that was tampered with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.config import Settings
from app.core.db import close_session, transaction
from app.evidence.models import Evidence
from app.incidents.models import Incident
from tests.app.evidence.sending import Phone, an_incident, sealed
from tests.people import People

ROOT = Path(__file__).resolve().parents[3]


class Typed:
    """The command line of an operator on this database."""

    def __init__(self, url: str, home: Path) -> None:
        self.environment = {
            **os.environ,
            "BLOTTER_HOME": str(home),
            "BLOTTER_DATABASE_URL": url,
            "PYTHONPATH": str(ROOT),
            "BLOTTER_BROKER_URL": "redis://127.0.0.1:9/0",
        }

    def __call__(self, *words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def blotter(app: Flask, postgres: str, settings: Settings) -> Typed:
    return Typed(postgres, settings.home)


@pytest.fixture
def item(app: Flask, people: People) -> Evidence:
    phone = Phone(app, people.one())
    incident: Incident = an_incident(phone.officer)
    return sealed(app, phone.send(incident, b"bytes" * 100))


def test_the_whole_round_of_a_keeper(blotter: Typed, item: Evidence, tmp_path: Path) -> None:
    """verify, prove, checkpoint, compare, dump, key and export, one after the other, all in order."""
    code, said = blotter("ledger", "verify")
    assert (code, "unbroken" in said) == (0, True)
    old, new = tmp_path / "old.note", tmp_path / "new.note"
    code, note = blotter("ledger", "checkpoint", str(tmp_path / "published"))
    assert code == 0
    old.write_text(note)
    assert (tmp_path / "published" / "checkpoint").read_text() == note
    code, said = blotter(
        "export", str(item.id), "--reason", "discovery", "--case", "2026-1", "--out", str(tmp_path / "e.zip")
    )
    assert code == 0, said
    new.write_text(blotter("ledger", "checkpoint")[1])
    code, said = blotter("ledger", "compare", str(old), str(new))
    assert (code, "begins with the ledger of" in said) == (0, True)
    code, said = blotter("ledger", "prove", str(item.id))
    assert (code, "none missing" in said) == (0, True)
    key = blotter("ledger", "key")[1].strip()
    alone = [
        sys.executable,
        "-I",
        str(ROOT / "app" / "core" / "verifier.py"),
        str(tmp_path / "e.zip"),
        "--key",
        key,
        "--checkpoint",
        str(old),
    ]
    assert subprocess.run(alone, capture_output=True).returncode == 0
    _tamper("UPDATE ledger_event SET actor_label = 'nobody' WHERE act = 'evidence:item:seal'")
    code, said = blotter("ledger", "verify")
    assert (code, "was changed after it was written" in said) == (1, True)
    code, said = blotter("ledger", "prove", str(item.id))
    assert (code, "FAULT" in said) == (1, True)


def test_a_rewritten_tree_shows_between_two_checkpoints(blotter: Typed, item: Evidence, tmp_path: Path) -> None:
    """Whoever holds database and key makes every hash fit again and signs anew: the note kept elsewhere tells."""
    old, new = tmp_path / "old.note", tmp_path / "new.note"
    old.write_text(blotter("ledger", "checkpoint")[1])
    _tamper("DELETE FROM ledger_checkpoint")
    _tamper("UPDATE ledger_node SET hash = sha256(hash) WHERE level = (SELECT max(level) FROM ledger_node)")
    new.write_text(blotter("ledger", "checkpoint")[1])
    code, said = blotter("ledger", "compare", str(old), str(new))
    assert (code, "FAULT" in said) == (1, True)


def test_a_cut_tail_shows_by_the_checkpoint_signed_before(blotter: Typed, item: Evidence, tmp_path: Path) -> None:
    old = tmp_path / "old.note"
    old.write_text(blotter("ledger", "checkpoint")[1])
    _tamper("DELETE FROM ledger_event WHERE seq = (SELECT max(seq) FROM ledger_event)")
    code, said = blotter("ledger", "verify")
    assert (code, "the tail was cut off" in said) == (1, True)


def test_an_export_without_a_reason_is_not_made(blotter: Typed, item: Evidence, tmp_path: Path) -> None:
    code, said = blotter("export", str(item.id), "--out", str(tmp_path / "e.zip"))
    assert (code, "--reason" in said) == (2, True)
    code, said = blotter(
        "export", str(item.id), "--reason", "discovery", "--case", "<no case>", "--out", str(tmp_path / "e.zip")
    )
    assert (code, "case number" in said) == (1, True)
    assert not (tmp_path / "e.zip").exists()


def _tamper(statement: str) -> None:
    with transaction() as current:
        current.execute(sa.text("SET LOCAL session_replication_role = replica"))
        current.execute(sa.text(statement))
    close_session()
