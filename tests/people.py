"""Officers, supervisors and the others, made the way an administrator makes them, and signed in the way they sign in."""

import re
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient

from app.accounts import service, signing
from app.accounts.models import Officer, Unit
from app.config import Settings
from app.core.actor import Actor, machine
from app.core.db import transaction
from app.core.permissions import Role

PASSWORD = "correct horse battery"


@dataclass
class People:
    """Makes people on demand; badges count up from 1001."""

    made: int = 1000
    units: dict[str, Unit] = field(default_factory=dict)

    def unit(self, name: str = "North Patrol") -> Unit:
        """A unit by name, made once."""
        if name not in self.units:
            with transaction():
                self.units[name] = service.add_unit(name, actor=machine("test"))
        return self.units[name]

    def one(self, role: Role = Role.OFFICER, *, unit: str = "North Patrol", name: str = "") -> Officer:
        """A fresh person with `role`, whose password is PASSWORD."""
        self.made += 1
        home = self.unit(unit)
        with transaction() as session:
            home = session.merge(home)  # a test may have emptied the session since
            return service.enrol(
                str(self.made),
                name=name or f"Test {role.title} {self.made}",
                rank=role.title,
                role=role,
                unit=home,
                password=PASSWORD,
                actor=machine("test"),
            )


def actor_for(officer: Officer) -> Actor:
    """The officer as an Actor, for calling verbs and reads directly."""
    return Actor(label=officer.label, officer_id=officer.id, role=officer.role, unit_id=officer.unit_id)


def pen_for(officer: Officer, settings: Settings, password: str = PASSWORD) -> signing.Pen:
    """What the officer signs with, got as they get it: by their password."""
    with transaction():
        pen = signing.take_pen(
            officer,
            password,
            agency=signing.agency(settings),
            actor=actor_for(officer),
            address="",
            device="",
            limits=service.Limits(),
        )
    assert pen is not None
    return pen


def csrf_token(client: FlaskClient, path: str = "/sign-in") -> str:
    """The token of the form on the page at `path`."""
    html = client.get(path).get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found, f"no form on {path}"
    return found.group(1)


def signed_in(app: Flask, officer: Officer, password: str = PASSWORD) -> FlaskClient:
    """A browser that went through notice and sign-in as a person does."""
    client = app.test_client()
    token = csrf_token(client)
    answer = client.post(
        "/sign-in", data={"csrf_token": token, "badge": officer.badge, "password": password, "notice": "y"}
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client
