"""Reports as an actor may see them: through the incident, and drafts only where they are work in hand."""

import uuid

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.actor import Actor
from app.core.db import session
from app.core.errors import NotFound
from app.core.permissions import Permission, Role
from app.incidents.models import Incident
from app.incidents.queries import visibility
from app.reports import recollection
from app.reports.models import STATEMENTS, Draft, Report, Review, Sentence, Signature, Version


def visible(actor: Actor) -> sa.Select[Report]:
    """The reports `actor` may see: those of incidents they may see. Drafts, and what was returned and is being
    reworked, only for those who work on the incident: a draft is not an officer's statement (A7)."""
    query = sa.select(Report).join(Incident, Incident.id == Report.incident_id).where(visibility(actor))
    if not actor.may(Permission.REPORT_READ):
        return query.where(sa.false())
    if actor.role in (Role.OFFICER, Role.SUPERVISOR):
        return query
    return query.where(Report.state.in_(STATEMENTS))


def visible_report(actor: Actor, report_id: uuid.UUID, *, closed: bool = False) -> Report:
    """One report with everything its page shows; NotFound when it is not there or not theirs to see.

    RecollectionFirst when the actor must write down what they remember before it opens (A11); `closed` is for the page
    that asks them to, which shows nothing of it.
    """
    report = _found(visible(actor).where(Report.id == report_id))
    if not closed:
        recollection.check(report, actor)
    return report


def whole_report(report_id: uuid.UUID) -> Report:
    """The same for the back room. Asks nobody: whoever asked for the work has shown that they may see it."""
    query = sa.select(Report).join(Incident, Incident.id == Report.incident_id)
    return _found(query.where(Report.id == report_id))


def of_incident(actor: Actor, incident_id: uuid.UUID) -> Report | None:
    """The incident's first report, when there is one the actor may see; its supplements hang on it."""
    first = visible(actor).where(Report.incident_id == incident_id, Report.supplements_id.is_(None))
    query = first.options(*_whole())
    return session().scalars(query.execution_options(populate_existing=True)).unique().one_or_none()


def visible_sentence(actor: Actor, sentence_id: uuid.UUID) -> tuple[Sentence, Report]:
    """A standing sentence and its report."""
    sentence = session().get(Sentence, sentence_id)
    if sentence is None or sentence.removed_at is not None:
        raise NotFound("There is no such sentence, or it was removed.")
    query = visible(actor).where(Report.id == sentence.report_id)
    loaded = (orm.contains_eager(Report.incident), orm.joinedload(Report.author))
    report = session().scalars(query.options(*loaded)).unique().one_or_none()
    if report is None:
        raise NotFound("There is no such sentence, or it was removed.")
    return sentence, report


def supplements_of(actor: Actor, report: Report) -> list[Report]:
    """The supplements to a filed report that the actor may see, in their order."""
    query = visible(actor).where(Report.supplements_id == report.id).order_by(Report.supplement_number)
    return list(session().scalars(query.options(orm.joinedload(Report.author))).unique())


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


def editions(report: Report) -> list[tuple[str, str]]:
    """Every text of a report that is kept, as (name, words for it): drafts, versions, and what stands."""
    drafts = [(f"d{one.number}", f"draft {one.number}, by the machine") for one in report.drafts]
    versions = [(f"v{one.number}", f"version {one.number}, {one.state.value}") for one in report.versions]
    return [*drafts, *versions, ("now", "as it stands")]


def edition_name(name: str) -> str:
    """A name as `editions` gives it. A bare number is a version, and 0 the first draft."""
    if name.isascii() and name.isdigit():
        return f"v{int(name)}" if int(name) else "d1"
    return name


def texts(report: Report, name: str) -> list[str]:
    """The sentences of one of `editions`; NotFound for a name that is none. No draft, no version: no sentences."""
    name = edition_name(name)
    if name == "now":
        return [one.text for one in report.sentences]
    kind, number = name[:1], name[1:]
    if kind not in ("d", "v") or not (number.isascii() and number.isdigit()) or len(number) > 6:
        raise NotFound("There is no such version.")
    if kind == "d":
        return [row["text"] for row in draft(report, int(number)).content] if report.drafts else []
    return [row["text"] for row in version(report, int(number)).content["sentences"]]


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
