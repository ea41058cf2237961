"""What happens to an item: it is sealed or quarantined, copies are made from it, people look at it."""

import uuid
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict
from app.core.outbox import Job, enqueue, enqueue_once
from app.evidence import queries
from app.evidence.models import EVIDENCE_MOVES, Evidence, EvidenceState, MediaKind, Rendition, StoredObject
from app.evidence.reasons import Reason, is_assigned
from app.incidents.models import Incident

LOOKING = ("evidence:item:view", "evidence:item:play", "evidence:item:download")
ONE_LOOK = timedelta(minutes=30)


def seal(
    evidence: Evidence,
    *,
    sha256: str,
    size: int,
    media_kind: MediaKind | None,
    media_type: str,
    duration_s: float | None,
    facts: dict[str, Any],
    storage_key: str,
    actor: Actor,
    second_hash: str = "",
) -> Evidence:
    """The stored original is what was sent, and stays so. The same content in the same incident is noted as such.

    `second_hash` is a hash by another algorithm, as "sha512:…", where the agency wants one (E8)."""
    evidence.state = EVIDENCE_MOVES.check(evidence.state, EvidenceState.SEALED)
    evidence.duplicate_of = _first_with(evidence, sha256)
    evidence.sha256, evidence.size, evidence.storage_key = sha256, size, storage_key
    evidence.media_kind, evidence.media_type, evidence.duration_s = media_kind, media_type, duration_s
    evidence.facts, evidence.sealed_at, evidence.second_hash = facts, now(), second_hash
    enqueue_once("shelve", evidence_id=evidence.id)
    _record(
        evidence,
        "item:seal",
        actor,
        sha256=sha256,
        size=size,
        media_type=media_type,
        claimed="agrees" if evidence.claimed_sha256 else "none given",
        duplicate_of=evidence.duplicate_of,
        **({"second_hash": second_hash} if second_hash else {}),
    )
    return evidence


def quarantine(
    evidence: Evidence, *, reason: str, actor: Actor, sha256: str = "", size: int | None = None, storage_key: str = ""
) -> Evidence:
    """What arrived cannot be sealed; it is set aside, with the reason in words, and nothing is made from it."""
    evidence.state = EVIDENCE_MOVES.check(evidence.state, EvidenceState.QUARANTINED)
    evidence.reason, evidence.sha256, evidence.storage_key = reason[:400], sha256, storage_key
    evidence.size = evidence.size if size is None else size
    enqueue_once("shelve", evidence_id=evidence.id)
    _record(
        evidence, "item:quarantine", actor, outcome="refused", sha256=sha256, claimed_sha256=evidence.claimed_sha256
    )
    return evidence


def add_rendition(
    evidence: Evidence,
    *,
    step_id: uuid.UUID | None,
    kind: str,
    media_type: str,
    storage_key: str,
    size: int,
    sha256: str,
    tool: str,
    version: str,
    parameters: dict[str, Any],
    actor: Actor,
) -> Rendition:
    """Notes a working copy made from a sealed original: parent hash, tool, version, parameters, maker (E3).

    The same bytes made again are the same rendition. Conflict when the original is not sealed.
    """
    if evidence.state is not EvidenceState.SEALED:
        raise Conflict("Working copies are made from sealed originals only.")
    again = sa.select(Rendition).where(
        Rendition.evidence_id == evidence.id, Rendition.kind == kind, Rendition.sha256 == sha256
    )
    known = session().scalars(again).first()
    if known is not None:
        _read_back_soon(known.storage_key)
        return known
    made = Rendition(
        id=uuid.uuid4(),
        evidence_id=evidence.id,
        step_id=step_id,
        kind=kind,
        media_type=media_type,
        storage_key=storage_key,
        size=size,
        sha256=sha256,
        parent_sha256=evidence.sha256,
        tool=tool,
        version=version,
        parameters=parameters,
        created_at=now(),
    )
    session().add(made)
    session().flush()
    _record(
        evidence,
        "rendition:derive",
        actor,
        rendition_id=made.id,
        kind=kind,
        sha256=sha256,
        parent_sha256=evidence.sha256,
        tool=tool,
        version=version,
        step_id=step_id,
    )
    return made


def note_access(
    evidence: Evidence, act: str, *, actor: Actor, reason: Reason | None = None, **details: Any
) -> ledger.Entry:
    """Somebody viewed, played or downloaded the item: `act` is item:view, item:play or item:download (E4).

    Whether it was their own work is kept with it, and the reason where one was asked for.
    """
    why = {"reason": reason.code.value, "case": reason.case} if reason else {}
    return _record(evidence, act, actor, assigned=is_assigned(evidence, actor), **why, **details)


def note_first_look(evidence: Evidence, *, actor: Actor, what: str) -> None:
    """One of many small looks: an event unless any look at the item by the same person in this session is on record."""
    if not queries.has_looked(actor, evidence, LOOKING, within=ONE_LOOK):
        note_access(evidence, "item:view", actor=actor, what=what)


def come_back(*, older_than: timedelta) -> int:
    """Asks again for intakes that were asked for and never ended; returns how many. Intake may run twice."""
    limit = now() - older_than
    asked_lately = sa.select(Job.id).where(
        Job.task == "intake",
        Job.created_at > limit,
        Job.arguments["evidence_id"].astext == sa.cast(Evidence.id, sa.Text),
    )
    query = sa.select(Evidence.id).where(
        Evidence.state == EvidenceState.RECEIVED, Evidence.received_at < limit, ~asked_lately.exists()
    )
    forgotten = session().scalars(query.with_for_update(skip_locked=True)).all()
    for evidence_id in forgotten:
        enqueue("intake", queue="default", evidence_id=evidence_id)
    return len(forgotten)


def _first_with(evidence: Evidence, sha256: str) -> uuid.UUID | None:
    """The sealed item of the same incident with the same content. The incident's row is locked, so that of two that
    are sealed at once one is the first."""
    session().execute(sa.select(Incident.id).where(Incident.id == evidence.incident_id).with_for_update())
    query = sa.select(Evidence.id).where(
        Evidence.incident_id == evidence.incident_id,
        Evidence.sha256 == sha256,
        Evidence.id != evidence.id,
        Evidence.state == EvidenceState.SEALED,
        Evidence.duplicate_of.is_(None),
    )
    return session().scalars(query.order_by(Evidence.received_at).limit(1)).one_or_none()


def _read_back_soon(storage_key: str) -> None:
    """It was made anew, perhaps because it was damaged: the next round of fixity looks at it."""
    named = StoredObject.storage_key == storage_key
    session().execute(sa.update(StoredObject).where(named).values(checked_at=None))


def _record(item: Evidence, act: str, actor: Actor, *, outcome: str = "done", **details: Any) -> ledger.Entry:
    return ledger.record(
        f"evidence:{act}",
        actor=actor,
        subject_kind="evidence",
        subject_id=item.id,
        incident_id=item.incident_id,
        outcome=outcome,
        **details,
    )
