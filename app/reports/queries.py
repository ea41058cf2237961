"""Reports as an actor may see them: through the incident, and drafts only where they are work in hand."""

import enum
import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.actor import Actor
from app.core.db import session
from app.core.errors import NotFound
from app.core.permissions import Permission, Role
from app.incidents.models import Incident
from app.incidents.queries import visibility
from app.reports.authorship import machine_share
from app.reports.models import Authorship, Draft, Report, ReportState, Review, Sentence, Signature, Version
from app.reports.review import doubtful

PAGE = 50


class Shelf(enum.StrEnum):
    """Which reports a list shows."""

    WAITING = "waiting"
    ALL = "all"


def visible(actor: Actor) -> sa.Select[Report]:
    """The reports `actor` may see: those of incidents they may see. Unsubmitted drafts only for those who work on the
    incident: a draft is not an officer's statement (A7)."""
    query = sa.select(Report).join(Incident, Incident.id == Report.incident_id).where(visibility(actor))
    if not actor.may(Permission.REPORT_READ):
        return query.where(sa.false())
    if actor.role in (Role.OFFICER, Role.SUPERVISOR):
        return query
    return query.where(Report.submitted_at.is_not(None))


def visible_report(actor: Actor, report_id: uuid.UUID) -> Report:
    """One report with everything its page shows; NotFound when it is not there or not theirs to see."""
    return _found(visible(actor).where(Report.id == report_id))


def whole_report(report_id: uuid.UUID) -> Report:
    """The same for the back room. Asks nobody: whoever asked for the work has shown that they may see it."""
    query = sa.select(Report).join(Incident, Incident.id == Report.incident_id)
    return _found(query.where(Report.id == report_id))


def of_incident(actor: Actor, incident_id: uuid.UUID) -> Report | None:
    """The incident's report, when there is one the actor may see."""
    query = visible(actor).where(Report.incident_id == incident_id).options(*_whole())
    return session().scalars(query.execution_options(populate_existing=True)).unique().one_or_none()


def visible_sentence(actor: Actor, sentence_id: uuid.UUID) -> tuple[Sentence, Report]:
    """A standing sentence and its report."""
    sentence = session().get(Sentence, sentence_id)
    if sentence is None or sentence.removed_at is not None:
        raise NotFound("There is no such sentence, or it was removed.")
    return sentence, visible_report(actor, sentence.report_id)


def draft(report: Report, number: int) -> Draft:
    """One of a report's drafts."""
    found = (
        session().scalars(sa.select(Draft).where(Draft.report_id == report.id, Draft.number == number)).one_or_none()
    )
    if found is None:
        raise NotFound("There is no such draft.")
    return found


def version(report: Report, number: int) -> Version:
    """One of a report's frozen versions."""
    found = (
        session()
        .scalars(sa.select(Version).where(Version.report_id == report.id, Version.number == number))
        .one_or_none()
    )
    if found is None:
        raise NotFound("There is no such version.")
    return found


def signature_of(found: Version) -> Signature | None:
    """The signature on a version, or the newest one before it: an approved or filed version rests on the submitted."""
    query = (
        sa.select(Signature)
        .join(Version, Version.id == Signature.version_id)
        .where(Signature.report_id == found.report_id, Version.number <= found.number)
        .options(orm.joinedload(Signature.officer))
        .order_by(Version.number.desc())
        .limit(1)
    )
    return session().scalars(query).one_or_none()


@dataclass(frozen=True, slots=True)
class Row:
    """A report in a list, with what a supervisor looks for first."""

    report: Report
    share: float
    doubtful: int
    gaps: int
    returned: int


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """What the list is narrowed to."""

    shelf: Shelf = Shelf.WAITING
    state: ReportState | None = None
    ai: bool | None = None
    before: datetime | None = None


def rows(actor: Actor, wanted: ReportFilter) -> list[Row]:
    """Reports the actor may see, the longest waiting first on the waiting shelf, else the newest first."""
    query = visible(actor)
    if wanted.shelf is Shelf.WAITING:
        query = query.where(_waits_for(actor)).order_by(Report.state.desc(), Report.changed_at)
    else:
        query = query.order_by(Report.changed_at.desc())
        if wanted.before:
            query = query.where(Report.changed_at < wanted.before)
    if wanted.state:
        query = query.where(Report.state == wanted.state)
    if wanted.ai is not None:
        query = query.where(with_ai_text() if wanted.ai else ~with_ai_text())
    query = query.options(
        orm.contains_eager(Report.incident),
        orm.joinedload(Report.author),
        orm.selectinload(Report.sentences),
        orm.selectinload(Report.reviews),
    )
    found = session().scalars(query.limit(PAGE)).unique()
    return [
        Row(
            one,
            machine_share(one.sentences),
            sum(doubtful(sentence) for sentence in one.sentences),
            sum(sentence.gap for sentence in one.sentences),
            sum(review.decision is ReportState.RETURNED for review in one.reviews),
        )
        for one in found
    ]


def with_ai_text() -> sa.ColumnElement[bool]:
    """The exact condition that a report has text of a machine's, edited or not (A10)."""
    return sa.exists().where(
        Sentence.report_id == Report.id, Sentence.removed_at.is_(None), Sentence.authorship != Authorship.OFFICER
    )


def _waits_for(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.role is Role.SUPERVISOR:
        mine = sa.and_(Report.author_id == actor.id, Report.state.in_([ReportState.RETURNED, ReportState.DRAFT]))
        return sa.or_(sa.and_(Report.state == ReportState.SUBMITTED, Report.author_id != actor.id), mine)
    if actor.may(Permission.REPORT_FILE):
        return Report.state == ReportState.APPROVED
    if actor.role is Role.OFFICER:
        return sa.and_(Report.author_id == actor.id, Report.state.in_([ReportState.RETURNED, ReportState.DRAFT]))
    return Report.submitted_at.is_not(None)


def _found(query: sa.Select[Report]) -> Report:
    options = {"populate_existing": True}
    found = session().scalars(query.options(*_whole()), execution_options=options).unique().one_or_none()
    if found is None:
        raise NotFound("There is no such report, or it is not one of yours.")
    return found


def _whole() -> tuple[orm.interfaces.ORMOption, ...]:
    light = (Version.number, Version.state, Version.sha256, Version.created_at, Version.report_id)
    return (
        orm.contains_eager(Report.incident).joinedload(Incident.unit),
        orm.joinedload(Report.author),
        orm.selectinload(Report.sentences).selectinload(Sentence.sources),
        orm.selectinload(Report.drafts).load_only(Draft.number, Draft.created_at, Draft.engines, Draft.report_id),
        orm.selectinload(Report.versions).load_only(*light),
        orm.selectinload(Report.reviews).joinedload(Review.reviewer),
    )
