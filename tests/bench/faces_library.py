"""The library with a million items: instant search and facet counts, by officers, supervisors and records, words and rights included.

BLOTTER_BENCH_ITEMS sets another number of items, BLOTTER_BENCH_SEGMENTS another number of transcript segments (ten for
each item). `measure` is the bench; `library_figures` can be asked by another one.
"""

import json
import os
import random
import shutil
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import embedded, migrate
from app.accounts.models import Officer
from app.analysis.models import Transcript, Utterance
from app.core import db
from app.core.actor import Actor
from app.core.db import session, transaction
from app.core.permissions import Role
from app.models import ALL_ROOMS
from app.search.library import counting, finding
from app.search.library.asked import Asked, read
from tests.app.desk import scene
from tests.bench.moments import WORDS, p95, say
from tests.people import People, actor_for

assert ALL_ROOMS
ITEMS = int(os.environ.get("BLOTTER_BENCH_ITEMS", "1000000"))
SEGMENTS = int(os.environ.get("BLOTTER_BENCH_SEGMENTS", str(ITEMS * 10)))
ROUNDS = 4
OFFICERS, STREETS, UNITS = 400, 400, 10
OF_ONE = 5  # items of one incident
TYPED = (  # as somebody types: each is a question by itself
    {"q": "ca"}, {"q": "car"}, {"q": "gun"}, {"q": "running brid"}, {"q": "word{rare}"}, {"q": "{number}"}, {"q": '"step license"'},
    {"q": "car -radio", "tag": "vehicle/car"}, {"tag": "vehicle/truck"}, {"kind": "audio"}, {"place": "Name{street} Street"},
    {"q": "hospital", "kind": "video", "state": "sealed"}, {"officer": "{officer}"}, {"unit": "Unit {unit}", "q": "knife"}, {},
    {"date": "2025-06"}, {"date": "2025-06-{day}", "kind": "video"}, {"tag": "object/knife", "place": "Name{street} Street"},
    {"q": "sir", "sort": "title"}, {"kind": "image", "sort": "-size"}, {"q": "7{letter}"}, {"incident": "{number}"},
)  # fmt: skip


def measure() -> dict[str, Any]:
    """search_ms_p95 and facets_ms_p95: milliseconds from the typed text to the page's items with their passages, and to the
    counts of every facet. `worked` is the processor's time in them, which says what an idle machine would take. 95th
    percentiles, by role and by question, and what they came from."""
    return library_figures(ITEMS, SEGMENTS)


def library_figures(items: int = ITEMS, segments: int = SEGMENTS) -> dict[str, Any]:
    """Seeds so many items and transcript segments in a database of its own and asks; the figures. The database is thrown
    away, unless BLOTTER_BENCH_KEPT names a folder for it: what was seeded there before is then asked again."""
    kept = os.environ.get("BLOTTER_BENCH_KEPT", "")
    home = Path(kept or tempfile.mkdtemp(prefix="bench-library-"))
    home.mkdir(exist_ok=True)
    home.chmod(0o755)
    try:
        url = embedded.database_url(home)
        migrate.upgrade(url)
        db.connect(url)
        seeded = home / "seeded.json"
        if not seeded.exists():
            _carelessly(home)
            _seed(items, segments)
            seeded.write_text(json.dumps({"items": items, "segments": max(segments // items, 1) * items}))
        return _ask(_actors(), **json.loads(seeded.read_text()))
    finally:
        db.disconnect()
        embedded.stop_database(home)
        if not kept:
            shutil.rmtree(home, ignore_errors=True)


def _carelessly(home: Path) -> None:
    """Settings of a server whose data may be lost: seeding is what takes long here, not what is measured."""
    settings = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "'4GB'", "shared_buffers": "'2GB'"}
    engine: Any = session().get_bind()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
        for name, value in settings.items():
            plain.execute(sa.text(f"ALTER SYSTEM SET {name} = {value}"))
    db.disconnect()
    embedded.stop_database(home)
    db.connect(embedded.database_url(home))


def _actors() -> dict[Role, Actor]:
    """Who asks: one officer, with some incidents of their own; a supervisor of one of the units; records, who sees all."""
    query = sa.select(Officer).where(Officer.badge < "50000").order_by(Officer.created_at)
    return {one.role: actor_for(one) for one in session().scalars(query)}


def _seed(items: int, segments: int) -> None:
    """People, incidents, items, transcripts and moments copied from one of each; rows of the library written as shelving
    writes them, with words by frequency."""
    people, began = People(), time.monotonic()
    roles = {role: people.one(role) for role in (Role.OFFICER, Role.SUPERVISOR, Role.RECORDS)}
    item = scene.item(scene.stop(roles[Role.OFFICER]), roles[Role.OFFICER])
    heard = scene.heard(scene.step(item, "transcribe"), "a line")
    session().commit()
    with transaction() as current:
        current.execute(sa.text("SET LOCAL synchronous_commit = off"))
        current.execute(sa.text("SET LOCAL maintenance_work_mem = '1GB'"))
        current.execute(sa.text("SET LOCAL work_mem = '256MB'"))
        current.execute(sa.text("SET LOCAL session_replication_role = replica"))  # no keys are looked up, row by row
        indexes = _unindexed(current)
        _people_and_incidents(current, roles[Role.OFFICER], item, items)
        say(f"{items // OF_ONE:,} incidents after {time.monotonic() - began:.0f} s")
        _items(current, roles[Role.OFFICER], item, items)
        say(f"{items:,} items after {time.monotonic() - began:.0f} s")
        _segments(current, heard, items, segments)
        say(f"{segments:,} segments after {time.monotonic() - began:.0f} s")
        _rows(current, items)
        say(f"rows of the library after {time.monotonic() - began:.0f} s")
        for one in indexes:
            current.execute(sa.text(one))
        say(f"indexes after {time.monotonic() - began:.0f} s")
    engine: Any = session().get_bind()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as plain:
        plain.execute(sa.text("VACUUM ANALYZE"))
    say(f"seeded after {time.monotonic() - began:.0f} s")


def _unindexed(current: Any) -> list[str]:
    """Takes away the indexes that are quicker built behind; returns how they are made."""
    found = current.execute(
        sa.text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('library_item', 'moment', 'utterance')"
            " AND indexname NOT LIKE 'pk%'"
        )
    ).all()
    for name, _ in found:
        current.execute(sa.text(f"DROP INDEX {name}"))
    return [definition for _, definition in found]


def _copied(current: Any, table: str, one: Any, count: int, with_: str, key: str = "id") -> None:
    like = (
        f"INSERT INTO {table} SELECT r.* FROM {table} x, generate_series(1, :n) k,"
        f" LATERAL jsonb_populate_record(x, {with_}::jsonb) r WHERE x.{key} = :one"  # called once a row, not once a column
    )
    current.execute(sa.text(like), {"n": count, "one": one})


def _people_and_incidents(current: Any, officer: Any, item: Any, items: int) -> None:
    unit = "CASE WHEN k % 10 = 0 THEN x.unit_id ELSE md5('unit' || k % 10)::uuid END"
    _copied(
        current,
        "unit",
        officer.unit_id,
        UNITS - 1,
        "jsonb_build_object('id', md5('unit' || k)::uuid, 'name', 'Unit ' || k)",
    )
    _copied(current, "officer", officer.id, OFFICERS - 1,
        f"jsonb_build_object('id', md5('officer' || k)::uuid, 'badge', (50000 + k)::text, 'name', 'Name' || k, 'unit_id', {unit})")  # fmt: skip
    _copied(current, "incident", item.incident_id, items // OF_ONE,
        "jsonb_build_object('id', md5('incident' || k)::uuid, 'number', '2025-' || lpad(k::text, 6, '0'), 'place', 'Name' || (k % 400) || ' Street',"
        f" 'unit_id', {unit}, 'opened_by', CASE WHEN k % 400 = 0 THEN x.opened_by ELSE md5('officer' || (k % 400))::uuid END)")  # fmt: skip


def _items(current: Any, officer: Any, item: Any, items: int) -> None:
    recorded = "timestamptz '2025-01-01' + k * interval '31 seconds'"
    who = f"CASE WHEN k % {OF_ONE * OFFICERS} < {OF_ONE} THEN x.officer_id ELSE md5('officer' || ((k / {OF_ONE}) % 399 + 1))::uuid END"
    _copied(current, "upload", item.upload_id, items, "jsonb_build_object('id', md5('upload' || k)::uuid)")
    _copied(current, "evidence", item.id, items,
        "jsonb_build_object('id', md5('item' || k)::uuid, 'upload_id', md5('upload' || k)::uuid, 'incident_id',"
        f" md5('incident' || (1 + k % {items // OF_ONE}))::uuid, 'recorded_at', {recorded}, 'size', 1000 + (k::bigint * 7919) % 90000000, 'title',"
        " (ARRAY['Body', 'Dash', 'Rear', 'Desk', 'Phone'])[(hashtext('title' || k) & 2147483647) % 5 + 1] || ' camera ' || k, 'media_kind',"
        f" (ARRAY['video', 'video', 'video', 'audio', 'image', 'document'])[(hashtext('kind' || k) & 2147483647) % 6 + 1], 'officer_id', {who})")  # fmt: skip


def _segments(current: Any, heard: Transcript, items: int, segments: int) -> None:
    """A transcript and a moment for each item, and its lines; the words of a line by frequency, as people speak."""
    of_one = max(segments // items, 1)
    step, line = heard.step_id, current.scalar(sa.select(Utterance.id).limit(1))
    _copied(
        current,
        "step",
        step,
        items,
        "jsonb_build_object('id', md5('step' || k)::uuid, 'evidence_id', md5('item' || k)::uuid)",
    )
    _copied(current, "transcript", heard.id, items,
        "jsonb_build_object('id', md5('heard' || k)::uuid, 'step_id', md5('step' || k)::uuid, 'evidence_id', md5('item' || k)::uuid)")  # fmt: skip
    columns = "position, start_s, end_s, text, words, confidence, speaker, role, speaker_confidence, voice, born, edition, gone, redactions"
    current.execute(
        sa.text(
            f"INSERT INTO utterance (id, transcript_id, {columns}) SELECT md5('line' || k)::uuid, md5('heard' || (1 + k / {of_one}))::uuid,"
            f" k % {of_one}, 6 * (k % {of_one}), 6 * (k % {of_one}) + 5, (SELECT string_agg((CAST(:words AS text[]))[1 + floor(power(random(), 3)"
            " * :many)::int], ' ') FROM generate_series(1, 7 + 0 * k)) || ' word' || floor(power(random(), 4) * 40000)::int, '[]', 0.9,"
            " x.speaker, x.role, x.speaker_confidence, x.voice, 1, 1, false, '[]' FROM utterance x, generate_series(0, :n - 1) k WHERE x.id = :one"
        ),
        {"n": items * of_one, "one": line, "words": list(WORDS), "many": len(WORDS) - 1},
    )


def _rows(current: Any, items: int) -> None:
    """As shelving and gathering write them, in one statement each: the tags are of the items' numbers."""
    tags = """array_remove(ARRAY[CASE WHEN n % 3 = 0 THEN 'vehicle/car' END, CASE WHEN n % 2 = 0 THEN 'person/person' END,
        CASE WHEN n % 17 = 0 THEN 'vehicle/truck' END, CASE WHEN n % 29 = 0 THEN 'object/bag' END, CASE WHEN n % 900 = 0 THEN 'object/knife' END], NULL)"""
    current.execute(sa.text("CREATE TEMP TABLE said ON COMMIT DROP AS SELECT t.evidence_id, string_agg(u.text, ' ' ORDER BY u.position) AS text,"
        " array_agg(u.id ORDER BY u.position) AS ids, max(u.end_s) AS over FROM transcript t JOIN utterance u ON u.transcript_id = t.id GROUP BY 1"))  # fmt: skip
    current.execute(
        sa.text(
            "INSERT INTO library_item (evidence_id, incident_id, officer_id, unit_id, number, kind, state, retention, at, title, place, size,"
            f" duration_s, categories, tags, words) SELECT e.id, e.incident_id, e.officer_id, i.unit_id, i.number, e.media_kind, e.state,"
            f" (ARRAY['none', 'rule', 'rule', 'held'])[n % 4 + 1], coalesce(e.recorded_at, e.received_at), e.title, i.place, e.size, e.duration_s, '{{}}', {tags},"
            " setweight(to_tsvector('english', e.title || ' . ' || i.place), 'A') || array_to_tsvector(ARRAY['n/' || i.number,"
            " 'p/7' || chr(65 + n % 26) || lpad((n % 10000)::text, 4, '0')]) || setweight(to_tsvector('english', array_to_string(tags, ' . ')), 'B')"
            " || setweight(to_tsvector('english', said.text), 'C') FROM said JOIN evidence e ON e.id = said.evidence_id"
            f" JOIN incident i ON i.id = e.incident_id, LATERAL (SELECT coalesce(substring(e.title from '[0-9]+$'), '0')::int AS n) s, LATERAL (SELECT {tags} AS tags) t"
            " ORDER BY e.recorded_at"  # as they arrive
        )
    )
    current.execute(
        sa.text(
            "INSERT INTO moment (id, evidence_id, incident_id, start_s, end_s, at, minute, found, place, utterance_ids, tag_ids)"
            " SELECT md5('moment' || r.evidence_id::text)::uuid, r.evidence_id, r.incident_id, 0, said.over, r.at, 600, r.words, to_tsvector('simple',"
            " r.place), said.ids, '{}' FROM library_item r JOIN said ON said.evidence_id = r.evidence_id"
        )
    )


def _ask(actors: dict[Role, Actor], items: int, segments: int) -> dict[str, Any]:
    dice, found_nothing = random.Random(11), 0
    took: dict[str, list[float]] = defaultdict(list)
    by_role: dict[str, list[float]] = defaultdict(list)
    by_question: dict[str, list[float]] = defaultdict(list)
    session().execute(sa.text("SET max_parallel_workers_per_gather = 0"))  # what others work would not be counted
    session().commit()
    for turn in range(ROUNDS + 1):  # the first warms up and is not counted
        for typed in TYPED:
            for role, actor in actors.items():
                asked = _question(typed, dice, items)
                page = None
                for name, act in (("search", finding.page), ("facets", counting.counts)):
                    spent, worked, got = _timed(lambda act=act, actor=actor, asked=asked: act(actor, asked))
                    page = page or got
                    if turn:
                        took[name].append(spent)
                        took[f"{name} worked"].append(worked)
                        by_role[f"{name} {role.value}"].append(worked)
                        by_question[f"{name} {typed}"].append(worked)
                found_nothing += bool(turn) and not page.items
        if turn:
            say(f"round {turn} of {ROUNDS}: p95 so far {p95(took['search'])} and {p95(took['facets'])} ms, worked"
                f" {p95(took['search worked'])} and {p95(took['facets worked'])}")  # fmt: skip
    slowest = sorted(by_question, key=lambda one: -p95(by_question[one]))
    return {
        "search_ms_p95": p95(took["search"]),
        "facets_ms_p95": p95(took["facets"]),
        "search_ms_median": round(sorted(took["search"])[len(took["search"]) // 2], 1),
        "facets_ms_median": round(sorted(took["facets"])[len(took["facets"]) // 2], 1),
        "search_worked_ms_p95": p95(took["search worked"]),
        "facets_worked_ms_p95": p95(took["facets worked"]),
        "search_worked_ms_median": round(sorted(took["search worked"])[len(took["search worked"]) // 2], 1),
        "facets_worked_ms_median": round(sorted(took["facets worked"])[len(took["facets worked"]) // 2], 1),
        "by_role_worked_ms_p95": {name: p95(times) for name, times in by_role.items()},
        "slowest_worked_ms_p95": {name: p95(by_question[name]) for name in slowest[:8]},
        "questions": len(took["search"]),
        "found_nothing": round(found_nothing / len(took["search"]), 2),
        "items": items,
        "segments": max(segments // items, 1) * items,
        "counted_at_most": counting.MOST,
        "load_average": os.getloadavg()[0],
    }


def _timed(act: Any) -> tuple[float, float, Any]:
    """Milliseconds by the clock, and those of them in which this process or the database's had a processor."""
    server = session().scalar(sa.text("SELECT pg_backend_pid()"))
    began, worked = time.perf_counter(), time.process_time() + _worked_s(server)
    got = act()
    worked = (time.process_time() + _worked_s(server) - worked) * 1000
    spent = (time.perf_counter() - began) * 1000
    session().rollback()
    return spent, worked, got


def _worked_s(process: int) -> float:
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


def _question(typed: dict[str, str], dice: random.Random, items: int) -> Asked:
    more = {
        "rare": dice.randrange(200, 20_000),
        "number": f"2025-{dice.randrange(1, items // OF_ONE + 1):06d}",
        "street": dice.randrange(STREETS),
        "officer": 50_000 + dice.randrange(1, OFFICERS),
        "unit": dice.randrange(1, UNITS),
        "day": f"{dice.randrange(1, 29):02d}",
        "letter": f"{dice.choice('ABCDEFGH')}{dice.randrange(10000):04d}",
    }
    return read({key: [value.format(**more)] for key, value in typed.items()})
