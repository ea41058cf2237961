"""Plain copies are removed when their work ends, and swept when it died."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.core.storage import scratch


def test_a_folder_is_gone_when_its_block_ends_however_it_ends(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), scratch.folder(tmp_path / "scratch", "object-") as own:
        (own / "copy").write_text(str(1 / 0))
    assert list((tmp_path / "scratch").iterdir()) == []


def test_what_a_killed_process_left_is_swept_and_what_is_in_use_stays(tmp_path: Path) -> None:
    program = "import sys, pathlib\nfrom app.core.storage import scratch\n"
    program += "with scratch.folder(pathlib.Path(sys.argv[1]), 'object-') as own:\n"
    program += "    (own / 'copy').write_text('plain')\n    print('ready', flush=True)\n    sys.stdin.read()\n"
    worker = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    with worker.stdin, worker.stdout:
        assert worker.stdout.readline() == "ready\n"
        (held,) = tmp_path.iterdir()
        assert scratch.sweep(tmp_path, young_s=0) == 0
        worker.kill()
        worker.wait()
        assert (held / "copy").exists()
        assert scratch.sweep(tmp_path) == 0  # too young to be sure
        assert scratch.sweep(tmp_path, young_s=0) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_older_versions_left_is_swept_too(tmp_path: Path) -> None:
    (tmp_path / "object-old").mkdir()
    (tmp_path / "object-old" / "copy").write_text("plain")
    (tmp_path / "stray").write_text("plain")
    for path in tmp_path.iterdir():
        os.utime(path, (time.time() - 3600,) * 2)
    assert scratch.sweep(tmp_path) == 2
    assert list(tmp_path.iterdir()) == []
    assert scratch.sweep(tmp_path / "none") == 0
