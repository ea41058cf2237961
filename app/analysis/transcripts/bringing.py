"""Whole sets of lines brought into a transcript: an earlier version put back, corrections of an earlier reading."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.analysis.models import Transcript, Utterance
from app.analysis.transcripts import reads, versions
from app.analysis.transcripts.models import TranscriptVersion, VersionKind
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Conflict
from app.evidence.models import Evidence

Row = Mapping[str, Any]
_KEPT = (
    "start_s",
    "end_s",
    "text",
    "words",
    "confidence",
    "speaker",
    "role",
    "speaker_confidence",
    "channel",
    "redactions",
)


def bring(
    transcript: Transcript, number: int, kind: VersionKind, actor: Actor, *, of: Transcript | None = None, **given: Any
) -> TranscriptVersion:
    """The lines of version `number` of `of` (or of this transcript) as a new version here, in place of all that stood."""
    lines = reads.as_of(of or transcript, number)
    version = versions.begin(transcript, kind, actor, replaces=True, **given)
    replace(version, [{name: getattr(line, name) for name in _KEPT} for line in lines])
    return version


def replace(version: TranscriptVersion, rows: Sequence[Row]) -> None:
    """Lines that came with `version` stand alone from now on; each row names the columns of an utterance."""
    standing = sa.update(Utterance).where(Utterance.transcript_id == version.transcript_id, Utterance.gone.is_(False))
    session().execute(standing.values(gone=True))
    if rows:
        born = [
            {
                "id": uuid.uuid4(),
                "transcript_id": version.transcript_id,
                "position": position,
                "born": version.number or 1,
                "redactions": [],
                **row,
            }
            for position, row in enumerate(rows)
        ]
        session().execute(sa.insert(Utterance), born)
    session().expire_all()


def carry(transcript: Transcript, earlier: Transcript, item: Evidence, *, actor: Actor) -> TranscriptVersion:
    """Takes over what people corrected in an earlier reading of the same recording, as a version of the present one."""
    versions.open_for(transcript, item, actor)
    if earlier.evidence_id != transcript.evidence_id or earlier.id == transcript.id:
        raise Conflict("These corrections belong to another recording.")
    number = versions.latest_number(earlier)
    if number == 1:
        raise Conflict("Nobody corrected that reading.")
    versions.close_sittings(transcript, actor.id)
    source = {"transcript": str(earlier.id), "number": number}
    version = bring(transcript, number, VersionKind.CARRIED, actor, of=earlier, source=source)
    versions.record(
        "carry", transcript, item, actor, version=version.number, earlier=earlier.id, earlier_version=number
    )
    return version
