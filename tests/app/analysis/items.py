"""Sealed items made straight from rows, for tests of what happens after the seal."""

import uuid
from datetime import timedelta

from app.accounts.models import Officer
from app.core.clock import now
from app.core.db import transaction
from app.evidence.models import Evidence, EvidenceState, MediaKind, Upload, UploadState
from app.incidents import service as incidents
from app.incidents.models import Incident, IncidentKind
from tests.people import actor_for


def open_incident(officer: Officer) -> Incident:
    """An incident the officer opened."""
    with transaction():
        return incidents.open_incident(
            kind=IncidentKind.TRAFFIC_STOP,
            occurred_at=now(),
            place="Main Street",
            title="Stop on Main Street",
            actor=actor_for(officer),
        )


def sealed_item(
    officer: Officer, incident: Incident | None = None, *, kind: MediaKind = MediaKind.VIDEO, sha256: str = ""
) -> Evidence:
    """A sealed recording of an incident; its bytes are nowhere, so only rows may be asked of it."""
    incident = incident or open_incident(officer)
    moment = now()
    digest = sha256 or uuid.uuid4().hex * 2
    with transaction() as current:
        upload = Upload(
            id=uuid.uuid4(),
            officer_id=officer.id,
            incident_id=incident.id,
            state=UploadState.RECEIVED,
            length=10,
            offset=10,
            filename="stop.mp4",
            title="Stop",
            claimed_sha256=digest,
            created_at=moment,
            expires_at=moment + timedelta(days=1),
        )
        current.add(upload)
        current.flush()
        item = Evidence(
            id=uuid.uuid4(),
            incident_id=incident.id,
            officer_id=officer.id,
            upload_id=upload.id,
            state=EvidenceState.SEALED,
            title="Stop",
            original_name="stop.mp4",
            media_kind=kind,
            media_type="video/mp4",
            size=10,
            claimed_sha256=digest,
            sha256=digest,
            storage_key=f"originals/{digest[:2]}/{digest}",
            duration_s=60.0,
            received_at=moment,
            sealed_at=moment,
            recorded_at=moment,
        )
        current.add(item)
    return item
