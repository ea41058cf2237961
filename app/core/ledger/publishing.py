"""By the clock: checkpoints signed, laid out for others to fetch, sent to the witness; the whole ledger walked."""

import logging
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from app.core import watches
from app.core.actor import Actor
from app.core.db import transaction
from app.core.keys import Signer
from app.core.ledger import checkpoints, digest, tree, witness
from app.core.ledger.checkpoints import CheckpointRow
from app.core.ledger.events import head, record
from app.core.ledger.walk import Fault, faults

log = logging.getLogger(__name__)
MOST_FAULTS = 1000
SIGNING, WITNESSING = "ledger checkpoint", "ledger witness"


def publish_new(
    signer: Signer, *, folder: Path, witness_url: str = "", pauses: Sequence[float] = witness.PAUSES
) -> CheckpointRow:
    """Signs when events were added since the last checkpoint, publishes, and tells the witness what it has not seen.

    Nothing waits for the witness: when it does not answer, that is logged and kept as an alarm, and tried next time.
    """
    with transaction():
        last = checkpoints.latest()
        point = last if last is not None and last.size == tree.size() else checkpoints.sign(signer)
    checkpoints.publish(point, folder)
    watches.held(SIGNING, mark=point.size)
    if witness_url:
        _tell(point, witness_url, pauses)
    elif watches.alarming(WITNESSING):
        watches.held(WITNESSING)  # nobody is asked any more
    return point


def verify(*, actor: Actor) -> list[Fault]:
    """Walks the whole ledger. A fault is an error in the log, an alarm, and an event; at most MOST_FAULTS are looked for."""
    found = list(islice(faults(), MOST_FAULTS))
    if not found:
        watches.held(digest.VERIFYING, mark=head()[0])
        return found
    for fault in found:
        log.error("LEDGER FAULT at event %d: %s", fault.seq, fault.reason)
    watches.failed(digest.VERIFYING, found[0].reason)
    told: dict[str, Any] = {"faults": len(found), "events": [fault.seq for fault in found[:20]]}
    with transaction():
        record("ledger:chain:verify", actor=actor, subject_kind="ledger", subject_id="chain", outcome="failed", **told)
    return found


def _tell(point: CheckpointRow, url: str, pauses: Sequence[float]) -> None:
    if watches.mark_of(WITNESSING) >= point.size and not watches.alarming(WITNESSING):
        return
    try:
        witness.send(url, point.note, pauses=pauses)
    except witness.Unwitnessed as error:
        log.error("the witness was not told of the checkpoint of %d events: %s", point.size, error)  # noqa: TRY400
        watches.failed(WITNESSING, f"{error}, for the checkpoint of {point.size} events")
    else:
        watches.held(WITNESSING, mark=point.size)
