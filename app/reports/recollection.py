"""Recollection first: the officer's own memory, typed and locked before the machine's draft opens (A11)."""

import uuid

import sqlalchemy as sa

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import hundredths, now
from app.core.db import session
from app.core.errors import Conflict, Forbidden
from app.incidents.models import Incident
from app.reports import agency, wording
from app.reports.canonical import digest
from app.reports.models import Draft, Report
from app.reports.work import Recollection

LONGEST = 20_000
LEAST = 20


class RecollectionFirst(Conflict):
    """The draft stays closed until its author has written down what they remember."""


def lock(incident: Incident, *, text: str, actor: Actor) -> Recollection:
    """Keeps what the officer remembers, for good. Conflict when they did so before, or have opened the draft already."""
    report = (
        session()
        .scalars(sa.select(Report).where(Report.incident_id == incident.id, Report.supplements_id.is_(None)))
        .one_or_none()
    )
    if report is not None and report.author_id != actor.officer_id:
        raise Forbidden("The author of the report writes down what they remember.")
    if of(incident.id, actor.id) is not None:
        raise Conflict("Your recollection is locked already.", remedy="Add what you remember since to the report.")
    clean = wording.words(text, field="text", least=LEAST, most=LONGEST, what="Your recollection")
    kept = Recollection(
        id=uuid.uuid4(),
        incident_id=incident.id,
        officer_id=actor.id,
        text=clean,
        sha256=digest(clean),
        locked_at=hundredths(now()),
    )
    session().add(kept)
    session().flush()
    ledger.record(
        "reports:recollection:lock",
        actor=actor,
        subject_kind="report" if report else "incident",
        subject_id=report.id if report else incident.id,
        incident_id=incident.id,
        recollection=kept.id,
        sha256=kept.sha256,
    )
    return kept


def of(incident_id: uuid.UUID, officer_id: uuid.UUID) -> Recollection | None:
    """What an officer locked about an incident, if anything."""
    query = sa.select(Recollection).where(
        Recollection.incident_id == incident_id, Recollection.officer_id == officer_id
    )
    return session().scalars(query).one_or_none()


def is_due(report: Report, actor: Actor) -> bool:
    """Whether `actor` must first write down what they remember: the author, under the rule, with a draft to open."""
    if report.author_id != actor.officer_id or report.supplements_id or report.submitted_at:
        return False
    if not agency.rules().recollection_first or of(report.incident_id, actor.id) is not None:
        return False
    return session().scalar(sa.select(sa.exists().where(Draft.report_id == report.id))) or False


def check(report: Report, actor: Actor) -> None:
    """RecollectionFirst when it is due."""
    if is_due(report, actor):
        raise RecollectionFirst(
            "Your agency asks you to write down what you remember before you open the draft.",
            remedy="Open the report, type your recollection, and lock it.",
        )
