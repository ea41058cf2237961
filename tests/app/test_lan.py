"""Serving the local network: a certificate for one address, a real TLS request that trusts it, and clear refusals."""

import ipaddress
import os
import re
import shutil
import socket
import ssl
import stat
import subprocess
import sys
import threading
import urllib.request
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from flask import Flask

from app import lan
from app.config import Settings
from app.station import Station

ROOT = Path(__file__).resolve().parents[2]


class Says(BaseHTTPRequestHandler):
    """Answers with the address it was reached at."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"here")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def made(tmp_path: Path) -> lan.Certificate:
    return lan.certificate(tmp_path, "127.0.0.1")


def served(made: lan.Certificate) -> HTTPServer:
    server = HTTPServer(("127.0.0.1", 0), Says)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.chain, made.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def test_who_trusts_the_root_reaches_the_station_and_nobody_else(made: lan.Certificate) -> None:
    server = served(made)
    try:
        trusting = ssl.create_default_context(cafile=str(made.root))
        address = f"https://127.0.0.1:{server.server_port}/"
        with urllib.request.urlopen(address, context=trusting, timeout=60) as answer:
            assert answer.read() == b"here"
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(address, context=ssl.create_default_context(), timeout=60)
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            urllib.request.urlopen(address.replace("127.0.0.1", "localhost"), context=trusting, timeout=60)
    finally:
        server.shutdown()
        server.server_close()


def test_the_root_is_for_this_address_alone_and_its_key_is_gone(made: lan.Certificate) -> None:
    root = x509.load_pem_x509_certificate(made.root.read_bytes())
    names = root.extensions.get_extension_for_class(x509.NameConstraints)
    assert names.critical
    assert names.value.permitted_subtrees == [x509.IPAddress(ipaddress.ip_network("127.0.0.1"))]
    assert made.fingerprint == root.fingerprint(hashes.SHA256()).hex(":").upper()
    assert sorted(path.name for path in made.root.parent.iterdir()) == ["blotter-root.crt", "chain.pem", "key.pem"]
    assert made.key.read_bytes().count(b"PRIVATE KEY") == 2  # the web server's own: begin and end, one key
    assert stat.S_IMODE(made.key.stat().st_mode) == 0o600


def test_it_is_kept_while_it_is_good_and_made_anew_for_another_address(
    tmp_path: Path, made: lan.Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lan.certificate(tmp_path, "127.0.0.1") == made
    assert lan.certificate(tmp_path, "10.1.2.3").fingerprint != made.fingerprint
    again = lan.certificate(tmp_path, "10.1.2.3")
    real = lan.now
    monkeypatch.setattr(lan, "now", lambda: real() + lan.VALID - timedelta(days=1))
    assert lan.certificate(tmp_path, "10.1.2.3").fingerprint != again.fingerprint


@pytest.mark.parametrize("address", ["", "127.0.0.1", "0.0.0.0", "169.254.7.7", "station"])
def test_without_an_address_on_a_network_it_refuses_and_says_what_to_do(address: str) -> None:
    with pytest.raises(lan.NoLocalNetwork, match=r"no address on a local network.*BLOTTER_HOST"):
        lan.checked(address)


def test_a_machine_without_a_network_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    with pytest.raises(lan.NoLocalNetwork):
        lan.local_address()


def test_the_invitation_shows_a_code_the_address_and_the_fingerprint(made: lan.Certificate) -> None:
    said = lan.invitation("https://10.1.2.3:8600", made)
    assert "https://10.1.2.3:8600/phone" in said
    assert made.fingerprint in said
    assert len(re.findall("[▀▄█]", said)) > 200


def test_the_certificate_is_offered_where_there_is_one(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/lan.crt").status_code == 404
    made = lan.certificate(app.config["SETTINGS"].home, "10.1.2.3")
    answer = client.get("/lan.crt")
    assert answer.content_type == "application/x-x509-ca-cert"
    assert answer.data == made.root.read_bytes()


def test_the_station_serves_https_with_it_and_cookies_are_secure(tmp_path: Path, made: lan.Certificate) -> None:
    station = Station(Settings(home=tmp_path, host="127.0.0.1", port=9999), certificate=made)
    assert station.address == "https://127.0.0.1:9999"
    web = station.commands()["web"]
    assert web[web.index("--certfile") + 1] == str(made.chain)
    assert web[web.index("--keyfile") + 1] == str(made.key)
    assert station.environment()["BLOTTER_SECURE_COOKIES"] == "true"
    assert "--certfile" not in Station(Settings(home=tmp_path)).commands()["web"]


def test_the_command_refuses_an_address_no_phone_can_reach(tmp_path: Path) -> None:
    blotter = shutil.which("blotter", path=str(Path(sys.executable).parent))
    assert blotter is not None
    given = {**os.environ, "BLOTTER_HOME": str(tmp_path), "BLOTTER_HOST": "169.254.1.1"}
    ended = subprocess.run([blotter, "run", "--lan"], cwd=ROOT, env=given, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 1
    assert "no address on a local network" in ended.stderr
    assert not (tmp_path / "lan").exists()
