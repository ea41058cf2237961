"""Join mentions: puts the findings of an incident together, whenever a reading of one of its recordings is done."""

import logging
import uuid
from datetime import timedelta

from app.analysis.mentions import joining
from app.core.actor import machine
from app.core.db import close_session, transaction
from app.core.outbox import enqueue
from workers.celery_app import celery
from workers.engines.reading.joining import Joined, Said, join
from workers.tasks.steps import engine_dict

log = logging.getLogger("blotter.joining")
TRIES = 3
LATER = timedelta(seconds=20)


@celery.task(name="join_mentions")
def join_mentions(incident_id: str) -> None:
    """One incident. May run twice: the findings are locked, compared with what was read, and replaced whole.

    Where people decide faster than it joins, it comes back a little later.
    """
    incident = uuid.UUID(incident_id)
    try:
        for _ in range(TRIES):
            with transaction():
                gathered = joining.gather(incident)
                said = [_said(one) for one in gathered.loose]
            joined = join(said)
            with transaction():
                if _keep(incident, gathered.fingerprint, joined):
                    return
        log.info("the findings of %s change as they are put together; again later", incident_id)
        with transaction():
            enqueue("join_mentions", delay=LATER, incident_id=incident)
    finally:
        close_session()


def _keep(incident: uuid.UUID, fingerprint: str, joined: Joined) -> bool:
    groups = [
        joining.Proposed(
            kind=group.kind,
            label=group.label,
            members=tuple((uuid.UUID(one.id), one.reasons, one.confidence) for one in group.members),
            confidence=group.confidence,
            marks=group.marks,
            fixed=group.fixed,
        )
        for group in joined.groups
    ]
    engine = engine_dict(joined.engine)
    return joining.keep(incident, fingerprint=fingerprint, engine=engine, groups=groups, actor=machine("join_mentions"))


def _said(one: joining.Loose) -> Said:
    """A finding as the engine takes it; one that nobody said stands on a line of its own."""
    mention, heard = one.mention, one.utterance
    return Said(
        id=str(mention.id),
        kind=mention.kind,
        value=mention.value,
        text=mention.text,
        recording=str(mention.evidence_id),
        line=heard.position if heard else -1 - int(mention.start_s * 10),
        start_char=mention.start_char,
        end_char=mention.end_char,
        sentence=heard.text if heard else mention.text,
        before=one.before,
        speaker=heard.speaker if heard else "",
        role=heard.role if heard else "unknown",
        confidence=mention.confidence,
        method=mention.method,
        fixed=one.fixed,
        detail={name: str(value) for name, value in mention.detail.items() if isinstance(value, str | int | float)},
    )
