"""What a phone asks for: the incidents it may send to, and what it keeps of the day."""

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from app.config import Settings
from app.core.actor import Actor
from app.core.api import answer, contract
from app.core.clock import now
from app.core.languages import in_every_language
from app.core.permissions import Permission, require
from app.evidence.retention import queries as retention
from app.incidents.models import Incident
from app.phone import queries, schemas

bp = Blueprint("phone_api", __name__, url_prefix="/api/v1/phone")


@bp.get("/day")
@require(Permission.EVIDENCE_ADD)
@contract(schemas.Day)
@in_every_language
def day(actor: Actor) -> ResponseReturnValue:
    """What a phone keeps for when there is no network: who it is, the day's incidents, the categories, the limits.

    It carries the token that writes of this session need, and the server's time, by which a phone sees its clock's error.
    """
    settings: Settings = current_app.config["SETTINGS"]
    found = queries.offered(actor)
    where = queries.places(actor, found)
    waiting = queries.waiting(actor)
    return answer(
        schemas.Day(
            officer=schemas.Who(id=actor.id, label=actor.label),
            csrf=generate_csrf(),
            now=now(),
            keep_hours=settings.session_hours,
            max_bytes=settings.upload_max_bytes,
            incidents=[schemas.DayIncident(**_card(one).model_dump(), position=where.get(one.id)) for one in found],
            categories=[schemas.Category(code=one.code, name=one.name, kinds=one.kinds) for one in retention.in_use()],
            reports=schemas.ReportsWaiting(returned=waiting.returned, drafts=waiting.drafts),
        )
    )


@bp.get("/incidents")
@require(Permission.EVIDENCE_ADD)
@contract(schemas.OfferedList)
@in_every_language
def incidents(actor: Actor) -> ResponseReturnValue:
    """Open incidents to choose from, the sender's own first."""
    return answer(schemas.OfferedList(incidents=[_card(incident) for incident in queries.offered(actor)]))


def _card(incident: Incident) -> schemas.Offered:
    return schemas.Offered(
        id=incident.id,
        number=incident.number,
        kind=incident.kind.value,
        title=incident.title,
        place=incident.place,
        occurred_at=incident.occurred_at,
        label=queries.label(incident),
    )
