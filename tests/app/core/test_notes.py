"""Signed notes and checkpoints are those of C2SP: against the vectors of Go's sumdb/note, and the text of the specification."""

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from app.config import Settings
from app.core import ledger
from app.core.actor import machine
from app.core.db import transaction
from app.core.keys import Signer, signer
from app.core.ledger import checkpoints
from app.core.verifier import EMPTY_ROOT, Checkpoint, Fault, Key, check_consistency, open_note

# golang.org/x/mod/sumdb/note, note_test.go
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SECRET = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
BY_PETER = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
BY_ENOCH = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"


def peter() -> Signer:
    seed = base64.b64decode(PETER_SECRET)[1:]
    return Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(seed))


def test_we_sign_byte_for_byte_what_go_signs() -> None:
    assert peter().sign_note(TEXT) == TEXT + "\n" + BY_PETER
    assert str(peter().key) == PETER


@pytest.mark.parametrize("key", [PETER, ENOCH])
def test_a_note_that_others_signed_too_still_opens(key: str) -> None:
    assert open_note(TEXT + "\n" + BY_PETER + BY_ENOCH, Key.read(key)) == TEXT
    assert open_note(TEXT + "\n" + BY_ENOCH * 16 + BY_PETER, Key.read(PETER)) == TEXT


def test_a_key_that_is_damaged_anywhere_is_refused() -> None:
    for start in range(len(PETER)):
        for end in range(start + 1, len(PETER) + 1):
            if (start, end) != (0, len(PETER)):
                with pytest.raises(Fault):
                    Key.read(PETER[start:end])
    for place in range(len(PETER)):
        with pytest.raises(Fault):
            Key.read(PETER[:place] + chr(ord(PETER[place]) + 1) + PETER[place + 1 :])
    for wrong in (
        "cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ):
        with pytest.raises(Fault):
            Key.read("PeterNeumann+" + wrong)


@pytest.mark.parametrize(
    "note",
    [
        TEXT,
        TEXT + "\n",
        TEXT + "\n" + BY_PETER[:-1],
        "\x01" + TEXT + "\n" + BY_PETER,
        TEXT
        + "\n"
        + "— Bad Name x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
        TEXT + "\n" + BY_PETER + "Unexpected line.\n",
        TEXT + "\n" + BY_PETER.replace("—", "-"),
        TEXT + "\n" + BY_PETER * 101,
        TEXT + "\n" + BY_PETER[:60] + "ABCD" + BY_PETER[60:],
        TEXT + "\n" + BY_PETER + BY_PETER[:60] + "ABCD" + BY_PETER[60:],
        TEXT.replace("answer", "question") + "\n" + BY_PETER,
        TEXT + "\n" + BY_ENOCH,
    ],
    ids=[
        "bare",
        "empty",
        "cut",
        "control",
        "name",
        "line",
        "hyphen",
        "too many",
        "damaged",
        "one damaged",
        "text",
        "another's",
    ],
)
def test_what_go_refuses_is_refused(note: str) -> None:
    with pytest.raises(Fault):
        open_note(note, Key.read(PETER))


def checkpoint(*lines: str) -> str:
    return peter().sign_note("".join(f"{line}\n" for line in lines))


ROOT = base64.b64encode(b"\7" * 32).decode()
EMPTY = base64.b64encode(EMPTY_ROOT).decode()


def test_a_checkpoint_may_carry_lines_of_others() -> None:
    read = Checkpoint.read(checkpoint("example.com/log", "20852163", ROOT, "extension"), Key.read(PETER))
    assert (read.origin, read.size, read.root) == ("example.com/log", 20852163, b"\7" * 32)


@pytest.mark.parametrize(
    "lines",
    [
        ("example.com/log", "7"),
        ("example.com/log", "07", ROOT),
        ("example.com/log", "-7", ROOT),
        ("example.com/log", "٧", ROOT),
        ("example.com/log", "7", "no root"),
        ("example.com/log", "7", ROOT[:8]),
        ("example.com/log", "0", ROOT),
    ],
    ids=["short", "leading zero", "negative", "another script", "no base64", "short root", "a root of nothing"],
)
def test_a_note_that_is_no_checkpoint_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(Fault):
        Checkpoint.read(checkpoint(*lines), Key.read(PETER))


def test_a_checkpoint_of_no_events_is_legal(app: Flask, settings: Settings, tmp_path: Path) -> None:
    """A ledger begins empty, and every later one continues it."""
    own = signer(settings, used=lambda: False)
    with transaction():
        first = checkpoints.sign(own)
    empty = Checkpoint.read(first.note, own.key)
    assert (empty.size, empty.root) == (0, EMPTY_ROOT)
    assert first.note.split("\n")[2] == EMPTY
    checkpoints.publish(first, tmp_path)
    with transaction():
        ledger.record("core:thing:done", actor=machine("test"), subject_kind="thing", subject_id=1)
        second = Checkpoint.read(checkpoints.sign(own).note, own.key)
    check_consistency(
        empty.size, second.size, ledger_tree_consistency(empty.size, second.size), empty.root, second.root
    )
    assert list(ledger.faults()) == []


def ledger_tree_consistency(old: int, new: int) -> list[bytes]:
    from app.core.ledger import tree

    return tree.consistency(old, new)
