"""Hands for tests of proof: the verifiers as a stranger runs them, alone in a folder, without our packages."""

import contextlib
import io
import subprocess
import sys
from pathlib import Path

from app.config import Settings
from app.core import verify_report
from app.core.keys import signer
from app.core.verifier import Key
from app.reports import proofs


def agency_key(settings: Settings) -> Key:
    """The agency's public key, as its office tells it."""
    return signer(settings, used=lambda: True).key


def said(path: Path, *words: str) -> tuple[int, str]:
    """The same in this process: quicker, where many forgeries are tried."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = verify_report.main([str(path), *words])
    return code, out.getvalue()


def checked(path: Path, *words: str) -> tuple[int, str]:
    """(how it ended, what it said)."""
    alone = path.parent / "alone"
    alone.mkdir(exist_ok=True)
    for name, text in proofs.programs().items():
        (alone / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-I", "verify_report.py", str(path), *words],
        cwd=alone,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr
