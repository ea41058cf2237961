"""A phone that speaks tus to the portal with a token, and the sealing that intake would do next."""

import base64
import hashlib
import io
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from app.accounts import service as accounts
from app.accounts.models import ApiToken, Officer
from app.config import Settings
from app.core.actor import machine
from app.core.clock import now
from app.core.db import session, transaction
from app.core.ledger import Event
from app.core.storage import store
from app.evidence import service
from app.evidence.models import Evidence, MediaKind, Upload
from app.incidents import service as incidents
from app.incidents.models import Incident, IncidentKind
from tests.people import actor_for, signed_in

PIECE_TYPE = "application/offset+octet-stream"
INTAKE = machine("intake")


@dataclass
class Phone:
    """One officer's phone. It carries a token; `fresh_token` gets another."""

    app: Flask
    officer: Officer
    token: ApiToken = field(init=False)
    headers: dict[str, str] = field(init=False)
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.fresh_token()

    def fresh_token(self) -> None:
        """Signs the phone in anew."""
        with transaction():
            self.token, secret = accounts.issue_token(self.officer, name="phone", actor=actor_for(self.officer))
        self.headers = {"Authorization": f"Bearer {secret}", "Tus-Resumable": "1.0.0"}

    def create(
        self,
        incident: Incident | uuid.UUID,
        length: int | None,
        *,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        **said: str,
    ) -> TestResponse:
        """Opens an upload; `said` is its metadata. Without a `length` none is said, nor that it comes later."""
        incident_id = incident if isinstance(incident, uuid.UUID) else incident.id
        sent = {
            **({} if length is None else {"Upload-Length": str(length)}),
            "Upload-Metadata": metadata(incident=str(incident_id), **said),
            **({"Content-Type": PIECE_TYPE} if body else {}),
            **(headers or {}),
        }
        return self.client.post("/api/v1/uploads", headers=self.headers | sent, data=body)

    def open(self, incident: Incident, length: int, **said: str) -> str:
        """The address of a fresh upload."""
        answer = self.create(incident, length, **said)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return answer.headers["Location"]

    def part(self, content: bytes, **headers: str) -> str:
        """The address of a part that is whole."""
        sent = {"Upload-Concat": "partial", "Upload-Length": str(len(content))}
        answer = self.client.post("/api/v1/uploads", headers=self.headers | sent | headers)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        location = answer.headers["Location"]
        assert not content or self.patch(location, 0, content).status_code == 204
        return location

    def join(self, incident: Incident, *parts: str, headers: dict[str, str] | None = None, **said: str) -> TestResponse:
        """Asks for one upload out of parts."""
        concat = {"Upload-Concat": f"final;{' '.join(parts)}"}
        return self.create(incident, None, headers=concat | (headers or {}), **said)

    def patch(self, location: str, offset: int, piece: bytes, **headers: str) -> TestResponse:
        """Sends a piece; headers are named with underscores."""
        sent = {"Upload-Offset": str(offset), "Content-Type": PIECE_TYPE}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.patch(location, headers=self.headers | sent, data=piece)

    def head(self, location: str) -> TestResponse:
        """Asks where to go on."""
        return self.client.head(location, headers=self.headers)

    def delete(self, location: str) -> TestResponse:
        """Gives up."""
        return self.client.delete(location, headers=self.headers)

    def get(self, path: str, **headers: str) -> TestResponse:
        """Anything else: the API with the token, pages in the phone's browser."""
        if path.startswith(("/api/", "http://localhost/api/")):
            return self.client.get(path, headers=self.headers | headers, buffered=True)
        return self.browser.get(path, headers=headers, buffered=True)

    @cached_property
    def browser(self) -> FlaskClient:
        """The phone's browser, signed in when it is first used."""
        return signed_in(self.app, self.officer)

    def status(self, location: str) -> dict[str, Any]:
        """How the upload fares."""
        answer = self.get(f"{location}/status")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found: dict[str, Any] = answer.get_json()
        return found

    def send(self, incident: Incident, content: bytes, **said: str) -> Evidence:
        """Sends a whole file; the item that came of it."""
        location = self.open(incident, len(content), **{"filename": "stop.mp4", **said})
        if content:
            assert self.patch(location, 0, content).status_code == 204
        return (
            session()
            .scalars(sa.select(Evidence).where(Evidence.upload_id == uuid.UUID(location.rpartition("/")[2])))
            .one()
        )


def refused(answer: TestResponse, status: int, *words: str) -> None:
    """Refused with that status, and in words: detail, remedy or field hold each of `words`."""
    said = answer.get_json()
    assert answer.status_code == status, said
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    for word in words:
        assert word in f"{said.get('detail')} {said.get('remedy')} {said.get('field')}", said


def uploads() -> int:
    """How many were opened."""
    return session().scalar(sa.select(sa.func.count()).select_from(Upload)) or 0


def landed(app: Flask, location: str) -> Path:
    """Where the bytes of an upload lie until they are taken in."""
    path: Path = app.config["SETTINGS"].intake / location.rpartition("/")[2]
    return path


def upload_of(location: str) -> Upload:
    """The upload as it is kept now."""
    session().rollback()
    return session().get_one(Upload, uuid.UUID(location.rpartition("/")[2]), populate_existing=True)


def checksum(algorithm: str, content: bytes) -> str:
    """Upload-Checksum as tus writes it."""
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def metadata(**said: str) -> str:
    """Upload-Metadata as tus writes it."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())


def an_incident(officer: Officer) -> Incident:
    """An incident the officer opened."""
    with transaction():
        return incidents.open_incident(
            kind=IncidentKind.TRAFFIC_STOP, occurred_at=now(), place="Main Street", actor=actor_for(officer)
        )


def sealed(app: Flask, item: Evidence, *, kind: MediaKind = MediaKind.VIDEO, media_type: str = "video/mp4") -> Evidence:
    """The item after what intake does: stored write-once under its hash, and sealed."""
    settings: Settings = app.config["SETTINGS"]
    path = settings.intake / str(item.upload_id)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    key = f"originals/{sha256[:2]}/{sha256}"
    store(settings).put_file(key, path, sha256=sha256)
    with transaction():
        return service.seal(
            session().get_one(Evidence, item.id),
            sha256=sha256,
            size=path.stat().st_size,
            media_kind=kind,
            media_type=media_type,
            duration_s=12.5,
            facts={},
            storage_key=key,
            actor=INTAKE,
        )


def with_copy(app: Flask, item: Evidence, kind: str, content: bytes, media_type: str, suffix: str) -> None:
    """A working copy of a sealed item, as the renditions step leaves it."""
    settings: Settings = app.config["SETTINGS"]
    sha256 = hashlib.sha256(content).hexdigest()
    settings.scratch.mkdir(parents=True, exist_ok=True)
    path = settings.scratch / sha256
    path.write_bytes(content)
    key = f"renditions/{item.id}/{sha256}.{suffix}"
    store(settings).put_file(key, path, sha256=sha256)
    with transaction():
        service.add_rendition(
            session().get_one(Evidence, item.id),
            step_id=None,
            kind=kind,
            media_type=media_type,
            storage_key=key,
            size=len(content),
            sha256=sha256,
            tool="PyAV",
            version="14",
            parameters={"height": 720},
            actor=machine("renditions"),
        )


def acts(subject_kind: str = "evidence") -> list[str]:
    """What the ledger says was done with such things, in order."""
    session().rollback()
    query = sa.select(Event.act).where(Event.subject_kind == subject_kind).order_by(Event.seq)
    return list(session().scalars(query))


LISTING = """WEBVTT

00:00:00.000 --> 00:00:02.500
1.jpg#xywh=0,0,16,8

00:00:02.500 --> 00:00:05.000
1.jpg#xywh=16,0,16,8
"""


def with_storyboard(app: Flask, item: Evidence) -> None:
    """Two small pictures on one sheet: a red one, and from 2.5 s on a blue one."""
    sheet = Image.new("RGB", (32, 8), "red")
    sheet.paste("blue", (16, 0, 32, 8))
    made = io.BytesIO()
    sheet.save(made, "JPEG", quality=95)
    with_copy(app, item, "storyboard/1.jpg", made.getvalue(), "image/jpeg", "jpg")
    with_copy(app, item, "storyboard/index.vtt", LISTING.encode(), "text/vtt", "vtt")
