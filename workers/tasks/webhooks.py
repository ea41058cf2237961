"""Webhooks: who is to be told of acts is told, by the clock."""

import logging

from app.config import settings
from app.core.db import close_session
from app.core.keys import signer
from app.core.ledger import checkpoints
from app.home import webhooks
from workers.celery_app import celery

log = logging.getLogger("blotter.webhooks")


@celery.task(name="tell_webhooks")
def tell_webhooks() -> None:
    """Tells each what it was not told yet; one that does not answer keeps no other waiting for long."""
    try:
        due = [one.id for one in webhooks.standing()]
        key = signer(settings(), used=checkpoints.any_signed) if due else None
        for webhook_id in due:
            assert key is not None  # noqa: S101  (there is one when any is due)
            told = webhooks.tell(webhook_id, key)
            if told.reason:
                log.warning("webhook %s: %s", webhook_id, told.reason)
            elif told.events:
                log.info("webhook %s was told of %d events", webhook_id, told.events)
    finally:
        close_session()
