"""How every step runs: claim with a lease, compute outside any transaction, save and finish in one."""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from app.analysis import service
from app.analysis.models import Failure, Step
from app.analysis.service import LeaseLost
from app.config import settings
from app.core.actor import Actor, machine
from app.core.db import close_session, session, transaction
from app.core.storage import store
from app.evidence.models import Evidence

log = logging.getLogger("blotter.steps")
Inputs = TypeVar("Inputs")
Result = TypeVar("Result")
Progress = Callable[[float], None]
DATABASE_PATIENCE_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Reading(Generic[Inputs, Result]):
    """One kind of step: what it needs from the database, how it computes, and how its result is kept.

    `gather` runs inside a transaction, `compute` outside any, `keep` inside the one that ends the step and returns
    (engine as a dict, figures for the ledger).
    """

    name: str
    gather: Callable[[Evidence], Inputs]
    compute: Callable[[Inputs, Progress], Result]
    keep: Callable[[Step, Evidence, Result, Actor], tuple[dict[str, Any], dict[str, Any]]]
    hopeless: tuple[type[Exception], ...] = ()


def run(reading: Reading[Inputs, Result], step_id: str) -> None:
    """Runs one step to its end, or not at all when another worker has it."""
    worker = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    actor = machine(reading.name)
    taken = _patiently(lambda: _take(reading, uuid.UUID(step_id), worker))
    if taken is None:
        log.info("%s %s is not to be had: done, superseded, or with another worker", reading.name, step_id)
        return
    try:
        with _heartbeat(uuid.UUID(step_id), worker) as progress:
            result = reading.compute(taken[0], progress)
        _patiently(lambda: _save(reading, uuid.UUID(step_id), worker, result, actor))
    except LeaseLost:
        log.warning("%s %s was taken over; this result is dropped", reading.name, step_id)
    except reading.hopeless as error:
        _give_up(step_id, worker, actor, Failure.NEVER, str(error))
    except (OSError, sa.exc.OperationalError) as error:
        log.warning("%s %s failed, to be tried again soon", reading.name, step_id, exc_info=True)
        _give_up(step_id, worker, actor, Failure.SOON, _first_line(error))
    except Exception as error:
        log.exception("%s %s failed", reading.name, step_id)
        _give_up(step_id, worker, actor, Failure.LATER, _first_line(error))
    finally:
        close_session()


@contextmanager
def original_at(storage_key: str) -> Iterator[Path]:
    """The sealed original as a path for as long as the block runs. Engines only ever read it."""
    with store(settings()).local_path(storage_key) as path:
        yield path


def engine_dict(info: Any) -> dict[str, Any]:
    """An engine's frozen description as a plain dict."""
    return asdict(info)


def _take(reading: Reading[Inputs, Result], step_id: uuid.UUID, worker: str) -> tuple[Inputs] | None:
    with transaction():
        step = service.claim(step_id, worker=worker, lease=_lease())
        if step is None:
            return None
        return (reading.gather(session().get_one(Evidence, step.evidence_id)),)


def _save(reading: Reading[Inputs, Result], step_id: uuid.UUID, worker: str, result: Result, actor: Actor) -> None:
    with transaction():
        step = service.hold(step_id, worker=worker)
        evidence = session().get_one(Evidence, step.evidence_id)
        engine, figures = reading.keep(step, evidence, result, actor)
        service.finish(step, engine=engine, actor=actor, **figures)


def _give_up(step_id: str, worker: str, actor: Actor, failure: Failure, reason: str) -> None:
    def note() -> None:
        with transaction():
            step = service.hold(uuid.UUID(step_id), worker=worker)
            service.fail(step, failure=failure, reason=reason or "No reason was given.", actor=actor)

    try:
        _patiently(note)
    except LeaseLost:
        log.warning("step %s was taken over while it failed here", step_id)


def _patiently(act: Callable[[], Result]) -> Result:
    """Does it, waiting for a database that is away for a moment, so that hours of computing are not thrown away."""
    until = time.monotonic() + DATABASE_PATIENCE_SECONDS
    while True:
        try:
            return act()
        except (sa.exc.OperationalError, sa.exc.InterfaceError):
            close_session()
            if time.monotonic() > until:
                raise
            time.sleep(1.0)


@contextmanager
def _heartbeat(step_id: uuid.UUID, worker: str) -> Iterator[Progress]:
    """Keeps the lease alive from a thread of its own and hands out the function that notes progress."""
    latest, lost, over = [0.0], threading.Event(), threading.Event()
    lease = _lease()

    def beat() -> None:
        while not over.wait(min(lease.total_seconds() / 3, 1.0)):
            try:
                with transaction():
                    if not service.keep_alive(step_id, worker=worker, lease=lease, progress=latest[0]):
                        lost.set()
            except sa.exc.OperationalError:
                log.warning("no heartbeat for step %s: the database is away", step_id)
            finally:
                close_session()

    def progress(share: float) -> None:
        latest[0] = share
        if lost.is_set():
            raise LeaseLost("This step was taken over by another worker.")

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        over.set()
        thread.join(timeout=10)


def _lease() -> timedelta:
    return timedelta(seconds=settings().step_lease_seconds)


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:400]
