"""Why somebody who was not assigned takes an original away (E4): a code and a case number, never a narrative."""

import enum
import re
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.db import session
from app.core.errors import Invalid
from app.evidence.models import Evidence
from app.incidents.models import Assignment

CASE_REMEDY = "Up to 40 letters, digits, hyphens, slashes and full stops."
_CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./-]{0,39}")


class ReasonCode(enum.StrEnum):
    """What an original may be taken for."""

    PROSECUTION = "prosecution"
    DISCOVERY = "discovery"
    COURT_ORDER = "court_order"
    INVESTIGATION = "investigation"
    INTERNAL_REVIEW = "internal_review"
    PUBLIC_RECORDS = "public_records"
    AGENCY_REQUEST = "agency_request"
    INTEGRITY_CHECK = "integrity_check"

    @property
    def title(self) -> str:  # type: ignore[override]
        """In words."""
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, and the case number it belongs to."""

    code: ReasonCode
    case: str

    def __str__(self) -> str:
        return f"{self.code.title}, case {self.case}"


def reason(code: str, case: str) -> Reason:
    """What was given, checked. Invalid names the field: an unknown code, or a number that is no case number."""
    if code not in set(ReasonCode):
        raise Invalid("Choose what it is for.", field="reason", remedy="One of: " + ", ".join(ReasonCode))
    if not is_case(case):
        raise Invalid("Give the case number.", field="case", remedy=CASE_REMEDY)
    return Reason(ReasonCode(code), " ".join(case.split()))


def is_case(text: str) -> bool:
    """Whether it can be the number of a case: something the ledger may hold, no sentence."""
    return bool(_CASE.fullmatch(" ".join(text.split())))


def is_assigned(evidence: Evidence, actor: Actor) -> bool:
    """Whether the item is the actor's own work: they sent it, opened its incident, or were put on it."""
    if actor.officer_id is None:
        return False
    if actor.officer_id in (evidence.officer_id, evidence.incident.opened_by):
        return True
    return _put_on_it(evidence.incident_id, actor.officer_id)


def _put_on_it(incident_id: uuid.UUID, officer_id: uuid.UUID) -> bool:
    query = sa.select(Assignment.incident_id).where(
        Assignment.incident_id == incident_id, Assignment.officer_id == officer_id
    )
    return session().scalar(sa.select(query.exists())) or False
