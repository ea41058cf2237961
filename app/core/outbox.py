"""Jobs kept in the same transaction as their cause; the relay hands them to the broker after commit."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.clock import now
from app.core.db import Base, session

CHANNEL = "blotter_outbox"
SHORTLY = timedelta(seconds=2)


class Job(Base):
    """One piece of work to hand to a worker. Delivered at least once, so tasks may run twice."""

    __tablename__ = "outbox_job"

    id: orm.Mapped[int] = orm.mapped_column(sa.BigInteger, sa.Identity(), primary_key=True)
    task: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    queue: orm.Mapped[str] = orm.mapped_column(sa.String(40))
    arguments: orm.Mapped[dict[str, Any]]
    created_at: orm.Mapped[datetime]
    due_at: orm.Mapped[datetime]
    sent_at: orm.Mapped[datetime | None]

    __table_args__ = (sa.Index("ix_outbox_job_unsent", "due_at", postgresql_where=sa.text("sent_at IS NULL")),)


def enqueue(task: str, *, queue: str = "default", delay: timedelta = timedelta(), **arguments: Any) -> Job:
    """Adds a job to the open transaction and wakes the relay when it commits. Arguments are JSON: ids, not things."""
    moment = now()
    job = Job(task=task, queue=queue, arguments=_plain(arguments), created_at=moment, due_at=moment + delay)
    session().add(job)
    session().execute(sa.select(sa.func.pg_notify(CHANNEL, queue)))
    return job


def enqueue_once(task: str, *, queue: str = "default", delay: timedelta = SHORTLY, **arguments: Any) -> None:
    """The same for work that many small acts ask for: one job after `delay` serves all who asked before it.

    A job that waits already is enough unless it may begin before this transaction is over: then there will be another.
    """
    same = Job.arguments == _plain(arguments)
    waiting = sa.select(Job.id).where(Job.sent_at.is_(None), Job.task == task, same, Job.due_at > now() + delay / 2)
    if session().scalar(waiting.limit(1)) is None:
        enqueue(task, queue=queue, delay=delay, **arguments)


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in arguments.items()}


def due(limit: int = 50) -> list[Job]:
    """Unsent jobs whose time has come, locked for this transaction; another relay skips them."""
    query = (
        sa.select(Job)
        .where(Job.sent_at.is_(None), Job.due_at <= now())
        .order_by(Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session().scalars(query))


def forget_sent(older_than: timedelta = timedelta(days=7)) -> int:
    """Removes jobs handed over long ago; returns how many. The ledger, not the outbox, is the record."""
    gone = session().execute(sa.delete(Job).where(Job.sent_at < now() - older_than))
    return int(gone.rowcount)  # type: ignore[attr-defined]
