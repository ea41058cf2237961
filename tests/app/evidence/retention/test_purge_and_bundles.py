"""Discovery bundles hold recordings: what was purged is in none that is kept here."""

import hashlib
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core.actor import machine
from app.core.clock import now
from app.core.db import session, transaction
from app.core.errors import Conflict
from app.core.storage import objectkeys
from app.evidence import strays
from app.evidence.models import Evidence, EvidenceState
from app.evidence.retention.models import Tombstone
from app.incidents.models import Incident
from app.reports import bundles
from app.reports.models import Bundle, BundleState, Report, ReportState
from tests.app.evidence.retention.conftest import Shelf
from tests.app.evidence.sending import an_incident
from tests.people import signed_in

CLERK = machine("bundle")


def report_of(incident: Incident, item: Evidence) -> Report:
    """A filed report of the incident that cites nothing."""
    with transaction() as current:
        made = Report(
            id=uuid.uuid4(),
            incident_id=incident.id,
            author_id=item.officer_id,
            state=ReportState.FILED,
            created_at=now(),
            changed_at=now(),
            submitted_at=now(),
        )
        current.add(made)
    return made


def asked(report: Report, item: Evidence) -> Bundle:
    with transaction() as current:
        made = Bundle(
            id=uuid.uuid4(),
            report_id=report.id,
            asked_by=item.officer_id,
            asked_at=now() - timedelta(minutes=1),
            case_number="CR-1",
            reason="The defense has asked for it.",
            originals=True,
        )
        current.add(made)
    return made


def packed(shelf: Shelf, bundle: Bundle) -> tuple[str, str]:
    """Where the bundle's file lies, and its hash."""
    content = b"the recording, byte for byte, and more"
    path = Path(shelf.app.config["SETTINGS"].home) / "bag.zip"
    path.write_bytes(content)
    key, sha256 = f"bundles/{bundle.id}/made.zip", hashlib.sha256(content).hexdigest()
    shelf.objects.put_file(key, path, sha256=sha256)
    return key, sha256


def keep(shelf: Shelf, bundle: Bundle) -> str:
    """As the worker does when it has packed it."""
    key, sha256 = packed(shelf, bundle)
    with transaction() as current:
        one = current.get_one(Bundle, bundle.id)
        bundles.keep(one, storage_key=key, size=38, sha256=sha256, actor=CLERK)
    return key


def state(bundle: Bundle) -> BundleState:
    session().rollback()
    return session().get_one(Bundle, bundle.id, populate_existing=True).state


def test_bundles_of_its_incident_go_with_a_recording_and_no_others(shelf: Shelf) -> None:
    incident, elsewhere = an_incident(shelf.phone.officer), an_incident(shelf.phone.officer)
    item = shelf.recording("short", incident=incident)
    other = shelf.recording("ever", incident=elsewhere, content=b"other")
    report = report_of(incident, item)
    mine, theirs = asked(report, item), asked(report_of(elsewhere, other), other)
    key, kept = keep(shelf, mine), keep(shelf, theirs)
    shelf.sweep()
    shelf.week_passes(item)
    assert shelf.purge(item).state is EvidenceState.PURGED
    assert not shelf.objects.exists(key)
    assert objectkeys.find(key) is None
    assert shelf.objects.exists(kept)
    assert (state(mine), state(theirs)) == (BundleState.REMOVED, BundleState.MADE)
    assert session().get_one(Tombstone, item.id).removed["discovery_bundles"] == 1
    clerk = signed_in(shelf.app, shelf.records)
    assert clerk.get(f"/reports/{report.id}/bundles/{mine.id}").status_code == 409
    page = clerk.get(f"/reports/{report.id}/bundles").get_data(as_text=True)
    assert "It held a recording that was deleted since." in page


def test_a_bundle_that_was_being_made_as_its_recording_was_purged_is_not_kept(shelf: Shelf) -> None:
    incident = an_incident(shelf.phone.officer)
    item = shelf.recording("short", incident=incident)
    bundle = asked(report_of(incident, item), item)
    shelf.sweep()
    shelf.week_passes(item)
    shelf.purge(item)
    with pytest.raises(Conflict, match="deleted while"):
        keep(shelf, bundle)
    assert state(bundle) is BundleState.ASKED


def test_a_bundle_whose_worker_died_before_it_was_noted_is_swept(shelf: Shelf) -> None:
    incident = an_incident(shelf.phone.officer)
    item = shelf.recording("ever", incident=incident)
    report = report_of(incident, item)
    kept = keep(shelf, asked(report, item))
    lost, _ = packed(shelf, asked(report, item))
    also = {"bundles/": Bundle.storage_key}
    strays.sweep(shelf.objects, also=also)
    assert shelf.objects.exists(lost), "it may still be noted"
    session().execute(sa.update(objectkeys.ObjectKey).values(created_at=now() - timedelta(days=2)))
    session().commit()
    strays.sweep(shelf.objects, also=also)
    assert not shelf.objects.exists(lost)
    assert shelf.objects.exists(kept)
