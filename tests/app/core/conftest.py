"""An S3 server in a process of its own, so that what it holds in memory is not counted as ours."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from tests.conftest import free_port


@pytest.fixture(scope="session")
def s3_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of moto's S3 server."""
    port = free_port()
    log = Path(tmp_path_factory.mktemp("moto")) / "log"
    with log.open("wb") as output:
        server = subprocess.Popen([sys.executable, "-m", "moto.server", "-p", str(port)], stdout=output, stderr=output)
    try:
        _wait_for(server, port)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    with urllib3.PoolManager() as pool:
        for _ in range(300):
            assert server.poll() is None, "moto's server ended"
            try:
                pool.request("GET", f"http://127.0.0.1:{port}/moto-api/", retries=False, timeout=1)
            except urllib3.exceptions.HTTPError:
                time.sleep(0.1)
            else:
                return
    pytest.fail("moto's server does not answer")
