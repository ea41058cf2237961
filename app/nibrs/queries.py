"""Codings, files and answers as an actor may see them, and what the FBI must hold by now."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy import orm

from app.core.actor import Actor
from app.core.db import session
from app.core.errors import NotFound
from app.core.permissions import Permission
from app.incidents.models import Incident
from app.nibrs.edits import OnFile
from app.nibrs.models import Coding, Direction, Entry, EntryState, NibrsFile, Response
from app.reports.models import Report, ReportState

PAGE = 50
APPROVED = (ReportState.APPROVED, ReportState.FILED)


def coding_of(incident_id: uuid.UUID) -> Coding | None:
    """How an incident is coded; whoever may see the incident may see it. None while nobody has begun."""
    return session().scalars(sa.select(Coding).where(Coding.incident_id == incident_id)).one_or_none()


def files(actor: Actor) -> list[NibrsFile]:
    """The newest files made and read, with who made them."""
    _allowed(actor)
    query = sa.select(NibrsFile).options(orm.joinedload(NibrsFile.maker), orm.selectinload(NibrsFile.entries))
    return list(session().scalars(query.order_by(NibrsFile.made_at.desc()).limit(PAGE)).unique())


def visible_file(actor: Actor, file_id: uuid.UUID) -> NibrsFile:
    """One file with its reports and the FBI's answers. NotFound when it is not there or not theirs to see."""
    _allowed(actor)
    query = sa.select(NibrsFile).where(NibrsFile.id == file_id)
    loaded = (
        orm.joinedload(NibrsFile.maker),
        orm.selectinload(NibrsFile.entries).joinedload(Entry.incident),
        orm.selectinload(NibrsFile.responses).joinedload(Response.entry),
    )
    found = session().scalars(query.options(*loaded), execution_options={"populate_existing": True}).unique().first()
    if found is None:
        raise NotFound("There is no such file, or it is not one of yours.")
    return found


def body_of(file: NibrsFile) -> bytes:
    """The file byte by byte."""
    return session().scalars(sa.select(NibrsFile.body).where(NibrsFile.id == file.id)).one()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A coding that may be sent: its report is approved or filed (a draft is nobody's statement, A7)."""

    coding: Coding
    incident: Incident


def waiting() -> list[Waiting]:
    """Every coding of an incident whose report is approved or filed, by number."""
    query = (
        sa.select(Coding, Incident)
        .join(Incident, Incident.id == Coding.incident_id)
        .join(Report, Report.incident_id == Incident.id)
        .where(Report.state.in_(APPROVED), Report.supplements_id.is_(None))
        .order_by(Incident.number)
    )
    return [Waiting(row[0], row[1]) for row in session().execute(query)]


def last_sent() -> dict[tuple[uuid.UUID, str], Entry]:
    """The newest report of each incident and kind that the FBI has not refused."""
    query = (
        sa.select(Entry)
        .join(NibrsFile, NibrsFile.id == Entry.file_id)
        .where(NibrsFile.direction == Direction.MADE, Entry.incident_id.is_not(None), Entry.state != EntryState.ERRORS)
        .order_by(NibrsFile.made_at, Entry.position)
    )
    return {(one.incident_id, one.kind): one for one in session().scalars(query) if one.incident_id is not None}


def on_file(ori: str) -> OnFile:
    """What the FBI must hold of this agency: what was sent and neither refused nor deleted since."""
    incidents: dict[tuple[str, str], tuple[str, ...]] = {}
    arrests: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    for one in last_sent().values():
        if one.action == "D":
            continue
        if one.kind == "A":
            incidents[ori, one.number] = (one.happened,)
        elif one.kind == "B":
            people = one.content.get("arrestees", [])
            arrests[ori, one.number] = tuple((who.get("date", ""), who.get("sequence", "")) for who in people)
    return OnFile(incidents, arrests)


def zero_sent(month: date) -> bool:
    """Whether a zero report for the month was made already and not refused."""
    query = sa.select(sa.func.count()).where(
        Entry.kind == "0", Entry.happened == f"{month:%Y%m}", Entry.state != EntryState.ERRORS
    )
    return bool(session().scalar(query))


def made_on(day: str) -> int:
    """How many files have a name of this day (YYYYMMDD)."""
    query = sa.select(sa.func.count()).where(NibrsFile.name.contains(f"_{day}_NIBRS_"))
    return session().scalar(query) or 0


def newest_entry(file: NibrsFile, number: str) -> Entry | None:
    """The report in a file with this incident or arrest number."""
    found: Iterable[Entry] = (one for one in reversed(file.entries) if one.number == number)
    return next(iter(found), None)


def _allowed(actor: Actor) -> None:
    if not actor.may(Permission.NIBRS_SUBMIT):
        raise NotFound("There is no such page.")
