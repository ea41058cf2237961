"""Paper and bundles: seconds for a report of twenty pages as PDF, megabytes a second of a bundle with its originals.

python -m tests.bench.reports_pdf
"""

import hashlib
import json
import os
import statistics
import tempfile
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import sqlalchemy as sa

from app import create_app, embedded, migrate
from app.accounts import signing
from app.config import Settings
from app.core.actor import machine
from app.core.db import session, transaction
from app.core.permissions import Role
from app.core.storage import store
from app.evidence import service as evidence
from app.evidence.models import Evidence, MediaKind
from app.reports import bagging, bundles, obstacles, printing, queries, review, service
from app.reports.authorship import Terms
from app.reports.models import Bundle, ReportState
from app.reports.printing import Face
from app.reports.proofs import Press
from app.reports.signatures import Signed
from tests.app.desk.scene import item, step, stop
from tests.app.reports.conftest import drafted
from tests.people import People, actor_for, pen_for

PAGES = 20
ROUNDS = 5
MEGABYTES = 256
TERMS = Terms("Springfield Police Department", "ZZ0000000", ("CA",))
WORDS = (
    "Officer Reyes asked the driver for the licence, the registration and the proof of insurance; the driver handed over "
    "the licence and said that the registration was in the glove compartment. "
)


def measure() -> dict[str, Any]:
    """pdf_s (the median for PAGES pages or more), pdf_pages, bundle_mb_s, bundle_mb, bundle_grew_mb."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        return {**paper(), **bundle(Path(folder))}


def paper() -> dict[str, Any]:
    """How long the PDF of a long report takes."""
    content, face, times = long_report(), Face(ReportState.DRAFT, None, "", Signed(None, None), datetime.now(UTC)), []
    pages = 0
    for turn in range(ROUNDS + 1):
        for row in content["sentences"]:  # typst remembers what it has set: no two rounds are the same
            row["text"] = f"{turn} {row['text']}"
        began = time.monotonic()
        made = printing.paper(content, face)
        times.append(time.monotonic() - began)
        with tempfile.TemporaryFile() as file:
            file.write(made.pdf)
            pages = len(pypdf.PdfReader(file).pages)
    assert pages >= PAGES, f"only {pages} pages"
    return {"pdf_s": round(statistics.median(times[1:]), 3), "pdf_pages": pages}


def long_report() -> dict[str, Any]:
    """The content of a report of PAGES pages."""
    evidence_id = str(uuid.uuid4())
    return {
        "report": str(uuid.uuid4()),
        "incident": {
            "number": "2026-000001",
            "kind": "Traffic stop",
            "title": "Tail light",
            "place": "Main Street",
            "occurred_at": "2026-11-25T10:11:12+00:00",
            "unit": "North Patrol",
        },
        "printed": TERMS.printed(with_ai=True),
        "author": {"badge": "1001", "name": "Ida Reyes", "rank": "Officer"},
        "ai": {"used": True, "programs": ["faster-whisper small 1.1", "blotter-writing 1.2"], "machine_share": 0.6},
        "sentences": [
            {
                "section": f"Part {number // 30 + 1}",
                "text": f"{number}. {WORDS}",
                "authorship": ("machine", "edited", "officer")[number % 3],
                "sources": [[evidence_id, float(number), number + 4.0]],
            }
            for number in range(330)
        ],
        "people": [{"part": "driver", "name": "Maria Lopez", "date_of_birth": "1991-03-03"}],
        "offences": [{"code": "90Z", "description": "All other offenses"}],
        "exhibits": [
            {
                "id": evidence_id,
                "title": "Dash camera",
                "name": "stop.mp4",
                "sha256": "ab" * 32,
                "size": 1,
                "duration_s": 400.0,
            }
        ],
    }


def bundle(folder: Path) -> dict[str, Any]:
    """How fast a bundle with originals is gathered, written, bagged and zipped, encrypted store to archive."""
    url = embedded.database_url(folder / "database")
    try:
        migrate.upgrade(url)
        settings = Settings(home=folder / "home", secret_key="k" * 40)
        create_app(settings, database_url=url)
        store(settings).prepare()
        asked = filed_report(settings)
        before, began = peak(), time.monotonic()
        press = Press(signing.agency(settings).signer, TERMS)
        with transaction():
            contents = bundles.gather(session().get_one(Bundle, asked), press=press)
        bag, target = folder / "bag", folder / "bag.zip"
        bag.mkdir()
        bagging.write(contents, bag, objects=store(settings), agency=TERMS.agency, beat=lambda: None)
        bagging.pack(bag, target, top="discovery", beat=lambda: None)
        size, took = target.stat().st_size / 1e6, time.monotonic() - began
        return {
            "bundle_mb_s": round(size / took, 1),
            "bundle_mb": round(size),
            "bundle_grew_mb": round(peak() - before),
        }
    finally:
        from app.core import db

        db.disconnect()
        embedded.stop_database(folder / "database")


def filed_report(settings: Settings) -> uuid.UUID:
    """The id of a bundle asked for, of a filed report on one recording of MEGABYTES."""
    people = People()
    officer, sergeant, clerk = people.one(), people.one(Role.SUPERVISOR), people.one(Role.RECORDS)
    incident = stop(officer)
    recording = recorded(settings, item(incident, officer, state=_received()))
    with transaction():
        report = service.report_for(incident, author=officer)
    drafting = step(recording, "draft_report")
    with transaction():
        service.keep_draft(
            report,
            step_id=drafting.id,
            engines=[{"name": "blotter-writing", "version": "1"}],
            inputs=[{"evidence_id": str(recording.id), "sha256": recording.sha256, "title": recording.title}],
            sentences=drafted(recording)[:1],
            actor=machine("bench"),
        )
    pens = {one: pen_for(one, settings) for one in (officer, sergeant)}
    with transaction():
        report = queries.whole_report(report.id)
        for one in obstacles.standing(report).open:
            obstacles.acknowledge_finding(report, one.key, actor=actor_for(officer))
        review.submit(report, certified=True, terms=TERMS, pen=pens[officer], actor=actor_for(officer))
    with transaction():
        review.approve(report, notes="", pen=pens[sergeant], actor=actor_for(sergeant))
    with transaction():
        review.file(report, actor=actor_for(clerk))
    with transaction():
        return bundles.ask(
            report, case_number="CR-1", reason="Measured by the bench.", originals=True, actor=actor_for(clerk)
        ).id


def recorded(settings: Settings, received: Evidence) -> Evidence:
    """The item, sealed with MEGABYTES of noise in the store."""
    settings.scratch.mkdir(parents=True, exist_ok=True)
    path, digest = settings.scratch / "noise.mp4", hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(MEGABYTES):
            piece = os.urandom(1_000_000)
            file.write(piece)
            digest.update(piece)
    sha256 = digest.hexdigest()
    key = f"originals/{sha256[:2]}/{sha256}"
    store(settings).put_file(key, path, sha256=sha256)
    with transaction():
        evidence.seal(
            session().merge(received),
            sha256=sha256,
            size=path.stat().st_size,
            media_kind=MediaKind.VIDEO,
            media_type="video/mp4",
            duration_s=60.0,
            facts={},
            storage_key=key,
            actor=machine("bench"),
        )
    path.unlink()
    return session().scalars(sa.select(Evidence).where(Evidence.id == received.id)).one()


def peak() -> float:
    """The largest this process ever was, in MB."""
    for row in Path("/proc/self/status").read_text().splitlines():
        if row.startswith("VmHWM"):
            return int(row.split()[1]) / 1024
    return 0.0


def _received() -> Any:
    from app.evidence.models import EvidenceState

    return EvidenceState.RECEIVED


if __name__ == "__main__":
    print(json.dumps(measure()))
