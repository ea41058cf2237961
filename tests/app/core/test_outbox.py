"""A job and its cause are kept together or not at all, and two relays never send the same job at once."""

import threading
import uuid
from datetime import timedelta

import pytest
from flask import Flask

from app.core import outbox
from app.core.db import close_session, transaction


def test_a_job_is_gone_with_its_cause(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="undone"), transaction():
        outbox.enqueue("intake", evidence_id=uuid.uuid4())
        raise RuntimeError("undone")
    with transaction():
        assert outbox.due() == []


def test_arguments_are_plain_json(app: Flask) -> None:
    identity = uuid.uuid4()
    with transaction():
        outbox.enqueue("intake", queue="hearing", evidence_id=identity)
    with transaction():
        [job] = outbox.due()
        assert (job.task, job.queue, job.arguments) == ("intake", "hearing", {"evidence_id": str(identity)})


def test_a_delayed_job_is_not_due_yet(app: Flask) -> None:
    with transaction():
        outbox.enqueue("later", delay=timedelta(minutes=1))
    with transaction():
        assert outbox.due() == []


def test_a_second_relay_skips_what_the_first_holds(app: Flask) -> None:
    with transaction():
        outbox.enqueue("once")
    seen: list[int] = []

    def other_relay() -> None:
        with transaction():
            seen.append(len(outbox.due()))
        close_session()

    with transaction():
        assert len(outbox.due()) == 1
        thread = threading.Thread(target=other_relay)
        thread.start()
        thread.join()
    assert seen == [0]


def test_one_job_serves_all_who_ask_before_it_begins(app: Flask) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    for identity in (first, first, second):
        with transaction():
            outbox.enqueue_once("count", delay=timedelta(minutes=1), incident_id=identity)
    with transaction() as current:
        jobs = current.query(outbox.Job).order_by(outbox.Job.id).all()
        assert [job.arguments["incident_id"] for job in jobs] == [str(first), str(second)]
        jobs[0].due_at -= timedelta(seconds=50)
    with transaction():
        outbox.enqueue_once("count", delay=timedelta(minutes=1), incident_id=first)
    with transaction() as current:
        assert current.query(outbox.Job).count() == 3, "one that may begin any moment is not relied on"
