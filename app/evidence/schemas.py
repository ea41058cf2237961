"""What a phone says about a file, and what it is told about its upload and the item that came of it."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel

from app.evidence import faults
from app.evidence.models import Evidence, EvidenceState, Upload


@dataclass(frozen=True, slots=True)
class Offer:
    """What a phone says about the file it is about to send. Nothing of it is believed before intake."""

    incident_id: uuid.UUID | None
    filename: str
    title: str = ""
    claimed_type: str = ""
    claimed_sha256: str = ""
    category: str = ""
    recorded_at: datetime | None = None
    client_time: datetime | None = None
    phone_key: str = ""
    position: dict[str, float] = field(default_factory=dict)


class UploadStatus(BaseModel):
    """How far an upload is. `state`: open, terminated, joined, received, sealed, quarantined.

    `sha256` is the server's own, once sealed; `receipt` is where the signed receipt is, once intake has decided.
    """

    state: str
    title: str = ""
    offset: int
    length: int | None
    reason: str = ""
    sha256: str = ""
    claimed_sha256: str = ""
    evidence_id: uuid.UUID | None = None
    duplicate_of: uuid.UUID | None = None
    received_at: datetime | None = None
    sealed_at: datetime | None = None
    url: str = ""
    receipt: str = ""


class RenditionCard(BaseModel):
    """A working copy and how it was made."""

    kind: str
    media_type: str
    size: int
    sha256: str
    parent_sha256: str
    tool: str
    version: str


class EvidenceCard(BaseModel):
    """One item, with the receipt: what was claimed, what was found, when it was sealed."""

    id: uuid.UUID
    incident_id: uuid.UUID
    incident_number: str
    title: str
    original_name: str
    state: str
    reason: str
    media_kind: str
    media_type: str
    size: int
    claimed_sha256: str
    sha256: str
    duplicate_of: uuid.UUID | None
    duration_s: float | None
    recorded_at: datetime | None
    received_at: datetime
    sealed_at: datetime | None
    renditions: list[RenditionCard]
    url: str


def upload_status(upload: Upload, item: Evidence | None, url: str, receipt: str) -> UploadStatus:
    """The upload as its sender's phone shows it; `url` is the item's page, `receipt` where its receipt is."""
    status = UploadStatus(
        state=upload.state.value,
        title=upload.title or upload.filename,
        offset=upload.offset,
        length=upload.length,
        claimed_sha256=upload.claimed_sha256,
    )
    if item is None:
        return status
    sealed = item.state is EvidenceState.SEALED
    known = {
        "state": item.state.value,
        "title": item.title,
        "reason": faults.in_words(item.reason),
        "sha256": item.sha256 if sealed else "",
        "evidence_id": item.id,
        "duplicate_of": item.duplicate_of,
        "received_at": item.received_at,
        "sealed_at": item.sealed_at,
        "url": url,
        "receipt": receipt if item.state is not EvidenceState.RECEIVED else "",
    }
    return status.model_copy(update=known)


def evidence_card(item: Evidence, url: str) -> EvidenceCard:
    """The item as a program reads it."""
    return EvidenceCard(
        id=item.id,
        incident_id=item.incident_id,
        incident_number=item.incident.number,
        title=item.title,
        original_name=item.original_name,
        state=item.state.value,
        reason=item.reason,
        media_kind=item.media_kind.value if item.media_kind else "",
        media_type=item.media_type,
        size=item.size,
        claimed_sha256=item.claimed_sha256,
        sha256=item.sha256,
        duplicate_of=item.duplicate_of,
        duration_s=item.duration_s,
        recorded_at=item.recorded_at,
        received_at=item.received_at,
        sealed_at=item.sealed_at,
        url=url,
        renditions=[RenditionCard.model_validate(made, from_attributes=True) for made in item.renditions],
    )
