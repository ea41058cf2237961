"""Opening incidents, numbering them, and changing who and what is in them."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import ledger
from app.core.clock import now
from app.core.db import close_session, session, transaction
from app.core.errors import Conflict, Invalid
from app.incidents import queries, service
from app.incidents.models import Incident, IncidentKind, IncidentState, Part
from tests.people import People, actor_for


def opened(actor, **given):
    """An incident opened by `actor`."""
    given = {"kind": IncidentKind.TRAFFIC_STOP, "occurred_at": now(), "place": "Main Street", **given}
    with transaction():
        return service.open_incident(actor=actor, **given)


def test_an_incident_gets_the_years_next_number_and_its_opener_is_on_it(people: People) -> None:
    officer = people.one()
    first, second = opened(actor_for(officer)), opened(actor_for(officer))
    year = now().year
    assert [first.number, second.number] == [f"{year}-000001", f"{year}-000002"]
    assert first.unit_id == officer.unit_id
    assert first.state is IncidentState.OPEN
    whole = queries.whole_incident(actor_for(officer), first.id)
    assert [a.officer_id for a in whole.assignments] == [officer.id]


def test_numbers_have_no_gaps_when_many_open_at_once_and_some_fail(people: People) -> None:
    actor = actor_for(people.one())
    faults = []

    def open_some(spoil: bool) -> None:
        try:
            for turn in range(5):
                try:
                    with transaction():
                        service.open_incident(kind=IncidentKind.OTHER, occurred_at=now(), actor=actor)
                        if spoil and turn % 2:
                            raise LookupError  # noqa: TRY301
                except LookupError:
                    continue
        except Exception as error:  # a thread must tell
            faults.append(error)
        finally:
            close_session()

    threads = [threading.Thread(target=open_some, args=(n % 2 == 0,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    numbers = sorted(session().scalars(sa.select(Incident.number)))
    assert numbers == [f"{now().year}-{n:06d}" for n in range(1, 3 * 5 + 3 * 3 + 1)]


def test_the_time_is_kept_in_utc_and_must_have_come(people: People) -> None:
    actor = actor_for(people.one())
    moment = datetime.fromisoformat("2026-03-01T23:30:00-06:00")
    assert opened(actor, occurred_at=moment).occurred_at == datetime(2026, 3, 2, 5, 30, tzinfo=UTC)
    with pytest.raises(Invalid, match="not come yet"):
        opened(actor, occurred_at=now() + timedelta(hours=1))
    with pytest.raises(Invalid, match="time zone"):
        opened(actor, occurred_at=datetime(2026, 3, 1))  # noqa: DTZ001


def test_a_place_of_more_than_200_characters_is_refused_by_name(people: People) -> None:
    with pytest.raises(Invalid) as refusal:
        opened(actor_for(people.one()), place="x" * 201)
    assert refusal.value.field == "place"


def test_assigning_lets_an_officer_see_and_taking_off_ends_it(people: People) -> None:
    opener, other = people.one(), people.one(unit="South Patrol")
    incident = opened(actor_for(opener))
    with transaction():
        service.assign(incident, officer=other, actor=actor_for(opener))
    assert queries.visible_incident(actor_for(other), incident.id).id == incident.id
    with pytest.raises(Conflict, match="already works"), transaction():
        service.assign(incident, officer=other, actor=actor_for(opener))
    with transaction():
        service.unassign(incident, officer=other, actor=actor_for(opener))
    assert queries.page(actor_for(other)).incidents == []
    with pytest.raises(Conflict, match="stays on it"), transaction():
        service.unassign(incident, officer=opener, actor=actor_for(opener))


def test_a_closed_account_cannot_be_put_on_an_incident(people: People) -> None:
    opener, gone = people.one(), people.one()
    incident = opened(actor_for(opener))
    with transaction():
        gone.closed_at = now()
    with pytest.raises(Invalid, match="closed"), transaction():
        service.assign(incident, officer=gone, actor=actor_for(opener))


def test_people_and_offences_can_be_added_and_a_mistake_taken_out(people: People) -> None:
    actor = actor_for(people.one())
    incident = opened(actor)
    with transaction():
        person = service.add_participant(
            incident, part=Part.DRIVER, name=" Maria   Lopez ", date_of_birth=date(1991, 3, 3), actor=actor
        )
        offence = service.add_offence(incident, description="Speeding", code="VC 22350", actor=actor)
    whole = queries.whole_incident(actor, incident.id)
    assert [p.name for p in whole.participants] == ["Maria Lopez"]
    assert [o.code for o in whole.offences] == ["VC 22350"]
    with transaction():
        service.remove_participant(incident, participant=person, actor=actor)
        service.remove_offence(incident, offence=offence, actor=actor)
    whole = queries.whole_incident(actor, incident.id)
    assert (whole.participants, whole.offences) == ([], [])


@pytest.mark.parametrize("born", [date(1889, 12, 31), date(2999, 1, 1)])
def test_a_date_of_birth_must_be_possible(people: People, born: date) -> None:
    actor = actor_for(people.one())
    incident = opened(actor)
    with pytest.raises(Invalid), transaction():
        service.add_participant(incident, part=Part.OTHER, name="A", date_of_birth=born, actor=actor)


def test_a_closed_incident_takes_nobody_and_opens_again(people: People) -> None:
    actor = actor_for(people.one())
    incident = opened(actor)
    with transaction():
        service.close(incident, actor=actor)
    with pytest.raises(Conflict, match="is closed"), transaction():
        service.add_participant(incident, part=Part.OTHER, name="A", actor=actor)
    with pytest.raises(Conflict), transaction():
        service.close(incident, actor=actor)
    with transaction():
        service.reopen(incident, actor=actor)
    assert incident.state is IncidentState.OPEN


def test_every_verb_leaves_an_event_without_names(app: Flask, people: People) -> None:
    actor = actor_for(people.one())
    incident = opened(actor, title="Secret title")
    with transaction():
        service.add_participant(incident, part=Part.WITNESS, name="Secret Person", actor=actor)
        service.add_offence(incident, description="Secret deed", actor=actor)
        service.close(incident, actor=actor)
    events = [e for e in session().scalars(sa.select(ledger.Event)) if e.act.startswith("incidents:")]
    assert [e.act.split(":", 1)[1] for e in events] == [
        "incident:open",
        "participant:add",
        "offence:add",
        "incident:close",
    ]
    assert all(e.incident_id == incident.id and e.actor_id == actor.officer_id for e in events)
    assert not any("Secret" in str(e.details) for e in events)
