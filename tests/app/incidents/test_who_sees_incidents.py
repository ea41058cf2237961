"""Who may see which incidents, and finding them in the list."""

import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.core.actor import machine
from app.core.clock import now
from app.core.db import session, transaction
from app.core.errors import Invalid, NotFound
from app.core.permissions import Role
from app.incidents import queries, service
from app.incidents.models import Assignment, Incident, IncidentKind, IncidentState
from app.incidents.queries import Filters
from tests.people import People, actor_for


def opened(officer, **given):
    """An incident opened by `officer`."""
    given = {"kind": IncidentKind.TRAFFIC_STOP, "occurred_at": now(), "place": "Main Street", **given}
    with transaction():
        return service.open_incident(actor=actor_for(officer), **given)


def sees(officer, incident) -> bool:
    """Whether it is in the list and opens: both must agree."""
    actor = actor_for(officer)
    listed = incident.id in [i.id for i in queries.page(actor).incidents]
    try:
        found = queries.visible_incident(actor, incident.id) is not None
    except NotFound:
        found = False
    assert listed == found
    return found


@pytest.mark.parametrize(
    ("role", "unit", "seen"),
    [
        (Role.OFFICER, "North Patrol", False),
        (Role.SUPERVISOR, "North Patrol", True),
        (Role.SUPERVISOR, "South Patrol", False),
        (Role.INTERNAL_AFFAIRS, "South Patrol", True),
        (Role.RECORDS, "South Patrol", True),
        (Role.ADMINISTRATOR, "North Patrol", False),
    ],
)
def test_who_sees_an_incident_of_north_patrol(people: People, role: Role, unit: str, seen: bool) -> None:
    incident = opened(people.one(unit="North Patrol"))
    assert sees(people.one(role, unit=unit), incident) is seen


def test_its_opener_sees_it_and_so_does_a_supervisor_of_another_unit_who_was_put_on_it(people: People) -> None:
    opener, other = people.one(), people.one(Role.SUPERVISOR, unit="South Patrol")
    incident = opened(opener)
    assert sees(opener, incident)
    with transaction():
        service.assign(incident, officer=other, actor=actor_for(opener))
    assert sees(other, incident)


def test_machines_see_nothing_and_an_unknown_id_is_not_found(people: People) -> None:
    opener = people.one()
    opened(opener)
    assert queries.page(machine("worker")).incidents == []
    with pytest.raises(NotFound):
        queries.visible_incident(actor_for(opener), uuid.uuid4())


def test_pages_follow_one_another_without_loss_or_repetition(people: People) -> None:
    officer = people.one()
    same = now()
    made = {opened(officer, occurred_at=same - timedelta(minutes=n // 3)).id for n in range(10)}
    seen, cursor = [], ""
    while True:
        page = queries.page(actor_for(officer), cursor=cursor, size=3)
        seen += [i.id for i in page.incidents]
        cursor = page.next_cursor
        if not cursor:
            break
    assert len(seen) == 10
    assert set(seen) == made


def test_a_spoiled_cursor_is_refused(people: People) -> None:
    officer = people.one()
    for cursor in ("zzz", "....", "é", "MjAyNg"):
        with pytest.raises(Invalid):
            queries.page(actor_for(officer), cursor=cursor)


def test_the_list_narrows_by_state_kind_officer_dates_and_text(people: People) -> None:
    one, two, boss = people.one(), people.one(), people.one(Role.SUPERVISOR)
    stop = opened(one, place="Main Street", title="Red sedan", occurred_at=datetime(2026, 1, 10, 12, tzinfo=UTC))
    theft = opened(two, kind=IncidentKind.THEFT, place="100% Mall", occurred_at=datetime(2026, 2, 10, 12, tzinfo=UTC))
    with transaction():
        service.close(theft, actor=actor_for(two))

    def found(**filters):
        return [i.id for i in queries.page(actor_for(boss), Filters(**filters)).incidents]

    assert found() == [theft.id, stop.id]
    assert found(state=IncidentState.CLOSED) == [theft.id]
    assert found(kind=IncidentKind.TRAFFIC_STOP) == [stop.id]
    assert found(badge=one.badge) == [stop.id]
    assert found(badge="nobody") == []
    assert found(since=datetime(2026, 2, 1, tzinfo=UTC)) == [theft.id]
    assert found(until=datetime(2026, 2, 1, tzinfo=UTC)) == [stop.id]
    assert found(text="sedan main") == [stop.id]
    assert found(text="100%") == [theft.id]
    assert found(text="%") == [theft.id]
    assert found(text=stop.number) == [stop.id]


def test_ten_thousand_incidents_are_listed_quickly(people: People) -> None:
    officer, boss = people.one(), people.one(Role.SUPERVISOR)
    rows = [
        {
            "id": uuid.uuid4(),
            "number": f"2025-{n:06d}",
            "kind": IncidentKind.OTHER,
            "state": IncidentState.OPEN,
            "title": f"Call {n}",
            "occurred_at": now() - timedelta(minutes=n),
            "place": f"{n} Main Street",
            "unit_id": officer.unit_id,
            "opened_by": officer.id,
            "created_at": now(),
        }
        for n in range(10_000)
    ]
    with transaction() as db:
        db.execute(sa.insert(Incident), rows)
        db.execute(
            sa.insert(Assignment),
            [{"incident_id": row["id"], "officer_id": officer.id, "created_at": now()} for row in rows],
        )
        db.execute(sa.text("ANALYZE incident"))
        db.execute(sa.text("ANALYZE assignment"))
    for actor in (actor_for(officer), actor_for(boss)):
        for filters in (Filters(), Filters(text="Call 9999"), Filters(badge=officer.badge)):
            took = []
            for _ in range(3):
                session().expunge_all()
                start = time.perf_counter()
                assert queries.page(actor, filters).incidents
                took.append(time.perf_counter() - start)
            assert min(took) < 0.25, (actor.role, filters, took)
