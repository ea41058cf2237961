"""Reports with 100,000 of them there: the supervisor's queue, one save of the editor, and the difference of long versions.

`python -m tests.bench.reports_pages` prints progress and, as its last line, the figures as JSON.
"""

import json
import random
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from app import create_app, embedded, migrate
from app.config import Settings
from app.core import db
from app.core.db import session, transaction
from app.core.permissions import Role
from app.models import ALL_ROOMS
from app.reports.differences import sentence_differences
from app.reports.models import Authorship, Report, ReportState, Sentence
from tests.people import People, csrf_token, signed_in

assert ALL_ROOMS
REPORTS = 100_000
WAITING = 40
SENTENCES = 60  # of the report that is edited
LOADS = 40
WORDS = 5_000
QUEUE = (
    "/reports",
    "/reports?sort=age&way=down",
    "/reports?sort=share&way=down",
    "/reports?shelf=all",
    "/reports?shelf=all&ai=yes",
    "/reports?shelf=all&sort=doubt&way=down",
)
# One report in 2,500 waits; each has three sentences, of which the machine wrote one or two. The rest is
# filed last: nothing is written into a filed report.
SEED = """
INSERT INTO incident (id, number, kind, state, title, occurred_at, place, unit_id, opened_by, created_at)
SELECT gen_random_uuid(), '2020-' || lpad(n::text, 6, '0'), 'traffic_stop', 'open', 'Stop ' || n, now() - n * interval '9 min',
       'Main Street', :unit, :officer, now() FROM generate_series(1, :reports) AS n;
INSERT INTO report (id, incident_id, author_id, supplement_number, state, created_at, changed_at, submitted_at, approved_at, filed_at, lock_version)
SELECT gen_random_uuid(), i.id, :officer, 0,
       CASE WHEN right(i.number, 6)::int % (:reports / :waiting) = 0 THEN 'submitted' ELSE 'approved' END,
       i.occurred_at, i.occurred_at, i.occurred_at, i.occurred_at, i.occurred_at, 1 FROM incident AS i;
INSERT INTO sentence (id, report_id, position, section, text, machine_text, authorship, machine_characters, confidence, edition, engines)
SELECT gen_random_uuid(), r.id, k, 'Narrative', 'The driver of the vehicle said something about the light.', '',
       CASE WHEN k = 1 AND random() < 0.9 THEN 'machine' ELSE 'officer' END, 0, CASE WHEN k = 1 THEN random() END, 1, '[]'
FROM report AS r, generate_series(1, 3) AS k;
INSERT INTO report_figures (report_id, characters, machine_characters, sentences, ai_sentences, doubtful, gaps, errors, warnings,
                            returns, changed_since_return, open_comments, share)
SELECT r.id, 171, 57, 3, 1, (random() * 3)::int, 0, 0, (random() * 4)::int, (random() * 2)::int, 0, 0, random() FROM report AS r;
UPDATE report SET state = 'filed' WHERE state = 'approved';
"""


def measure() -> dict[str, Any]:
    """queue_ms_p95 and editor_save_ms_p95 (milliseconds, 95th percentile of requests to the whole portal in this
    process), diff_ms_p95 (of two versions of 5,000 words), and what they came from."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        url = embedded.database_url(home)
        try:
            migrate.upgrade(url)
            portal = create_app(Settings(home=home / "home", secret_key="k" * 40), database_url=url)
            people = People()
            officer, supervisor = people.one(), people.one(Role.SUPERVISOR)
            say(f"seeding {REPORTS:,} reports")
            with transaction() as current:
                values = {"unit": officer.unit_id, "officer": officer.id, "reports": REPORTS, "waiting": WAITING}
                for statement in SEED.split(";\n"):
                    if statement.strip():
                        current.execute(sa.text(statement), values)
            with session().get_bind().connect().execution_options(isolation_level="AUTOCOMMIT") as plain:  # type: ignore[union-attr]
                plain.execute(sa.text("VACUUM ANALYZE"))
            pages = queue_times(signed_in(portal, supervisor))
            saves = save_times(signed_in(portal, officer), officer.id)
            differences = difference_times()
        finally:
            db.disconnect()
            embedded.stop_database(home)
    return {
        "queue_ms_p95": max(p95(times) for times in pages.values()),
        "editor_save_ms_p95": p95(saves),
        "diff_ms_p95": p95(differences),
        "queue_ms_p95_by_page": {path: p95(times) for path, times in pages.items()},
        "reports": REPORTS,
        "diff_words": WORDS,
    }


def queue_times(browser: FlaskClient) -> dict[str, list[float]]:
    """Milliseconds of each load of each list."""
    found: dict[str, list[float]] = {}
    for path in QUEUE:
        browser.get(path)
        found[path] = [timed(lambda path=path: browser.get(path)) for _ in range(LOADS)]
        say(f"{path}: {p95(found[path])} ms")
    return found


def save_times(browser: FlaskClient, author_id: uuid.UUID) -> list[float]:
    """Milliseconds of each save of one sentence of a long report, as the editor saves by itself."""
    with transaction() as current:
        report = current.scalars(
            sa.select(Report).where(Report.author_id == author_id, Report.state == ReportState.SUBMITTED).limit(1)
        ).one()
        report.state = ReportState.RETURNED
        words = "The driver of the vehicle said something about the light, and I wrote it down."
        current.add_all(
            Sentence(
                id=uuid.uuid4(),
                report_id=report.id,
                position=float(n + 10),
                section="Narrative",
                text=words,
                machine_text=words,
                machine_characters=len(words),
                authorship=Authorship.MACHINE,
                confidence=0.9,
            )
            for n in range(SENTENCES)
        )
        sentence = current.scalars(
            sa.select(Sentence.id).where(Sentence.report_id == report.id, Sentence.position == 12.0)
        ).one()
    token = csrf_token(browser, f"/reports/{report.id}")
    headers = {"Accept": "application/json", "X-CSRFToken": token}
    edition, found = 1, []
    for number in range(LOADS):
        form = {"text": f"The driver of the vehicle said something, and this is save {number}.", "edition": edition}
        began = time.perf_counter()
        answer = browser.post(f"/sentences/{sentence}", data=form, headers=headers)
        found.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        edition = answer.json["edition"]  # type: ignore[index]
    say(f"save: {p95(found)} ms")
    return found


def difference_times() -> list[float]:
    """Milliseconds of the difference between two versions of WORDS words, one sentence in five reworded, some moved."""
    chance = random.Random(7)
    lexicon = [f"word{number}" for number in range(900)]
    old = [" ".join(chance.choices(lexicon, k=20)) + "." for _ in range(WORDS // 20)]
    found = []
    for _ in range(20):
        new = [one if chance.random() > 0.2 else one.replace("word1", "other", 3) for one in old]
        chance.shuffle(new[40:60])
        del new[100:104]
        new[150:150] = [" ".join(chance.choices(lexicon, k=20)) for _ in range(4)]
        found.append(timed(lambda new=new: sentence_differences(old, new)))
    say(f"difference: {p95(found)} ms")
    return found


def timed(act: Any) -> float:
    """Milliseconds it takes."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def p95(times: list[float]) -> float:
    """The 95th percentile, by rank."""
    ranked = sorted(times)
    return round(ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))], 1)


def say(words: str) -> None:
    """Progress, apart from the figures."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(json.dumps(measure()))
