"""The road: a recording from the first byte sent to the report drafted, against the bare engines; memory; page times."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa

from app import create_app
from app.accounts.models import Officer
from app.config import Settings
from app.core import db
from app.core.db import transaction
from app.core.permissions import Role
from app.incidents.models import Assignment, Incident, IncidentKind
from tests.conftest import free_port
from tests.journeys.station import TestStation, started
from tests.people import PASSWORD, signed_in

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "traffic_stop.mp4"
ROUNDS = 3
INCIDENTS = 10_000
PAGE_LOADS = 40


def measure() -> dict[str, Any]:
    """overhead_ratio, web_peak_mb, worker_peak_mb, incident_page_queries, pages_p95_ms, and what they came from."""
    with tempfile.TemporaryDirectory() as folder, started(Path(folder), port=free_port()) as station:
        officer = station.person(name="James Carter")
        say("warming up: one recording through the whole road")
        evidence = road(station, officer)[1]
        roads, bare = [], []
        for turn in range(ROUNDS):
            roads.append(road(station, officer)[0])
            bare += json.loads(
                subprocess.run(
                    [sys.executable, "-m", "tests.bench.bare", str(SAMPLE), str(station.station.settings.packs), "1"],
                    cwd=ROOT,
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout
            )
            say(f"round {turn + 1}: road {roads[-1]:.2f} s, bare engines {bare[-1]:.2f} s")
        memory = peaks(station)
        say(f"memory: {memory}")
        seed(station, officer)
        pages = page_times(station, officer, evidence)
        queries = incident_queries(station, officer, evidence)
    return {
        "overhead_ratio": round(statistics.median(roads) / statistics.median(bare), 3),
        "road_s": [round(one, 2) for one in roads],
        "bare_s": [round(one, 2) for one in bare],
        **memory,
        "incident_page_queries": queries,
        "pages_p95_ms": max(pages.values()),
        "pages_ms": pages,
        "incidents": INCIDENTS,
    }


def road(station: TestStation, officer: Officer) -> tuple[float, str]:
    """Seconds from the first byte to the draft, and the evidence's id. Sign-in and the incident are not counted."""
    incident, phone = station.incident(officer), station.phone(officer)
    began = time.monotonic()
    status = phone.await_seal(phone.send(SAMPLE, incident=incident, title="Stop"))
    evidence = str(status["url"]).rsplit("/", 1)[-1]
    with station.database():
        while (
            db.session()
            .execute(
                sa.text("SELECT count(*) FROM step WHERE evidence_id = :one AND state <> 'done'"), {"one": evidence}
            )
            .scalar()
        ):
            db.session().rollback()
            time.sleep(0.05)
    return time.monotonic() - began, evidence


def peaks(station: TestStation) -> dict[str, float]:
    """The largest resident size each process ever had, in MB."""
    found: dict[str, float] = {}
    for name, child in station.station.children.items():
        parent = psutil.Process(child.pid)
        found[name] = max(high_water(one.pid) for one in [parent, *parent.children(recursive=True)])
    workers = [size for name, size in found.items() if name.startswith("worker")]
    return {"web_peak_mb": round(found["web"]), "worker_peak_mb": round(max(workers))}


def high_water(pid: int | str) -> float:
    """VmHWM of a process (or "self") in MB."""
    for row in Path(f"/proc/{pid}/status").read_text().splitlines():
        if row.startswith("VmHWM"):
            return int(row.split()[1]) / 1024
    return 0.0


def seed(station: TestStation, officer: Officer) -> None:
    """INCIDENTS incidents of the officer's, over three years."""
    say(f"seeding {INCIDENTS:,} incidents")
    first = datetime.now(UTC) - timedelta(days=1000)
    ids = [uuid.uuid4() for _ in range(INCIDENTS)]
    kinds = list(IncidentKind)
    with station.database(), transaction() as current:
        current.execute(
            sa.insert(Incident),
            [
                {
                    "id": identity,
                    "number": f"2020-{index:06d}",
                    "kind": kinds[index % len(kinds)],
                    "title": f"Call {index}",
                    "occurred_at": first + timedelta(hours=2 * index),
                    "place": f"{index} Main Street",
                    "unit_id": officer.unit_id,
                    "opened_by": officer.id,
                    "created_at": first,
                }
                for index, identity in enumerate(ids)
            ],
        )
        current.execute(
            sa.insert(Assignment),
            [{"incident_id": identity, "officer_id": officer.id, "created_at": first} for identity in ids],
        )
    with station.database():
        db.session().execute(sa.text("ANALYZE"))
        db.session().rollback()


def page_times(station: TestStation, officer: Officer, evidence: str) -> dict[str, float]:
    """The 95th percentile in ms of each main page, as its officer (and a supervisor for the queue) loads it."""
    incident = incident_of(station, evidence)
    browser, sergeant = station.browser(officer), station.browser(station.person(Role.SUPERVISOR))
    wanted = [
        (browser, "/"),
        (browser, "/incidents"),
        (browser, f"/incidents/{incident}"),
        (sergeant, "/reports"),
        (browser, "/phone"),
    ]
    figures = {}
    for who, path in wanted:
        times = []
        for _ in range(PAGE_LOADS):
            began = time.monotonic()
            who.get(path)
            times.append((time.monotonic() - began) * 1000)
        name = "/incidents/<id>" if path.endswith(incident) else path
        figures[name] = round(statistics.quantiles(times, n=20)[-1], 1)
        say(f"{name}: p95 {figures[name]} ms")
    return figures


def incident_of(station: TestStation, evidence: str) -> str:
    """The incident an item belongs to."""
    with station.database():
        query = sa.text("SELECT incident_id FROM evidence WHERE id = :one")
        return str(db.session().execute(query, {"one": evidence}).scalar_one())


def incident_queries(station: TestStation, officer: Officer, evidence: str) -> int:
    """SQL statements behind one incident page, counted by the engine; sign-in's own look-up included."""
    incident = incident_of(station, evidence)
    settings = Settings(home=station.station.settings.home, secret_key="k" * 40)
    portal = create_app(settings, database_url=station.station.database_url)
    client = signed_in(portal, officer, PASSWORD)
    statements: list[str] = []
    engine = db.session().get_bind()
    sa.event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    answer = client.get(f"/incidents/{incident}")
    assert answer.status_code == 200
    db.disconnect()
    return len(statements)


def say(text: str) -> None:
    """Progress."""
    print(text, flush=True)
