"""Uploads: against what the disk and one process can do, against another tus server, and under two hundred kills.

BLOTTER_BENCH_MB (1024), BLOTTER_BENCH_ROUNDS (5), BLOTTER_BENCH_FIRE_MB (2048) and BLOTTER_BENCH_KILLS (200) scale it
down for a quick look; the figures say what was run.
"""

import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests
import sqlalchemy as sa
from tusclient import client as tus

from app.accounts.models import Officer
from app.core.db import session
from tests.bench.road import high_water, say
from tests.conftest import free_port
from tests.journeys.fire import synthetic, under_fire
from tests.journeys.station import TestStation, started

MIB = 1024**2
CHUNK = 8 * MIB
ROOT = Path(__file__).resolve().parents[2]


def measure() -> dict[str, Any]:
    """upload_vs_floor, upload_vs_peer, web_peak_mb, kills, bytes_lost, resent_per_kill_chunks, and what they came from."""
    size, rounds = scaled("MB", 1024) * MIB, scaled("ROUNDS", 5)
    fire_size, kills = scaled("FIRE_MB", 2048) * MIB, scaled("KILLS", 200)
    with tempfile.TemporaryDirectory() as folder:
        figures = side_by_side(Path(folder), size, rounds)
    with tempfile.TemporaryDirectory() as folder, started(Path(folder) / "station", port=free_port()) as station:
        toll = under_fire(station, Path(folder), kills=kills, size=fire_size, chunk=CHUNK, seed=1, say=say)
    return {
        **figures,
        "kills": toll.kills,
        "killed": toll.killed,
        "bytes_lost": toll.bytes_lost,
        "resent_per_kill_chunks": toll.resent_most,
        "resent_chunks": toll.resent_total,
        "fire_mb": fire_size // MIB,
        "fire_items": toll.items,
        "fire_s": round(toll.seconds),
    }


def side_by_side(folder: Path, size: int, rounds: int) -> dict[str, Any]:
    """Every round: the floor, the peer, and the running station, one after the other, on the same disk."""
    source, home = folder / "source.zip", folder / "station"
    acknowledged, sealed, theirs, floors = [], [], [], []
    with started(home, port=free_port()) as station, peer(folder / "peer") as address:
        officer = station.person()
        for turn in range(-1, rounds):  # the first round warms up and is not counted
            synthetic(source, size, seed=turn + 2)
            sha256 = digest(source)
            floor = write_and_hash(source, folder / "floor")
            if turn % 2:
                other = to_peer(address, source)
            first, last = to_us(station, officer, source, sha256)
            if not turn % 2:
                other = to_peer(address, source)
            shutil.rmtree(folder / "peer", ignore_errors=True)
            (folder / "peer").mkdir()
            say(
                f"round {turn + 1}: floor {floor:.2f} s, acknowledged {first:.2f} s, sealed {last:.2f} s, peer {other:.2f} s"
            )
            if turn >= 0:
                floors.append(floor), acknowledged.append(first), sealed.append(last), theirs.append(other)
        web = psutil.Process(station.station.children["web"].pid)
        peak = max(high_water(one.pid) for one in [web, *web.children(recursive=True)])
    middle = statistics.median
    return {
        "upload_vs_floor": round(middle(sealed) / middle(floors), 2),
        "upload_vs_peer": round(middle(acknowledged) / middle(theirs), 2),
        "web_peak_mb": round(peak),
        "upload_mb": size // MIB,
        "floor_s": [round(one, 2) for one in floors],
        "acknowledged_s": [round(one, 2) for one in acknowledged],
        "sealed_s": [round(one, 2) for one in sealed],
        "peer_s": [round(one, 2) for one in theirs],
    }


def write_and_hash(source: Path, target: Path) -> float:
    """Seconds in which one process reads the file, hashes it with SHA-256, writes it, and has it on disk."""
    began = time.monotonic()
    hashed = hashlib.sha256()
    with source.open("rb", buffering=0) as given, target.open("wb", buffering=0) as kept:
        while piece := given.read(MIB):
            hashed.update(piece)
            kept.write(piece)
        os.fsync(kept.fileno())
    took = time.monotonic() - began
    target.unlink()
    return took


def to_us(station: TestStation, officer: Officer, source: Path, sha256: str) -> tuple[float, float]:
    """Seconds until the last chunk is acknowledged, and until the item is sealed and encrypted."""
    phone = station.phone(officer)
    incident = station.incident(officer)
    claims = {"filename": source.name, "title": "Bench", "incident": incident, "sha256": sha256}
    began = time.monotonic()
    location = send(
        f"{station.address}/api/v1/uploads", source, claims, {"Authorization": str(phone.http.headers["Authorization"])}
    )
    acknowledged = time.monotonic() - began
    upload = location.rstrip("/").rsplit("/", 1)[-1]
    with station.database():
        while not (state := sealed(upload)):
            time.sleep(0.02)
    took = time.monotonic() - began
    assert state == ("sealed", sha256), phone.status(upload)
    return acknowledged, took


def sealed(upload: str) -> tuple[str, str] | None:
    """State and hash of the item that the upload became, once intake has decided."""
    query = sa.text("SELECT state, sha256 FROM evidence WHERE upload_id = :one AND state <> 'received'")
    row = session().execute(query, {"one": upload}).one_or_none()
    session().rollback()
    return (row.state, row.sha256) if row else None


def to_peer(address: str, source: Path) -> float:
    """Seconds until the other server acknowledged the last chunk."""
    began = time.monotonic()
    send(f"{address}/files/", source, {"filename": source.name, "filetype": "application/zip"}, {})
    return time.monotonic() - began


def send(url: str, source: Path, metadata: dict[str, str], headers: dict[str, str]) -> str:
    """One upload by tuspy in chunks of 8 MB; its address."""
    uploader = tus.TusClient(url, headers=headers).uploader(str(source), chunk_size=CHUNK, metadata=metadata)
    uploader.upload()
    return str(uploader.url)


@contextmanager
def peer(files: Path) -> Iterator[str]:
    """tuspyserver on uvicorn, one process as ours is; its address."""
    files.mkdir()
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "tests.bench.peer:app", "--port", str(port), "--log-level", "error"]
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PEER_FILES": str(files)})
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                requests.options(f"{address}/files/", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield address
    finally:
        child.terminate()
        child.wait(timeout=30)


def digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def scaled(name: str, whole: int) -> int:
    """What the environment asks for, or the whole."""
    return int(os.environ.get(f"BLOTTER_BENCH_{name}", whole))
