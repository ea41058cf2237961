"""The relay: hands committed jobs to the broker, at least once, the moment they are there."""

import logging
import select
import signal
import time
from types import FrameType

import psycopg
import sqlalchemy as sa
from kombu.exceptions import OperationalError

from app.core import db
from app.core.clock import now
from app.core.db import await_disk, transaction
from app.core.outbox import CHANNEL, due
from workers.celery_app import celery, database_address

log = logging.getLogger("blotter.relay")
POLL_SECONDS = 1.0
BATCH = 50


def hand_over() -> int:
    """Sends the jobs that are due and marks them; returns how many. A crash in between sends a job twice, never not."""
    with transaction():
        jobs = due(BATCH)
        if jobs:
            await_disk()  # no job goes out whose cause a crash could still undo
        for job in jobs:
            celery.send_task(job.task, kwargs=job.arguments, queue=job.queue, retry=False)
            job.sent_at = now()
    return len(jobs)


def run() -> None:
    """Runs until told to stop. A database or broker that is away is waited for; nothing is lost meanwhile."""
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    db.connect(database_address(), pool_size=1)
    ear: psycopg.Connection | None = None
    while not stopping:
        try:
            ear = ear or _listen()
            while hand_over() == BATCH:
                pass
            _wait(ear)
        except (sa.exc.OperationalError, sa.exc.InterfaceError, psycopg.Error, OperationalError, OSError) as error:
            log.warning("waiting for the database or the broker: %s", str(error).splitlines()[0])
            _hang_up(ear)
            ear = None
            db.close_session()
            time.sleep(POLL_SECONDS)
    _hang_up(ear)
    db.disconnect()


def _listen() -> psycopg.Connection:
    address = database_address().replace("postgresql+psycopg://", "postgresql://", 1)
    connection = psycopg.connect(address, autocommit=True)
    connection.execute(f"LISTEN {CHANNEL}")
    return connection


def _wait(ear: psycopg.Connection) -> None:
    """Sleeps until a job is announced, or a second has passed (for jobs that fall due later)."""
    ready, _, _ = select.select([ear.fileno()], [], [], POLL_SECONDS)
    if ready:
        for _ in ear.notifies(timeout=0):
            pass


def _hang_up(ear: psycopg.Connection | None) -> None:
    if ear is not None:
        ear.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    run()
