"""Evidence and uploads as an actor may see them. Evidence is seen by who sees its incident, an upload by its sender."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, NotFound
from app.core.ledger import Event
from app.core.permissions import Permission
from app.core.phrases import N_, phrase
from app.evidence.landing import Gone
from app.evidence.models import Evidence, EvidenceState, Rendition, Upload, UploadPart, UploadState
from app.incidents.models import Incident
from app.incidents.queries import visibility


def visible_evidence(actor: Actor, evidence_id: uuid.UUID) -> Evidence:
    """One item with its incident, officer and renditions. NotFound when it is not there or not theirs to see."""
    query = _whole().where(Evidence.id == evidence_id, visibility(actor))
    found = session().scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such item, or it is not in one of your incidents."))
    return found


def of_incident(incident_id: uuid.UUID) -> list[Evidence]:
    """An incident's items in the order they were recorded (received, where that is unknown), two queries in all.

    Asks nobody: the caller has shown that the incident may be seen.
    """
    moment = sa.func.coalesce(Evidence.recorded_at, Evidence.received_at)
    query = _whole().where(Evidence.incident_id == incident_id).order_by(moment, Evidence.id)
    return list(session().scalars(query))


def awaiting_intake(actor: Actor, limit: int = 50) -> list[Evidence]:
    """Items that arrived and are not sealed yet, newest first."""
    return _in_state(actor, EvidenceState.RECEIVED, limit)


def quarantined(actor: Actor, limit: int = 50) -> list[Evidence]:
    """Items that could not be sealed, newest first."""
    return _in_state(actor, EvidenceState.QUARANTINED, limit)


def unfinished_uploads(actor: Actor) -> list[Upload]:
    """The actor's own uploads that still wait for bytes, newest first."""
    query = sa.select(Upload).where(
        Upload.officer_id == actor.officer_id, Upload.state == UploadState.OPEN, Upload.expires_at > now()
    )
    return list(session().scalars(query.order_by(Upload.created_at.desc())))


def own_upload(actor: Actor, upload_id: uuid.UUID, *, over_too: bool = False, joined_too: bool = False) -> Upload:
    """The actor's own upload, read afresh. NotFound when it is not theirs; Gone when it was given up or ran out of
    time, unless `over_too`, or was joined into another, unless `joined_too`."""
    query = sa.select(Upload).where(Upload.id == upload_id, Upload.officer_id == actor.officer_id)
    found = session().scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if found is None or actor.officer_id is None:
        raise NotFound(N_("There is no such upload, or it is not yours."))
    if over_too:
        return found
    if found.state is UploadState.JOINED and not joined_too:
        raise Gone(phrase("Upload %(id)s was joined into another.", id=found.id), remedy=N_("Ask about that one."))
    if found.state is UploadState.TERMINATED or (found.state is UploadState.OPEN and found.expires_at <= now()):
        raise Gone(phrase("Upload %(id)s is over.", id=found.id), remedy=N_("Send the file again from the start."))
    return found


def opened_before(actor: Actor, key: str, incident_id: uuid.UUID | None, length: int | None) -> Upload | None:
    """The upload that the actor's phone asked for before under this `key`, whose answer it may have lost; None without.

    Conflict when it was for another incident or of another length. What was given up or ran out does not count.
    """
    mine = sa.select(Upload).where(Upload.officer_id == actor.officer_id, Upload.phone_key == key)
    unfinished = sa.and_(Upload.state == UploadState.OPEN, Upload.expires_at > now())
    alive = sa.or_(Upload.state == UploadState.RECEIVED, unfinished)
    found = session().scalars(mine.where(alive)).one_or_none() if key else None
    if found is not None and (found.incident_id, found.length) != (incident_id, length):
        raise Conflict(
            N_("Another file was sent under this phone_key."), field="phone_key", remedy=N_("Give each file its own.")
        )
    return found


def joined_before(actor: Actor, parts: Sequence[uuid.UUID]) -> Upload | None:
    """The upload that the actor joined from exactly these parts, in this order; None when there is none yet."""
    query = sa.select(Upload).where(
        Upload.officer_id == actor.officer_id,
        Upload.part == UploadPart.JOINED,
        Upload.parts == [str(one) for one in parts],
    )
    return session().scalars(query).first()


def arrived(upload: Upload) -> Evidence | None:
    """What became of an upload whose last byte is here; None before."""
    query = sa.select(Evidence).where(Evidence.upload_id == upload.id)
    return session().scalars(query, execution_options={"populate_existing": True}).one_or_none()


def rendition(evidence: Evidence, kind: str) -> Rendition | None:
    """The newest working copy of that kind."""
    return next((made for made in reversed(evidence.renditions) if made.kind == kind), None)


def has_looked(actor: Actor, evidence: Evidence, acts: tuple[str, ...], *, within: timedelta) -> bool:
    """Whether the actor, in this session, left one of these events on the item lately."""
    query = sa.select(Event.seq).where(
        Event.subject_kind == "evidence",
        Event.subject_id == str(evidence.id),
        Event.actor_id == actor.officer_id,
        Event.session_id == actor.session_id,
        Event.act.in_(acts),
        Event.at > now() - within,
    )
    return session().scalar(sa.select(query.exists())) or False


def latest_events(actor: Actor, evidence: Evidence, limit: int) -> list[Event]:
    """What was done with the item last, newest first; what early warning did only for whom it concerns (W5)."""
    query = sa.select(Event).where(Event.subject_kind == "evidence", Event.subject_id == str(evidence.id))
    if not actor.may(Permission.WARNING_READ):
        query = query.where(Event.act.not_like("earlywarning:%"))
    return list(session().scalars(query.order_by(Event.seq.desc()).limit(limit)))


def sealed_of(actor: Actor, incident_id: uuid.UUID) -> list[Evidence]:
    """An incident's sealed items that the actor may see, in the order they arrived: what can be exported."""
    query = _whole().where(
        Evidence.incident_id == incident_id, Evidence.state == EvidenceState.SEALED, visibility(actor)
    )
    return list(session().scalars(query.order_by(Evidence.received_at, Evidence.id)))


def _whole() -> sa.Select[Evidence]:
    return (
        sa.select(Evidence)
        .join(Evidence.incident)
        .options(
            orm.contains_eager(Evidence.incident).joinedload(Incident.unit),
            orm.joinedload(Evidence.officer),
            orm.selectinload(Evidence.renditions),
        )
    )


def _in_state(actor: Actor, state: EvidenceState, limit: int) -> list[Evidence]:
    query = _whole().where(Evidence.state == state, visibility(actor)).order_by(Evidence.received_at.desc())
    return list(session().scalars(query.limit(limit)))
