"""What machines said, for an actor who may see the evidence: steps, transcripts, tags, mentions.

A reading that is run again keeps the old one's results in place until its own are there: what *stands* is the newest
generation of each step that ended well.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql import distinct_on

from app.accounts.models import Officer
from app.analysis.models import Decision, Mention, Step, StepState, Tag, Transcript
from app.core.actor import Actor
from app.core.db import session
from app.core.errors import NotFound
from app.evidence.models import Evidence
from app.incidents.models import Incident
from app.incidents.queries import visibility

ROAD = ("renditions", "transcribe", "tag_video", "find_entities", "score_language", "draft_report")
Read = TypeVar("Read", Step, Mention, Tag)
_OVER = (StepState.DONE, StepState.FAILED, StepState.SUPERSEDED)


def steps_of(evidence_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Step]]:
    """The steps of several items as they stand, each item's in the order of the road, in one query."""
    query = sa.select(Step).where(Step.evidence_id.in_(evidence_ids), Step.state != StepState.SUPERSEDED)
    found: dict[uuid.UUID, list[Step]] = {item: [] for item in evidence_ids}
    for step in session().scalars(query.order_by(Step.name)):
        found[step.evidence_id].append(step)
    for steps in found.values():
        steps.sort(key=lambda step: ROAD.index(step.name) if step.name in ROAD else len(ROAD))
    return found


def under_way(steps: Collection[Step]) -> bool:
    """Whether any of them is not over yet."""
    return any(step.state not in _OVER for step in steps)


def standing(evidence_ids: Collection[uuid.UUID]) -> sa.Select[uuid.UUID]:
    """The ids of the steps whose results stand: by item and name, the newest generation that ended well."""
    query = sa.select(Step.id).where(
        Step.evidence_id.in_(evidence_ids),
        Step.state.in_((StepState.DONE, StepState.SUPERSEDED)),
        Step.finished_at.is_not(None),
        Step.failure.is_(None),
    )
    newest = query.order_by(Step.evidence_id, Step.name, Step.generation.desc())
    return newest.ext(distinct_on(Step.evidence_id, Step.name))


def items_of(incident_id: uuid.UUID) -> list[Evidence]:
    """Everything an incident holds, with its working copies, in the order it arrived."""
    query = sa.select(Evidence).where(Evidence.incident_id == incident_id).options(orm.joinedload(Evidence.renditions))
    return list(session().scalars(query.order_by(Evidence.received_at, Evidence.id)).unique())


def transcript_of(evidence_id: uuid.UUID) -> Transcript | None:
    """What was heard in one item, its utterances in order; None while nothing stands. One query."""
    query = (
        sa.select(Transcript)
        .where(Transcript.evidence_id == evidence_id, Transcript.step_id.in_(standing([evidence_id])))
        .options(orm.joinedload(Transcript.utterances))
    )
    return session().scalars(query).unique().first()


def standing_tags(evidence_ids: Collection[uuid.UUID]) -> sa.ColumnElement[bool]:
    """The condition of a tag that stands: seen by the newest reading, or decided or added by a person."""
    return sa.and_(
        Tag.carried_to.is_(None), sa.or_(Tag.step_id.in_(standing(evidence_ids)), Tag.decision != Decision.PROPOSED)
    )


def tags_of(evidence_id: uuid.UUID) -> list[Tag]:
    """What was seen in one item, by time; what a person rejected is left out, what a person added is there."""
    query = sa.select(Tag).where(
        Tag.evidence_id == evidence_id, Tag.decision != Decision.REJECTED, standing_tags([evidence_id])
    )
    return list(session().scalars(query.order_by(Tag.start_s, Tag.kind, Tag.label, Tag.id)))


@dataclass(frozen=True, slots=True)
class Found:
    """A mention and, once somebody decided, who."""

    mention: Mention
    decider: str


def mentions_of(evidence_id: uuid.UUID) -> list[Found]:
    """Names, plates, dates … found in one item, by kind and time.

    A person's decision outlives a re-run: a decided mention stays, and stands for the new proposal of the same value.
    """
    query = (
        sa.select(Mention, Officer)
        .outerjoin(Officer, Officer.id == Mention.decided_by)
        .options(orm.lazyload(Officer.unit))  # joined inwards by habit, it would drop what nobody decided
        .where(
            Mention.evidence_id == evidence_id,
            sa.or_(Mention.step_id.in_(standing([evidence_id])), Mention.decision != Decision.PROPOSED),
            Mention.carried_to.is_(None),
        )
        .order_by(Mention.kind, Mention.start_s, Mention.id)
    )
    rows = [Found(mention, officer.label if officer else "") for mention, officer in session().execute(query)]
    decided = {_sameness(row.mention) for row in rows if row.mention.decision is not Decision.PROPOSED}
    return [
        row for row in rows if row.mention.decision is not Decision.PROPOSED or _sameness(row.mention) not in decided
    ]


def _sameness(mention: Mention) -> tuple[str, str, int]:
    return mention.kind, mention.value.casefold(), round(mention.start_s)


def visible_step(actor: Actor, step_id: uuid.UUID) -> tuple[Step, Evidence]:
    """The step and the item it reads. NotFound when it is not there or not theirs to see."""
    return _visible(Step, step_id, actor, "step")


def visible_mention(actor: Actor, mention_id: uuid.UUID) -> tuple[Mention, Evidence]:
    """The mention and the item it was found in. NotFound when it is not there or not theirs to see."""
    return _visible(Mention, mention_id, actor, "finding")


def visible_tag(actor: Actor, tag_id: uuid.UUID) -> tuple[Tag, Evidence]:
    """The tag and its recording. NotFound when it is not there or not theirs to see."""
    return _visible(Tag, tag_id, actor, "tag")


def _visible(kind: type[Read], one: uuid.UUID, actor: Actor, noun: str) -> tuple[Read, Evidence]:
    query = (
        sa.select(kind, Evidence)
        .join(Evidence, Evidence.id == kind.evidence_id)
        .join(Incident, Incident.id == Evidence.incident_id)
        .where(kind.id == one, visibility(actor))
    )
    row = session().execute(query).first()
    if row is None:
        raise NotFound(f"There is no such {noun}, or it is not one of yours.")
    return row[0], row[1]
