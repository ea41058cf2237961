"""The receipt: what the phone sent, what was kept and where the ledger says so, signed, and checked without a server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from app.config import Settings
from app.core import ledger, verifier
from app.core.commands import verify_receipt
from app.core.db import session, transaction
from app.core.keys import Signer, signer
from app.evidence import service
from app.evidence.models import Evidence
from app.incidents.models import Incident
from tests.app.evidence.sending import INTAKE, Phone, sealed
from tests.people import People

CONTENT = bytes(range(256)) * 100
VERIFIER = Path(verifier.__file__)


@pytest.fixture
def own(settings: Settings) -> Signer:
    """The agency's key."""
    return signer(settings, used=lambda: False)


@pytest.fixture
def item(app: Flask, phone: Phone, incident: Incident) -> Evidence:
    return sealed(app, phone.send(incident, CONTENT))


@pytest.fixture
def note(phone: Phone, item: Evidence, own: Signer) -> str:
    """The receipt as the phone gets it, from where the status says."""
    where = phone.status(f"/api/v1/uploads/{item.upload_id}")["receipt"]
    return phone.get(where).get_data(as_text=True)


def blotter(tmp_path: Path, *words: str) -> tuple[int, str]:
    """The command as it runs on a machine that never had a station: no database, no Redis, no keys."""
    home = tmp_path / "nothing here"
    surroundings = {
        name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH", "LANG") and value
    }
    surroundings |= {
        "BLOTTER_HOME": str(home),
        "BLOTTER_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:9/nothing",
        "PYTHONPATH": str(Path(__file__).resolve().parents[3]),
    }
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", *words],
        env=surroundings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert not home.exists(), "something was started or made for it"
    return done.returncode, done.stdout + done.stderr


def alone(tmp_path: Path, *words: str) -> tuple[int, str]:
    """The stand-alone verifier, isolated from our packages."""
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), *words], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def test_it_states_the_seal_and_where_the_ledger_says_so(item: Evidence, note: str, own: Signer) -> None:
    told = verifier.read_receipt(note, own.key)
    event = session().scalars(sa.select(ledger.Event).where(ledger.Event.act == "evidence:item:seal")).one()
    assert told == {
        "evidence": str(item.id),
        "upload": str(item.upload_id),
        "outcome": "sealed",
        "claimed_sha256": "",
        "sha256": item.sha256,
        "size": len(CONTENT),
        "at": ledger.written(event.at),
        "seq": event.seq,
        "leaf": verifier.leaf_hash(event.canonical()).hex(),
    }
    assert event.details["sha256"] == item.sha256


def test_looking_at_it_later_changes_nothing_of_it(phone: Phone, item: Evidence, note: str) -> None:
    phone.get(f"/evidence/{item.id}")
    phone.get(f"/evidence/{item.id}/original")
    assert phone.get(f"/api/v1/uploads/{item.upload_id}/receipt").get_data(as_text=True) == note


def test_the_agencys_key_is_public(app: Flask, own: Signer) -> None:
    assert app.test_client().get("/api/v1/key").get_data(as_text=True).strip() == str(own.key)


def test_it_is_checked_offline_with_no_database_running(tmp_path: Path, note: str, item: Evidence, own: Signer) -> None:
    (tmp_path / "receipt.txt").write_text(note)
    (tmp_path / "key.txt").write_text(f"{own.key}\n")
    for key in (str(own.key), "key.txt"):
        code, said = blotter(tmp_path, "verify-receipt", "receipt.txt", "--key", key)
        assert code == 0, said
        assert item.sha256 in said
        assert "The phone gave no SHA-256" in said
        assert f"Signed by {own.name}. Nothing in it was changed." in said
        assert alone(tmp_path, "receipt.txt", "--key", key)[0] == 0


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('"size":25600', '"size":25601'),
        ('"outcome":"sealed"', '"outcome":"quarantined"'),
        ('"seq":', '"seq":1'),
        ("blotter-receipt/1", "blotter-receipt/2"),
        ("\n\n", "\n"),
        ("— ", "- "),
    ],
)
def test_a_changed_receipt_is_not_genuine(tmp_path: Path, note: str, own: Signer, was: str, becomes: str) -> None:
    assert was in note
    (tmp_path / "receipt.txt").write_text(note.replace(was, becomes))
    with pytest.raises(verifier.Fault):
        verifier.read_receipt((tmp_path / "receipt.txt").read_text(), own.key)


def test_a_changed_receipt_and_a_wrong_key_are_found_offline(
    tmp_path: Path, note: str, own: Signer, item: Evidence
) -> None:
    (tmp_path / "good.txt").write_text(note)
    (tmp_path / "bad.txt").write_text(note.replace(item.sha256, "0" * 64))
    other = signer(Settings(home=tmp_path / "other", agency_ori="TX0000000"), used=lambda: False).key
    for file, key, word in (("bad.txt", own.key, "signature"), ("good.txt", other, f"no signature of {other.name}")):
        for check in (
            lambda *words: blotter(tmp_path, "verify-receipt", *words),
            lambda *words: alone(tmp_path, *words),
        ):
            code, said = check(file, "--key", str(key))
            assert (code, said.startswith("FAULT"), word in said) == (1, True, True), said
    code, said = blotter(tmp_path, "verify-receipt", "good.txt")
    assert (code, said.startswith("FAULT"), "Traceback" in said) == (1, True, False)  # this machine has no key


def test_bad_input_to_either_is_one_line(
    tmp_path: Path, note: str, own: Signer, capsys: pytest.CaptureFixture[str]
) -> None:
    good, noise, empty = (tmp_path / name for name in ("good.txt", "noise.bin", "empty.txt"))
    good.write_text(note)
    noise.write_bytes(b"\xff\xfe\x00")
    empty.write_bytes(b"")
    same_name = signer(Settings(home=tmp_path / "same"), used=lambda: False).key
    for file, key, word in (
        (good, str(same_name), f"no signature of {same_name.name}"),
        (good, "nonsense", "key"),
        (good, "x" * 5000, "name too long"),
        (good, str(own.key)[:-3] + "AA=", "key"),
        (noise, str(own.key), "receipt"),
        (empty, str(own.key), "signed note"),
    ):
        typed = CliRunner().invoke(verify_receipt, [str(file), "--key", key])
        assert (typed.exit_code, type(typed.exception)) == (1, SystemExit)
        assert verifier.main([str(file), "--key", key]) == 1
        for said in (typed.output, capsys.readouterr().out):
            assert said.startswith("FAULT")
            assert said.count("\n") == 1
            assert word in said
    assert CliRunner().invoke(verify_receipt, ["nowhere.txt", "--key", str(own.key)]).exit_code == 2


def test_without_a_key_the_verifier_asks_for_one(tmp_path: Path, note: str) -> None:
    (tmp_path / "receipt.txt").write_text(note)
    code, said = alone(tmp_path, "receipt.txt")
    assert code == 1
    assert "give --key" in said


def test_there_is_none_before_intake_decided(phone: Phone, incident: Incident, own: Signer) -> None:
    item = phone.send(incident, b"waiting")
    answer = phone.get(f"/api/v1/uploads/{item.upload_id}/receipt")
    assert answer.status_code == 409
    assert "ask again" in answer.get_json()["detail"]
    assert phone.status(f"/api/v1/uploads/{item.upload_id}")["receipt"] == ""
    begun = phone.open(incident, 5)
    assert phone.get(f"{begun}/receipt").status_code == 409
    assert phone.get(f"/evidence/{item.id}/receipt").status_code == 409
    assert "Download the receipt" not in phone.get(f"/evidence/{item.id}").get_data(as_text=True)


def test_e1_what_was_set_aside_has_one_that_says_so(phone: Phone, incident: Incident, own: Signer) -> None:
    item = phone.send(incident, b"other bytes", sha256="ab" * 32)
    with transaction():
        service.quarantine(session().get_one(Evidence, item.id), reason="They differ.", sha256="cd" * 32, actor=INTAKE)
    status = phone.status(f"/api/v1/uploads/{item.upload_id}")
    assert (status["state"], status["reason"], status["sha256"]) == ("quarantined", "They differ.", "")
    told = verifier.read_receipt(phone.get(status["receipt"]).get_data(as_text=True), own.key)
    assert (told["outcome"], told["claimed_sha256"], told["sha256"]) == ("quarantined", "ab" * 32, "cd" * 32)
    assert "Set aside as" in phone.get(f"/evidence/{item.id}").get_data(as_text=True)


def test_the_item_s_page_offers_it_to_whoever_may_see_the_item(
    app: Flask, phone: Phone, people: People, item: Evidence, note: str
) -> None:
    page = phone.get(f"/evidence/{item.id}").get_data(as_text=True)
    assert f'href="/evidence/{item.id}/receipt"' in page
    answer = phone.get(f"/evidence/{item.id}/receipt")
    assert answer.get_data(as_text=True) == note
    assert f"receipt-{item.id}.txt" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    stranger = Phone(app, people.one())
    assert stranger.get(f"/evidence/{item.id}/receipt").status_code == 404
    assert stranger.get(f"/api/v1/uploads/{item.upload_id}/receipt").status_code == 404
