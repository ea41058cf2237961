"""Count checks: what the rules find in reports, for the lists, after something around them changed."""

import logging
import uuid

from app.core.db import close_session, transaction
from app.nibrs import approving
from app.reports import figures
from workers.celery_app import celery

log = logging.getLogger("blotter.checks")
approving.install()  # the portal's checks and no fewer


@celery.task(name="count_checks")
def count_checks(incident_id: str = "") -> None:
    """Of one incident's unfiled reports, or of all, an incident at a time. May run twice: it counts what stands."""
    try:
        counted = 0
        for one in [uuid.UUID(incident_id)] if incident_id else figures.incidents_at_work():
            with transaction():
                counted += figures.recount_around(one)
        log.info("checks of %d reports counted", counted)
    finally:
        close_session()
