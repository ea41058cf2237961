"""Starting and ending: what stands in the way is one clear line, nothing is left behind, and the data stays."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from app import station as stations
from app.config import Settings
from app.station import Station, StationError
from samples.browser import await_value
from tests.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]
ADA = (
    "create-officer",
    "7001",
    "--name",
    "Ada Stone",
    "--role",
    "administrator",
    "--unit",
    "Office",
    "--password",
    "a long enough secret",
)


Type = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def command() -> Iterator[Type]:
    """`command(home, port, "run")`: `blotter …` as an operator types it, on a folder and a port of its own."""
    typed: list[subprocess.Popen[str]] = []

    def start(home: Path, port: int, *words: str) -> subprocess.Popen[str]:
        typed.append(
            subprocess.Popen(
                [str(Path(sys.executable).parent / "blotter"), *words],
                cwd=ROOT,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env={**os.environ, "BLOTTER_HOME": str(home), "BLOTTER_PORT": str(port)},
            )
        )
        return typed[-1]

    yield start
    for process in typed:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=180)


def said_by(process: subprocess.Popen[str]) -> str:
    """All it printed, once it has ended."""
    return process.communicate(timeout=180)[0]


def healthy(port: int) -> bool:
    """Whether the portal answers and says that it is well. Its port is open before its workers are awake."""
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=10).ok
    except (requests.ConnectionError, requests.Timeout):
        return False


def of_home(home: Path) -> list[psutil.Process]:
    """Every process that belongs to the station under `home`."""
    found = []
    for process in psutil.process_iter():
        try:
            words = " ".join(process.cmdline()) + " " + process.environ().get("BLOTTER_HOME", "")
        except (psutil.Error, OSError):
            continue
        if str(home) in words and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_ends_without_a_trace_and_starts_again_on_its_data(
    command: Type, tmp_path: Path, how: signal.Signals
) -> None:
    home, port = tmp_path / "home", free_port()
    for _round in range(2):
        running = command(home, port, "run")
        await_value(lambda: healthy(port), bool, seconds=180)
        if _round == 0:
            made = command(home, port, *ADA)
            said = said_by(made)
            assert made.returncode == 0, said
        running.send_signal(how)
        said = said_by(running)
        assert running.returncode == 0, said
        assert "Everything has ended." in said
        assert of_home(home) == []
    again = command(home, port, *ADA)
    said = said_by(again)
    assert again.returncode != 0
    assert "7001" in said, "the officer of the first start is still there"
    said_by(command(home, port, "stop"))


def test_a_child_that_dies_is_started_again_and_none_outlives_its_parent(command: Type, tmp_path: Path) -> None:
    """What dies by itself comes again and that is said. kill -9 cannot be heard; the children end because their parent did."""
    home, port = tmp_path / "home", free_port()
    running = command(home, port, "run")
    await_value(lambda: healthy(port), bool, seconds=180)
    relay = next(one for one in of_home(home) if "workers.relay" in " ".join(one.cmdline()))
    relay.kill()
    await_value(
        lambda: [one for one in of_home(home) if "workers.relay" in " ".join(one.cmdline()) and one.pid != relay.pid],
        bool,
        seconds=90,
    )
    running.kill()
    assert "relay ended with -9; starting it again" in said_by(running)
    await_value(lambda: healthy(port), lambda well: not well, seconds=90)
    stopping = command(home, port, "stop")
    said = said_by(stopping)
    assert stopping.returncode == 0, said
    await_value(lambda: of_home(home), lambda left: left == [], seconds=90)


def test_a_taken_port_is_one_line_with_the_remedy(command: Type, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = command(tmp_path / "home", port, "run")
        said = said_by(running)
    assert running.returncode == 1
    assert said.strip() == f"Port {port} is taken. Choose another with BLOTTER_PORT, or end what uses it."
    assert of_home(tmp_path / "home") == []


def test_a_full_disk_is_one_line_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is real, the figure is not: nothing here fills the machine that runs the tests."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 7 * 1024**2, 7 * 1024**2))
    with pytest.raises(StationError) as refused:
        Station(Settings(home=tmp_path, port=free_port())).start()
    assert re.fullmatch(
        r"Only 7 MB are free under .+; Blotter needs 500 MB to start\. Free some space, .+", str(refused.value)
    )
    assert stations.LEAST_FREE_BYTES == 500 * 1024**2


def test_an_old_python_is_one_line_with_the_remedy(tmp_path: Path) -> None:
    """The Makefile's own check, with a Python that says it is 3.9."""
    old = tmp_path / "python3.9"
    old.write_text(f'#!/bin/sh\nshift; exec "{sys.executable}" -c "import sys; sys.version_info = (3, 9, 2); $1"\n')
    old.chmod(0o755)
    copy = tmp_path / "clone"
    copy.mkdir()
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    said = subprocess.run(["make", "setup", f"PYTHON={old}"], cwd=copy, capture_output=True, text=True, timeout=60)
    assert said.returncode != 0
    assert "Blotter needs Python 3.11 or newer; this is 3.9. Try: make PYTHON=python3.11" in said.stderr


def test_a_wrong_setting_is_named(command: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOTTER_WEB_THREADS", "many")
    running = command(tmp_path / "home", free_port(), "run")
    said = said_by(running)
    assert running.returncode != 0
    assert "BLOTTER_WEB_THREADS" in said
    assert "Traceback" not in said


def test_the_logs_are_where_the_message_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A web server that cannot start is named with the log that says why."""
    station = Station(Settings(home=tmp_path / "home", port=free_port()))
    wrong = {"web": [sys.executable, "-c", "import sys; sys.exit('no such module')"]}
    monkeypatch.setattr(Station, "commands", lambda _: wrong)
    try:
        with pytest.raises(StationError, match=r"web\.log"):
            station.start()
    finally:
        station.stop()
    assert "no such module" in (tmp_path / "home" / "logs" / "web.log").read_text()
