"""Who goes through the doors of the portal, what they tell, and what every door left in the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.models import Officer
from app.core.db import session
from app.core.ledger import Event
from app.core.permissions import Role
from tests.people import People, csrf_token, signed_in

WORDS = {  # each is told to the product once, and must be in no event
    "title": "Zyxwaltz",
    "place": "Qorvenstrasse",
    "name": "Ulmiquent",
    "note": "Fraxidor",
    "offence": "Plimsonade",
    "heard": "grobblestitch",
    "sentence": "Vexomantic",
    "review": "Trundlewick",
    "file": "Snorkelby",
    "reason": "Wimblequest",
    "item": "Brindlemoot",
    "category": "Glimmersnout",
    "law": "Hobblethwaite",
    "release": "Quindlefrap",
    "correction": "Marzipandle",
    "speaker": "Tessaluno",
    "tag": "Wigglethorpe",
    "search": "Zumbelflint",
}
BROWSER = {"User-Agent": "Journey/1.0"}


@dataclass
class Journey:
    """The people, what they made, and what every door left in the ledger."""

    app: Flask
    people: People = field(default_factory=People)
    browsers: dict[Role, FlaskClient] = field(default_factory=dict)
    officers: dict[Role, Officer] = field(default_factory=dict)
    left: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    answers: dict[str, TestResponse] = field(default_factory=dict)

    def as_(self, role: Role) -> FlaskClient:
        """The browser of this role's person, signed in once."""
        if role not in self.browsers:
            self.officers[role] = self.officers.get(role) or self.people.one(role)
            self.browsers[role] = signed_in(self.app, self.officers[role])
        return self.browsers[role]

    def go(
        self, endpoint: str, role: Role, path: str, *, form: dict[str, Any] | None = None, **more: Any
    ) -> TestResponse:
        """One request, with what it left noted under the endpoint. A form goes with its token."""
        client = self.as_(role)
        if form is not None:
            form = {"csrf_token": csrf_token(client, "/account"), **form}
        return self.note(
            endpoint,
            lambda: client.open(
                path,
                method="GET" if form is None else "POST",
                data=form,
                headers=BROWSER | more.pop("headers", {}),
                **more,
            ),
        )

    def note(self, endpoint: str, act: Callable[[], TestResponse]) -> TestResponse:
        """Does it, and notes the events it left."""
        before = latest()
        answer = act()
        answer.get_data()
        self.answers[endpoint] = answer
        self.left.setdefault(endpoint, []).extend(since(before))
        return answer


def latest() -> int:
    """The number of the last event."""
    session().rollback()
    return session().scalar(sa.select(sa.func.max(Event.seq))) or 0


def since(seq: int) -> list[tuple[str, str]]:
    """(act, outcome) of every event after that one."""
    session().rollback()
    rows = session().execute(sa.select(Event.act, Event.outcome).where(Event.seq > seq).order_by(Event.seq))
    return [(act, outcome) for act, outcome in rows]
