"""Exports are checked by a program of one file that knows nothing of us; it finds whatever was altered."""

import csv
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask

from app.config import Settings
from app.core import ledger, verifier
from app.core.actor import machine
from app.core.db import close_session, session, transaction
from app.core.errors import Conflict, NotFound
from app.core.keys import Signer, signer
from app.core.ledger import checkpoints
from app.core.storage import store
from app.evidence import exports
from app.evidence.models import Evidence
from app.evidence.reasons import reason
from app.incidents.models import Incident
from tests.app.evidence.sending import Phone, sealed
from tests.conftest import nobody

CONTENT = bytes(range(256)) * 3000
VERIFIER = Path(verifier.__file__)
CLERK = machine("test")
REASON = reason("discovery", "2026-CR-17")


@pytest.fixture
def own(settings: Settings) -> Signer:
    return signer(settings, used=lambda: False)


@pytest.fixture
def item(app: Flask, phone: Phone, incident: Incident) -> Evidence:
    return sealed(app, phone.send(incident, CONTENT, filename="=2+2 stop.mp4"))


@pytest.fixture
def export(app: Flask, own: Signer, item: Evidence, tmp_path: Path) -> Path:
    """An export on disk, unpacked, with one checkpoint signed before it."""
    with transaction():
        (tmp_path / "early.note").write_text(checkpoints.sign(own).note)
    with transaction():
        packed = exports.pack([item.id], signer=own, actor=CLERK, reason=REASON)
    exports.write(packed, tmp_path / "export.zip", objects=store(app.config["SETTINGS"]))
    with zipfile.ZipFile(tmp_path / "export.zip") as archive:
        archive.extractall(tmp_path / "export")
    return tmp_path / "export"


def checked(path: Path, *words: str) -> tuple[int, str]:
    """What the stand-alone verifier says, run as a stranger runs it: alone in a folder, without our packages."""
    alone = path.parent / "alone"
    alone.mkdir(exist_ok=True)
    shutil.copy(VERIFIER, alone / "verify.py")
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", str(path), *words], cwd=alone, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def manifest(export: Path, change: Callable[[dict], object]) -> None:
    told = json.loads((export / "export.json").read_text())
    change(told)
    (export / "export.json").write_text(json.dumps(told))


def test_e5_an_untouched_export_holds(export: Path, own: Signer) -> None:
    code, said = checked(export, "--key", str(own.key), "--checkpoint", str(export.parent / "early.note"))
    assert (code, said) == (0, "The export holds: every hash, every signature, every event.\n")
    code, said = checked(export.parent / "export.zip")
    assert code == 0
    assert "Nobody vouched for its key" in said


def test_the_verifier_needs_nothing_of_ours() -> None:
    text = VERIFIER.read_text()
    assert "from app" not in text
    assert "import app" not in text


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (lambda e: _flip(next((e / "originals").rglob("*stop.mp4"))), "altered; its SHA-256 is"),
        (lambda e: next((e / "originals").rglob("*stop.mp4")).unlink(), "missing"),
        (lambda e: manifest(e, lambda m: m["events"].pop(2)), "custody is not whole"),
        (lambda e: manifest(e, lambda m: m["events"].pop()), "does not reach to this export"),
        (
            lambda e: manifest(e, lambda m: m["events"][1]["event"].update(actor_label="nobody")),
            "does not lead to the tree",
        ),
        (
            lambda e: manifest(e, lambda m: m["events"][1]["event"].update(at="2020-01-01T00:00:00.000000Z")),
            "does not lead",
        ),
        (lambda e: manifest(e, lambda m: m["items"][0].update(sha256="0" * 64)), "the ledger did not seal"),
        (lambda e: manifest(e, lambda m: m["items"][0].update(file="../../etc/passwd")), "not a name inside"),
        (
            lambda e: manifest(e, lambda m: m.update(checkpoint=m["checkpoint"].replace("blotter\n", "blotter\n1", 1))),
            "signature",
        ),
        (lambda e: manifest(e, lambda m: m["earlier"][0].update(proof=[])), "an earlier checkpoint"),
        (lambda e: manifest(e, lambda m: m.pop("events")), "cannot be read as an export"),
    ],
    ids=[
        "a byte",
        "the file",
        "an event left out",
        "the last event",
        "who",
        "when",
        "the hash",
        "a path",
        "the checkpoint",
        "a proof",
        "the form",
    ],
)
def test_whatever_is_altered_is_named(export: Path, own: Signer, alter: Callable[[Path], object], said: str) -> None:
    alter(export)
    code, told = checked(export, "--key", str(own.key))
    assert code == 1
    assert said in told


def test_an_export_signed_by_somebody_else_fails_against_the_agencys_key(export: Path, tmp_path: Path) -> None:
    other = signer(Settings(home=tmp_path / "other"), used=lambda: False)
    code, told = checked(export, "--key", str(other.key))
    assert (code, "no signature" in told or "not" in told) == (1, True)


def test_history_rewritten_since_a_kept_checkpoint_shows(export: Path, own: Signer, tmp_path: Path) -> None:
    """The keeper of the keys signs another past: a checkpoint that somebody kept tells."""
    kept = tmp_path / "kept.note"
    size = int((tmp_path / "early.note").read_text().splitlines()[1])
    kept.write_text(own.sign_note(f"{own.name}\n{size}\n{'A' * 43}=\n"))
    code, told = checked(export, "--key", str(own.key), "--checkpoint", str(kept))
    assert code == 1
    assert "history was rewritten" in told


def test_custody_as_csv_and_pdf(export: Path, item: Evidence) -> None:
    rows = list(csv.DictReader(io.StringIO((export / "custody" / f"{item.id}.csv").read_text())))
    assert [row["act"] for row in rows][-3:] == ["evidence:item:receive", "evidence:item:seal", "evidence:item:export"]
    pdf = pypdf.PdfReader(export / "custody" / f"{item.id}.pdf")
    text = " ".join("".join(page.extract_text() for page in pdf.pages).split())
    assert "=2+2 stop.mp4" in text
    assert "Exported" in text
    assert item.sha256 in text.replace(" ", "")


def test_c4_a_spreadsheet_runs_nothing_of_it() -> None:
    from app.evidence.custody import in_spreadsheet

    assert in_spreadsheet("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert in_spreadsheet(7) == 7


def test_only_sealed_items_that_exist_are_exported(phone: Phone, incident: Incident, own: Signer) -> None:
    waiting = phone.send(incident, b"not taken in yet")
    for ids, refusal in (([nobody()], NotFound), ([waiting.id], Conflict)):
        with pytest.raises(refusal), transaction():
            exports.pack(ids, signer=own, actor=CLERK, reason=REASON)
    assert "evidence:item:export" not in [event.act for event in session().scalars(sa.select(ledger.Event))]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE ledger_event SET actor_label = 'nobody' WHERE seq = 4", "event 4: changed after it was written"),
        ("DELETE FROM ledger_event WHERE seq = 5", "event 5: missing"),
        ("DELETE FROM ledger_event WHERE seq > 6", "its tail was cut off"),
        ("UPDATE ledger_event SET seq = 100 WHERE seq = 3", "event 3: missing"),
        ("UPDATE ledger_event SET at = at - interval '1 year' WHERE seq = 6", "event 6: dated before"),
        (
            (
                "INSERT INTO ledger_event SELECT 0, at - interval '1 day', act, outcome, actor_id, 'ghost', session_id, address,"
                " device, subject_kind, subject_id, incident_id, details, previous_hash, 'ff', nth FROM ledger_event WHERE seq = 1"
            ),
            "event 0: out of order",
        ),
    ],
    ids=["edited", "deleted", "cut", "reordered", "back-dated", "inserted"],
)
def test_a_tampered_database_is_found_by_the_stranger(
    app: Flask, item: Evidence, own: Signer, tmp_path: Path, statement: str, said: str
) -> None:
    """C19: dumped from a database that somebody with all its rights has changed."""
    with transaction():
        checkpoints.sign(own)
    with transaction() as current:
        current.execute(sa.text("SET LOCAL session_replication_role = replica"))
        current.execute(sa.text(_with_names(statement)))
    close_session()
    path = tmp_path / "ledger.jsonl"
    path.write_text("\n".join(ledger.dump(str(own.key), own.name)) + "\n")
    code, told = checked(path, "--key", str(own.key))
    assert code == 1
    assert said in told


def test_a_ledger_rewritten_whole_is_found_by_its_checkpoint(
    app: Flask, item: Evidence, own: Signer, tmp_path: Path
) -> None:
    """Every hash made to fit again: only what was signed before still tells."""
    with transaction():
        checkpoints.sign(own)
    path = tmp_path / "ledger.jsonl"
    header, *lines = ledger.dump(str(own.key), own.name)
    path.write_text("\n".join([header, *lines]) + "\n")
    assert checked(path, "--key", str(own.key))[0] == 0
    previous, forged = ledger.GENESIS, []
    for line in lines:
        event = json.loads(line)["event"] | {"previous_hash": previous, "actor_label": "somebody else"}
        previous = verifier.sha256_hex(verifier.canonical(event))
        forged.append(json.dumps({"event": event, "hash": previous}))
    path.write_text("\n".join([header, *forged]) + "\n")
    code, told = checked(path, "--key", str(own.key))
    assert code == 1
    assert "history was rewritten" in told


def test_a_dump_against_a_receipt(app: Flask, item: Evidence, own: Signer, tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_text(exports.receipt(item, signer=own))
    path = tmp_path / "ledger.jsonl"
    lines = list(ledger.dump(str(own.key), own.name))
    path.write_text("\n".join(lines) + "\n")
    assert checked(path, "--key", str(own.key), "--receipt", str(tmp_path / "r.txt"))[0] == 0
    path.write_text("\n".join(lines[:3]) + "\n")
    code, told = checked(path, "--key", str(own.key), "--receipt", str(tmp_path / "r.txt"))
    assert code == 1
    assert "a receipt was given for it" in told


def test_prove_shows_every_event_and_misses_none(app: Flask, item: Evidence, own: Signer) -> None:
    with transaction():
        shown = exports.prove(item.id, signer=own)
    assert [event["act"] for event in shown][-1] == "evidence:item:seal"
    with transaction() as current:
        current.execute(sa.text("SET LOCAL session_replication_role = replica"))
        current.execute(sa.text("UPDATE ledger_event SET actor_label = 'nobody' WHERE act = 'evidence:item:seal'"))
    close_session()
    with pytest.raises(verifier.Fault), transaction():
        exports.prove(item.id, signer=own)


@pytest.mark.parametrize("what", ["nothing.zip", "noise.bin"])
def test_the_verifier_says_when_there_is_nothing_to_check(tmp_path: Path, what: str) -> None:
    (tmp_path / "noise.bin").write_bytes(b"{\xff\xfe noise")
    code, told = checked(tmp_path / what)
    assert code == (2 if what == "nothing.zip" else 1)
    assert "nothing at" in told or "cannot be read" in told


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)


def _with_names(statement: str) -> str:
    columns = (
        "seq, at, act, outcome, actor_id, actor_label, session_id, address, device, subject_kind, subject_id,"
        " incident_id, details, previous_hash, hash, nth"
    )
    return statement.replace("INTO ledger_event SELECT", f"INTO ledger_event ({columns}) SELECT")
