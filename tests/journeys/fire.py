"""Uploads under fire: two phones send while every part of the station, and the phones, are killed in turn."""

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from app.core import ledger
from app.core.actor import machine
from app.core.db import session, transaction
from app.core.storage import store
from app.evidence import receiving, strays
from app.evidence.models import Evidence, EvidenceState, Upload, UploadState
from tests.journeys.fire_phone import Job
from tests.journeys.station import TestStation

SMALL = 40
CHUNK_S = 0.3  # how long the network takes for a chunk
MIB = 1024**2
ROOT = Path(__file__).resolve().parents[2]
VICTIMS = ("client", "web", "worker", "redis", "postgres")


@dataclass
class Toll:
    """What was killed, and what it cost."""

    kills: int
    killed: dict[str, int]
    items: int
    bytes_lost: int  # bytes of originals that are not, or not as they were sent, in the store at the end
    resent_most: float  # the most that one upload sent again between two kills, in chunks
    resent_total: float  # all that was sent again, in chunks
    seconds: float
    faults: list[str] = field(default_factory=list)  # what a court would ask about; empty when all is well


def under_fire(
    station: TestStation,
    folder: Path,
    *,
    kills: int,
    size: int,
    chunk: int,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> Toll:
    """A file of `size` bytes and a queue of 40 small ones, sent while `kills` random kills fall; then the sweep.

    The large file goes on a chunk or two for each kill, at a network's pace, so that kills fall into chunks. The last
    tenth of them wait for its last byte, and so fall into intake.
    """
    dice, began = random.Random(seed), time.monotonic()
    officer = station.person()
    incident, authorization = station.incident(officer), str(station.phone(officer).http.headers["Authorization"])
    large = [made(folder / "large.zip", size, seed=seed)]
    small = [made(folder / f"small{n:02}.zip", dice.randint(1, 3 * MIB), seed=seed + n + 1) for n in range(SMALL)]
    common = {"address": station.address, "authorization": authorization, "incident": incident}
    phones = [
        Phone(folder, "large", Job(**common, **of(large), chunk=chunk, rate=chunk / CHUNK_S, pause=0.0, log="")),
        Phone(folder, "small", Job(**common, **of(small), chunk=MIB, rate=MIB / 0.05, pause=kills / SMALL, log="")),
    ]
    fallen: list[tuple[float, str]] = []
    with sending(phones):
        for number, victim in enumerate(in_turn(kills, dice)):
            wanted = min(size, size * (number + 1) * 10 // (9 * kills))
            phones[0].open_gate(wanted)
            await_progress(station, phones, lambda wanted=wanted: phones[0].begun >= wanted)
            time.sleep(dice.uniform(0, CHUNK_S))
            fallen.append((time.time(), victim))
            kill(station, phones, victim, dice)
            say(f"kill {number + 1}/{kills}: {victim}, the large file at {phones[0].begun * 100 // size} %")
        await_progress(station, phones, lambda: all(phone.ended for phone in phones))
    say("every byte is acknowledged; waiting for the seals")
    items = large + small
    await_progress(station, [], lambda: settled(station, incident) >= len(items), seconds=600)
    sent_again = [again(phone.log, [at for at, _ in fallen], phone.job.chunk) for phone in phones]
    return Toll(
        kills=len(fallen),
        killed=dict(Counter(victim for _, victim in fallen)),
        items=len(items),
        bytes_lost=lost(station, items),
        resent_most=max(max(one.values(), default=0.0) for one in sent_again),
        resent_total=round(sum(sum(one.values()) for one in sent_again), 2),
        seconds=time.monotonic() - began,
        faults=[*faults(station, incident, len(items)), *swept(station, incident)],
    )


@dataclass
class Phone:
    """The driver's hold on a phone's process."""

    folder: Path
    name: str
    job: Job
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.log, gate = self.folder / f"{self.name}.log", self.folder / f"{self.name}.gate"
        self.job = replace(self.job, log=str(self.log), gate=str(gate))
        (self.folder / f"{self.name}.json").write_text(json.dumps(asdict(self.job)))
        self.log.touch()
        gate.touch()

    def start(self) -> None:
        """Starts it, or starts it again."""
        command = [sys.executable, "-m", "tests.journeys.fire_phone", str(self.folder / f"{self.name}.json")]
        with (self.folder / f"{self.name}.err").open("ab") as err:
            self.process = subprocess.Popen(command, cwd=ROOT, stderr=err)

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=10)

    def open_gate(self, upto: int) -> None:
        """Lets it send chunks that begin before byte `upto`."""
        fresh = Path(f"{self.job.gate}.new")
        fresh.write_text(str(upto))
        fresh.replace(self.job.gate)

    @property
    def ended(self) -> bool:
        """Whether it sent everything; RuntimeError when it gave up."""
        if self.process is None or self.process.poll() is None:
            return False
        if self.process.returncode:
            raise RuntimeError((self.folder / f"{self.name}.err").read_text()[-2000:])
        return True

    @property
    def begun(self) -> int:
        """The end of the furthest chunk it began to send."""
        return max((line["offset"] + line["length"] for line in read(self.log) if line["what"] == "send"), default=0)


@contextmanager
def sending(phones: list[Phone]) -> Iterator[None]:
    """The phones at work; none is left behind."""
    for phone in phones:
        phone.start()
    try:
        yield
    finally:
        for phone in phones:
            phone.kill()


def in_turn(kills: int, dice: random.Random) -> list[str]:
    """Victims: each of the five once before any comes again, in an order of chance."""
    order: list[str] = []
    while len(order) < kills:
        order += dice.sample(VICTIMS, len(VICTIMS))
    return order[:kills]


def kill(station: TestStation, phones: list[Phone], victim: str, dice: random.Random) -> None:
    """One kill, and the start again."""
    if victim == "client":
        for phone in phones:
            if not phone.ended:
                phone.kill()
                phone.start()
    elif victim == "redis":
        station.restart_redis()
    elif victim == "postgres":
        dice.choice([station.restart_postgres, station.kill_postgres])()
    elif victim == "web":
        station.kill("web")
    else:
        station.kill(dice.choice(["worker-default", "worker-default", "relay", "scheduler"]))


def await_progress(
    station: TestStation, phones: list[Phone], reached: Callable[[], bool], *, seconds: float = 300
) -> None:
    """Waits, and does what the station's watch does meanwhile. TimeoutError when nothing comes of it."""
    until = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > until:
            raise TimeoutError(f"no progress: {[phone.begun for phone in phones]}")
        for phone in phones:
            _ = phone.ended
        station.station.look_after()
        time.sleep(0.05)


def made(path: Path, size: int, *, seed: int) -> tuple[Path, str]:
    """A synthetic file, and its SHA-256."""
    synthetic(path, size, seed=seed)
    with path.open("rb") as file:
        return path, hashlib.file_digest(file, "sha256").hexdigest()


def of(files: list[tuple[Path, str]]) -> dict[str, Any]:
    """Files as a job names them."""
    return {"files": [str(path) for path, _ in files], "hashes": [sha256 for _, sha256 in files]}


def synthetic(path: Path, size: int, *, seed: int) -> None:
    """Writes `size` bytes that begin as a ZIP does and go on as noise; the same seed gives the same bytes."""
    noise = Cipher(algorithms.AES(seed.to_bytes(32, "big")), modes.CTR(bytes(16))).encryptor()
    block, left = bytes(MIB), size
    with path.open("wb") as file:
        left -= file.write(b"PK\x03\x04"[:size])
        while left:
            left -= file.write(noise.update(block[: min(left, MIB)]))


def read(log: Path) -> list[dict[str, Any]]:
    """A phone's log."""
    return [json.loads(line) for line in log.read_text().splitlines()]


def again(log: Path, kills: list[float], chunk: int) -> dict[tuple[str, int], float]:
    """Chunks sent again by (file, number of kills before it). What was begun counts as sent whole."""
    begun: dict[str, int] = {}
    twice: dict[tuple[str, int], float] = Counter()
    for line in read(log):
        if line["what"] == "send":
            name, offset, end = line["file"], line["offset"], line["offset"] + line["length"]
            overlap = max(0, begun.get(name, 0) - offset)
            if overlap:
                twice[name, sum(at < line["at"] for at in kills)] += overlap / chunk
            begun[name] = max(begun.get(name, 0), end)
    return twice


def settled(station: TestStation, incident: str) -> int:
    """How many items of the incident are sealed or quarantined; none while the database is away."""
    try:
        return station.count(
            "SELECT count(*) FROM evidence WHERE incident_id = :one AND state <> 'received'", one=incident
        )
    except sa.exc.OperationalError:
        return 0


def lost(station: TestStation, items: list[tuple[Path, str]]) -> int:
    """Bytes of the originals that the store does not give back as they were sent."""
    missing = 0
    with station.database():
        kept = store(station.station.settings)
        for path, sha256 in items:
            key = f"originals/{sha256[:2]}/{sha256}"
            if not kept.exists(key):
                missing += path.stat().st_size
                continue
            digest = hashlib.sha256()
            with closing(kept.open(key)) as pieces:
                for piece in pieces:
                    digest.update(piece)
            missing += 0 if digest.hexdigest() == sha256 else path.stat().st_size
    return missing


def faults(station: TestStation, incident: str, expected: int) -> list[str]:
    """What is wrong with the record: items missing, double or not sealed, events missing or double, a broken chain."""
    found = []
    with station.database():
        rows = session().scalars(sa.select(Evidence).where(Evidence.incident_id == incident)).all()
        found += [
            f"{row.original_name} is {row.state}: {row.reason}" for row in rows if row.state != EvidenceState.SEALED
        ]
        found += [f"{row.original_name} is a duplicate" for row in rows if row.duplicate_of]
        found += [f"{row.original_name}: {row.sha256}" for row in rows if row.sha256 != row.claimed_sha256]
        if len(rows) != expected or len({row.original_name for row in rows}) != expected:
            found.append(f"{len(rows)} items instead of {expected}")
        for row in rows:
            acts = Counter(event.act for event in ledger.custody(subject_kind="evidence", subject_id=row.id))
            if acts["evidence:item:receive"] != 1 or acts["evidence:item:seal"] != 1:
                found.append(f"{row.original_name} has events {dict(acts)}")
        found += [f"event {fault.seq}: {fault.reason}" for fault in ledger.faults()]
    return found


def swept(station: TestStation, incident: str) -> list[str]:
    """Bytes that nothing needs and that outlive the sweep, once a day has passed."""
    settings = station.station.settings
    yesterday = time.time() - 2 * 24 * 3600
    for place in (settings.intake, settings.objects / ".incoming"):
        for path in place.iterdir() if place.is_dir() else ():
            os.utime(path, (yesterday, yesterday))
    with station.database(), transaction() as current:
        forsaken = sa.update(Upload).where(Upload.incident_id == incident, Upload.state == UploadState.OPEN)
        current.execute(forsaken.values(expires_at=sa.func.now()))
    with station.database():
        with transaction():
            receiving.expire_uploads(settings.intake, actor=machine("upkeep"))
        kept = store(settings)
        unclaimed = strays.sweep(kept, patience=timedelta(0))
        mine = {str(one) for one in session().scalars(sa.select(Upload.id).where(Upload.incident_id == incident))}
    left = [str(path) for path in settings.intake.iterdir() if path.name in mine]
    left += [str(path) for path in (settings.objects / ".incoming").iterdir()]
    return [f"orphan bytes: {name}" for name in left + unclaimed]
