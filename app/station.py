"""The whole product on one machine: every process a child of this one, and none left behind."""

import contextlib
import ctypes
import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from app import embedded, migrate
from app.config import Settings
from app.core.keys import KeyMissing
from app.lan import Certificate

LEAST_FREE_BYTES = 500 * 1024**2
_PARENT_DEATH_SIGNAL = 1  # prctl(PR_SET_PDEATHSIG): children end even when this process is killed
ROOT = Path(__file__).resolve().parent.parent


class StationError(SystemExit):
    """Why the station cannot start: one line with the remedy."""


@dataclass
class Station:
    """PostgreSQL, Redis, web, workers, relay and scheduler, started in order and ended in reverse."""

    settings: Settings
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    redis: embedded.EmbeddedRedis | None = None
    database_url: str = ""
    broker_url: str = ""
    certificate: Certificate | None = None  # for HTTPS; the files of `app.lan`

    @property
    def address(self) -> str:
        """Where people find it."""
        return f"{'https' if self.certificate else 'http'}://{self.settings.host}:{self.settings.port}"

    def start(self) -> None:
        """Starts every part and waits until the portal answers. StationError names what stands in the way."""
        self._check_port()
        self._check_disk()
        self.start_parts()
        try:
            migrate.make_ready(self.settings, self.database_url)
        except KeyMissing as error:
            raise StationError(f"Blotter cannot start: {error}") from error
        for name, command in self.commands().items():
            self.launch(name, command)
        self._wait_for_portal()

    def start_parts(self) -> None:
        """Starts the embedded database and broker where they are wanted, and learns their addresses."""
        try:
            self.database_url = self.settings.database_url or embedded.database_url(self.settings.home)
            if self.settings.broker_url:
                self.broker_url = self.settings.broker_url
            else:
                self.redis = embedded.EmbeddedRedis(self.settings.home)
                self.broker_url = self.redis.start()
        except (embedded.EmbeddedError, ImportError) as error:
            raise StationError(f"Blotter cannot start: {error}") from error

    def commands(self) -> dict[str, list[str]]:
        """What runs, by name. The workers are one per queue, so that a long recording holds up nothing else."""
        python, web = sys.executable, self.settings
        celery = [python, "-m", "celery", "-A", "workers.celery_app:celery"]
        worker = [
            *celery,
            "worker",
            "--loglevel",
            "WARNING",
            "--without-gossip",
            "--without-mingle",
            "--without-heartbeat",
        ]
        return {
            "web": [
                python,
                "-m",
                "gunicorn",
                "app.wsgi:app",
                "--bind",
                f"{web.host}:{web.port}",
                "--worker-class",
                "gthread",
                "--threads",
                str(web.web_threads),
                "--workers",
                "1",
                "--timeout",
                "120",
                "--graceful-timeout",
                "5",
                "--log-level",
                "warning",
                "--no-control-socket",
                *self._secured(),
            ],
            "relay": [python, "-m", "workers.relay"],
            # two at a time: reading everything back for fixity must not hold up what arrives
            "worker-default": [*worker, "--concurrency", "2", "-Q", "default", "-n", "default@%h"],
            "worker-hearing": [*worker, "--concurrency", "1", "-Q", "hearing", "-n", "hearing@%h"],
            "worker-seeing": [*worker, "--concurrency", "1", "-Q", "seeing", "-n", "seeing@%h"],
            "scheduler": [*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""],
        }

    def _secured(self) -> list[str]:
        made = self.certificate
        return ["--certfile", str(made.chain), "--keyfile", str(made.key)] if made else []

    def launch(self, name: str, command: list[str]) -> None:
        """Starts one child with its own log, tied to this process's life."""
        logs = self.settings.home / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        with (logs / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 (started before threads)
            )

    def environment(self) -> dict[str, str]:
        """What the children see: our settings with the addresses of the parts that were started."""
        chosen = {
            "BLOTTER_HOME": str(self.settings.home),
            "BLOTTER_DATABASE_URL": self.database_url,
            "BLOTTER_BROKER_URL": self.broker_url,
            "BLOTTER_PACKS_DIR": str(self.settings.packs),
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "2"),
            "PYTHONUNBUFFERED": "1",
        }
        if self.settings.replica_dir:
            chosen["BLOTTER_REPLICA_DIR"] = str(self.settings.replica_dir)
        if self.certificate:
            chosen["BLOTTER_SECURE_COOKIES"] = "true"
        return {**os.environ, **chosen}

    def watch(self) -> None:
        """Waits; a child that ends by itself is started again and said so. Returns on Ctrl-C or SIGTERM."""
        with _until_told() as told:
            while not told():
                self.look_after()
                time.sleep(0.5)

    def look_after(self) -> None:
        """Starts again what ended by itself, and says so: children, and the embedded broker and database."""
        for name, child in list(self.children.items()):
            if child.poll() is not None:
                print(f"{name} ended with {child.returncode}; starting it again", flush=True)
                self.launch(name, self.commands()[name])
        try:
            if self.redis is not None and self.redis.ended:
                print("Redis ended; starting it again", flush=True)
                self.redis.start()
            if not self.settings.database_url and not embedded.database_runs(self.settings.home):
                print("PostgreSQL ended; starting it again", flush=True)
                embedded.database_url(self.settings.home)
        except embedded.EmbeddedError as error:
            print(f"{error}; trying again", flush=True)

    def stop(self) -> None:
        """Ends every child, newest first, then the broker and the database. Safe to call twice."""
        for child in reversed(self.children.values()):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGTERM)
        for child in reversed(self.children.values()):
            try:
                child.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait(timeout=10)
        self.children.clear()
        if self.redis is not None:
            self.redis.stop()
        if not self.settings.database_url:
            embedded.stop_database(self.settings.home)

    def _wait_for_portal(self, seconds: float = 60.0) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.children["web"].poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(self._endpoint(), timeout=1):
                return
            time.sleep(0.1)
        log = self.settings.home / "logs" / "web.log"
        raise StationError(f"Blotter's web server did not start; the last lines of {log} say why.")

    def _check_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.settings.host, self.settings.port))
            except OSError as error:
                taken = error.errno == errno.EADDRINUSE
                what = "is taken" if taken else f"cannot be used ({error.strerror})"
                raise StationError(
                    f"Port {self.settings.port} {what}. Choose another with BLOTTER_PORT, or end what uses it."
                ) from error

    def _check_disk(self) -> None:
        self.settings.home.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self.settings.home).free
        if free < LEAST_FREE_BYTES:
            raise StationError(
                f"Only {free // 1024**2} MB are free under {self.settings.home}; Blotter needs 500 MB to start. "
                "Free some space, or set BLOTTER_HOME to a larger disk."
            )

    def _endpoint(self) -> tuple[str, int]:
        host = "127.0.0.1" if self.settings.host in ("0.0.0.0", "") else self.settings.host  # noqa: S104
        return host, self.settings.port


@contextlib.contextmanager
def running(settings: Settings, certificate: Certificate | None = None) -> Iterator[Station]:
    """A started station for as long as the block runs; every child is ended whatever happens."""
    station = Station(settings, certificate=certificate)
    try:
        station.start()
        yield station
    finally:
        station.stop()


@contextlib.contextmanager
def _until_told() -> Iterator["_Told"]:
    told = _Told()
    before = {number: signal.signal(number, told.hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Told:
    """Remembers that somebody asked us to stop."""

    def __init__(self) -> None:
        self._heard = False

    def hear(self, _signal: int, _frame: FrameType | None) -> None:
        """The signal handler."""
        self._heard = True

    def __call__(self) -> bool:
        return self._heard


def _die_with_parent() -> None:
    ctypes.CDLL("libc.so.6", use_errno=True).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
