"""The incidents a phone may send to, as JSON."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.api import answer
from app.core.permissions import Permission, require
from app.phone import queries

bp = Blueprint("phone_api", __name__, url_prefix="/api/v1/phone")


@bp.get("/incidents")
@require(Permission.EVIDENCE_ADD)
def incidents(actor: Actor) -> ResponseReturnValue:
    """Open incidents to choose from, the sender's own first."""
    found = [
        {
            "id": str(incident.id),
            "number": incident.number,
            "kind": incident.kind.value,
            "title": incident.title,
            "place": incident.place,
            "occurred_at": incident.occurred_at.isoformat(),
            "label": queries.label(incident),
        }
        for incident in queries.offered(actor)
    ]
    return answer({"incidents": found})
