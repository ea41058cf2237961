"""The agency's own rules for reports: read as they stand, changed by an administrator, every change kept (A8, A11, A12)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from app.core import ledger
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Invalid
from app.core.outbox import enqueue
from app.core.permissions import Permission
from app.incidents.models import IncidentKind
from app.reports import wording
from app.reports.work import AgencyRule

MOST_PLANTED = 3
LEAST_REASON = 10


@dataclass(frozen=True, slots=True)
class Rules:
    """What the agency has decided. `least_confidence`: a machine's sentence below it must be edited or acknowledged."""

    blocked_kinds: tuple[str, ...] = ()
    recollection_first: bool = False
    planted_mistakes: int = 0
    least_confidence: float = 0.5
    narrative_person: str = "third"

    def blocks(self, kind: IncidentKind) -> bool:
        """Whether no machine drafts the report of such an incident."""
        return kind.value in self.blocked_kinds


PERSONS = {"third": "third: “Officer Reyes asked”", "first": "first: “I asked”"}
TITLES = {
    "blocked_kinds": "Kinds of incident no machine drafts",
    "recollection_first": "Recollection first",
    "planted_mistakes": "Planted mistakes in each draft",
    "least_confidence": "Confidence below which a sentence must be checked",
    "narrative_person": "Person the draft is written in",
}


def rules() -> Rules:
    """The rules as they stand now; what was never set is as the product comes."""
    newest = sa.select(AgencyRule.name, AgencyRule.value).order_by(AgencyRule.name, AgencyRule.id.desc())
    return from_values({row.name: row.value for row in session().execute(newest.ext(distinct_on(AgencyRule.name)))})


def from_values(values: Mapping[str, Any]) -> Rules:
    """Rules from what is kept of them; names no longer used say nothing."""
    given = {name: value["is"] for name, value in values.items() if name in TITLES}
    if "blocked_kinds" in given:
        given["blocked_kinds"] = tuple(given["blocked_kinds"])
    return Rules(**given)


def change(wanted: Rules, *, reason: str, actor: Actor) -> list[str]:
    """Sets every rule that differs; returns their names. Each change says who, when, why, and is an event (A12)."""
    if not actor.may(Permission.AGENCY_RULES):
        raise Forbidden("Administrators set the agency's rules.")
    _sensible(wanted)
    before, after = asdict(rules()), asdict(wanted)
    changed = [name for name in TITLES if before[name] != after[name]]
    if not changed:
        return []
    enqueue("count_checks")
    said = wording.words(reason, field="reason", least=LEAST_REASON, most=400, what="The reason")
    for name in changed:
        rule = AgencyRule(name=name, value={"is": after[name]}, officer_id=actor.id, reason=said, at=now())
        session().add(rule)
        session().flush()
        ledger.record(
            "reports:rule:change",
            actor=actor,
            subject_kind="agency_rule",
            subject_id=name,
            rule=rule.id,
            before=before[name],
            after=after[name],
        )
    return changed


def history(limit: int = 100) -> list[AgencyRule]:
    """Every change, the newest first."""
    return list(session().scalars(sa.select(AgencyRule).order_by(AgencyRule.id.desc()).limit(limit)))


def said(name: str, value: Any) -> str:
    """A rule's value in words."""
    if name == "blocked_kinds":
        return ", ".join(IncidentKind(one).title for one in value) or "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if name == "narrative_person":
        return PERSONS.get(value, str(value))
    return f"{value:.0%}" if isinstance(value, float) else str(value or "none")


def _sensible(wanted: Rules) -> None:
    unknown = [one for one in wanted.blocked_kinds if one not in set(IncidentKind)]
    if unknown:
        raise Invalid("There is no such kind of incident.", field="blocked_kinds", remedy="Choose from the list.")
    if not 0 <= wanted.planted_mistakes <= MOST_PLANTED:
        raise Invalid(f"Plant from 0 to {MOST_PLANTED} mistakes.", field="planted_mistakes", remedy="0 plants none.")
    if wanted.narrative_person not in PERSONS:
        raise Invalid("A draft is in the first or third person.", field="narrative_person", remedy="Choose one.")
    if not 0.3 <= wanted.least_confidence <= 0.95:
        raise Invalid(
            "The limit lies between 30 % and 95 %.",
            field="least_confidence",
            remedy="Below 30 % nothing would be checked, above 95 % everything.",
        )
