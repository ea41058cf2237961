"""The journey through signatures, paper, discovery bundles, and the coding for the FBI."""

import hashlib
import io
import re
import uuid

import sqlalchemy as sa

from app.config import Settings
from app.core.actor import machine
from app.core.clock import now
from app.core.db import session, transaction
from app.core.permissions import Role
from app.core.storage import store
from app.incidents.models import Incident
from app.nibrs import flatfile
from app.reports import bundles
from app.reports.models import Bundle
from tests.app.home.trip import WORDS, Journey
from tests.app.nibrs.test_coding_pages import ASSAULT_FORM
from tests.app.nibrs.test_register import ANSWER
from tests.app.nibrs.valid import BURGLARY, ORI
from tests.people import PASSWORD


def sign(trip: Journey, endpoint: str, role: Role, path: str, **said: str) -> None:
    """Reads the page once more and signs what it shows."""
    html = trip.as_(role).get(path).get_data(as_text=True)
    shown = re.search(r'name="shown"[^>]*value="([^"]+)"', html)
    assert shown, html[:2000]
    trip.go(endpoint, role, path, form={"password": PASSWORD, "shown": shown[1], **said})


def code_it(trip: Journey, incident: Incident) -> None:
    """Before the report: an approval waits for the coding."""
    path = f"/incidents/{incident.id}/nibrs"
    trip.go("nibrs.show", Role.OFFICER, path)
    day = {"a.date": f"{incident.occurred_at.astimezone():%Y-%m-%d}", "a.hour": "10", "a.cleared": "N"}
    coded = day | {name.replace("__", "."): value for name, value in ASSAULT_FORM.items()}
    trip.go("nibrs.save", Role.OFFICER, path, form={"do": "save", "edition": "0", **coded})


def papers(trip: Journey, report_id: uuid.UUID) -> None:
    """What is given out of a filed report."""
    here = f"/reports/{report_id}"
    trip.go("papers.pdf", Role.RECORDS, f"{here}/report.pdf")
    trip.go("papers.proof", Role.RECORDS, f"{here}/proof")
    wanted = {"case_number": "CR-1", "reason": f"{WORDS['reason']} asked for it."}
    trip.go("papers.bundle", Role.RECORDS, f"{here}/bundles", form=wanted)
    trip.go("papers.take_bundle", Role.RECORDS, f"{here}/bundles/{_made(trip)}")


def month_file(trip: Journey, incident: Incident) -> None:
    """After the approval: the file, the FBI's answer, and a file of another system."""
    trip.go("nibrs.index", Role.RECORDS, "/nibrs")
    wanted = {"month": f"{now().astimezone():%Y-%m}", "format": "flat"}
    file = trip.go("nibrs.make", Role.RECORDS, "/nibrs/files", form=wanted).location
    trip.go("nibrs.show_file", Role.RECORDS, file)
    trip.go("nibrs.download", Role.RECORDS, f"{file}/download")
    name = f"{now():%Y_%m}_{ORI}_{incident.number}_INC"
    said = ANSWER.format(name=name, status="ACCEPTED", violations="").encode()
    trip.go("nibrs.attach", Role.RECORDS, f"{file}/responses", form={"file": (io.BytesIO(said), "answer.xml")})
    old = {"file": (io.BytesIO(flatfile.write([BURGLARY])), f"{WORDS['file']}.txt")}
    trip.go("nibrs.take_in", Role.RECORDS, "/nibrs/imports", form=old)


def _made(trip: Journey) -> uuid.UUID:
    """The bundle that was asked for, kept as its worker keeps it."""
    settings: Settings = trip.app.config["SETTINGS"]
    content, path = b"what was asked for", settings.home / "bundle.zip"
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    with transaction():
        [bundle] = session().scalars(sa.select(Bundle))
        key = f"bundles/{bundle.id}/made.zip"
        store(settings).put_file(key, path, sha256=sha256)
        bundles.keep(bundle, storage_key=key, size=len(content), sha256=sha256, actor=machine("bundle"))
        return bundle.id
