"""Transcripts for an actor: what stands, what stood at any version, who changed what, and where words were spoken."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import distinct_on

from app.analysis import queries
from app.analysis.models import Step, Transcript, Utterance
from app.analysis.transcripts.models import Part, Revision, TranscriptVersion, VersionKind
from app.analysis.transcripts.words import DOUBT, as_written
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import NotFound
from app.evidence.models import Evidence
from app.incidents.models import Incident
from app.incidents.queries import visibility

PAGE = 200
_ORDER = (Utterance.position, Utterance.start_s, Utterance.id)


@dataclass(slots=True)
class Line:
    """One utterance as it stood at some version."""

    id: uuid.UUID
    position: int
    start_s: float
    end_s: float
    text: str
    words: list[Any]
    confidence: float
    speaker: str
    role: str
    speaker_confidence: float
    redactions: list[Any]
    channel: int | None = None
    edition: int = 1
    gone: bool = False

    @property
    def written(self) -> Sequence[list[Any]]:
        """As of Utterance."""
        return as_written(self.text, self.words)


@dataclass(frozen=True, slots=True)
class Doubt:
    """How sure a transcript is: its words, how many the machine doubts, how many a person wrote or checked."""

    words: int = 0
    doubted: int = 0
    checked: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: the name they go by here, their role, and how much they say."""

    name: str
    role: str
    lines: int
    seconds: float
    first_s: float
    confidence: float
    roles: int


def bare(evidence_id: uuid.UUID) -> Transcript | None:
    """The standing transcript of an item without its lines; None while nothing stands."""
    query = (
        sa.select(Transcript)
        .where(Transcript.evidence_id == evidence_id, Transcript.step_id.in_(queries.standing([evidence_id])))
        .options(orm.lazyload(Transcript.utterances))
    )
    return session().scalars(query).first()


def lines(transcript: Transcript, *, offset: int = 0, limit: int | None = PAGE) -> list[Utterance]:
    """What stands, in order."""
    query = sa.select(Utterance).where(_standing(transcript)).order_by(*_ORDER).offset(offset)
    return list(session().scalars(query.limit(limit)))


def place_of(transcript: Transcript, second: float) -> int:
    """How many standing lines begin before this second: the place of what is said there."""
    query = sa.select(sa.func.count()).select_from(Utterance)
    return session().scalar(query.where(_standing(transcript), Utterance.start_s < second)) or 0


def as_of(transcript: Transcript, number: int) -> list[Line]:
    """What stood at version `number`, in order. Two queries, however many versions there are."""
    base = (
        sa.select(sa.func.coalesce(sa.func.max(TranscriptVersion.number), 1))
        .where(TranscriptVersion.transcript_id == transcript.id, TranscriptVersion.replaces)
        .where(TranscriptVersion.number <= number)
    )
    rows = (
        session()
        .execute(
            sa.select(*(getattr(Utterance, name) for name in Line.__dataclass_fields__))
            .where(Utterance.transcript_id == transcript.id, Utterance.born <= number)
            .where(Utterance.born >= base.scalar_subquery())
            .order_by(*_ORDER)
        )
        .mappings()
    )
    found = {row["id"]: Line(**row) for row in rows}
    for line in found.values():
        line.gone = False  # whether it stood then is only in its revisions
    kept = (
        sa.select(Revision.utterance_id, Revision.part, Revision.content)
        .join(TranscriptVersion, TranscriptVersion.id == Revision.version_id)
        .where(TranscriptVersion.transcript_id == transcript.id, TranscriptVersion.number <= number)
        .order_by(Revision.utterance_id, Revision.part, TranscriptVersion.number.desc())
    )
    for utterance_id, _, content in session().execute(kept.ext(distinct_on(Revision.utterance_id, Revision.part))):
        if utterance_id in found:
            for name, value in content.items():
                setattr(found[utterance_id], name, value)
    standing = [line for line in found.values() if not line.gone]
    return sorted(standing, key=lambda line: (line.position, line.start_s, str(line.id)))


def versions_of(transcript: Transcript) -> list[TranscriptVersion]:
    """Every numbered version, oldest first; the machine's too, which has a row only once a person changed something."""
    query = (
        sa.select(TranscriptVersion)
        .where(TranscriptVersion.transcript_id == transcript.id, TranscriptVersion.number.is_not(None))
        .options(orm.joinedload(TranscriptVersion.maker), orm.defer(TranscriptVersion.waiting))
        .order_by(TranscriptVersion.number)
    )
    found = list(session().scalars(query))
    if found:
        return found
    machine = TranscriptVersion(
        transcript_id=transcript.id,
        number=1,
        kind=VersionKind.MACHINE,
        made_at=transcript.created_at,
        closed_at=transcript.created_at,
        replaces=False,
        source={},
    )
    return [machine]


def changed_lines(transcript: Transcript) -> dict[int, int]:
    """How many lines each version changed, by its number."""
    query = (
        sa.select(TranscriptVersion.number, sa.func.count(Revision.utterance_id.distinct()))
        .join(Revision, Revision.version_id == TranscriptVersion.id)
        .where(TranscriptVersion.transcript_id == transcript.id, TranscriptVersion.number > 1)
        .group_by(TranscriptVersion.number)
    )
    return {number: count for number, count in session().execute(query) if number is not None}


def latest(transcript: Transcript) -> TranscriptVersion:
    """The newest version: what stands."""
    return versions_of(transcript)[-1]


def doubt(transcript: Transcript) -> Doubt:
    """How many words stand, and how many of them are doubted; counted in the database."""
    word = sa.func.jsonb_array_elements(Utterance.words).table_valued("value").lateral("word")
    sure = sa.cast(word.c.value.op("->>")(3), sa.Float)
    spoken = (
        sa.select(sa.func.count(), sa.func.count().filter(sure < DOUBT), sa.func.count().filter(sure.is_(None)))
        .select_from(Utterance)
        .join(word, sa.true())
        .where(_standing(transcript))
    )
    counted = session().scalar(sa.select(sa.func.count()).select_from(Utterance).where(_standing(transcript)))
    return Doubt(*session().execute(spoken).one(), lines=counted or 0)


def speakers(transcript: Transcript) -> list[Speaker]:
    """Who speaks, the one heard first first."""
    role = sa.func.mode().within_group(Utterance.role)
    query = (
        sa.select(
            Utterance.speaker,
            role,
            sa.func.count(),
            sa.func.sum(Utterance.end_s - Utterance.start_s),
            sa.func.min(Utterance.start_s),
            sa.func.avg(Utterance.speaker_confidence),
            sa.func.count(Utterance.role.distinct()),
        )
        .where(_standing(transcript))
        .group_by(Utterance.speaker)
        .order_by(sa.func.min(Utterance.start_s))
    )
    return [Speaker(*row) for row in session().execute(query)]


def visible_line(actor: Actor, utterance_id: uuid.UUID) -> tuple[Utterance, Transcript, Evidence]:
    """A line, its transcript and its recording. NotFound when it is not there or not theirs to see."""
    query = (
        sa.select(Utterance, Transcript, Evidence)
        .join(Transcript, Transcript.id == Utterance.transcript_id)
        .join(Evidence, Evidence.id == Transcript.evidence_id)
        .join(Incident, Incident.id == Evidence.incident_id)
        .where(Utterance.id == utterance_id, visibility(actor))
        .options(orm.lazyload(Transcript.utterances))
    )
    row = session().execute(query).first()
    if row is None:
        raise NotFound("There are no such words, or they are not in one of your incidents.")
    return row[0], row[1], row[2]


def earlier_work(transcript: Transcript) -> list[tuple[Transcript, int]]:
    """Earlier readings of the same recording that people corrected and nobody took over yet, with their last version."""
    newest = sa.func.max(TranscriptVersion.number)
    query = (
        sa.select(Transcript, newest)
        .join(TranscriptVersion, TranscriptVersion.transcript_id == Transcript.id)
        .where(Transcript.evidence_id == transcript.evidence_id, Transcript.id != transcript.id)
        .where(Transcript.created_at < transcript.created_at)
        .group_by(Transcript.id)
        .having(newest > 1)
        .order_by(Transcript.created_at.desc())
        .options(orm.lazyload(Transcript.utterances))
    )
    carried = {
        (one.source.get("transcript"), one.source.get("number"))
        for one in versions_of(transcript)
        if one.kind is VersionKind.CARRIED
    }
    rows = [(row[0], row[1] or 1) for row in session().execute(query)]
    return [(one, number) for one, number in rows if (str(one.id), number) not in carried]


def version_of(transcript: Transcript, number: int) -> TranscriptVersion:
    """A version by its number. NotFound when there is none."""
    for one in versions_of(transcript):
        if one.number == number:
            return one
    raise NotFound("There is no such version of this transcript.")


def transcript_of(evidence_id: uuid.UUID, transcript_id: uuid.UUID) -> Transcript:
    """A transcript of this recording, standing or not. NotFound when it is another's."""
    query = sa.select(Transcript).where(Transcript.id == transcript_id, Transcript.evidence_id == evidence_id)
    found = session().scalars(query.options(orm.lazyload(Transcript.utterances))).one_or_none()
    if found is None:
        raise NotFound("There is no such transcript of this recording.")
    return found


def generation(transcript: Transcript) -> int:
    """Which reading of the recording it is, from 1."""
    return session().scalar(sa.select(Step.generation).where(Step.id == transcript.step_id)) or 1


def redacted(found: Sequence[Utterance | Line]) -> int:
    """How many marks there are to leave something out."""
    return sum(len(line.redactions) for line in found)


def has_part(part: Part, version: TranscriptVersion) -> bool:
    """Whether a version changed this part of any line."""
    query = sa.select(Revision.id).where(Revision.version_id == version.id, Revision.part == part)
    return session().scalar(sa.select(query.exists())) or False


def _standing(transcript: Transcript) -> sa.ColumnElement[bool]:
    return sa.and_(Utterance.transcript_id == transcript.id, Utterance.gone.is_(False))
