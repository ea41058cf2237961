"""Early warning at the size of a large agency: 5,000 officers and ten million utterances of three years.

`recompute_s` is the nightly task from its query to the last standing kept; `dashboard_ms_p95` the answers of the portal to
internal affairs' pages (the board, a page of it, an officer, an alert) within the process, templates included.
"""

import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import create_app, embedded, migrate
from app.config import Settings
from app.core import db
from app.core.clock import now
from app.core.db import session, transaction
from app.core.permissions import Role
from app.earlywarning import dashboard
from app.earlywarning.models import Exposure
from tests.agency import spoke
from tests.people import PASSWORD, People, signed_in

OFFICERS = int(os.environ.get("WARNING_OFFICERS", "5000"))
UTTERANCES = int(os.environ.get("WARNING_UTTERANCES", "10000000"))
EACH, A_UTTERANCE_S = 80, 8
ASKS = 60


def measure() -> dict[str, Any]:
    """Seeds, computes and asks, on a database of its own that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="warning-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        url = embedded.database_url(home / "postgres")
        try:
            migrate.upgrade(url)
            return _measured(url, home)
        finally:
            db.disconnect()
            embedded.stop_database(home / "postgres")


def _measured(url: str, home: Path) -> dict[str, Any]:
    os.environ |= {
        "BLOTTER_HOME": str(home),
        "BLOTTER_DATABASE_URL": url,
        "BLOTTER_BROKER_URL": "redis://127.0.0.1:1/0",
    }
    app = create_app(Settings(home=home, secret_key="k" * 40), database_url=url)
    people = People()
    reviewer, first = people.one(Role.INTERNAL_AFFAIRS), people.one()
    _seed(first.id)
    utterances = session().scalar(sa.select(sa.func.sum(Exposure.utterances)))
    print(f"{OFFICERS} officers, {utterances:,} utterances", flush=True)
    recompute = _recompute_s()
    print(f"computed in {recompute} s", flush=True)
    took = _dashboard_ms(signed_in(app, reviewer, PASSWORD))
    return {
        "officers": OFFICERS,
        "utterances": utterances,
        "recompute_s": recompute,
        "dashboard_ms_p95": took[int(len(took) * 0.95)],
        "dashboard_ms_median": took[len(took) // 2],
        "alerts": len(dashboard.attention()),
    }


def _seed(like: object) -> None:
    from app.accounts.models import Officer

    with transaction() as current:
        current.execute(
            sa.text("INSERT INTO unit (id, name) SELECT gen_random_uuid(), 'Unit ' || n FROM generate_series(1, 60) n")
        )
        current.execute(
            sa.text(
                "INSERT INTO officer (id, badge, name, rank, role, unit_id, password_hash, must_change_password, created_at, language) "
                "SELECT gen_random_uuid(), cast(20000 + n AS text), 'Officer ' || n, 'Officer', 'officer', "
                "(SELECT id FROM unit WHERE name = 'Unit ' || (n % 60 + 1)), '', false, now(), '' FROM generate_series(1, :n) n"
            ),
            {"n": OFFICERS},
        )
    officers = list(session().scalars(sa.select(Officer).where(Officer.badge >= "20000").order_by(Officer.badge)))
    minutes = UTTERANCES / OFFICERS / EACH * A_UTTERANCE_S / 60
    times = {one.id: 5.0 for one in officers[:: max(1, len(officers) // 100)]}
    spoke(officers, each=EACH, minutes=minutes, per_hour=3, times=times, since=now() - timedelta(days=1090))
    with transaction() as current:
        for table in ("exposure", "evidence", "language_event", "step"):
            current.execute(sa.text(f"ANALYZE {table}"))


def _recompute_s() -> float:
    from app.config import settings

    settings.cache_clear()
    from workers.tasks.patterns import find_patterns

    start = time.perf_counter()
    find_patterns()
    return round(time.perf_counter() - start, 1)


def _dashboard_ms(browser: Any) -> list[float]:
    alerts = dashboard.attention()
    officers = [f"/early-warning/officers/{one.officer_id}" for one in alerts[:10]]
    pages = ["/early-warning/", *(f"/early-warning/?page={n}" for n in (2, 40, 90)), "/", *officers]
    pages += [f"/early-warning/alerts/{one.id}" for one in alerts[:10]]
    took = []
    for turn in range(ASKS):
        start = time.perf_counter()
        answer = browser.get(pages[turn % len(pages)])
        took.append(round((time.perf_counter() - start) * 1000, 1))
        assert answer.status_code == 200
    return sorted(took)


if __name__ == "__main__":
    import json

    print(json.dumps(measure()))
