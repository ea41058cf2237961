"""Keeping versions: every change of a line is kept with what stood before, under a number, by a person."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import insert

from app.analysis import queries
from app.analysis.models import Transcript, Utterance
from app.analysis.transcripts.models import Part, Revision, TranscriptVersion, VersionKind
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict
from app.core.outbox import enqueue_once
from app.evidence.models import Evidence, EvidenceState

FIELDS = {
    Part.WORDS: ("text", "words", "confidence", "start_s", "end_s"),
    Part.SPEAKER: ("speaker", "role", "speaker_confidence"),
    Part.REDACTED: ("redactions",),
    Part.STANDS: ("gone",),
}
Change = tuple[Utterance, Mapping[str, Any]]


class Changed(Conflict):
    """Somebody saved this line in the meantime: `utterance` is what stands, and nothing was overwritten."""

    def __init__(self, utterance: Utterance) -> None:
        super().__init__(
            "Somebody changed this line in the meantime.", field="text", remedy="Both texts are shown: choose one."
        )
        self.utterance = utterance


def open_for(transcript: Transcript, item: Evidence, actor: Actor) -> None:
    """Locks the transcript for a change by a person. Conflict where the recording is gone, or a newer reading stands and
    the person had not begun before it came; who had goes on, and their work is kept and offered."""
    person = actor.id
    session().execute(sa.select(Transcript.id).where(Transcript.id == transcript.id).with_for_update())
    if item.state is not EvidenceState.SEALED:
        raise Conflict("This recording is not there any more: its transcript stays as it is.")
    if not stands(transcript) and _sitting(transcript, person) is None:
        raise Conflict(
            "A newer reading has taken the place of this transcript.",
            remedy="Load the page again. What was corrected before is kept, and can be taken over there.",
        )


def stands(transcript: Transcript) -> bool:
    """Whether no newer reading has taken its place."""
    return transcript.step_id in session().scalars(queries.standing([transcript.evidence_id])).all()


def begin(
    transcript: Transcript, kind: VersionKind, actor: Actor, *, open_ended: bool = False, **given: Any
) -> TranscriptVersion:
    """A new version with the next number. With the first comes the row of the machine's own, number 1."""
    latest = latest_number(transcript)
    moment = now()
    if session().scalar(sa.select(TranscriptVersion.id).where(_numbered(transcript, 1))) is None:
        session().add(
            TranscriptVersion(
                id=uuid.uuid4(),
                transcript_id=transcript.id,
                number=1,
                kind=VersionKind.MACHINE,
                made_at=transcript.created_at,
                closed_at=transcript.created_at,
            )
        )
    version = TranscriptVersion(
        id=uuid.uuid4(),
        transcript_id=transcript.id,
        number=latest + 1,
        kind=kind,
        made_by=actor.id,
        made_at=moment,
        closed_at=None if open_ended else moment,
        **given,
    )
    session().add(version)
    session().flush()
    return version


def sitting(transcript: Transcript, actor: Actor, *lines: Utterance) -> TranscriptVersion:
    """The version the actor's saves go into: their open one, unless somebody else's is later on one of these lines."""
    mine = _sitting(transcript, actor.id)
    if mine is not None and not _later(mine, lines):
        return mine
    if mine is not None:
        mine.closed_at = now()
    return begin(transcript, VersionKind.CORRECTION, actor, open_ended=True)


def put(version: TranscriptVersion, part: Part, changes: Sequence[Change]) -> None:
    """Changes one part of these lines. What stood is kept first, what stands now goes into `version`."""
    if not changes:
        return
    moment = now()
    _keep_what_stood(version, part, [line for line, _ in changes])
    for line, values in changes:
        for name, value in values.items():
            setattr(line, name, value)
        line.edition += 1
    session().flush()
    rows = [_row(line, version.id, part) | {"at": moment} for line, _ in changes]
    query = insert(Revision)
    again = {"content": query.excluded.content, "at": query.excluded.at}
    session().execute(
        query.on_conflict_do_update(index_elements=["utterance_id", "part", "version_id"], set_=again), rows
    )


def same_edition(line: Utterance, edition: int) -> None:
    """Changed, when somebody saved the line since `edition`. The row is read afresh: the transcript is locked."""
    session().refresh(line)
    if line.gone:
        raise Conflict(
            "This line is not in the transcript any more.", remedy="Copy your words, then load the page again."
        )
    if line.edition != edition:
        raise Changed(line)


def latest_number(transcript: Transcript) -> int:
    """The number of the newest version; 1 while only the machine has spoken."""
    query = sa.select(sa.func.max(TranscriptVersion.number)).where(TranscriptVersion.transcript_id == transcript.id)
    return session().scalar(query) or 1


def replaced_since(transcript: Transcript, number: int) -> bool:
    """Whether a later version took the place of everything."""
    query = sa.select(TranscriptVersion.id).where(
        TranscriptVersion.transcript_id == transcript.id, TranscriptVersion.number > number, TranscriptVersion.replaces
    )
    return session().scalar(sa.select(query.exists())) or False


def close_sittings(transcript: Transcript, officer_id: uuid.UUID) -> None:
    """The officer's open correction is a closed version from now on."""
    session().execute(sa.update(TranscriptVersion).where(_open(transcript, officer_id)).values(closed_at=now()))


def record(act: str, transcript: Transcript, item: Evidence, actor: Actor, **details: Any) -> None:
    """The event of an act on a transcript: ids, hashes, numbers and codes only."""
    ledger.record(
        f"analysis:transcript:{act}",
        actor=actor,
        subject_kind="evidence",
        subject_id=item.id,
        incident_id=item.incident_id,
        transcript=transcript.id,
        **details,
    )
    enqueue_once("gather_moments", evidence_id=item.id)


def content_of(line: Utterance, part: Part) -> dict[str, Any]:
    """One part of a line as it stands."""
    return {name: getattr(line, name) for name in FIELDS[part]}


def _keep_what_stood(version: TranscriptVersion, part: Part, lines: Sequence[Utterance]) -> None:
    query = sa.select(Revision.utterance_id).where(
        Revision.part == part, Revision.utterance_id.in_([line.id for line in lines])
    )
    kept = set(session().scalars(query))
    first = [line for line in lines if line.id not in kept and line.born != version.number]
    if not first:
        return
    born = sa.select(TranscriptVersion.number, TranscriptVersion.id, TranscriptVersion.made_at).where(
        TranscriptVersion.transcript_id == version.transcript_id,
        TranscriptVersion.number.in_({line.born for line in first}),
    )
    births = {number: (one, at) for number, one, at in session().execute(born)}
    rows = [_row(line, births[line.born][0], part) | {"at": births[line.born][1]} for line in first]
    session().execute(sa.insert(Revision), rows)


def _row(line: Utterance, version_id: uuid.UUID, part: Part) -> dict[str, Any]:
    return {
        "id": uuid.uuid4(),
        "utterance_id": line.id,
        "version_id": version_id,
        "part": part,
        "content": content_of(line, part),
    }


def _numbered(transcript: Transcript, number: int) -> sa.ColumnElement[bool]:
    return sa.and_(TranscriptVersion.transcript_id == transcript.id, TranscriptVersion.number == number)


def _open(transcript: Transcript, officer_id: uuid.UUID) -> sa.ColumnElement[bool]:
    return sa.and_(
        TranscriptVersion.transcript_id == transcript.id,
        TranscriptVersion.kind == VersionKind.CORRECTION,
        TranscriptVersion.made_by == officer_id,
        TranscriptVersion.closed_at.is_(None),
    )


def _sitting(transcript: Transcript, officer_id: uuid.UUID) -> TranscriptVersion | None:
    query = sa.select(TranscriptVersion).where(_open(transcript, officer_id)).options(orm.lazyload("*"))
    return session().scalars(query.order_by(TranscriptVersion.number.desc())).first()


def _later(mine: TranscriptVersion, lines: Sequence[Utterance]) -> bool:
    """Whether a version after mine has touched one of these lines, or replaced everything."""
    after = sa.and_(TranscriptVersion.transcript_id == mine.transcript_id, TranscriptVersion.number > mine.number)
    replaced = sa.select(TranscriptVersion.id).where(after, TranscriptVersion.replaces)
    touched = (
        sa.select(Revision.id)
        .join(TranscriptVersion, TranscriptVersion.id == Revision.version_id)
        .where(after, Revision.utterance_id.in_([line.id for line in lines]))
    )
    born = any(line.born > (mine.number or 0) for line in lines)
    return born or bool(session().scalar(sa.select(sa.or_(replaced.exists(), touched.exists()))))
