"""The incidents a phone may send to, as JSON."""

import uuid
from datetime import datetime

import pydantic
from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.api import answer, contract
from app.core.permissions import Permission, require
from app.phone import queries

bp = Blueprint("phone_api", __name__, url_prefix="/api/v1/phone")


class Offered(pydantic.BaseModel):
    """An open incident; `label` is one line to choose it by."""

    id: uuid.UUID
    number: str
    kind: str
    title: str
    place: str
    occurred_at: datetime
    label: str


class OfferedList(pydantic.BaseModel):
    """At most thirty, the sender's own first."""

    incidents: list[Offered]


@bp.get("/incidents")
@require(Permission.EVIDENCE_ADD)
@contract(OfferedList)
def incidents(actor: Actor) -> ResponseReturnValue:
    """Open incidents to choose from, the sender's own first."""
    found = [
        Offered(
            id=incident.id,
            number=incident.number,
            kind=incident.kind.value,
            title=incident.title,
            place=incident.place,
            occurred_at=incident.occurred_at,
            label=queries.label(incident),
        )
        for incident in queries.offered(actor)
    ]
    return answer(OfferedList(incidents=found))
