"""Recollection first: the officer's own memory, typed or dictated, and locked before the machine's draft opens (A11)."""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from app.analysis.transcripts import reads
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import hundredths, now
from app.core.db import session
from app.core.errors import Conflict, Forbidden, Invalid
from app.core.phrases import N_
from app.evidence.models import Evidence, EvidenceState, MediaKind
from app.incidents.models import Incident
from app.reports import agency, wording
from app.reports.canonical import digest
from app.reports.models import Draft, Report
from app.reports.work import Recollection

LONGEST = 20_000
LEAST = 20


@dataclass(frozen=True, slots=True)
class Dictation:
    """A sound recording of the officer's own, and its words; None while it is being heard."""

    item: Evidence
    words: str | None


class RecollectionFirst(Conflict):
    """The draft stays closed until its author has written down what they remember."""


def lock(incident: Incident, *, text: str, actor: Actor, dictated: uuid.UUID | None = None) -> Recollection:
    """Keeps what the officer remembers, for good. Conflict when they did so before, or have opened the draft already.

    `dictated` is the recording it was dictated in: Invalid when that is no sound recording of theirs in this incident.
    """
    report = (
        session()
        .scalars(sa.select(Report).where(Report.incident_id == incident.id, Report.supplements_id.is_(None)))
        .one_or_none()
    )
    if report is not None and report.author_id != actor.officer_id:
        raise Forbidden(N_("The author of the report writes down what they remember."))
    if of(incident.id, actor.id) is not None:
        raise Conflict(
            N_("Your recollection is locked already."), remedy=N_("Add what you remember since to the report.")
        )
    clean = wording.words(text, field="text", least=LEAST, most=LONGEST, what=N_("Your recollection"))
    if dictated is not None and dictated not in {one.item.id for one in dictations(incident.id, actor.id)}:
        raise Invalid(N_("This is no sound recording of yours in this incident."), field="dictated")
    kept = Recollection(
        id=uuid.uuid4(),
        incident_id=incident.id,
        officer_id=actor.id,
        text=clean,
        sha256=digest(clean),
        dictated_id=dictated,
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
        dictated=dictated,
    )
    return kept


def dictations(incident_id: uuid.UUID, officer_id: uuid.UUID) -> list[Dictation]:
    """The officer's own sealed sound recordings of an incident, the newest first: one of them may hold what they remember."""
    own = sa.select(Evidence).where(
        Evidence.incident_id == incident_id,
        Evidence.officer_id == officer_id,
        Evidence.state == EvidenceState.SEALED,
        Evidence.media_kind == MediaKind.AUDIO,
        Evidence.duplicate_of.is_(None),
    )
    found = session().scalars(own.order_by(Evidence.received_at.desc())).all()
    return [Dictation(item, _words(item)) for item in found]


def is_dictation(incident_id: uuid.UUID) -> sa.ColumnElement[bool]:
    """For queries of evidence: whether a recollection of the incident was dictated in it."""
    taken = sa.select(Recollection.dictated_id).where(
        Recollection.incident_id == incident_id, Recollection.dictated_id.is_not(None)
    )
    return Evidence.id.in_(taken)


def is_awaited(incident_id: uuid.UUID, officer_id: uuid.UUID) -> bool:
    """Whether the agency asks for a recollection that the officer has not locked yet: any sound recording of theirs may
    still become the one it was dictated in."""
    return agency.rules().recollection_first and of(incident_id, officer_id) is None


def _words(item: Evidence) -> str | None:
    transcript = reads.bare(item.id)
    return " ".join(line.text for line in reads.lines(transcript, limit=None)) if transcript else None


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
