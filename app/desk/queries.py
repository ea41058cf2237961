"""What the desk shows beside the rooms' own reads: a glance at each incident of the list, and the custody trail."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.actor import Actor
from app.core.db import session
from app.core.ledger import Event
from app.core.permissions import Permission
from app.evidence.models import Evidence, EvidenceState
from app.reports import queries as reports
from app.reports.models import Draft, Report, ReportState, Review, Sentence, Version


@dataclass(frozen=True, slots=True)
class Glance:
    """One line of the list: how many items, how many of them in quarantine, and how far the report is."""

    items: int = 0
    quarantined: int = 0
    report: ReportState | None = None


def glances(incident_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Glance]:
    """A glance at each incident, in two queries however many there are."""
    held = sa.func.count().filter(Evidence.state == EvidenceState.QUARANTINED)
    items = (
        sa.select(Evidence.incident_id, sa.func.count(), held)
        .where(Evidence.incident_id.in_(incident_ids))
        .group_by(Evidence.incident_id)
    )
    counted = {row[0]: (row[1], row[2]) for row in session().execute(items)}
    first = sa.and_(Report.incident_id.in_(incident_ids), Report.supplements_id.is_(None))
    states = sa.select(Report.incident_id, Report.state).where(first)
    reported = {row[0]: row[1] for row in session().execute(states)}
    return {one: Glance(*counted.get(one, (0, 0)), report=reported.get(one)) for one in incident_ids}


def items(incident_id: uuid.UUID) -> list[Evidence]:
    """Everything the incident holds, with sender and working copies, in the order it was recorded; one query."""
    moment = sa.func.coalesce(Evidence.recorded_at, Evidence.received_at)
    query = (
        sa.select(Evidence)
        .where(Evidence.incident_id == incident_id)
        .options(orm.joinedload(Evidence.officer), orm.joinedload(Evidence.renditions))
        .order_by(moment, Evidence.id)
    )
    return list(session().scalars(query).unique())


def report_of(actor: Actor, incident_id: uuid.UUID) -> Report | None:
    """The incident's report, when there is one the actor may see, with everything its column shows.

    The same as `reports.queries.of_incident`, in two queries where that takes six: this page has fifteen.
    """
    text = (orm.joinedload(Report.author), orm.joinedload(Report.sentences).joinedload(Sentence.sources))
    first = reports.visible(actor).where(Report.incident_id == incident_id, Report.supplements_id.is_(None))
    found = session().scalars(first.options(*text)).unique().one_or_none()
    if found is not None:
        course = (
            orm.joinedload(Report.drafts).load_only(Draft.number, Draft.created_at, Draft.report_id),
            orm.joinedload(Report.versions).load_only(Version.number, Version.state, Version.report_id),
            orm.joinedload(Report.reviews).joinedload(Review.reviewer),
        )
        session().scalars(sa.select(Report).where(Report.id == found.id).options(*course)).unique().one()
    return found


def trail(actor: Actor, incident_id: uuid.UUID, limit: int = 50) -> list[Event]:
    """The latest custody events of an incident and everything in it, newest first.

    What early warning did with a recording is between the officer and internal affairs (W5): others are not shown it.
    """
    query = sa.select(Event).where(Event.incident_id == incident_id)
    if not actor.may(Permission.WARNING_READ):
        query = query.where(Event.act.not_like("earlywarning:%"))
    return list(session().scalars(query.order_by(Event.seq.desc()).limit(limit)))
