"""Shelve: makes the library's rows anew after an item, its categories, holds or people changed."""

import logging
import uuid

from app.core.db import close_session, transaction
from app.search.library import shelving
from workers.celery_app import celery

log = logging.getLogger("blotter.library")


@celery.task(name="shelve")
def shelve(evidence_id: str) -> None:
    """One item. May run twice: it makes the same of what stands."""
    try:
        with transaction():
            shelving.shelve([uuid.UUID(evidence_id)])
    finally:
        close_session()


@celery.task(name="shelve_incident")
def shelve_incident(incident_id: str) -> None:
    """Everything in one incident."""
    try:
        with transaction():
            made = shelving.shelve_incident(uuid.UUID(incident_id))
        log.info("%d items of %s", made, incident_id)
    finally:
        close_session()
