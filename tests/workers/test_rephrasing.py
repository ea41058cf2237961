"""Rephrasing by a model, against a real server process: what is supported is taken, everything else leaves the plain sentence."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.config import Settings
from tests.conftest import NOWHERE
from tests.workers.test_writing import STOP, brief_of
from workers.engines.writing import Brief, Draft, compose, unsupported
from workers.engines.writing.local_model import LocalModel, Unanswered, is_near
from workers.engines.writing.rephrasing import faults, rephrase

ROOT = Path(__file__).parents[2]


class Server:
    """The server process, its address, and what it was asked."""

    def __init__(self, log: Path) -> None:
        self.log = log
        command = [sys.executable, "-m", "tests.workers.model_server", str(log)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self.process.stdout
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}/v1"

    def model(self, name: str, **given: object) -> LocalModel:
        """The model that behaves as `name` says."""
        return LocalModel(self.url, name, **({"seconds": 10.0} | given))

    def first_question(self) -> dict:
        """What it was asked first."""
        return json.loads(self.log.read_text().splitlines()[0])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("model") / "asked")
    yield server
    server.process.kill()
    server.process.wait(timeout=10)
    server.process.stdout.close()


@pytest.fixture(scope="module")
def stop() -> Brief:
    return brief_of(STOP)


@pytest.fixture(scope="module")
def plain(stop: Brief) -> Draft:
    return compose(stop)


def counts(draft: Draft) -> dict:
    return draft.engine.parameters["rephrasing"]


def test_a_supported_rephrasing_is_taken_with_the_model_that_made_it(server: Server, stop: Brief, plain: Draft) -> None:
    made = rephrase(plain, stop, server.model("careful", key="secret"))
    taken = [one for one in made.sentences if one.plain]
    assert any(one.text.startswith("Officer Reyes requested the driver for ") for one in taken)
    for one in taken:
        assert one.plain in [before.text for before in plain.sentences]
        assert (one.engine.name, one.engine.model, one.engine.version) == ("openai-compatible", "careful:7b", "fp_1")
        assert one.engine.parameters["temperature"] == 0
        assert one.engine.parameters["asked_for"] == "careful"
        assert one.engine.parameters["prompt_sha256"]
        assert unsupported(one, stop) == []
    assert counts(made)["taken"] == len(taken) > 0
    asked = server.first_question()
    assert asked["path"] == "/v1/chat/completions"
    assert asked["key"] == "Bearer secret"
    assert asked["asked"]["messages"][1]["content"] == plain.sentences[0].text, "one sentence at a time, nothing else"


@pytest.mark.parametrize("name", ["adding", "injected", "renaming", "turning", "denying", "marking", "two-lines"])
def test_what_the_checker_cannot_support_is_refused(server: Server, stop: Brief, plain: Draft, name: str) -> None:
    made = rephrase(plain, stop, server.model(name))
    assert [one.text for one in made.sentences] == [one.text for one in plain.sentences]
    assert all(one.engine is None for one in made.sentences)
    assert counts(made)["refused"] > 0
    assert "taken" not in counts(made)


@pytest.mark.parametrize("name", ["broken", "moved", "nonsense", "strange", "endless"])
def test_a_server_that_fails_is_asked_three_times_and_the_plain_draft_stays(
    server: Server, stop: Brief, plain: Draft, name: str
) -> None:
    made = rephrase(plain, stop, server.model(name))
    assert made.sentences == plain.sentences
    assert counts(made)["unanswered"] == 3
    assert counts(made)["not_asked"] == len(plain.sentences) - 3


@pytest.mark.parametrize("name", ["slow", "dripping"])
def test_one_that_is_slow_is_left_in_time(server: Server, name: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unanswered):
        server.model(name, seconds=0.4).rephrase("The driver gave the name Ann Lee (00:01).")
    assert time.monotonic() - began < 4.5, "it waits for the limit, not for the server"


def test_nobody_listening_is_no_answer() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unanswered):
        LocalModel(f"http://127.0.0.1:{port}/v1", "x", seconds=5).rephrase("Nobody listens.")


@pytest.mark.parametrize(
    ("address", "near"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("192.168.0.9", True),
        ("::1", True),
        ("fd00::1", True),
        ("::ffff:10.0.0.1", True),
        ("8.8.8.8", False),
        ("::ffff:8.8.8.8", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("2606:4700::1111", False),
    ],
)
def test_only_this_machine_and_private_networks_are_near(address: str, near: bool) -> None:
    assert is_near(address) is near


def test_an_address_elsewhere_is_not_called_unless_the_agency_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a name resolves to counts, not the name; with the second setting the connection is tried."""
    tried: list[tuple] = []

    def resolve(host: str, port: int, **_more: object) -> list[tuple]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.7", port))]

    def connect(where: tuple, **_more: object) -> socket.socket:
        tried.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    model = LocalModel("http://models.example:80/v1", "x")
    for one in (model, replace(model, anywhere=True)):
        with pytest.raises(Unanswered):
            one.rephrase("A sentence.")
    assert tried == [("203.0.113.7", 80)]


def test_the_settings_ask_for_a_model_and_refuse_what_is_no_address() -> None:
    with pytest.raises(ValueError, match="BLOTTER_REPHRASE_MODEL"):
        Settings(rephrase_url="http://127.0.0.1:1/v1")
    for wrong in ("ftp://127.0.0.1/", "127.0.0.1:11434", "http://user:word@127.0.0.1/"):
        with pytest.raises(ValueError, match="rephrase_url"):
            Settings(rephrase_url=wrong, rephrase_model="x")
    assert Settings().rephrase_url == ""


PLAIN = 'Officer Reyes asked the driver for a name, and the driver answered, "Ann Lee" (00:21).'


@pytest.mark.parametrize(
    "said",
    [
        'Officer Reyes requested a name from the driver, and the driver replied, "Ann Lee" (00:21).',
        '(00:21) Officer Reyes asked the driver for a name and the driver responded, "Ann Lee."',
    ],
)
def test_what_says_the_same_has_no_faults(said: str) -> None:
    assert faults(PLAIN, said) == []


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (PLAIN.replace("(00:21)", "(00:22)"), "time changed"),
        (PLAIN.replace("Ann Lee", "Ann Leigh"), "quotation changed"),
        (PLAIN.replace("a name", "her name"), "added: her"),
        (PLAIN.replace("asked", "politely asked"), "added: politely"),
        (PLAIN.replace(" for a name", ""), "dropped: name"),
        (PLAIN.replace("Officer Reyes asked the driver", "The driver asked Officer Reyes"), "who did what changed"),
        (PLAIN.replace("asked the driver", "was asked by the driver"), "added: by"),
        ("", "not one plain sentence"),
        (PLAIN + ' "', "not one plain sentence"),
        (PLAIN.replace("name", "n\u202eame"), "not one plain sentence"),
        (PLAIN + " the" * 60, "too long"),
    ],
)
def test_what_says_something_else_is_named(said: str, fault: str) -> None:
    assert fault in faults(PLAIN, said)


def test_a13_without_the_setting_drafting_opens_no_connection() -> None:
    """Every connection and look-up of a name in Python is an audit event: a process that refuses them all writes a draft."""
    program = (
        "import sys\n"
        "from workers.tasks import draft_report\n"
        "from tests.workers.test_writing import STOP, brief_of\n"
        "def refuse(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.sendto', 'urllib.Request', 'subprocess.Popen'):\n"
        "        raise SystemExit(f'network: {event}')\n"
        "sys.addaudithook(refuse)\n"
        "made = draft_report.READING.compute(draft_report.Inputs(brief_of(STOP), [], []), lambda share: None)\n"
        "print(len(made[1].sentences))\n"
        "import socket\n"
        "socket.create_connection(('127.0.0.1', 9))\n"
    )
    alone = {**os.environ, **NOWHERE}  # or importing the task would start a database
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=alone, capture_output=True, text=True, timeout=120
    )
    assert int(ran.stdout) > 10
    assert ran.stderr.strip().startswith("network: socket."), "the watch itself works"
