"""Gather moments: makes the moments of a recording and its row in the library anew after a reading, decision or correction changed it."""

import logging
import uuid

from app.core.db import close_session, transaction
from app.search import gathering
from app.search.library import shelving
from workers.celery_app import celery

log = logging.getLogger("blotter.moments")


@celery.task(name="gather_moments")
def gather_moments(evidence_id: str) -> None:
    """One item. May run twice: it makes the same of what stands."""
    try:
        with transaction():
            made = gathering.gather(uuid.UUID(evidence_id))
            shelving.shelve([uuid.UUID(evidence_id)])
        log.info("%d moments of %s", made, evidence_id)
    finally:
        close_session()
