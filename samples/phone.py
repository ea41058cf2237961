"""A phone, as the HTTP API sees one: a token, tus uploads in chunks, and a look at what became of them."""

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

CHUNK = 1024 * 1024
TUS = {"Tus-Resumable": "1.0.0"}


class PhoneError(RuntimeError):
    """The server refused; the message is the server's own."""


@dataclass
class Phone:
    """An officer's phone, signed in with badge and password."""

    address: str
    badge: str
    password: str
    http: requests.Session = field(default_factory=requests.Session)

    def sign_in(self) -> None:
        """Gets a token and keeps it for every further call."""
        answer = self.http.post(
            f"{self.address}/api/v1/tokens",
            json={"badge": self.badge, "password": self.password, "name": "phone"},
            timeout=120,
        )
        self.http.headers["Authorization"] = f"Bearer {_said(answer, 201)['token']}"

    def send(
        self,
        file: Path,
        *,
        incident: str,
        title: str,
        name: str = "",
        sha256: str = "",
        chunk: int = CHUNK,
        recorded_at: datetime | None = None,
        progress: Callable[[int, int], None] = lambda sent, total: None,
    ) -> str:
        """Uploads a file as the phone page does; returns the upload's id. `sha256` only to send a wrong one."""
        size = file.stat().st_size
        metadata = {
            "filename": name or file.name,
            "title": title,
            "incident": incident,
            "sha256": sha256 or digest(file),
            "sent_at": datetime.now(UTC).isoformat(),
            "recorded_at": (recorded_at or datetime.fromtimestamp(file.stat().st_mtime, UTC)).isoformat(),
        }
        answer = self.http.post(
            f"{self.address}/api/v1/uploads",
            headers={**TUS, "Upload-Length": str(size), "Upload-Metadata": encode(metadata)},
            timeout=120,
        )
        _said(answer, 201)
        location = requests.compat.urljoin(f"{self.address}/", answer.headers["Location"])
        self.go_on(location, file, chunk=chunk, progress=progress)
        return location.rstrip("/").rsplit("/", 1)[-1]

    def go_on(
        self,
        location: str,
        file: Path,
        *,
        chunk: int = CHUNK,
        progress: Callable[[int, int], None] = lambda sent, total: None,
    ) -> None:
        """Sends what the server does not have yet."""
        size = file.stat().st_size
        offset = int(self._head(location).headers["Upload-Offset"])
        with file.open("rb") as content:
            while offset < size:
                content.seek(offset)
                block = content.read(chunk)
                checksum = base64.b64encode(hashlib.sha256(block).digest()).decode()
                answer = self.http.patch(
                    location,
                    data=block,
                    timeout=120,
                    headers={
                        **TUS,
                        "Upload-Offset": str(offset),
                        "Upload-Checksum": f"sha256 {checksum}",
                        "Content-Type": "application/offset+octet-stream",
                    },
                )
                _said(answer, 204)
                offset = int(answer.headers["Upload-Offset"])
                progress(offset, size)

    def status(self, upload_id: str) -> dict[str, Any]:
        """What the server says of an upload."""
        return _said(self.http.get(f"{self.address}/api/v1/uploads/{upload_id}/status", timeout=120), 200)

    def await_seal(self, upload_id: str, *, seconds: float = 60) -> dict[str, Any]:
        """The status once the item is sealed or quarantined; TimeoutError when neither happens."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            status = self.status(upload_id)
            if status["state"] in ("sealed", "quarantined"):
                return status
            time.sleep(0.2)
        raise TimeoutError(f"upload {upload_id} was neither sealed nor quarantined in {seconds:.0f} s")

    def _head(self, location: str) -> requests.Response:
        answer = self.http.head(location, headers=TUS, timeout=120)
        if answer.status_code != 200:
            raise PhoneError(f"HEAD {location}: {answer.status_code}")
        return answer


def digest(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def encode(metadata: dict[str, str]) -> str:
    """tus Upload-Metadata: keys with base64 values."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items())


def _said(answer: requests.Response, expected: int) -> dict[str, Any]:
    if answer.status_code != expected:
        try:
            reason = answer.json().get("detail") or answer.text
        except ValueError:
            reason = answer.text[:200]
        raise PhoneError(f"{answer.request.method} {answer.request.path_url}: {answer.status_code} {reason}")
    return dict(answer.json()) if answer.content and "json" in answer.headers.get("Content-Type", "") else {}
