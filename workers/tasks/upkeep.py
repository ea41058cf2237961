"""Upkeep: what must happen by the clock so that nothing is forgotten."""

import logging
from datetime import timedelta

from app.analysis import service as analysis
from app.config import settings
from app.core import ledger, outbox
from app.core.actor import machine
from app.core.db import close_session, transaction
from app.evidence import receiving
from app.evidence import service as evidence
from app.reports import bundles
from workers.celery_app import celery

log = logging.getLogger("blotter.upkeep")


@celery.task(name="come_back")
def come_back() -> None:
    """Queues again the steps, the intakes and the bundles whose worker died or whose job was lost."""
    patience = timedelta(seconds=settings().requeue_seconds)
    try:
        with transaction():
            steps = analysis.come_back(older_than=patience)
        with transaction():
            items = evidence.come_back(older_than=patience)
        with transaction():
            packed = bundles.come_back()
        if steps or items or packed:
            log.info("came back: %d steps, %d intakes, %d bundles", steps, items, packed)
    finally:
        close_session()


@celery.task(name="expire_uploads")
def expire_uploads() -> None:
    """Ends uploads nobody went on with, and removes their bytes."""
    try:
        with transaction():
            gone = receiving.expire_uploads(settings().intake, actor=machine("upkeep"))
        log.info("%d uploads expired", gone)
    finally:
        close_session()


@celery.task(name="sweep_outbox")
def sweep_outbox() -> None:
    """Forgets jobs handed over long ago."""
    try:
        with transaction():
            outbox.forget_sent()
    finally:
        close_session()


@celery.task(name="verify_ledger")
def verify_ledger() -> None:
    """Walks the chain once a day; a fault is logged as an error, which is what operators are told to alarm on."""
    try:
        for fault in ledger.faults():
            log.error("LEDGER FAULT at event %d: %s", fault.seq, fault.reason)
    finally:
        close_session()
