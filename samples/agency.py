"""The demonstration's agency: two units and a person for every role."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.accounts import service as accounts
from app.accounts.models import Officer, Unit
from app.core import db
from app.core.actor import machine
from app.core.db import session, transaction
from app.core.permissions import Role

PASSWORD = "lantern on a quiet street"  # the demonstration's own, printed for whoever tries it


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the demonstration."""

    badge: str
    name: str
    rank: str
    role: Role
    unit: str


PEOPLE = (
    Person("1041", "James Carter", "Officer", Role.OFFICER, "North Patrol"),
    Person("1042", "Dana Kim", "Officer", Role.OFFICER, "North Patrol"),
    Person("1043", "Luis Ortega", "Officer", Role.OFFICER, "North Patrol"),
    Person("1044", "Ann Walsh", "Officer", Role.OFFICER, "South Patrol"),
    Person("2010", "Maria Chen", "Sergeant", Role.SUPERVISOR, "North Patrol"),
    Person("2020", "Tom Baker", "Sergeant", Role.SUPERVISOR, "South Patrol"),
    Person("3001", "Grace Okafor", "Lieutenant", Role.INTERNAL_AFFAIRS, "Professional Standards"),
    Person("4001", "Sam Hill", "Clerk", Role.RECORDS, "Records"),
    Person("9001", "Pat Morgan", "Administrator", Role.ADMINISTRATOR, "Technology"),
)


def enrol_everybody(database_url: str) -> bool:
    """Makes units and accounts; False when the agency is there already."""
    db.connect(database_url, pool_size=1)
    try:
        if session().scalars(sa.select(Officer).where(Officer.badge == PEOPLE[0].badge)).first() is not None:
            return False
        actor = machine("demo")
        with transaction():
            units: dict[str, Unit] = {}
            for person in PEOPLE:
                if person.unit not in units:
                    units[person.unit] = accounts.add_unit(person.unit, actor=actor)
                accounts.enrol(
                    person.badge,
                    name=person.name,
                    rank=person.rank,
                    role=person.role,
                    unit=units[person.unit],
                    password=PASSWORD,
                    actor=actor,
                )
        return True
    finally:
        db.disconnect()
