"""The rule of who sees which incident, told by where to look it up: the same incidents as the rule itself, for every role."""

import uuid

import pytest
import sqlalchemy as sa

from app.core.actor import machine
from app.core.clock import now
from app.core.db import session, transaction
from app.core.permissions import Role
from app.incidents import queries, service
from app.incidents.models import Incident, IncidentKind
from tests.people import People, actor_for


def told(seen: queries.Reach) -> set[uuid.UUID]:
    """The ids a reach leads to."""
    if seen.everything:
        return set(session().scalars(sa.select(Incident.id)))
    found = set(session().scalars(seen.others)) if seen.others is not None else set()
    of_unit = sa.select(Incident.id).where(Incident.unit_id == seen.unit_id)
    return found | set(session().scalars(of_unit)) if seen.unit_id else found


@pytest.mark.parametrize("role", list(Role))
def test_it_leads_to_what_the_rule_shows(people: People, role: Role) -> None:
    one, colleague, stranger = people.one(role), people.one(), people.one(unit="South Patrol")
    opener = one if role in (Role.OFFICER, Role.SUPERVISOR) else colleague
    with transaction():
        opened = [
            service.open_incident(kind=IncidentKind.THEFT, occurred_at=now(), place="x", actor=actor_for(who))
            for who in (opener, colleague, stranger, stranger)
        ]
        if role in (Role.OFFICER, Role.SUPERVISOR):
            service.assign(opened[-1], officer=one, actor=actor_for(stranger))
    actor = actor_for(one)
    shown = set(session().scalars(sa.select(Incident.id).where(queries.visibility(actor))))
    assert told(queries.reach(actor)) == shown
    assert len(shown) == {Role.OFFICER: 2, Role.SUPERVISOR: 3, Role.RECORDS: 4, Role.INTERNAL_AFFAIRS: 4}.get(role, 0)


def test_a_machine_reaches_nothing(people: People) -> None:
    with transaction():
        service.open_incident(kind=IncidentKind.THEFT, occurred_at=now(), place="x", actor=actor_for(people.one()))
    assert told(queries.reach(machine("test"))) == set()
