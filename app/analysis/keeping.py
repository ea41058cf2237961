"""What machines said of an item goes with it; while they are still reading its incident, it stays."""

import uuid
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from app.analysis import chunks
from app.analysis.mentions.models import MentionGroup, MentionMember
from app.analysis.models import HeardChunk, Mention, SeenChunk, Step, StepState, Tag, Transcript, Utterance
from app.analysis.transcripts.models import Revision, TranscriptVersion
from app.core.db import session
from app.evidence.models import Evidence
from app.evidence.retention.keeping import Room
from app.evidence.retention.rules import Reason

_UNDER_WAY = (StepState.WAITING, StepState.QUEUED, StepState.RUNNING)
_READ = Reason("being_read", "A machine is still reading this incident.")


def keeps(ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Reason]]:
    """An unfinished step of any item of the incident: a draft under way may be about to cite this one."""
    other = sa.orm.aliased(Evidence)
    query = (
        sa.select(Evidence.id)
        .join(other, other.incident_id == Evidence.incident_id)
        .join(Step, Step.evidence_id == other.id)
        .where(Evidence.id.in_(ids), Step.state.in_(_UNDER_WAY))
        .distinct()
    )
    return dict.fromkeys(session().scalars(query), (_READ,))


def removes(evidence_id: uuid.UUID) -> Mapping[str, int]:
    """Transcripts with all their versions, what was found in them and groups of nothing else, what was seen. The steps
    stay: they say which machine read it and when."""
    transcripts = sa.select(Transcript.id).where(Transcript.evidence_id == evidence_id)
    said = sa.select(Utterance.id).where(Utterance.transcript_id.in_(transcripts))
    versions = TranscriptVersion.transcript_id.in_(transcripts)
    deletions = {
        "mentions": sa.delete(Mention).where(Mention.evidence_id == evidence_id).returning(Mention.id),
        "tags": sa.delete(Tag).where(Tag.evidence_id == evidence_id).returning(Tag.id),
        "revisions": sa.delete(Revision).where(Revision.utterance_id.in_(said)).returning(Revision.id),
        "versions": sa.delete(TranscriptVersion).where(versions).returning(TranscriptVersion.id),
        "utterances": sa.delete(Utterance).where(Utterance.transcript_id.in_(transcripts)).returning(Utterance.id),
        "transcripts": sa.delete(Transcript).where(Transcript.evidence_id == evidence_id).returning(Transcript.id),
    }
    gone = {name: len(session().scalars(deletion).all()) for name, deletion in deletions.items()}
    incident = sa.select(Evidence.incident_id).where(Evidence.id == evidence_id).scalar_subquery()
    empty = ~sa.exists().where(MentionMember.group_id == MentionGroup.id)
    session().execute(sa.delete(MentionGroup).where(MentionGroup.incident_id == incident, empty))
    return {**gone, "chunks": chunks.forget_chunks(evidence_id, kinds=(HeardChunk, SeenChunk))}


ROOM = Room("analysis", keeps, removes)
