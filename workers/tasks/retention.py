"""Retention by the clock: the deletion queue is judged and filled, what is over is destroyed, alerts are told."""

import logging
import uuid

from app import keeping
from app.config import settings
from app.core import watches
from app.core.actor import machine
from app.core.db import close_session, session, transaction
from app.core.storage import Locked, purge, shelf
from app.evidence.retention import critical, purging, queue
from app.evidence.retention.models import DoomedObject
from workers.celery_app import celery

log = logging.getLogger("blotter.retention")
ACTOR = machine("retention")
WATCHED = "hourly run of retention"
_AT_ONCE = 100  # items queued in one transaction: others write to the ledger in between
keeping.install()


@celery.task(name="judge_retention")
def judge_retention() -> None:
    """Takes out of the queue what may stay, puts in what is due, asks for purges, tells of release clocks. When it
    cannot, that is an alarm: deletions that do not happen would not be missed by anyone."""
    try:
        _judge()
        watches.held(WATCHED)
    except Exception as error:
        watches.failed(WATCHED, f"{type(error).__name__}: the log of the default worker says more")
        raise
    finally:
        close_session()


def _judge() -> None:
    with transaction():
        left = queue.judge_queue(actor=ACTOR)
    with transaction():
        ids = queue.candidates()
    entered = 0
    for start in range(0, len(ids), _AT_ONCE):
        with transaction():
            entered += queue.fill(ids[start : start + _AT_ONCE], actor=ACTOR)
    with transaction():
        over = queue.ask_purges()
    with transaction():
        told = critical.alert(actor=ACTOR)
    log.info("queue: %d in, %d out, %d purges asked for; %d alerts", entered, left, over, told)


@celery.task(name="purge_item")
def purge_item(evidence_id: str) -> None:
    """Purges one item whose seven days are over. May run twice; killed between its steps, the next run goes on."""
    try:
        with transaction():
            purging.begin(uuid.UUID(evidence_id), actor=ACTOR)
        _destroy(uuid.UUID(evidence_id))
    finally:
        close_session()


@celery.task(name="tell_deletions")
def tell_deletions() -> None:
    """The weekly notice, as an event; home pages show the same figures at any time."""
    try:
        with transaction():
            queue.digest(actor=ACTOR)
    finally:
        close_session()


def _destroy(evidence_id: uuid.UUID) -> None:
    """Destroys what a purge on record put down: key, bytes, and the bytes in the replica. Each one by itself."""
    with transaction():
        if not purging.is_purged(evidence_id):
            return
        ids = [one.id for one in purging.doomed(evidence_id)]
    for doomed_id in ids:
        try:
            with transaction():
                _destroy_one(doomed_id)
        except Locked:
            log.exception("the server keeps an object of purged item %s; it is tried again", evidence_id)
    for key in list(shelf(settings()).keys(f"renditions/{evidence_id}/")):
        purge(settings(), key)  # a working copy whose worker died before it was noted


def _destroy_one(doomed_id: uuid.UUID) -> None:
    one = session().get_one(DoomedObject, doomed_id, with_for_update=True, populate_existing=True)
    if one.over_at is not None:
        return
    purging.hold_key(one.storage_key)
    needed = purging.needed(one.storage_key)
    if needed is None:
        log.info("%s waits until what is arriving is known not to be the same", one.storage_key)
        return
    if not needed:
        purge(settings(), one.storage_key)
    purging.over(one, purging.SHARED if needed else purging.DESTROYED, actor=ACTOR)
