"""Fixity by the clock: everything is read back at least weekly, copied to the replica store, and made good where it can be."""

import logging
import time
import uuid

from app.analysis import service as analysis
from app.analysis.models import StepState
from app.config import settings
from app.core.actor import machine
from app.core.db import close_session, session, transaction
from app.core.keys import KeyMissing
from app.evidence import excerpts, fixity, rounds
from app.evidence.models import Evidence, EvidenceState
from workers.celery_app import celery
from workers.pipeline import RENDITIONS

log = logging.getLogger("blotter.fixity")
ACTOR = machine("fixity")
MOST_SECONDS = 300.0


@celery.task(name="check_fixity")
def check_fixity() -> None:
    """One round. It ends after five minutes at the latest, so that intake never waits long; the next goes on."""
    until = time.monotonic() + MOST_SECONDS
    try:
        done = list(rounds.regular(settings(), actor=ACTOR, goes_on=lambda: time.monotonic() < until))
        with transaction():
            fixity.note_round([one.sound for one in done], actor=ACTOR)
    except KeyMissing as missing:
        log.error("FIXITY cannot be checked: %s", missing)  # noqa: TRY400 (the cause is in the line)
    finally:
        close_session()


@celery.task(name="replicate")
def replicate() -> None:
    """Copies what has no copy yet to the replica store, when there is one."""
    try:
        if settings().replica_dir:
            rounds.replicate(settings(), actor=ACTOR)
    except KeyMissing as missing:
        log.error("nothing can be copied to the replica: %s", missing)  # noqa: TRY400
    finally:
        close_session()


@celery.task(name="rebuild_renditions")
def rebuild_renditions(evidence_id: str) -> None:
    """A working copy was damaged: they are made from the original again. May run twice; one reading comes of it."""
    try:
        with transaction():
            item = session().get_one(Evidence, uuid.UUID(evidence_id))
            if item.state is not EvidenceState.SEALED:
                return  # purged meanwhile
            if excerpts.cut_damaged_again(item) and not fixity.damaged_copies(item):
                return
            known = [step for step in analysis.current_steps(item.id) if step.name == RENDITIONS.name]
            if not known:
                analysis.plan(item, [RENDITIONS], actor=ACTOR)
            elif known[0].state in (StepState.DONE, StepState.FAILED):
                analysis.rerun(known[0], actor=ACTOR)
    finally:
        close_session()
