"""Searching a million moments: a realistic mix of searches by officers, supervisors and records, rights and words included.

BLOTTER_BENCH_MOMENTS sets another number. `measure` is the bench; `search_figures` can be asked by another one.
"""

import os
import random
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import embedded, migrate
from app.accounts.models import Officer
from app.analysis.models import Tag, Utterance
from app.core import db
from app.core.actor import Actor
from app.core.db import session, transaction
from app.core.permissions import Role
from app.evidence.models import Evidence
from app.models import ALL_ROOMS
from app.search import queries
from app.search.times import station_minute
from tests.app.desk import scene
from tests.people import People, actor_for

assert ALL_ROOMS
MOMENTS = int(os.environ.get("BLOTTER_BENCH_MOMENTS", "1000000"))
OF_ONE = 50  # moments of one recording
OFFICERS, STREETS, ROUNDS = 400, 400, 8
POOL = 100_000  # lines and tags that the moments name: each is read by its id, as in use
WORDS = (  # the first are said most
    "sir",
    "okay",
    "right",
    "going",
    "come",
    "get",
    "stay",
    "back",
    "name",
    "tonight",
    "please",
    "license",
    "driver",
    "street",
    "window",
    "step",
    "hands",
    "registration",
    "insurance",
    "speed",
    "light",
    "birth",
    "address",
    "door",
    "vehicle",
    "minutes",
    "morning",
    "signal",
    "lane",
    "north",
    "south",
    "radio",
    "dispatch",
    "copy",
    "warrant",
    "female",
    "male",
    "jacket",
    "corner",
    "store",
    "car",
    "phone",
    "keys",
    "money",
    "bag",
    "suspect",
    "running",
    "alley",
    "bridge",
    "hospital",
    "ambulance",
    "backup",
    "dog",
    "fire",
    "smoke",
    "drugs",
    "weapon",
    "gun",
    "knife",
)
SEEN = (("person", "person", 0.25), ("vehicle", "car", 0.12), ("camera", "walking", 0.2), ("camera", "running", 0.06), ("camera", "driving", 0.1),
        ("vehicle", "truck", 0.03), ("vehicle", "bus", 0.01), ("object", "phone", 0.02), ("object", "bag", 0.02), ("object", "knife", 0.001),
        ("lights", "lights", 0.01), ("impact", "impact", 0.0005), ("light", "night", 0.4))  # fmt: skip
ASKED = (
    "car", "person walking", "car after 22:00 near {street} Street", "plate {plate}*", "plate {whole}", "running", '"step out"', "said gun",
    "knife", "car or truck not bus", "car running night", "impact", "near {street} Street", "officer {officer}", "car officer {officer}",
    "word{rare}", "gun knife running", "after 23:30", "car on {day}", "dog from {day} to {later}", "said backup between 22:00 and 04:00",
    "incident {number}", "kind traffic stop hospital", "wor*", "not person", "impact near {street} Street after 20:00",
)  # fmt: skip


def measure() -> dict[str, Any]:
    """moment_search_ms_p95 (milliseconds from the typed text to the page of results, 95th percentile), by role and by
    search, and what it came from."""
    return search_figures(MOMENTS)


def search_figures(moments: int = MOMENTS) -> dict[str, Any]:
    """Seeds so many moments in a database of its own and asks; the figures."""
    with tempfile.TemporaryDirectory(prefix="bench-moments-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        url = embedded.database_url(home)
        try:
            migrate.upgrade(url)
            db.connect(url)
            return _ask(_seed(moments), moments)
        finally:
            db.disconnect()
            embedded.stop_database(home)


def _seed(moments: int) -> dict[Role, Actor]:
    """People, incidents and recordings copied from one of each; moments by COPY, their indexes built behind it."""
    people, began, dice = People(), time.monotonic(), random.Random(7)
    roles = {role: people.one(role) for role in (Role.OFFICER, Role.SUPERVISOR, Role.RECORDS)}
    item = scene.item(scene.stop(roles[Role.OFFICER]), roles[Role.OFFICER])
    scene.heard(scene.step(item, "transcribe"), "a line")
    scene.seen(scene.step(item, "tag_video"))
    session().commit()
    recordings = max(moments // OF_ONE, 1)
    _copies(roles[Role.OFFICER], item.incident_id, item.id, recordings)
    pool = min(POOL, moments)
    lines, tags = _pool(pool)
    say(f"{recordings:,} recordings after {time.monotonic() - began:.0f} s")
    _moments(moments, lines, tags, dice)
    say(f"{moments:,} moments after {time.monotonic() - began:.0f} s")
    return {role: actor_for(officer) for role, officer in roles.items()}


def _copies(officer: Officer, incident: uuid.UUID, item: uuid.UUID, count: int) -> None:
    """Units, officers, incidents, uploads and items alike to the ones given; one in 400 incidents is the officer's own."""
    like = "INSERT INTO {t} SELECT (jsonb_populate_record(x, {with_}::jsonb)).* FROM {t} x, generate_series(1, :n) k WHERE x.id = :one"
    made = (
        ("unit", officer.unit_id, 9, "jsonb_build_object('id', md5('unit' || k)::uuid, 'name', 'Unit ' || k)"),
        ("officer", officer.id, OFFICERS, ("jsonb_build_object('id', md5('officer' || k)::uuid, 'badge', (50000 + k)::text,"
         " 'name', 'Name' || k, 'unit_id', CASE WHEN k % 10 = 0 THEN x.unit_id ELSE md5('unit' || k % 10)::uuid END)")),
        ("incident", incident, count, ("jsonb_build_object('id', md5('incident' || k)::uuid, 'number', '2025-' || lpad(k::text, 6, '0'),"
         " 'kind', (ARRAY['traffic_stop', 'arrest', 'theft', 'other'])[k % 4 + 1], 'place', 'Name' || (k % 400) || ' Street',"
         " 'unit_id', CASE WHEN k % 10 = 0 THEN x.unit_id ELSE md5('unit' || k % 10)::uuid END,"
         " 'opened_by', CASE WHEN k % 400 = 0 THEN x.opened_by ELSE md5('officer' || (k % 400))::uuid END)")),
        ("upload", None, count, "jsonb_build_object('id', md5('upload' || k)::uuid)"),
        ("evidence", item, count, ("jsonb_build_object('id', md5('item' || k)::uuid, 'upload_id', md5('upload' || k)::uuid,"
         " 'incident_id', md5('incident' || k)::uuid, 'recorded_at', timestamptz '2025-01-01' + k * interval '40 minutes',"
         " 'officer_id', CASE WHEN k % 400 = 0 THEN x.officer_id ELSE md5('officer' || (k % 400))::uuid END)")),
    )  # fmt: skip
    with transaction() as current:
        for table, one, number, with_ in made:
            known = one or current.scalar(sa.select(Evidence.upload_id).where(Evidence.id == item))
            current.execute(sa.text(like.format(t=table, with_=with_)), {"n": number, "one": known})


def _pool(count: int) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
    found = []
    with transaction() as current:
        for table, model, more in (
            (
                "utterance",
                Utterance,
                "'text', 'step out of the car please and keep your hands where I see them number ' || k",
            ),
            ("tag", Tag, "'label', (ARRAY['car', 'person', 'running', 'bag'])[k % 4 + 1]"),
        ):
            one = current.scalar(sa.select(model.id).limit(1))
            current.execute(
                sa.text(
                    f"INSERT INTO {table} SELECT (jsonb_populate_record(x, jsonb_build_object('id', md5('{table}' || k)::uuid, {more}))).*"
                    f" FROM {table} x, generate_series(1, :n) k WHERE x.id = :one"
                ),
                {"n": count, "one": one},
            )
            found.append(list(current.scalars(sa.select(model.id))))
    return found[0], found[1]


def _moments(count: int, lines: list[uuid.UUID], tags: list[uuid.UUID], dice: random.Random) -> None:
    stems = _stems([*WORDS, *(label for _, label, _ in SEEN)])
    with transaction() as current:
        current.execute(sa.text("SET LOCAL maintenance_work_mem = '512MB'"))
        indexes = current.execute(
            sa.text(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'moment' AND indexname NOT LIKE 'pk%'"
            )
        ).all()
        for name, _ in indexes:
            current.execute(sa.text(f"DROP INDEX {name}"))
        plain = current.connection().connection.driver_connection
        with plain.cursor().copy(
            "COPY moment (id, evidence_id, incident_id, start_s, end_s, at, minute, found, place, utterance_ids, tag_ids) FROM STDIN"
        ) as into:
            for row in _rows(count, stems, lines, tags, dice):
                into.write_row(row)
        say("copied")
        for _, definition in indexes:
            current.execute(sa.text(definition))
    with session().get_bind().connect().execution_options(isolation_level="AUTOCOMMIT") as plain:  # type: ignore[union-attr]
        plain.execute(sa.text("VACUUM ANALYZE"))


def _rows(
    count: int, stems: dict[str, str], lines: list[uuid.UUID], tags: list[uuid.UUID], dice: random.Random
) -> Iterator[tuple[Any, ...]]:
    import hashlib

    first, spread = datetime(2025, 1, 1, tzinfo=UTC), [1 / (rank + 3) for rank in range(len(WORDS))]
    for number in range(count):
        k = number // OF_ONE + 1
        start = (number % OF_ONE) * 12.0
        at = first + timedelta(minutes=40 * k, seconds=start)
        said = [stems[w] for w in dice.choices(WORDS, spread, k=12)] + [
            f"word{int(dice.paretovariate(0.6))}" for _ in range(6)
        ]
        found = [f"'{one}':{place}C" for place, one in enumerate(said, 1) if one]
        for place, (_, label, share) in enumerate(SEEN):
            if dice.random() < share:
                found.append(f"'{stems[label]}':{60 + place * 20}{dice.choice('ABBBBD')}")
        if dice.random() < 0.04:
            found.append(
                f"'p/{dice.randrange(1, 10)}{''.join(dice.choices('ABCDEFGHJKLMNPRSTUVWXYZ', k=3))}{dice.randrange(1000):03d}':1B"
            )
        yield (
            uuid.UUID(int=dice.getrandbits(128)),
            uuid.UUID(hashlib.md5(f"item{k}".encode(), usedforsecurity=False).hexdigest()),
            uuid.UUID(hashlib.md5(f"incident{k}".encode(), usedforsecurity=False).hexdigest()),
            start,
            start + 12.0,
            at,
            station_minute(at),
            " ".join(found),
            f"'name{k % STREETS}':1 'street':2",
            [lines[number % len(lines)], lines[(number * 7) % len(lines)]],
            [tags[number % len(tags)], tags[(number * 11) % len(tags)], tags[(number * 13) % len(tags)]],
        )


def _stems(words: list[str]) -> dict[str, str]:
    rows = session().execute(
        sa.text(
            "SELECT w, array_to_string(tsvector_to_array(to_tsvector('english', w)), ' ') FROM unnest(CAST(:w AS text[])) w"
        ),
        {"w": words},
    )
    found = {row[0]: row[1] or "stopped" for row in rows}
    session().rollback()
    return found


def _ask(actors: dict[Role, Actor], moments: int) -> dict[str, Any]:
    dice, took, by_text, by_role, empty = random.Random(11), [], defaultdict(list), defaultdict(list), 0
    busy: list[float] = []
    by_work: dict[str, list[float]] = defaultdict(list)
    server = session().scalar(sa.select(sa.func.pg_backend_pid())) or 0
    session().rollback()
    for turn in range(ROUNDS + 1):  # the first warms up and is not counted
        for text in ASKED:
            for role, actor in actors.items():
                typed = _typed(text, dice, moments)
                began, worked = time.perf_counter(), _processor_ms(server)
                found = queries.find(actor, typed)
                spent = (time.perf_counter() - began) * 1000
                session().rollback()
                if turn:
                    busy.append(_processor_ms(server) - worked)
                    by_work[text].append(busy[-1])
                    took.append(spent)
                    by_text[text].append(spent)
                    by_role[role.value].append(spent)
                    empty += not found.results
        say(f"round {turn} of {ROUNDS}: p95 so far {p95(took) if took else '-'} ms")
    slowest = sorted(by_text, key=lambda one: -p95(by_text[one]))
    return {
        "moment_search_ms_p95": p95(took),
        "moment_search_ms_median": round(sorted(took)[len(took) // 2], 1),
        "moment_search_ms_most": round(max(took), 1),
        "processor_ms_p95": p95(
            busy
        ),  # of one core, here and in the database: what remains on a machine with nothing else to do
        "by_role_ms_p95": {role: p95(times) for role, times in by_role.items()},
        "slowest_ms_p95": {text: p95(by_text[text]) for text in slowest[:6]},
        "most_work_ms_p95": {
            text: p95(by_work[text]) for text in sorted(by_work, key=lambda one: -p95(by_work[one]))[:6]
        },
        "searches": len(took),
        "found_nothing": round(empty / len(took), 2),
        "moments": moments,
        "load_average": os.getloadavg()[0],
    }


def _processor_ms(server: int) -> float:
    """Milliseconds of processor that this process and its database session had so far."""
    path = Path(f"/proc/{server}/schedstat")
    there = int(path.read_text().split()[0]) / 1e6 if path.exists() else 0.0
    return time.process_time() * 1000 + there


def _typed(text: str, dice: random.Random, moments: int) -> str:
    recordings = max(moments // OF_ONE, 1)
    day = datetime(2025, 1, 1) + timedelta(days=dice.randrange(max(recordings * 40 // 1440, 1)))  # noqa: DTZ001
    return text.format(
        street=f"Name{dice.randrange(STREETS)}",
        plate=f"{dice.randrange(1, 10)}{dice.choice('ABCDEFGHJKLMNPRSTUVWXYZ')}{dice.choice('ABCDEFGHJKLMNPRSTUVWXYZ')}",
        whole=f"{dice.randrange(1, 10)}ABC{dice.randrange(1000):03d}",
        officer=50_000 + dice.randrange(1, OFFICERS),
        rare=dice.randrange(200, 20_000),
        day=f"{day:%Y-%m-%d}",
        later=f"{day + timedelta(days=20):%Y-%m-%d}",
        number=f"2025-{dice.randrange(1, recordings + 1):06d}",
    )


def p95(times: list[float]) -> float:
    """The 95th percentile, by rank."""
    ranked = sorted(times)
    return round(ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))], 1)


def say(words: str) -> None:
    """Progress, apart from the figures."""
    print(words, file=sys.stderr, flush=True)
