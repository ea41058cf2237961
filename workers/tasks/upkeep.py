"""Upkeep: what must happen by the clock so that nothing is forgotten."""

import logging
from datetime import timedelta

from app.analysis import service as analysis
from app.config import settings
from app.core import outbox, rates, repeats, undoing, watches
from app.core.actor import machine
from app.core.db import close_session, transaction
from app.core.keys import KeyMissing, signer
from app.core.ledger import checkpoints, digest, publishing
from app.core.storage import scratch, store
from app.evidence import excerpts, receiving, strays
from app.evidence import service as evidence
from app.reports import bundles
from app.reports.models import Bundle
from workers.celery_app import celery

log = logging.getLogger("blotter.upkeep")


@celery.task(name="come_back")
def come_back() -> None:
    """Queues again the steps, the intakes, the bundles and the excerpts whose worker died or whose job was lost."""
    patience = timedelta(seconds=settings().requeue_seconds)
    try:
        with transaction():
            steps = analysis.come_back(older_than=patience)
        with transaction():
            items = evidence.come_back(older_than=patience)
        with transaction():
            packed = bundles.come_back()
        with transaction():
            cut = excerpts.come_back(older_than=patience)
        if steps or items or packed or cut:
            log.info("came back: %d steps, %d intakes, %d bundles, %d excerpts", steps, items, packed, cut)
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


@celery.task(name="sweep_store")
def sweep_store() -> None:
    """Removes what nothing needs from the evidence store; an original no item names is an error in the log, and stays."""
    try:
        with transaction():
            unclaimed = strays.sweep(store(settings()), also={"bundles/": Bundle.storage_key})
        for key in unclaimed:
            log.error("UNCLAIMED ORIGINAL %s: no item names it; it was left where it is", key)
    finally:
        close_session()


@celery.task(name="sweep_scratch")
def sweep_scratch() -> None:
    """Removes the plain copies of workers that died."""
    gone = scratch.sweep(settings().scratch)
    if gone:
        log.info("%d copies of dead workers removed", gone)


@celery.task(name="sweep_outbox")
def sweep_outbox() -> None:
    """Forgets jobs handed over long ago."""
    try:
        with transaction():
            outbox.forget_sent()
            rates.forget_idle()
            repeats.forget_old()
            undoing.forget_old()
    finally:
        close_session()


@celery.task(name="verify_ledger")
def verify_ledger() -> None:
    """Walks the chain once a day; a fault is an alarm, an event and an error in the log."""
    try:
        publishing.verify(actor=machine("upkeep"))
    finally:
        close_session()


@celery.task(name="checkpoint_ledger")
def checkpoint_ledger() -> None:
    """Signs what is new, lays it out, tells the witness. When it cannot be signed, that is an alarm."""
    own = settings()
    try:
        publishing.publish_new(
            signer(own, used=checkpoints.any_signed), folder=own.published, witness_url=own.witness_url
        )
    except (KeyMissing, OSError) as error:
        log.error("no checkpoint was signed: %s", error)  # noqa: TRY400 (the message says it all)
        watches.failed(publishing.SIGNING, str(error))
    finally:
        close_session()


@celery.task(name="tell_the_week")
def tell_the_week() -> None:
    """Makes the digest of the last whole week, once, however often it is asked."""
    try:
        with transaction():
            digest.make(actor=machine("upkeep"))
    finally:
        close_session()
