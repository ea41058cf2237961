"""How the bytes of one request come off a real connection of a real gunicorn."""

import hashlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path

import pytest

from tests.conftest import free_port

APP = """
import hashlib
from flask import Flask
from app.evidence import body

app = Flask(__name__)

@app.put("/<int:most>")
def put(most):
    taken, digest, length, kinds = body.Body(), hashlib.sha256(), 0, set()
    for piece in taken:
        digest.update(piece)
        length += len(piece)
        kinds.add(type(piece).__name__)
        if length >= most:
            break
    return f"{length} {digest.hexdigest()} {taken.broke_off} {'memoryview' in kinds}"
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the little app listens."""
    folder, chosen = tmp_path_factory.mktemp("body"), free_port()
    (folder / "little.py").write_text(APP)
    where = f"{folder}{os.pathsep}{Path(__file__).resolve().parents[3]}"
    command = [sys.executable, "-m", "gunicorn", "little:app", "--bind", f"127.0.0.1:{chosen}", "--no-control-socket"]
    child = subprocess.Popen(
        [*command, "--worker-class", "gthread", "--threads", "2"], env={**os.environ, "PYTHONPATH": where}
    )
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", chosen), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield chosen
    finally:
        child.terminate()
        child.wait(timeout=20)


def told(content: bytes, *, direct: bool) -> str:
    """What the app says of a body that came whole."""
    return f"{len(content)} {hashlib.sha256(content).hexdigest()} False {direct}"


@pytest.mark.parametrize("length", [1, 1000, 256 * 1024, 256 * 1024 + 1, 3_000_001])
def test_one_connection_carries_body_after_body(port: int, length: int) -> None:
    """Read past gunicorn's buffers, which must still know where the next request begins."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        for turn in range(3):
            content = bytes([turn]) * length
            connection.request("PUT", "/999999999", body=content)
            said = connection.getresponse().read().decode()
            assert said in (told(content, direct=True), told(content, direct=False))  # small ones come with the headers


def test_large_bodies_come_straight_off_the_connection(port: int) -> None:
    content = os.urandom(2_000_000)
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("PUT", "/999999999", body=content)
        assert connection.getresponse().read().decode() == told(content, direct=True)


def test_a_body_of_unsaid_length_comes_by_the_usual_way(port: int) -> None:
    content, chunked = os.urandom(700_000), {"Transfer-Encoding": "chunked"}
    pieces = (content[at : at + 70_000] for at in range(0, len(content), 70_000))
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("PUT", "/999999999", body=pieces, encode_chunked=True, headers=chunked)
        assert connection.getresponse().read().decode() == told(content, direct=False)


def test_two_requests_sent_at_once_are_two(port: int) -> None:
    """What came along with the first one's body is the second's, not the body's."""
    one = b"PUT /999999999 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nfirst"
    two = b"PUT /999999999 HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecond"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(one + two)
        answers = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert told(b"first", direct=False) in answers
    assert told(b"second", direct=False) in answers


def test_what_is_left_of_a_refused_body_is_not_taken_for_the_next_request(port: int) -> None:
    content = os.urandom(300_000)
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("PUT", "/1", body=content)
        assert int(connection.getresponse().read().split()[0]) < len(content)
        try:
            connection.request("PUT", "/999999999", body=b"next")
            said = connection.getresponse().read().decode()
        except (RemoteDisconnected, ConnectionResetError, BrokenPipeError):  # gunicorn may hang up on what is left
            connection.close()
            connection.request("PUT", "/999999999", body=b"next")
            said = connection.getresponse().read().decode()
        assert said in (told(b"next", direct=True), told(b"next", direct=False))  # with its headers, or after them


def test_a_connection_that_ends_is_told_with_what_came(port: int) -> None:
    head = b"PUT /999999999 HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head + bytes(400_000))
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert "400000 " in answer
    assert " True True" in answer
