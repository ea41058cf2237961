"""A phone in a process of its own, made to be killed: it sends files by tus, and started again goes on where the server is.

`python -m tests.journeys.fire_phone JOB.json`. It keeps the address of each upload beside the file, as phones do, and
writes down every chunk it begins to send, so that what was sent twice can be counted.
"""

import base64
import contextlib
import hashlib
import io
import json
import math
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests

from samples.phone import TUS, encode

PATIENCE_S = 300.0
PIECE = 256 * 1024


@dataclass(frozen=True)
class Job:
    """What to send: `rate` in bytes a second, `pause` in seconds between two files."""

    address: str
    authorization: str
    incident: str
    files: list[str]
    hashes: list[str]
    chunk: int
    rate: float
    pause: float
    log: str
    gate: str = ""  # a file that says up to which byte the network lets through now


class Paced(io.RawIOBase):
    """A chunk that leaves no faster than a network would take it."""

    def __init__(self, content: bytes, rate: float) -> None:
        super().__init__()
        self.content, self.rate, self.at, self.began = content, rate, 0, time.monotonic()

    def __len__(self) -> int:
        return len(self.content)

    def read(self, size: int = -1) -> bytes:
        """The next bytes, when it is time for them."""
        piece = self.content[self.at : self.at + (PIECE if size < 0 else min(size, PIECE))]
        self.at += len(piece)
        if (early := self.at / self.rate - (time.monotonic() - self.began)) > 0.005:
            time.sleep(early)
        return piece


class FirePhone:
    """Sends one file after the other, whatever happens to the other side."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.headers = {**TUS, "Authorization": job.authorization}

    def run(self) -> None:
        """Every file, to its last byte."""
        for name, sha256 in zip(self.job.files, self.job.hashes, strict=True):
            path = Path(name)
            done = path.with_suffix(".done")
            if not done.exists():
                self.send(path, sha256)
                done.touch()
                time.sleep(self.job.pause)

    def send(self, path: Path, sha256: str) -> None:
        """Asks where to go on, sends one chunk, and so on; any failure leads back to the question."""
        size, location = path.stat().st_size, self.begun(path, sha256)
        until = time.monotonic() + PATIENCE_S
        while (offset := self.offset(location)) != size:
            if time.monotonic() > until:
                raise TimeoutError(f"{path.name} stands at byte {offset}")
            if offset is None or offset >= self.gate():
                time.sleep(0.05)
                continue
            with path.open("rb") as file:
                file.seek(offset)
                block = file.read(self.job.chunk)
            if self.patch(location, path.name, offset, block):
                until = time.monotonic() + PATIENCE_S

    def gate(self) -> float:
        """Up to which byte it may send."""
        text = Path(self.job.gate).read_text() if self.job.gate else ""
        return int(text) if text else math.inf

    def begun(self, path: Path, sha256: str) -> str:
        """The upload's address: as kept, or of a new one."""
        kept = path.with_suffix(".url")
        if kept.exists():
            return kept.read_text()
        told = {"filename": path.name, "title": path.stem, "incident": self.job.incident, "sha256": sha256}
        headers = {
            **self.headers,
            "Upload-Length": str(path.stat().st_size),
            "Upload-Metadata": encode({**told, "sent_at": datetime.now(UTC).isoformat()}),
        }
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with contextlib.suppress(requests.RequestException):
                answer = requests.post(f"{self.job.address}/api/v1/uploads", headers=headers, timeout=120)
                if answer.status_code == 201:
                    fresh = path.with_suffix(".new")
                    fresh.write_text(requests.compat.urljoin(self.job.address, answer.headers["Location"]))
                    fresh.replace(kept)
                    return kept.read_text()
                self.note(what="refused", file=path.name, status=answer.status_code)
            time.sleep(0.1)
        raise TimeoutError(f"no upload could be opened for {path.name}")

    def offset(self, location: str) -> int | None:
        """Where the server stands; None when it cannot say now."""
        try:
            answer = requests.head(location, headers=self.headers, timeout=120)
        except requests.RequestException:
            return None
        if answer.status_code in (404, 410):
            raise RuntimeError(f"the server forgot {location}: {answer.status_code}")
        return int(answer.headers["Upload-Offset"]) if answer.status_code == 200 else None

    def patch(self, location: str, name: str, offset: int, block: bytes) -> bool:
        """Whether the server took the chunk. Every other one carries a checksum: with one a torn chunk is dropped
        whole, without one what came of it is kept."""
        headers = {**self.headers, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        if offset // self.job.chunk % 2:
            headers["Upload-Checksum"] = f"sha256 {base64.b64encode(hashlib.sha256(block).digest()).decode()}"
        self.note(what="send", file=name, offset=offset, length=len(block))
        try:
            answer = requests.patch(location, data=Paced(block, self.job.rate), headers=headers, timeout=120)
        except requests.RequestException as error:
            self.note(what="broken", file=name, offset=offset, error=type(error).__name__)
            return False
        self.note(what="answered", file=name, offset=offset, length=len(block), status=answer.status_code)
        return answer.status_code == 204

    def note(self, **said: object) -> None:
        """One line in the log, whole even when the process is killed the next moment."""
        line = json.dumps({"at": time.time(), **said}) + "\n"
        handle = os.open(self.job.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, line.encode())
        finally:
            os.close(handle)


if __name__ == "__main__":
    FirePhone(Job(**json.loads(Path(sys.argv[1]).read_text()))).run()
