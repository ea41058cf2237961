"""Where, when and on what call a recording was made: what a rate is adjusted for."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from app.accounts import queries as accounts
from app.earlywarning.models import Shift
from app.evidence.models import Evidence
from app.incidents.models import IncidentKind


@dataclass(frozen=True, slots=True)
class Circumstances:
    """The officer's unit at the time, the shift by the station's clock, and the kind of call."""

    unit_id: uuid.UUID
    shift: Shift
    kind: IncidentKind


def of_recording(evidence: Evidence) -> Circumstances:
    """The circumstances of a recording when it was made, whenever it is read."""
    moment = evidence.recorded_at or evidence.received_at
    return Circumstances(accounts.unit_at(evidence.officer, moment), shift_at(moment), evidence.incident.kind)


def shift_at(moment: datetime) -> Shift:
    """The shift of an aware moment, by this station's own clock."""
    hour = moment.astimezone().hour
    if 7 <= hour < 15:
        return Shift.DAY
    return Shift.EVENING if 15 <= hour < 23 else Shift.NIGHT
