"""R5: the 45 days of a critical incident, told on the days 30, 40 and 45, put off by thirty with a reason."""

import pytest
import sqlalchemy as sa

from app.core.clock import now
from app.core.db import session, transaction
from app.core.errors import Conflict, Invalid
from app.core.ledger import Event
from app.evidence.retention import critical
from app.evidence.retention.models import CriticalIncident, ReleaseDelay
from app.incidents.models import Incident
from tests.app.evidence.retention.conftest import DAY, Shelf
from tests.app.evidence.sending import an_incident
from tests.people import actor_for

HOUR = DAY / 24


def known_for(shelf: Shelf, days: int) -> CriticalIncident:
    """An incident that the agency has known for so many days and an hour."""
    incident = an_incident(shelf.phone.officer)
    moment = now() - days * DAY - HOUR
    with transaction() as current:
        current.execute(sa.update(Incident).where(Incident.id == incident.id).values(occurred_at=moment))
    with transaction() as current:
        fresh = current.get_one(Incident, incident.id, populate_existing=True)
        return critical.flag(fresh, known_at=moment, actor=actor_for(shelf.supervisor))


def days_pass(clock: CriticalIncident, days: int) -> None:
    with transaction() as current:
        there = current.get_one(CriticalIncident, clock.incident_id, populate_existing=True)
        there.known_at, there.due_at = there.known_at - days * DAY, there.due_at - days * DAY


def told(clock: CriticalIncident) -> list[tuple[int, int]]:
    session().rollback()
    query = sa.select(Event).where(Event.act == "evidence:release:alert", Event.subject_id == str(clock.incident_id))
    return [(one.details["day"], one.details["of"]) for one in session().scalars(query.order_by(Event.seq))]


def test_r5_each_alert_day_is_told_once(shelf: Shelf) -> None:
    """R5: day 30, 40 and 45."""
    clock = known_for(shelf, 29)
    shelf.sweep()
    assert told(clock) == []
    for passed, expected in (
        (1, [(30, 15)]),
        (9, [(30, 15)]),
        (1, [(30, 15), (40, 5)]),
        (5, [(30, 15), (40, 5), (45, 0)]),
    ):
        days_pass(clock, passed)
        for _ in range(2):
            shelf.sweep()
        assert told(clock) == expected


def test_r5_thirty_days_more_are_recorded_and_told_anew(shelf: Shelf) -> None:
    clock = known_for(shelf, 44)
    shelf.sweep()
    with transaction():
        made = critical.delay(clock, reason="Two witnesses are still to be heard.", actor=actor_for(shelf.records))
    assert made.due_after - made.due_before == 30 * DAY
    assert made.due_after - clock.known_at == 75 * DAY
    shelf.sweep()
    assert len(told(clock)) == 2
    days_pass(clock, 16)
    shelf.sweep()
    assert told(clock)[-1] == (60, 15)
    with pytest.raises(sa.exc.DatabaseError, match="kept as written"), transaction() as current:
        current.execute(sa.update(ReleaseDelay).values(reason="Another reason altogether."))


def test_r5_it_ends_once_and_keeps_the_recordings_until_then(shelf: Shelf) -> None:
    clock = known_for(shelf, 100)
    item = shelf.recording("short", incident=session().get_one(Incident, clock.incident_id))
    shelf.sweep()
    assert shelf.queued(item) is None
    with pytest.raises(Invalid, match="how it ended"), transaction():
        critical.end(clock, ending="forgotten", reason="It was long ago.", actor=actor_for(shelf.records))
    with transaction():
        critical.end(clock, ending="released", reason="Published on the city's page.", actor=actor_for(shelf.records))
    for late in (
        lambda: critical.end(clock, ending="released", reason="Published once more.", actor=actor_for(shelf.records)),
        lambda: critical.delay(clock, reason="Too late for a delay.", actor=actor_for(shelf.records)),
    ):
        with pytest.raises(Conflict, match="ended"), transaction():
            late()
    shelf.sweep()
    assert shelf.queued(item) is not None


def test_a_day_that_cannot_be_is_refused(shelf: Shelf) -> None:
    incident = an_incident(shelf.phone.officer)
    for moment in (now() + DAY, now() - 30 * DAY):
        with pytest.raises(Invalid) as refused, transaction():
            critical.flag(incident, known_at=moment, actor=actor_for(shelf.supervisor))
        assert refused.value.field == "known_at"
    with transaction():
        critical.flag(incident, known_at=now(), actor=actor_for(shelf.supervisor))
    with pytest.raises(Conflict), transaction():
        critical.flag(incident, known_at=now(), actor=actor_for(shelf.supervisor))
