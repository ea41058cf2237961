"""The ledger under load: appends side by side, a million events verified, proven and searched."""

import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from app import embedded, migrate
from app.config import Settings
from app.core import db, ledger, verifier
from app.core.actor import Actor
from app.core.db import session, transaction
from app.core.keys import Signer, signer
from app.core.ledger import Event, checkpoints, search, tree
from app.core.ledger.events import COLUMNS, content_of
from app.core.permissions import Role
from app.core.verifier import GENESIS, canonical, leaf_hash, node_hash, sha256_hex

EVENTS = 1_000_000
WRITERS = {"one": (1,), "processes": (1,) * 8, "portal": (8,), "station": (5, 1, 1, 1)}  # threads of each process
APPENDS = 4_000
PROOFS = 300
AT_ONCE = 20_000
FIRST = datetime(2025, 1, 1, tzinfo=UTC)
ACTS = (
    *("evidence:item:view",) * 30,
    *("evidence:item:play",) * 20,
    *("reports:sentence:edit",) * 15,
    *("analysis:step:done",) * 20,
    *("accounts:officer:sign-in",) * 10,
    *("evidence:item:download",) * 4,
    "evidence:item:export",
)
PEOPLE = [(uuid.UUID(int=n + 1), f"Officer Person {n} (#{1000 + n})", f"10.1.{n % 8}.{n % 250}") for n in range(400)]


def measure() -> dict[str, Any]:
    """ledger_append_per_s, ledger_verify_s_1m, proof_ms_p95, ledger_query_s_1m, and what they came from."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        url = embedded.database_url(home)
        try:
            migrate.upgrade(url)
            own = signer(Settings(home=home, secret_key="k" * 40), used=lambda: False)
            return {**_appends(url, home), **_a_million(url, own, home)}
        finally:
            db.disconnect()
            embedded.stop_database(home)


def _appends(url: str, home: Path) -> dict[str, Any]:
    """Appends a second by eight writers at once, each event a transaction of its own, acknowledged when on disk (fsync).

    Writers are what a station has: one portal, which answers in threads (eight by default), and three workers. The
    figure is that of five busy threads and the three workers. Beside it: the portal's eight threads alone, and eight
    processes, as no station runs them: dearer, for each switch from one to the next is between processes.
    Processor time is that of the writers and of PostgreSQL together: what a busy machine cannot spoil.
    """
    rates = {name: _rate(url, home, shape) for name, shape in WRITERS.items()}
    db.connect(url)
    with session() as current:
        kept = current.execute(sa.text("SHOW synchronous_commit")).scalar_one()
        flushed = current.execute(sa.text("SHOW fsync")).scalar_one()
    assert list(ledger.faults()) == []
    db.disconnect()
    return {
        "ledger_append_per_s": rates["station"][0],
        "ledger_append_cpu_ms": rates["station"][1],
        "ledger_append_by_writers": {name: {"per_s": rate, "cpu_ms": cpu} for name, (rate, cpu) in rates.items()},
        "synchronous_commit": kept,
        "fsync": flushed,
        "load_average": os.getloadavg()[0],
    }


def _rate(url: str, home: Path, shape: Sequence[int]) -> tuple[int, float]:
    """(appends a second, milliseconds of processor time for each). Every process connects first; what is measured is
    from the moment all may go to the moment all are done."""
    started = multiprocessing.get_context("spawn")
    gate, used = started.Barrier(len(shape) + 1), started.Queue()
    each, firsts = APPENDS // sum(shape), accumulate(shape, initial=0)
    crew = [
        started.Process(target=_write, args=(url, each, gate, used, range(first, first + threads)))
        for first, threads in zip(firsts, shape, strict=False)
    ]
    for one in crew:
        one.start()
    gate.wait()
    began, before = time.monotonic(), _postgres_cpu(home)
    gate.wait()
    gate.wait()
    rate = each * sum(shape) / (time.monotonic() - began)
    cpu = (sum(used.get() for _ in crew) + _postgres_cpu(home) - before) / (each * sum(shape)) * 1000
    gate.wait()
    for one in crew:
        one.join()
    assert all(one.exitcode == 0 for one in crew)
    say(f"writers {list(shape)}: {rate:,.0f} appends a second, {cpu:.2f} ms of processor time each")
    return round(rate), round(cpu, 3)


def _write(url: str, count: int, gate: Any, used: Any, numbers: Sequence[int]) -> None:
    """One process; a thread for each number."""
    db.connect(url, pool_size=len(numbers))
    with ThreadPoolExecutor(len(numbers)) as threads:
        list(threads.map(_append, numbers, [5] * len(numbers)))  # each has its connection
        gate.wait()
        gate.wait()
        began = time.process_time()
        list(threads.map(_append, numbers, [count] * len(numbers)))
        used.put(time.process_time() - began)
    gate.wait()
    gate.wait()  # the connections stay until PostgreSQL's time is read
    db.disconnect()


def _append(number: int, count: int) -> None:
    identity, label, address = PEOPLE[number]
    actor = Actor(label, officer_id=identity, role=Role.OFFICER, session_id="bench", address=address, device="bench")
    for place in range(count):
        with transaction():
            ledger.record(
                "evidence:item:view", actor=actor, subject_kind="evidence", subject_id=place % 50, what="bench"
            )
    db.close_session()


def _postgres_cpu(home: Path) -> float:
    """Seconds of processor time that the processes of PostgreSQL have used."""
    top = (home / "postgres" / "postmaster.pid").read_text().split()[0]
    children = chain.from_iterable(path.read_text().split() for path in Path(f"/proc/{top}/task").glob("*/children"))
    times = [Path(f"/proc/{pid}/schedstat").read_text().split()[0] for pid in (top, *children)]
    return sum(map(int, times)) / 1e9


def _a_million(url: str, own: Signer, home: Path) -> dict[str, Any]:
    began = time.monotonic()
    _seed(url)
    say(f"{EVENTS:,} events seeded in {time.monotonic() - began:.0f} s")
    db.connect(url)
    with transaction():
        point = checkpoints.sign(own)
    figures = {**_proofs(point), **_queries(), **_verified(own, home)}
    db.disconnect()
    return figures


def _seed(url: str) -> None:
    """Copies EVENTS events with their hashes and nodes straight into the tables: what the database would have made."""
    with psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("TRUNCATE ledger_event, ledger_node, ledger_checkpoint")
        with tempfile.TemporaryFile("w+") as nodes:
            columns = ", ".join((*COLUMNS, "hash"))
            with connection.cursor() as cursor, cursor.copy(f"COPY ledger_event ({columns}) FROM STDIN") as table:
                for row, made in _rows():
                    table.write_row(row)
                    nodes.writelines(made)
            nodes.seek(0)
            with (
                connection.cursor() as cursor,
                cursor.copy("COPY ledger_node (level, index, hash) FROM STDIN") as table,
            ):
                while block := nodes.read(1 << 20):
                    table.write(block)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE ledger_event, ledger_node")


def _rows() -> Iterator[tuple[list[Any], list[str]]]:
    previous, edge, counted = GENESIS, list[bytes](), dict[str, int]()
    for place in range(EVENTS):
        row = _event(place, previous, counted)
        content = canonical(content_of(row))
        previous = sha256_hex(content)
        node, level, index = leaf_hash(content), 0, place
        made = [f"0\t{place}\t\\\\x{node.hex()}\n"]
        while index & 1:
            node, level, index = node_hash(edge.pop(), node), level + 1, index >> 1
            made.append(f"{level}\t{index}\t\\\\x{node.hex()}\n")
        edge.append(node)
        values = [json.dumps(row[name]) if name == "details" else row[name] for name in COLUMNS]
        yield [*values, previous], made


def _event(place: int, previous: str, counted: dict[str, int]) -> dict[str, Any]:
    """An event like those of a mid-sized agency: 400 people, 20,000 recordings, 5,000 incidents."""
    identity, label, address = PEOPLE[(place * 7919) % len(PEOPLE)]
    item = (place * 104_729) % 20_000
    subject = str(uuid.UUID(int=(1 << 64) + item))
    counted[subject] = counted.get(subject, 0) + 1
    return {
        "seq": place + 1,
        "at": FIRST + timedelta(milliseconds=30_000 * place),
        "act": ACTS[(place * 31) % len(ACTS)],
        "outcome": "refused" if place % 997 == 0 else "done",
        "actor_id": identity,
        "actor_label": label,
        "session_id": str(identity),
        "address": address,
        "device": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile",
        "subject_kind": "evidence",
        "subject_id": subject,
        "nth": counted[subject],
        "incident_id": uuid.UUID(int=(1 << 65) + item // 4),
        "details": {"what": "page", "assigned": place % 3 > 0, "sha256": previous, "to": "10.0.0.5:8600"},
        "previous_hash": previous,
    }


def _proofs(point: checkpoints.CheckpointRow) -> dict[str, Any]:
    """Milliseconds to read one event, build its proof of inclusion from the database, and check it."""
    times = []
    for turn in range(PROOFS):
        place = (turn * 3_333_331) % EVENTS
        began = time.monotonic()
        event = session().get_one(Event, place + 1)
        proof = tree.inclusion([place], EVENTS)[place]
        verifier.check_inclusion(leaf_hash(event.canonical()), place, EVENTS, proof, bytes(point.root))
        times.append((time.monotonic() - began) * 1000)
        session().expunge_all()
    figure = round(statistics.quantiles(times, n=20)[-1], 2)
    say(f"proof of inclusion: p95 {figure} ms")
    return {"proof_ms_p95": figure}


def _queries() -> dict[str, Any]:
    """Seconds of the slowest of the searches an auditor makes, each at the first page; the median of three runs."""
    middle = FIRST + timedelta(seconds=30 * EVENTS / 2)
    wanted = {
        "newest": search.Wanted(),
        "rare act": search.Wanted(act="evidence:item:export"),
        "room": search.Wanted(act="evidence:"),
        "part of a name": search.Wanted(who="person 37"),
        "nobody": search.Wanted(who="no such name"),
        "refused": search.Wanted(outcome="refused"),
        "address": search.Wanted(address="10.1.3.3"),
        "address of nobody": search.Wanted(address="192.0.2.1"),
        "incident": search.Wanted(incident=uuid.UUID(int=(1 << 65) + 77)),
        "item": search.Wanted(subject=str(uuid.UUID(int=(1 << 64) + 77))),
        "a day long ago": search.Wanted(since=middle, until=middle + timedelta(days=1), sort="oldest"),
        "up to long ago": search.Wanted(until=middle, act="evidence:item:export"),
        "two that never meet": search.Wanted(who="person 37", address="10.1.3.3"),
        "all narrowed": search.Wanted(act="evidence:item:play", who="person 1", outcome="refused", since=middle),
        "by name": search.Wanted(sort="who"),
        "by address, narrowed": search.Wanted(sort="address", act="evidence:item:download"),
    }
    figures = {}
    for name, one in wanted.items():
        times = []
        for _ in range(3):
            began = time.monotonic()
            search.page(one)
            times.append(time.monotonic() - began)
            session().expunge_all()
        figures[name] = round(statistics.median(times), 3)
    say(f"searches: {figures}")
    return {"ledger_query_s_1m": max(figures.values()), "ledger_queries_s": figures}


def _verified(own: Signer, home: Path) -> dict[str, Any]:
    """Seconds of `ledger verify` over the million, and of the stand-alone verifier over their dump."""
    began, used = time.monotonic(), time.process_time()
    assert list(ledger.faults()) == []
    whole, used = time.monotonic() - began, time.process_time() - used
    say(f"the whole ledger verified in {whole:.1f} s, {used:.1f} s of them Python's processor time")
    began = time.monotonic()
    path = home / "ledger.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(line + "\n" for line in ledger.dump(str(own.key), own.name))
    dumped = time.monotonic() - began
    say(f"dumped in {dumped:.1f} s, {path.stat().st_size / 1e6:,.0f} MB")
    began = time.monotonic()
    alone = [sys.executable, "-I", str(Path(verifier.__file__).resolve()), str(path), "--key", str(own.key)]
    subprocess.run(alone, check=True, capture_output=True)
    stranger = time.monotonic() - began
    say(f"the stand-alone verifier: {stranger:.1f} s")
    return {
        "ledger_verify_s_1m": round(whole, 1),
        "ledger_verify_python_cpu_s_1m": round(used, 1),
        "ledger_dump_s_1m": round(dumped, 1),
        "standalone_verify_s_1m": round(stranger, 1),
    }


def say(text: str) -> None:
    """Progress."""
    print(text, flush=True)


if __name__ == "__main__":
    print(json.dumps(measure()))
