"""What people do with incidents: open, assign, name people and offences, close, reopen."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from app.accounts.models import Officer
from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.outbox import enqueue_once
from app.core.phrases import N_, phrase
from app.core.states import Moves
from app.incidents.models import (
    Assignment,
    Incident,
    IncidentCounter,
    IncidentKind,
    IncidentState,
    Offence,
    Part,
    Participant,
)

CLOCKS_DIFFER = timedelta(minutes=10)
OLDEST_BIRTH = date(1890, 1, 1)
INCIDENT_MOVES = Moves(
    "incident", {IncidentState.OPEN: {IncidentState.CLOSED}, IncidentState.CLOSED: {IncidentState.OPEN}}
)


def open_incident(
    *, kind: IncidentKind, occurred_at: datetime, place: str = "", title: str = "", actor: Actor
) -> Incident:
    """A new incident of the actor's unit, numbered, with the actor assigned. `occurred_at` is aware and not to come.

    Raises Invalid for a naive or future time, a text over 200 characters, or an actor without a unit.
    """
    if occurred_at.tzinfo is None:
        raise Invalid(N_("The time needs a time zone."), field="occurred_at")
    moment = now()
    if occurred_at > moment + CLOCKS_DIFFER:
        raise Invalid(N_("This time has not come yet."), field="occurred_at", remedy=N_("Give the time it happened."))
    if actor.unit_id is None:
        raise Invalid(N_("You belong to no unit."), remedy=N_("Ask an administrator to put you in one."))
    incident = Incident(
        kind=kind,
        state=IncidentState.OPEN,
        title=_short(title, "title"),
        occurred_at=occurred_at.astimezone(UTC),
        place=_short(place, "place"),
        unit_id=actor.unit_id,
        opened_by=actor.id,
        created_at=moment,
        number=_next_number(moment.year),
    )
    session().add(incident)
    session().flush()
    session().add(Assignment(incident_id=incident.id, officer_id=actor.id, created_at=moment))
    _record(incident, "incidents:incident:open", actor, number=incident.number, kind=kind.value)
    return incident


def _next_number(year: int) -> str:
    """The year's next number. The counter's row stays locked to the end of the transaction, so no number is skipped."""
    first = insert(IncidentCounter).values(year=year, last=1)
    statement = first.on_conflict_do_update(
        index_elements=[IncidentCounter.year], set_={"last": IncidentCounter.last + 1}
    ).returning(IncidentCounter.last)
    return f"{year}-{session().execute(statement).scalar_one():06d}"


def assign(incident: Incident, *, officer: Officer, actor: Actor) -> Assignment:
    """Lets `officer` work on the incident, and so see it. Conflict when they do already; Invalid for a closed account."""
    if officer.closed_at is not None:
        raise Invalid(phrase("The account of badge %(badge)s is closed.", badge=officer.badge), field="badge")
    if _assignment(incident, officer) is not None:
        raise Conflict(phrase("%(title)s already works on this incident.", title=officer.title), field="badge")
    assignment = Assignment(incident_id=incident.id, officer_id=officer.id, created_at=now())
    session().add(assignment)
    _record(incident, "incidents:incident:assign", actor, officer_id=officer.id)
    return assignment


def unassign(incident: Incident, *, officer: Officer, actor: Actor) -> None:
    """Takes `officer` off the incident. Conflict for the one who opened it, or one who was not on it."""
    if officer.id == incident.opened_by:
        raise Conflict(N_("The officer who opened an incident stays on it."))
    assignment = _assignment(incident, officer)
    if assignment is None:
        raise Conflict(phrase("%(title)s does not work on this incident.", title=officer.title))
    session().delete(assignment)
    _record(incident, "incidents:incident:unassign", actor, officer_id=officer.id)


def _assignment(incident: Incident, officer: Officer) -> Assignment | None:
    return session().get(Assignment, (incident.id, officer.id))


def add_participant(
    incident: Incident,
    *,
    part: Part,
    name: str,
    date_of_birth: date | None = None,
    note: str = "",
    mention_id: uuid.UUID | None = None,
    actor: Actor,
) -> Participant:
    """Names a person in the incident. `mention_id` says which machine's proposal the actor carried over, if any."""
    _still_open(incident)
    today = now().date()
    if date_of_birth is not None and not OLDEST_BIRTH <= date_of_birth <= today:
        raise Invalid(N_("This cannot be a date of birth."), field="date_of_birth")
    person = Participant(
        incident_id=incident.id,
        part=part,
        name=_needed(name, "name"),
        date_of_birth=date_of_birth,
        note=note.strip(),
        entered_by=actor.id,
        mention_id=mention_id,
        created_at=now(),
    )
    session().add(person)
    session().flush()
    details = {"participant_id": person.id, "part": part.value, "mention_id": mention_id}
    _named(incident, "incidents:participant:add", actor, **details)
    return person


def remove_participant(incident: Incident, *, participant: Participant, actor: Actor) -> None:
    """Takes a person entered by mistake out again; the ledger keeps that they were there."""
    _still_open(incident)
    session().delete(participant)
    _named(incident, "incidents:participant:remove", actor, participant_id=participant.id)


def add_offence(incident: Incident, *, description: str, code: str = "", actor: Actor) -> Offence:
    """Notes what is alleged. `code` is the statute or the agency's own, at most 40 characters."""
    _still_open(incident)
    if len(code.strip()) > 40:
        raise Invalid(N_("A code has at most 40 characters."), field="code")
    offence = Offence(
        incident_id=incident.id,
        code=code.strip(),
        description=_needed(description, "description"),
        entered_by=actor.id,
        created_at=now(),
    )
    session().add(offence)
    session().flush()
    _named(incident, "incidents:offence:add", actor, offence_id=offence.id, code=offence.code)
    return offence


def remove_offence(incident: Incident, *, offence: Offence, actor: Actor) -> None:
    """Takes an offence entered by mistake out again; the ledger keeps that it was there."""
    _still_open(incident)
    session().delete(offence)
    _named(incident, "incidents:offence:remove", actor, offence_id=offence.id, code=offence.code)


def close(incident: Incident, *, actor: Actor) -> None:
    """No more evidence, people or offences from here on. Conflict when it is closed already."""
    incident.state = INCIDENT_MOVES.check(incident.state, IncidentState.CLOSED)
    _record(incident, "incidents:incident:close", actor)


def reopen(incident: Incident, *, actor: Actor) -> None:
    """Opens a closed incident again. Conflict when it is open."""
    incident.state = INCIDENT_MOVES.check(incident.state, IncidentState.OPEN)
    _record(incident, "incidents:incident:reopen", actor)


def _still_open(incident: Incident) -> None:
    if incident.state is IncidentState.CLOSED:
        raise Conflict(phrase("Incident %(number)s is closed.", number=incident.number), remedy=N_("Reopen it first."))


def _short(text: str, field: str) -> str:
    clean = " ".join(text.split())
    if len(clean) > 200:
        raise Invalid(
            phrase(
                "The %(field)s has at most 200 characters; this has %(clean)s.", field=phrase(field), clean=len(clean)
            ),
            field=field,
        )
    return clean


def _needed(text: str, field: str) -> str:
    clean = _short(text, field)
    if not clean:
        raise Invalid(phrase("The %(field)s is missing.", field=phrase(field)), field=field)
    return clean


def _named(incident: Incident, act: str, actor: Actor, **details: Any) -> None:
    """The event of people or offences that changed; the checks of the incident's reports and the library look at them."""
    _record(incident, act, actor, **details)
    enqueue_once("shelve_incident", incident_id=incident.id)
    enqueue_once("count_checks", incident_id=incident.id)


def _record(incident: Incident, act: str, actor: Actor, **details: Any) -> None:
    ledger.record(act, actor=actor, subject_kind="incident", subject_id=incident.id, incident_id=incident.id, **details)
