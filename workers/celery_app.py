"""Celery as this house uses it: JSON only, late acknowledgement, one task at a time per process."""

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown

from app.config import settings
from app.core import db
from app.embedded import addresses
from workers.pipeline import QUEUES
from workers.schedule import SCHEDULE

LONGEST_TASK_SECONDS = 6 * 3600

_database, _broker = addresses(settings())
celery = Celery("blotter", broker=_broker)
celery.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_max_memory_per_child=1_400_000,  # KiB: a worker that grew is replaced between two tasks
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    task_time_limit=LONGEST_TASK_SECONDS,
    task_default_queue="default",
    task_queues=None,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # Redis gives a task out again when it is not acknowledged in this time: longer than the longest task.
    broker_transport_options={
        "visibility_timeout": max(settings().broker_visibility_seconds, 2 * LONGEST_TASK_SECONDS),
        "socket_keepalive": True,
    },
    beat_schedule=SCHEDULE,
    beat_schedule_filename=str(settings().home / "beat-schedule"),
    timezone="UTC",
    imports=["workers.tasks"],
)
KNOWN_QUEUES = frozenset(QUEUES)


@worker_process_init.connect
def connect_database(**_: Any) -> None:
    """Each worker process opens its own connections, after the fork."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    db.connect(_database, pool_size=2)
    os.nice(5)  # the portal's pages come first on a small machine


@worker_process_shutdown.connect
def disconnect_database(**_: Any) -> None:
    """Gives the connections back."""
    db.disconnect()


def database_address() -> str:
    """Where this process's database is."""
    return _database
